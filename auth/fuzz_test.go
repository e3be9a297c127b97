package auth_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"authgraph/auth"
	"authgraph/auth/policydoc"
)

// The keys of these tests are always the same, so that an input which was kept means the same tomorrow.
var (
	fuzzOwn     = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, ed25519.SeedSize))
	fuzzForeign = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{2}, ed25519.SeedSize))
	fuzzSecret  = bytes.Repeat([]byte{3}, 32)
)

func fuzzVerifier() *auth.Verifier {
	return auth.NewVerifier(auth.KeySet{
		{ID: "ed", Algorithm: "EdDSA", Public: fuzzOwn.Public()}, {ID: "mac", Algorithm: "HS256", Public: fuzzSecret},
	}, issuer, audience, auth.WithClock(func() time.Time { return now }))
}

// FuzzVerifier signs arbitrary headers and payloads with our keys, and in all the ways in which an attacker can. Only tokens
// with our signature and all required claims are valid.
func FuzzVerifier(f *testing.F) {
	verifier := fuzzVerifier()
	base := func(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
	mac := func(key []byte, said string) []byte {
		h := hmac.New(sha256.New, key)
		_, _ = h.Write([]byte(said))
		return h.Sum(nil)
	}
	f.Fuzz(func(t *testing.T, header, payload []byte, at uint16, text string) {
		said := base(header) + "." + base(payload)
		own := ed25519.Sign(fuzzOwn, []byte(said))
		off := bytes.Clone(own)
		off[int(at)%len(off)] ^= 1 << (at % 8)
		for name, token := range map[string]string{
			"bare": text, "unsigned": said + ".", "signed by another": said + "." + base(ed25519.Sign(fuzzForeign, []byte(said))),
			"one bit off": said + "." + base(off), "a MAC under the public key": said + "." + base(mac(fuzzOwn.Public().(ed25519.PublicKey), said)),
			"a MAC under another secret": said + "." + base(mac(fuzzSecret[1:], said)), "a signature of text": said + "." + text,
		} {
			if principal, err := verifier.Authenticate(t.Context(), token); err == nil ||
				!errors.Is(err, auth.ErrTokenInvalid) || principal != nil {
				t.Fatalf("%s: %q authenticates %+v, %v", name, token, principal, err)
			}
		}
		for alg, token := range map[string]string{"EdDSA": said + "." + base(own), "HS256": said + "." + base(mac(fuzzSecret, said))} {
			principal, err := verifier.Authenticate(t.Context(), token)
			if err == nil {
				mustCount(t, alg, header, payload, principal)
			} else if !errors.Is(err, auth.ErrTokenInvalid) && !errors.Is(err, auth.ErrTokenExpired) {
				t.Fatalf("%s: %v", token, err)
			}
		}
	})
}

// mustCount reads an accepted token once more, without any of the verifier's code.
func mustCount(t *testing.T, alg string, header, payload []byte, principal *auth.Principal) {
	t.Helper()
	var h, c map[string]any
	if json.Unmarshal(header, &h) != nil || json.Unmarshal(payload, &c) != nil {
		t.Fatalf("no JSON: %q.%q", header, payload)
	}
	typ, _ := h["typ"].(string)
	typ = strings.ToLower(typ)
	_, critical := h["crit"]
	if h["alg"] != alg || typ != "at+jwt" && typ != "application/at+jwt" {
		t.Errorf("a header that should not count: %s", header)
	} else if critical || principal.KeyID != h["kid"] {
		t.Errorf("a header that should not count: %s", header)
	}
	claim := func(name string) (value any) { // names differ in case alone to encoding/json: the last one counts
		for key := range c {
			if strings.EqualFold(key, name) {
				if value != nil {
					return nil
				}
				value = c[key]
			}
		}
		return value
	}
	if iss := claim("iss"); iss != nil && iss != issuer || principal.Subject == "" {
		t.Errorf("a payload that should not count: %s", payload)
	} else if principal.Session == "" {
		t.Errorf("a payload that should not count: %s", payload)
	}
	if !now.Before(principal.ExpiresAt) || principal.IssuedAt.After(now.Add(time.Minute)) || principal.IssuedAt.IsZero() {
		t.Errorf("times that should not count: %s", payload)
	}
	if sub := claim("sub"); sub != nil && sub != principal.Subject {
		t.Errorf("%s authenticates %q", payload, principal.Subject)
	}
	if act := claim("act"); act != nil && principal.Actor == "" {
		t.Errorf("who acts passes for the person: %s", payload)
	}
}

// only is an Authenticator that knows one token.
type only string

func (o only) Authenticate(_ context.Context, token string) (*auth.Principal, error) {
	if token != string(o) {
		return nil, auth.ErrTokenInvalid
	}
	return &auth.Principal{Subject: "user_1"}, nil
}

// FuzzMiddleware sends one and two Authorization headers, and a socket's payload.
func FuzzMiddleware(f *testing.F) {
	const good = "good"
	f.Fuzz(func(t *testing.T, first, second string, two bool, payload []byte) {
		values := []string{first}
		if two {
			values = append(values, second)
		}
		want := func(values ...string) bool {
			return len(values) == 1 && len(values[0]) > 7 && strings.EqualFold(values[0][:7], "bearer ") && strings.Trim(values[0][7:], " ") == good
		}
		check := func(ctx context.Context, want bool, what any) {
			principal, err := auth.From(ctx)
			if want != (err == nil) || want != (principal != nil) {
				t.Fatalf("%q: got %+v, %v", what, principal, err)
			}
			if err != nil && !errors.Is(err, auth.ErrTokenMissing) && !errors.Is(err, auth.ErrTokenInvalid) {
				t.Fatalf("%q: got %v", what, err)
			}
		}
		r := httptest.NewRequest(http.MethodPost, "/", nil)
		r.Header["Authorization"] = values
		auth.Middleware(only(good))(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			check(r.Context(), want(values...), values)
		})).ServeHTTP(httptest.NewRecorder(), r)
		var input map[string]any
		if json.Unmarshal(payload, &input) != nil {
			return
		}
		ctx := auth.Init(auth.WithAnonymous(t.Context(), auth.ErrTokenMissing), only(good), input)
		text, isText := input["Authorization"].(string)
		if input["Authorization"] == nil {
			text, isText = input["authorization"].(string)
		}
		check(ctx, isText && want(text), input)
	})
}

// FuzzPolicy compiles schemas. A schema that compiles denies anonymous callers every field that is not public, and its lock has
// the same rules after it is read again.
func FuzzPolicy(f *testing.F) {
	f.Fuzz(func(t *testing.T, sdl, lock string) {
		schema, err := gqlparser.LoadSchema(&ast.Source{Name: "test", Input: prelude + sdl})
		if err != nil || schema.Query == nil {
			return
		}
		policy, err := auth.NewPolicy(schema)
		guard, errGuard := auth.NewGuard(schema)
		if (err == nil) != (errGuard == nil) {
			t.Fatalf("the policy says %v, and the guard %v", err, errGuard)
		}
		if err != nil {
			return
		}
		ctx := within(auth.WithAnonymous(t.Context(), auth.ErrTokenMissing), guard)
		for _, definition := range schema.Types {
			root := definition == schema.Query || definition == schema.Mutation || definition == schema.Subscription
			for _, field := range definition.Fields {
				open := field.Directives.ForName("public") != nil
				guarded := field.Directives.ForName("auth") != nil || definition.Directives.ForName("auth") != nil && !open
				if strings.HasPrefix(field.Name, "__") || definition.Kind != ast.Object || !root && !guarded {
					continue
				}
				if policy.Public(definition.Name, field.Name) != open {
					t.Fatalf("%s.%s is public: %v", definition.Name, field.Name, !open)
				}
				if got := resolve(ctx, guard, definition.Name, field.Name, owned("user_1"), field.Directives.ForName("auth") != nil); (got == nil) != open {
					t.Fatalf("%s.%s answers nobody with %v", definition.Name, field.Name, got)
				}
			}
		}
		var written bytes.Buffer
		if err := policydoc.WriteLock(&written, policy); err != nil {
			t.Fatal(err)
		}
		if changes, err := policydoc.Compare(policy, &written); err != nil || len(changes) > 0 {
			t.Fatalf("its own lock says %v, %v", changes, err)
		}
		_, _ = policydoc.Compare(policy, strings.NewReader(lock)) // an edited lock: it must not panic
	})
}

// FuzzParseJWKS reads sets of keys that another server has published.
func FuzzParseJWKS(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		keys, err := auth.ParseJWKS(data)
		if err != nil {
			return
		}
		again, err := auth.MarshalJWKS(keys)
		if err != nil {
			t.Fatal(err)
		}
		back, err := auth.ParseJWKS(again)
		if err != nil || len(back) != len(keys) {
			t.Fatalf("%d keys are %d when they are read again: %v", len(keys), len(back), err)
		}
		for n, k := range keys {
			same, ok := k.Public.(interface{ Equal(x crypto.PublicKey) bool })
			if k.ID == "" || k.ID != back[n].ID || k.Algorithm != back[n].Algorithm {
				t.Fatalf("%+v is %+v when it is read again", k, back[n])
			}
			if k.Algorithm == "HS256" || !ok || !same.Equal(back[n].Public) {
				t.Fatalf("%+v is %+v when it is read again", k, back[n])
			}
		}
	})
}
