package document

import (
	"math"
	"reflect"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Check returns the cost of an operation of a valid document, and refuses an operation that costs more than bound.
func (c *Costs) Check(op *ast.OperationDefinition, variables map[string]any, bound int) (cost int, refused *gqlerror.Error) {
	if cost = c.operation(op, variables); cost > bound {
		return cost, exceeded("cost", cost, bound)
	}
	return cost, nil
}

// operation returns the cost of an operation, rounded up. Its fields have been counted, with fragments spread out, so following them
// wherever they are spread has a bound; and what a list's size is may depend on where the fragment is spread.
func (c *Costs) operation(op *ast.OperationDefinition, variables map[string]any) int {
	e := &estimate{c, variables}
	return int(math.Ceil(e.set(op.SelectionSet, 1, nil, 1)))
}

type estimate struct {
	*Costs
	variables map[string]any
}

// set returns the cost of a selection in a number of objects. Each of the fields in sized has size objects.
func (e *estimate) set(set ast.SelectionSet, objects float64, sized []string, size float64) (cost float64) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			own := 1.0
			if slices.Contains(sized, s.Name) {
				own = size
			}
			cost += e.field(s, objects, own)
		case *ast.InlineFragment:
			cost += e.set(s.SelectionSet, objects, sized, size)
		case *ast.FragmentSpread:
			cost += e.set(s.Definition.SelectionSet, objects, sized, size)
		}
	}
	return min(cost, maxCount)
}

// field returns the cost of a field in a number of objects, each of which has each objects of the field.
func (e *estimate) field(s *ast.Field, objects, each float64) float64 {
	f := e.fields[s.Definition]
	if f == nil {
		return 0 // a leaf
	}
	each, sized, below := f.list.elements(s, e.variables, each)
	perField := f.perField
	for _, a := range s.Arguments {
		perField += f.arguments[a.Name]
	}
	all := min(objects*each, maxCount)
	return min(objects*perField+all*f.weight+e.set(s.SelectionSet, all, sized, below), maxCount)
}

// elements returns how many elements a field has, which would be each without a list, and which fields of its objects have
// below elements instead. l is nil for a field without @listSize.
func (l *listSize) elements(s *ast.Field, variables map[string]any, each float64) (own float64, sized []string, below float64) {
	if l == nil {
		return each, nil, 1
	}
	n := l.size(s, variables)
	if len(l.sized) > 0 {
		return each, l.sized, n
	}
	return n, nil, 1
}

// size returns the largest slicing argument, or the assumed size without one. A list argument counts with its length.
func (l *listSize) size(s *ast.Field, variables map[string]any) float64 {
	n, given := 0.0, false
	for _, name := range l.slicing {
		a := s.Arguments.ForName(name)
		if a == nil {
			continue
		}
		value, err := a.Value.Value(variables)
		if err != nil || value == nil {
			continue
		}
		given = true
		switch v := reflect.ValueOf(value); {
		case v.CanInt():
			n = max(n, float64(v.Int()))
		case v.CanFloat():
			n = max(n, v.Float())
		case v.Kind() == reflect.Slice:
			n = max(n, float64(v.Len()))
		default:
			n = max(n, 1) // a single value is a list of length 1
		}
	}
	if !given {
		n = l.assumed
	}
	return min(n, maxCount)
}
