package auth_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"authgraph/auth"
)

const pendingSchema = `
directive @auth(
  permissions: [Scope!], roles: [String!], owner: Boolean, assurance: Assurance, maxAge: String, pending: [Step!]
) repeatable on FIELD_DEFINITION | OBJECT
directive @public on FIELD_DEFINITION
enum Scope { READ }
enum Assurance { SINGLE_FACTOR MULTI_FACTOR }
enum Step { CONFIRM RESTORE CHOOSE }
type Query {
  me: Int @auth
  read: Int @auth(permissions: [READ])
  open: Int @public
  recent: Int @auth(maxAge: "10m", pending: [CHOOSE])
}
type Mutation {
  restore: Int @auth(pending: [RESTORE])
  choose: Int @auth(permissions: [READ]) @auth(pending: [CHOOSE, RESTORE])
}
`

func pendingGuard(t *testing.T) (*auth.Guard, *ast.Schema) {
	t.Helper()
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "test", Input: pendingSchema})
	if err != nil {
		t.Fatal(err)
	}
	guard, err := auth.NewGuard(schema, auth.WithGuardClock(func() time.Time { return now }))
	if err != nil {
		t.Fatal(err)
	}
	return guard, schema
}

// A session with a pending step fulfils only rules that name its next step. A complete session fulfils these rules too.
func TestGuard_Pending(t *testing.T) {
	g, _ := pendingGuard(t)
	pending := func(steps ...string) *auth.Principal { return person(func(p *auth.Principal) { p.Pending = steps }) }
	late := person(func(p *auth.Principal) { p.Pending, p.AuthTime = []string{"CHOOSE"}, now.Add(-11*time.Minute) })
	for _, row := range []struct {
		name, field string
		caller      *auth.Principal
		want        auth.Code
	}{
		{"a rule without the step", "Query.me", pending("RESTORE"), auth.StepPending},
		{"a permission that it lacks", "Query.read", pending("RESTORE"), auth.Forbidden},
		{"a public field", "Query.open", pending("RESTORE"), ""},
		{"its next step", "Mutation.restore", pending("RESTORE"), ""},
		{"a later step", "Mutation.restore", pending("CONFIRM", "RESTORE"), auth.StepPending},
		{"an earlier step is next", "Mutation.restore", pending("RESTORE", "CHOOSE"), ""},
		{"one of two rules", "Mutation.choose", pending("CHOOSE"), ""},
		{"one of two steps of a rule", "Mutation.choose", pending("RESTORE"), ""},
		{"the other conditions of the rule hold", "Query.recent", pending("CHOOSE"), ""},
		{"another condition does not hold", "Query.recent", late, auth.ReauthenticationRequired},
		{"a complete session", "Mutation.restore", person(nil), ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			object, field, _ := strings.Cut(row.field, ".")
			err := resolve(auth.With(within(t.Context(), g), row.caller), g, object, field, nil, false)
			var refused *auth.Error
			errors.As(err, &refused)
			if err == nil && row.want != "" {
				t.Fatalf("got %v, want %q", err, row.want)
			}
			if err != nil && (refused == nil || refused.Code != row.want) {
				t.Fatalf("got %v, want %q", err, row.want)
			}
			if row.want == auth.StepPending && !slices.Equal(refused.Pending, row.caller.Pending) {
				t.Errorf("got the steps %q, want %q", refused.Pending, row.caller.Pending)
			}
		})
	}
}

// Introspection shows a session with a pending step only public fields and the fields of its step.
func TestVisibleSchema_Pending(t *testing.T) {
	g, schema := pendingGuard(t)
	visible := g.Policy().VisibleSchema(schema, person(func(p *auth.Principal) { p.Pending = []string{"RESTORE"} }))
	var fields []string
	for _, object := range []*ast.Definition{visible.Query, visible.Mutation} {
		for _, field := range object.Fields {
			if !strings.HasPrefix(field.Name, "__") {
				fields = append(fields, field.Name)
			}
		}
	}
	if want := []string{"open", "restore", "choose"}; !slices.Equal(fields, want) {
		t.Errorf("got %q, want %q", fields, want)
	}
}

// The policy's text names the steps, and reads back as the same rule.
func TestEntry_Pending(t *testing.T) {
	g, _ := pendingGuard(t)
	want := map[string]string{
		"Query.recent": "maxAge:10m + pending:CHOOSE", "Mutation.restore": "pending:RESTORE",
		"Mutation.choose": "READ | pending:CHOOSE/RESTORE", "Query.me": "signed in",
	}
	for _, e := range g.Policy().Entries() {
		if text, ok := want[e.Field]; ok && e.String() != text {
			t.Errorf("%s: got %q, want %q", e.Field, e, text)
		}
		read, err := auth.ParseEntry(e.Field, e.String())
		if err != nil || read.String() != e.String() {
			t.Errorf("%s: %q reads back as %q, %v", e.Field, e, read, err)
		}
		if !g.Policy().Covers(read, e) {
			t.Errorf("%s: %q does not cover itself", e.Field, e)
		}
	}
}

// A rule with a step admits more callers than the rule without it, and a rule with another step admits others.
func TestCovers_Pending(t *testing.T) {
	g, _ := pendingGuard(t)
	parse := func(text string) auth.Entry {
		e, err := auth.ParseEntry("Mutation.restore", text)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	for _, row := range []struct {
		wide, narrow string
		want         bool
	}{
		{"pending:RESTORE", "signed in", true},
		{"signed in", "pending:RESTORE", false},
		{"pending:RESTORE/CHOOSE", "pending:CHOOSE", true},
		{"pending:RESTORE", "pending:CHOOSE", false},
	} {
		if got := g.Policy().Covers(parse(row.wide), parse(row.narrow)); got != row.want {
			t.Errorf("%q covers %q: got %v, want %v", row.wide, row.narrow, got, row.want)
		}
	}
}

// A token of a session with a pending step is not an access token, and the other way round.
func TestPendingVerifier(t *testing.T) {
	k := newKeys(t)
	clock := auth.WithClock(func() time.Time { return now })
	pending := auth.NewPendingVerifier(k.set, issuer, clock)
	pendingToken := func(header map[string]any, change func(jwt.MapClaims)) string {
		if header == nil {
			header = map[string]any{"typ": "pending+jwt"}
		}
		return sign(t, jwt.SigningMethodES256, k.own, header, claims(func(c jwt.MapClaims) {
			c["aud"], c["pending"] = issuer+"/pending", []string{"RESTORE"}
			if change != nil {
				change(c)
			}
		}))
	}
	good := pendingToken(nil, nil)
	p, err := pending.Authenticate(t.Context(), good)
	if err != nil || !slices.Equal(p.Pending, []string{"RESTORE"}) {
		t.Fatalf("a pending token: got %+v, %v", p, err)
	}
	for name, token := range map[string]string{
		"an access token":              sign(t, jwt.SigningMethodES256, k.own, nil, claims(nil)),
		"typ of an access token":       pendingToken(map[string]any{"typ": "at+jwt"}, nil),
		"audience of an access token":  pendingToken(nil, func(c jwt.MapClaims) { c["aud"] = audience }),
		"without steps":                pendingToken(nil, func(c jwt.MapClaims) { delete(c, "pending") }),
		"an access token with the typ": sign(t, jwt.SigningMethodES256, k.own, map[string]any{"typ": "pending+jwt"}, claims(nil)),
		"signed by a key of another":   sign(t, jwt.SigningMethodES256, k.foreign, map[string]any{"typ": "pending+jwt"}, claims(nil)),
	} {
		if _, err := pending.Authenticate(t.Context(), token); !errors.Is(err, auth.ErrTokenInvalid) {
			t.Errorf("%s: got %v, want TOKEN_INVALID", name, err)
		}
	}
	for name, verifier := range map[string]*auth.Verifier{
		"a verifier of access tokens":        k.verifier(),
		"one with the audience of the steps": auth.NewVerifier(k.set, issuer, issuer+"/pending", clock),
	} {
		for kind, token := range map[string]string{
			"a pending token": good, "with the typ of an access token": pendingToken(map[string]any{"typ": "at+jwt"}, nil),
		} {
			if _, err := verifier.Authenticate(t.Context(), token); !errors.Is(err, auth.ErrTokenInvalid) {
				t.Errorf("%s, %s: got %v, want TOKEN_INVALID", name, kind, err)
			}
		}
	}
}
