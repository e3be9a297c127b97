package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	oldPath = "authgraph"
	newPath = "example.com/you/accounts"
)

func TestRewriteFiles(t *testing.T) {
	for _, row := range []struct{ name, file, text, want string }{
		{"import specs", "a.go", `package a

import (
	"fmt"

	"authgraph/auth"
	token "authgraph/auth/token"
	_ "authgraphs/auth"
	"example.com/notes/graph"
)

const key = "authgraph/auth: a key" // authgraph/auth

var channel, path = "authgraph", "authgraph/auth"
`, `package a

import (
	"fmt"

	_ "authgraphs/auth"
	"example.com/notes/graph"
	"example.com/you/accounts/auth"
	token "example.com/you/accounts/auth/token"
)

const key = "authgraph/auth: a key" // authgraph/auth

var channel, path = "authgraph", "authgraph/auth"
`},
		{"one import", "a.go", "package a\n\nimport . \"authgraph\"\n", "package a\n\nimport . \"example.com/you/accounts\"\n"},
		{"a raw string as path", "a.go", "package a\n\nimport `authgraph/auth`\n", "package a\n\nimport \"example.com/you/accounts/auth\"\n"},
		{"an unformatted file", "a.go", "package a\nimport   \"authgraph/auth\"\nvar  x = 1\n", "package a\nimport   \"example.com/you/accounts/auth\"\nvar  x = 1\n"},
		{"no import", "a.go", "package a\n\nconst x = `\nimport \"authgraph/auth\"\n`\n", "package a\n\nconst x = `\nimport \"authgraph/auth\"\n`\n"},
		{"the module", "go.mod", "module authgraph\n\ngo 1.26.6\n\nrequire example.com/authgraph v1.0.0\n", "module example.com/you/accounts\n\ngo 1.26.6\n\nrequire example.com/authgraph v1.0.0\n"},
		{"a module that imports it", "examples/x/go.mod",
			"module example.com/notes\n\ngo 1.26.6\n\nrequire (\n\tauthgraph v0.0.0\n\tgithub.com/a/b v1.0.0 // indirect\n)\n\nreplace authgraph => ../..\n",
			"module example.com/notes\n\ngo 1.26.6\n\nrequire (\n\texample.com/you/accounts v0.0.0\n\tgithub.com/a/b v1.0.0 // indirect\n)\n\nreplace example.com/you/accounts => ../..\n"},
		{"another module", "x/go.mod", "module example.com/notes\n\ngo   1.26.6\n", "module example.com/notes\n\ngo   1.26.6\n"},
		{"models", "gqlgen.yml", "schema:\n  - ../authgraph/auth/auth.graphqls # authgraph/auth\nmodels:\n  A:\n    model: authgraph/auth.Assurance\n    model: example.com/authgraph/auth.X\n",
			"schema:\n  - ../authgraph/auth/auth.graphqls # example.com/you/accounts/auth\nmodels:\n  A:\n    model: example.com/you/accounts/auth.Assurance\n    model: example.com/authgraph/auth.X\n"},
		{"linters", ".golangci.yml", "# an exception to \"authgraph\".\nallow: [authgraph/auth$, authgraph/auth/token$, authgraphs]\ndeny:\n  - {pkg: authgraph, desc: \"x\"}\n",
			"# an exception to \"authgraph\".\nallow: [example.com/you/accounts/auth$, example.com/you/accounts/auth/token$, authgraphs]\ndeny:\n  - {pkg: example.com/you/accounts, desc: \"x\"}\n"},
		{"documents", "docs/a.md", "`go get authgraph/auth`\n```sh notes\ngo mod edit -require=authgraph@v0.0.0 -replace=authgraph=../authgraph\nauthgraph policy show\n```\n" +
			"```mod\nrequire authgraph v0.0.0\nreplace authgraph => ../authgraph\n```\n```go\nimport \"authgraph/auth\"\n\tx \"authgraph/auth/remote\"\n\tx := \"authgraph/auth\"\n```\n\"authgraph/auth\"\n",
			"`go get authgraph/auth`\n```sh notes\ngo mod edit -require=example.com/you/accounts@v0.0.0 -replace=example.com/you/accounts=../authgraph\nauthgraph policy show\n```\n" +
				"```mod\nrequire example.com/you/accounts v0.0.0\nreplace example.com/you/accounts => ../authgraph\n```\n```go\nimport \"example.com/you/accounts/auth\"\n\tx \"example.com/you/accounts/auth/remote\"\n\tx := \"authgraph/auth\"\n```\n\"authgraph/auth\"\n"},
	} {
		rewrite := rewriterOf(row.file)
		got, err := rewrite([]byte(row.text), oldPath, newPath)
		if err != nil || string(got) != row.want {
			t.Errorf("%s: got %v\n%s\nwant\n%s", row.name, err, got, row.want)
		}
		back, err := rewrite(got, newPath, oldPath)
		if again, err2 := rewrite(back, oldPath, newPath); err != nil || err2 != nil || string(again) != row.want {
			t.Errorf("%s: there, back and there again: %v, %v\n%s", row.name, err, err2, again)
		}
	}
	for _, name := range []string{"server.sql", "schema.graphqls", "run", "package.json", "policy.lock"} {
		if rewriterOf(name) != nil {
			t.Errorf("%s is rewritten", name)
		}
	}
}

// A fault in one file leaves the others as they were, and a path that is none is refused.
func TestRewriteTree_Fault(t *testing.T) {
	root := t.TempDir()
	files := map[string]string{
		"go.mod": "module authgraph\n\ngo 1.26.6\n", "a/a.go": "package a\n\nimport \"authgraph/b\"\n", "b/b.go": "package\n",
		"node_modules/x.go": "no Go", "testdata/x.go": "no Go",
	}
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(root, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, row := range []struct {
		arguments []string
		want      string
	}{
		{nil, "usage"}, {[]string{""}, "usage"}, {[]string{"a.test", "b.test"}, "usage"},
		{[]string{"authgraph"}, "malformed module path"}, {[]string{"example.com/a b"}, "malformed module path"},
		{[]string{newPath}, filepath.Join("b", "b.go")},
	} {
		if err := run(root, row.arguments); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%q: got %v, want %q", row.arguments, err, row.want)
		}
	}
	for name, text := range files {
		if got, err := os.ReadFile(filepath.Join(root, name)); err != nil || string(got) != text {
			t.Errorf("%s: got %q, %v, want it as it was", name, got, err)
		}
	}
}
