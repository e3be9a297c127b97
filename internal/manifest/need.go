package manifest

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"authgraph/auth"
	"authgraph/auth/policydoc"
)

// Needs returns the policy's rules of each guarded field that the document selects, in the policy's order. For a field of an
// interface, it returns the rules of the field on each implementing type.
func (s Stored) Needs(schema *ast.Schema, policy *auth.Policy) []auth.Entry {
	used := map[string]bool{}
	for _, op := range s.Query.Operations {
		fields(schema, op.SelectionSet, used)
	}
	for _, fragment := range s.Query.Fragments {
		fields(schema, fragment.SelectionSet, used)
	}
	return slices.DeleteFunc(policy.Entries(), func(e auth.Entry) bool { return e.Public || !used[e.Field] })
}

// fields notes the coordinates of all fields of a selection, but for those of the fragments that it spreads.
func fields(schema *ast.Schema, set ast.SelectionSet, used map[string]bool) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			used[s.ObjectDefinition.Name+"."+s.Name] = true
			for _, possible := range schema.GetPossibleTypes(s.ObjectDefinition) {
				used[possible.Name+"."+s.Name] = true
			}
			fields(schema, s.SelectionSet, used)
		case *ast.InlineFragment:
			fields(schema, s.SelectionSet, used)
		}
	}
}

// Lost returns those changes of the rules that keep some callers from what the document selects.
func (s Stored) Lost(schema *ast.Schema, policy *auth.Policy, changes []policydoc.Change) (lost []policydoc.Change) {
	needs := s.Needs(schema, policy)
	for _, change := range changes {
		needed := slices.ContainsFunc(needs, func(e auth.Entry) bool { return e.Field == change.Field })
		if needed && change.Closed {
			lost = append(lost, change)
		}
	}
	return lost
}

// Describe says in lines what the document needs.
func Describe(title string, needs []auth.Entry) string {
	var b strings.Builder
	b.WriteString(title + "\n")
	width := 0
	for _, e := range needs {
		width = max(width, len(e.Field))
	}
	for _, e := range needs {
		b.WriteString("  " + e.Field + strings.Repeat(" ", width-len(e.Field)) + "  " + e.String() + "\n")
	}
	return b.String()
}
