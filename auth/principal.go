package auth

import (
	"slices"
	"time"
)

// Principal is who is calling, as far as their token and, in the issuing server, their account say.
// It is shared between requests and must not be changed.
type Principal struct {
	Subject      string    // the account: `sub`, User.id
	Session      string    // the session: `sid`, Session.id
	TokenID      string    // `jti`
	KeyID        string    // `kid`: the key that signed the token
	ClientID     string    // `client_id`
	Roles        []string  // names
	Permissions  []string  // names, as the schema's enum has them
	Methods      []string  // `amr`: RFC 8176
	Assurance    Assurance // `acr`: how well the session has proved who its person is
	SecondFactor bool      // whether the account has a second factor
	AuthTime     time.Time // `auth_time`: the oldest of the proofs that Assurance rests on
	IssuedAt     time.Time // `iat`
	ExpiresAt    time.Time // `exp`
	ReadAt       time.Time // `read_at_us`: the issuer's database time at which the claims were read; zero if unknown

	// Pending are the steps that the caller's session still requires, in their order; empty for a session that is complete.
	// Such a caller fulfils only rules that name the first step.
	Pending []string

	// Actor is who acts as the account, if it is not its own person: the subject of `act` (RFC 8693, 4.1). Such a
	// caller fulfils no rule with a maxAge, and changes nothing by a rule that names no permission.
	Actor string
	// APIKey says that a key acts rather than a person. It fulfils only rules that name permissions, none with a
	// maxAge, and none that asks for two factors.
	APIKey bool
}

// HasPermissions reports whether p holds every one of permissions.
func (p *Principal) HasPermissions(permissions []string) bool {
	for _, want := range permissions {
		if !slices.Contains(p.Permissions, want) {
			return false
		}
	}
	return true
}

// HasAnyRole reports whether p holds at least one of roles.
func (p *Principal) HasAnyRole(roles []string) bool {
	return slices.ContainsFunc(roles, func(role string) bool { return slices.Contains(p.Roles, role) })
}

// Assurance is the strength of a session's authentication.
type Assurance string

// The levels, in rising order.
const (
	SingleFactor Assurance = "SINGLE_FACTOR"
	MultiFactor  Assurance = "MULTI_FACTOR"
)

// atLeast reports whether a is as good as want. A level that is not known is worse than every known one.
func (a Assurance) atLeast(want Assurance) bool {
	switch want {
	case SingleFactor:
		return a == SingleFactor || a == MultiFactor
	case MultiFactor:
		return a == MultiFactor
	default:
		return false
	}
}
