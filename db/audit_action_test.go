package db_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// An action is named by a constant of account, so that account.Actions is complete.
func TestActions_Constants(t *testing.T) {
	t.Parallel()
	var files []string
	for _, folder := range []string{"*.go", "../*.go", "../account/*.go", "../graph/*.go", "../graph/*/*.go"} {
		found, err := filepath.Glob(folder)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	set, constants := token.NewFileSet(), 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		check := func(value ast.Expr) {
			if literal, ok := value.(*ast.BasicLit); ok {
				t.Errorf("%s: got the action %s, want a constant of account", set.Position(value.Pos()), literal.Value)
				return
			}
			constants++
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.KeyValueExpr:
				if key, ok := n.Key.(*ast.Ident); ok && (key.Name == "action" || key.Name == "Action") {
					check(n.Value)
				}
			case *ast.CallExpr:
				if f, ok := n.Fun.(*ast.SelectorExpr); ok && strings.HasPrefix(f.Sel.Name, "record") && len(n.Args) > 1 {
					check(n.Args[1])
				}
			}
			return true
		})
	}
	if constants < 20 {
		t.Errorf("got %d actions, want all", constants)
	}
}
