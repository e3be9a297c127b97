package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"authgraph/account"
)

const impersonateDocument = `mutation($id: ID!) { impersonate(userId: $id, reason: "a complaint") {
	accessToken expiresIn refreshToken user { id } session { id current impersonator { id } } pending } }`

// acts has somebody act as an account, and returns the session's token.
func (w *world) acts(t *testing.T, bearer, id string) (signedIn, answer) {
	t.Helper()
	return w.payload(t, "impersonate", bearer, impersonateDocument, map[string]any{"id": id}, nil)
}

func TestImpersonate(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		root := w.administrator(t, "root@example.com")
		ada := w.register(t, "ada@example.com", pass)
		bob := w.register(t, "bob@example.com", pass)
		helper, helperID := w.withRole(t, root, "helper@example.com", "helper", account.Impersonate, account.UsersRead)
		acting, a := w.acts(t, helper, ada.id)
		for _, want := range []string{
			`"refreshToken":null`, `"user":{"id":"` + ada.id + `"}`, `"impersonator":{"id":"` + helperID + `"}`, `"current":true`,
		} {
			if !strings.Contains(a.body, want) {
				t.Errorf("impersonate answered %s, want %s", a.body, want)
			}
		}
		if cookie := a.header.Get("Set-Cookie"); cookie != "" {
			t.Errorf("it set a cookie: %s", cookie)
		}
		c := claims(t, acting.AccessToken)
		if act, _ := c["act"].(map[string]any); act["sub"] != helperID || c["sub"] != ada.id || c["entitlements"] != nil {
			t.Errorf("the token says %v", c)
		}
		for _, row := range []struct{ name, bearer, document, want string }{
			{"sees what she sees", acting.AccessToken, `{ me { id email } }`, `{"data":{"me":{"id":"` + ada.id + `","email":"ada@example.com"}}}`},
			{"holds what both do", acting.AccessToken, `{ users { totalCount } }`, `"code":"FORBIDDEN"`},
			{"ends none of her sessions", acting.AccessToken, `mutation { revokeSession(id: "` + ada.session + `") { session { id } } }`, `"code":"FORBIDDEN"`},
			{"nor all of them", acting.AccessToken, `mutation { logout(scope: ALL) { endedSessionIds } }`, `"code":"FORBIDDEN"`},
			{"nor the others", acting.AccessToken, `mutation { logout(scope: OTHERS) { endedSessionIds } }`, `"code":"FORBIDDEN"`},
			{"acts as nobody else", acting.AccessToken, `mutation { impersonate(userId: "` + bob.id + `", reason: "more") { accessToken } }`, `"code":"FORBIDDEN"`},
			{"is shown to her", ada.token, `{ me { sessions { edges { node { methods impersonator { id } } } } } }`,
				`{"node":{"methods":["IMPERSONATION"],"impersonator":{"id":"` + helperID + `"}}}`},
			{"needs a reason", helper, `mutation { impersonate(userId: "` + ada.id + `", reason: " ") { accessToken } }`, `"field":"reason","reason":"VALUE_INVALID"`},
			{"not as oneself", helper, `mutation { impersonate(userId: "` + helperID + `", reason: "me") { accessToken } }`, `"code":"CONFLICT"`},
			{"not as one who holds more", helper, `mutation { impersonate(userId: "` + w.idOf(t, root) + `", reason: "more") { accessToken } }`, `"code":"FORBIDDEN"`},
			{"not as nobody", helper, `mutation { impersonate(userId: "nonsense", reason: "x") { accessToken } }`, `"code":"NOT_FOUND"`},
			{"not without the permission", bob.token, `mutation { impersonate(userId: "` + ada.id + `", reason: "x") { accessToken } }`, `"code":"FORBIDDEN"`},
		} {
			if got := w.query(t, row.bearer, row.document, nil); !strings.Contains(got.body, row.want) {
				t.Errorf("%s: got %s\nwant %s", row.name, got.body, row.want)
			}
		}
		if got := w.query(t, acting.AccessToken, `mutation { logout { endedSessionIds } }`, nil); !strings.Contains(got.body, acting.Session.ID) {
			t.Errorf("logout: %s", got.body)
		}
		if w.counts(t, acting.AccessToken) || !w.counts(t, ada.token) || !w.counts(t, helper) {
			t.Error("a logout while acting as another ends just that")
		}
	})
}

// Whoever acts as another keeps the cookie of their own session.
func TestImpersonate_Cookie(t *testing.T) {
	w := onSQLite(t)
	root := w.administrator(t, "root@example.com")
	ada := w.register(t, "ada@example.com", pass)
	acting, _ := w.acts(t, root, ada.id)
	_, a := w.login(t, "root@example.com", map[string]any{"delivery": "COOKIE"})
	own := cookieOf(a)
	for _, row := range []struct {
		name, bearer string
		clears       bool
	}{{"acting", acting.AccessToken, false}, {"oneself", root, true}} {
		body, err := json.Marshal(map[string]string{"query": `mutation { logout { endedSessionIds } }`})
		if err != nil {
			t.Fatal(err)
		}
		got := w.do(t, http.MethodPost, "/graphql", string(body), http.Header{
			"Authorization": {"Bearer " + row.bearer}, "Cookie": {own.Name + "=" + own.Value}, "Sec-Fetch-Site": {"same-origin"},
		})
		if clears := got.header.Get("Set-Cookie") != ""; clears != row.clears || strings.Contains(got.body, `"endedSessionIds":[]`) {
			t.Errorf("%s: %s, Set-Cookie %q", row.name, got.body, got.header.Get("Set-Cookie"))
		}
	}
}

// To act as another ends with one's own session, and with the right to: the next request is refused.
func TestImpersonate_Ends(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		root := w.administrator(t, "root@example.com")
		ada := w.register(t, "ada@example.com", pass)
		for name, end := range map[string]func(helper, id string) answer{
			"signed out": func(helper, _ string) answer {
				return w.query(t, helper, `mutation { logout { endedSessionIds } }`, nil)
			},
			"the right taken away": func(_, id string) answer {
				return w.query(t, root, `mutation { setUserRoles(id: "`+id+`", roles: []) { user { id } } }`, nil)
			},
			"suspended": func(_, id string) answer {
				return w.query(t, root, `mutation { suspendUser(id: "`+id+`") { user { id } } }`, nil)
			},
			"her sessions ended": func(string, string) answer {
				return w.query(t, root, `mutation { revokeUserSessions(id: "`+ada.id+`") { endedSessionIds } }`, nil)
			},
		} {
			role := strings.ReplaceAll(name, " ", "-")
			helper, id := w.withRole(t, root, role+"@example.com", role, account.Impersonate)
			acting, a := w.acts(t, helper, ada.id)
			if !w.counts(t, acting.AccessToken) {
				t.Fatalf("%s: %s", name, a.body)
			}
			ended := end(helper, id)
			if got := w.query(t, acting.AccessToken, `{ me { id } }`, nil); got.status != http.StatusUnauthorized ||
				!strings.Contains(got.body, "SESSION_ENDED") {
				t.Errorf("%s: %s, and then %d %s", name, ended.body, got.status, got.body)
			}
		}
	})
}

// idOf returns the account that a token speaks for.
func (w *world) idOf(t *testing.T, token string) string {
	t.Helper()
	id, _ := claims(t, token)["sub"].(string)
	return id
}
