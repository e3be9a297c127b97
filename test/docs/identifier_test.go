package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"authgraph/test/harness"
)

// bannedIdentifiers are names that no declaration has, tests included: pronouns, participles and words for which the field has a
// term. They are compared without case.
var bannedIdentifiers = []string{
	"anew", "apart", "around", "beginnings", "doubts", "everybody", "handed", "heard", "hears", "least", "limp", "meanwhile", "most",
	"nobodies", "resting", "somebody", "standing", "stranger", "strangers", "theirs", "those", "told", "unheard", "whatever", "who",
	"whoever", "whom", "whose",
}

func TestIdentifiers_Banned(t *testing.T) {
	t.Chdir(harness.Root(t))
	tracked, err := exec.CommandContext(t.Context(), "git", "ls-files", "-z", "*.go").Output()
	if err != nil {
		t.Fatal(err)
	}
	files := 0
	for name := range strings.SplitSeq(strings.TrimRight(string(tracked), "\x00"), "\x00") {
		folder, _, _ := strings.Cut(name, "/")
		if slices.Contains([]string{"bench", "examples"}, folder) {
			continue
		}
		text, err := os.ReadFile(name)
		if os.IsNotExist(err) { // deleted, but not yet in the index
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		files++
		for _, found := range bannedDeclarations(t, name, string(text)) {
			t.Errorf("%s: name it by the term of the field", found)
		}
	}
	if files < 300 {
		t.Errorf("read %d files, want at least 300", files)
	}
}

func TestIdentifiers_Find(t *testing.T) {
	got := bannedDeclarations(t, "a.go", "package a\n\ntype T struct{ Who int }\n\nfunc (t T) most(whom int) (told bool) {\n"+
		"\tfor least := range whom {\n\t\theard := least\n\t\t_ = heard\n\t}\n\treturn t.Who > 0\n}\n\nvar almost, whole int\n")
	want := []string{"a.go:3:16: Who", "a.go:5:12: most", "a.go:5:17: whom", "a.go:5:28: told", "a.go:6:6: least", "a.go:7:3: heard"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// bannedDeclarations returns the position and the name of each declaration of a file that has a banned name.
func bannedDeclarations(t *testing.T, name, text string) (found []string) {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, text, 0)
	if err != nil {
		t.Fatal(err)
	}
	if ast.IsGenerated(file) {
		return nil
	}
	check := func(expressions ...ast.Expr) {
		for _, e := range expressions {
			if id, ok := e.(*ast.Ident); ok && slices.Contains(bannedIdentifiers, strings.ToLower(id.Name)) {
				found = append(found, set.Position(id.Pos()).String()+": "+id.Name)
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			check(n.Name)
		case *ast.TypeSpec:
			check(n.Name)
		case *ast.Field:
			for _, id := range n.Names {
				check(id)
			}
		case *ast.ValueSpec:
			for _, id := range n.Names {
				check(id)
			}
		case *ast.AssignStmt:
			if n.Tok == token.DEFINE {
				check(n.Lhs...)
			}
		case *ast.RangeStmt:
			if n.Tok == token.DEFINE {
				check(n.Key, n.Value)
			}
		}
		return true
	})
	return found
}
