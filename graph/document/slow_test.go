package document

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// node is a selection of a document that is written out: fragments stand where they are spread.
type node struct {
	field      *ast.Field // nil: a fragment
	directives int
	below      []node
}

// writer writes documents out. It stops at documents that are too long or cyclic.
type writer struct {
	doc        *ast.QueryDocument
	room       int
	full       bool
	roundabout bool
}

func (w *writer) out(set ast.SelectionSet, within ...string) (all []node) {
	for _, selection := range set {
		if w.room--; w.room < 0 {
			w.full = true
			return nil
		}
		switch s := selection.(type) {
		case *ast.Field:
			all = append(all, node{s, len(s.Directives), w.out(s.SelectionSet, within...)})
		case *ast.InlineFragment:
			all = append(all, node{nil, len(s.Directives), w.out(s.SelectionSet, within...)})
		case *ast.FragmentSpread:
			n := node{directives: len(s.Directives)}
			if slices.Contains(within, s.Name) {
				w.roundabout = true
			} else if f := w.doc.Fragments.ForName(s.Name); f != nil {
				n.directives += len(f.Directives)
				n.below = w.out(f.SelectionSet, append(slices.Clone(within), s.Name)...)
			}
			all = append(all, n)
		}
	}
	return all
}

// slowCounts counts what is written out, one thing after the other.
func slowCounts(nodes []node) (n counts) {
	for _, s := range nodes {
		below := slowCounts(s.below)
		if s.field != nil {
			n.depth = max(n.depth, 1+below.depth)
			if s.field.Alias != s.field.Name {
				n.aliases++
			}
		} else {
			n.depth = max(n.depth, below.depth)
		}
		n.fields += 1 + below.fields
		n.aliases += below.aliases
		n.directives += s.directives + below.directives
	}
	return n
}

func slowRoots(nodes []node, names map[string]bool) int {
	for _, s := range nodes {
		if s.field == nil {
			slowRoots(s.below, names)
		} else if !strings.HasPrefix(s.field.Name, "__") {
			names[s.field.Alias] = true
		}
	}
	return len(names)
}

// slowComparisons are those of a document, as the validator walks it.
func slowComparisons(doc *ast.QueryDocument) (n int) {
	for _, op := range doc.Operations {
		n += slowPairs(op.SelectionSet) + slowInlines(op.SelectionSet, map[string]bool{})
	}
	for _, f := range doc.Fragments {
		n += slowInlines(f.SelectionSet, map[string]bool{})
	}
	return n
}

func slowInlines(set ast.SelectionSet, seen map[string]bool) (n int) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			n += slowInlines(s.SelectionSet, seen)
		case *ast.InlineFragment:
			n += slowPairs(s.SelectionSet) + slowInlines(s.SelectionSet, seen)
		case *ast.FragmentSpread:
			if !seen[s.Name] {
				seen[s.Name] = true
				n += slowInlines(s.Definition.SelectionSet, seen)
			}
		}
	}
	return n
}

// slowPairs compares each field of some selections with each that comes later, and then what is below those of one name.
func slowPairs(sets ...ast.SelectionSet) (n int) {
	var fields []*ast.Field
	seen := map[string]bool{}
	var collect func(ast.SelectionSet)
	collect = func(set ast.SelectionSet) {
		for _, selection := range set {
			switch s := selection.(type) {
			case *ast.Field:
				fields = append(fields, s)
			case *ast.InlineFragment:
				collect(s.SelectionSet)
			case *ast.FragmentSpread:
				if !seen[s.Name] {
					seen[s.Name] = true
					collect(s.Definition.SelectionSet)
				}
			}
		}
	}
	for _, set := range sets {
		collect(set)
	}
	below := map[string][]ast.SelectionSet{}
	for i, a := range fields {
		for _, b := range fields[i+1:] {
			if a.Alias == b.Alias {
				n++
			}
		}
		if len(a.SelectionSet) > 0 {
			below[a.Alias] = append(below[a.Alias], a.SelectionSet)
		}
	}
	for _, sets := range below {
		n += slowPairs(sets...)
	}
	return n
}

// slowCost goes through each object that there could be.
type slowCost struct {
	costs *Costs
	room  int
}

func (s *slowCost) object(set ast.SelectionSet, sized []string, size int) (cost float64) {
	for _, selection := range set {
		switch f := selection.(type) {
		case *ast.InlineFragment:
			cost += s.object(f.SelectionSet, sized, size)
		case *ast.FragmentSpread:
			cost += s.object(f.Definition.SelectionSet, sized, size)
		case *ast.Field:
			known := s.costs.fields[f.Definition]
			if known == nil {
				continue
			}
			cost += known.perField
			for _, a := range f.Arguments {
				cost += known.arguments[a.Name]
			}
			n, below, belowSize := 1, []string(nil), 1
			if slices.Contains(sized, f.Name) {
				n = size
			}
			if known.list != nil {
				if belowSize = int(known.list.size(f, nil)); len(known.list.sized) > 0 {
					below = known.list.sized
				} else {
					n = belowSize
				}
			}
			for range n {
				if s.room--; s.room < 0 {
					return cost
				}
				cost += known.weight + s.object(f.SelectionSet, below, belowSize)
			}
		}
	}
	return cost
}
