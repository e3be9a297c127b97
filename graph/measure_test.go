package graph

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"authgraph/auth"
)

func operationOf(t testing.TB, text string) context.Context {
	t.Helper()
	doc, errs := gqlparser.LoadQueryWithRules(servedSchema(), text, nil)
	if errs != nil {
		t.Fatal(errs)
	}
	return graphql.WithOperationContext(context.Background(), &graphql.OperationContext{Operation: doc.Operations[0]})
}

func TestMeasure_Operation(t *testing.T) {
	failed := func(code any) *graphql.Response {
		return &graphql.Response{Errors: gqlerror.List{{Extensions: map[string]any{"code": code}}}}
	}
	good := &graphql.Response{Data: []byte(`{}`)}
	for _, row := range []struct {
		name, document  string
		response        *graphql.Response
		operation, code string
	}{
		{"one field", `{ me { id } }`, good, "Query.me", CodeOK},
		{"an alias", `{ someone: me { id } }`, good, "Query.me", CodeOK},
		{"one field twice", `{ a: me { id } b: me { id } }`, good, "Query.me", CodeOK},
		{"a fragment", `query { ...f } fragment f on Query { me { id } }`, good, "Query.me", CodeOK},
		{"an inline fragment", `{ ... on Query { me { id } } }`, good, "Query.me", CodeOK},
		{"two fields", `{ me { id } __typename }`, good, OperationSeveral, CodeOK},
		{"two fields, one in a fragment", `query { __typename ...f } fragment f on Query { me { id } }`, good, OperationSeveral, CodeOK},
		{"introspection", `{ __schema { queryType { name } } }`, good, "Query.__schema", CodeOK},
		{"a mutation", `mutation { logout { ok: __typename } }`, good, "Mutation.logout", CodeOK},
		{"a code", `{ me { id } }`, failed(auth.Unauthenticated), "Query.me", "UNAUTHENTICATED"},
		{"a code of gqlgen", `{ me { id } }`, failed("GRAPHQL_VALIDATION_FAILED"), "Query.me", "GRAPHQL_VALIDATION_FAILED"},
		{"no code", `{ me { id } }`, failed(nil), "Query.me", "INTERNAL"},
	} {
		t.Run(row.name, func(t *testing.T) {
			var operation, code string
			m := newMeasure(servedSchema(), func(o, c string, _ time.Duration) { operation, code = o, c })
			m.note(operationOf(t, row.document), row.response, time.Now())
			if operation != row.operation || code != row.code {
				t.Errorf("got %s, %s, want %s, %s", operation, code, row.operation, row.code)
			}
		})
	}
}

func TestMeasure_Unread(t *testing.T) {
	var operation string
	m := newMeasure(servedSchema(), func(o, _ string, _ time.Duration) { operation = o })
	m.note(graphql.WithOperationContext(context.Background(), refusedOperation), &graphql.Response{}, time.Now())
	if operation != OperationNone {
		t.Errorf("got %s, want %s", operation, OperationNone)
	}
	operation = ""
	m.note(operationOf(t, `{ me { id } }`), nil, time.Now())
	if operation != "" {
		t.Errorf("the end of a subscription: got %s, want no note", operation)
	}
}

func TestMeasure_Bounded(t *testing.T) {
	known := map[string]bool{}
	for _, name := range RootFields() {
		known[name] = true
	}
	for _, field := range []string{"_entities", "_service"} {
		if !strings.Contains(subgraphFields, field) || !known["Query."+field] {
			t.Errorf("Query.%s: got a field that is not a subgraph's or not among RootFields", field)
		}
	}
	m := newMeasure(servedSchema(), nil)
	for operation, object := range map[ast.Operation]*ast.Definition{ast.Query: servedSchema().Query, ast.Mutation: servedSchema().Mutation} {
		for _, field := range object.Fields {
			name := m.operation(&ast.OperationDefinition{Operation: operation, SelectionSet: ast.SelectionSet{&ast.Field{Name: field.Name}}})
			if !known[name] {
				t.Errorf("%s: got %s, which is not among RootFields", field.Name, name)
			}
		}
	}
}

func TestMeasure_Allocations(t *testing.T) {
	m, ctx, response := newMeasure(servedSchema(), nil), operationOf(t, `query { ...f } fragment f on Query { me { id } }`), &graphql.Response{}
	if got := testing.AllocsPerRun(1000, func() { m.note(ctx, response, time.Now()) }); got != 0 {
		t.Errorf("got %v allocations, want none: each request passes here", got)
	}
}

func BenchmarkMeasure(b *testing.B) {
	m, ctx, response := newMeasure(servedSchema(), nil), operationOf(b, `{ me { id } }`), &graphql.Response{}
	b.ReportAllocs()
	for b.Loop() {
		m.note(ctx, response, time.Now())
	}
}
