package auth_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"authgraph/auth"
)

const locked = `
type Query { me: User @auth open: Int @public users: [User] @auth(permissions: [READ]) }
type Mutation { give: Int @auth(permissions: [READ, WRITE], maxAge: "15m") }
type User { id: ID email: String @auth(owner: true) @auth(permissions: [READ]) deep: Int @auth(assurance: MULTI_FACTOR) }
type Session @auth(owner: true) { id: ID note: String @auth(roles: ["admin", "staff"]) }
`

func TestPolicy_Explain(t *testing.T) {
	p, err := compile(t, locked)
	if err != nil {
		t.Fatal(err)
	}
	change := func(change func(*auth.Principal)) *auth.Principal {
		p := &auth.Principal{Subject: "a", Permissions: []string{"READ"}, Assurance: auth.SingleFactor, AuthTime: now.Add(-time.Hour)}
		change(p)
		return p
	}
	plain := change(func(*auth.Principal) {})
	both := func(p *auth.Principal) { p.Permissions = []string{"READ", "WRITE"} }
	for _, row := range []struct {
		field  string
		caller *auth.Principal
		want   string
	}{
		{"Query.open", plain, "public: holds for every caller"},
		{"Query.users", plain, "READ: holds"},
		{"User.email", plain, "owner: holds on the caller's own objects only\nREAD: holds"},
		{"User.deep", plain, "assurance:MULTI_FACTOR: does not hold: SECOND_FACTOR_REQUIRED"},
		{"Session.note", plain, "role:admin/staff: does not hold: the caller lacks the role admin or staff"},
		{"Mutation.give", plain, "READ + WRITE + maxAge:15m: does not hold: the caller lacks WRITE"},
		{"Mutation.give", change(both), "READ + WRITE + maxAge:15m: does not hold: REAUTHENTICATION_REQUIRED"},
		{"Mutation.give", change(func(p *auth.Principal) { both(p); p.APIKey = true }),
			"READ + WRITE + maxAge:15m: does not hold: API keys do not fulfil it"},
		{"Mutation.give", change(func(p *auth.Principal) { both(p); p.Actor = "b" }),
			"READ + WRITE + maxAge:15m: does not hold: impersonators do not fulfil it"},
		{"User.email", change(func(p *auth.Principal) { p.APIKey = true }),
			"owner: does not hold, not even on the caller's own objects: API keys do not fulfil it\nREAD: holds"},
		{"User.email", nil, "owner: does not hold: the caller is not signed in\nREAD: does not hold: the caller is not signed in"},
		{"Query.open", nil, "public: holds for every caller"},
	} {
		lines, err := p.Explain(row.field, row.caller, now)
		if got := strings.Join(lines, "\n"); err != nil || got != row.want {
			t.Errorf("%s: got %q, %v, want %q", row.field, got, err, row.want)
		}
	}
	if _, err := p.Explain("Query.nonsense", plain, now); err == nil {
		t.Error("an unknown field is explained")
	}
}

// A guard explains its refusals only if it was told to, and by role only the fields that the caller could use.
func TestGuard_Explains(t *testing.T) {
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "test", Input: prelude + guarded})
	if err != nil {
		t.Fatal(err)
	}
	clock := auth.WithGuardClock(func() time.Time { return now })
	none, all, byRole := []auth.GuardOption{clock}, []auth.GuardOption{clock, auth.WithExplanations()},
		[]auth.GuardOption{clock, auth.WithExplanationsByRole()}
	lateReader := person(func(p *auth.Principal) { p.AuthTime, p.Permissions = now.Add(-time.Hour), []string{"READ"} })
	anonymous := []string{"signed in: does not hold: the caller is not signed in"}
	step := []string{"READ + maxAge:10m: does not hold: REAUTHENTICATION_REQUIRED"}
	lacks := []string{"READ + maxAge:10m: does not hold: the caller lacks READ"}
	others := []string{"owner: holds on the caller's own objects only", "READ: does not hold: the caller lacks READ"}
	for _, row := range []struct {
		name, typeName, field string
		options               []auth.GuardOption
		caller                *auth.Principal // nil: err is why there is no caller
		err                   error
		want                  []string
	}{
		{"off", "Query", "me", none, nil, auth.ErrTokenMissing, nil},
		{"anonymous", "Query", "me", all, nil, auth.ErrTokenMissing, anonymous},
		{"anonymous, hidden", "Query", "me", byRole, nil, auth.ErrTokenMissing, nil},
		{"an expired token", "Query", "me", all, nil, auth.ErrTokenExpired, anonymous},
		{"the caller is unknown", "Query", "me", all, nil, auth.ErrUnavailable, nil},
		{"an unknown field", "Query", "other", all, lateReader, nil, nil},
		{"a step", "Query", "step", all, lateReader, nil, step},
		{"a step, by role", "Query", "step", byRole, lateReader, nil, step},
		{"a permission", "Query", "step", all, person(nil), nil, lacks},
		{"a permission, hidden", "Query", "step", byRole, person(nil), nil, nil},
		{"another's object, by role", "User", "email", byRole, person(nil), nil, others},
	} {
		guard, err := auth.NewGuard(schema, row.options...)
		if err != nil {
			t.Fatal(err)
		}
		ctx := auth.WithAnonymous(t.Context(), row.err)
		if row.caller != nil {
			ctx = auth.With(t.Context(), row.caller)
		}
		var shown *gqlerror.Error
		if err := resolve(within(ctx, guard), guard, row.typeName, row.field, owned("user_2"), false); !errors.As(err, &shown) {
			t.Fatalf("%s: got %v, want an error of GraphQL", row.name, err)
		}
		got, _ := shown.Extensions["explanation"].([]string)
		if !slices.Equal(got, row.want) {
			t.Errorf("%s: got %q, want %q", row.name, got, row.want)
		}
	}
	if auth.ErrForbidden.Explanation != nil || auth.ErrTokenMissing.Explanation != nil {
		t.Error("a shared error has an explanation")
	}
}

// The event that ends a subscription explains why.
func TestGuard_ExplainsEvents(t *testing.T) {
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "test", Input: prelude + `
		type Query { open: Int @public }
		type Subscription { news: Int @auth(permissions: [READ]) }`})
	if err != nil {
		t.Fatal(err)
	}
	guard, err := auth.NewGuard(schema, auth.WithExplanations())
	if err != nil {
		t.Fatal(err)
	}
	const query = `subscription { news }`
	document, errs := gqlparser.LoadQueryWithRules(schema, query, nil)
	if errs != nil {
		t.Fatal(errs)
	}
	ctx := graphql.WithOperationContext(auth.With(t.Context(), &auth.Principal{Subject: "a", Assurance: auth.SingleFactor}),
		&graphql.OperationContext{Doc: document, Operation: document.Operations[0], RawQuery: query})
	next := guard.InterceptOperation(ctx, func(inner context.Context) graphql.ResponseHandler {
		ctx = inner
		return func(ctx context.Context) *graphql.Response {
			return guard.InterceptResponse(ctx, func(context.Context) *graphql.Response { return &graphql.Response{Data: []byte(`{}`)} })
		}
	})
	response := next(graphql.WithResponseContext(ctx, graphql.DefaultErrorPresenter, graphql.DefaultRecover))
	if response == nil || len(response.Errors) != 1 {
		t.Fatalf("got %+v, want one error", response)
	}
	got, _ := response.Errors[0].Extensions["explanation"].([]string)
	if want := []string{"READ: does not hold: the caller lacks READ"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
