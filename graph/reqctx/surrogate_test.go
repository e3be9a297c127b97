package reqctx

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

func TestHasLoneSurrogate(t *testing.T) {
	for document, want := range map[string]bool{
		``: false, `"\u0041"`: false, `"\ud83d\ude00"`: false, `"\u{1F600}"`: false, `"\\ud800"`: false,
		`"\ud800"`: true, `"\ude00"`: true, `"\ud83dx"`: true, `"\ud83d\u0041"`: true, `"\u{D800}"`: true,
		`"\ud83d\ud83d\ude00"`: true, `"\u`: false, `\`: false,
	} {
		if got := HasLoneSurrogate(document); got != want {
			t.Errorf("%s: got %v, want %v", document, got, want)
		}
	}
}

// FuzzSurrogate holds HasLoneSurrogate to what it is for: no text becomes another one, and so equal to a third.
func FuzzSurrogate(f *testing.F) {
	f.Fuzz(func(t *testing.T, text string) {
		document := `{f(a:"` + text + `")}`
		if HasLoneSurrogate(document) {
			return
		}
		parsed, err := parser.ParseQuery(&ast.Source{Input: document})
		if err != nil || !utf8.ValidString(text) || strings.Contains(text, "\uFFFD") || strings.Contains(strings.ToLower(text), "fffd") {
			return
		}
		for _, o := range parsed.Operations {
			for _, s := range o.SelectionSet {
				if f, ok := s.(*ast.Field); ok {
					for _, a := range f.Arguments {
						if strings.Contains(a.Value.Raw, "\uFFFD") {
							t.Fatalf("%s is read as %q", document, a.Value.Raw)
						}
					}
				}
			}
		}
	})
}
