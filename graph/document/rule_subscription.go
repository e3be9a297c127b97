package document

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/core"
)

// singleRoot is graphql-js's rule SingleFieldSubscriptions: a subscription has exactly one root field, after fragments, @skip
// and @include, and no root field of introspection. Their conditions at the root are literals, because a variable has no value
// before execution.
func singleRoot(observers *core.Events, addError core.AddErrFunc) {
	observers.OnOperation(func(walker *core.Walker, op *ast.OperationDefinition) {
		if op.Operation != ast.Subscription || walker.Schema.Subscription == nil {
			return
		}
		r := &roots{names: map[string]bool{}, spread: map[string]bool{}}
		r.collect(op.SelectionSet)
		if r.variable {
			addError(core.Message("A root field of a subscription must not depend on a variable by @skip or @include."), core.At(op.Position))
		} else if len(r.names) != 1 {
			addError(core.Message("A subscription must select exactly one root field."), core.At(op.Position))
		}
		if r.introspection {
			addError(core.Message("A subscription must not select a root field of introspection."), core.At(op.Position))
		}
	})
}

// roots are the root fields of one operation by response name. A fragment is entered once.
type roots struct {
	names, spread map[string]bool
	variable      bool // a condition is a variable
	introspection bool
}

func (r *roots) collect(set ast.SelectionSet) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			if r.included(s.Directives) {
				r.names[s.Alias] = true
				r.introspection = r.introspection || strings.HasPrefix(s.Name, "__")
			}
		case *ast.InlineFragment:
			if r.included(s.Directives) {
				r.collect(s.SelectionSet)
			}
		case *ast.FragmentSpread:
			if s.Definition != nil && !r.spread[s.Name] && r.included(s.Directives) {
				r.spread[s.Name] = true
				r.collect(s.Definition.SelectionSet)
			}
		}
	}
}

// included reports whether execution takes a selection. Other rules refuse conditions that are not Boolean.
func (r *roots) included(directives ast.DirectiveList) bool {
	for _, name := range []string{"skip", "include"} {
		d := directives.ForName(name)
		if d == nil {
			continue
		}
		condition := d.Arguments.ForName("if")
		if condition == nil || condition.Value == nil {
			continue
		}
		r.variable = r.variable || condition.Value.Kind == ast.Variable
		if condition.Value.Kind == ast.BooleanValue && (condition.Value.Raw == "true") == (name == "skip") {
			return false
		}
	}
	return true
}
