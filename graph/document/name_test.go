package document

import (
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/lexer"
)

func TestLongestName(t *testing.T) {
	long := strings.Repeat("x", 200)
	for name, row := range map[string]struct {
		source string
		want   int
	}{
		"field":                  {`{ me }`, 2},
		"alias":                  {`{ ` + long + `: me }`, 200},
		"variable":               {`query($` + long + `: Int) { me }`, 200},
		"string":                 {`{ a(b: "` + long + `") }`, 1},
		"string with a quote":    {`{ a(b: "\"` + long + `") }`, 1},
		"string without an end":  {`{ a(b: "` + long, 1},
		"block string":           {`{ a(b: """` + long + ` \""" " ` + long + `""") }`, 1},
		"block string, 4 quotes": {`{ a(b: """x"""" ` + long + `) }`, 200},
		"7 quotes":               {`{ a(b: """"""" ` + long + `) }`, 200},
		"comment":                {"{ me # " + long + "\n}", 2},
		"after a comment":        {"{ me # \"\n" + long + " }", 200},
		"after a string":         {`{ a(b: "\\") ` + long + ` }`, 200},
	} {
		if got := longestName(row.source); got != row.want {
			t.Errorf("%s: got %d, want %d", name, got, row.want)
		}
	}
}

// FuzzLongestName proves that no name of a document that the lexer reads is longer than the result.
func FuzzLongestName(f *testing.F) {
	f.Add(`{ a: me(b: "c\"", d: """e\"""""") { f } } # g`)
	f.Fuzz(func(t *testing.T, source string) {
		l := lexer.New(&ast.Source{Input: source})
		want := 0
		for {
			token, err := l.ReadToken()
			if err != nil {
				return
			}
			if token.Kind == lexer.EOF {
				break
			}
			if token.Kind == lexer.Name {
				want = max(want, len(token.Value))
			}
		}
		if got := longestName(source); got < want {
			t.Fatalf("%q: got %d, want at least %d", source, got, want)
		}
	})
}
