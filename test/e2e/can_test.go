package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"authgraph/test/harness"
)

// accessTo is what `can` answers of fields: for each "yes", or the code of the refusal.
func accessTo(t *testing.T, a harness.API, bearer, on string, fields ...string) []string {
	t.Helper()
	variables := map[string]any{"f": fields}
	if on != "" {
		variables["on"] = on
	}
	got := a.Query(t, bearer, `query($f: [String!]!, $on: ID) { can(fields: $f, on: $on) { field allowed code } }`, variables)
	var answer struct {
		Data struct {
			Can []struct {
				Field   string
				Allowed bool
				Code    *string
			}
		}
	}
	if err := json.Unmarshal([]byte(got.Body), &answer); err != nil || len(answer.Data.Can) != len(fields) {
		t.Fatalf("can: %d %s", got.Status, got.Body)
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
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		ada := w.Register(t, "ada@example.com", harness.Password)
		bob := w.Register(t, "bob@example.com", harness.Password)
		fields := []string{"Query.me", "Query.policy", "Mutation.login", "User.email", "User.id", "Session.ipAddress", "Query.nonsense", "nonsense", "__Schema.types"}
		for name, row := range map[string]struct{ token, on, want string }{
			"nobody":            {"", "", "UNAUTHENTICATED UNAUTHENTICATED yes UNAUTHENTICATED yes UNAUTHENTICATED NOT_FOUND NOT_FOUND yes"},
			"nobody, on ada":    {"", ada.ID, "UNAUTHENTICATED UNAUTHENTICATED yes UNAUTHENTICATED yes UNAUTHENTICATED NOT_FOUND NOT_FOUND yes"},
			"ada":               {ada.Token, "", "yes FORBIDDEN yes FORBIDDEN yes FORBIDDEN NOT_FOUND NOT_FOUND yes"},
			"ada, on herself":   {ada.Token, ada.ID, "yes FORBIDDEN yes yes yes FORBIDDEN NOT_FOUND NOT_FOUND yes"},
			"ada, on bob":       {ada.Token, bob.ID, "yes FORBIDDEN yes FORBIDDEN yes FORBIDDEN NOT_FOUND NOT_FOUND yes"},
			"ada, her session":  {ada.Token, ada.Session, "yes FORBIDDEN yes FORBIDDEN yes yes NOT_FOUND NOT_FOUND yes"},
			"ada, bob's":        {ada.Token, bob.Session, "yes FORBIDDEN yes FORBIDDEN yes FORBIDDEN NOT_FOUND NOT_FOUND yes"},
			"ada, on no object": {ada.Token, "nonsense", "yes FORBIDDEN yes FORBIDDEN yes FORBIDDEN NOT_FOUND NOT_FOUND yes"},
		} {
			if got := strings.Join(accessTo(t, w.API, row.token, row.on, fields...), " "); got != row.want {
				t.Errorf("%s: got %s\nwant %s", name, got, row.want)
			}
		}
		many := `query { can(fields: ["` + strings.Repeat(`a","`, 100) + `a"]) { field } }`
		if got := w.Query(t, "", many, nil); !strings.Contains(got.Body, "BAD_USER_INPUT") {
			t.Errorf("101 fields: %s", got.Body)
		}
	})
}

// A field that introspection hides from a caller does not exist for `can`.
func TestCan_Hidden(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t, "AUTHGRAPH_INTROSPECTION=role")
	root := w.Administrator(t, "root@example.com")
	ada := w.Register(t, "ada@example.com", harness.Password)
	acting, _ := w.Impersonate(t, root, ada.ID)
	fields := []string{"Query.me", "Query.policy", "PolicyRule.field", "Mutation.suspendUser", "User.email", "User.suspendedAt", "Mutation.revokeSession", "Query.nonsense"}
	for name, row := range map[string]struct{ token, on, want string }{
		"nobody":         {"", "", "NOT_FOUND NOT_FOUND NOT_FOUND NOT_FOUND NOT_FOUND NOT_FOUND NOT_FOUND NOT_FOUND"},
		"ada":            {ada.Token, "", "yes NOT_FOUND NOT_FOUND NOT_FOUND FORBIDDEN NOT_FOUND yes NOT_FOUND"},
		"ada on herself": {ada.Token, ada.ID, "yes NOT_FOUND NOT_FOUND NOT_FOUND yes NOT_FOUND yes NOT_FOUND"},
		"acting as ada":  {acting.AccessToken, ada.ID, "yes NOT_FOUND NOT_FOUND NOT_FOUND yes NOT_FOUND NOT_FOUND NOT_FOUND"},
		"root on ada":    {root, ada.ID, "yes yes yes yes yes yes yes NOT_FOUND"},
	} {
		if got := strings.Join(accessTo(t, w.API, row.token, row.on, fields...), " "); got != row.want {
			t.Errorf("%s: got %s\nwant %s", name, got, row.want)
		}
	}
}

func TestPolicyQuery(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	ada := w.Register(t, "ada@example.com", harness.Password)
	const document = `{ policy { field public anyOf { permissions roles owner assurance maxAge } } }`
	if got := w.Query(t, ada.Token, document, nil); !strings.Contains(got.Body, `"policy":null`) || !strings.Contains(got.Body, "FORBIDDEN") {
		t.Errorf("without ROLES_READ: %s", got.Body)
	}
	root := w.Administrator(t, "root@example.com")
	got := w.Query(t, root, document, nil)
	for _, want := range []string{
		`{"field":"Query.me","public":false,"anyOf":[{"permissions":[],"roles":[],"owner":null,"assurance":null,"maxAge":null}]}`,
		`{"field":"Mutation.login","public":true,"anyOf":[]}`,
		`{"field":"User.email","public":false,"anyOf":[{"permissions":[],"roles":[],"owner":true,"assurance":null,"maxAge":null},` +
			`{"permissions":["USERS_READ"],"roles":[],"owner":null,"assurance":null,"maxAge":null}]}`,
	} {
		if !strings.Contains(got.Body, want) {
			t.Errorf("it lacks %s", want)
		}
	}
}
