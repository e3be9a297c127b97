package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"authgraph/account"
	"authgraph/test/harness"
)

// TestConsole_SchemaTypes requires the generated types of the console to have each name of the schema. The compiler checks by
// them that both languages have a text for it.
func TestConsole_SchemaTypes(t *testing.T) {
	text := harness.ReadFile(t, "web/console/src/generated/schema.ts")
	for _, name := range []string{"ErrorCode", "ErrorReason", "Permission", "PendingStep", "SessionEndReason", "SignInMethod", "TokenDelivery"} {
		_, union, found := strings.Cut(text, "export type "+name+" =")
		union, _, ended := strings.Cut(union, ";")
		if !found || !ended {
			t.Errorf("schema.ts has no type %s", name)
			continue
		}
		names := map[string]bool{}
		for _, quoted := range regexp.MustCompile(`'(\w+)'`).FindAllStringSubmatch(union, -1) {
			names[quoted[1]] = true
		}
		for _, value := range harness.Schema(t).Types[name].EnumValues {
			if !names[value.Name] {
				t.Errorf("%s has no %s", name, value.Name)
			}
			delete(names, value.Name)
		}
		for gone := range names {
			t.Errorf("%s has %s, which the schema has not", name, gone)
		}
	}
}

// TestConsole_Operations requires the operations of the console to be valid in the schema.
func TestConsole_Operations(t *testing.T) {
	files, err := filepath.Glob(harness.Path(t, "web/console/src/operation/*.graphql"))
	if err != nil {
		t.Fatal(err)
	}
	var document strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		document.Write(text)
	}
	parsed, errs := gqlparser.LoadQueryWithRules(harness.Schema(t), document.String(), rules.NewDefaultRules())
	if errs != nil {
		t.Fatal(errs)
	}
	if len(parsed.Operations) < 25 {
		t.Errorf("found %d operations, want at least 25", len(parsed.Operations))
	}
}

// TestConsole_MailPages requires the console to have each page that mails link to. An unknown page shows the sign-in.
func TestConsole_MailPages(t *testing.T) {
	_, table, _ := strings.Cut(harness.ReadFile(t, "mail/render.go"), "var pages = map[Kind]string{")
	table, _, _ = strings.Cut(table, "\n}")
	console := harness.ReadFile(t, "web/console/src/router/mailpage.ts")
	pages := regexp.MustCompile(`"([a-z-]+)"`).FindAllStringSubmatch(table, -1)
	if len(pages) < 8 {
		t.Errorf("found %d pages, want at least 8", len(pages))
	}
	for _, page := range pages {
		if page[1] != "sign-in" && !strings.Contains(console, `"/`+page[1]+`"`) {
			t.Errorf("mailpage.ts lacks %s", page[1])
		}
	}
}

// TestConsole_KnowsEveryAction proves that the filter of the console offers each action of the audit log once. The compiler
// checks that both languages have a text for each of them.
func TestConsole_KnowsEveryAction(t *testing.T) {
	name := regexp.MustCompile(`"([a-z_]+(?:\.[a-z_]+)+)"`)
	for _, list := range []struct{ file, from, to string }{
		{"web/console/src/components/auditaction.ts", "export const actionGroups = {", "}"},
	} {
		text, err := os.ReadFile(harness.Path(t, list.file))
		if err != nil {
			t.Fatal(err)
		}
		_, names, found := strings.Cut(string(text), list.from)
		names, _, ended := strings.Cut(names, list.to)
		if !found || !ended {
			t.Fatalf("%s has no %q", list.file, list.from)
		}
		var got []string
		for _, action := range name.FindAllStringSubmatch(names, -1) {
			got = append(got, action[1])
		}
		slices.Sort(got)
		if want := account.Actions(); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", list.file, got, want)
		}
	}
}

var (
	openedObject = regexp.MustCompile(`^ +(\w+): \{$`)
	closedObject = regexp.MustCompile(`^ +\}.*,$`)
	translated   = regexp.MustCompile(`^ +(\w+): "(.*)",$`)
	placeholder  = regexp.MustCompile(`\{\{(\w+).*?\}\}`)
)

// placeholdersOf returns the placeholders of each text of a language of the console, by the key of the text.
func placeholdersOf(t *testing.T, language string) map[string][]string {
	t.Helper()
	var path []string
	texts := map[string][]string{}
	for line := range strings.Lines(harness.ReadFile(t, "web/console/src/i18n/"+language+".ts")) {
		line = strings.TrimRight(line, "\n")
		if m := openedObject.FindStringSubmatch(line); m != nil {
			path = append(path, m[1])
		} else if closedObject.MatchString(line) {
			path = path[:len(path)-1]
		} else if m := translated.FindStringSubmatch(line); m != nil {
			names := []string{}
			for _, p := range placeholder.FindAllStringSubmatch(m[2], -1) {
				names = append(names, p[1])
			}
			slices.Sort(names)
			texts[strings.Join(append(path, m[1]), ".")] = names
		}
	}
	return texts
}

// TestConsole_Placeholders requires each German text to have the placeholders of the English text. The compiler checks the keys.
func TestConsole_Placeholders(t *testing.T) {
	english, german := placeholdersOf(t, "en"), placeholdersOf(t, "de")
	if len(english) < 250 {
		t.Errorf("found %d texts, want at least 250", len(english))
	}
	for key, want := range english {
		if got, found := german[key]; !found || !slices.Equal(got, want) {
			t.Errorf("%s: the German text has %q, want %q", key, got, want)
		}
	}
}
