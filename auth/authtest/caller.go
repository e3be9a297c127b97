package authtest

import (
	"context"
	"time"

	"authgraph/auth"
)

// Trait changes what a caller is.
type Trait func(*auth.Principal)

// Person returns a caller who has just signed in with a single factor, without roles and permissions. subject is the owner of
// the caller's objects.
func Person(subject string, traits ...Trait) *auth.Principal {
	now := time.Now()
	p := &auth.Principal{
		Subject: subject, Session: "session of " + subject, Assurance: auth.SingleFactor,
		AuthTime: now, IssuedAt: now, ExpiresAt: now.Add(10 * time.Minute),
	}
	for _, trait := range traits {
		trait(p)
	}
	return p
}

// Permissions are held by the caller. They may be values of the server's own enum, whatever its name.
func Permissions[P ~string](held ...P) Trait {
	return func(p *auth.Principal) {
		for _, permission := range held {
			p.Permissions = append(p.Permissions, string(permission))
		}
	}
}

// Roles are the names of the caller's roles. They bring no permissions with them: which ones a role stands for is what
// the server's Authenticator says.
func Roles(names ...string) Trait {
	return func(p *auth.Principal) { p.Roles = append(p.Roles, names...) }
}

// OneOfTwoFactors is a caller whose account has a second factor, and whose session has proved but one.
func OneOfTwoFactors() Trait {
	return func(p *auth.Principal) { p.SecondFactor, p.Assurance = true, auth.SingleFactor }
}

// TwoFactors is a caller who has proved both.
func TwoFactors() Trait {
	return func(p *auth.Principal) { p.SecondFactor, p.Assurance = true, auth.MultiFactor }
}

// ProvenAgo is a caller who proved who they are that long ago: for rules with a maxAge.
func ProvenAgo(age time.Duration) Trait {
	return func(p *auth.Principal) { p.AuthTime = time.Now().Add(-age) }
}

// ProvenAt is ProvenAgo for a guard that has another clock.
func ProvenAt(at time.Time) Trait {
	return func(p *auth.Principal) { p.AuthTime = at }
}

// APIKey is a key rather than a person.
func APIKey() Trait {
	return func(p *auth.Principal) { p.APIKey = true }
}

// ActedAsBy makes the caller an account that actor impersonates.
func ActedAsBy(actor string) Trait {
	return func(p *auth.Principal) { p.Actor = actor }
}

// Context returns a context with the caller who; nil is an anonymous caller without a token.
func Context(ctx context.Context, caller *auth.Principal) context.Context {
	if caller == nil {
		return auth.WithAnonymous(ctx, auth.ErrTokenMissing)
	}
	return auth.With(ctx, caller)
}

// Callers are the callers of a table, by name; nil is anonymous. They are also an auth.Authenticator, whose tokens are the
// callers' names: with it a server can be tested together with its bearer middleware.
type Callers map[string]*auth.Principal

var _ auth.Authenticator = Callers{}

// Authenticate implements auth.Authenticator.
func (c Callers) Authenticate(_ context.Context, token string) (*auth.Principal, error) {
	caller := c[token]
	if caller == nil {
		return nil, auth.ErrTokenInvalid
	}
	return caller, nil
}
