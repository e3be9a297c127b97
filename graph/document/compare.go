package document

import "github.com/vektah/gqlparser/v2/ast"

// comparisons counts the pairs of fields that validation compares to find out whether they can be merged: those of one
// response name in one selection, with fragments spread out. The validator compares what is in each operation, and once
// more what is in each inline fragment, for every operation and fragment that leads there.
//
// It is asked only about documents that are valid otherwise, and so have neither cycles nor fragments that no operation
// spreads. It stops above enough, and counts its own visits.
type comparisons struct {
	n, limit int
	visits   int
	inline   map[*ast.InlineFragment]int // the counts of inline fragments
}

func (c *comparisons) document(doc *ast.QueryDocument) {
	c.inline = map[*ast.InlineFragment]int{}
	for _, op := range doc.Operations {
		c.within(op.SelectionSet)
		c.inlines(op.SelectionSet, map[string]bool{})
	}
	for _, f := range doc.Fragments {
		c.inlines(f.SelectionSet, map[string]bool{})
	}
}

// inlines counts what is in the inline fragments that a walk comes by. It enters each fragment once.
func (c *comparisons) inlines(set ast.SelectionSet, spread map[string]bool) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			c.inlines(s.SelectionSet, spread)
		case *ast.InlineFragment:
			if n, ok := c.inline[s]; ok {
				c.n = min(c.n+n, maxCount)
			} else if before := c.n; before <= c.limit {
				c.within(s.SelectionSet)
				c.inline[s] = c.n - before
			}
			c.inlines(s.SelectionSet, spread)
		case *ast.FragmentSpread:
			if !spread[s.Name] {
				spread[s.Name] = true
				c.inlines(s.Definition.SelectionSet, spread)
			}
		}
	}
}

// within counts the pairs in selections that are merged, and in those below. As execution does, it enters each fragment
// once for all of them.
func (c *comparisons) within(sets ...ast.SelectionSet) {
	var order []string
	groups, spread := map[string][]*ast.Field{}, map[string]bool{}
	var collect func(ast.SelectionSet)
	collect = func(set ast.SelectionSet) {
		for _, selection := range set {
			c.visits++
			switch s := selection.(type) {
			case *ast.Field:
				if groups[s.Alias] == nil {
					order = append(order, s.Alias)
				}
				groups[s.Alias] = append(groups[s.Alias], s)
			case *ast.InlineFragment:
				collect(s.SelectionSet)
			case *ast.FragmentSpread:
				if !spread[s.Name] {
					spread[s.Name] = true
					collect(s.Definition.SelectionSet)
				}
			}
		}
	}
	for _, set := range sets {
		collect(set)
	}
	for _, name := range order {
		c.group(groups[name])
	}
}

func (c *comparisons) group(fields []*ast.Field) {
	c.n = min(c.n+len(fields)*(len(fields)-1)/2, maxCount)
	var below []ast.SelectionSet
	for _, f := range fields {
		if len(f.SelectionSet) > 0 {
			below = append(below, f.SelectionSet)
		}
	}
	if len(below) > 0 && c.n <= c.limit {
		c.within(below...)
	}
}
