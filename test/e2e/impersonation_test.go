package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"authgraph/account"
	"authgraph/test/harness"
)

func TestImpersonate(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		root := w.Administrator(t, "root@example.com")
		ada := w.Register(t, "ada@example.com", harness.Password)
		bob := w.Register(t, "bob@example.com", harness.Password)
		helper, helperID := w.WithRole(t, root, "helper@example.com", "helper", account.Impersonate, account.UsersRead)
		acting, a := w.Impersonate(t, helper, ada.ID)
		for _, want := range []string{
			`"refreshToken":null`, `"user":{"id":"` + ada.ID + `"}`, `"impersonator":{"id":"` + helperID + `"}`, `"current":true`,
		} {
			if !strings.Contains(a.Body, want) {
				t.Errorf("impersonate answered %s, want %s", a.Body, want)
			}
		}
		if cookie := a.Header.Get("Set-Cookie"); cookie != "" {
			t.Errorf("it set a cookie: %s", cookie)
		}
		c := harness.Claims(t, acting.AccessToken)
		if act, _ := c["act"].(map[string]any); act["sub"] != helperID || c["sub"] != ada.ID || c["entitlements"] != nil {
			t.Errorf("the token says %v", c)
		}
		for _, row := range []struct{ name, bearer, document, want string }{
			{"sees what she sees", acting.AccessToken, `{ me { id email } }`, `{"data":{"me":{"id":"` + ada.ID + `","email":"ada@example.com"}}}`},
			{"holds what both do", acting.AccessToken, `{ users { totalCount } }`, `"code":"FORBIDDEN"`},
			{"ends none of her sessions", acting.AccessToken, `mutation { revokeSession(id: "` + ada.Session + `") { session { id } } }`, `"code":"FORBIDDEN"`},
			{"nor all of them", acting.AccessToken, `mutation { logout(scope: ALL) { endedSessionIds } }`, `"code":"FORBIDDEN"`},
			{"nor the others", acting.AccessToken, `mutation { logout(scope: OTHERS) { endedSessionIds } }`, `"code":"FORBIDDEN"`},
			{"acts as nobody else", acting.AccessToken, `mutation { impersonate(userId: "` + bob.ID + `", reason: "more") { accessToken } }`, `"code":"FORBIDDEN"`},
			{"is shown to her", ada.Token, `{ me { sessions { edges { node { methods impersonator { id } } } } } }`,
				`{"node":{"methods":["IMPERSONATION"],"impersonator":{"id":"` + helperID + `"}}}`},
			{"needs a reason", helper, `mutation { impersonate(userId: "` + ada.ID + `", reason: " ") { accessToken } }`, `"field":"reason","reason":"VALUE_INVALID"`},
			{"not as oneself", helper, `mutation { impersonate(userId: "` + helperID + `", reason: "me") { accessToken } }`, `"code":"CONFLICT"`},
			{"not as one who holds more", helper, `mutation { impersonate(userId: "` + w.AccountID(t, root) + `", reason: "more") { accessToken } }`, `"code":"FORBIDDEN"`},
			{"not as nobody", helper, `mutation { impersonate(userId: "nonsense", reason: "x") { accessToken } }`, `"code":"NOT_FOUND"`},
			{"not without the permission", bob.Token, `mutation { impersonate(userId: "` + ada.ID + `", reason: "x") { accessToken } }`, `"code":"FORBIDDEN"`},
		} {
			if got := w.Query(t, row.bearer, row.document, nil); !strings.Contains(got.Body, row.want) {
				t.Errorf("%s: got %s\nwant %s", row.name, got.Body, row.want)
			}
		}
		if got := w.Query(t, acting.AccessToken, `mutation { logout { endedSessionIds } }`, nil); !strings.Contains(got.Body, acting.Session.ID) {
			t.Errorf("logout: %s", got.Body)
		}
		if w.TokenValid(t, acting.AccessToken) || !w.TokenValid(t, ada.Token) || !w.TokenValid(t, helper) {
			t.Error("a logout while acting as another ends just that")
		}
	})
}

// An impersonator keeps the cookie of their own session.
func TestImpersonate_Cookie(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	root := w.Administrator(t, "root@example.com")
	ada := w.Register(t, "ada@example.com", harness.Password)
	acting, _ := w.Impersonate(t, root, ada.ID)
	_, a := w.Login(t, "root@example.com", map[string]any{"delivery": "COOKIE"})
	own := harness.CookieOf(a)
	for _, row := range []struct {
		name, bearer string
		clears       bool
	}{{"acting", acting.AccessToken, false}, {"oneself", root, true}} {
		body, err := json.Marshal(map[string]string{"query": `mutation { logout { endedSessionIds } }`})
		if err != nil {
			t.Fatal(err)
		}
		got := w.Do(t, http.MethodPost, "/graphql", string(body), http.Header{
			"Authorization": {"Bearer " + row.bearer}, "Cookie": {own.Name + "=" + own.Value}, "Sec-Fetch-Site": {"same-origin"},
		})
		if clears := got.Header.Get("Set-Cookie") != ""; clears != row.clears || strings.Contains(got.Body, `"endedSessionIds":[]`) {
			t.Errorf("%s: %s, Set-Cookie %q", row.name, got.Body, got.Header.Get("Set-Cookie"))
		}
	}
}

// To act as another ends with one's own session, and with the right to: the next request is refused.
func TestImpersonate_Ends(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		root := w.Administrator(t, "root@example.com")
		ada := w.Register(t, "ada@example.com", harness.Password)
		for name, end := range map[string]func(helper, id string) harness.Response{
			"signed out": func(helper, _ string) harness.Response {
				return w.Query(t, helper, `mutation { logout { endedSessionIds } }`, nil)
			},
			"the right taken away": func(_, id string) harness.Response {
				return w.Query(t, root, `mutation { setUserRoles(id: "`+id+`", roles: []) { user { id } } }`, nil)
			},
			"suspended": func(_, id string) harness.Response {
				return w.Query(t, root, `mutation { suspendUser(id: "`+id+`") { user { id } } }`, nil)
			},
			"her sessions ended": func(string, string) harness.Response {
				return w.Query(t, root, `mutation { revokeUserSessions(id: "`+ada.ID+`") { endedSessionIds } }`, nil)
			},
		} {
			role := strings.ReplaceAll(name, " ", "-")
			helper, id := w.WithRole(t, root, role+"@example.com", role, account.Impersonate)
			acting, a := w.Impersonate(t, helper, ada.ID)
			if !w.TokenValid(t, acting.AccessToken) {
				t.Fatalf("%s: %s", name, a.Body)
			}
			ended := end(helper, id)
			if got := w.Query(t, acting.AccessToken, `{ me { id } }`, nil); got.Status != http.StatusUnauthorized ||
				!strings.Contains(got.Body, "SESSION_ENDED") {
				t.Errorf("%s: %s, and then %d %s", name, ended.Body, got.Status, got.Body)
			}
		}
	})
}
