package mail_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"authgraph/mail"
)

const appURL = "https://id.example.com/console"

func load(t *testing.T, s mail.Settings) *mail.Templates {
	t.Helper()
	if s.AppURL == "" {
		s.AppURL = appURL
	}
	templates, err := mail.Load(s)
	if err != nil {
		t.Fatal(err)
	}
	return templates
}

func render(t *testing.T, templates *mail.Templates, m mail.Mail) *mail.Rendered {
	t.Helper()
	r, err := templates.Render(m)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// folder writes files below a folder of their own.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func embeddedFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("template", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestRender_Language(t *testing.T) {
	templates := load(t, mail.Settings{Product: "Example"})
	for locale, want := range map[string]string{
		"": "Choose a new password for Example", "en": "Choose a new password for Example", "en-GB": "Choose a new password for Example",
		"de": "Wählen Sie ein neues Passwort für Example", "de-AT": "Wählen Sie ein neues Passwort für Example",
		"tlh": "Choose a new password for Example", "not a language": "Choose a new password for Example",
	} {
		r := render(t, templates, mail.Mail{Kind: mail.ResetPassword, Locale: locale, Data: mail.Data{Token: "t"}})
		if r.Subject != want {
			t.Errorf("%q: got the subject %q, want %q", locale, r.Subject, want)
		}
	}
}

func TestRender_Values(t *testing.T) {
	r := render(t, load(t, mail.Settings{}), mail.Mail{
		ID: "mail_1", Kind: mail.LoginLink, To: "ada@example.org", At: time.Date(2026, 11, 30, 16, 38, 0, 0, time.FixedZone("", 3600)),
		Data: mail.Data{
			Token: "T0KEN", Code: "12345678", ValidFor: 15 * time.Minute, Network: "192.0.2.7", Browser: "Firefox (Windows)",
			ReturnTo: "https://app.example.com/?a=b&c=d",
		},
	})
	link := appURL + "#/sign-in-link?returnTo=https%3A%2F%2Fapp.example.com%2F%3Fa%3Db%26c%3Dd&token=T0KEN"
	if r.Link != link || r.ID != "mail_1" || r.To != "ada@example.org" {
		t.Errorf("got %+v, want the link %s", r, link)
	}
	for _, want := range []string{
		link, "12345678", "15 minutes", "30 November 2026, 15:38 UTC", "192.0.2.7", "Firefox (Windows)", "on id.example.com",
		"If you did not ask for this", "Sign in to id.example.com",
	} {
		if !strings.Contains(r.Text, want) {
			t.Errorf("the text part lacks %q:\n%s", want, r.Text)
		}
		if !strings.Contains(r.HTML, strings.ReplaceAll(want, "&", "&amp;")) {
			t.Errorf("the HTML part lacks %q", want)
		}
	}
}

func TestRender_ValidFor(t *testing.T) {
	templates := load(t, mail.Settings{})
	for d, want := range map[time.Duration][2]string{
		time.Minute:        {"within 1 minute.", "innerhalb von 1 Minute."},
		90 * time.Minute:   {"within 90 minutes.", "innerhalb von 90 Minuten."},
		time.Hour:          {"within 1 hour.", "innerhalb von 1 Stunde."},
		24 * time.Hour:     {"within 24 hours.", "innerhalb von 24 Stunden."},
		7 * 24 * time.Hour: {"within 7 days.", "innerhalb von 7 Tagen."},
	} {
		for i, locale := range []string{"en", "de"} {
			r := render(t, templates, mail.Mail{Kind: mail.Invitation, Locale: locale, Data: mail.Data{Token: "t", ValidFor: d}})
			if !strings.Contains(r.Text, want[i]) {
				t.Errorf("%v: got\n%s\nwant %q", d, r.Text, want[i])
			}
		}
	}
}

// Mails to addresses that are not proven show nothing that a client can choose.
func TestRender_UnprovenAddresses(t *testing.T) {
	templates := load(t, mail.Settings{})
	for _, kind := range []mail.Kind{
		mail.ConfirmRegistration, mail.RegistrationTaken, mail.Invitation, mail.ConfirmEmailChange, mail.EmailTakenNotice,
	} {
		r := render(t, templates, mail.Mail{Kind: kind, Data: mail.Data{Token: "t", Address: "BUY@pills.example"}})
		if strings.Contains(r.Subject+r.Text+r.HTML, "pills") {
			t.Errorf("%s shows an address that a client chose", kind)
		}
	}
}

// Values stay values: they make no lines, no markup and no links, and do not reverse the text.
func TestRender_Hostile(t *testing.T) {
	const hostile = "x\r\n\r\nClick\u2028here \u202e\u2066<a href=\"https://evil.example\">now</a>\u0000\u200b"
	templates := load(t, mail.Settings{Product: "Ex\r\nample\u202e <b>"})
	r := render(t, templates, mail.Mail{Kind: mail.EmailChangeNotice, At: time.Now(), Data: mail.Data{
		Token: hostile, Address: hostile, Network: hostile, Browser: hostile, Code: hostile, ReturnTo: hostile, ValidFor: time.Hour,
	}})
	for name, part := range map[string]string{"subject": r.Subject, "text": r.Text, "HTML": r.HTML} {
		if strings.ContainsAny(part, "\r\u0000\u200b\u2028\u202e\u2066") {
			t.Errorf("%s: got %q, want no control characters", name, part)
		}
	}
	if strings.Contains(r.Subject, "\n") || strings.Contains(r.Text, "\nClick") {
		t.Errorf("got the subject %q and the text\n%s", r.Subject, r.Text)
	}
	if strings.Contains(r.HTML, `<a href="https://evil`) || strings.Count(r.HTML, "<a ") != 2 {
		t.Error("the HTML part has markup of a value")
	}
}

func TestLoad_Folder(t *testing.T) {
	files := map[string]string{
		"de/login_link.txt": strings.Replace(embeddedFile(t, "de/login_link.txt"), "Anmelden bei", "Hereinspaziert bei", 1),
		".git/config":       "not a template",
		".hidden":           "not a template",
	}
	for _, kind := range append(mail.Kinds(), "common") {
		files["fr/"+string(kind)+".txt"] = embeddedFile(t, "en/"+string(kind)+".txt")
	}
	files["fr/login_link.txt"] = strings.Replace(files["fr/login_link.txt"], "Sign in to", "Connexion à", 1)
	templates := load(t, mail.Settings{Folder: folder(t, files)})
	for locale, want := range map[string]string{
		"de": "Hereinspaziert bei id.example.com", "fr-CA": "Connexion à id.example.com", "": "Sign in to id.example.com",
	} {
		if r := render(t, templates, mail.Mail{Kind: mail.LoginLink, Locale: locale}); r.Subject != want {
			t.Errorf("%q: got %q, want %q", locale, r.Subject, want)
		}
	}
}

// A template that does not work is refused with its file, and with the line if there is one.
func TestLoad_Faults(t *testing.T) {
	english := embeddedFile(t, "en/login_link.txt")
	html := embeddedFile(t, "layout.html")
	for name, row := range map[string]struct{ file, text, want string }{
		"does not parse":          {"en/login_link.txt", "\n\n{{define \"subject\"}}{{if}}{{end}}", "en/login_link.txt:3"},
		"unknown value":           {"en/login_link.txt", strings.Replace(english, "{{.Product}}", "{{.Produkt}}", 1), "en/login_link.txt:1"},
		"only with a code":        {"en/common.txt", strings.Replace(embeddedFile(t, "en/common.txt"), "{{.Host}}. Do not", "{{.Nothing}}", 1), "en/common.txt:2"},
		"unknown block":           {"de/login_link.txt", strings.Replace(embeddedFile(t, "de/login_link.txt"), "{{.Product}}", "{{template \"x\"}}", 1), "de/login_link.txt:1"},
		"layout does not parse":   {"layout.html", "<p>\n{{range}}</p>", "layout.html:2"},
		"layout runs script":      {"layout.html", "<p>{{.Titel}}</p>", "layout.html:1"},
		"text layout":             {"layout.txt", "\n{{.Nothing}}", "layout.txt:2"},
		"no link":                 {"layout.txt", "{{.Title}}", "does not show its link"},
		"no code":                 {"layout.html", strings.Replace(html, "{{.Code}}", "", 1), "does not show its code"},
		"no subject":              {"en/login_link.txt", "{{define \"subject\"}} {{end}}{{define \"intro\"}}x{{end}}", "has no subject"},
		"block missing":           {"en/login_link.txt", "{{define \"subject\"}}x{{end}}", `en/login_link.txt: the block "intro" is missing`},
		"picture of another host": {"layout.html", strings.Replace(html, "<h1", `<img src="https://tracker.example/p.gif"><h1`, 1), "https://tracker.example/p.gif"},
		"without a scheme":        {"layout.html", strings.Replace(html, "<h1", `<img src="//tracker.example/p.gif"><h1`, 1), "//tracker.example"},
		"in a style":              {"layout.html", strings.Replace(html, "<style>", "<style>p{background:url(https://tracker.example/p)}", 1), "https://tracker.example/p"},
		"misspelled":              {"en/login_lnk.txt", english, "login_lnk.txt: no mail has this template"},
		"too deep":                {"a/en/login_link.txt", english, "no mail has this template"},
		"language incomplete":     {"fr/login_link.txt", english, "the language fr lacks fr/common.txt"},
		"no language":             {"english_words/login_link.txt", english, "english_words is not named after a language"},
		"too large":               {"en/login_link.txt", strings.Repeat(" ", 256<<10+1), "has more than"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := folder(t, map[string]string{row.file: row.text})
			_, err := mail.Load(mail.Settings{AppURL: appURL, Folder: root})
			if err == nil || !strings.Contains(filepath.ToSlash(err.Error()), row.want) {
				t.Errorf("got %v, want %q", err, row.want)
			}
		})
	}
	if _, err := mail.Load(mail.Settings{AppURL: appURL, Folder: filepath.Join(t.TempDir(), "missing")}); err == nil {
		t.Error("a folder that does not exist: got no error")
	}
}

func TestBrowser(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0":                                       "Firefox (Windows)",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15":  "Safari (macOS)",
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36":                      "Chrome (Linux)",
		"Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0":              "Edge (Windows)",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/126 Safari/604.1": "Chrome (iPhone)",
		"curl/8.5": "curl", "Buy pills at https://evil.example": "", "": "",
	} {
		if got := mail.Browser(agent); got != want {
			t.Errorf("%q: got %q, want %q", agent, got, want)
		}
	}
}
