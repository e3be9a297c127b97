package auth

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// TokenType is the `typ` of an access token's header (RFC 9068, 2.1). An ID token or any other JWT that the same
// keys sign has another, and is refused.
const TokenType = "at+jwt"

// PendingTokenType is the `typ` of the token of a session with a pending step. Verifiers of access tokens refuse it.
const PendingTokenType = "pending+jwt"

// PendingAudience returns the `aud` of these tokens, for verifiers that do not check `typ`.
func PendingAudience(issuer string) string { return strings.TrimSuffix(issuer, "/") + "/pending" }

// Claims is the payload of an access token: RFC 9068, with `sid` (OpenID Connect Front-Channel Logout 1.0) and
// `entitlements` (RFC 9068, 2.2.3.1) for the permissions.
type Claims struct {
	Issuer       string           `json:"iss"`
	Audience     jwt.ClaimStrings `json:"aud"`
	Subject      string           `json:"sub"`
	Session      string           `json:"sid"`
	ID           string           `json:"jti"`
	ClientID     string           `json:"client_id"`
	IssuedAt     NumericDate      `json:"iat"`
	NotBefore    *NumericDate     `json:"nbf,omitempty"`
	ExpiresAt    NumericDate      `json:"exp"`
	AuthTime     NumericDate      `json:"auth_time"`
	Methods      []string         `json:"amr,omitempty"`
	Assurance    Assurance        `json:"acr,omitempty"`
	Roles        []string         `json:"roles,omitempty"`
	Entitlements []string         `json:"entitlements,omitempty"`
	Actor        *ActorClaim      `json:"act,omitempty"`
	Pending      []string         `json:"pending,omitempty"` // private claim of pending tokens: the steps
	// ReadAt is a private claim: the issuer's database time at which the other claims were read, in microseconds since
	// the epoch. A change of rights has a time by the same clock, so the two can be compared within a second.
	ReadAt int64 `json:"read_at_us,omitempty"`
}

// ActorClaim is who acts as the subject: RFC 8693, 4.1. The actors before the last one that it may hold are not read.
type ActorClaim struct {
	Subject string `json:"sub"`
}

// principal returns the caller that the claims describe.
func (c *Claims) principal() *Principal {
	p := &Principal{
		Subject: c.Subject, Session: c.Session, TokenID: c.ID, ClientID: c.ClientID,
		Roles: c.Roles, Permissions: c.Entitlements, Methods: c.Methods, Assurance: c.Assurance,
		Pending: c.Pending, AuthTime: c.AuthTime.Time, IssuedAt: c.IssuedAt.Time, ExpiresAt: c.ExpiresAt.Time,
	}
	if c.ReadAt > 0 {
		p.ReadAt = time.UnixMicro(c.ReadAt).UTC()
	}
	if c.Actor != nil {
		p.Actor = c.Actor.Subject
	}
	return p
}

// NumericDate is a time in seconds since the epoch: RFC 7519, 2. The RFC allows fractions, but libraries do not: PyJWT
// before 2.7 refuses a token whose fractional `iat` lies in the present second.
type NumericDate struct{ time.Time }

// MarshalJSON writes whole seconds, rounded down.
func (d NumericDate) MarshalJSON() ([]byte, error) {
	return strconv.AppendInt(nil, d.Unix(), 10), nil
}

// maxSeconds is the year 9999: no issuer uses later times, which would overflow.
const maxSeconds = 253402300799

// UnmarshalJSON takes a JSON number from 0 to the year 9999, also with a fraction; a string, null or anything else is refused.
func (d *NumericDate) UnmarshalJSON(b []byte) error {
	f, err := strconv.ParseFloat(string(bytes.TrimSpace(b)), 64)
	if err != nil || !(f >= 0 && f <= maxSeconds) {
		return fmt.Errorf("not a NumericDate")
	}
	d.Time = time.UnixMilli(int64(f*1000 + 0.5)).UTC()
	return nil
}

// The getters make Claims a jwt.Claims. The verifier does its own checks (exp without leeway, iat and nbf with),
// which golang-jwt can't tell apart, so only the verifier may use them.

// GetExpirationTime implements jwt.Claims.
func (c *Claims) GetExpirationTime() (*jwt.NumericDate, error) {
	return &jwt.NumericDate{Time: c.ExpiresAt.Time}, nil
}

// GetIssuedAt implements jwt.Claims.
func (c *Claims) GetIssuedAt() (*jwt.NumericDate, error) {
	return &jwt.NumericDate{Time: c.IssuedAt.Time}, nil
}

// GetNotBefore implements jwt.Claims.
func (c *Claims) GetNotBefore() (*jwt.NumericDate, error) {
	if c.NotBefore == nil {
		return nil, nil
	}
	return &jwt.NumericDate{Time: c.NotBefore.Time}, nil
}

// GetIssuer implements jwt.Claims.
func (c *Claims) GetIssuer() (string, error) { return c.Issuer, nil }

// GetSubject implements jwt.Claims.
func (c *Claims) GetSubject() (string, error) { return c.Subject, nil }

// GetAudience implements jwt.Claims.
func (c *Claims) GetAudience() (jwt.ClaimStrings, error) { return c.Audience, nil }
