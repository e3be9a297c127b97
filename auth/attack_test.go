package auth_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"maps"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"authgraph/auth"
)

const (
	issuer   = "https://issuer.test"
	audience = "https://api.test"
)

var now = time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC)

// keys are what the tests sign with: the issuer's, and an attacker's.
type keys struct {
	own, foreign *ecdsa.PrivateKey
	rsa          *rsa.PrivateKey
	set          auth.KeySet
}

func newKeys(t *testing.T) keys {
	t.Helper()
	own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return keys{own, foreign, private, auth.KeySet{
		{ID: "ec", Algorithm: "ES256", Public: &own.PublicKey}, {ID: "ed", Algorithm: "EdDSA", Public: public},
		{ID: "rsa", Algorithm: "PS256", Public: &private.PublicKey},
	}}
}

func (k keys) verifier() *auth.Verifier {
	return auth.NewVerifier(k.set, issuer, audience, auth.WithClock(func() time.Time { return now }))
}

// embedded are the headers that bring the attacker's own key along, whole: RFC 7515, 4.1.3 and 4.1.6.
func (k keys) embedded(t *testing.T) (jwk, x5c map[string]any) {
	t.Helper()
	set, err := auth.MarshalJWKS([]auth.Key{{ID: "foreign", Algorithm: "ES256", Public: &k.foreign.PublicKey}})
	if err != nil {
		t.Fatal(err)
	}
	var parsed struct{ Keys []map[string]any }
	if err := json.Unmarshal(set, &parsed); err != nil {
		t.Fatal(err)
	}
	certificate := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: issuer}, NotBefore: now, NotAfter: now.AddDate(1, 0, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, certificate, certificate, &k.foreign.PublicKey, k.foreign)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]any{"jwk": parsed.Keys[0]}, map[string]any{"x5c": []string{base64.StdEncoding.EncodeToString(der)}}
}

// named returns header with another kid.
func named(header map[string]any, kid string) map[string]any {
	header = maps.Clone(header)
	header["kid"] = kid
	return header
}

// claims are those of a good token; change makes one that is not.
func claims(change func(jwt.MapClaims)) jwt.MapClaims {
	c := jwt.MapClaims{
		"iss": issuer, "aud": audience, "sub": "user_1", "sid": "session_1", "jti": "1", "client_id": "authgraph",
		"iat": float64(now.Unix()) - 60, "exp": float64(now.Unix()) + 540, "auth_time": now.Unix() - 60,
		"amr": []string{"pwd"}, "acr": "SINGLE_FACTOR", "roles": []string{"user"}, "entitlements": []string{"USERS_READ"},
	}
	if change != nil {
		change(c)
	}
	return c
}

func sign(t *testing.T, method jwt.SigningMethod, key any, header map[string]any, c jwt.MapClaims) string {
	t.Helper()
	token := jwt.NewWithClaims(method, c)
	token.Header["typ"], token.Header["kid"] = "at+jwt", "ec"
	for name, value := range header {
		if token.Header[name] = value; value == nil {
			delete(token.Header, name)
		}
	}
	signed, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func TestVerifier_Good(t *testing.T) {
	k := newKeys(t)
	for name, token := range map[string]string{
		"as issued":       sign(t, jwt.SigningMethodES256, k.own, nil, claims(nil)),
		"long media type": sign(t, jwt.SigningMethodES256, k.own, map[string]any{"typ": "application/at+jwt"}, claims(nil)),
		"one of several audiences": sign(t, jwt.SigningMethodES256, k.own, nil,
			claims(func(c jwt.MapClaims) { c["aud"] = []string{"else", audience} })),
		"clock 59 s ahead": sign(t, jwt.SigningMethodES256, k.own, nil,
			claims(func(c jwt.MapClaims) { c["iat"], c["nbf"] = now.Unix()+59, now.Unix()+59 })),
		"1 ms before its end": sign(t, jwt.SigningMethodES256, k.own, nil,
			claims(func(c jwt.MapClaims) { c["exp"] = float64(now.UnixMilli()+1) / 1000 })),
		"keys elsewhere are not followed": sign(t, jwt.SigningMethodES256, k.own,
			map[string]any{"jku": "https://attacker.test", "x5u": "https://attacker.test"}, claims(nil)),
	} {
		principal, err := k.verifier().Authenticate(t.Context(), token)
		if err != nil || principal.Subject != "user_1" || principal.Session != "session_1" {
			t.Errorf("%s: got %+v, %v", name, principal, err)
		} else if principal.Assurance != auth.SingleFactor || !principal.HasPermissions([]string{"USERS_READ"}) {
			t.Errorf("%s: got %+v, %v", name, principal, err)
		}
	}
}

func TestVerifier_Attacks(t *testing.T) {
	k := newKeys(t)
	good := sign(t, jwt.SigningMethodES256, k.own, nil, claims(nil))
	der, err := x509.MarshalPKIXPublicKey(&k.own.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	point, err := k.own.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	with := func(header map[string]any, change func(jwt.MapClaims)) string {
		return sign(t, jwt.SigningMethodES256, k.own, header, claims(change))
	}
	forged := func(header map[string]any) string {
		return sign(t, jwt.SigningMethodES256, k.foreign, header, claims(nil))
	}
	jwk, x5c := k.embedded(t)
	for _, row := range []struct {
		name, token string
		want        error
	}{
		{"empty", "", auth.ErrTokenInvalid},
		{"dots", "..", auth.ErrTokenInvalid},
		{"1 MiB", strings.Repeat("a", 1<<20), auth.ErrTokenInvalid},
		{"none", sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil, claims(nil)), auth.ErrTokenInvalid},
		{"HS256 with the public key's DER", sign(t, jwt.SigningMethodHS256, der, nil, claims(nil)), auth.ErrTokenInvalid},
		{"HS256 with the public key's PEM", sign(t, jwt.SigningMethodHS256,
			pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), nil, claims(nil)), auth.ErrTokenInvalid},
		{"HS256 with the public key's point", sign(t, jwt.SigningMethodHS256, point, nil, claims(nil)), auth.ErrTokenInvalid},
		{"signed by another", sign(t, jwt.SigningMethodES256, k.foreign, nil, claims(nil)), auth.ErrTokenInvalid},
		{"an embedded key under our kid", forged(named(jwk, "ec")), auth.ErrTokenInvalid},
		{"an embedded key under its own kid", forged(named(jwk, "foreign")), auth.ErrTokenInvalid},
		{"an embedded key without a kid", forged(map[string]any{"jwk": jwk["jwk"], "kid": nil}), auth.ErrTokenInvalid},
		{"an embedded certificate under our kid", forged(named(x5c, "ec")), auth.ErrTokenInvalid},
		{"an embedded certificate under its own kid", forged(named(x5c, "foreign")), auth.ErrTokenInvalid},
		{"an embedded key that is half of one",
			forged(map[string]any{"jwk": map[string]any{"kty": "EC"}, "x5c": []string{"x"}}), auth.ErrTokenInvalid},
		{"another key's name", with(map[string]any{"kid": "ed"}, nil), auth.ErrTokenInvalid},
		{"unknown kid", with(map[string]any{"kid": "x"}, nil), auth.ErrTokenInvalid},
		{"no kid", with(map[string]any{"kid": nil}, nil), auth.ErrTokenInvalid},
		{"kid of another type", with(map[string]any{"kid": 1}, nil), auth.ErrTokenInvalid},
		{"typ JWT", with(map[string]any{"typ": "JWT"}, nil), auth.ErrTokenInvalid},
		{"no typ", with(map[string]any{"typ": nil}, nil), auth.ErrTokenInvalid},
		{"crit", with(map[string]any{"crit": []string{"exp"}}, nil), auth.ErrTokenInvalid},
		{"another issuer", with(nil, func(c jwt.MapClaims) { c["iss"] = issuer + "/" }), auth.ErrTokenInvalid},
		{"another audience", with(nil, func(c jwt.MapClaims) { c["aud"] = "https://else.test" }), auth.ErrTokenInvalid},
		{"no audience", with(nil, func(c jwt.MapClaims) { delete(c, "aud") }), auth.ErrTokenInvalid},
		{"no sub", with(nil, func(c jwt.MapClaims) { delete(c, "sub") }), auth.ErrTokenInvalid},
		{"no sid", with(nil, func(c jwt.MapClaims) { delete(c, "sid") }), auth.ErrTokenInvalid},
		{"no exp", with(nil, func(c jwt.MapClaims) { delete(c, "exp") }), auth.ErrTokenInvalid},
		{"no iat", with(nil, func(c jwt.MapClaims) { delete(c, "iat") }), auth.ErrTokenInvalid},
		{"exp as text", with(nil, func(c jwt.MapClaims) { c["exp"] = "9999999999" }), auth.ErrTokenInvalid},
		{"exp beyond all time", with(nil, func(c jwt.MapClaims) { c["exp"] = 1e300 }), auth.ErrTokenInvalid},
		{"not yet valid", with(nil, func(c jwt.MapClaims) { c["nbf"] = now.Unix() + 61 }), auth.ErrTokenInvalid},
		{"issued in the future", with(nil, func(c jwt.MapClaims) { c["iat"] = now.Unix() + 62 }), auth.ErrTokenInvalid},
		{"at its end", with(nil, func(c jwt.MapClaims) { c["exp"] = float64(now.UnixMilli()) / 1000 }), auth.ErrTokenExpired},
		{"expired and of another issuer", with(nil, func(c jwt.MapClaims) { c["exp"], c["iss"] = 1, "x" }), auth.ErrTokenInvalid},
		{"RS256 with a key that is for PS256", sign(t, jwt.SigningMethodRS256, k.rsa, map[string]any{"kid": "rsa"}, claims(nil)), auth.ErrTokenInvalid},
		{"trailing", good + ".e30", auth.ErrTokenInvalid},
	} {
		t.Run(row.name, func(t *testing.T) {
			principal, err := k.verifier().Authenticate(t.Context(), row.token)
			if principal != nil || !errors.Is(err, row.want) {
				t.Errorf("got %+v, %v, want %v", principal, err, row.want)
			}
		})
	}
	t.Run("each byte changed", func(t *testing.T) {
		for i := range good {
			for _, b := range []byte{'A', 'B', '.', '='} {
				changed := good[:i] + string(b) + good[i+1:]
				if changed == good {
					continue
				}
				if principal, err := k.verifier().Authenticate(t.Context(), changed); err == nil {
					t.Fatalf("byte %d as %q authenticates %+v", i, b, principal)
				}
			}
		}
	})
}

type brokenKeys struct{}

func (brokenKeys) Key(context.Context, string) (auth.Key, error) {
	return auth.Key{}, errors.New("out of reach")
}

func TestVerifier_KeysOutOfReach(t *testing.T) {
	token := sign(t, jwt.SigningMethodES256, newKeys(t).own, nil, claims(nil))
	_, err := auth.NewVerifier(brokenKeys{}, issuer, audience).Authenticate(t.Context(), token)
	if !errors.Is(err, auth.ErrUnavailable) || errors.Is(err, auth.ErrTokenInvalid) {
		t.Errorf("got %v, want ErrUnavailable", err)
	}
}

func TestJWKS_RoundTrip(t *testing.T) {
	k := newKeys(t)
	text, err := auth.MarshalJWKS(k.set)
	if err != nil {
		t.Fatal(err)
	}
	back, err := auth.ParseJWKS(text)
	if err != nil || len(back) != 3 || back[0].Algorithm != "ES256" {
		t.Errorf("got %+v, %v", back, err)
	} else if back[1].Algorithm != "EdDSA" || !k.own.PublicKey.Equal(back[0].Public) {
		t.Errorf("got %+v, %v", back, err)
	}
	if strings.Contains(string(text), `"d"`) {
		t.Errorf("a private key was published: %s", text)
	}
}
