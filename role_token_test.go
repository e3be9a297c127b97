package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"authgraph/account"
	"authgraph/auth"
)

// Roles that setUserRoles and user create accept fit into a token with the longest other claims and signature; what
// does not fit is refused there, and not at the next login.
func TestRole_TokenLength(t *testing.T) {
	for _, algorithm := range []string{"ES256", "RS256"} {
		t.Run(algorithm, func(t *testing.T) { tryRoleSets(t, algorithm) })
	}
}

func tryRoleSets(t *testing.T, algorithm string) {
	w := start(t, fresh(t), "AUTHGRAPH_SIGNING_ALGORITHM="+algorithm,
		"AUTHGRAPH_ISSUER=https://example.com/"+strings.Repeat("i", 230), "AUTHGRAPH_AUDIENCE="+strings.Repeat("a", 250))
	root := w.administrator(t, "root@example.com")
	by := account.Administrator{UserID: w.idOf(t, root)}
	var names []string
	for i := range 120 { // as long as names may be, and shorter
		names = append(names, fmt.Sprintf("r%03d%s", i, strings.Repeat("x", 59*min(i, 60)/60)))
		if _, err := w.app.accounts.AddRole(t.Context(), by, account.NewRole{Name: names[i], Permissions: account.Permissions()}); err != nil {
			t.Fatal(err)
		}
	}
	ada := w.register(t, "ada@example.com", pass)
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
		got := w.query(t, root, `mutation($id: ID!, $r: [String!]!) { setUserRoles(id: $id, roles: $r) { user { id } } }`,
			map[string]any{"id": ada.id, "r": chosen})
		_, createErr := w.app.accounts.Create(t.Context(), account.Registration{
			Email: fmt.Sprintf("made%d@example.com", accepted+refused), Password: pass}, chosen...)
		if strings.Contains(got.body, `"code":"BAD_USER_INPUT","field":"roles","reason":"VALUE_TOO_LONG"`) != (createErr != nil) {
			t.Fatalf("%d roles: setUserRoles answers %s, Create %v", len(chosen), got.body, createErr)
		}
		if createErr != nil {
			refused++
			continue
		}
		accepted++
		in, a := w.login(t, "ada@example.com", nil)
		if in.AccessToken == "" || len(in.AccessToken) > auth.MaxTokenLength || !w.counts(t, in.AccessToken) {
			t.Fatalf("%d roles: got a token of %d bytes, %.300s", len(chosen), len(in.AccessToken), a.body)
		}
		refreshed, a := w.refresh(t, in.RefreshToken)
		if !w.counts(t, refreshed.AccessToken) {
			t.Fatalf("%d roles: refresh: %.300s", len(chosen), a.body)
		}
	}
	if accepted == 0 || refused == 0 {
		t.Errorf("got %d sets accepted, %d refused, want some of each", accepted, refused)
	}
}

// Roles that an account has from before the bound give no token rather than one that every verifier refuses.
func TestRole_TokenTooLong(t *testing.T) {
	w := onSQLite(t)
	root := w.administrator(t, "root@example.com")
	by := account.Administrator{UserID: w.idOf(t, root)}
	ada := w.register(t, "ada@example.com", pass)
	var names []string
	for i := range 100 {
		names = append(names, fmt.Sprintf("r%03d%s", i, strings.Repeat("x", 59)))
		if _, err := w.app.accounts.AddRole(t.Context(), by, account.NewRole{Name: names[i]}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.app.store.SetRoles(t.Context(), by, ada.id, names); err != nil { // around the bound
		t.Fatal(err)
	}
	in, a := w.login(t, "ada@example.com", nil)
	if in.AccessToken != "" || !strings.Contains(a.body, `"code":"CONFLICT"`) {
		t.Errorf("got a token of %d bytes, %.300s, want CONFLICT", len(in.AccessToken), a.body)
	}
}
