package token

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"authgraph/auth"
)

// Settings are the values that all tokens of a server share.
type Settings struct {
	Issuer   string
	Audience string
	ClientID string        // `client_id`: RFC 9068 demands one
	Lifetime time.Duration // lifetime of an access token
}

// Issuer makes access tokens: RFC 9068.
type Issuer struct {
	settings Settings
	ring     *Keyring
	now      func() time.Time
}

// NewIssuer returns an issuer that signs with the active key of ring, by the given clock.
func NewIssuer(ring *Keyring, s Settings, now func() time.Time) *Issuer {
	return &Issuer{settings: s, ring: ring, now: now}
}

// ErrTooLong is the refusal of a token that every verifier would refuse. Only an account with more roles than may be
// given reaches it.
var ErrTooLong = &auth.Error{
	Code: auth.Conflict, Message: "This account has too many roles for an access token; an administrator must take some away",
}

// Issue returns a token that speaks for p, and how long it is valid: never longer than most. It takes the session's
// proofs and the time of reading from p. `iat`, `exp` and `auth_time` are whole seconds, rounded down, by this server's
// clock, so a token expires up to a second before the returned lifetime is over.
//
// For a session with a pending step it returns a token that verifiers of access tokens refuse (auth.NewPendingVerifier).
func (i *Issuer) Issue(ctx context.Context, p *auth.Principal, max time.Duration) (string, time.Duration, error) {
	ring, err := i.ring.current(ctx)
	if err != nil {
		return "", 0, err
	}
	now, lifetime, proved := i.now(), min(i.settings.Lifetime, max), p.AuthTime
	if proved.After(now) {
		proved = now
	}
	claims := &auth.Claims{
		Issuer: i.settings.Issuer, Audience: jwt.ClaimStrings{i.settings.Audience},
		Subject: p.Subject, Session: p.Session, ID: rand.Text(), ClientID: i.settings.ClientID,
		IssuedAt: auth.NumericDate{Time: now}, ExpiresAt: auth.NumericDate{Time: now.Add(lifetime)},
		AuthTime: auth.NumericDate{Time: proved}, Methods: p.Methods, Assurance: p.Assurance,
		Roles: p.Roles, Entitlements: p.Permissions,
	}
	typ := auth.TokenType
	if len(p.Pending) > 0 {
		typ, claims.Pending, claims.Roles, claims.Entitlements = auth.PendingTokenType, p.Pending, nil, nil
		claims.Audience = jwt.ClaimStrings{auth.PendingAudience(i.settings.Issuer)}
	}
	if !p.ReadAt.IsZero() {
		claims.ReadAt = p.ReadAt.UnixMicro()
	}
	if p.Actor != "" {
		claims.Actor = &auth.ActorClaim{Subject: p.Actor}
	}
	signer, err := ring.signer(lifetime)
	if err != nil {
		return "", 0, err
	}
	t := jwt.NewWithClaims(signer.method, claims)
	t.Header["typ"], t.Header["kid"] = typ, signer.ID
	signed, err := t.SignedString(signer.private)
	if err != nil {
		return "", 0, fmt.Errorf("signing an access token: %w", err)
	}
	if len(signed) > auth.MaxTokenLength {
		return "", 0, ErrTooLong
	}
	return signed, lifetime, nil
}
