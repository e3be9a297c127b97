package document

import (
	"slices"
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/core"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

const (
	// maxErrors is the maximum number of reported faults. A document of few tokens can have a hundred thousand.
	maxErrors = 10
	// maxMessage is in bytes: messages quote names of any length, and one about fields that can't be merged has all of its
	// parts in it.
	maxMessage = 500
)

// merging is the rule whose work grows with the square of the document. It runs when all others are content, and when the
// comparisons that it will make have been counted.
const merging = "OverlappingFieldsCanBeMerged"

// ruleSet are the validator's rules: those that come first, and merging. None suggests what a caller may have meant, since
// introspection may hide it from them.
var ruleSet = sync.OnceValues(func() (first, last []core.Rule) {
	all := rules.NewDefaultRules()
	for _, r := range []core.Rule{
		rules.FieldsOnCorrectTypeRuleWithoutSuggestions, rules.KnownArgumentNamesRuleWithoutSuggestions,
		rules.KnownTypeNamesRuleWithoutSuggestions, rules.ScalarLeafsRuleWithoutSuggestions,
		{Name: "ValuesOfCorrectType", RuleFunc: correctValues}, {Name: "SingleFieldSubscriptions", RuleFunc: singleRoot},
	} {
		name := strings.TrimSuffix(r.Name, "WithoutSuggestions")
		all.ReplaceRule(name, r.RuleFunc)
	}
	for name, rule := range all.GetInner() {
		if name == merging {
			last = append(last, core.Rule{Name: name, RuleFunc: rule})
		} else {
			first = append(first, core.Rule{Name: name, RuleFunc: rule})
		}
	}
	slices.SortFunc(first, func(a, b core.Rule) int { return strings.Compare(a.Name, b.Name) })
	return first, last
})

// validation is one walk of the rules over a document. The validator can't be asked to stop, so it is left by a panic that
// goes no further than run.
type validation struct {
	errs          gqlerror.List
	visits, limit int
	stopped       bool
	large         []*ast.Value // numbers that fit no type of Go's
}

func (v *validation) run(schema *ast.Schema, doc *ast.QueryDocument, rules []core.Rule) {
	defer func() {
		if v.stopped {
			_ = recover()
		}
	}()
	observers := &core.Events{}
	v.count(observers)
	for _, rule := range rules {
		rule.RuleFunc(observers, func(options ...core.ErrorOption) {
			if len(v.errs) == maxErrors {
				v.errs = append(v.errs, gqlerror.Errorf("There are more errors than are shown"))
				v.stop()
			}
			err := &gqlerror.Error{Rule: rule.Name}
			for _, option := range options {
				option(err)
			}
			err.Message = shortened(err.Message)
			v.errs = append(v.errs, err)
		})
	}
	core.Walk(schema, doc, observers)
}

// count counts every visit before the rules run.
func (v *validation) count(observers *core.Events) {
	observers.OnOperation(func(*core.Walker, *ast.OperationDefinition) { v.visit() })
	observers.OnField(func(*core.Walker, *ast.Field) { v.visit() })
	observers.OnFragment(func(*core.Walker, *ast.FragmentDefinition) { v.visit() })
	observers.OnInlineFragment(func(*core.Walker, *ast.InlineFragment) { v.visit() })
	observers.OnFragmentSpread(func(*core.Walker, *ast.FragmentSpread) { v.visit() })
	observers.OnDirective(func(*core.Walker, *ast.Directive) { v.visit() })
	observers.OnVariable(func(*core.Walker, *ast.VariableDefinition) { v.visit() })
	observers.OnValue(func(_ *core.Walker, value *ast.Value) {
		v.visit()
		if value.Kind == ast.IntValue || value.Kind == ast.FloatValue {
			if _, err := value.Value(nil); err != nil {
				v.large = append(v.large, value)
			}
		}
	})
}

func (v *validation) visit() {
	if v.visits++; v.visits > v.limit {
		v.errs = gqlerror.List{exceeded("visits", v.visits, v.limit)}
		v.stop()
	}
}

func (v *validation) stop() {
	v.stopped = true
	panic("the validation is over")
}
