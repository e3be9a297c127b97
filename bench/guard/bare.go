package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// applied is a rule on a field or an object, as it stands in the schema; the declarations of directives are none.
var applied = regexp.MustCompile(` @(auth(\([^)]*\))?|public)`)

// original compiles the rules that the bare server's schema lacks: its transport asks them which fields are public.
const original = `package graph

import (
	_ "embed"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

//go:embed original.graphqls
var text string

func original() *ast.Schema { return gqlparser.MustLoadSchema(&ast.Source{Name: "original", Input: text}) }
`

// buildBare compiles this server as it would be without rules: its schema has none, so gqlgen calls no directive, and no
// guard stands around the fields. Everything else is the same.
func buildBare(ctx context.Context, dir string) (string, error) {
	tree := filepath.Join(dir, "bare")
	if err := copyTree(ctx, tree); err != nil {
		return "", err
	}
	sdl, err := os.ReadFile(filepath.Join(tree, "schema.graphqls"))
	if err != nil {
		return "", err
	}
	const declared, aside = "directive @", "directive #"
	stripped := applied.ReplaceAllString(strings.ReplaceAll(string(sdl), declared, aside), "")
	stripped = strings.ReplaceAll(stripped, aside, declared)
	for name, content := range map[string]string{
		"schema.graphqls": stripped, "graph/original.graphqls": string(sdl), "graph/original.go": original,
	} {
		if err := os.WriteFile(filepath.Join(tree, name), []byte(content), 0o600); err != nil {
			return "", err
		}
	}
	for _, change := range []struct{ file, from, to string }{
		{"graph/handler.go", "auth.NewGuard(schema.Schema(), ", "auth.NewGuard(original(), "},
		{"graph/handler.go", "\tserver.Use(guard)\n", ""},
		{"graph/introspection.go", "policy, err := auth.NewPolicy(schema)\n", "policy, err := auth.NewPolicy(original())\n"},
	} {
		if err := replace(filepath.Join(tree, change.file), change.from, change.to); err != nil {
			return "", err
		}
	}
	program := filepath.Join(dir, "authgraph-bare")
	for _, command := range [][]string{{"go", "tool", "gqlgen", "generate"}, {"go", "build", "-o", program, "."}} {
		c := exec.CommandContext(ctx, command[0], command[1:]...)
		c.Dir = tree
		if out, err := c.CombinedOutput(); err != nil {
			return "", fmt.Errorf("%v: %w\n%s", command, err, out)
		}
	}
	return program, nil
}

// replace changes what a file says once.
func replace(path, from, to string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if n := strings.Count(string(text), from); n != 1 {
		return fmt.Errorf("%s says %d times, not once: %s", path, n, from)
	}
	return os.WriteFile(path, []byte(strings.Replace(string(text), from, to, 1)), 0o600)
}

// copyTree copies what the project is made of.
func copyTree(ctx context.Context, to string) error {
	out, err := exec.CommandContext(ctx, "git", "ls-files", "-z", "-co", "--exclude-standard").Output()
	if err != nil {
		return err
	}
	for name := range strings.SplitSeq(strings.TrimRight(string(out), "\x00"), "\x00") {
		content, err := os.ReadFile(name)
		if os.IsNotExist(err) {
			continue // deleted, and not yet committed
		}
		if err != nil {
			return err
		}
		path := filepath.Join(to, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			return err
		}
	}
	return nil
}
