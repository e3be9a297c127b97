package auth

import (
	"context"
	"net/http"
	"strings"
)

// Authenticator decides whether a bearer token counts. Its error is a *Error: ErrTokenInvalid, ErrTokenExpired,
// ErrSessionEnded or ErrUnavailable.
type Authenticator interface {
	Authenticate(ctx context.Context, token string) (*Principal, error)
}

// Middleware decodes the bearer token of each request and puts the caller, or the reason for its absence, into its context
// for From and the guard. It refuses nothing itself: a login must work with a stale token in its header, and only
// the guard knows which fields need a caller.
func Middleware(a Authenticator) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r.WithContext(authenticate(r.Context(), a, r.Header)))
		})
	}
}

// Init is the Middleware of a socket: the token is the `Authorization` of the connection_init message's payload, or
// otherwise what the handshake's header had.
func Init(ctx context.Context, a Authenticator, payload map[string]any) context.Context {
	for _, name := range []string{"Authorization", "authorization"} {
		switch value := payload[name].(type) {
		case nil:
		case string:
			return authenticate(ctx, a, http.Header{"Authorization": {value}})
		default:
			return WithAnonymous(ctx, ErrTokenInvalid)
		}
	}
	return ctx
}

func authenticate(ctx context.Context, a Authenticator, header http.Header) context.Context {
	token, err := bearer(header)
	if err != nil {
		return WithAnonymous(ctx, err)
	}
	caller, err := a.Authenticate(ctx, token)
	if err != nil {
		return WithAnonymous(ctx, err)
	}
	if caller == nil { // an Authenticator that is wrong must not let a nil caller through
		return WithAnonymous(ctx, ErrTokenInvalid)
	}
	return With(ctx, caller)
}

// bearer returns the token of RFC 6750, 2.1. Two Authorization headers are refused, since a proxy may have checked
// the other one. Credentials of another scheme are not ours to judge: they count as none.
func bearer(header http.Header) (string, error) {
	values := header.Values("Authorization")
	switch len(values) {
	case 0:
		return "", ErrTokenMissing
	case 1:
	default:
		return "", ErrTokenInvalid
	}
	scheme, token, _ := strings.Cut(values[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", ErrTokenMissing
	}
	if token = strings.Trim(token, " "); token == "" || !isB64Token(token) {
		return "", ErrTokenInvalid
	}
	return token, nil
}

// b64Token tells of each byte whether it is of the syntax of bearer tokens: RFC 6750, 2.1.
var b64Token = func() (of [256]bool) {
	for c := range of {
		of[c] = !outsideJWT(rune(c)) || c == '~' || c == '+' || c == '/' || c == '='
	}
	return of
}()

func isB64Token(s string) bool {
	for i := range len(s) {
		if !b64Token[s[i]] {
			return false
		}
	}
	return true
}

// outsideJWT reports whether a character is neither of base64url nor the dot between the parts of a token: RFC 7515, 3.1.
// Package base64 ignores CR and LF, so decoding a token does not refuse every other spelling of it.
func outsideJWT(c rune) bool {
	letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
	return !letter && (c < '0' || c > '9') && c != '-' && c != '_' && c != '.'
}
