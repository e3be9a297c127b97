package docs

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"strings"
	"testing"
)

// maxConditions is the maximum number of conditions under one message of a test, so that a failure says which one it was.
const maxConditions = 3

func TestConditions_Split(t *testing.T) {
	files := 0
	walk(t, func(path string, d fs.DirEntry) {
		if d.IsDir() || !strings.HasSuffix(path, ".go") {
			return
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files++
		for _, s := range crowded(file) {
			t.Errorf("%s: %d conditions under one message, want at most %d", fset.Position(s.Pos()), conditions(s.Cond), maxConditions)
		}
	})
	if files < 300 {
		t.Errorf("read %d files, want at least 300", files)
	}
}

func TestConditions_Counted(t *testing.T) {
	for source, want := range map[string]int{
		`if a || b || c { t.Error() }`:                                         0,
		`if a || b || c || d { t.Error() }`:                                    1,
		`if x := f(); a && (b || c) && d { t.Fatalf("") }`:                     1,
		`if a || b || c || d { return }`:                                       0,
		`if a { t.Error() } else if a || b || c || d { t.Fatal() }`:            1,
		`if a || b || f(func() bool { return c || d }) { t.Error() }`:          0,
		`if a || b || c || d { for { t.Error() } }`:                            1,
		`if a || b || c || d { run(func() { t.Error() }) }`:                    0,
		`if a || b || c || d { log.Error() }`:                                  0,
		`t.Run("", func(t *testing.T) { if a || b || c || d { tb.Fatal() } })`: 1,
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "", fmt.Sprintf("package p; func f() { %s }", source), 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := crowded(file); len(got) != want {
			t.Errorf("%s: got %d checks, want %d", source, len(got), want)
		}
	}
}

// crowded returns the if statements that fail a test under more than maxConditions conditions.
func crowded(file *ast.File) (found []*ast.IfStmt) {
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.IfStmt); ok && conditions(s.Cond) > maxConditions && fails(s.Body) {
			found = append(found, s)
		}
		return true
	})
	return found
}

// conditions returns the number of operands of && and ||. Functions inside are left out.
func conditions(e ast.Expr) int {
	n := 1
	inspectOutside(e, func(x ast.Node) {
		if b, ok := x.(*ast.BinaryExpr); ok && (b.Op == token.LAND || b.Op == token.LOR) {
			n++
		}
	})
	return n
}

// fails reports whether a block fails a test: it calls Error, Errorf, Fatal or Fatalf of a testing.TB.
func fails(block *ast.BlockStmt) (fails bool) {
	inspectOutside(block, func(n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return
		}
		method, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return
		}
		of, ok := method.X.(*ast.Ident)
		if !ok || of.Name != "t" && of.Name != "tb" && of.Name != "f" && of.Name != "b" {
			return
		}
		switch method.Sel.Name {
		case "Error", "Errorf", "Fatal", "Fatalf":
			fails = true
		}
	})
	return fails
}

// inspectOutside calls visit for each node that is not inside a function literal.
func inspectOutside(root ast.Node, visit func(ast.Node)) {
	ast.Inspect(root, func(n ast.Node) bool {
		if _, ok := n.(*ast.FuncLit); ok {
			return false
		}
		if n != nil {
			visit(n)
		}
		return true
	})
}
