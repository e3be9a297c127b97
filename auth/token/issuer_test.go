package token

import (
	"encoding/base64"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/golang-jwt/jwt/v5"

	"authgraph/auth"
)

var (
	now      = time.Date(2026, 1, 2, 3, 4, 5, 678_912_345, time.UTC)
	settings = Settings{
		Issuer: "https://issuer.test", Audience: "https://api.test", ClientID: "authgraph", Lifetime: 10 * time.Minute,
	}
)

func openIssuer(t *testing.T) *Issuer {
	t.Helper()
	i := NewIssuer(openRing(t, newMemory(), DefaultAlgorithm), settings, func() time.Time { return now })
	return i
}

// examplePrincipal returns a principal with all fields that a token has.
func examplePrincipal() *auth.Principal {
	return &auth.Principal{
		Subject: "user_1", Session: "session_1",
		Roles: []string{"admin", "user"}, Permissions: []string{"USERS_READ", "AUDIT_READ"},
		Methods: []string{"pwd"}, Assurance: auth.SingleFactor, AuthTime: now.Add(-time.Hour),
		ReadAt: now.Truncate(time.Second).Add(123_456 * time.Microsecond),
	}
}

func issue(t *testing.T, i *Issuer, p *auth.Principal) string {
	t.Helper()
	text, lifetime, err := i.Issue(t.Context(), p, time.Hour)
	if err != nil || lifetime != settings.Lifetime {
		t.Fatalf("got a lifetime of %v, %v, want %v", lifetime, err, settings.Lifetime)
	}
	return text
}

// part decodes the header (0) or the claims (1) of a token. A name that occurs twice is an error.
func part(t *testing.T, text string, n int) map[string]any {
	t.Helper()
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		t.Fatalf("%s has %d parts, want 3", text, len(parts))
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(parts[n])
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]any
	if err := json.Unmarshal(raw, &members); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return members
}

// The token has the header and claims of RFC 9068, 2.1 and 2.2, and no others.
func TestIssue(t *testing.T) {
	i := openIssuer(t)
	text := issue(t, i, examplePrincipal())
	got, want := part(t, text, 0), map[string]any{"typ": "at+jwt", "alg": "ES256", "kid": i.ring.held.Load().active.ID}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got the header %v\nwant %v", got, want)
	}
	got = part(t, text, 1)
	want = map[string]any{
		"iss": "https://issuer.test", "aud": []any{"https://api.test"}, "sub": "user_1", "sid": "session_1",
		"client_id": "authgraph", "iat": 1767323045.0, "exp": 1767323645.0, "auth_time": 1767319445.0,
		"read_at_us": 1767323045123456.0,
		"amr":        []any{"pwd"}, "acr": "SINGLE_FACTOR", "roles": []any{"admin", "user"},
		"entitlements": []any{"USERS_READ", "AUDIT_READ"}, "jti": got["jti"],
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if jti, _ := got["jti"].(string); len(jti) < 22 { // 128 bits in base64
		t.Errorf("jti is %q, which can be guessed", jti)
	}
}

func TestIssue_LeavesOutWhatThereIsNot(t *testing.T) {
	got := part(t, issue(t, openIssuer(t), &auth.Principal{Subject: "user_1", Session: "session_1", AuthTime: now}), 1)
	want := []string{"aud", "auth_time", "client_id", "exp", "iat", "iss", "jti", "sid", "sub"}
	if names := slices.Sorted(maps.Keys(got)); !slices.Equal(names, want) {
		t.Errorf("got %v, want %v", names, want)
	}
}

func TestIssue_EachTokenHasAnID(t *testing.T) {
	i, seen := openIssuer(t), map[any]bool{}
	for range 100 {
		id := part(t, issue(t, i, examplePrincipal()), 1)["jti"]
		if seen[id] {
			t.Fatalf("%v came twice", id)
		}
		seen[id] = true
	}
}

// The four times of a token are whole seconds in its text, rounded down, and by this server's clock, whatever the
// database's clock says. A verifier without leeway accepts the token in its first second (PyJWT before 2.7 compares
// `iat` with its whole seconds, and other libraries refuse a fraction).
func TestIssue_Times(t *testing.T) {
	for name, row := range map[string]struct{ proved, wantProved time.Time }{
		"an hour ago":                    {now.Add(-time.Hour), now.Add(-time.Hour)},
		"now":                            {now, now},
		"ahead by a difference of ticks": {now.Add(400 * time.Millisecond), now},
	} {
		i, principal := openIssuer(t), examplePrincipal()
		principal.AuthTime, principal.ReadAt = row.proved, now.Add(-20*time.Minute)
		text := issue(t, i, principal)
		raw, err := base64.RawURLEncoding.DecodeString(strings.Split(text, ".")[1])
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			IssuedAt  int64 `json:"iat"` // a fraction is an error
			ExpiresAt int64 `json:"exp"`
			AuthTime  int64 `json:"auth_time"`
			NotBefore int64 `json:"nbf"`
			ReadAt    int64 `json:"read_at_us"`
		}
		if err := json.Unmarshal(raw, &got); err != nil {
			t.Fatalf("%s: %s: %v", name, raw, err)
		}
		if got.IssuedAt != now.Unix() || got.ExpiresAt != now.Add(settings.Lifetime).Unix() ||
			got.AuthTime != row.wantProved.Unix() {
			t.Errorf("%s: got %s", name, raw)
		} else if got.NotBefore != 0 || got.ReadAt != principal.ReadAt.UnixMicro() {
			t.Errorf("%s: got %s", name, raw)
		}
		strict := jwt.NewParser(jwt.WithIssuedAt(), jwt.WithExpirationRequired(), jwt.WithLeeway(0), jwt.WithTimeFunc(func() time.Time { return now.Truncate(time.Second) }))
		key := i.ring.held.Load().active.Public
		if _, err := strict.Parse(text, func(*jwt.Token) (any, error) { return key, nil }); err != nil {
			t.Errorf("%s: golang-jwt without leeway: %v", name, err)
		}
	}
}

// The verifier that other servers use reads what the issuer wrote, to the second, and until its end.
func TestIssue_Verified(t *testing.T) {
	i := openIssuer(t)
	text := issue(t, i, examplePrincipal())
	at := func(clock time.Time) (*auth.Principal, error) {
		return auth.NewVerifier(i.ring, settings.Issuer, settings.Audience,
			auth.WithClock(func() time.Time { return clock })).Authenticate(t.Context(), text)
	}
	got, err := at(now)
	if err != nil {
		t.Fatal(err)
	}
	want := examplePrincipal()
	want.AuthTime, want.IssuedAt = want.AuthTime.Truncate(time.Second), now.Truncate(time.Second)
	want.ExpiresAt, want.ClientID, want.TokenID = want.IssuedAt.Add(settings.Lifetime), "authgraph", got.TokenID
	want.KeyID = i.ring.held.Load().active.ID
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if _, err := at(want.ExpiresAt.Add(-time.Millisecond)); err != nil {
		t.Errorf("a millisecond before its end: %v", err)
	}
	if _, err := at(want.ExpiresAt); !errors.Is(err, auth.ErrTokenExpired) {
		t.Errorf("at its end: got %v, want ErrTokenExpired", err)
	}
}

// No token is issued that a verifier refuses for its length, whatever the roles are.
func TestIssue_TooLong(t *testing.T) {
	i := openIssuer(t)
	v := auth.NewVerifier(i.ring, settings.Issuer, settings.Audience, auth.WithClock(func() time.Time { return now }))
	issued, refused := 0, 0
	for size := 5300; size < 5800; size++ { // the bound is within
		principal := examplePrincipal()
		principal.Roles = []string{strings.Repeat("r", size)}
		text, _, err := i.Issue(t.Context(), principal, time.Hour)
		if errors.Is(err, ErrTooLong) && text == "" {
			refused++
			continue
		}
		issued++
		if err != nil || len(text) > auth.MaxTokenLength {
			t.Fatalf("roles of %d bytes: got a token of %d, %v", size, len(text), err)
		}
		if _, err := v.Authenticate(t.Context(), text); err != nil {
			t.Fatalf("roles of %d bytes: the verifier refuses a token of %d: %v", size, len(text), err)
		}
	}
	if issued == 0 || refused == 0 {
		t.Errorf("got %d issued, %d refused, want some of each", issued, refused)
	}
}
