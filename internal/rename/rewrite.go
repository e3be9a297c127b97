package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/modfile"
)

// rewriter rewrites one kind of file from one module path to another.
type rewriter func(text []byte, old, path string) ([]byte, error)

// rewriterOf returns the rewriter of a file, nil for a file that names no packages.
func rewriterOf(name string) rewriter {
	switch base := filepath.Base(name); {
	case base == "go.mod":
		return rewriteMod
	case base == "gqlgen.yml" || base == ".golangci.yml":
		return rewriteYAML
	case strings.HasSuffix(base, ".go"):
		return rewriteGo
	case strings.HasSuffix(base, ".md"):
		return rewriteMarkdown
	}
	return nil
}

// rewriteTree returns the files below root that another module path changes, by name.
func rewriteTree(root, old, path string) (map[string][]byte, error) {
	changed := map[string][]byte{}
	err := eachFile(root, func(name string) error {
		rewrite := rewriterOf(name)
		if rewrite == nil {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		result, err := rewrite(text, old, path)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if !bytes.Equal(result, text) {
			changed[name] = result
		}
		return nil
	})
	return changed, err
}

// generated returns the folders below root that gqlgen generates code for.
func generated(root string) (folders []string, err error) {
	err = eachFile(root, func(name string) error {
		if filepath.Base(name) == "gqlgen.yml" {
			folders = append(folders, filepath.Dir(name))
		}
		return nil
	})
	return folders, err
}

// eachFile calls f with each file of the repository. Parts of others and results of runs are left out.
func eachFile(root string, f func(name string) error) error {
	return filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == ".git" || d.Name() == "node_modules" || d.Name() == "artifacts" || d.Name() == "testdata"):
			return filepath.SkipDir
		case d.Type().IsRegular():
			return f(name)
		}
		return nil
	})
}

// renamed returns an import path under the other module path. ok is false for a package of another module.
func renamed(importPath, old, path string) (_ string, ok bool) {
	rest, ok := strings.CutPrefix(importPath, old)
	if !ok || rest != "" && rest[0] != '/' {
		return "", false
	}
	return path + rest, true
}

// rewriteGo rewrites only import specs. Formatted text stays formatted, although the order of imports may change.
func rewriteGo(text []byte, old, path string) ([]byte, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "", text, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	var result []byte
	last := 0
	for _, spec := range file.Imports {
		importPath, ok := pathOf(spec, old, path)
		if !ok {
			continue
		}
		begin, end := files.Position(spec.Path.Pos()).Offset, files.Position(spec.Path.End()).Offset
		result = append(append(result, text[last:begin]...), strconv.Quote(importPath)...)
		last = end
	}
	if last == 0 {
		return text, nil
	}
	result = append(result, text[last:]...)
	if formatted, err := format.Source(text); err == nil && bytes.Equal(formatted, text) {
		return format.Source(result)
	}
	return result, nil
}

func pathOf(spec *ast.ImportSpec, old, path string) (string, bool) {
	importPath, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return "", false
	}
	return renamed(importPath, old, path)
}

// rewriteMod rewrites the module path, and the requirements and replacements of another module that names it.
func rewriteMod(text []byte, old, path string) ([]byte, error) {
	file, err := modfile.Parse("go.mod", text, nil)
	if err != nil {
		return nil, err
	}
	changed := false
	if file.Module != nil && file.Module.Mod.Path == old {
		changed = true
		if err := file.AddModuleStmt(path); err != nil {
			return nil, err
		}
	}
	for _, r := range append([]*modfile.Require(nil), file.Require...) {
		if r.Mod.Path != old {
			continue
		}
		changed = true
		version, indirect := r.Mod.Version, r.Indirect
		if err := file.DropRequire(old); err != nil {
			return nil, err
		}
		file.AddNewRequire(path, version, indirect)
	}
	for _, r := range append([]*modfile.Replace(nil), file.Replace...) {
		if r.Old.Path != old {
			continue
		}
		changed = true
		before, after := r.Old, r.New
		if err := file.DropReplace(before.Path, before.Version); err != nil {
			return nil, err
		}
		if err := file.AddReplace(path, before.Version, after.Path, after.Version); err != nil {
			return nil, err
		}
	}
	if !changed {
		return text, nil
	}
	file.Cleanup()
	file.SortBlocks()
	return file.Format()
}

// rewriteYAML rewrites values that are a package of the module, or a pattern of such: `authgraph/auth$`.
func rewriteYAML(text []byte, old, path string) ([]byte, error) {
	return []byte(replaceBetween(string(text), old, path, " [", "/$,]}\n ")), nil
}

// replaceBetween replaces old where one of the characters of before stands in front of it, and one of after behind it.
func replaceBetween(text, old, path, before, after string) string {
	var b strings.Builder
	last := 0
	for at := 0; ; {
		i := strings.Index(text[at:], old)
		if i < 0 {
			b.WriteString(text[last:])
			return b.String()
		}
		begin, end := at+i, at+i+len(old)
		if (begin == 0 || strings.IndexByte(before, text[begin-1]) >= 0) && (end == len(text) || strings.IndexByte(after, text[end]) >= 0) {
			b.WriteString(text[last:begin] + path)
			last = end
		}
		at = end
	}
}

// rewriteMarkdown rewrites, in fenced blocks, the imports of Go and the module path of go.mod and `go mod edit`.
func rewriteMarkdown(text []byte, old, path string) ([]byte, error) {
	var b strings.Builder
	language, open := "", false
	for line := range strings.Lines(string(text)) {
		info, fence := strings.CutPrefix(line, "```")
		switch words := strings.Fields(info); {
		case fence && open:
			language, open = "", false
		case fence:
			open = true
			if len(words) > 0 {
				language = words[0]
			}
		case language == "go" && importSpec(line):
			line = replaceBetween(line, old, path, `"`, `/"`)
		case language == "mod":
			line = replaceBetween(line, old, path, " ", " \n")
		case language == "sh" && strings.HasPrefix(line, "go mod edit "):
			line = replaceBetween(line, old, path, "=", "@=")
		}
		b.WriteString(line)
	}
	return []byte(b.String()), nil
}

// importSpec reports whether a line of Go is an import: a path in quotes, perhaps with a name in front.
func importSpec(line string) bool {
	words := strings.Fields(strings.TrimPrefix(line, "import "))
	if len(words) == 0 || len(words) > 2 {
		return false
	}
	_, err := strconv.Unquote(words[len(words)-1])
	return err == nil && strings.HasPrefix(words[len(words)-1], `"`)
}
