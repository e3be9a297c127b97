package auth

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// directiveDefinition is a location of the working draft. The GraphQL specification of September 2025 does not have it.
const directiveDefinition = "DIRECTIVE_DEFINITION"

// RemoveDrafts removes from schema the definitions that gqlparser adds although no release of the specification has them:
// the location DIRECTIVE_DEFINITION, on `@deprecated` and in `__DirectiveLocation`, and the directive `@defer`. Introspection
// with graphql-core up to 3.2.9 fails on the location. Call RemoveDrafts once, after the schema is loaded and before it is
// used; a second call reads the schema and changes nothing.
func RemoveDrafts(schema *ast.Schema) {
	if schema.Directives["defer"] != nil {
		delete(schema.Directives, "defer")
	}
	if deprecated := schema.Directives["deprecated"]; deprecated != nil {
		if i := slices.Index(deprecated.Locations, directiveDefinition); i >= 0 {
			deprecated.Locations = slices.Delete(slices.Clone(deprecated.Locations), i, i+1)
		}
	}
	if locations := schema.Types["__DirectiveLocation"]; locations != nil {
		named := func(v *ast.EnumValueDefinition) bool { return v.Name == directiveDefinition }
		if i := slices.IndexFunc(locations.EnumValues, named); i >= 0 {
			locations.EnumValues = slices.Delete(slices.Clone(locations.EnumValues), i, i+1)
		}
	}
}
