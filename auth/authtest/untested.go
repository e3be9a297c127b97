package authtest

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"authgraph/auth"
)

// Untested returns the coordinates of the guarded fields that none of the rows selects. The error says that the rules
// can't be kept, or that a document does not fit the schema.
func Untested(schema *ast.Schema, rows []Row) ([]string, error) {
	policy, err := auth.NewPolicy(schema)
	if err != nil {
		return nil, err
	}
	tried := map[string]bool{}
	for _, row := range rows {
		document, err := gqlparser.LoadQueryWithRules(schema, row.Document, nil)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", row.name(), err)
		}
		for _, operation := range document.Operations {
			mark(tried, operation.SelectionSet)
		}
		for _, fragment := range document.Fragments {
			mark(tried, fragment.SelectionSet)
		}
	}
	var untested []string
	for _, e := range policy.Entries() {
		if !e.Public && !tried[e.Field] {
			untested = append(untested, e.Field)
		}
	}
	slices.Sort(untested)
	return untested, nil
}

func mark(tried map[string]bool, set ast.SelectionSet) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			tried[s.ObjectDefinition.Name+"."+s.Name] = true
			mark(tried, s.SelectionSet)
		case *ast.InlineFragment:
			mark(tried, s.SelectionSet)
		}
	}
}
