package account

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"authgraph/auth"
)

// oneAccount is a Store with one account and its session.
type oneAccount struct{ Store }

func (oneAccount) SessionsByID(_ context.Context, ids []string) ([]*Session, error) {
	return []*Session{{ID: ids[0], UserID: "user_1", ExpiresAt: time.Now().Add(time.Hour), ReadAt: time.Now()}}, nil
}

func (oneAccount) UsersByID(_ context.Context, ids []string) ([]*User, error) {
	return []*User{{ID: ids[0], Roles: []string{RoleUser}}}, nil
}

// BenchmarkAuthenticate measures what a token costs that is seen for the first time, and one that was seen before.
func BenchmarkAuthenticate(b *testing.B) {
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	public, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	for _, k := range []struct {
		method          jwt.SigningMethod
		public, private crypto.PublicKey
	}{{jwt.SigningMethodES256, &curve.PublicKey, curve}, {jwt.SigningMethodEdDSA, public, edwards}} {
		keys := auth.KeySet{{ID: "key", Algorithm: k.method.Alg(), Public: k.public}}
		lease := held(true)
		memory := NewSessionCache(oneAccount{}, &lease, 1000)
		a := NewAuthenticator(auth.NewVerifier(keys, "issuer", "audience"), auth.NewPendingVerifier(keys, "issuer"), keys, memory, 1000, time.Now)
		now := time.Now()
		t := jwt.NewWithClaims(k.method, jwt.MapClaims{
			"iss": "issuer", "aud": "audience", "sub": "user_1", "sid": "session_1", "jti": "1", "client_id": "client",
			"iat": now.Unix(), "exp": now.Add(time.Hour).Unix(), "auth_time": now.Unix(), "acr": string(auth.SingleFactor),
			"amr": []string{"pwd"}, "roles": []string{"user"}, "entitlements": []string{},
		})
		t.Header["typ"], t.Header["kid"] = "at+jwt", "key"
		token, err := t.SignedString(k.private)
		if err != nil {
			b.Fatal(err)
		}
		for name, forget := range map[string]bool{"first seen": true, "seen before": false} {
			b.Run(k.method.Alg()+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if forget {
						a.tokenCache.Load().InvalidateAll()
					}
					if _, err := a.Authenticate(b.Context(), token); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
