package auth_test

import (
	"slices"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"authgraph/auth"
)

func TestRemoveDrafts(t *testing.T) {
	load := func() *ast.Schema {
		schema, err := gqlparser.LoadSchema(&ast.Source{Input: `type Query { a: Int }`})
		if err != nil {
			t.Fatal(err)
		}
		return schema
	}
	schema := load()
	auth.RemoveDrafts(schema)
	auth.RemoveDrafts(schema)
	if schema.Directives["defer"] != nil {
		t.Error("got @defer, want it removed")
	}
	want := []ast.DirectiveLocation{"FIELD_DEFINITION", "ARGUMENT_DEFINITION", "INPUT_FIELD_DEFINITION", "ENUM_VALUE"}
	if got := schema.Directives["deprecated"].Locations; !slices.Equal(got, want) {
		t.Errorf("@deprecated: got locations %v, want %v", got, want)
	}
	var got []string
	for _, v := range schema.Types["__DirectiveLocation"].EnumValues {
		got = append(got, v.Name)
	}
	if len(got) != 19 || slices.Contains(got, "DIRECTIVE_DEFINITION") { // GraphQL, September 2025, 4.2
		t.Errorf("__DirectiveLocation: got %d values %v, want the 19 of the specification", len(got), got)
	}
	if untouched := load(); untouched.Directives["defer"] == nil || len(untouched.Directives["deprecated"].Locations) != 5 {
		t.Error("a schema that is loaded afterwards has changed, too")
	}
}
