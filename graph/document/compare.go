package document

import "github.com/vektah/gqlparser/v2/ast"

// comparisons counts the pairs of fields that validation compares to find out whether they can be merged: those of one
// response name in one selection, with fragments spread out. The validator compares each pair within each inline fragment
// that holds both as well, so a field counts once more for each that it stands in. It stops beyond enough.
//
// It is asked only about documents that are valid otherwise, and so have neither cycles nor strange fields; each fragment is
// entered once for a selection, as execution does, so the work is bounded by the fields that have been counted before.
type comparisons struct {
	n, enough int
}

// member is a field, and how many inline fragments it stands in.
type member struct {
	field *ast.Field
	level int
}

func (c *comparisons) within(sets ...ast.SelectionSet) {
	var order []string
	groups, spread := map[string][]member{}, map[string]bool{}
	var collect func(ast.SelectionSet, int)
	collect = func(set ast.SelectionSet, level int) {
		for _, selection := range set {
			switch s := selection.(type) {
			case *ast.Field:
				if groups[s.Alias] == nil {
					order = append(order, s.Alias)
				}
				groups[s.Alias] = append(groups[s.Alias], member{s, level})
			case *ast.InlineFragment:
				collect(s.SelectionSet, level+1)
			case *ast.FragmentSpread:
				if !spread[s.Name] {
					spread[s.Name] = true
					collect(s.Definition.SelectionSet, level)
				}
			}
		}
	}
	for _, set := range sets {
		collect(set, 0)
	}
	for _, name := range order {
		c.group(groups[name])
	}
}

func (c *comparisons) group(fields []member) {
	var below []ast.SelectionSet
	weight := 0
	for _, f := range fields {
		weight += 1 + f.level
		if len(f.field.SelectionSet) > 0 {
			below = append(below, f.field.SelectionSet)
		}
	}
	c.n = min(c.n+(len(fields)-1)*weight/2, most)
	if len(below) > 0 && c.n <= c.enough {
		c.within(below...)
	}
}
