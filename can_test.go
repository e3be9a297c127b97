package main

import (
	"authgraph/account"
	"encoding/json"
	"strings"
	"testing"
)

// access is what `can` answers of fields: for each "yes", or the code of the refusal.
func (a api) access(t *testing.T, bearer, on string, fields ...string) []string {
	t.Helper()
	variables := map[string]any{"f": fields}
	if on != "" {
		variables["on"] = on
	}
	got := a.query(t, bearer, `query($f: [String!]!, $on: ID) { can(fields: $f, on: $on) { field allowed code } }`, variables)
	var answer struct {
		Data struct {
			Can []struct {
				Field   string
				Allowed bool
				Code    *string
			}
		}
	}
	if err := json.Unmarshal([]byte(got.body), &answer); err != nil || len(answer.Data.Can) != len(fields) {
		t.Fatalf("can: %d %s", got.status, got.body)
	}
	var said []string
	for i, c := range answer.Data.Can {
		switch {
		case c.Field != fields[i], c.Allowed != (c.Code == nil):
			t.Errorf("got %+v", c)
		case c.Allowed:
			said = append(said, "yes")
		default:
			said = append(said, *c.Code)
		}
	}
	return said
}

func TestCan(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		ada := w.register(t, "ada@example.com", pass)
		bob := w.register(t, "bob@example.com", pass)
		fields := []string{"Query.me", "Query.policy", "Mutation.login", "User.email", "User.id", "Session.ipAddress", "Query.nonsense", "nonsense", "__Schema.types"}
		for name, row := range map[string]struct{ token, on, want string }{
			"nobody":            {"", "", "UNAUTHENTICATED UNAUTHENTICATED yes UNAUTHENTICATED yes UNAUTHENTICATED NOT_FOUND NOT_FOUND yes"},
			"nobody, on ada":    {"", ada.id, "UNAUTHENTICATED UNAUTHENTICATED yes UNAUTHENTICATED yes UNAUTHENTICATED NOT_FOUND NOT_FOUND yes"},
			"ada":               {ada.token, "", "yes FORBIDDEN yes FORBIDDEN yes FORBIDDEN NOT_FOUND NOT_FOUND yes"},
			"ada, on herself":   {ada.token, ada.id, "yes FORBIDDEN yes yes yes FORBIDDEN NOT_FOUND NOT_FOUND yes"},
			"ada, on bob":       {ada.token, bob.id, "yes FORBIDDEN yes FORBIDDEN yes FORBIDDEN NOT_FOUND NOT_FOUND yes"},
			"ada, her session":  {ada.token, ada.session, "yes FORBIDDEN yes FORBIDDEN yes yes NOT_FOUND NOT_FOUND yes"},
			"ada, bob's":        {ada.token, bob.session, "yes FORBIDDEN yes FORBIDDEN yes FORBIDDEN NOT_FOUND NOT_FOUND yes"},
			"ada, on no object": {ada.token, "nonsense", "yes FORBIDDEN yes FORBIDDEN yes FORBIDDEN NOT_FOUND NOT_FOUND yes"},
		} {
			if got := strings.Join(w.access(t, row.token, row.on, fields...), " "); got != row.want {
				t.Errorf("%s: got %s\nwant %s", name, got, row.want)
			}
		}
		many := `query { can(fields: ["` + strings.Repeat(`a","`, 100) + `a"]) { field } }`
		if got := w.query(t, "", many, nil); !strings.Contains(got.body, "BAD_USER_INPUT") {
			t.Errorf("101 fields: %s", got.body)
		}
	})
}

// What introspection hides from a caller is for `can` what there is not.
func TestCan_Hidden(t *testing.T) {
	w := onSQLite(t, "AUTHGRAPH_INTROSPECTION=role")
	root := w.administrator(t, "root@example.com")
	ada := w.register(t, "ada@example.com", pass)
	acting, _ := w.acts(t, root, ada.id)
	fields := []string{"Query.me", "Query.policy", "PolicyRule.field", "Mutation.suspendUser", "User.email", "User.suspendedAt", "Mutation.revokeSession", "Query.nonsense"}
	for name, row := range map[string]struct{ token, on, want string }{
		"nobody":         {"", "", "NOT_FOUND NOT_FOUND NOT_FOUND NOT_FOUND NOT_FOUND NOT_FOUND NOT_FOUND NOT_FOUND"},
		"ada":            {ada.token, "", "yes NOT_FOUND NOT_FOUND NOT_FOUND FORBIDDEN NOT_FOUND yes NOT_FOUND"},
		"ada on herself": {ada.token, ada.id, "yes NOT_FOUND NOT_FOUND NOT_FOUND yes NOT_FOUND yes NOT_FOUND"},
		"acting as ada":  {acting.AccessToken, ada.id, "yes NOT_FOUND NOT_FOUND NOT_FOUND yes NOT_FOUND NOT_FOUND NOT_FOUND"},
		"root on ada":    {root, ada.id, "yes yes yes yes yes yes yes NOT_FOUND"},
	} {
		if got := strings.Join(w.access(t, row.token, row.on, fields...), " "); got != row.want {
			t.Errorf("%s: got %s\nwant %s", name, got, row.want)
		}
	}
}

func TestPolicyQuery(t *testing.T) {
	w := onSQLite(t)
	ada := w.register(t, "ada@example.com", pass)
	const document = `{ policy { field public anyOf { permissions roles owner assurance maxAge } } }`
	if got := w.query(t, ada.token, document, nil); !strings.Contains(got.body, `"policy":null`) || !strings.Contains(got.body, "FORBIDDEN") {
		t.Errorf("without ROLES_READ: %s", got.body)
	}
	root := w.administrator(t, "root@example.com")
	got := w.query(t, root, document, nil)
	for _, want := range []string{
		`{"field":"Query.me","public":false,"anyOf":[{"permissions":[],"roles":[],"owner":null,"assurance":null,"maxAge":null}]}`,
		`{"field":"Mutation.login","public":true,"anyOf":[]}`,
		`{"field":"User.email","public":false,"anyOf":[{"permissions":[],"roles":[],"owner":true,"assurance":null,"maxAge":null},` +
			`{"permissions":["USERS_READ"],"roles":[],"owner":null,"assurance":null,"maxAge":null}]}`,
	} {
		if !strings.Contains(got.body, want) {
			t.Errorf("it lacks %s", want)
		}
	}
}

// administrator makes an account with the role admin, and returns its token.
func (w *world) administrator(t *testing.T, email string) string {
	t.Helper()
	_, err := w.app.accounts.Create(t.Context(), account.Registration{Email: email, Password: pass}, account.RoleAdmin)
	if err != nil {
		t.Fatal(err)
	}
	s, a := w.login(t, email, nil)
	if s.AccessToken == "" {
		t.Fatal(a.body)
	}
	return s.AccessToken
}
