package docs

import (
	"go/ast"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// eachFolder calls f with the Go files of each folder of the module, without tests.
func eachFolder(t *testing.T, f func(folder string, files []*ast.File)) {
	t.Helper()
	walk(t, func(path string, d fs.DirEntry) {
		if !d.IsDir() || d.Name() == "generated" {
			return
		}
		folder, err := filepath.Rel(root, path)
		if err != nil {
			t.Fatal(err)
		}
		f(filepath.ToSlash(folder), parseFolder(t, token.NewFileSet(), path))
	})
}

// eachFile calls f with the text of each file whose name ends so, ordered by path.
func eachFile(t *testing.T, end string, f func(text string)) {
	t.Helper()
	walk(t, func(path string, d fs.DirEntry) {
		if d.IsDir() || !strings.HasSuffix(path, end) {
			return
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f(string(text))
	})
}

func walk(t *testing.T, f func(path string, d fs.DirEntry)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "examples" || d.Name() == ".git" || d.Name() == "artifacts") {
			return filepath.SkipDir
		}
		f(path, d)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
