package auth_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"authgraph/auth"
)

// authenticator answers every token alike and remembers the last one.
type authenticator struct {
	caller *auth.Principal
	err    error
	seen   string
}

func (a *authenticator) Authenticate(_ context.Context, token string) (*auth.Principal, error) {
	a.seen = token
	return a.caller, a.err
}

// serve sends a request with the given Authorization headers through the middleware and returns who was calling.
func serve(t *testing.T, a auth.Authenticator, headers []string) (principal *auth.Principal, err error) {
	t.Helper()
	reached := false
	handler := auth.Middleware(a)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		reached = true
		principal, err = auth.From(r.Context())
	}))
	request := httptest.NewRequest(http.MethodPost, "/graphql", nil)
	request.Header["Authorization"] = headers
	handler.ServeHTTP(httptest.NewRecorder(), request)
	if !reached {
		t.Fatal("the middleware refused the request by itself")
	}
	return principal, err
}

func TestMiddleware_Header(t *testing.T) {
	for _, row := range []struct {
		name    string
		headers []string
		token   string // token that the authenticator is called with; "": it is not called
		want    error
	}{
		{"none", nil, "", auth.ErrTokenMissing},
		{"empty", []string{""}, "", auth.ErrTokenMissing},
		{"Bearer", []string{"Bearer abc"}, "abc", nil},
		{"lower case", []string{"bearer abc"}, "abc", nil},
		{"upper case", []string{"BEARER abc"}, "abc", nil},
		{"several spaces", []string{"Bearer   abc "}, "abc", nil},
		{"two headers", []string{"Bearer abc", "Bearer abc"}, "", auth.ErrTokenInvalid},
		{"two schemes", []string{"Basic dTpw", "Bearer abc"}, "", auth.ErrTokenInvalid},
		{"Basic", []string{"Basic dTpw"}, "", auth.ErrTokenMissing},
		{"a scheme that begins alike", []string{"Bearers abc"}, "", auth.ErrTokenMissing},
		{"no scheme", []string{"abc"}, "", auth.ErrTokenMissing},
		{"line end behind the token", []string{"Bearer abc\n"}, "", auth.ErrTokenInvalid},
		{"line end before the token", []string{"Bearer \r\nabc"}, "", auth.ErrTokenInvalid},
		{"tab in the token", []string{"Bearer a\tbc"}, "", auth.ErrTokenInvalid},
		{"no ASCII", []string{"Bearer äbc"}, "", auth.ErrTokenInvalid},
		{"every character of a token", []string{"Bearer aZ09-._~+/=="}, "aZ09-._~+/==", nil},
		{"no token", []string{"Bearer"}, "", auth.ErrTokenInvalid},
		{"empty token", []string{"Bearer  "}, "", auth.ErrTokenInvalid},
	} {
		t.Run(row.name, func(t *testing.T) {
			a := &authenticator{caller: &auth.Principal{Subject: "user_1"}}
			principal, err := serve(t, a, row.headers)
			if !errors.Is(err, row.want) || (err == nil) != (row.want == nil) || (principal != nil) != (row.want == nil) {
				t.Errorf("got %+v, %v, want %v", principal, err, row.want)
			}
			if a.seen != row.token {
				t.Errorf("asked about %q, want %q", a.seen, row.token)
			}
		})
	}
}

func TestMiddleware_Authenticator(t *testing.T) {
	caller := &auth.Principal{Subject: "user_1"}
	for _, row := range []struct {
		name string
		a    authenticator
		want error
	}{
		{"a nil principal", authenticator{}, auth.ErrTokenInvalid},
		{"expired", authenticator{err: auth.ErrTokenExpired}, auth.ErrTokenExpired},
		{"out of reach", authenticator{err: auth.ErrUnavailable}, auth.ErrUnavailable},
		{"an error beside a principal", authenticator{caller: caller, err: auth.ErrSessionEnded}, auth.ErrSessionEnded},
	} {
		t.Run(row.name, func(t *testing.T) {
			if principal, err := serve(t, &row.a, []string{"Bearer abc"}); principal != nil || !errors.Is(err, row.want) {
				t.Errorf("got %+v, %v, want %v", principal, err, row.want)
			}
		})
	}
}

func TestFrom_NobodyHasAReason(t *testing.T) {
	for name, ctx := range map[string]context.Context{
		"no middleware":        t.Context(),
		"a nil caller":         auth.With(t.Context(), nil),
		"nobody for no reason": auth.WithAnonymous(t.Context(), nil),
	} {
		if principal, err := auth.From(ctx); principal != nil || !errors.Is(err, auth.ErrTokenMissing) {
			t.Errorf("%s: got %+v, %v, want ErrTokenMissing", name, principal, err)
		}
	}
}
