package auth_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"authgraph/auth"
)

type (
	wiredPermission string
	wiredAssurance  string
)

// wholeAuth is what gqlgen generates for auth.graphqls.
type wholeAuth = func(context.Context, any, graphql.Resolver, []wiredPermission, []string, *bool, *wiredAssurance, *string) (any, error)

type openDirective = func(context.Context, any, graphql.Resolver) (any, error)

func TestWire(t *testing.T) {
	var whole struct {
		Auth   wholeAuth
		Public openDirective
		Cost   openDirective // another directive of the schema
	}
	if err := auth.Wire(&whole); err != nil {
		t.Fatal(err)
	}
	if whole.Cost != nil {
		t.Error("another directive was set")
	}
	resolved := errors.New("resolved")
	resolver := func(context.Context) (any, error) { return "value", resolved }
	none := func(context.Context) (any, error) { return nil, nil }
	guard := newGuard(t)
	inside := at(within(t.Context(), guard), "Query", "open", nil)
	if got, err := whole.Auth(inside, nil, resolver, nil, nil, nil, nil, nil); got != "value" || !errors.Is(err, resolved) {
		t.Errorf("behind a guard: got %v, %v, want what the resolver returns", got, err)
	}
	if got, err := whole.Auth(inside, nil, none, nil, nil, nil, nil, nil); got != nil || err != nil {
		t.Errorf("behind a guard: got %v, %v, want nil twice", got, err)
	}
	if got, err := whole.Public(inside, nil, resolver); got != "value" || !errors.Is(err, resolved) {
		t.Errorf("@public: got %v, %v, want what the resolver returns", got, err)
	}
	if got, err := whole.Auth(t.Context(), nil, resolver, nil, nil, nil, nil, nil); got != nil || !errors.Is(err, auth.ErrForbidden) {
		t.Errorf("without a guard: got %v, %v, want %v", got, err, auth.ErrForbidden)
	}
	if got, err := whole.Public(t.Context(), nil, resolver); got != nil || !errors.Is(err, auth.ErrForbidden) {
		t.Errorf("@public without a guard: got %v, %v, want %v", got, err, auth.ErrForbidden)
	}
	var texts struct { // permissions without an enum, maxAge of a named type
		Auth   func(context.Context, any, graphql.Resolver, []string, []string, *bool, *string, *wiredAssurance) (any, error)
		Public openDirective
	}
	if err := auth.Wire(&texts); err != nil || texts.Auth == nil {
		t.Errorf("other types for the same arguments: %v", err)
	}
}

func TestWire_Missing(t *testing.T) {
	type resolver = graphql.Resolver
	type ctx = context.Context
	type public struct{ Public openDirective }
	for _, row := range []struct {
		name       string
		directives any
		want       []string
	}{
		{"nothing", nil, []string{"needs &config.Directives", "not <nil>"}},
		{"no pointer", public{}, []string{"needs &config.Directives"}},
		{"a nil pointer", (*public)(nil), []string{"needs &config.Directives"}},
		{"a pointer to something else", new(string), []string{"needs &config.Directives"}},
		{"no @auth", &public{}, []string{"has no directive @auth", "gqlgen.yml", "skip_runtime"}},
		{"no @public", &struct{ Auth wholeAuth }{}, []string{"has no directive @public", "gqlgen.yml"}},
		{"neither", &struct{}{}, []string{"@auth", "@public"}},
		{"no maxAge", &struct {
			public
			Auth func(ctx, any, resolver, []wiredPermission, []string, *bool, *wiredAssurance) (any, error)
		}{}, []string{"@auth lacks maxAge;", "auth/auth.graphqls", "directive @auth("}},
		{"no assurance", &struct {
			public
			Auth func(ctx, any, resolver, []wiredPermission, []string, *bool, *string) (any, error)
		}{}, []string{"lacks assurance;"}},
		{"no owner", &struct {
			public
			Auth func(ctx, any, resolver, []wiredPermission, []string, *wiredAssurance, *string) (any, error)
		}{}, []string{"lacks owner;"}},
		{"no roles", &struct {
			public
			Auth func(ctx, any, resolver, []wiredPermission, *bool, *wiredAssurance, *string) (any, error)
		}{}, []string{"lacks roles;"}},
		{"no permissions", &struct {
			public
			Auth func(ctx, any, resolver, []string, *bool, *wiredAssurance, *string) (any, error)
		}{}, []string{"lacks permissions;"}},
		{"permissions alone", &struct {
			public
			Auth func(ctx, any, resolver, []wiredPermission) (any, error)
		}{}, []string{"lacks roles and owner and assurance and maxAge;"}},
		{"one more", &struct {
			public
			Auth func(ctx, any, resolver, []wiredPermission, []string, *bool, *wiredAssurance, *string, *int) (any, error)
		}{}, []string{"in another place or form *int;"}},
		{"an argument that may not be null", &struct {
			public
			Auth func(ctx, any, resolver, []wiredPermission, []string, bool, *wiredAssurance, *string) (any, error)
		}{}, []string{"lacks owner", "bool"}},
		{"no directive of gqlgen", &struct {
			public
			Auth func(string) error
		}{}, []string{"is not a directive of gqlgen"}},
		{"@auth is no function", &struct {
			public
			Auth string
		}{}, []string{"has no directive @auth"}},
		{"@public with an argument", &struct {
			Auth   wholeAuth
			Public func(ctx, any, resolver, *string) (any, error)
		}{}, []string{"@public", "no arguments"}},
	} {
		err := auth.Wire(row.directives)
		for _, want := range row.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v, want %q in it", row.name, err, want)
			}
		}
	}
}

// auth.graphqls is understood by the guard together with an enum Permission, and has the arguments that Wire names.
func TestAuthGraphqls(t *testing.T) {
	text, err := os.ReadFile("auth.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "auth.graphqls", Input: string(text)}, &ast.Source{Name: "schema.graphqls", Input: `
		enum Permission { READ }
		type Query { open: Int @public count: Int @auth(permissions: [READ], roles: ["a"], assurance: MULTI_FACTOR, maxAge: "10m") @auth(roles: ["b"]) }`})
	if err != nil {
		t.Fatal(err)
	}
	policy, err := auth.NewPolicy(schema)
	if err != nil {
		t.Fatal(err)
	}
	entries := policy.Entries()
	if got, want := entries[0].String(), "READ + role:a + assurance:MULTI_FACTOR + maxAge:10m | role:b"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	var arguments []string
	for _, argument := range schema.Directives["auth"].Arguments {
		arguments = append(arguments, argument.Name+": "+argument.Type.String())
	}
	err = auth.Wire(&struct {
		Auth func(context.Context, any, graphql.Resolver) (any, error)
	}{})
	if want := "(" + strings.Join(arguments, ", ") + ")"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("Wire shows another declaration than %s: %v", want, err)
	}
}

func BenchmarkWire(b *testing.B) {
	var directives struct {
		Auth   wholeAuth
		Public openDirective
	}
	if err := auth.Wire(&directives); err != nil {
		b.Fatal(err)
	}
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "test", Input: prelude + guarded})
	if err != nil {
		b.Fatal(err)
	}
	guard, err := auth.NewGuard(schema)
	if err != nil {
		b.Fatal(err)
	}
	ctx := within(b.Context(), guard)
	resolver := func(context.Context) (any, error) { return "value", nil }
	b.Run("Wire", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = directives.Auth(ctx, nil, resolver, nil, nil, nil, nil, nil)
		}
	})
	b.Run("Directive", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = auth.Directive[wiredPermission, wiredAssurance, string](ctx, nil, resolver, nil, nil, nil, nil, nil)
		}
	})
}
