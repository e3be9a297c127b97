package policy

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"authgraph/test/harness"
)

// mutation is a change of one declaration. It names the declaration and no file, so that the code may move within its room.
type mutation struct {
	room     string // folder of the package
	name     string // the declaration: a function, Type.Method, or a type, variable or constant
	from, to string
}

// apply returns the file of the declaration, from the root of the repository, and its changed source. It reports an error
// unless the declaration exists and holds from once.
func (m mutation) apply(t *testing.T) (file, source string, ok bool) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(harness.Path(t, m.room), "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		start, end := declared(t, name, text, m.name)
		if end == 0 {
			continue
		}
		body := string(text[start:end])
		if n := strings.Count(body, m.from); n != 1 {
			t.Errorf("%s.%s holds the text %d times, want once:\n%s", m.room, m.name, n, m.from)
			return "", "", false
		}
		changed := string(text[:start]) + strings.Replace(body, m.from, m.to, 1) + string(text[end:])
		return path.Join(m.room, filepath.Base(name)), changed, true
	}
	t.Errorf("%s declares no %s", m.room, m.name)
	return "", "", false
}

// declared returns the place of a declaration in a file, as offsets in bytes; 0 and 0 if the file has none of the name.
func declared(t *testing.T, file string, source []byte, name string) (start, end int) {
	t.Helper()
	fset := token.NewFileSet()
	parsed, err := parser.ParseFile(fset, file, source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range parsed.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if functionName(d) == name {
				return fset.Position(d.Pos()).Offset, fset.Position(d.End()).Offset
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if specName(spec) == name {
					return fset.Position(spec.Pos()).Offset, fset.Position(spec.End()).Offset
				}
			}
		}
	}
	return 0, 0
}

func functionName(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return d.Name.Name
	}
	receiver := d.Recv.List[0].Type
	if pointer, ok := receiver.(*ast.StarExpr); ok {
		receiver = pointer.X
	}
	switch generic := receiver.(type) {
	case *ast.IndexExpr:
		receiver = generic.X
	case *ast.IndexListExpr:
		receiver = generic.X
	}
	return receiver.(*ast.Ident).Name + "." + d.Name.Name
}

func specName(spec ast.Spec) string {
	switch s := spec.(type) {
	case *ast.TypeSpec:
		return s.Name.Name
	case *ast.ValueSpec:
		return s.Names[0].Name
	default:
		return ""
	}
}
