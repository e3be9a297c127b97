package harness

import (
	"strings"
	"testing"

	"authgraph/account"
)

// WithRole makes an account that has a role of the given permissions, and returns its token.
func (w *Server) WithRole(t *testing.T, root, email, role string, permissions ...account.Permission) (token, id string) {
	t.Helper()
	made := w.Query(t, root, `mutation($i: CreateRoleInput!) { createRole(input: $i) { role { name } } }`,
		map[string]any{"i": map[string]any{"name": role, "permissions": append([]account.Permission{}, permissions...)}})
	p := w.Register(t, email, Password)
	response := w.Query(t, root, `mutation($id: ID!, $r: [String!]!) { setUserRoles(id: $id, roles: $r) { user { roles } } }`,
		map[string]any{"id": p.ID, "r": []string{role}})
	if want := `"roles":["` + role + `","user"]`; !strings.Contains(response.Body, want) {
		t.Fatalf("%s\n%s", made.Body, response.Body)
	}
	return p.Token, p.ID
}

// Administrator makes an account with the role admin, and returns its token.
func (w *Server) Administrator(t *testing.T, email string) string {
	t.Helper()
	_, err := w.App.Accounts.Create(t.Context(), account.Registration{Email: email, Password: Password}, account.RoleAdmin)
	if err != nil {
		t.Fatal(err)
	}
	s, a := w.Login(t, email, nil)
	if s.AccessToken == "" {
		t.Fatal(a.Body)
	}
	return s.AccessToken
}

// ImpersonateDocument impersonates the account of the variable id.
const ImpersonateDocument = `mutation($id: ID!) { impersonate(userId: $id, reason: "a complaint") {
	accessToken expiresIn refreshToken user { id } session { id current impersonator { id } } pending } }`

// Impersonate starts an impersonation of the account id by the holder of bearer, and returns its session.
func (w *Server) Impersonate(t *testing.T, bearer, id string) (SignIn, Response) {
	t.Helper()
	return w.RequestSignIn(t, "impersonate", bearer, ImpersonateDocument, map[string]any{"id": id}, nil)
}
