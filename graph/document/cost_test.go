package document

import (
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// read is a document of a schema that is good.
func read(t testing.TB, schema *ast.Schema, source string) *ast.QueryDocument {
	t.Helper()
	doc, errs := Read(schema, source, generous())
	if errs != nil {
		t.Fatal(source, errs)
	}
	return doc
}

func ourCosts(t testing.TB, schema *ast.Schema) *Costs {
	t.Helper()
	costs, err := NewCosts(schema)
	if err != nil {
		t.Fatal(err)
	}
	return costs
}

// toolIntrospection is what the playground and code generators ask a server for.
var toolIntrospection = func() string {
	reference := "type { kind name " + strings.Repeat("ofType { kind name ", 9) + strings.Repeat("} ", 9) + "}"
	return `{ __schema { description queryType { name kind } mutationType { name kind } subscriptionType { name kind } types { ...T }
		directives { name description isRepeatable locations args(includeDeprecated: true) { ...I } } } }
	fragment T on __Type { kind name description specifiedByURL isOneOf fields(includeDeprecated: true) { name description
		args(includeDeprecated: true) { ...I } ` + reference + ` isDeprecated deprecationReason }
		inputFields(includeDeprecated: true) { ...I } interfaces { name } enumValues(includeDeprecated: true) { name description
		isDeprecated deprecationReason } possibleTypes { name } }
	fragment I on __InputValue { name description ` + reference + ` defaultValue isDeprecated deprecationReason }`
}()

func TestCosts(t *testing.T) {
	schema := ourSchema(t)
	costs := ourCosts(t, schema)
	users := func(arguments string) string { return `{ users` + arguments + ` { edges { node { id } } } }` }
	const nested = `{ users(first: 100) { edges { node { sessions(first: 100) { edges { node { id } } } } } } }`
	for _, row := range []struct {
		name, document string
		variables      map[string]any
		want           int
	}{
		{"values", `{ __typename }`, nil, 0},
		{"an object", `{ me { id email roles } }`, nil, 1},
		{"objects in objects", `{ me { id sessions { pageInfo { endCursor } } } }`, nil, 3},
		{"an object twice", `{ me { id } again: me { id } ... { me { id } } }`, nil, 3},
		{"a fragment twice", `{ ...M ...M } fragment M on Query { me { id } }`, nil, 2},
		{"what is left out", `{ me @skip(if: true) { id } }`, nil, 1},
		{"a mutation", `mutation { logout { endedSessionIds } }`, nil, 11},
		{"mutations", `mutation { a: logout { endedSessionIds } b: logout { endedSessionIds } }`, nil, 22},
		{"an input object", `mutation { login(input: {email: "a@example.com", password: "x"}) { tokenType } }`, nil, 12},
		{"a field with a weight", `{ users { totalCount } }`, nil, 11},
		{"a connection", users(""), nil, 41},
		{"so many", users("(first: 3)"), nil, 7},
		{"the greater", users("(first: 3, last: 5)"), nil, 11},
		{"null", users("(first: null)"), nil, 41},
		{"fewer than none", users("(first: -3)"), nil, 1},
		{"none", users("(first: 0)"), nil, 1},
		{"a variable", `query($n: Int) ` + users("(last: $n)"), map[string]any{"n": int64(50)}, 101},
		{"a variable that is null", `query($n: Int) ` + users("(last: $n)"), map[string]any{"n": nil}, 41},
		{"a variable that is not given", `query($n: Int) ` + users("(last: $n)"), nil, 41},
		{"a variable's default", `query($n: Int = 4) ` + users("(last: $n)"), nil, 9},
		{"edges under another name, in fragments", `{ users(first: 5) { ...C } } fragment C on UserConnection { ... { e: edges { cursor } } }`, nil, 6},
		{"one fragment for two sizes", `{ a: users(first: 5) { ...C } b: users(first: 7) { ...C } } fragment C on UserConnection { edges { cursor } }`, nil, 14},
		{"lists in lists", nested, nil, 1 + 100*(1+1+1+100*2)},
		{"a list as long as an argument", `{ nodes(ids: ["a", "b", "c"]) { id } }`, nil, 3},
		{"as long as a variable", `query($i: [ID!]!) { nodes(ids: $i) { id } }`, map[string]any{"i": []string{"a", "b"}}, 2},
		{"one for a list of one", `{ nodes(ids: "a") { id } }`, nil, 1},
		{"introspection, rounded up", `{ __schema { types { name } } }`, nil, 11},
		{"introspection in introspection", `{ __type(name: "User") { fields { type { fields { name } } } } }`, nil, 9},
		{"far too many", `query($n: Int) { ` + strings.Repeat(`users(first: $n) { edges { node { sessions(first: $n) { edges { session: node { user: impersonator { sessions(first: $n) { edges { cursor } } } } } } } } } `, 3) + `}`,
			map[string]any{"n": int64(1<<31 - 1)}, maxCount},
	} {
		doc := read(t, schema, row.document)
		if got := costs.operation(doc.Operations[0], row.variables); got != row.want {
			t.Errorf("%s: got %d, want %d", row.name, got, row.want)
		}
	}
	op := read(t, schema, nested).Operations[0]
	if _, err := costs.Check(op, nil, 20301); err != nil {
		t.Error(err)
	}
	if _, err := costs.Check(op, nil, 20300); err == nil || err.Extensions["figure"] != 20301 || err.Extensions["limit"] != "cost" {
		t.Errorf("got %v", err)
	}
}

// The introspection of tools costs far less than the bound; multiplying documents cost more.
func TestCosts_Introspection(t *testing.T) {
	schema := ourSchema(t)
	costs := ourCosts(t, schema)
	if got := costs.operation(read(t, schema, toolIntrospection).Operations[0], nil); got < 1000 || got > 5000 {
		t.Errorf("introspection costs %d", got)
	}
	var many strings.Builder
	for i := range 20 {
		many.WriteString("t" + string(rune('a'+i)) + `: types { fields { type { fields { args { type { name } } } } } } `)
	}
	if got := costs.operation(read(t, schema, `{ __schema { `+many.String()+`} }`).Operations[0], nil); got < 10_000 {
		t.Errorf("much of it costs %d", got)
	}
}

// Every list of objects has a size, and introspection's are no longer than they are taken to be.
func TestCosts_Lists(t *testing.T) {
	schema := ourSchema(t)
	costs := ourCosts(t, schema)
	sized := map[string]bool{}
	for _, on := range schema.Types {
		for _, field := range on.Fields {
			if f := costs.fields[field]; f != nil && f.list != nil {
				for _, name := range f.list.sized {
					sized[field.Type.Name()+"."+name] = true
				}
			}
		}
	}
	all, with, lists := map[string]int{}, map[string]int{}, 0
	longer := func(list string, n int) {
		if n > 0 {
			all[list], with[list] = all[list]+n, with[list]+1
		}
	}
	longer("__Schema.types", len(schema.Types))
	longer("__Schema.directives", len(schema.Directives))
	for _, d := range schema.Directives {
		longer("__Directive.args", len(d.Arguments))
	}
	for name, on := range schema.Types {
		longer("__Type.enumValues", len(on.EnumValues))
		longer("__Type.interfaces", len(on.Interfaces))
		if on.Kind == ast.InputObject {
			longer("__Type.inputFields", len(on.Fields))
			continue
		}
		longer("__Type.fields", len(on.Fields))
		if on.Kind == ast.Interface || on.Kind == ast.Union {
			longer("__Type.possibleTypes", len(schema.GetPossibleTypes(on)))
		}
		for _, field := range on.Fields {
			longer("__Field.args", len(field.Arguments))
			if field.Type.Elem == nil || schema.Types[field.Type.Name()].IsLeafType() {
				continue
			}
			lists++
			if f := costs.fields[field]; f.list == nil && !sized[name+"."+field.Name] {
				t.Errorf("%s.%s says no size", name, field.Name)
			}
		}
	}
	for list, n := range all {
		if assumed, ok := introspected[list]; !ok || float64(n)/float64(with[list]) > assumed {
			t.Errorf("%s: %d in %d, taken to be %v", list, n, with[list], assumed)
		}
	}
	if lists < 12 || len(all) != len(introspected) {
		t.Errorf("%d lists, %d of introspection", lists, len(all))
	}
}

// A schema whose costs can't be kept is not served.
func TestNewCosts_Faults(t *testing.T) {
	const directives = `directive @cost(weight: String!) on ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION | INPUT_FIELD_DEFINITION | OBJECT | SCALAR
		directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION
		type Edge { id: ID } type Page { edges: [Edge] total: Int } `
	for name, row := range map[string]struct{ sdl, want string }{
		"good":                          {`type Query { a: Int @cost(weight: "2.5") b(n: Int): Page @listSize(slicingArguments: ["n"], sizedFields: ["edges"], requireOneSlicingArgument: false) }`, ""},
		"no number":                     {`type Query { a: Int @cost(weight: "much") }`, "Query.a: @cost: weight must be a number from 0 to 2147483647"},
		"not a number":                  {`type Query { a: Int @cost(weight: "NaN") }`, "Query.a: @cost: weight"},
		"less than nothing":             {`type Query { a: Int @cost(weight: "-1") }`, "Query.a: @cost: weight"},
		"without end":                   {`type Query { a: Int @cost(weight: "Inf") }`, "Query.a: @cost: weight"},
		"of an argument":                {`type Query { a(n: Int @cost(weight: "x")): Int }`, "Query.a: @cost: weight"},
		"of a type":                     {`type Query { a: T } type T @cost(weight: "x") { b: Int }`, "Query.a: @cost: weight"},
		"of an input's field":           {`type Query { a(i: I): Int } input I { b: Int @cost(weight: "1") }`, "I.b: @cost on an input field is not supported"},
		"a size below none":             {`type Query { a: [Edge] @listSize(assumedSize: -1) }`, "Query.a: @listSize: assumedSize"},
		"an argument that there is not": {`type Query { a: [Edge] @listSize(slicingArguments: ["n"], requireOneSlicingArgument: false) }`, "Query.a: @listSize: n is not an argument"},
		"an argument of another type":   {`type Query { a(n: String): [Edge] @listSize(slicingArguments: ["n"], requireOneSlicingArgument: false) }`, "Query.a: @listSize: n is not an argument"},
		"an argument that must be":      {`type Query { a(n: Int): [Edge] @listSize(slicingArguments: ["n"]) }`, "Query.a: @listSize: requireOneSlicingArgument"},
		"a field that there is not":     {`type Query { a: Page @listSize(assumedSize: 1, sizedFields: ["nodes"]) }`, "Query.a: @listSize: Page has no list nodes"},
		"a field that is no list":       {`type Query { a: Page @listSize(assumedSize: 1, sizedFields: ["total"]) }`, "Query.a: @listSize: Page has no list total"},
		"no list":                       {`type Query { a: Page @listSize(assumedSize: 1) }`, "Query.a: @listSize: the field is not a list"},
		"two faults":                    {`type Query { b: Int @cost(weight: "x") a: Int @cost(weight: "x") }`, "Query.a: @cost: weight must be a number from 0 to 2147483647\nQuery.b"},
	} {
		schema, err := gqlparser.LoadSchema(&ast.Source{Input: directives + row.sdl})
		if err != nil {
			t.Fatal(name, err)
		}
		if _, err := NewCosts(schema); (err == nil) != (row.want == "") || err != nil && !strings.HasPrefix(err.Error(), row.want) {
			t.Errorf("%s: got %v, want %s", name, err, row.want)
		}
	}
}

// @cost of the field, then @cost of its type, takes precedence over the defaults.
func TestCosts_Weights(t *testing.T) {
	schema, err := gqlparser.LoadSchema(&ast.Source{Input: `directive @cost(weight: String!) on ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION | OBJECT | SCALAR
		directive @listSize(assumedSize: Int) on FIELD_DEFINITION
		scalar Dear @cost(weight: "3") type Thing @cost(weight: "5") { name: String part(n: Int @cost(weight: "2")): Int }
		type Query { leaf: Int dear: Dear cheap: Dear @cost(weight: "0.5") thing: Thing other: Thing @cost(weight: "7") with(n: Int @cost(weight: "2")): Int
			things: [Thing] @listSize(assumedSize: 3) }`})
	if err != nil {
		t.Fatal(err)
	}
	costs := ourCosts(t, schema)
	for document, want := range map[string]int{
		`{ leaf }`: 0, `{ dear }`: 3, `{ cheap }`: 1, `{ thing { name } }`: 5, `{ other { name } }`: 7, `{ with }`: 0, `{ with(n: 1) }`: 2,
		`{ things { part(n: 1) } }`: 3*5 + 3*2,
	} {
		if got := costs.operation(read(t, schema, document).Operations[0], nil); got != want {
			t.Errorf("%s: got %d, want %d", document, got, want)
		}
	}
}
