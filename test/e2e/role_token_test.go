package e2e

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/test/harness"
)

// Roles that setUserRoles and user create accept fit into a token with the longest other claims and signature; what
// does not fit is refused there, and not at the next login.
func TestRole_TokenLength(t *testing.T) {
	t.Parallel()
	for _, algorithm := range []string{"ES256", "RS256"} {
		t.Run(algorithm, func(t *testing.T) { tryRoleSets(t, algorithm) })
	}
}

func tryRoleSets(t *testing.T, algorithm string) {
	w := harness.Start(t, harness.OpenSQLite(t), "AUTHGRAPH_SIGNING_ALGORITHM="+algorithm,
		"AUTHGRAPH_ISSUER=https://example.com/"+strings.Repeat("i", 230), "AUTHGRAPH_AUDIENCE="+strings.Repeat("a", 250))
	root := w.Administrator(t, "root@example.com")
	by := account.Administrator{UserID: w.AccountID(t, root)}
	var names []string
	for i := range 120 { // as long as names may be, and shorter
		names = append(names, fmt.Sprintf("r%03d%s", i, strings.Repeat("x", 59*min(i, 60)/60)))
		if _, err := w.App.Accounts.AddRole(t.Context(), by, account.NewRole{Name: names[i], Permissions: account.Permissions()}); err != nil {
			t.Fatal(err)
		}
	}
	ada := w.Register(t, "ada@example.com", harness.Password)
	random := rand.New(rand.NewPCG(1, uint64(len(algorithm))))
	accepted, refused := 0, 0
	for range 40 {
		random.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		chosen, size := []string{}, len("user")+3
		for _, name := range names { // up to the bound, and in every other set one above it
			size += len(name) + 3
			if size > account.MaxRoleBytes && len(chosen)%2 == 0 {
				break
			}
			chosen = append(chosen, name)
			if size > account.MaxRoleBytes {
				break
			}
		}
		got := w.Query(t, root, `mutation($id: ID!, $r: [String!]!) { setUserRoles(id: $id, roles: $r) { user { id } } }`,
			map[string]any{"id": ada.ID, "r": chosen})
		_, createErr := w.App.Accounts.Create(t.Context(), account.Registration{
			Email: fmt.Sprintf("made%d@example.com", accepted+refused), Password: harness.Password}, chosen...)
		if strings.Contains(got.Body, `"code":"BAD_USER_INPUT","field":"roles","reason":"VALUE_TOO_LONG"`) != (createErr != nil) {
			t.Fatalf("%d roles: setUserRoles answers %s, Create %v", len(chosen), got.Body, createErr)
		}
		if createErr != nil {
			refused++
			continue
		}
		accepted++
		in, a := w.Login(t, "ada@example.com", nil)
		if in.AccessToken == "" || len(in.AccessToken) > auth.MaxTokenLength || !w.TokenValid(t, in.AccessToken) {
			t.Fatalf("%d roles: got a token of %d bytes, %.300s", len(chosen), len(in.AccessToken), a.Body)
		}
		refreshed, a := w.Refresh(t, in.RefreshToken)
		if !w.TokenValid(t, refreshed.AccessToken) {
			t.Fatalf("%d roles: refresh: %.300s", len(chosen), a.Body)
		}
	}
	if accepted == 0 || refused == 0 {
		t.Errorf("got %d sets accepted, %d refused, want some of each", accepted, refused)
	}
}

// Roles that an account has from before the bound give no token rather than one that every verifier refuses.
func TestRole_TokenTooLong(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	root := w.Administrator(t, "root@example.com")
	by := account.Administrator{UserID: w.AccountID(t, root)}
	ada := w.Register(t, "ada@example.com", harness.Password)
	var names []string
	for i := range 100 {
		names = append(names, fmt.Sprintf("r%03d%s", i, strings.Repeat("x", 59)))
		if _, err := w.App.Accounts.AddRole(t.Context(), by, account.NewRole{Name: names[i]}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.App.Store.SetRoles(t.Context(), by, ada.ID, names); err != nil { // around the bound
		t.Fatal(err)
	}
	in, a := w.Login(t, "ada@example.com", nil)
	if in.AccessToken != "" || !strings.Contains(a.Body, `"code":"CONFLICT"`) {
		t.Errorf("got a token of %d bytes, %.300s, want CONFLICT", len(in.AccessToken), a.Body)
	}
}
