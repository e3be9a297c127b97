package document

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator/core"

	"authgraph/auth"
)

// generous limits nothing that a test does not.
func generous() Limits {
	const n = 1 << 20
	return Limits{Tokens: 100_000, Depth: n, Fields: n, Aliases: n, Directives: n, Mutations: n, Comparisons: n}
}

func ourSchema(t testing.TB) *ast.Schema {
	t.Helper()
	sdl, err := os.ReadFile("../../schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphqls", Input: string(sdl)})
	if err != nil {
		t.Fatal(err)
	}
	auth.RemoveDrafts(schema)
	return schema
}

// refusal is the limit that a document was refused for; the zero value for none.
func refusal(t *testing.T, errs gqlerror.List) auth.Exceeded {
	t.Helper()
	if len(errs) == 0 {
		return auth.Exceeded{}
	}
	var refused *auth.Error
	if !errors.As(errs[0], &refused) || refused.Code != auth.LimitExceeded {
		t.Fatalf("got %v, want one refusal, or none", errs)
	}
	if refused.Exceeded == nil || len(errs) != 1 {
		t.Fatalf("got %v, want one refusal, or none", errs)
	}
	return *refused.Exceeded
}

// Each limit is kept to the figure, wherever what it counts stands.
func TestRead_Limits(t *testing.T) {
	schema := ourSchema(t)
	const logins = `fragment L on Mutation { a: logout { endedSessionIds } b: logout { endedSessionIds } }`
	for _, row := range []struct {
		name, document, limit string
		figure                int
	}{
		{"tokens", `{ me { id } }`, "tokens", 6},
		{"levels", `{ me { sessions { edges { node { id } } } } }`, "depth", 5},
		{"levels below fragments", `{ ...A } fragment A on Query { me { ...B } } fragment B on User { ... { sessions { totalCount } } }`, "depth", 3},
		{"levels of another operation", `query A { __typename } query B { me { id } }`, "depth", 2},
		{"fields", `{ me { id email } __typename }`, "fields", 4},
		{"fields of a fragment that is spread twice", `{ me { ...U ...U ... { id } } } fragment U on User { id email }`, "fields", 9},
		{"aliases", `{ a: me { b: id id } c: __typename }`, "aliases", 3},
		{"aliases of a fragment that is spread twice", `{ me { ...U } a: me { ...U } } fragment U on User { b: id c: id }`, "aliases", 5},
		{"directives", `query($v: Boolean!) { me @skip(if: $v) @include(if: $v) { ...U @skip(if: $v) ... @skip(if: $v) { id } } }
			fragment U on User { id @include(if: $v) }`, "directives", 5},
		{"directives of fragments and variables", `query($v: Boolean! @x) { ...U } fragment U on User @y @z { __typename }`, "directives", 3},
		{"unknown directives", `{ __typename ` + strings.Repeat("@aa", 10) + ` }`, "directives", 10},
		{"a mutation's root fields", `mutation { logout { endedSessionIds } __typename l: logout { endedSessionIds } }`, "mutations", 2},
		{"root fields in fragments", `mutation { ...L ... { c: logout { endedSessionIds } ...L } ... on Mutation { d: logout { endedSessionIds } } } ` + logins, "mutations", 4},
		{"root fields that are one", `mutation { ...L ...L a: logout { endedSessionIds } } ` + logins, "mutations", 2},
		{"root fields that are left out", `mutation { a: logout @skip(if: true) { endedSessionIds } logout { endedSessionIds } }`, "mutations", 2},
		{"one field many times", `{ ` + strings.Repeat("__typename ", 100) + `}`, "comparisons", 4950},
		{"one field in one field many times", `{ ` + strings.Repeat("me { id id } ", 10) + `}`, "comparisons", 45 + 190},
		{"a fragment that is spread twice", `{ me { ...U } me { ...U ...U } } fragment U on User { id }`, "comparisons", 1},
		{"one field in inline fragments", `{ ` + strings.Repeat("... { ", 10) + `me { id } ...M` + strings.Repeat(" }", 10) + `} fragment M on Query { me { id } }`, "comparisons", 11 * 2},
	} {
		t.Run(row.name, func(t *testing.T) {
			for bound, want := range map[int]auth.Exceeded{
				row.figure:     {},
				row.figure - 1: {Limit: row.limit, Figure: row.figure, Bound: row.figure - 1},
			} {
				l := generous()
				*map[string]*int{
					"tokens": &l.Tokens, "depth": &l.Depth, "fields": &l.Fields, "aliases": &l.Aliases, "directives": &l.Directives,
					"mutations": &l.Mutations, "comparisons": &l.Comparisons,
				}[row.limit] = bound
				_, errs := Read(schema, row.document, l)
				if strings.Contains(errs.Error(), "Unknown directive") {
					errs = nil // within the limit, and refused by validation
				}
				if got := refusal(t, errs); got != want {
					t.Errorf("at most %d: got %+v, want %+v", bound, got, want)
				}
			}
		})
	}
}

// Nesting that the parser refuses because of its stack is LIMIT_EXCEEDED, not a syntax error.
func TestRead_Nesting(t *testing.T) {
	for name, document := range map[string]string{
		"selections": strings.Repeat("{a", 2000), "lists": "{a(b:" + strings.Repeat("[", 2000), "types": "query($v:" + strings.Repeat("[", 2000),
		"objects": "{a(b:" + strings.Repeat("{c:", 2000),
	} {
		_, errs := Read(ourSchema(t), document, generous())
		if got, want := refusal(t, errs), (auth.Exceeded{Limit: "nesting", Figure: 1001, Bound: 1000}); got != want {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
}

// bombs are documents that stay within the tokens that are served, and have far more in them.
func bombs() map[string]string {
	var doubling, chained, cycle strings.Builder
	for i := range 100 {
		_, _ = fmt.Fprintf(&doubling, "fragment A%d on Query{...A%d ...A%d}", i, i+1, i+1)
		_, _ = fmt.Fprintf(&chained, "fragment A%d on Query{me{id}...A%d}", i, i+1)
		_, _ = fmt.Fprintf(&cycle, "fragment A%d on Query{...A%d ...A%d}", i, (i+1)%100, (i+7)%100)
	}
	manyFields := "fragment F on Query{" + strings.Repeat("__typename ", 140) + "}"
	var conflicts strings.Builder
	for i := range 200 {
		conflicts.WriteString([]string{"a:me{id}", "a:authOptions{password}"}[i%2])
	}
	return map[string]string{
		"fragments that double":       "{...A0}" + doubling.String() + "fragment A100 on Query{__typename}",
		"root fields that double":     "mutation{...A0}" + strings.ReplaceAll(doubling.String(), "Query", "Mutation") + "fragment A100 on Mutation{__typename}",
		"fragments in a chain":        "{...A0}" + chained.String() + "fragment A100 on Query{__typename}",
		"fragments in cycles":         "{...A0}" + cycle.String(),
		"unused fragments":            "{__typename}" + doubling.String() + "fragment A100 on Query{__typename}",
		"conflicts":                   "{" + conflicts.String() + "}",
		"conflicts in a fragment":     "{...F}fragment F on Query{" + conflicts.String() + "}",
		"conflicts below":             "{" + strings.Repeat("me{a:id a:email}", 150) + "}",
		"conflicts between fragments": "{" + strings.Repeat("...F ...G ", 100) + "}fragment F on Query{" + strings.Repeat("a:me{id}", 40) + "}fragment G on Query{" + strings.Repeat("a:node(id:1){id}", 40) + "}",
		"many operations":             strings.Repeat("query A{...F}", 150) + manyFields,
		"many fields":                 "{" + strings.Repeat("__typename ", 1400) + "}",
		"unknown fields":              "{" + strings.Repeat("nonsense ", 1400) + "}",
		"unknown fields, nested":      strings.Repeat("{nonsense ", 400) + strings.Repeat("}", 400),
		"unknown directives":          "{__typename" + strings.Repeat("@a", 700) + "}",
		"unknown arguments":           "{me(" + strings.Repeat("a:1,", 450) + "){id}}",
		"variables":                   "query(" + strings.Repeat("$a:Int ", 300) + "){__typename}",
		"nested inline fragments":     "{" + strings.Repeat("...{", 400) + strings.Repeat("__typename ", 140) + strings.Repeat("}", 400) + "}",
		"introspection that returns":  "{__schema{types{" + strings.Repeat("fields{type{", 200) + "name" + strings.Repeat("}}", 200) + "}}}",
		"one long name":               "{" + strings.Repeat("a", 1<<16) + "}",
	}
}

// For any document, validation ends after a maximum of visits and faults, with short messages.
func TestRead_Bounded(t *testing.T) {
	schema := ourSchema(t)
	l := Limits{Tokens: 1500, Depth: 15, Fields: 1000, Aliases: 100, Directives: 50, Mutations: 4, Comparisons: 10_000}
	unlimited := generous()
	unlimited.Tokens, unlimited.Comparisons = l.Tokens, l.Comparisons
	for name, document := range bombs() {
		for which, limits := range map[string]Limits{"defaults": l, "validation alone": unlimited} {
			_, errs := Read(schema, document, limits)
			if len(errs) == 0 && name != "fragments in a chain" && name != "nested inline fragments" {
				t.Errorf("%s, %s: it is served", name, which)
			}
			if len(errs) > maxErrors+1 {
				t.Errorf("%s, %s: %d errors", name, which, len(errs))
			}
			for _, err := range errs {
				if len(err.Message) > maxMessage+len("…") {
					t.Errorf("%s, %s: a message of %d bytes", name, which, len(err.Message))
				}
			}
		}
	}
}

// Validation stays within its visits, and ends with the last reported fault.
func TestValidation_Stops(t *testing.T) {
	schema := ourSchema(t)
	first, last := ruleSet()
	if len(last) != 1 || len(first) < 20 {
		t.Fatalf("%d rules first, %d last", len(first), len(last))
	}
	for name, source := range bombs() {
		doc, err := parser.ParseQuery(&ast.Source{Input: source})
		if err != nil {
			t.Fatal(name, err)
		}
		v, reported := &validation{limit: 500}, 0
		counting := core.Rule{Name: "counting", RuleFunc: func(observers *core.Events, addError core.AddErrFunc) {
			observers.OnField(func(*core.Walker, *ast.Field) { reported++; addError(core.Message("no")) })
		}}
		v.run(schema, doc, append([]core.Rule{counting}, first...))
		if v.visits > 501 || reported > maxErrors+1 || len(v.errs) > maxErrors+1 {
			t.Errorf("%s: %d visits, %d faults found, %d told", name, v.visits, reported, len(v.errs))
		}
	}
}

// Pairs below what are too many already are not counted.
func TestComparisons_Stop(t *testing.T) {
	doc, err := parser.ParseQuery(&ast.Source{Input: `{ ` + strings.Repeat("me { id } ", 10) + `}`})
	if err != nil {
		t.Fatal(err)
	}
	for enough, want := range map[int]int{44: 45, 45: 90} {
		c := &comparisons{limit: enough}
		if c.document(doc); c.n != want {
			t.Errorf("with %d: got %d, want %d", enough, c.n, want)
		}
	}
}

// Nested inline fragments are visited for each level, within the maximum of visits.
func TestRead_Inlines(t *testing.T) {
	fields := ""
	for i := range 100 {
		fields += fmt.Sprintf("a%d:authOptions{password} ", i)
	}
	document := "{" + strings.Repeat("...{", 200) + "...F" + strings.Repeat("}", 200) + "}fragment F on Query{" + fields + "}"
	l := generous()
	l.Tokens = 1500
	_, errs := Read(ourSchema(t), document, l)
	if got := refusal(t, errs); got.Limit != "visits" || got.Bound != 15_000 {
		t.Errorf("got %+v", got)
	}
}
