package main

import (
	"encoding/json"
	"strings"
	"testing"

	"authgraph/account"
)

// An administrator ends one session of another account: its token is refused at once, and its other sessions stay.
func TestRevokeUserSession(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		root := w.administrator(t, "root@example.com")
		ada := w.register(t, "ada@example.com", pass)
		second, _ := w.login(t, "ada@example.com", nil)
		keeper, _ := w.withRole(t, root, "keeper@example.com", "keeper", account.SessionsRevoke)
		const document = `mutation($id: ID!) { revokeUserSession(id: $id) { session { id endReason } } }`
		rootSession := w.sessionOf(t, root)
		for _, row := range []struct{ name, bearer, id, want string }{
			{"own account only", ada.token, ada.session, `"code":"FORBIDDEN"`},
			{"an account that holds more", keeper, rootSession, `"code":"FORBIDDEN"`},
			{"an unknown session", root, "session_01m85pwve3fzste6jxy89smjc7", `"code":"NOT_FOUND"`},
			{"an account's id", root, ada.id, `"code":"NOT_FOUND"`},
			{"a NUL", root, "session_\x00", `"code":"NOT_FOUND"`},
			{"another account's", root, ada.session, `{"session":{"id":"` + ada.session + `","endReason":"REVOKED"}}`},
			{"again", root, ada.session, `"endReason":"REVOKED"`},
		} {
			if got := w.query(t, row.bearer, document, map[string]any{"id": row.id}); !strings.Contains(got.body, row.want) {
				t.Errorf("%s: got %s\nwant %s", row.name, got.body, row.want)
			}
		}
		if w.counts(t, ada.token) || !w.counts(t, second.AccessToken) || !w.counts(t, root) {
			t.Error("want exactly the named session ended")
		}
	})
}

func (a api) sessionOf(t *testing.T, token string) string {
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
	answer := a.query(t, token, `{ me { sessions(first: 1) { edges { node { id } } } } }`, nil)
	if err := json.Unmarshal([]byte(answer.body), &got); err != nil || len(got.Data.Me.Sessions.Edges) != 1 {
		t.Fatal(answer.body)
	}
	return got.Data.Me.Sessions.Edges[0].Node.ID
}

// A renamed account shows its new name at once and stays signed in.
func TestUpdateUser(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		root := w.administrator(t, "root@example.com")
		ada := w.register(t, "ada@example.com", pass)
		keeper, _ := w.withRole(t, root, "keeper@example.com", "keeper", account.UsersWrite)
		rootID := w.idOf(t, root)
		const document = `mutation($id: ID!, $i: UpdateUserInput!) { updateUser(id: $id, input: $i) { user { displayName } } }`
		for _, row := range []struct {
			name, bearer, id string
			input            map[string]any
			want, after      string
		}{
			{"a name", keeper, ada.id, map[string]any{"displayName": "Ada"}, `{"displayName":"Ada"}`, `"Ada"`},
			{"left out", keeper, ada.id, map[string]any{}, `{"displayName":"Ada"}`, `"Ada"`},
			{"too long", keeper, ada.id, map[string]any{"displayName": strings.Repeat("ä", 101)}, `"field":"input.displayName","reason":"VALUE_TOO_LONG"`, `"Ada"`},
			{"control characters", keeper, ada.id, map[string]any{"displayName": "A\u0000"}, `"field":"input.displayName","reason":"VALUE_INVALID"`, `"Ada"`},
			{"oneself, without the permission", ada.token, ada.id, map[string]any{"displayName": "x"}, `"code":"FORBIDDEN"`, `"Ada"`},
			{"an account that holds more", keeper, rootID, map[string]any{"displayName": "x"}, `"code":"FORBIDDEN"`, `"Ada"`},
			{"an unknown account", root, "user_01m85pwve3fzste6jxy89smjc7", map[string]any{"displayName": "x"}, `"code":"NOT_FOUND"`, `"Ada"`},
			{"null", keeper, ada.id, map[string]any{"displayName": nil}, `{"displayName":null}`, `null`},
		} {
			if got := w.query(t, row.bearer, document, map[string]any{"id": row.id, "i": row.input}); !strings.Contains(got.body, row.want) {
				t.Errorf("%s: got %s\nwant %s", row.name, got.body, row.want)
			}
			if got := w.query(t, ada.token, `{ me { displayName } }`, nil); !strings.Contains(got.body, `"displayName":`+row.after) {
				t.Errorf("%s: the account sees %s, want %s", row.name, got.body, row.after)
			}
		}
	})
}

// Lists are sorted by name and by last sign-in, and show the time of it to the owner and to callers with USERS_READ.
func TestUsers_NewOrders(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		root := w.administrator(t, "root@example.com")
		ada := w.register(t, "ada@example.com", pass)
		w.register(t, "bob@example.com", pass)
		rename := `mutation($id: ID!) { updateUser(id: $id, input: {displayName: "Ada"}) { user { id } } }`
		w.query(t, root, rename, map[string]any{"id": ada.id})
		w.login(t, "ada@example.com", nil)
		for _, row := range []struct{ order, want string }{
			{`{field: NAME, direction: DESC}`, `"email":"ada@`},
			{`{field: LAST_SIGN_IN, direction: DESC}`, `"email":"ada@`},
			{`{field: LAST_SIGN_IN, direction: ASC}`, `"email":"root@`},
		} {
			got := w.query(t, root, `{ users(first: 1, orderBy: `+row.order+`) { edges { cursor node { email lastSignInAt } } } }`, nil)
			if !strings.Contains(got.body, row.want) || !strings.Contains(got.body, `"lastSignInAt":"20`) {
				t.Errorf("%s: got %s, want %s", row.order, got.body, row.want)
			}
		}
		if got := w.query(t, ada.token, `{ me { lastSignInAt } }`, nil).body; !strings.Contains(got, `"lastSignInAt":"20`) {
			t.Errorf("the account itself sees %s", got)
		}
		got := w.query(t, ada.token, `query($id: ID!) { node(id: $id) { ... on User { lastSignInAt } } }`, map[string]any{"id": w.idOf(t, root)})
		if !strings.Contains(got.body, `"code":"FORBIDDEN"`) || strings.Contains(got.body, `"20`) {
			t.Errorf("another account sees %s", got.body)
		}
	})
}
