package auth_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"authgraph/auth"
)

const guarded = `
type Query { me: User @auth open: User @public step: Int @auth(permissions: [READ], maxAge: "10m") }
type Mutation { login: User @public }
type User {
  name: String
  email: String @auth(owner: true) @auth(permissions: [READ])
  secret: String @auth(permissions: [WRITE]) @auth(owner: true, maxAge: "10m")
}
type Session @auth(owner: true) { id: ID note: String @auth(roles: ["admin", "staff"]) }
`

type owned string

func (o owned) OwnerID() string { return string(o) }

func newGuard(t *testing.T) *auth.Guard {
	t.Helper()
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "test", Input: prelude + guarded})
	if err != nil {
		t.Fatal(err)
	}
	guard, err := auth.NewGuard(schema, auth.WithGuardClock(func() time.Time { return now }))
	if err != nil {
		t.Fatal(err)
	}
	return guard
}

// within returns the context that the guard gives an operation.
func within(ctx context.Context, g *auth.Guard) context.Context {
	ctx = graphql.WithOperationContext(ctx, &graphql.OperationContext{
		Operation: &ast.OperationDefinition{Operation: ast.Query},
	})
	g.InterceptOperation(ctx, func(inner context.Context) graphql.ResponseHandler {
		ctx = inner
		return nil
	})
	return ctx
}

// at returns the context of a field of object.
func at(ctx context.Context, typeName, field string, object any) context.Context {
	ctx = graphql.WithFieldContext(ctx, &graphql.FieldContext{Result: object})
	return graphql.WithFieldContext(ctx, &graphql.FieldContext{
		Object: typeName, Field: graphql.CollectedField{Field: &ast.Field{Name: field}},
	})
}

func directive(ctx context.Context, object any, next graphql.Resolver) (any, error) {
	return auth.Directive[string, string, string](ctx, object, next, nil, nil, nil, nil, nil)
}

// resolve runs a field as gqlgen does: the guard outside, the field's own directive within, the resolver last.
func resolve(ctx context.Context, g *auth.Guard, typeName, field string, object any, own bool) error {
	resolver := func(context.Context) (any, error) { return "resolved", nil }
	got, err := g.InterceptField(at(ctx, typeName, field, object), func(ctx context.Context) (any, error) {
		if own {
			return directive(ctx, object, resolver)
		}
		return resolver(ctx)
	})
	if err == nil && got != "resolved" {
		return errors.New("the resolver was not reached")
	}
	return err
}

func person(change func(*auth.Principal)) *auth.Principal {
	p := &auth.Principal{Subject: "user_1", Assurance: auth.SingleFactor, AuthTime: now}
	if change != nil {
		change(p)
	}
	return p
}

func TestGuard_Fields(t *testing.T) {
	g := newGuard(t)
	plain := person(nil)
	reader := person(func(p *auth.Principal) { p.Permissions = []string{"READ"} })
	staff := person(func(p *auth.Principal) { p.Roles = []string{"staff"} })
	late := person(func(p *auth.Principal) { p.AuthTime = now.Add(-11 * time.Minute) })
	lateReader := person(func(p *auth.Principal) { p.AuthTime, p.Permissions = late.AuthTime, []string{"READ"} })
	enrolled := person(func(p *auth.Principal) { p.SecondFactor = true })
	mine, other := owned("user_1"), owned("user_2")
	for _, row := range []struct {
		name, typeName, field string
		caller                *auth.Principal
		object                any
		own                   bool
		want                  error
	}{
		{"signed in", "Query", "me", plain, nil, true, nil},
		{"nobody", "Query", "me", nil, nil, true, auth.ErrTokenExpired},
		{"public", "Query", "open", nil, nil, false, nil},
		{"no rule, object reached", "User", "name", nil, other, false, nil},
		{"no such field", "User", "other", reader, mine, false, auth.ErrForbidden},
		{"no such type", "Other", "name", reader, mine, false, auth.ErrForbidden},
		{"first of two rules", "User", "email", plain, mine, true, nil},
		{"second of two rules", "User", "email", reader, other, true, nil},
		{"neither of two rules", "User", "email", plain, other, true, auth.ErrForbidden},
		{"the factor that the account has", "User", "email", enrolled, mine, true, auth.ErrSecondFactorRequired},
		{"rather a step than FORBIDDEN", "User", "secret", late, mine, true, auth.ErrReauthenticationRequired},
		{"no step for what is another's", "User", "secret", late, other, true, auth.ErrForbidden},
		{"a step that helps", "Query", "step", lateReader, nil, true, auth.ErrReauthenticationRequired},
		{"a step that would not help", "Query", "step", late, nil, true, auth.ErrForbidden},
		{"rule on the object", "Session", "id", plain, mine, false, nil},
		{"rule on the object, another's", "Session", "id", plain, other, false, auth.ErrForbidden},
		{"rule on the object, nobody", "Session", "id", nil, mine, false, auth.ErrTokenExpired},
		{"own rule in place of the object's", "Session", "note", staff, other, true, nil},
		{"own rule, owner alone", "Session", "note", plain, mine, true, auth.ErrForbidden},
		{"a directive that gqlgen was told to skip", "User", "email", plain, other, false, auth.ErrForbidden},
	} {
		t.Run(row.name, func(t *testing.T) {
			ctx := auth.WithAnonymous(t.Context(), auth.ErrTokenExpired)
			if row.caller != nil {
				ctx = auth.With(t.Context(), row.caller)
			}
			err := resolve(within(ctx, g), g, row.typeName, row.field, row.object, row.own)
			if !errors.Is(err, row.want) || (err == nil) != (row.want == nil) {
				t.Errorf("got %v, want %v", err, row.want)
			}
			next := func(context.Context) (any, error) { return "resolved", nil }
			field := at(within(ctx, g), row.typeName, row.field, row.object)
			_, err = g.InterceptField(field, next)
			if !errors.Is(err, row.want) || (err == nil) != (row.want == nil) {
				t.Errorf("without the directive: got %v, want %v", err, row.want)
			}
			if !row.own {
				return
			}
			_, err = directive(field, row.object, next)
			if !errors.Is(err, row.want) || (err == nil) != (row.want == nil) {
				t.Errorf("without the interceptor: got %v, want %v", err, row.want)
			}
		})
	}
}

// TestDirective_ObjectRules proves that a directive of the object that a field returns decides by the field's own rules alone.
func TestDirective_ObjectRules(t *testing.T) {
	g := newGuard(t)
	ctx := at(within(auth.With(t.Context(), person(nil)), g), "User", "name", owned("user_2"))
	got, err := directive(ctx, owned("user_2"), func(context.Context) (any, error) { return "resolved", nil })
	if got != "resolved" || err != nil {
		t.Errorf("got %v, %v, want the resolver's result", got, err)
	}
}

// A server that forgot server.Use(guard) still calls the directives: they must deny everybody.
func TestDirectives_WithoutGuard(t *testing.T) {
	next := func(context.Context) (any, error) { t.Error("the resolver was reached"); return nil, nil }
	ctx := at(auth.With(t.Context(), person(nil)), "Query", "me", nil)
	if _, err := directive(ctx, nil, next); !errors.Is(err, auth.ErrForbidden) {
		t.Errorf("@auth: got %v, want ErrForbidden", err)
	}
	if _, err := auth.Public(ctx, nil, next); !errors.Is(err, auth.ErrForbidden) {
		t.Errorf("@public: got %v, want ErrForbidden", err)
	}
	if auth.Visible(ctx, "User", owned("user_1")) {
		t.Error("Visible: got true, want false")
	}
}

func TestPublic(t *testing.T) {
	ctx := within(t.Context(), newGuard(t))
	next := func(context.Context) (any, error) { return 1, nil }
	if got, err := auth.Public(at(ctx, "Query", "open", nil), nil, next); got != 1 || err != nil {
		t.Errorf("open: got %v, %v", got, err)
	}
	if _, err := auth.Public(at(ctx, "Query", "me", nil), nil, next); !errors.Is(err, auth.ErrForbidden) {
		t.Errorf("me: got %v, want ErrForbidden", err)
	}
}

func TestVisible(t *testing.T) {
	ctx := auth.With(within(t.Context(), newGuard(t)), person(nil))
	for _, row := range []struct {
		typeName string
		object   any
		want     bool
	}{
		{"User", owned("user_2"), true},
		{"Session", owned("user_1"), true},
		{"Session", owned("user_2"), false},
		{"Other", owned("user_1"), false},
	} {
		if got := auth.Visible(ctx, row.typeName, row.object); got != row.want {
			t.Errorf("%s of %v: got %v, want %v", row.typeName, row.object, got, row.want)
		}
	}
}

// The fields below a login are resolved for its account; the fields below another login in the document are not.
func TestSignedIn(t *testing.T) {
	g := newGuard(t)
	ctx := within(auth.WithAnonymous(t.Context(), auth.ErrTokenMissing), g)
	if auth.SignedIn(ctx, person(nil)) {
		t.Error("outside of a mutation: got true, want false")
	}
	login := func(p *auth.Principal) (below context.Context) {
		_, err := g.InterceptField(at(ctx, "Mutation", "login", nil), func(inner context.Context) (any, error) {
			below = inner
			if auth.SignedIn(at(inner, "User", "name", nil), person(nil)) {
				t.Error("in a field below: got true, want false")
			}
			if p != nil && !auth.SignedIn(inner, p) {
				t.Error("in a mutation: got false, want true")
			}
			return nil, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return below
	}
	first, failed := login(person(nil)), login(nil)
	if principal, err := auth.From(first); err != nil || principal.Subject != "user_1" {
		t.Errorf("below the login: got %+v, %v", principal, err)
	}
	for name, ctx := range map[string]context.Context{"beside it": failed, "around it": ctx} {
		if principal, err := auth.From(ctx); principal != nil || !errors.Is(err, auth.ErrTokenMissing) {
			t.Errorf("%s: got %+v, %v, want ErrTokenMissing", name, principal, err)
		}
	}
}

// An Authenticator of another server's own may fail with any error: that denies, and shows none of it.
func TestGuard_ForeignError(t *testing.T) {
	g := newGuard(t)
	ctx := within(auth.WithAnonymous(t.Context(), errors.New("pq: password of db is x")), g)
	err := resolve(ctx, g, "Query", "me", nil, true)
	if !errors.Is(err, auth.ErrTokenInvalid) {
		t.Errorf("got %v, want ErrTokenInvalid", err)
	}
}

func TestNewGuard_UnknownValues(t *testing.T) {
	for name, sdl := range map[string]string{
		"permission":           `type Query { a: Int @auth(permissions: [NOPE]) }`,
		"a lone permission":    `type Query { a: Int @auth(permissions: NOPE) }`,
		"assurance":            `type Query { a: Int @auth(assurance: TRIPLE) }`,
		"null among roles":     `type Query { a: Int @auth(roles: [null]) }`,
		"number among roles":   `type Query { a: Int @auth(roles: [1]) }`,
		"owner as text":        `type Query { a: Int @auth(owner: "mine") }`,
		"permission on a type": `type Query { a: A @public } type A @auth(permissions: [NOPE]) { b: Int }`,
	} {
		schema, err := gqlparser.LoadSchema(&ast.Source{Name: "test", Input: prelude + sdl})
		if err != nil {
			continue // the schema's own validation refuses it first
		}
		if _, err := auth.NewGuard(schema); err == nil {
			t.Errorf("%s: compiled, want an error", name)
		}
	}
}

// executable is a server of a schema, as far as Validate looks at it.
type executable struct {
	graphql.ExecutableSchema
	schema *ast.Schema
}

func (e executable) Schema() *ast.Schema { return e.schema }

// Rules of one schema say nothing about the fields of another.
func TestGuard_Validate(t *testing.T) {
	load := func() *ast.Schema {
		schema, err := gqlparser.LoadSchema(&ast.Source{Name: "test", Input: prelude + guarded})
		if err != nil {
			t.Fatal(err)
		}
		return schema
	}
	own, other := load(), load()
	g, err := auth.NewGuard(own)
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Validate(executable{schema: own}); err != nil {
		t.Errorf("its own schema: %v", err)
	}
	if err := g.Validate(executable{schema: other}); err == nil {
		t.Error("another schema: got no error")
	}
}
