package e2e

import (
	"encoding/json"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"authgraph/mail"
	"authgraph/test/harness"
)

const (
	requestResetDocument = `mutation($e: EmailAddress!, $l: String) { requestPasswordReset(email: $e, locale: $l) { ok requestId } }`
	resetDocument        = `mutation($t: String, $r: ID, $c: String, $n: String!) {
	resetPassword(token: $t, requestId: $r, code: $c, newPassword: $n) ` + lifeFields + ` }`
)

// requestReset asks for a reset, and returns the request id.
func requestReset(t *testing.T, w *harness.Server, email string, header http.Header) (string, harness.Response) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": requestResetDocument, "variables": map[string]any{"e": email}})
	if err != nil {
		t.Fatal(err)
	}
	a := w.Do(t, http.MethodPost, "/graphql", string(body), header)
	var got struct {
		Data struct{ RequestPasswordReset struct{ RequestID string } }
	}
	if err := json.Unmarshal([]byte(a.Body), &got); err != nil || got.Data.RequestPasswordReset.RequestID == "" {
		t.Fatalf("requestPasswordReset answered %d %s", a.Status, a.Body)
	}
	return got.Data.RequestPasswordReset.RequestID, a
}

// awaitMail returns the newest of n mails to an address.
func awaitMail(t *testing.T, w *harness.Server, to string, n int) *mail.Rendered {
	t.Helper()
	for deadline := time.Now().Add(harness.Patience); ; {
		if mails := w.App.Mails.Mailbox.Mails(to); len(mails) >= n {
			return mails[0]
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s has %d mails, want %d", to, len(w.App.Mails.Mailbox.Mails(to)), n)
		}
		runtime.Gosched()
	}
}

// linkToken returns the token in the fragment of a mail's link.
func linkToken(t *testing.T, m *mail.Rendered) string {
	t.Helper()
	u, err := url.Parse(m.Link)
	if err != nil {
		t.Fatal(err)
	}
	_, query, _ := strings.Cut(u.Fragment, "?")
	values, err := url.ParseQuery(query)
	if err != nil || values.Get("token") == "" || u.RawQuery != "" {
		t.Fatalf("the link %q has no token in its fragment: %v", m.Link, err)
	}
	return values.Get("token")
}

func TestResetPassword_Link(t *testing.T) {
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		ada := w.Register(t, "ada@example.com", harness.Password)
		requestReset(t, w, "ADA@example.com", nil)
		token := linkToken(t, awaitMail(t, w, "ada@example.com", 1))
		for _, row := range []struct {
			name      string
			variables map[string]any
			want      string
		}{
			{"a wrong token", map[string]any{"t": token[1:] + "A", "n": nextPassword}, "ONE_TIME_TOKEN_INVALID"},
			{"no token", map[string]any{"n": nextPassword}, `"field":"token"`},
			{"token and code", map[string]any{"t": token, "r": "x", "c": "12345678", "n": nextPassword}, `"field":"token"`},
			{"a short password", map[string]any{"t": token, "n": "short"}, "PASSWORD_TOO_SHORT"},
			{"the address as password", map[string]any{"t": token, "n": "ada@example.com"}, "PASSWORD_IS_PERSONAL"},
		} {
			got := w.Query(t, "", resetDocument, row.variables)
			if !strings.Contains(got.Body, row.want) {
				t.Errorf("%s: got %s, want %s", row.name, got.Body, row.want)
			}
		}
		in, a := w.RequestSignIn(t, "resetPassword", "", resetDocument, map[string]any{"t": token, "n": nextPassword}, nil)
		if in.AccessToken == "" || in.User.ID != ada.ID || !w.TokenValid(t, in.AccessToken) {
			t.Fatalf("the right token: got %s, want a session", a.Body)
		}
		if got := w.Query(t, ada.Token, `{ me { id } }`, nil); !strings.Contains(got.Body, "SESSION_ENDED") {
			t.Errorf("the session before: got %s, want SESSION_ENDED", got.Body)
		}
		if got := w.Query(t, "", resetDocument, map[string]any{"t": token, "n": nextPassword}); !strings.Contains(got.Body, "ONE_TIME_TOKEN_INVALID") {
			t.Errorf("the token again: got %s, want ONE_TIME_TOKEN_INVALID", got.Body)
		}
		if in, a := w.Login(t, "ada@example.com", map[string]any{"password": nextPassword}); in.AccessToken == "" {
			t.Errorf("login with the new password: got %s", a.Body)
		}
		if got := awaitMail(t, w, "ada@example.com", 2); got.Kind != mail.PasswordChanged {
			t.Errorf("the second mail: got %s, want %s", got.Kind, mail.PasswordChanged)
		}
		if got := w.Query(t, in.AccessToken, `{ me { emailConfirmed } }`, nil); !strings.Contains(got.Body, `"emailConfirmed":true`) {
			t.Errorf("the address after its proof: got %s, want it confirmed", got.Body)
		}
	})
}

// TestResetPassword_Code proves that a code is valid with its request only, and in the browser that asked.
func TestResetPassword_Code(t *testing.T) {
	w := harness.StartSQLite(t)
	w.Register(t, "ada@example.com", harness.Password)
	browser := http.Header{"Sec-Fetch-Site": {"same-origin"}}
	first, a := requestReset(t, w, "ada@example.com", browser)
	cookies := (&http.Response{Header: a.Header}).Cookies()
	if len(cookies) != 1 || !strings.Contains(cookies[0].Name, "request") || !cookies[0].HttpOnly {
		t.Fatalf("got the cookies %v, want the request cookie", cookies)
	}
	firstCode := awaitMail(t, w, "ada@example.com", 1).Code
	browser.Set("Cookie", cookies[0].Name+"="+cookies[0].Value)
	second, _ := requestReset(t, w, "ada@example.com", browser)
	code := awaitMail(t, w, "ada@example.com", 2).Code
	if len(code) != 8 || strings.Trim(code, "0123456789") != "" {
		t.Fatalf("got the code %q, want 8 digits", code)
	}
	other := http.Header{"Sec-Fetch-Site": {"same-origin"}}
	for _, row := range []struct {
		name, request, code string
		header              http.Header
		right               bool
	}{
		{"the code of another request", second, firstCode, browser, firstCode == code},
		{"a request of nothing", "AAAA", code, browser, false},
		{"in another browser", second, code, other, false},
		{"in the browser that asked, in groups", second, " " + code[:4] + " " + code[4:], browser, true},
		{"after the use of another code", first, firstCode, browser, false},
	} {
		in, a := w.RequestSignIn(t, "resetPassword", "", resetDocument,
			map[string]any{"r": row.request, "c": row.code, "n": nextPassword}, row.header)
		if got := in.AccessToken != ""; got != row.right || !got && !strings.Contains(a.Body, "ONE_TIME_TOKEN_INVALID") {
			t.Errorf("%s: got %s, want success: %v", row.name, a.Body, row.right)
		}
	}
}

// TestResetPassword_Guesses proves that a request takes five codes, and an address ten, over all its requests.
func TestResetPassword_Guesses(t *testing.T) {
	w := harness.StartSQLite(t, "AUTHGRAPH_RATE_LIMITS=true")
	w.Register(t, "ada@example.com", harness.Password)
	guess := func(request, code string) string {
		return w.Query(t, "", resetDocument, map[string]any{"r": request, "c": code, "n": nextPassword}).Body
	}
	for n := range 3 {
		id, _ := requestReset(t, w, "ada@example.com", nil)
		m := awaitMail(t, w, "ada@example.com", n+1)
		wrong := "00000000"
		if m.Code == wrong {
			wrong = "00000001"
		}
		want := "ONE_TIME_TOKEN_INVALID"
		if n == 2 {
			want = "RATE_LIMITED" // ten wrong codes for the address
		}
		for i := range 5 {
			if spelled := guess(id[:i+1]+"\n"+id[i+1:], m.Code); !strings.Contains(spelled, "ONE_TIME_TOKEN_INVALID") {
				t.Errorf("request %d with a line end: got %s, want ONE_TIME_TOKEN_INVALID", n, spelled)
			}
			if got := guess(id, wrong); !strings.Contains(got, want) {
				t.Errorf("request %d, guess %d: got %s, want %s", n, i, got, want)
			}
		}
		if got := guess(id, m.Code); !strings.Contains(got, "RATE_LIMITED") {
			t.Errorf("request %d, the right code after five: got %s, want RATE_LIMITED", n, got)
		}
		if n == 2 {
			if in, a := w.RequestSignIn(t, "resetPassword", "", resetDocument, map[string]any{"t": linkToken(t, m), "n": nextPassword}, nil); in.AccessToken == "" {
				t.Errorf("the link: got %s, want a session", a.Body)
			}
		}
	}
}

// TestRequestPasswordReset_Alike proves that the answer is the same for every address, and that an address without an account
// gets no mail.
func TestRequestPasswordReset_Alike(t *testing.T) {
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		w.Register(t, "ada@example.com", harness.Password)
		known, a := requestReset(t, w, "ada@example.com", nil)
		unknown, b := requestReset(t, w, "bob@example.com", nil)
		if len(known) != len(unknown) {
			t.Errorf("request ids of %d and %d characters, want the same", len(known), len(unknown))
		}
		if got, want := strings.ReplaceAll(b.Body, unknown, "ID"), strings.ReplaceAll(a.Body, known, "ID"); got != want || b.Status != a.Status {
			t.Errorf("an unknown address: got %d %s, want %d %s", b.Status, got, a.Status, want)
		}
		requestReset(t, w, "ada@example.com", nil)
		awaitMail(t, w, "ada@example.com", 2) // sent after the decoy
		if mails := w.App.Mails.Mailbox.Mails(""); len(mails) != 2 {
			t.Errorf("got %d mails, want the 2 to the account", len(mails))
		}
		for _, secret := range []string{known, unknown} {
			if strings.Contains(w.Log.String(), secret) {
				t.Error("a request id is in the log")
			}
		}
		if got := w.Query(t, "", resetDocument, map[string]any{"r": unknown, "c": "12345678", "n": nextPassword}); !strings.Contains(got.Body, "ONE_TIME_TOKEN_INVALID") {
			t.Errorf("a code for an unknown address: got %s", got.Body)
		}
	})
}

// TestDeleteAccount_Links proves that a deletion voids the links that were mailed before.
func TestDeleteAccount_Links(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	ada := w.Register(t, "ada@example.com", harness.Password)
	requestReset(t, w, "ada@example.com", nil)
	token := linkToken(t, awaitMail(t, w, "ada@example.com", 1))
	w.Query(t, ada.Token, deleteDocument, nil)
	if got := w.Query(t, "", resetDocument, map[string]any{"t": token, "n": nextPassword}); !strings.Contains(got.Body, "ONE_TIME_TOKEN_INVALID") {
		t.Errorf("a link from before the deletion: got %s, want ONE_TIME_TOKEN_INVALID", got.Body)
	}
}

// TestChangePassword_Mails proves the notices of account life, and that a change voids the links that reset the password.
func TestChangePassword_Mails(t *testing.T) {
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		s := steps{w}
		ada := w.Register(t, "ada@example.com", harness.Password)
		requestReset(t, w, "ada@example.com", nil)
		token := linkToken(t, awaitMail(t, w, "ada@example.com", 1))
		next, a := s.change(t, ada.Token, harness.Password, nextPassword)
		if next.AccessToken == "" {
			t.Fatal(a.Body)
		}
		if got := awaitMail(t, w, "ada@example.com", 2); got.Kind != mail.PasswordChanged {
			t.Errorf("after the change: got %s", got.Kind)
		}
		if got := w.Query(t, "", resetDocument, map[string]any{"t": token, "n": harness.Password}); !strings.Contains(got.Body, "ONE_TIME_TOKEN_INVALID") {
			t.Errorf("a link from before the change: got %s, want ONE_TIME_TOKEN_INVALID", got.Body)
		}
		w.Query(t, next.AccessToken, deleteDocument, nil)
		if got := awaitMail(t, w, "ada@example.com", 3); got.Kind != mail.AccountDeletion {
			t.Errorf("after the deletion: got %s", got.Kind)
		}
	})
}
