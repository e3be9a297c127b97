package auth

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
)

// entitiesField is the field by which a gateway of Apollo Federation fetches objects by their keys.
const entitiesField = "_entities"

// addedByFederation reports whether gqlgen's federation plugin adds the field to Query, where no directive can be put on it: a
// schema has it only if federation is on.
func addedByFederation(field string) bool { return field == entitiesField || field == "_service" }

// entityFaults refuses entities that a root field's rule protected so far: where `_entities` is open to everybody, what it returns
// is guarded by its own rules, so each of its fields has to have one, or to say that it is public.
func (p *Policy) entityFaults(schema *ast.Schema) (faults []error) {
	entity := schema.Types["_Entity"]
	a := p.fields[coordinate{p.roots.query, entitiesField}]
	if entity == nil || a == nil || !a.public {
		return nil
	}
	for _, object := range schema.GetPossibleTypes(entity) {
		for _, field := range object.Fields {
			at := coordinate{object.Name, field.Name}
			if a := p.fields[at]; a != nil && !a.public && len(a.rules) == 0 {
				faults = append(faults, fmt.Errorf("%s: has neither @auth nor @public, and %s exposes it to every client", at, entitiesField))
			}
		}
	}
	return faults
}
