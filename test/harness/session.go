package harness

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// AccountID returns the account that a token speaks for.
func (w *Server) AccountID(t *testing.T, token string) string {
	t.Helper()
	id, _ := Claims(t, token)["sub"].(string)
	return id
}

// Claims returns the claims of an access token.
func Claims(t *testing.T, token string) (c map[string]any) {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// SignIn is what a sign-in answered.
type SignIn struct {
	AccessToken, RefreshToken string
	User                      struct{ ID string }
	Session                   struct{ ID string }
}

// SignInFields selects the fields of a SignIn.
const SignInFields = `{ accessToken refreshToken user { id } session { id } }`

// Login logs in and returns the payload; further members of the input come from more.
func (w *Server) Login(t *testing.T, email string, more map[string]any) (SignIn, Response) {
	t.Helper()
	input := map[string]any{"email": email, "password": Password}
	for name, value := range more {
		input[name] = value
	}
	return w.RequestSignIn(t, "login", "", `mutation($i: LoginInput!) { login(input: $i) `+SignInFields+` }`, map[string]any{"i": input}, nil)
}

// Refresh exchanges a refresh token.
func (w *Server) Refresh(t *testing.T, token string) (SignIn, Response) {
	t.Helper()
	return w.RequestSignIn(t, "refresh", "", `mutation($t: String) { refresh(refreshToken: $t) `+SignInFields+` }`,
		map[string]any{"t": token}, nil)
}

// RequestSignIn sends a document that signs in by the root field, and returns the field's payload.
func (w *Server) RequestSignIn(
	t *testing.T, field, bearer, document string, variables map[string]any, header http.Header,
) (SignIn, Response) {
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
	a := w.Do(t, http.MethodPost, "/graphql", string(body), h)
	var got struct{ Data map[string]*SignIn }
	if err := json.Unmarshal([]byte(a.Body), &got); err != nil {
		t.Fatalf("%d %s: %v", a.Status, a.Body, err)
	}
	if got.Data[field] == nil {
		return SignIn{}, a
	}
	return *got.Data[field], a
}

// TokenValid reports whether `me` accepts an access token.
func (w *Server) TokenValid(t *testing.T, token string) bool {
	t.Helper()
	return strings.HasPrefix(w.Query(t, token, `{ me { id } }`, nil).Body, `{"data":{"me":{"id":"`)
}

// CookieOf returns the first cookie that a response sets, or nil.
func CookieOf(a Response) *http.Cookie {
	for _, c := range (&http.Response{Header: a.Header}).Cookies() {
		return c
	}
	return nil
}
