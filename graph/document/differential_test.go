package document

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator/core"
)

// compareCounts holds the counts of a document, which need not be valid, against the slow ones. It reports how much of
// the document there was.
func compareCounts(t *testing.T, doc *ast.QueryDocument, room int) (compared int) {
	t.Helper()
	for _, op := range doc.Operations {
		c := newCounter(doc)
		got, roots := c.operation(op), c.roots(op)
		w := &writer{doc: doc, room: room}
		out := w.out(op.SelectionSet)
		switch {
		case w.roundabout:
			continue // refused by validation
		case w.full:
			if got.fields <= room {
				t.Errorf("got %d fields, want more than %d", got.fields, room)
			}
			continue
		}
		want := slowCounts(out)
		want.directives += len(op.Directives)
		for _, v := range op.VariableDefinitions {
			want.directives += len(v.Directives)
		}
		if got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		if want := slowRoots(out, map[string]bool{}); roots != want {
			t.Errorf("got %d root fields, want %d", roots, want)
		}
		compared += got.fields
	}
	return compared
}

// compareValid holds the comparisons and the cost of a document that the first rules let pass against the slow ones.
func compareValid(t *testing.T, costs *Costs, doc *ast.QueryDocument) int {
	t.Helper()
	const enough = 100_000
	c := &comparisons{limit: enough}
	if c.document(doc); c.n <= enough {
		if want := slowComparisons(doc); c.n != want {
			t.Errorf("got %d comparisons, want %d", c.n, want)
		}
	}
	for _, op := range doc.Operations {
		slow := &slowCost{costs, enough}
		want := slow.object(op.SelectionSet, nil, 1)
		got := (&estimate{costs, nil}).set(op.SelectionSet, 1, nil, 1)
		if slow.room >= 0 && math.Abs(got-want) > want/1e6 {
			t.Errorf("got a cost of %v, want %v", got, want)
		} else if slow.room < 0 && got < want*(1-1e-6) {
			t.Errorf("got a cost of %v, want %v", got, want)
		}
	}
	return c.n
}

// author writes documents that mean nothing, from a seed: of fragments that spread those behind them, of few names, so that
// many fields meet.
type author struct {
	*rand.Rand
	fragments int
}

func (a *author) document() string {
	a.fragments = a.IntN(6)
	var b strings.Builder
	for i := range 1 + a.IntN(2) {
		_, _ = fmt.Fprintf(&b, "%s O%d%s %s\n", []string{"query", "mutation"}[a.IntN(2)], i, a.directives(), a.set(0, 3))
	}
	for i := range a.fragments {
		_, _ = fmt.Fprintf(&b, "fragment F%d on T%s %s\n", i, a.directives(), a.set(i+1, 2))
	}
	return b.String()
}

func (a *author) directives() string { return strings.Repeat(" @skip(if: true)", max(0, a.IntN(5)-3)) }

func (a *author) set(from, depth int) string {
	var b strings.Builder
	b.WriteString("{")
	for range 1 + a.IntN(4) {
		switch n := a.IntN(10); {
		case n < 3 && from < a.fragments:
			_, _ = fmt.Fprintf(&b, " ...F%d%s", from+a.IntN(a.fragments-from), a.directives())
		case n < 5 && depth > 0:
			_, _ = fmt.Fprintf(&b, " ...%s %s", a.directives(), a.set(from, depth-1))
		case n < 7 && depth > 0:
			_, _ = fmt.Fprintf(&b, " %s%s%s %s", []string{"", "", "a: ", "b: "}[a.IntN(4)], []string{"t", "u"}[a.IntN(2)], a.directives(), a.set(from, depth-1))
		default:
			_, _ = fmt.Fprintf(&b, " %s%s%s", []string{"", "x: ", "y: "}[a.IntN(3)], []string{"x", "y", "__typename"}[a.IntN(3)], a.directives())
		}
	}
	return b.String() + " }"
}

const authorSchema = `type T { t: T u: T x: Int y: Int } schema { query: T mutation: T }`

// The fast counts are those of the slow way, for arbitrary documents; and the validator never reports more
// pairs of fields that can't be merged than were counted before it compared them.
func TestDifferential(t *testing.T) {
	schema, err := gqlparser.LoadSchema(&ast.Source{Input: authorSchema})
	if err != nil {
		t.Fatal(err)
	}
	costs := ourCosts(t, schema)
	_, merging := ruleSet()
	fields, pairs, conflicts := 0, 0, 0
	for seed := range uint64(3000) {
		a := &author{Rand: rand.New(rand.NewPCG(seed, 6))}
		source := a.document()
		doc, err := parser.ParseQuery(&ast.Source{Input: source})
		if err != nil {
			t.Fatal(source, err)
		}
		fields += compareCounts(t, doc, 20_000)
		reported := 0
		observers := &core.Events{}
		merging[0].RuleFunc(observers, func(...core.ErrorOption) { reported++ })
		core.Walk(schema, doc, observers)
		made := compareValid(t, costs, doc)
		if used := usesAll(doc); used && reported > made {
			t.Errorf("%d conflicts of %d comparisons", reported, made)
		} else if used {
			pairs, conflicts = pairs+made, conflicts+reported
		}
		if t.Failed() {
			t.Fatalf("seed %d: %s", seed, source)
		}
	}
	t.Logf("%d fields, %d comparisons, %d conflicts", fields, pairs, conflicts)
	if fields < 10_000 || pairs < 10_000 || conflicts < 1000 {
		t.Errorf("%d fields, %d comparisons, %d conflicts", fields, pairs, conflicts)
	}
}

// usesAll reports whether each fragment is spread by an operation: others are refused before fields are compared.
func usesAll(doc *ast.QueryDocument) bool {
	used := map[string]bool{}
	var walk func(ast.SelectionSet)
	walk = func(set ast.SelectionSet) {
		for _, selection := range set {
			switch s := selection.(type) {
			case *ast.Field:
				walk(s.SelectionSet)
			case *ast.InlineFragment:
				walk(s.SelectionSet)
			case *ast.FragmentSpread:
				used[s.Name] = true
				walk(s.Definition.SelectionSet)
			}
		}
	}
	for _, op := range doc.Operations {
		walk(op.SelectionSet)
	}
	return len(used) == len(doc.Fragments)
}
