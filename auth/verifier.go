package auth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// ClockSkew is by how much the issuer's clock may be ahead of ours for `iat` and `nbf`. `exp` has no tolerance: a
// token lives ten minutes, and a late client refreshes.
const ClockSkew = 60 * time.Second

// MaxTokenLength is the maximum length of an access token in bytes. A verifier refuses longer ones before it reads
// them, and an issuer makes none. A token with the built-in roles and every permission has about 1,000.
const MaxTokenLength = 8 << 10

// algorithms are the supported algorithms. A published set never has a key for HS256, because every verifier would then
// have the secret. Only a server that verifies its own tokens has such a key.
var algorithms = []string{"ES256", "EdDSA", "RS256", "PS256", "HS256"}

// Verifier decides whether an access token counts, by RFC 9068, 4 and RFC 8725.
type Verifier struct {
	keys             Keys
	issuer, audience string
	now              func() time.Time
	permissions      map[string][]string
	typ              string // TokenType or PendingTokenType
	parser           *jwt.Parser
	fault            error

	mismatch                              func(error)
	otherIssuer, otherAudience, otherKeys sync.Once
}

// VerifierOption changes a Verifier. None of them makes it accept a token that it would otherwise refuse.
type VerifierOption func(*Verifier)

// WithClock gives the verifier another clock than the machine's.
func WithClock(now func() time.Time) VerifierOption {
	return func(v *Verifier) { v.now = now }
}

// WithPermissions gives every role of a token permissions of this server's own, in place of the issuer's, which
// mean nothing here. A role that is not listed gives none.
func WithPermissions(byRole map[string][]string) VerifierOption {
	return func(v *Verifier) { v.permissions = byRole }
}

// WithMismatches calls report when tokens show that the verifier is configured for another issuer or audience, once for
// each of issuer, audience and keys. Default: a warning to log/slog's default logger.
func WithMismatches(report func(error)) VerifierOption {
	return func(v *Verifier) { v.mismatch = report }
}

// NewVerifier returns a verifier of the tokens that issuer made for audience, signed with one of keys. Err returns what is
// wrong with them.
func NewVerifier(keys Keys, issuer, audience string, options ...VerifierOption) *Verifier {
	v := &Verifier{
		keys: keys, issuer: issuer, audience: audience, typ: TokenType, now: time.Now,
		mismatch: func(err error) { slog.Warn(err.Error()) },
	}
	for _, option := range options {
		option(v)
	}
	v.fault = v.check()
	v.parser = jwt.NewParser(
		jwt.WithValidMethods(algorithms), jwt.WithStrictDecoding(), jwt.WithoutClaimsValidation())
	return v
}

// NewPendingVerifier returns a verifier of the tokens that issuer makes for sessions with a pending step. It refuses access
// tokens, and NewVerifier's verifiers refuse those tokens. Only the issuer itself has a use for them.
func NewPendingVerifier(keys Keys, issuer string, options ...VerifierOption) *Verifier {
	v := NewVerifier(keys, issuer, PendingAudience(issuer), options...)
	v.typ = PendingTokenType
	return v
}

// check returns what keeps the verifier from accepting any token.
func (v *Verifier) check() error {
	switch {
	case v.keys == nil:
		return errors.New("auth: the verifier has no keys")
	case v.issuer == "":
		return errors.New("auth: the verifier has no issuer; it must equal the issuer's AUTHGRAPH_ISSUER")
	case v.audience == "":
		return errors.New("auth: the verifier has no audience; it must equal the issuer's AUTHGRAPH_AUDIENCE, by default the issuer")
	}
	if checked, ok := v.keys.(interface{ Err() error }); ok {
		return checked.Err()
	}
	return nil
}

// Err returns an error if the verifier can't accept any token: without keys, issuer or audience, and with keys whose own Err
// returns one. Authenticate then returns ErrUnavailable.
func (v *Verifier) Err() error { return v.fault }

// Authenticate verifies token and returns who it speaks for. The error is ErrTokenInvalid, ErrTokenExpired (the
// token was good in everything else) or ErrUnavailable (its key could not be fetched), with the cause for the log.
func (v *Verifier) Authenticate(ctx context.Context, token string) (*Principal, error) {
	if v.fault != nil {
		return nil, ErrUnavailable.Because(v.fault)
	}
	if len(token) > MaxTokenLength {
		return nil, ErrTokenInvalid.Because(fmt.Errorf("%d bytes", len(token)))
	}
	if strings.ContainsFunc(token, outsideJWT) {
		return nil, ErrTokenInvalid.Because(errors.New("a character is outside base64url"))
	}
	var claims Claims
	var public any
	parsed, err := v.parser.ParseWithClaims(token, &claims, func(t *jwt.Token) (key any, err error) {
		public, err = v.key(ctx, t)
		return public, err
	})
	if err == nil && !saltFits(parsed, public) {
		err = errors.New("the salt has another length than the hash")
	}
	if err != nil {
		var unavailable *Error
		if errors.As(err, &unavailable) {
			return nil, unavailable
		}
		return nil, ErrTokenInvalid.Because(err)
	}
	if err := v.validate(&claims); err != nil {
		return nil, err
	}
	p := claims.principal()
	p.KeyID, _ = parsed.Header["kid"].(string)
	if v.permissions != nil {
		p.Permissions = v.permissionsOf(p.Roles)
	}
	return p, nil
}

// key checks the header and finds the key that it names. References to other keys (jku, jwk, x5u,
// x5c) are never followed.
func (v *Verifier) key(ctx context.Context, t *jwt.Token) (any, error) {
	typ, _ := t.Header["typ"].(string)
	if typ = strings.ToLower(typ); typ != v.typ && typ != "application/"+v.typ {
		return nil, fmt.Errorf("typ is %q", typ)
	}
	if _, ok := t.Header["crit"]; ok {
		return nil, errors.New("crit is not supported")
	}
	id, _ := t.Header["kid"].(string)
	if id == "" {
		return nil, errors.New("no kid")
	}
	key, err := v.keys.Key(ctx, id)
	if errors.Is(err, ErrUnknownKey) {
		v.otherKeys.Do(func() {
			v.mismatch(errors.New("auth: a token names a key that the issuer does not have; it is from another issuer, or forged"))
		})
		return nil, err
	}
	if err != nil {
		return nil, ErrUnavailable.Because(err)
	}
	if key.Algorithm != t.Method.Alg() {
		return nil, fmt.Errorf("key %s is for %s", key.ID, key.Algorithm)
	}
	return key.Public, nil
}

// validate checks what the claims say. Expiry comes last, so that TOKEN_EXPIRED tells nothing but the time of a
// token that was good.
func (v *Verifier) validate(c *Claims) error {
	now := v.now()
	switch {
	case c.Issuer != v.issuer:
		v.otherIssuer.Do(func() {
			v.mismatch(fmt.Errorf("auth: a token of these keys has the issuer %q; tokens of %q are accepted", c.Issuer, v.issuer))
		})
		return ErrTokenInvalid.Because(errors.New("another issuer"))
	case !slices.Contains(c.Audience, v.audience):
		v.otherAudience.Do(func() {
			v.mismatch(fmt.Errorf("auth: a token of these keys has the audience %q; tokens for %q are accepted", c.Audience, v.audience))
		})
		return ErrTokenInvalid.Because(errors.New("another audience"))
	case (len(c.Pending) > 0) != (v.typ == PendingTokenType):
		return ErrTokenInvalid.Because(errors.New("pending steps and typ do not fit each other"))
	case c.Subject == "" || c.Session == "":
		return ErrTokenInvalid.Because(errors.New("sub or sid is missing"))
	case c.Actor != nil && c.Actor.Subject == "": // an impersonator must not pass for the account itself
		return ErrTokenInvalid.Because(errors.New("act has no sub"))
	case c.IssuedAt.IsZero() || c.ExpiresAt.IsZero():
		return ErrTokenInvalid.Because(errors.New("iat or exp is missing"))
	case c.IssuedAt.After(now.Add(ClockSkew)):
		return ErrTokenInvalid.Because(errors.New("issued in the future"))
	case c.NotBefore != nil && c.NotBefore.After(now.Add(ClockSkew)):
		return ErrTokenInvalid.Because(errors.New("not yet valid"))
	case !now.Before(c.ExpiresAt.Time):
		return ErrTokenExpired
	}
	return nil
}

func (v *Verifier) permissionsOf(roles []string) []string {
	var permissions []string
	for _, role := range roles {
		permissions = append(permissions, v.permissions[role]...)
	}
	return permissions
}
