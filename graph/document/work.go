package document

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// MaxWork is the maximum that Work returns: an answer of 1 MiB holds no more fields.
const MaxWork = 100_000

// sdlWork is the work of the schema as text, which a subgraph answers with.
const sdlWork = 200

// Work estimates the number of fields that the execution of an operation resolves. Each takes 1.4 to 1.9 µs of processor time
// (go run ./bench/anonymous -prices). Unlike the cost it counts values too, and each element of a list.
//
// Only the root fields for which counted returns true count. The operation is of a valid document.
func (c *Costs) Work(op *ast.OperationDefinition, variables map[string]any, counted func(root string) bool) int {
	w := &work{c, variables}
	return int(min(w.roots(op.SelectionSet, counted), MaxWork))
}

type work struct {
	*Costs
	variables map[string]any
}

func (w *work) roots(set ast.SelectionSet, counted func(string) bool) (n float64) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			switch {
			case !counted(s.Name):
			case s.Name == "__type":
				n += w.field(s, w.lists.largest, 1)
			default:
				n += w.field(s, 1, 1)
			}
		case *ast.InlineFragment:
			n += w.roots(s.SelectionSet, counted)
		case *ast.FragmentSpread:
			n += w.roots(s.Definition.SelectionSet, counted)
		}
	}
	return n
}

// set is the work of a selection in a number of objects. Each of the lists in sized has size elements.
func (w *work) set(set ast.SelectionSet, objects float64, sized []string, size float64) (n float64) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			each := 1.0
			if slices.Contains(sized, s.Name) {
				each = size
			}
			n += w.field(s, objects, each)
		case *ast.InlineFragment:
			n += w.set(s.SelectionSet, objects, sized, size)
		case *ast.FragmentSpread:
			n += w.set(s.Definition.SelectionSet, objects, sized, size)
		}
	}
	return min(n, maxCount)
}

// field returns the work of a field in a number of objects, each of which has each objects of the field.
func (w *work) field(s *ast.Field, objects, each float64) float64 {
	var sized []string
	below := 1.0
	if size, ok := w.lists.sizes[s.ObjectDefinition.Name+"."+s.Name]; ok {
		each = size
	} else if f := w.fields[s.Definition]; f != nil {
		each, sized, below = f.list.elements(s, w.variables, each)
	}
	elements := min(objects*each, maxCount)
	n := objects
	if s.ObjectDefinition.Name == "_Service" {
		n *= sdlWork
	}
	if s.Definition.Type.Elem != nil {
		n += elements
	}
	return min(n+w.set(s.SelectionSet, elements, sized, below), maxCount)
}

// schemaLists are the average lengths of the introspection lists.
type schemaLists struct {
	sizes   map[string]float64 // by coordinate
	largest float64            // by how much the type with most fields exceeds the average
}

func newSchemaLists(schema *ast.Schema) schemaLists {
	types, fields, arguments, inputs, values, interfaces, possible, largest := 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
	for _, t := range schema.Types {
		types++
		values += float64(len(t.EnumValues))
		interfaces += float64(len(t.Interfaces))
		possible += float64(len(schema.PossibleTypes[t.Name]))
		if t.Kind == ast.InputObject {
			inputs += float64(len(t.Fields))
			continue
		}
		fields += float64(len(t.Fields))
		largest = max(largest, float64(len(t.Fields)))
		for _, f := range t.Fields {
			arguments += float64(len(f.Arguments))
		}
	}
	return schemaLists{map[string]float64{
		"__Schema.types": types, "__Schema.directives": float64(len(schema.Directives)), "__Type.fields": fields / types,
		"__Field.args": arguments / fields, "__Type.inputFields": inputs / types, "__Type.enumValues": values / types,
		"__Type.interfaces": interfaces / types, "__Type.possibleTypes": possible / types,
		"__Type.ofType": 0.5, // half of the types are lists or not null
	}, max(largest*types/fields, 1)}
}
