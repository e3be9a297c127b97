package account

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Actions holds every constant that begins with Action, sorted, and the documentation lists each.
func TestActions_Complete(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "action.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && strings.HasPrefix(spec.Names[0].Name, "Action") {
			value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, value)
		}
		return true
	})
	slices.Sort(want)
	if !slices.Equal(Actions(), want) {
		t.Errorf("got %v, want %v", Actions(), want)
	}
	text, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, action := range want {
		if !strings.Contains(string(text), "`"+action+"`") {
			t.Errorf("docs/operations.md lacks %s", action)
		}
	}
}
