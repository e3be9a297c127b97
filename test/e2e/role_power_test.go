package e2e

import (
	"slices"
	"strings"
	"testing"

	"authgraph/account"
	"authgraph/test/harness"
)

// A holder of ROLES_WRITE cannot reach a role that permits nothing here and something at another server.
func TestRole_PowerElsewhere(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		root := w.Administrator(t, "root@example.com")
		help, helpID := w.WithRole(t, root, "help@example.com", "helpdesk", account.RolesWrite, account.RolesRead, account.UsersRead)
		payer, payerID := w.WithRole(t, root, "payer@example.com", "payer")
		roleID := func(name string) string {
			_, after, _ := strings.Cut(w.Query(t, root, `{ roles { name id } }`, nil).Body, `{"name":"`+name+`","id":"`)
			id, _, _ := strings.Cut(after, `"`)
			return id
		}
		payerRole := roleID("payer")
		set := `mutation($id: ID!, $r: [String!]!) { setUserRoles(id: $id, roles: $r) { user { roles } } }`
		for _, row := range []struct {
			name, bearer, document string
			variables              map[string]any
			want                   string
		}{
			{"give oneself", help, set, map[string]any{"id": helpID, "r": []string{"helpdesk", "payer"}}, `"code":"FORBIDDEN"`},
			{"take from another", help, set, map[string]any{"id": payerID, "r": []string{}}, `"code":"FORBIDDEN"`},
			{"change", help, `mutation($id: ID!) { updateRole(id: $id, input: {description: "x"}) { role { id } } }`,
				map[string]any{"id": payerRole}, `"code":"FORBIDDEN"`},
			{"delete", help, `mutation($id: ID!) { deleteRole(id: $id) { deletedRoleId } }`, map[string]any{"id": payerRole}, `"code":"FORBIDDEN"`},
			{"create", help, `mutation { createRole(input: {name: "accountant", permissions: []}) { role { id } } }`, nil, `"code":"FORBIDDEN"`},
			{"give one's own role", help, set, map[string]any{"id": payerID, "r": []string{"payer", "helpdesk"}}, `"roles":["helpdesk","payer","user"]`},
			{"take one's own role", help, set, map[string]any{"id": payerID, "r": []string{"payer"}}, `"roles":["payer","user"]`},
			{"administrator deletes", root, `mutation($id: ID!) { deleteRole(id: $id) { deletedRoleId } }`, map[string]any{"id": payerRole}, payerRole},
			{"administrator uses the name again", root, `mutation { createRole(input: {name: "payer", permissions: []}) { role { id } } }`, nil,
				`"code":"CONFLICT","field":"input.name"`},
			{"administrator uses another name", root, `mutation { createRole(input: {name: "payer2", permissions: []}) { role { name } } }`, nil, `"payer2"`},
		} {
			if got := w.Query(t, row.bearer, row.document, row.variables); !strings.Contains(got.Body, row.want) {
				t.Errorf("%s: got %s\nwant %s", row.name, got.Body, row.want)
			}
		}
		if !w.TokenValid(t, payer) {
			t.Error("the payer's session has ended, want it to stay")
		}
	})
}

// The token of an impersonator names only roles that both accounts hold: other servers give permissions to them.
func TestImpersonate_Roles(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		root := w.Administrator(t, "root@example.com")
		helper, _ := w.WithRole(t, root, "helper@example.com", "helper", account.Impersonate)
		_, payerID := w.WithRole(t, root, "payer@example.com", "payer")
		acting, a := w.Impersonate(t, helper, payerID)
		if acting.AccessToken == "" {
			t.Fatal(a.Body)
		}
		roles, _ := harness.Claims(t, acting.AccessToken)["roles"].([]any)
		if !slices.Equal(roles, []any{"user"}) {
			t.Errorf("got roles %v in the token, want only user", roles)
		}
	})
}
