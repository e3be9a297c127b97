package token

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"authgraph/auth"
)

// ErrNoKey says that a KeyStore has no active key yet.
var ErrNoKey = errors.New("no active signing key")

// Settings are what every token of a server has in common.
type Settings struct {
	Issuer   string
	Audience string
	ClientID string        // `client_id`: RFC 9068 demands one
	Lifetime time.Duration // of an access token
}

// Issuer makes access tokens: RFC 9068.
type Issuer struct {
	settings Settings
	key      *signingKey
	now      func() time.Time
}

// Open returns an issuer over the store's active key, which it makes if there is none.
func Open(ctx context.Context, store KeyStore, sealer Sealer, s Settings) (*Issuer, error) {
	sealed, err := store.ActiveKey(ctx)
	if errors.Is(err, ErrNoKey) {
		sealed, err = addKey(ctx, store, sealer)
	}
	if err != nil {
		return nil, err
	}
	key, err := openKey(sealer, sealed)
	if err != nil {
		return nil, err
	}
	return &Issuer{settings: s, key: key, now: time.Now}, nil
}

func addKey(ctx context.Context, store KeyStore, sealer Sealer) (SealedKey, error) {
	fresh, err := newKey(sealer)
	if err != nil {
		return SealedKey{}, err
	}
	if err := store.AddActiveKey(ctx, fresh); err != nil {
		return SealedKey{}, err
	}
	return store.ActiveKey(ctx)
}

// Issue returns a token that speaks for p, and how long it will: never longer than most. It takes the session's
// proofs from p, and the times from the clock.
func (i *Issuer) Issue(_ context.Context, p *auth.Principal, most time.Duration) (string, time.Duration, error) {
	now, lifetime := i.now(), min(i.settings.Lifetime, most)
	claims := &auth.Claims{
		Issuer: i.settings.Issuer, Audience: jwt.ClaimStrings{i.settings.Audience},
		Subject: p.Subject, Session: p.Session, ID: rand.Text(), ClientID: i.settings.ClientID,
		IssuedAt: auth.NumericDate{Time: now}, ExpiresAt: auth.NumericDate{Time: now.Add(lifetime)},
		AuthTime: auth.NumericDate{Time: p.AuthTime}, Methods: p.Methods, Assurance: p.Assurance,
		Roles: p.Roles, Entitlements: p.Permissions,
	}
	t := jwt.NewWithClaims(jwt.SigningMethodES256, claims)
	t.Header["typ"], t.Header["kid"] = auth.TokenType, i.key.id
	signed, err := t.SignedString(i.key.private)
	if err != nil {
		return "", 0, fmt.Errorf("signing an access token: %w", err)
	}
	return signed, lifetime, nil
}

// Keys returns the public keys: what this server verifies with, and what JWKS shows.
func (i *Issuer) Keys() auth.KeySet { return auth.KeySet{i.key.public()} }
