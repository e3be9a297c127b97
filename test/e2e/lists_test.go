package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"authgraph/account"
	"authgraph/test/harness"
)

// An administrator ends one session of another account: its token is refused at once, and its other sessions stay.
func TestRevokeUserSession(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		root := w.Administrator(t, "root@example.com")
		ada := w.Register(t, "ada@example.com", harness.Password)
		second, _ := w.Login(t, "ada@example.com", nil)
		keeper, _ := w.WithRole(t, root, "keeper@example.com", "keeper", account.SessionsRevoke)
		const document = `mutation($id: ID!) { revokeUserSession(id: $id) { session { id endReason } } }`
		rootSession := sessionOf(t, w.API, root)
		for _, row := range []struct{ name, bearer, id, want string }{
			{"own account only", ada.Token, ada.Session, `"code":"FORBIDDEN"`},
			{"an account that holds more", keeper, rootSession, `"code":"FORBIDDEN"`},
			{"an unknown session", root, "session_01m85pwve3fzste6jxy89smjc7", `"code":"NOT_FOUND"`},
			{"an account's id", root, ada.ID, `"code":"NOT_FOUND"`},
			{"a NUL", root, "session_\x00", `"code":"NOT_FOUND"`},
			{"another account's", root, ada.Session, `{"session":{"id":"` + ada.Session + `","endReason":"REVOKED"}}`},
			{"again", root, ada.Session, `"endReason":"REVOKED"`},
		} {
			if got := w.Query(t, row.bearer, document, map[string]any{"id": row.id}); !strings.Contains(got.Body, row.want) {
				t.Errorf("%s: got %s\nwant %s", row.name, got.Body, row.want)
			}
		}
		if w.TokenValid(t, ada.Token) || !w.TokenValid(t, second.AccessToken) || !w.TokenValid(t, root) {
			t.Error("want exactly the named session ended")
		}
	})
}

func sessionOf(t *testing.T, a harness.API, token string) string {
	t.Helper()
	var got struct {
		Data struct {
			Me struct {
				Sessions struct {
					Edges []struct{ Node struct{ ID string } }
				}
			}
		}
	}
	answer := a.Query(t, token, `{ me { sessions(first: 1) { edges { node { id } } } } }`, nil)
	if err := json.Unmarshal([]byte(answer.Body), &got); err != nil || len(got.Data.Me.Sessions.Edges) != 1 {
		t.Fatal(answer.Body)
	}
	return got.Data.Me.Sessions.Edges[0].Node.ID
}

// A renamed account shows its new name at once and stays signed in.
func TestUpdateUser(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		root := w.Administrator(t, "root@example.com")
		ada := w.Register(t, "ada@example.com", harness.Password)
		keeper, _ := w.WithRole(t, root, "keeper@example.com", "keeper", account.UsersWrite)
		rootID := w.AccountID(t, root)
		const document = `mutation($id: ID!, $i: UpdateUserInput!) { updateUser(id: $id, input: $i) { user { displayName } } }`
		for _, row := range []struct {
			name, bearer, id string
			input            map[string]any
			want, after      string
		}{
			{"a name", keeper, ada.ID, map[string]any{"displayName": "Ada"}, `{"displayName":"Ada"}`, `"Ada"`},
			{"left out", keeper, ada.ID, map[string]any{}, `{"displayName":"Ada"}`, `"Ada"`},
			{"too long", keeper, ada.ID, map[string]any{"displayName": strings.Repeat("ä", 101)}, `"field":"input.displayName","reason":"VALUE_TOO_LONG"`, `"Ada"`},
			{"control characters", keeper, ada.ID, map[string]any{"displayName": "A\u0000"}, `"field":"input.displayName","reason":"VALUE_INVALID"`, `"Ada"`},
			{"oneself, without the permission", ada.Token, ada.ID, map[string]any{"displayName": "x"}, `"code":"FORBIDDEN"`, `"Ada"`},
			{"an account that holds more", keeper, rootID, map[string]any{"displayName": "x"}, `"code":"FORBIDDEN"`, `"Ada"`},
			{"an unknown account", root, "user_01m85pwve3fzste6jxy89smjc7", map[string]any{"displayName": "x"}, `"code":"NOT_FOUND"`, `"Ada"`},
			{"null", keeper, ada.ID, map[string]any{"displayName": nil}, `{"displayName":null}`, `null`},
		} {
			if got := w.Query(t, row.bearer, document, map[string]any{"id": row.id, "i": row.input}); !strings.Contains(got.Body, row.want) {
				t.Errorf("%s: got %s\nwant %s", row.name, got.Body, row.want)
			}
			if got := w.Query(t, ada.Token, `{ me { displayName } }`, nil); !strings.Contains(got.Body, `"displayName":`+row.after) {
				t.Errorf("%s: the account sees %s, want %s", row.name, got.Body, row.after)
			}
		}
	})
}

// Lists are sorted by name and by last sign-in, and show the time of it to the owner and to callers with USERS_READ.
func TestUsers_NewOrders(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		root := w.Administrator(t, "root@example.com")
		ada := w.Register(t, "ada@example.com", harness.Password)
		w.Register(t, "bob@example.com", harness.Password)
		rename := `mutation($id: ID!) { updateUser(id: $id, input: {displayName: "Ada"}) { user { id } } }`
		w.Query(t, root, rename, map[string]any{"id": ada.ID})
		w.Login(t, "ada@example.com", nil)
		for _, row := range []struct{ order, want string }{
			{`{field: NAME, direction: DESC}`, `"email":"ada@`},
			{`{field: LAST_SIGN_IN, direction: DESC}`, `"email":"ada@`},
			{`{field: LAST_SIGN_IN, direction: ASC}`, `"email":"root@`},
		} {
			got := w.Query(t, root, `{ users(first: 1, orderBy: `+row.order+`) { edges { cursor node { email lastSignInAt } } } }`, nil)
			if !strings.Contains(got.Body, row.want) || !strings.Contains(got.Body, `"lastSignInAt":"20`) {
				t.Errorf("%s: got %s, want %s", row.order, got.Body, row.want)
			}
		}
		if got := w.Query(t, ada.Token, `{ me { lastSignInAt } }`, nil).Body; !strings.Contains(got, `"lastSignInAt":"20`) {
			t.Errorf("the account itself sees %s", got)
		}
		got := w.Query(t, ada.Token, `query($id: ID!) { node(id: $id) { ... on User { lastSignInAt } } }`, map[string]any{"id": w.AccountID(t, root)})
		if !strings.Contains(got.Body, `"code":"FORBIDDEN"`) || strings.Contains(got.Body, `"20`) {
			t.Errorf("another account sees %s", got.Body)
		}
	})
}
