package document

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Defaults without @cost, from the GraphQL cost directives specification and the routers that implement it.
const (
	objectWeight   = 1
	mutationWeight = 10 // added to each root field of a mutation
	// introspectionWeight is of an object of introspection, which lies in memory.
	introspectionWeight = 0.1
)

// Costs are the costs of the fields of a schema.
type Costs struct {
	fields map[*ast.FieldDefinition]*fieldCost
	lists  schemaLists
}

// fieldCost is the cost of one field. A leaf without @cost has none.
type fieldCost struct {
	weight    float64            // weight of each object or value
	perField  float64            // weight for each selection, for any number of objects
	arguments map[string]float64 // weights of given arguments
	list      *listSize          // nil: one
}

// listSize is the number of objects of a list.
type listSize struct {
	assumed float64  // without a slicing argument
	slicing []string // arguments; the largest is used
	sized   []string // fields of the object that have the size, instead of the field itself
}

// NewCosts reads @cost and @listSize. The error names every fault.
func NewCosts(schema *ast.Schema) (*Costs, error) {
	c := &Costs{map[*ast.FieldDefinition]*fieldCost{}, newSchemaLists(schema)}
	var faults []error
	for _, definition := range schema.Types {
		for _, field := range definition.Fields {
			if definition.Kind == ast.InputObject {
				if field.Directives.ForName("cost") != nil {
					faults = append(faults, fmt.Errorf("%s.%s: @cost on an input field is not supported", definition.Name, field.Name))
				}
				continue
			}
			f, err := newFieldCost(schema, definition, field)
			if err != nil {
				faults = append(faults, fmt.Errorf("%s.%s: %w", definition.Name, field.Name, err))
			} else if f != nil {
				c.fields[field] = f
			}
		}
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return c, errors.Join(faults...)
}

// newFieldCost returns nil for a field that costs nothing.
func newFieldCost(schema *ast.Schema, definition *ast.Definition, field *ast.FieldDefinition) (*fieldCost, error) {
	of := schema.Types[field.Type.Name()]
	f := &fieldCost{}
	switch {
	case of.IsLeafType():
	case strings.HasPrefix(of.Name, "__"):
		f.weight = introspectionWeight
	default:
		f.weight = objectWeight
	}
	var err error
	for _, directive := range []*ast.Directive{of.Directives.ForName("cost"), field.Directives.ForName("cost")} {
		if directive != nil && err == nil {
			f.weight, err = weightOf(directive)
		}
	}
	if definition == schema.Mutation {
		f.perField = mutationWeight
	}
	for _, argument := range field.Arguments {
		weight := 0.0
		if in := schema.Types[argument.Type.Name()]; in != nil && in.Kind == ast.InputObject {
			weight = objectWeight
		}
		if directive := argument.Directives.ForName("cost"); directive != nil && err == nil {
			weight, err = weightOf(directive)
		}
		if weight > 0 {
			if f.arguments == nil {
				f.arguments = map[string]float64{}
			}
			f.arguments[argument.Name] = weight
		}
	}
	if directive := field.Directives.ForName("listSize"); directive != nil && err == nil {
		f.list, err = newListSize(schema, field, directive)
	}
	if n, ok := introspected[definition.Name+"."+field.Name]; ok {
		f.list = &listSize{assumed: n}
	}
	if f.weight == 0 && f.perField == 0 && f.arguments == nil && f.list == nil {
		return nil, err
	}
	return f, err
}

func weightOf(d *ast.Directive) (float64, error) {
	text := ""
	if a := d.Arguments.ForName("weight"); a != nil {
		text = a.Value.Raw
	}
	weight, err := strconv.ParseFloat(text, 64)
	if err != nil || !(weight >= 0 && weight <= maxCount) {
		return 0, fmt.Errorf("@cost: weight must be a number from 0 to %d", maxCount)
	}
	return weight, nil
}

func newListSize(schema *ast.Schema, field *ast.FieldDefinition, d *ast.Directive) (*listSize, error) {
	l, required := &listSize{}, true
	for _, a := range d.Arguments {
		var names []string
		for _, child := range a.Value.Children {
			names = append(names, child.Value.Raw)
		}
		switch a.Name {
		case "assumedSize":
			n, err := strconv.ParseUint(a.Value.Raw, 10, 31)
			if err != nil {
				return nil, errors.New("@listSize: assumedSize must be a number from 0 on")
			}
			l.assumed = float64(n)
		case "slicingArguments":
			l.slicing = names
		case "sizedFields":
			l.sized = names
		case "requireOneSlicingArgument":
			required = a.Value.Raw == "true"
		}
	}
	if required && len(l.slicing) > 0 {
		return nil, errors.New("@listSize: requireOneSlicingArgument is not supported")
	}
	for _, name := range l.slicing {
		if a := field.Arguments.ForName(name); a == nil || a.Type.Elem == nil && a.Type.NamedType != "Int" {
			return nil, fmt.Errorf("@listSize: %s is not an argument of a number or list", name)
		}
	}
	of := schema.Types[field.Type.Name()]
	for _, name := range l.sized {
		if f := of.Fields.ForName(name); f == nil || f.Type.Elem == nil {
			return nil, fmt.Errorf("@listSize: %s has no list %s", of.Name, name)
		}
	}
	if len(l.sized) == 0 && field.Type.Elem == nil {
		return nil, errors.New("@listSize: the field is not a list, and sizedFields names no list")
	}
	return l, nil
}

// introspected is the assumed length of introspection lists, above the average of this schema.
var introspected = map[string]float64{
	"__Schema.types": 100, "__Schema.directives": 12, "__Directive.args": 3, "__Type.fields": 8, "__Field.args": 2,
	"__Type.inputFields": 5, "__Type.enumValues": 10, "__Type.interfaces": 1, "__Type.possibleTypes": 5,
}
