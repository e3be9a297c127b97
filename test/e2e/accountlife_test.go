package e2e

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"authgraph/db/dbtest"
	"authgraph/test/harness"
)

const (
	changePasswordDocument = `mutation($c: String!, $n: String!) { changePassword(currentPassword: $c, newPassword: $n) ` + lifeFields + ` }`
	reauthenticateDocument = `mutation($p: String!) { reauthenticate(password: $p) ` + lifeFields + ` }`
	restoreDocument        = `mutation { restoreAccount ` + lifeFields + ` }`
	deleteDocument         = `mutation { deleteAccount { erasedAt } }`
	lifeFields             = `{ accessToken refreshToken pending user { id } session { id } }`
	nextPassword           = "another horse battery staple"
)

func (s steps) change(t *testing.T, token, current, next string) (harness.SignIn, harness.Response) {
	t.Helper()
	return s.RequestSignIn(t, "changePassword", token, changePasswordDocument, map[string]any{"c": current, "n": next}, nil)
}

func (s steps) reauthenticate(t *testing.T, token, password string) (harness.SignIn, harness.Response) {
	t.Helper()
	return s.RequestSignIn(t, "reauthenticate", token, reauthenticateDocument, map[string]any{"p": password}, nil)
}

// steps is a server with the requests of account life.
type steps struct{ *harness.Server }

func code(c string) string { return `"code":"` + c + `"` }

// TestChangePassword_Sessions proves that a change ends the other sessions and continues the caller's under another id.
func TestChangePassword_Sessions(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		s := steps{w}
		w.Register(t, "ada@example.com", harness.Password)
		here, _ := w.Login(t, "ada@example.com", nil)
		other, _ := w.Login(t, "ada@example.com", nil)
		next, a := s.change(t, here.AccessToken, harness.Password, nextPassword)
		if next.AccessToken == "" || next.RefreshToken == "" {
			t.Fatalf("got %s, want tokens", a.Body)
		}
		if next.Session.ID == here.Session.ID || next.User.ID != here.User.ID {
			t.Errorf("got session %s of %s, want a new id for %s", next.Session.ID, next.User.ID, here.User.ID)
		}
		if !w.TokenValid(t, next.AccessToken) {
			t.Error("the new access token is invalid")
		}
		for _, row := range []struct{ name, token, reason string }{
			{"the former token of the session", here.AccessToken, "TOKEN_EXPIRED"},
			{"the other session", other.AccessToken, "SESSION_ENDED"},
		} {
			got := w.Query(t, row.token, `{ me { id } }`, nil)
			if got.Status != http.StatusUnauthorized || !strings.Contains(got.Body, row.reason) {
				t.Errorf("%s: got %d %s, want 401 with %s", row.name, got.Status, got.Body, row.reason)
			}
		}
		if _, a := w.Refresh(t, here.RefreshToken); !strings.Contains(a.Body, code("REFRESH_TOKEN_INVALID")) {
			t.Errorf("the former refresh token: got %s, want REFRESH_TOKEN_INVALID", a.Body)
		}
		if again, a := w.Refresh(t, next.RefreshToken); again.AccessToken == "" {
			t.Errorf("the new refresh token: got %s", a.Body)
		}
		if _, a := w.Login(t, "ada@example.com", nil); !strings.Contains(a.Body, code("INVALID_CREDENTIALS")) {
			t.Errorf("login with the former password: got %s", a.Body)
		}
		if in, a := w.Login(t, "ada@example.com", map[string]any{"password": nextPassword}); in.AccessToken == "" {
			t.Errorf("login with the new password: got %s", a.Body)
		}
		for _, secret := range []string{harness.Password, nextPassword} {
			if strings.Contains(w.Log.String(), secret) {
				t.Error("a password is in the log")
			}
		}
	})
}

func TestChangePassword_Refused(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		s := steps{w}
		ada := w.Register(t, "ada@example.com", harness.Password)
		for _, row := range []struct{ name, current, next, want string }{
			{"wrong password", "wrong password", nextPassword, code("INVALID_CREDENTIALS")},
			{"short password", harness.Password, "short", "PASSWORD_TOO_SHORT"},
			{"long password", harness.Password, strings.Repeat("a", 129), "PASSWORD_TOO_LONG"},
			{"common password", harness.Password, "password123", "PASSWORD_TOO_COMMON"},
			{"the address", harness.Password, "ada@example.com", "PASSWORD_IS_PERSONAL"},
			{"the address, with a wrong password", "wrong password", "ada@example.com", code("INVALID_CREDENTIALS")},
		} {
			got := w.Query(t, ada.Token, changePasswordDocument, map[string]any{"c": row.current, "n": row.next})
			if !strings.Contains(got.Body, row.want) || !strings.Contains(got.Body, `"changePassword":null`) {
				t.Errorf("%s: got %s, want %s", row.name, got.Body, row.want)
			}
			if row.want != code("INVALID_CREDENTIALS") && !strings.Contains(got.Body, `"field":"newPassword"`) {
				t.Errorf("%s: got %s, want the field newPassword", row.name, got.Body)
			}
		}
		if !w.TokenValid(t, ada.Token) {
			t.Error("a refused change ended the session")
		}
		if _, a := s.change(t, "", harness.Password, nextPassword); !strings.Contains(a.Body, code("UNAUTHENTICATED")) {
			t.Errorf("an anonymous client: got %s", a.Body)
		}
	})
}

// TestReauthenticate_MaxAge proves that a proof opens fields with a maxAge.
func TestReauthenticate_MaxAge(t *testing.T) {
	t.Parallel()
	path := dbtest.SQLite(t)
	w := harness.Start(t, dbtest.OpenSQLite(t, path))
	s := steps{w}
	ada := w.Register(t, "ada@example.com", harness.Password)
	raw, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	if _, err := raw.Exec(`UPDATE sessions SET auth_time = auth_time - ?`, (20 * time.Minute).Microseconds()); err != nil {
		t.Fatal(err)
	}
	if got := w.Query(t, ada.Token, deleteDocument, nil); !strings.Contains(got.Body, code("REAUTHENTICATION_REQUIRED")) {
		t.Fatalf("before: got %s, want REAUTHENTICATION_REQUIRED", got.Body)
	}
	if _, a := s.reauthenticate(t, ada.Token, "wrong password"); !strings.Contains(a.Body, code("INVALID_CREDENTIALS")) {
		t.Errorf("wrong password: got %s, want INVALID_CREDENTIALS", a.Body)
	}
	proved, a := s.reauthenticate(t, ada.Token, harness.Password)
	if proved.AccessToken == "" || proved.Session.ID == ada.Session {
		t.Fatalf("got %s, want the tokens of a new session", a.Body)
	}
	if got := w.Query(t, proved.AccessToken, deleteDocument, nil); !strings.Contains(got.Body, `"erasedAt":"`) {
		t.Errorf("after: got %s, want the deletion", got.Body)
	}
}

// TestPassword_Pool proves that failures of both fields use up one allowance, which successes return, and that they take
// units from login's.
func TestPassword_Pool(t *testing.T) {
	t.Parallel()
	harness.EachDatabaseWith(t, []string{"AUTHGRAPH_RATE_LIMITS=true"}, func(t *testing.T, w *harness.Server) {
		s := steps{w}
		ada := w.Register(t, "ada@example.com", harness.Password)
		bob := w.Register(t, "bob@example.com", harness.Password)
		token := ada.Token
		for i := range 12 {
			next, a := s.reauthenticate(t, token, harness.Password)
			if next.AccessToken == "" {
				t.Fatalf("success %d: got %s", i, a.Body)
			}
			token = next.AccessToken
		}
		for i := range 10 {
			var a harness.Response
			if i%2 == 0 {
				_, a = s.reauthenticate(t, token, "wrong password")
			} else {
				_, a = s.change(t, token, "wrong password", nextPassword)
			}
			if !strings.Contains(a.Body, code("INVALID_CREDENTIALS")) {
				t.Fatalf("failure %d: got %s, want INVALID_CREDENTIALS", i, a.Body)
			}
		}
		for name, a := range map[string]harness.Response{
			"reauthenticate": second(s.reauthenticate(t, token, harness.Password)),
			"changePassword": second(s.change(t, token, harness.Password, nextPassword)),
			"login":          second(w.Login(t, "ada@example.com", nil)),
		} {
			if !strings.Contains(a.Body, code("RATE_LIMITED")) {
				t.Errorf("%s after 10 failures: got %s, want RATE_LIMITED", name, a.Body)
			}
		}
		if next, a := s.reauthenticate(t, bob.Token, harness.Password); next.AccessToken == "" {
			t.Errorf("another account: got %s", a.Body)
		}
	})
}

func second[A, B any](_ A, b B) B { return b }

// TestPassword_StrangerLimits proves that failed logins of an anonymous client do not keep the owner from a change.
func TestPassword_StrangerLimits(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t, "AUTHGRAPH_RATE_LIMITS=true")
	s := steps{w}
	ada := w.Register(t, "ada@example.com", harness.Password)
	for range 11 {
		w.Login(t, "ada@example.com", map[string]any{"password": "wrong password"})
	}
	if next, a := s.change(t, ada.Token, harness.Password, nextPassword); next.AccessToken == "" {
		t.Errorf("got %s, want the change", a.Body)
	}
}

// TestChangePassword_Cookie proves that the cookie gets the token of the new session, and that a request with the former cookie
// does not clear it.
func TestChangePassword_Cookie(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	w.Register(t, "ada@example.com", harness.Password)
	in, a := w.Login(t, "ada@example.com", map[string]any{"delivery": "COOKIE"})
	former := refreshCookie(a)
	if former == nil {
		t.Fatalf("login answered %s without a cookie", a.Body)
	}
	own := http.Header{"Sec-Fetch-Site": {"same-origin"}, "Cookie": {former.Name + "=" + former.Value}}
	variables := map[string]any{"c": harness.Password, "n": nextPassword}
	foreign := own.Clone()
	foreign.Set("Sec-Fetch-Site", "cross-site")
	foreign.Set("Origin", "https://evil.example")
	if _, a := w.RequestSignIn(t, "changePassword", in.AccessToken, changePasswordDocument, variables, foreign); !strings.Contains(a.Body, code("FORBIDDEN")) {
		t.Errorf("from a foreign origin: got %s, want FORBIDDEN", a.Body)
	}
	next, a := w.RequestSignIn(t, "changePassword", in.AccessToken, changePasswordDocument, variables, own)
	cookie := refreshCookie(a)
	if next.AccessToken == "" || next.RefreshToken != "" || cookie == nil {
		t.Fatalf("got %s with the cookie %v, want an access token and a cookie", a.Body, cookie)
	}
	refresh := func(value string) (harness.SignIn, harness.Response) {
		h := own.Clone()
		h.Set("Cookie", cookie.Name+"="+value)
		return w.RequestSignIn(t, "refresh", "", `mutation { refresh `+harness.SignInFields+` }`, nil, h)
	}
	if _, a := refresh(former.Value); refreshCookie(a) != nil || !strings.Contains(a.Body, code("REFRESH_TOKEN_INVALID")) {
		t.Errorf("with the former cookie: got %s and the cookie %v, want REFRESH_TOKEN_INVALID and none", a.Body, refreshCookie(a))
	}
	if again, a := refresh(cookie.Value); again.AccessToken == "" {
		t.Errorf("with the new cookie: got %s", a.Body)
	}
}

// refreshCookie returns the refresh token's cookie that a response sets or clears; nil without one.
func refreshCookie(a harness.Response) *http.Cookie {
	cookies := (&http.Response{Header: a.Header}).Cookies()
	for _, c := range cookies {
		if strings.Contains(c.Name, "refresh") {
			return c
		}
	}
	return nil
}

// TestReplaced_Sockets proves that an open socket of a replaced session closes with 4403, and one of another session with 4401.
func TestReplaced_Sockets(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		s := steps{w}
		w.Register(t, "ada@example.com", harness.Password)
		here, _ := w.Login(t, "ada@example.com", nil)
		other, _ := w.Login(t, "ada@example.com", nil)
		own, foreign := w.Connect(t, here.AccessToken), w.Connect(t, other.AccessToken)
		own.Subscribe(t, harness.SessionEventsDocument)
		foreign.Subscribe(t, harness.SessionEventsDocument)
		w.AwaitSubscriptions(t, 2)
		if next, a := s.change(t, here.AccessToken, harness.Password, nextPassword); next.AccessToken == "" {
			t.Fatal(a.Body)
		}
		if got := own.AwaitClose(t); got.Code != 4403 {
			t.Errorf("the replaced session: got %d %s, want 4403", got.Code, got.Reason)
		}
		if got := foreign.AwaitClose(t); got.Code != 4401 {
			t.Errorf("the other session: got %d %s, want 4401", got.Code, got.Reason)
		}
	})
}

func TestUpdateProfile_Fields(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		ada := w.Register(t, "ada@example.com", harness.Password)
		for _, row := range []struct {
			name  string
			input map[string]any
			want  string
		}{
			{"both", map[string]any{"displayName": "Ada", "locale": "de-AT"}, `{"displayName":"Ada","locale":"de-AT"}`},
			{"canonical form", map[string]any{"locale": "DE_at"}, `{"displayName":"Ada","locale":"de-AT"}`},
			{"omitted", map[string]any{}, `{"displayName":"Ada","locale":"de-AT"}`},
			{"null", map[string]any{"displayName": nil, "locale": nil}, `{"displayName":null,"locale":null}`},
			{"no language", map[string]any{"locale": "klingonese!"}, `"field":"input.locale"`},
			{"long language", map[string]any{"locale": strings.Repeat("a-", 20)}, "VALUE_TOO_LONG"},
			{"hidden characters", map[string]any{"displayName": "a\u202eb"}, `"field":"input.displayName"`},
			{"line break", map[string]any{"displayName": "a\r\nBcc: b"}, "VALUE_INVALID"},
		} {
			got := w.Query(t, ada.Token, `mutation($i: UpdateProfileInput!) { updateProfile(input: $i) { user { displayName locale } } }`,
				map[string]any{"i": row.input})
			if !strings.Contains(got.Body, row.want) {
				t.Errorf("%s: got %s, want %s", row.name, got.Body, row.want)
			}
		}
	})
}

// TestDeleteAccount_Restore follows an account through its deletion and restoration.
func TestDeleteAccount_Restore(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		w.Register(t, "ada@example.com", harness.Password)
		in, _ := w.Login(t, "ada@example.com", nil)
		got := w.Query(t, in.AccessToken, deleteDocument, nil)
		var answer struct {
			Data struct{ DeleteAccount struct{ ErasedAt time.Time } }
		}
		if err := json.Unmarshal([]byte(got.Body), &answer); err != nil {
			t.Fatal(err)
		}
		if days := time.Until(answer.Data.DeleteAccount.ErasedAt).Hours() / 24; days < 29 || days > 31 {
			t.Errorf("got %s, want an erasure in 30 days", got.Body)
		}
		if got := w.Query(t, in.AccessToken, `{ me { id } }`, nil); !strings.Contains(got.Body, "SESSION_ENDED") {
			t.Errorf("the session after the deletion: got %s", got.Body)
		}
		wrong := w.Query(t, "", harness.LoginDocument, map[string]any{"i": map[string]any{"email": "ada@example.com", "password": "wrong"}})
		unknown := w.Query(t, "", harness.LoginDocument, map[string]any{"i": map[string]any{"email": "none@example.com", "password": "wrong"}})
		if wrong.Body != unknown.Body {
			t.Errorf("a wrong password: got %s, want as for an unknown address: %s", wrong.Body, unknown.Body)
		}

		token := pendingToken(t, w, "RESTORE_ACCOUNT")
		for _, row := range []struct{ document, want string }{
			{`{ me { id } }`, code("STEP_PENDING")},
			{`{ me { id } }`, `"pending":["RESTORE_ACCOUNT"]`},
			{deleteDocument, code("STEP_PENDING")},
			{`{ users { totalCount } }`, code("FORBIDDEN")},
			{`{ authOptions { password } }`, `"password":true`},
			{`{ can(fields: ["Mutation.restoreAccount", "Query.me"]) { allowed code } }`,
				`[{"allowed":true,"code":null},{"allowed":false,"code":"STEP_PENDING"}]`},
		} {
			if got := w.Query(t, token, row.document, nil); !strings.Contains(got.Body, row.want) {
				t.Errorf("%s while the step is pending: got %s, want %s", row.document, got.Body, row.want)
			}
		}
		restored, a := w.RequestSignIn(t, "restoreAccount", token, restoreDocument, nil, nil)
		if restored.RefreshToken == "" || !w.TokenValid(t, restored.AccessToken) {
			t.Fatalf("restoreAccount: got %s, want a session", a.Body)
		}
		if got := w.Query(t, token, restoreDocument, nil); !strings.Contains(got.Body, "TOKEN_EXPIRED") {
			t.Errorf("restoreAccount again: got %s, want TOKEN_EXPIRED", got.Body)
		}
		if got := w.Query(t, restored.AccessToken, restoreDocument, nil); !strings.Contains(got.Body, code("CONFLICT")) {
			t.Errorf("restoreAccount in a complete session: got %s, want CONFLICT", got.Body)
		}
		if got := w.Query(t, restored.AccessToken, `{ me { erasedAt sessions { totalCount } } }`, nil); got.Body != `{"data":{"me":{"erasedAt":null,"sessions":{"totalCount":1}}}}` {
			t.Errorf("me after the restoration: got %s", got.Body)
		}
	})
}

// pendingToken logs ada in, and returns the token of a session with the step pending.
func pendingToken(t *testing.T, w *harness.Server, step string) string {
	t.Helper()
	in, a := w.RequestSignIn(t, "login", "", `mutation($i: LoginInput!) { login(input: $i) `+lifeFields+` }`,
		map[string]any{"i": map[string]any{"email": "ada@example.com", "password": harness.Password}}, nil)
	want := fmt.Sprintf(`"refreshToken":null,"pending":[%q],"user":null,"session":null`, step)
	if in.AccessToken == "" || !strings.Contains(a.Body, want) {
		t.Fatalf("login: got %s, want %s", a.Body, want)
	}
	return in.AccessToken
}

// TestPending_Cookie proves that a sign-in by cookie that leaves a step pending clears the cookie, and gets no device cookie.
func TestPending_Cookie(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	w.Register(t, "ada@example.com", harness.Password)
	in, _ := w.Login(t, "ada@example.com", nil)
	w.Query(t, in.AccessToken, deleteDocument, nil)
	_, a := w.Login(t, "ada@example.com", map[string]any{"delivery": "COOKIE"})
	cookies := (&http.Response{Header: a.Header}).Cookies()
	if len(cookies) != 1 || cookies[0].MaxAge >= 0 {
		t.Errorf("got the cookies %v, want the refresh token cleared and no other", cookies)
	}
	pending := struct {
		Data struct{ Login harness.SignIn }
	}{}
	if err := json.Unmarshal([]byte(a.Body), &pending); err != nil {
		t.Fatal(err)
	}
	header := http.Header{"Sec-Fetch-Site": {"same-origin"}}
	restored, a := w.RequestSignIn(t, "restoreAccount", pending.Data.Login.AccessToken, restoreDocument, nil, header)
	set := slices.IndexFunc((&http.Response{Header: a.Header}).Cookies(), func(c *http.Cookie) bool { return c.MaxAge > 0 })
	if restored.AccessToken == "" || restored.RefreshToken != "" || set < 0 {
		t.Errorf("restoreAccount: got %s with the cookies %v, want a refresh token in a cookie", a.Body, a.Header["Set-Cookie"])
	}
}

// TestPending_Token proves that the token of a session with a pending step is not an access token for other servers.
func TestPending_Token(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	w.Register(t, "ada@example.com", harness.Password)
	in, _ := w.Login(t, "ada@example.com", nil)
	w.Query(t, in.AccessToken, deleteDocument, nil)
	claims := harness.Claims(t, pendingToken(t, w, "RESTORE_ACCOUNT"))
	if got := fmt.Sprint(claims["aud"]); !strings.HasSuffix(got, "/pending]") && !strings.HasSuffix(got, "/pending") {
		t.Errorf("got aud %v, want the issuer's /pending alone", got)
	}
	for _, name := range []string{"roles", "entitlements"} {
		if claims[name] != nil {
			t.Errorf("got %s %v, want none", name, claims[name])
		}
	}
}

// TestReplaced_OverSocket proves that a socket, which the replacement would close before the answer, is refused before
// anything is done.
func TestReplaced_OverSocket(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	ada := w.Register(t, "ada@example.com", harness.Password)
	c := w.Connect(t, ada.Token)
	for _, document := range []string{
		`mutation { reauthenticate(password: "` + harness.Password + `") { accessToken } }`,
		`mutation { changePassword(currentPassword: "` + harness.Password + `", newPassword: "` + nextPassword + `") { accessToken } }`,
		deleteDocument, restoreDocument, `mutation { requestPasswordReset(email: "ada@example.com") { ok } }`,
	} {
		c.Subscribe(t, document)
		if m := c.Next(t); m.Type != "next" || !strings.Contains(string(m.Payload), code("BAD_USER_INPUT")) {
			t.Errorf("%s: got %s %s, want BAD_USER_INPUT", document, m.Type, m.Payload)
		}
		if m := c.Next(t); m.Type != "complete" {
			t.Errorf("%s: got %s, want complete", document, m.Type)
		}
	}
	if !w.TokenValid(t, ada.Token) {
		t.Error("a refused mutation ended the session")
	}
}

// TestReplaced_Logout proves that a logout by a token of a replaced session ends the session that continues it.
func TestReplaced_Logout(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		s := steps{w}
		w.Register(t, "ada@example.com", harness.Password)
		former, _ := w.Login(t, "ada@example.com", nil)
		next, _ := s.reauthenticate(t, former.AccessToken, harness.Password)
		last, a := s.reauthenticate(t, next.AccessToken, harness.Password)
		if last.AccessToken == "" {
			t.Fatal(a.Body)
		}
		got := w.Query(t, former.AccessToken, `mutation($t: String) { logout(refreshToken: $t) { endedSessionIds } }`,
			map[string]any{"t": former.RefreshToken})
		if !strings.Contains(got.Body, last.Session.ID) {
			t.Errorf("got %s, want the end of %s", got.Body, last.Session.ID)
		}
		if w.TokenValid(t, last.AccessToken) {
			t.Error("the session that continues the former one is live")
		}
	})
}

// TestPending_Logout proves that a session with a pending step ends itself only.
func TestPending_Logout(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	w.Register(t, "ada@example.com", harness.Password)
	in, _ := w.Login(t, "ada@example.com", nil)
	w.Query(t, in.AccessToken, deleteDocument, nil)
	token := pendingToken(t, w, "RESTORE_ACCOUNT")
	for _, row := range []struct{ scope, want string }{
		{"ALL", code("STEP_PENDING")}, {"OTHERS", code("STEP_PENDING")}, {"CURRENT", `"endedSessionIds":["session_`},
	} {
		if got := w.Query(t, token, `mutation { logout(scope: `+row.scope+`) { endedSessionIds } }`, nil); !strings.Contains(got.Body, row.want) {
			t.Errorf("%s: got %s, want %s", row.scope, got.Body, row.want)
		}
	}
}
