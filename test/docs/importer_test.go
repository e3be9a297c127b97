package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"authgraph/test/harness"
)

// The server that docs/authorization.md builds from zero is built, by its own lines and files, in a module of its own. No
// network is used: authgraph is the folder of this repository, everything else is in the module cache.
func TestImporter(t *testing.T) {
	here := harness.Root(t)
	goTool(t, here, nil, "mod", "download", "github.com/99designs/gqlgen") // for `go get`, which reads more than a build
	goTool(t, here, nil, "tool", "-n", "gqlgen")                           // and what it is built of
	folder := t.TempDir()
	if err := os.Symlink(here, filepath.Join(folder, "authgraph")); err != nil {
		t.Fatal(err)
	}
	notes := filepath.Join(folder, "notes")
	if err := os.Mkdir(notes, 0o700); err != nil {
		t.Fatal(err)
	}
	offline := []string{"GOPROXY=off", "GOSUMDB=off", "GOWORK=off", "GOFLAGS=" + os.Getenv("GOFLAGS") + " -mod=mod"}
	var files, lines int
	for _, f := range fences(t, "docs/authorization.md") {
		language, purpose, _ := strings.Cut(f.language, " ")
		file, isFile := strings.CutPrefix(purpose, "notes/")
		switch {
		case language == "mod":
			text := harness.ReadFile(t, filepath.Join(notes, file))
			for line := range strings.Lines(f.text) {
				if !strings.Contains(text, line) {
					t.Errorf("%s lacks %q:\n%s", file, line, text)
				}
			}
		case isFile:
			files++
			if file == "gqlgen.yml" {
				f.text += "skip_mod_tidy: true\n" // it asks for tests of dependencies, too; -mod=mod does not
			}
			writeFile(t, filepath.Join(notes, filepath.FromSlash(file)), f.text)
		case language == "sh" && purpose == "notes":
			for line := range strings.Lines(f.text) {
				lines++
				words := strings.Fields(line)
				if words[0] != "go" {
					t.Fatalf("%s: not a command of go", line)
				}
				if !slices.Equal(words[1:], []string{"mod", "tidy"}) { // as above
					goTool(t, notes, offline, words[1:]...)
				}
			}
		case language == "text" && purpose == "compiler":
			before, after, _ := strings.Cut(strings.TrimSpace(f.text), "…")
			_, after, _ = strings.Cut(after, "(…) ")
			said := withoutMaxAge(t, notes, offline)
			if !strings.Contains(said, before) || !strings.Contains(said, after) {
				t.Errorf("the compiler says %s, want %q and %q in it", said, before, after)
			}
		}
	}
	if files < 8 || lines < 7 {
		t.Errorf("the document has %d files and %d lines of the server, want 8 and 7", files, lines)
	}
}

// withoutMaxAge returns what the compiler says of auth.Directive where @auth has no maxAge.
func withoutMaxAge(t *testing.T, notes string, environ []string) string {
	t.Helper()
	module := strings.Fields(harness.ReadFile(t, "go.mod"))[1]
	writeFile(t, filepath.Join(notes, "short", "main.go"), strings.ReplaceAll(`package main

import (
	"context"

	"MODULE/auth"
	"github.com/99designs/gqlgen/graphql"
)

var config struct {
	Directives struct {
		Auth func(context.Context, any, graphql.Resolver, []string, []string, *bool, *string) (any, error)
	}
}

func main() { config.Directives.Auth = auth.Directive }
`, "MODULE", module))
	command := exec.Command("go", "vet", "./short")
	command.Dir, command.Env = notes, append(os.Environ(), environ...)
	said, err := command.CombinedOutput()
	if err == nil {
		t.Error("it compiles")
	}
	return string(said)
}

func goTool(t *testing.T, folder string, environ []string, arguments ...string) {
	t.Helper()
	command := exec.Command("go", arguments...)
	command.Dir, command.Env = folder, append(os.Environ(), environ...)
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(arguments, " "), err, out)
	}
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
