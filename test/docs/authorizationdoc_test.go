package docs

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"authgraph/auth"
	"authgraph/test/harness"
)

// fence is a block of docs/authorization.md: what is between its fences, and in which language. After the language stands what
// the block is for, such as a file.
type fence struct{ language, text string }

func fences(t *testing.T, name string) (all []fence) {
	t.Helper()
	open := false
	for line := range strings.Lines(harness.ReadFile(t, name)) {
		language, isFence := strings.CutPrefix(line, "```")
		switch {
		case isFence && !open:
			all, open = append(all, fence{language: strings.TrimSpace(language)}), true
		case isFence:
			open = false
		case open:
			all[len(all)-1].text += line
		}
	}
	return all
}

// TestAuthorizationDoc checks docs/authorization.md: its schemas compile to the rules below them, its Go is part of the example,
// which is compiled and run, and its commands are run.
func TestAuthorizationDoc(t *testing.T) {
	t.Chdir(harness.Root(t)) // `policy check` reads policy.lock there
	prelude := harness.ReadFile(t, "auth/auth.graphqls") + `
		enum Permission { NOTES_READ_ALL NOTES_WRITE }
		`
	types := map[string]string{"type Query": "type Query { other: Int @public } ", "type User": "type User { id: ID } ", "type Note": "type Note { id: ID } "}
	code := harness.ReadFile(t, "examples/gqlgen-service/main.go") + harness.ReadFile(t, "examples/gqlgen-service/rules_test.go")
	environ := []string{"AUTHGRAPH_DATA_DIR=" + t.TempDir()}
	harness.Migrate(t, environ)
	if _, err := harness.Command(t, harness.Password+"\n", environ, "user", "create", "--email", "ada@example.com", "--password-stdin"); err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	var lock string
	for _, f := range fences(t, "docs/authorization.md") {
		if strings.Contains(f.language, " ") || f.language == "json" {
			continue // part of the server from zero: see TestImporter
		}
		seen[f.language]++
		switch f.language {
		case "graphql":
			sdl := prelude + f.text
			for declared, missing := range types {
				if !strings.Contains(f.text, declared+" ") {
					sdl += missing
				}
			}
			lock = lockedAs(t, sdl)
		case "text":
			for line := range strings.Lines(f.text) {
				field, rule, _ := strings.Cut(strings.TrimSpace(line), " ")
				if want := fmt.Sprintf("\n%s %s\n", field, strings.TrimSpace(rule)); !strings.Contains(lock, want) {
					t.Errorf("the schema above does not say%sbut:%s", want, lock)
				}
			}
		case "go":
			if !strings.Contains(code, f.text) {
				t.Errorf("the example does not have\n%s", f.text)
			}
		case "sh":
			for line := range strings.Lines(f.text) {
				if out, err := harness.Command(t, "", environ, strings.Fields(strings.TrimPrefix(line, "go run . "))...); err != nil || out == "" {
					t.Errorf("%s: %v\n%s", line, err, out)
				}
			}
		default:
			t.Errorf("what is %q?", f.language)
		}
	}
	if seen["graphql"] < 4 || seen["text"] != seen["graphql"] {
		t.Errorf("got %v", seen)
	} else if seen["go"] < 4 || seen["sh"] < 2 {
		t.Errorf("got %v", seen)
	}
}

// lockedAs returns the rules of a schema, one a line, with one space between field and rule.
func lockedAs(t *testing.T, sdl string) string {
	t.Helper()
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "docs/authorization.md", Input: sdl})
	if err != nil {
		t.Fatalf("%v\n%s", err, sdl)
	}
	policy, err := auth.NewPolicy(schema)
	if err != nil {
		t.Fatalf("%v\n%s", err, sdl)
	}
	lock := "\n"
	for _, e := range policy.Entries() {
		lock += e.Field + " " + e.String() + "\n"
	}
	return lock
}
