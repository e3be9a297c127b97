package document

import (
	"math"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// maxCount is the number at which counting stops, because fragments that spread others twice double at each step.
const maxCount = math.MaxInt32

// counts are the numbers of a selection set with its fragments expanded.
type counts struct{ depth, fields, aliases, directives int }

// add adds the counts of a sibling.
func (c *counts) add(o counts) {
	c.depth = max(c.depth, o.depth)
	c.fields = min(c.fields+o.fields, maxCount)
	c.aliases = min(c.aliases+o.aliases, maxCount)
	c.directives = min(c.directives+o.directives, maxCount)
}

// counter counts each fragment once, however often it is spread, so that the work grows with the document's text alone. A
// fragment that spreads itself counts as nothing there: validation refuses it. So does one that is not defined.
type counter struct {
	fragments map[string]*ast.FragmentDefinition
	known     map[string]counts
}

func newCounter(doc *ast.QueryDocument) *counter {
	c := &counter{fragments: map[string]*ast.FragmentDefinition{}, known: map[string]counts{}}
	for _, f := range doc.Fragments {
		if c.fragments[f.Name] == nil { // validation uses the first fragment of a name, before it refuses the others
			c.fragments[f.Name] = f
		}
	}
	return c
}

func (c *counter) set(set ast.SelectionSet) (n counts) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			below := c.set(s.SelectionSet)
			below.depth = min(below.depth+1, maxCount)
			own := counts{fields: 1, directives: len(s.Directives)}
			if s.Alias != s.Name {
				own.aliases = 1
			}
			n.add(own)
			n.add(below)
		case *ast.InlineFragment:
			n.add(c.spread(s.Directives))
			n.add(c.set(s.SelectionSet))
		case *ast.FragmentSpread:
			n.add(c.spread(s.Directives))
			n.add(c.fragment(s.Name))
		}
	}
	return n
}

// spread counts as a field, so that fragments of nothing but fragments have a bound, too.
func (c *counter) spread(directives ast.DirectiveList) counts {
	return counts{fields: 1, directives: len(directives)}
}

func (c *counter) fragment(name string) counts {
	if n, ok := c.known[name]; ok {
		return n
	}
	f := c.fragments[name]
	if f == nil {
		return counts{}
	}
	c.known[name] = counts{} // while it is being counted
	n := c.set(f.SelectionSet)
	n.add(counts{directives: len(f.Directives)})
	c.known[name] = n
	return n
}

func (c *counter) operation(op *ast.OperationDefinition) counts {
	n := c.set(op.SelectionSet)
	n.add(counts{directives: len(op.Directives)})
	for _, v := range op.VariableDefinitions {
		n.add(counts{directives: len(v.Directives)})
	}
	return n
}

// typenames returns the bytes of the names under which an operation asks for __typename, fragments included.
func (c *counter) typenames(op *ast.OperationDefinition) (size int) {
	names := map[string]bool{}
	c.visit(op.SelectionSet, func(s *ast.Field) (below bool) {
		if s.Name == "__typename" && s.Alias != s.Name && !names[s.Alias] {
			names[s.Alias] = true
			size += typenameBytes + len(s.Alias)
		}
		return true
	})
	return size
}

// roots are the root fields that would be executed: those of one response name are one, wherever they stand.
func (c *counter) roots(op *ast.OperationDefinition) int {
	names := map[string]bool{}
	c.visit(op.SelectionSet, func(s *ast.Field) (below bool) {
		if !strings.HasPrefix(s.Name, "__") {
			names[s.Alias] = true
		}
		return false
	})
	return len(names)
}

// visit calls f with each field of a selection set, and of the fragments that it spreads, each fragment once. f returns
// whether the fields below are visited too.
func (c *counter) visit(set ast.SelectionSet, f func(*ast.Field) (below bool)) {
	spread := map[string]bool{}
	var walk func(ast.SelectionSet)
	walk = func(set ast.SelectionSet) {
		for _, selection := range set {
			switch s := selection.(type) {
			case *ast.Field:
				if f(s) {
					walk(s.SelectionSet)
				}
			case *ast.InlineFragment:
				walk(s.SelectionSet)
			case *ast.FragmentSpread:
				if fragment := c.fragments[s.Name]; fragment != nil && !spread[s.Name] {
					spread[s.Name] = true
					walk(fragment.SelectionSet)
				}
			}
		}
	}
	walk(set)
}
