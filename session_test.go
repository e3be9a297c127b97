package main

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"authgraph/account"
)

// signedIn is what a sign-in answered.
type signedIn struct {
	AccessToken, RefreshToken string
	User                      struct{ ID string }
	Session                   struct{ ID string }
}

const payload = `{ accessToken refreshToken user { id } session { id } }`

// login logs in and returns the payload; further members of the input come from more.
func (w *world) login(t *testing.T, email string, more map[string]any) (signedIn, answer) {
	t.Helper()
	input := map[string]any{"email": email, "password": pass}
	for name, value := range more {
		input[name] = value
	}
	return w.payload(t, "login", "", `mutation($i: LoginInput!) { login(input: $i) `+payload+` }`, map[string]any{"i": input}, nil)
}

// refresh exchanges a refresh token.
func (w *world) refresh(t *testing.T, token string) (signedIn, answer) {
	t.Helper()
	return w.payload(t, "refresh", "", `mutation($t: String) { refresh(refreshToken: $t) `+payload+` }`,
		map[string]any{"t": token}, nil)
}

func (w *world) payload(
	t *testing.T, field, bearer, document string, variables map[string]any, header http.Header,
) (signedIn, answer) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": document, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	h := http.Header{}
	if bearer != "" {
		h.Set("Authorization", "Bearer "+bearer)
	}
	for name, values := range header {
		h[name] = values
	}
	a := w.do(t, http.MethodPost, "/graphql", string(body), h)
	var got struct{ Data map[string]*signedIn }
	if err := json.Unmarshal([]byte(a.body), &got); err != nil {
		t.Fatalf("%d %s: %v", a.status, a.body, err)
	}
	if got.Data[field] == nil {
		return signedIn{}, a
	}
	return *got.Data[field], a
}

// counts reports whether an access token does.
func (w *world) counts(t *testing.T, token string) bool {
	t.Helper()
	return strings.HasPrefix(w.query(t, token, `{ me { id } }`, nil).body, `{"data":{"me":{"id":"`)
}

func TestRefresh(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		ada := w.register(t, "ada@example.com", pass)
		first, _ := w.login(t, "ada@example.com", nil)
		if first.RefreshToken == "" || first.Session.ID == ada.session {
			t.Fatalf("got %+v, want a refresh token and a session of its own", first)
		}
		second, a := w.refresh(t, first.RefreshToken)
		if second.RefreshToken == "" || second.RefreshToken == first.RefreshToken || second.Session != first.Session ||
			second.User.ID != ada.id {
			t.Fatalf("refresh answered %s", a.body)
		}
		if again, a := w.refresh(t, first.RefreshToken); again.RefreshToken != second.RefreshToken {
			t.Errorf("the same again, within the grace time: %s, want the same token", a.body)
		}
		for name, token := range map[string]string{"the first": first.AccessToken, "the second": second.AccessToken} {
			if !w.counts(t, token) {
				t.Errorf("%s access token does not count after the refresh", name)
			}
		}
		third, _ := w.refresh(t, second.RefreshToken)
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
			if _, a := w.refresh(t, row.token); !strings.Contains(a.body, `"code":"`+row.code+`"`) ||
				!strings.Contains(a.body, `{"refresh":null}`) {
				t.Errorf("%s: got %s, want %s", row.name, a.body, row.code)
			}
		}
		for name, token := range map[string]string{
			"the first": first.AccessToken, "the second": second.AccessToken, "the third": third.AccessToken,
		} {
			if got := w.query(t, token, `{ me { id } }`, nil); got.status != 401 || !strings.Contains(got.body, "SESSION_ENDED") {
				t.Errorf("%s access token after the reuse: %d %s", name, got.status, got.body)
			}
		}
		if !w.counts(t, ada.token) {
			t.Error("another session of the account has ended too")
		}
		if strings.Contains(w.log.String(), "agr1.") {
			t.Error("a refresh token is in the log")
		}
	})
}

// Twenty tabs that wake at once end with the same token, and nobody is signed out.
func TestRefresh_Tabs(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		w.register(t, "ada@example.com", pass)
		first, _ := w.login(t, "ada@example.com", nil)
		got := make([]string, 20)
		var wait sync.WaitGroup
		for i := range got {
			wait.Go(func() {
				p, a := w.refresh(t, first.RefreshToken)
				if got[i] = p.RefreshToken; got[i] == "" || !w.counts(t, p.AccessToken) {
					t.Errorf("tab %d: %s", i, a.body)
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
	worlds(t, func(t *testing.T, w *world) {
		ada := w.register(t, "ada@example.com", pass)
		bob := w.register(t, "bob@example.com", pass)
		one, _ := w.login(t, "ada@example.com", nil)
		two, _ := w.login(t, "ada@example.com", nil)
		three, _ := w.login(t, "ada@example.com", nil)
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
			{"others", three.AccessToken, map[string]any{"s": "OTHERS"}, ended(ada.session)},
			{"all", three.AccessToken, map[string]any{"s": "ALL"}, ended(three.Session.ID)},
		} {
			if got := w.query(t, row.bearer, document, row.variables); got.status != 200 || got.body != row.want {
				t.Errorf("%s: got %d %s, want %s", row.name, got.status, got.body, row.want)
			}
		}
		for name, token := range map[string]string{
			"register": ada.token, "one": one.AccessToken, "two": two.AccessToken, "three": three.AccessToken,
		} {
			if w.counts(t, token) {
				t.Errorf("%s: the access token still counts", name)
			}
		}
		if _, a := w.refresh(t, two.RefreshToken); !strings.Contains(a.body, "REFRESH_TOKEN_INVALID") {
			t.Errorf("refresh after logout: %s", a.body)
		}
		if !w.counts(t, bob.token) {
			t.Error("another account's session has ended")
		}
	})
}

func TestRevokeSession(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		ada := w.register(t, "ada@example.com", pass)
		bob := w.register(t, "bob@example.com", pass)
		other, _ := w.login(t, "ada@example.com", nil)
		const document = `mutation($id: ID!) { revokeSession(id: $id) { session { id endReason } } }`
		notFound := `"code":"NOT_FOUND"`
		for _, row := range []struct{ name, bearer, id, want string }{
			{"another account's", ada.token, bob.session, notFound},
			{"random", ada.token, "session_01m85pwve3fzste6jxy89smjc7", notFound},
			{"malformed", ada.token, "", notFound},
			{"an account's id", ada.token, ada.id, notFound},
			{"one's own", ada.token, other.Session.ID, `"endReason":"REVOKED"`},
			{"again", ada.token, other.Session.ID, `"endReason":"REVOKED"`},
			{"this one", ada.token, ada.session, `"endReason":"SIGNED_OUT"`},
		} {
			if got := w.query(t, row.bearer, document, map[string]any{"id": row.id}); !strings.Contains(got.body, row.want) {
				t.Errorf("%s: got %s, want %s", row.name, got.body, row.want)
			}
		}
		if w.counts(t, other.AccessToken) || w.counts(t, ada.token) || !w.counts(t, bob.token) {
			t.Error("the wrong sessions have ended")
		}
	})
}

func TestSessions(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		ada := w.register(t, "ada@example.com", pass)
		bob := w.register(t, "bob@example.com", pass)
		two, _ := w.login(t, "ada@example.com", nil)
		three, _ := w.login(t, "ada@example.com", nil)
		const document = `query($first: Int, $after: String, $last: Int, $before: String) {
			me { sessions(first: $first, after: $after, last: $last, before: $before) {
				edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount } } }`
		page := func(variables map[string]any) (ids []string, a answer, start, end string) {
			a = w.query(t, ada.token, document, variables)
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
			if err := json.Unmarshal([]byte(a.body), &got); err != nil {
				t.Fatal(err)
			}
			for _, e := range got.Data.Me.Sessions.Edges {
				ids = append(ids, e.Node.ID)
			}
			info := got.Data.Me.Sessions.PageInfo
			return ids, a, info.StartCursor, info.EndCursor
		}
		all := []string{three.Session.ID, two.Session.ID, ada.session}
		if ids, a, _, _ := page(nil); !slices.Equal(ids, all) || !strings.Contains(a.body, `"totalCount":3`) {
			t.Errorf("all: got %s, want %v", a.body, all)
		}
		ids, a, start, end := page(map[string]any{"first": 2})
		if !slices.Equal(ids, all[:2]) || !strings.Contains(a.body, `"hasNextPage":true,"hasPreviousPage":false`) {
			t.Errorf("first: got %s", a.body)
		}
		if ids, a, _, _ := page(map[string]any{"first": 2, "after": end}); !slices.Equal(ids, all[2:]) {
			t.Errorf("after: got %s", a.body)
		}
		if ids, a, _, _ := page(map[string]any{"last": 2, "before": end}); !slices.Equal(ids, all[:1]) {
			t.Errorf("before: got %s", a.body)
		}
		for name, variables := range map[string]map[string]any{
			"both": {"first": 1, "last": 1}, "negative": {"first": -1}, "too many": {"last": 101},
			"forged": {"after": "bm9uc2Vuc2U"}, "truncated": {"after": start[:len(start)-3]}, "empty": {"before": ""},
		} {
			if _, a, _, _ := page(variables); !strings.Contains(a.body, `"code":"BAD_USER_INPUT"`) {
				t.Errorf("%s: got %s, want BAD_USER_INPUT", name, a.body)
			}
		}
		got := w.query(t, bob.token, `query($id: ID!) { node(id: $id) { ... on User { sessions { totalCount } } } }`,
			map[string]any{"id": ada.id})
		if !strings.Contains(got.body, `"code":"FORBIDDEN"`) || strings.Contains(got.body, "totalCount") {
			t.Errorf("another's sessions: %s", got.body)
		}
	})
}

func TestCookie(t *testing.T) {
	w := onSQLite(t)
	w.register(t, "ada@example.com", pass)
	p, a := w.login(t, "ada@example.com", map[string]any{"delivery": "COOKIE"})
	cookie := cookieOf(a)
	if p.RefreshToken != "" || cookie == nil || !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode ||
		cookie.Path != "/" || cookie.MaxAge < 179*24*3600 || cookie.Domain != "" {
		t.Fatalf("login answered %s with the cookie %v", a.body, cookie)
	}
	const refresh = `mutation { refresh ` + payload + ` }`
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
		if _, a := w.payload(t, "refresh", "", refresh, nil, h); a.status != http.StatusForbidden ||
			!strings.Contains(a.body, `"code":"FORBIDDEN"`) || strings.Contains(a.body, "data") || cookieOf(a) != nil {
			t.Errorf("%s: got %d %s", name, a.status, a.body)
		}
	}
	simple := with("Content-Type", "text/plain")
	if _, a := w.payload(t, "refresh", "", refresh, nil, simple); a.status != http.StatusUnsupportedMediaType {
		t.Errorf("a simple content type: got %d %s", a.status, a.body)
	}
	if a := w.do(t, http.MethodGet, "/graphql?query=mutation%7Brefresh%7BtokenType%7D%7D", "", with()); a.status != 405 {
		t.Errorf("GET: got %d %s", a.status, a.body)
	}
	_, refused := w.payload(t, "login", "", `mutation($i: LoginInput!) { login(input: $i) `+payload+` }`,
		map[string]any{"i": map[string]any{"email": "ada@example.com", "password": pass, "delivery": "COOKIE"}},
		http.Header{"Origin": {"https://evil.test"}})
	if !strings.Contains(refused.body, `"code":"FORBIDDEN"`) || cookieOf(refused) != nil {
		t.Errorf("login from another origin: %s", refused.body)
	}

	next, a := w.payload(t, "refresh", "", refresh, nil, with("Sec-Fetch-Site", "same-origin"))
	if next.AccessToken == "" || next.RefreshToken != "" || cookieOf(a) == nil || cookieOf(a).Value == cookie.Value {
		t.Fatalf("refresh by cookie: %s with the cookie %v", a.body, cookieOf(a))
	}
	// A session keeps its delivery: not even by argument does a script come to see a token of its.
	got, a := w.refresh(t, cookieOf(a).Value)
	if got.AccessToken == "" || got.RefreshToken != "" || cookieOf(a) == nil {
		t.Fatalf("refresh by argument: %s", a.body)
	}
	cookie = cookieOf(a)
	out := w.do(t, http.MethodPost, "/graphql", `{"query":"mutation { logout { endedSessionIds } }"}`, with())
	if c := cookieOf(out); c == nil || c.MaxAge >= 0 || !strings.Contains(out.body, next.Session.ID) {
		t.Errorf("logout by cookie: %s with the cookie %v", out.body, c)
	}
	if _, a := w.payload(t, "refresh", "", refresh, nil, with()); !strings.Contains(a.body, "REFRESH_TOKEN_INVALID") ||
		cookieOf(a) == nil || cookieOf(a).MaxAge >= 0 {
		t.Errorf("refresh after logout: %s, want the cookie cleared", a.body)
	}
}

func cookieOf(a answer) *http.Cookie {
	for _, c := range (&http.Response{Header: a.header}).Cookies() {
		return c
	}
	return nil
}

// What a refresh carries on, and what it finds anew.
func TestRefresh_Suspended(t *testing.T) {
	w := onSQLite(t)
	w.register(t, "ada@example.com", pass)
	first, _ := w.login(t, "ada@example.com", nil)
	end := account.SessionEnd{UserID: first.User.ID, Scope: account.LogoutAll, Reason: account.Suspended}
	if _, err := w.app.store.EndSessions(t.Context(), end); err != nil {
		t.Fatal(err)
	}
	if _, a := w.refresh(t, first.RefreshToken); !strings.Contains(a.body, "REFRESH_TOKEN_INVALID") {
		t.Errorf("got %s", a.body)
	}
}
