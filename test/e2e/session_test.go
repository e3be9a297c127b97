package e2e

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"authgraph/test/harness"
)

func TestRefresh(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		ada := w.Register(t, "ada@example.com", harness.Password)
		first, _ := w.Login(t, "ada@example.com", nil)
		if first.RefreshToken == "" || first.Session.ID == ada.Session {
			t.Fatalf("got %+v, want a refresh token and a session of its own", first)
		}
		second, a := w.Refresh(t, first.RefreshToken)
		if second.RefreshToken == "" || second.RefreshToken == first.RefreshToken {
			t.Fatalf("refresh answered %s", a.Body)
		}
		if second.Session != first.Session || second.User.ID != ada.ID {
			t.Fatalf("refresh answered %s", a.Body)
		}
		if again, a := w.Refresh(t, first.RefreshToken); again.RefreshToken != second.RefreshToken {
			t.Errorf("the same again, within the grace time: %s, want the same token", a.Body)
		}
		for name, token := range map[string]string{"the first": first.AccessToken, "the second": second.AccessToken} {
			if !w.TokenValid(t, token) {
				t.Errorf("%s access token does not count after the refresh", name)
			}
		}
		third, _ := w.Refresh(t, second.RefreshToken)
		for _, row := range []struct{ name, token, code string }{
			{"two behind", first.RefreshToken, "REFRESH_TOKEN_REUSED"},
			{"the present one after a reuse", third.RefreshToken, "REFRESH_TOKEN_REUSED"},
			{"empty", "", "REFRESH_TOKEN_INVALID"},
			{"truncated", third.RefreshToken[:len(third.RefreshToken)-1], "REFRESH_TOKEN_INVALID"},
			{"one bit off", third.RefreshToken[:len(third.RefreshToken)-2] + "~" + third.RefreshToken[len(third.RefreshToken)-1:],
				"REFRESH_TOKEN_INVALID"},
			{"an access token", third.AccessToken, "REFRESH_TOKEN_INVALID"},
			{"as long as a body may be", strings.Repeat("a", 60_000), "REFRESH_TOKEN_INVALID"},
		} {
			if _, a := w.Refresh(t, row.token); !strings.Contains(a.Body, `"code":"`+row.code+`"`) ||
				!strings.Contains(a.Body, `{"refresh":null}`) {
				t.Errorf("%s: got %s, want %s", row.name, a.Body, row.code)
			}
		}
		for name, token := range map[string]string{
			"the first": first.AccessToken, "the second": second.AccessToken, "the third": third.AccessToken,
		} {
			if got := w.Query(t, token, `{ me { id } }`, nil); got.Status != 401 ||
				!strings.Contains(got.Body, "SESSION_ENDED") {
				t.Errorf("%s access token after the reuse: %d %s", name, got.Status, got.Body)
			}
		}
		if !w.TokenValid(t, ada.Token) {
			t.Error("another session of the account has ended too")
		}
		if strings.Contains(w.Log.String(), "agr1.") {
			t.Error("a refresh token is in the log")
		}
	})
}

// Twenty tabs that wake at once end with the same token, and the session stays active.
func TestRefresh_Tabs(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		w.Register(t, "ada@example.com", harness.Password)
		first, _ := w.Login(t, "ada@example.com", nil)
		got := make([]string, 20)
		var wait sync.WaitGroup
		for i := range got {
			wait.Go(func() {
				p, a := w.Refresh(t, first.RefreshToken)
				if got[i] = p.RefreshToken; got[i] == "" || !w.TokenValid(t, p.AccessToken) {
					t.Errorf("tab %d: %s", i, a.Body)
				}
			})
		}
		wait.Wait()
		slices.Sort(got)
		if len(slices.Compact(got)) != 1 {
			t.Errorf("got different tokens: %q", got)
		}
	})
}

func TestLogout(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		ada := w.Register(t, "ada@example.com", harness.Password)
		bob := w.Register(t, "bob@example.com", harness.Password)
		one, _ := w.Login(t, "ada@example.com", nil)
		two, _ := w.Login(t, "ada@example.com", nil)
		three, _ := w.Login(t, "ada@example.com", nil)
		const document = `mutation($s: LogoutScope! = CURRENT, $t: String) { logout(scope: $s, refreshToken: $t) { endedSessionIds } }`
		ended := func(ids ...string) string {
			slices.Sort(ids)
			text, _ := json.Marshal(ids)
			if len(ids) == 0 {
				text = []byte("[]")
			}
			return `{"data":{"logout":{"endedSessionIds":` + string(text) + `}}}`
		}
		for _, row := range []struct {
			name, bearer string
			variables    map[string]any
			want         string
		}{
			{"with nothing", "", nil, ended()},
			{"with a stale header and nothing else", "stale", nil, ended()},
			{"a refresh token that does not count", "", map[string]any{"t": one.RefreshToken + "x"}, ended()},
			{"by access token", one.AccessToken, nil, ended(one.Session.ID)},
			{"by a token of an ended session", one.AccessToken, nil, ended()},
			{"by argument, with a stale header", "stale", map[string]any{"t": two.RefreshToken}, ended(two.Session.ID)},
			{"others", three.AccessToken, map[string]any{"s": "OTHERS"}, ended(ada.Session)},
			{"all", three.AccessToken, map[string]any{"s": "ALL"}, ended(three.Session.ID)},
		} {
			if got := w.Query(t, row.bearer, document, row.variables); got.Status != 200 || got.Body != row.want {
				t.Errorf("%s: got %d %s, want %s", row.name, got.Status, got.Body, row.want)
			}
		}
		for name, token := range map[string]string{
			"register": ada.Token, "one": one.AccessToken, "two": two.AccessToken, "three": three.AccessToken,
		} {
			if w.TokenValid(t, token) {
				t.Errorf("%s: the access token still counts", name)
			}
		}
		if _, a := w.Refresh(t, two.RefreshToken); !strings.Contains(a.Body, "REFRESH_TOKEN_INVALID") {
			t.Errorf("refresh after logout: %s", a.Body)
		}
		if !w.TokenValid(t, bob.Token) {
			t.Error("another account's session has ended")
		}
	})
}

func TestRevokeSession(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		ada := w.Register(t, "ada@example.com", harness.Password)
		bob := w.Register(t, "bob@example.com", harness.Password)
		other, _ := w.Login(t, "ada@example.com", nil)
		const document = `mutation($id: ID!) { revokeSession(id: $id) { session { id endReason } } }`
		notFound := `"code":"NOT_FOUND"`
		for _, row := range []struct{ name, bearer, id, want string }{
			{"another account's", ada.Token, bob.Session, notFound},
			{"random", ada.Token, "session_01m85pwve3fzste6jxy89smjc7", notFound},
			{"malformed", ada.Token, "", notFound},
			{"an account's id", ada.Token, ada.ID, notFound},
			{"one's own", ada.Token, other.Session.ID, `"endReason":"REVOKED"`},
			{"again", ada.Token, other.Session.ID, `"endReason":"REVOKED"`},
			{"this one", ada.Token, ada.Session, `"endReason":"SIGNED_OUT"`},
		} {
			if got := w.Query(t, row.bearer, document, map[string]any{"id": row.id}); !strings.Contains(got.Body, row.want) {
				t.Errorf("%s: got %s, want %s", row.name, got.Body, row.want)
			}
		}
		if w.TokenValid(t, other.AccessToken) || w.TokenValid(t, ada.Token) || !w.TokenValid(t, bob.Token) {
			t.Error("the wrong sessions have ended")
		}
	})
}

func TestSessions(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		ada := w.Register(t, "ada@example.com", harness.Password)
		bob := w.Register(t, "bob@example.com", harness.Password)
		two, _ := w.Login(t, "ada@example.com", nil)
		three, _ := w.Login(t, "ada@example.com", nil)
		const document = `query($first: Int, $after: String, $last: Int, $before: String) {
			me { sessions(first: $first, after: $after, last: $last, before: $before) {
				edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount } } }`
		page := func(variables map[string]any) (ids []string, a harness.Response, start, end string) {
			a = w.Query(t, ada.Token, document, variables)
			var got struct {
				Data struct {
					Me struct {
						Sessions struct {
							Edges []struct {
								Cursor string
								Node   struct{ ID string }
							}
							PageInfo struct{ StartCursor, EndCursor string }
						}
					}
				}
			}
			if err := json.Unmarshal([]byte(a.Body), &got); err != nil {
				t.Fatal(err)
			}
			for _, e := range got.Data.Me.Sessions.Edges {
				ids = append(ids, e.Node.ID)
			}
			info := got.Data.Me.Sessions.PageInfo
			return ids, a, info.StartCursor, info.EndCursor
		}
		all := []string{three.Session.ID, two.Session.ID, ada.Session}
		if ids, a, _, _ := page(nil); !slices.Equal(ids, all) || !strings.Contains(a.Body, `"totalCount":3`) {
			t.Errorf("all: got %s, want %v", a.Body, all)
		}
		ids, a, start, end := page(map[string]any{"first": 2})
		if !slices.Equal(ids, all[:2]) || !strings.Contains(a.Body, `"hasNextPage":true,"hasPreviousPage":false`) {
			t.Errorf("first: got %s", a.Body)
		}
		if ids, a, _, _ := page(map[string]any{"first": 2, "after": end}); !slices.Equal(ids, all[2:]) {
			t.Errorf("after: got %s", a.Body)
		}
		if ids, a, _, _ := page(map[string]any{"last": 2, "before": end}); !slices.Equal(ids, all[:1]) {
			t.Errorf("before: got %s", a.Body)
		}
		for name, variables := range map[string]map[string]any{
			"both": {"first": 1, "last": 1}, "negative": {"first": -1}, "too many": {"last": 101},
			"forged": {"after": "bm9uc2Vuc2U"}, "truncated": {"after": start[:len(start)-3]}, "empty": {"before": ""},
		} {
			if _, a, _, _ := page(variables); !strings.Contains(a.Body, `"code":"BAD_USER_INPUT"`) {
				t.Errorf("%s: got %s, want BAD_USER_INPUT", name, a.Body)
			}
		}
		got := w.Query(t, bob.Token, `query($id: ID!) { node(id: $id) { ... on User { sessions { totalCount } } } }`,
			map[string]any{"id": ada.ID})
		if !strings.Contains(got.Body, `"code":"FORBIDDEN"`) || strings.Contains(got.Body, "totalCount") {
			t.Errorf("another's sessions: %s", got.Body)
		}
	})
}

func TestCookie(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	w.Register(t, "ada@example.com", harness.Password)
	p, a := w.Login(t, "ada@example.com", map[string]any{"delivery": "COOKIE"})
	cookie := harness.CookieOf(a)
	if p.RefreshToken != "" || cookie == nil || !cookie.HttpOnly {
		t.Fatalf("login answered %s with the cookie %v", a.Body, cookie)
	}
	if cookie.SameSite != http.SameSiteStrictMode || cookie.Path != "/" || cookie.MaxAge < 179*24*3600 {
		t.Fatalf("login answered %s with the cookie %v", a.Body, cookie)
	}
	if cookie.Domain != "" {
		t.Fatalf("login answered %s with the cookie %v", a.Body, cookie)
	}
	const refresh = `mutation { refresh ` + harness.SignInFields + ` }`
	with := func(header ...string) http.Header {
		h := http.Header{"Cookie": {cookie.Name + "=" + cookie.Value}}
		for i := 0; i < len(header); i += 2 {
			h.Set(header[i], header[i+1])
		}
		return h
	}
	for name, h := range map[string]http.Header{
		"another site":            with("Sec-Fetch-Site", "cross-site", "Origin", "https://evil.test"),
		"the same site only":      with("Sec-Fetch-Site", "same-site", "Origin", "https://sub.test"),
		"another origin, no hint": with("Origin", "https://evil.test"),
		"no origin":               with("Origin", "null"),
	} {
		if _, a := w.RequestSignIn(t, "refresh", "", refresh, nil, h); a.Status != http.StatusForbidden ||
			!strings.Contains(a.Body, `"code":"FORBIDDEN"`) {
			t.Errorf("%s: got %d %s", name, a.Status, a.Body)
		} else if strings.Contains(a.Body, "data") || harness.CookieOf(a) != nil {
			t.Errorf("%s: got %d %s", name, a.Status, a.Body)
		}
	}
	simple := with("Content-Type", "text/plain")
	if _, a := w.RequestSignIn(t, "refresh", "", refresh, nil, simple); a.Status != http.StatusUnsupportedMediaType {
		t.Errorf("a simple content type: got %d %s", a.Status, a.Body)
	}
	if a := w.Do(t, http.MethodGet, "/graphql?query=mutation%7Brefresh%7BtokenType%7D%7D", "", with()); a.Status != 405 {
		t.Errorf("GET: got %d %s", a.Status, a.Body)
	}
	_, refused := w.RequestSignIn(t, "login", "", `mutation($i: LoginInput!) { login(input: $i) `+harness.SignInFields+` }`,
		map[string]any{"i": map[string]any{"email": "ada@example.com", "password": harness.Password, "delivery": "COOKIE"}},
		http.Header{"Origin": {"https://evil.test"}})
	if !strings.Contains(refused.Body, `"code":"FORBIDDEN"`) || harness.CookieOf(refused) != nil {
		t.Errorf("login from another origin: %s", refused.Body)
	}

	next, a := w.RequestSignIn(t, "refresh", "", refresh, nil, with("Sec-Fetch-Site", "same-origin"))
	if next.AccessToken == "" || next.RefreshToken != "" {
		t.Fatalf("refresh by cookie: %s with the cookie %v", a.Body, harness.CookieOf(a))
	}
	if harness.CookieOf(a) == nil || harness.CookieOf(a).Value == cookie.Value {
		t.Fatalf("refresh by cookie: %s with the cookie %v", a.Body, harness.CookieOf(a))
	}
	// A session keeps its delivery: not even by argument does a script come to see a token of its.
	got, a := w.Refresh(t, harness.CookieOf(a).Value)
	if got.AccessToken == "" || got.RefreshToken != "" || harness.CookieOf(a) == nil {
		t.Fatalf("refresh by argument: %s", a.Body)
	}
	cookie = harness.CookieOf(a)
	out := w.Do(t, http.MethodPost, "/graphql", `{"query":"mutation { logout { endedSessionIds } }"}`, with())
	if c := harness.CookieOf(out); c == nil || c.MaxAge >= 0 || !strings.Contains(out.Body, next.Session.ID) {
		t.Errorf("logout by cookie: %s with the cookie %v", out.Body, c)
	}
	if _, a := w.RequestSignIn(t, "refresh", "", refresh, nil, with()); !strings.Contains(a.Body, "REFRESH_TOKEN_INVALID") ||
		harness.CookieOf(a) == nil || harness.CookieOf(a).MaxAge >= 0 {
		t.Errorf("refresh after logout: %s, want the cookie cleared", a.Body)
	}
}

// TestRefresh_Suspended proves that the refresh token of a suspended account is invalid, also after the account is reinstated.
func TestRefresh_Suspended(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	w.Register(t, "ada@example.com", harness.Password)
	first, _ := w.Login(t, "ada@example.com", nil)
	root := w.Administrator(t, "root@example.com")
	for _, change := range []string{"suspendUser", "reinstateUser"} {
		done := w.Query(t, root, `mutation($id: ID!) { `+change+`(id: $id) { user { id } } }`, map[string]any{"id": first.User.ID})
		if !strings.Contains(done.Body, first.User.ID) {
			t.Fatalf("%s: %s", change, done.Body)
		}
		if _, a := w.Refresh(t, first.RefreshToken); !strings.Contains(a.Body, "REFRESH_TOKEN_INVALID") {
			t.Errorf("after %s: got %s, want REFRESH_TOKEN_INVALID", change, a.Body)
		}
	}
}
