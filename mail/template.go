package mail

import (
	"embed"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	texttemplate "text/template"

	"golang.org/x/text/language"
)

//go:embed template
var embedded embed.FS

// Files of the templates, besides a file for each kind in the folder of each language.
const (
	htmlLayout  = "layout.html"
	textLayout  = "layout.txt"
	commonTexts = "common.txt"
)

// maxTemplateBytes is the maximum size of a template file.
const maxTemplateBytes = 256 << 10

// Settings are what all mails have in common.
type Settings struct {
	AppURL  string // where links lead; no slash at its end
	Product string // name of the product; "" for the host of AppURL
	Folder  string // files that replace the embedded ones or add languages; "" for none
}

// Templates writes mails. It is safe for concurrent use.
type Templates struct {
	appURL, host, product string
	html                  *htmltemplate.Template
	text                  *texttemplate.Template
	tags                  []language.Tag // languages, English first
	languages             []dialect
	matcher               language.Matcher
}

// dialect holds the texts of a language.
type dialect struct {
	name  string
	texts map[Kind]*texttemplate.Template
}

// Load reads the templates and renders each once with sample values. The error names file and line of each fault.
func Load(s Settings) (*Templates, error) {
	app, err := url.Parse(s.AppURL)
	if err != nil || app.Host == "" {
		return nil, errors.New("mail: the application's URL has no host")
	}
	t := &Templates{appURL: strings.TrimRight(s.AppURL, "/"), host: app.Host, product: clean(s.Product)}
	if t.product == "" {
		t.product = app.Hostname()
	}
	files, err := readFiles(s.Folder)
	if err == nil {
		err = t.parse(files)
	}
	if err == nil {
		err = t.tryAll()
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

// file is a template file. name is its path, for errors.
type file struct{ name, text string }

// readFiles returns the embedded files, and those of folder in their place, by their path below the folder.
func readFiles(folder string) (map[string]file, error) {
	files := map[string]file{}
	inside, err := fs.Sub(embedded, "template")
	if err == nil {
		err = readTree(files, inside, "")
	}
	if err == nil && folder != "" {
		err = readTree(files, os.DirFS(folder), folder)
	}
	return files, err
}

// readTree adds the files of a tree. A file that has no meaning is an error, because its name is probably misspelled.
func readTree(files map[string]file, tree fs.FS, folder string) error {
	return fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("mail templates: %w", err)
		}
		if strings.HasPrefix(entry.Name(), ".") && name != "." {
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if entry.IsDir() {
			return nil
		}
		shown := filepath.Join(folder, filepath.FromSlash(name))
		if !known(name) {
			return fmt.Errorf("%s: no mail has this template; the names are %s, %s, and below the folder of a language %s and KIND.txt, "+
				"where KIND is one of %v", shown, htmlLayout, textLayout, commonTexts, kinds)
		}
		if info, err := entry.Info(); err != nil || info.Size() > maxTemplateBytes {
			return errors.Join(err, fmt.Errorf("%s: has more than %d bytes", shown, maxTemplateBytes))
		}
		text, err := fs.ReadFile(tree, name)
		files[name] = file{shown, string(text)}
		return err
	})
}

// known reports whether a file of this name is used.
func known(name string) bool {
	folder, base := path.Split(name)
	if folder == "" {
		return base == htmlLayout || base == textLayout
	}
	kind, isText := strings.CutSuffix(base, ".txt")
	return strings.Count(folder, "/") == 1 && isText && (base == commonTexts || slices.Contains(kinds, Kind(kind)))
}

func (t *Templates) parse(files map[string]file) (err error) {
	if t.html, err = htmltemplate.New(files[htmlLayout].name).Option("missingkey=error").Parse(files[htmlLayout].text); err != nil {
		return err
	}
	if t.text, err = texttemplate.New(files[textLayout].name).Option("missingkey=error").Parse(files[textLayout].text); err != nil {
		return err
	}
	names := []string{}
	for name := range files {
		if folder := path.Dir(name); folder != "." && folder != "en" {
			names = append(names, folder)
		}
	}
	slices.Sort(names)
	for _, name := range append([]string{"en"}, slices.Compact(names)...) { // the matcher falls back to the first
		tag, err := language.Parse(name)
		if err != nil {
			return fmt.Errorf("mail templates: the folder %s is not named after a language, such as en, de or pt-BR", name)
		}
		texts, err := parseLanguage(files, name)
		if err != nil {
			return err
		}
		t.tags, t.languages = append(t.tags, tag), append(t.languages, dialect{name, texts})
	}
	t.matcher = language.NewMatcher(t.tags)
	return nil
}

// parseLanguage parses the texts of a language. Each kind is a set of its own, because they define the same blocks.
func parseLanguage(files map[string]file, name string) (map[Kind]*texttemplate.Template, error) {
	texts := map[Kind]*texttemplate.Template{}
	for _, kind := range kinds {
		set := texttemplate.New(name).Option("missingkey=error")
		for _, base := range []string{commonTexts, string(kind) + ".txt"} {
			f, ok := files[name+"/"+base]
			if !ok {
				return nil, fmt.Errorf("mail templates: the language %s lacks %s/%s", name, name, base)
			}
			if _, err := set.New(f.name).Parse(f.text); err != nil {
				return nil, err
			}
		}
		for _, block := range []string{"subject", "intro", "link", "code", "valid", "asked", "footer"} {
			if set.Lookup(block) == nil {
				return nil, fmt.Errorf("%s: the block %q is missing", files[name+"/"+string(kind)+".txt"].name, block)
			}
		}
		texts[kind] = set
	}
	return texts, nil
}
