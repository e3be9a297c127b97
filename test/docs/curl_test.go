package docs

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"authgraph/test/harness"
)

// exchange is a command that README.md shows and the answer that it prints below it, if any.
type exchange struct{ command, answer string }

// exchanges reads the curl commands of a page, from fenced and from indented blocks of code.
func exchanges(page string) []exchange {
	var all []exchange
	for _, paragraph := range codeParagraphs(page) {
		switch {
		case strings.Contains(paragraph, "curl "):
			all = append(all, exchange{command: paragraph})
		case strings.HasPrefix(paragraph, "{") && len(all) > 0 && all[len(all)-1].answer == "":
			all[len(all)-1].answer = paragraph
		}
	}
	return all
}

// codeParagraphs are the parts of the blocks of code that empty lines separate.
func codeParagraphs(page string) []string {
	var all, lines []string
	end := func() {
		if len(lines) > 0 {
			all, lines = append(all, strings.Join(lines, "\n")), nil
		}
	}
	fenced := false
	for line := range strings.Lines(page) {
		line = strings.TrimRight(line, "\r\n")
		code, indented := strings.CutPrefix(line, "    ")
		switch {
		case strings.HasPrefix(line, "```"):
			fenced = !fenced
			end()
		case fenced && line != "":
			lines = append(lines, line)
		case indented && !fenced:
			lines = append(lines, code)
		default:
			end()
		}
	}
	end()
	return all
}

// varying are the values that differ from one call to the next, by their shapes.
var varying = []struct {
	shape *regexp.Regexp
	name  string
}{
	{regexp.MustCompile(`eyJ[\w-]+\.[\w-]+\.[\w-]+`), "TOKEN"},
	{regexp.MustCompile(`\b(user|session)_[0-7][0-9a-hjkmnp-tv-z]{25}\b`), "${1}_ID"},
	{regexp.MustCompile(`\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z`), "TIME"},
	{regexp.MustCompile(`"requestId":"[A-Z2-7]{26}"`), `"requestId":"ID"`},
}

func shape(text string) string {
	for _, v := range varying {
		text = v.shape.ReplaceAllString(text, v.name)
	}
	return strings.TrimSpace(text)
}

// TestReadme_Curl runs the commands of README.md in a single shell, and compares their answers with README.md.
func TestReadme_Curl(t *testing.T) {
	for _, name := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(name); err != nil && os.Getenv("CI") != "true" {
			t.Skip(err)
		}
	}
	page, err := os.ReadFile(harness.Path(t, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	all := exchanges(string(page))
	if commands := strings.Count(string(page), "curl -"); len(all) != commands || len(all) < 3 {
		t.Fatalf("%d commands were read, README.md has %d, and at least 3", len(all), commands)
	}
	p := harness.StartProgram(t, "AUTHGRAPH_DATA_DIR="+t.TempDir())
	const address, between = "127.0.0.1:8080", "\x1e"
	var script strings.Builder
	for _, e := range all {
		if !strings.Contains(e.command, address) {
			t.Errorf("it calls another server: %s", e.command)
		}
		script.WriteString(strings.ReplaceAll(e.command, address, p.Address) + "\nprintf '" + between + "'\n")
	}
	script.WriteString(`printf %s "$TOKEN"`)
	shell := exec.Command("bash", "-euo", "pipefail", "-s")
	shell.Stdin = strings.NewReader(script.String())
	shell.Env = append(os.Environ(), "no_proxy=127.0.0.1", "NO_PROXY=127.0.0.1", "TOKEN=")
	printed, err := shell.Output()
	if err != nil {
		t.Fatalf("%v after %s", err, printed)
	}
	answers := strings.Split(string(printed), between)
	if len(answers) != len(all)+1 {
		t.Fatalf("got %d answers to %d commands: %s", len(answers)-1, len(all), printed)
	}
	answered := 0
	for i, e := range all {
		if got, want := shape(answers[i]), shape(e.answer); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", e.command, got, want)
		}
		if e.answer != "" {
			answered++
		}
	}
	if answered < 2 {
		t.Errorf("README.md shows %d answers, want those of register and me at least", answered)
	}
	if got := shape(answers[len(all)]); got != "TOKEN" {
		t.Errorf("the variable TOKEN holds %q", got)
	}
}

var mailAddress = regexp.MustCompile(`[\w.-]+@example\.com`)

// README.md tells people to open the playground, then to call the server with curl. An address can be registered once only.
func TestReadme_AddressIsNotThePlaygrounds(t *testing.T) {
	page, err := os.ReadFile(harness.Path(t, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	var calls strings.Builder
	for _, e := range exchanges(string(page)) {
		calls.WriteString(e.command)
	}
	script, err := os.ReadFile(harness.Path(t, "web/src/document.ts"))
	if err != nil {
		t.Fatal(err)
	}
	ours, other := mailAddress.FindAllString(calls.String(), -1), mailAddress.FindAllString(string(script), -1)
	if len(ours) == 0 || len(other) == 0 {
		t.Fatalf("README.md's calls have the addresses %q, the playground's first document has %q", ours, other)
	}
	for _, address := range ours {
		if slices.Contains(other, address) {
			t.Errorf("README.md's calls and the playground's first document both register %s", address)
		}
	}
}

func TestShape(t *testing.T) {
	const id = "01m85pwve3fzste6jxy89smjc7"
	for text, want := range map[string]string{
		`{"id":"user_` + id + `"}`:                            `{"id":"user_ID"}`,
		`{"id":"session_` + id + `","x":"user_1"}`:            `{"id":"session_ID","x":"user_1"}`,
		`"eyJhbGciOiJub25lIn0.eyJhIjoxfQ.c2ln" eyJ.`:          `"TOKEN" eyJ.`,
		`"createdAt":"2026-01-02T03:04:05.678Z","b":"2026"`:   `"createdAt":"TIME","b":"2026"`,
		`"requestId":"ABCDEFGHIJKLMNOPQRSTUVWXYZ"` + "\n":     `"requestId":"ID"`,
		`"requestId":"","code":"ABCDEFGHIJKLMNOPQRSTUVWXYZ"`:  `"requestId":"","code":"ABCDEFGHIJKLMNOPQRSTUVWXYZ"`,
		`{"data":{"me":{"email":"ada@example.com","n":600}}}`: `{"data":{"me":{"email":"ada@example.com","n":600}}}`,
	} {
		if got := shape(text); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}
