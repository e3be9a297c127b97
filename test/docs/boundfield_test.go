package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// boundedRooms are the packages that keep state between requests, with their subpackages.
var boundedRooms = []string{"account", "auth", "graph", "db"}

// root is the repository's folder.
const root = "../.."

// growing maps the fields and package variables that can hold any number of values to their positions. The names have
// the form `folder.Type.field` or `folder.variable`.
type growing map[string]token.Position

// growingFields reads the rooms. Generated files are left out: their structs live for one request.
func growingFields(t *testing.T, rooms ...string) growing {
	t.Helper()
	found := growing{}
	for _, room := range rooms {
		err := filepath.WalkDir(filepath.Join(root, room), func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.IsDir() || d.Name() == "generated" || d.Name() == "testdata" {
				return err
			}
			fset := token.NewFileSet()
			files := parseFolder(t, fset, path)
			folder, err := filepath.Rel(root, path)
			found.addFolder(fset, filepath.ToSlash(folder), files)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}

// parseFolder returns the syntax of the Go files in a folder, without tests.
func parseFolder(t *testing.T, fset *token.FileSet, folder string) (files []*ast.File) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

func (g growing) addFolder(fset *token.FileSet, folder string, files []*ast.File) {
	named := map[string]ast.Expr{}
	written := map[string]bool{} // variables that an index expression assigns to
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.TypeSpec:
				named[n.Name.Name] = n.Type
			case *ast.AssignStmt:
				for _, left := range n.Lhs {
					if index, ok := left.(*ast.IndexExpr); ok {
						if id, ok := index.X.(*ast.Ident); ok {
							written[id.Name] = true
						}
					}
				}
			}
			return true
		})
	}
	shared := sharedStructs(named)
	for _, file := range files {
		for _, d := range file.Decls {
			declared, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range declared.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					g.addType(fset, folder, spec, named, shared[spec.Name.Name])
				case *ast.ValueSpec:
					g.addVariable(fset, folder, declared.Tok, spec, named, written)
				}
			}
		}
	}
}

// sharedStructs returns the structs that several goroutines use: a lock guards them, or they are part of such a struct.
func sharedStructs(named map[string]ast.Expr) map[string]bool {
	shared := map[string]bool{}
	var share func(name string)
	share = func(name string) {
		s, ok := named[name].(*ast.StructType)
		if !ok || shared[name] {
			return
		}
		shared[name] = true
		for _, field := range s.Fields.List {
			ast.Inspect(field.Type, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					share(id.Name)
				}
				_, function := n.(*ast.FuncType)
				return !function
			})
		}
	}
	for name, typ := range named {
		s, ok := typ.(*ast.StructType)
		if ok && slices.ContainsFunc(s.Fields.List, func(f *ast.Field) bool { return locks(f.Type) }) {
			share(name)
		}
	}
	return shared
}

// addType adds the fields of a struct. A slice grows between requests only in a shared struct.
func (g growing) addType(fset *token.FileSet, folder string, spec *ast.TypeSpec, named map[string]ast.Expr, shared bool) {
	s, ok := spec.Type.(*ast.StructType)
	if !ok {
		return
	}
	for _, field := range s.Fields.List {
		if !grows(field.Type, named, shared) {
			continue
		}
		for _, name := range field.Names {
			g[folder+"."+spec.Name.Name+"."+name.Name] = fset.Position(name.Pos())
		}
	}
}

// addVariable adds a package variable. A map that nothing assigns to is a constant table.
func (g growing) addVariable(
	fset *token.FileSet, folder string, kind token.Token, spec *ast.ValueSpec, named map[string]ast.Expr, written map[string]bool,
) {
	for i, name := range spec.Names {
		typ := spec.Type
		if typ == nil && i < len(spec.Values) {
			typ = valueType(spec.Values[i])
		}
		if kind != token.VAR || typ == nil || !grows(typ, named, written[name.Name]) {
			continue
		}
		if _, table := typ.(*ast.MapType); table && !written[name.Name] {
			continue
		}
		g[folder+"."+name.Name] = fset.Position(name.Pos())
	}
}

func valueType(value ast.Expr) ast.Expr {
	switch v := value.(type) {
	case *ast.CompositeLit:
		return v.Type
	case *ast.UnaryExpr:
		return valueType(v.X)
	case *ast.CallExpr:
		if id, ok := v.Fun.(*ast.Ident); ok && id.Name == "make" && len(v.Args) > 0 {
			return v.Args[0]
		}
	}
	return nil
}

// locks reports whether a field guards a struct against several goroutines.
func locks(typ ast.Expr) bool {
	selector, ok := typ.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	pkg, _ := selector.X.(*ast.Ident)
	return pkg != nil && pkg.Name == "sync" && strings.HasSuffix(selector.Sel.Name, "Mutex")
}

// containers are types of other packages that hold any number of values: package → type, "" for each type.
var containers = map[string]string{"otter": "", "lru": "", "singleflight": "", "list": "", "dataloadgen": "", "sync": "Map Pool"}

// grows reports whether a value of the type can hold any number of values; slices decides for slices.
func grows(typ ast.Expr, named map[string]ast.Expr, slices bool) (found bool) {
	ast.Inspect(typ, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.MapType, *ast.ChanType:
			found = true
		case *ast.ArrayType:
			found = found || slices && n.Len == nil
		case *ast.FuncType, *ast.InterfaceType, *ast.StructType:
			return false
		case *ast.SelectorExpr:
			pkg, _ := n.X.(*ast.Ident)
			if pkg == nil {
				return false
			}
			types, known := containers[pkg.Name]
			found = found || known && (types == "" || strings.Contains(types, n.Sel.Name))
			return false
		case *ast.Ident:
			switch under := named[n.Name].(type) {
			case *ast.MapType, *ast.ChanType:
				found = true
			case *ast.ArrayType:
				found = found || slices && under.Len == nil
			}
		}
		return !found
	})
	return found
}
