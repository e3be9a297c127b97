package document

import (
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// For any text, reading ends and reports few faults, and the counts equal those of the slow way.
func FuzzDocumentLimits(f *testing.F) {
	for _, source := range bombs() {
		f.Add(source)
	}
	f.Add(toolIntrospection)
	schema := ourSchema(f)
	costs := ourCosts(f, schema)
	first, _ := ruleSet()
	limits := Limits{Tokens: 500, Depth: 15, Fields: 1000, Aliases: 100, Directives: 50, Mutations: 4, Comparisons: 10_000}
	f.Fuzz(func(t *testing.T, source string) {
		if _, errs := Read(schema, source, limits); len(errs) > maxErrors+1 {
			t.Errorf("%d errors", len(errs))
		}
		doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: source}, limits.Tokens)
		if err != nil || len(doc.Operations) == 0 {
			return
		}
		compareCounts(t, doc, 2000)
		unlimited := generous()
		unlimited.Tokens = limits.Tokens
		if _, errs := validate(schema, doc, first, unlimited); errs != nil || fieldsOf(doc) > 300 {
			return
		}
		compareValid(t, costs, doc)
	})
}

// fieldsOf is the size of the largest operation, fragments spread out.
func fieldsOf(doc *ast.QueryDocument) (n int) {
	for _, op := range doc.Operations {
		n = max(n, newCounter(doc).operation(op).fields)
	}
	return n
}
