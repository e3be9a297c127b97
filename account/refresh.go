package account

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"authgraph/auth"
)

// RefreshToken is what a refresh token says. Whoever holds one has had it from this server: what its MAC does not
// cover is never believed.
type RefreshToken struct {
	Session    string
	KeyVersion int64
	Counter    int64
}

// RefreshKey makes and opens refresh tokens.
type RefreshKey interface {
	// Mint returns the one token for a session, the version of its key, and a counter.
	Mint(session string, keyVersion, counter int64) string
	// Parse returns what token says; ok is false for whatever Mint did not return.
	Parse(token string) (session string, keyVersion, counter int64, ok bool)
}

// RefreshKeys returns the key as it is. Its error says that this could not be found out.
type RefreshKeys func(context.Context) (RefreshKey, error)

// RefreshOutcome is what became of a refresh token.
type RefreshOutcome string

// The outcomes. Each is told apart in the metrics; a client sees success, REFRESH_TOKEN_INVALID or
// REFRESH_TOKEN_REUSED.
const (
	RefreshRotated   RefreshOutcome = "rotated"   // the counter went up
	RefreshConverged RefreshOutcome = "converged" // the token before the present one, within the time of grace
	RefreshLate      RefreshOutcome = "late"      // the same token after it, whose successor nobody has used: rotated again
	RefreshReused    RefreshOutcome = "reused"    // anything older: two parties hold the session
	RefreshEnded     RefreshOutcome = "ended"     // the session has ended or run out
	RefreshInvalid   RefreshOutcome = "invalid"   // not a token of a session that there is
)

// RefreshOutcomes returns all of them.
func RefreshOutcomes() []RefreshOutcome {
	return []RefreshOutcome{RefreshRotated, RefreshConverged, RefreshLate, RefreshReused, RefreshEnded, RefreshInvalid}
}

// Answered reports whether a token with this outcome is answered with new tokens.
func (o RefreshOutcome) Answered() bool {
	return o == RefreshRotated || o == RefreshConverged || o == RefreshLate
}

// MaxForeignAnswers is how many times in a row a token is given out again, within the time of grace, to another
// network and another program than had it before. So many are no accident.
const MaxForeignAnswers = 3

// Rotation is an attempt to use a refresh token.
type Rotation struct {
	Token  RefreshToken
	Idle   time.Duration // how long the session lasts from now without being used
	Grace  time.Duration // how long the token before the present one is still answered
	Client Client
}

// Judge returns the outcome of r for s as it was read; suspended is the state of its account. No other code decides
// it, except that the WHERE clause of the rotating statement repeats RefreshRotated (db/session_refresh.go, tested against
// Judge). It follows RFC 9700, 4.14.2, and answers a repeated token, because tabs race and responses get lost.
// A grace period of 0 turns repeated answers off.
func (s *Session) Judge(r Rotation, suspended bool) RefreshOutcome {
	current := r.Token.Counter == s.Counter
	switch {
	case r.Token.KeyVersion != s.KeyVersion || r.Token.Counter > s.Counter:
		return RefreshInvalid
	case s.EndReason != nil && *s.EndReason == TokenReused:
		return RefreshReused
	case s.Ended():
		return RefreshEnded
	case !current && (r.Grace <= 0 || !s.Repeats(r.Token)):
		return RefreshReused
	case suspended:
		return RefreshEnded
	case current:
		return RefreshRotated
	case s.Foreign(r.Client) && s.ForeignAnswers+1 >= MaxForeignAnswers:
		return RefreshReused
	case s.ReadAt.Before(s.RotatedAt.Add(r.Grace)):
		return RefreshConverged
	default:
		return RefreshLate
	}
}

// Repeats reports whether t is the token that the last rotation exchanged, so that nobody has used its successor.
// After a late refresh the token between the two is not: two parties hold the session if it shows up.
func (s *Session) Repeats(t RefreshToken) bool {
	if s.LateFrom != nil {
		return t.Counter == *s.LateFrom
	}
	return t.Counter == s.Counter-1
}

// Foreign reports whether c is on another network and another program than who last obtained a token of s. One of
// the two alone is nothing: people move between networks, and browsers update themselves.
func (s *Session) Foreign(c Client) bool {
	return deref(s.UserAgent) != c.UserAgent && homeNetwork(deref(s.IPAddress)) != homeNetwork(c.IPAddress)
}

// homeNetwork is the part of an address that a household keeps: /24 of IPv4, /64 of IPv6.
func homeNetwork(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	bits := 64
	if ip = ip.Unmap(); ip.Is4() {
		bits = 24
	}
	prefix, err := ip.WithZone("").Prefix(bits)
	if err != nil {
		return address
	}
	return prefix.String()
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// Refresh takes a refresh token for new tokens. A token that was rotated within the time of grace is answered with
// the present one, so that all who raced hold the same. Later the token is rotated again, as long as nobody has used
// its successor, because the response may have been lost.
func (s *Service) Refresh(ctx context.Context, token string, client Client) (*SignIn, error) {
	// 1. The MAC, before anything in the token is believed: a forged one costs no query and changes nothing.
	key, err := s.refreshKey(ctx)
	if err != nil {
		return nil, err
	}
	t, ok := parse(key, token)
	if !ok {
		return nil, s.refused(RefreshInvalid)
	}
	r := Rotation{Token: t, Idle: s.settings.SessionIdle, Grace: s.settings.RefreshGrace, Client: client.Clean()}

	// 2. The counter goes up by one, if the token is the present one.
	user, session, err := s.store.Rotate(ctx, r)
	outcome := RefreshRotated

	// 3. Otherwise: what is it? A reuse ends the session, which is committed although the request fails.
	if errors.Is(err, ErrNotRotated) {
		outcome, user, session, err = s.store.Settle(ctx, r)
	}
	if err != nil {
		return nil, err
	}
	if !outcome.Answered() {
		return nil, s.refused(outcome)
	}
	s.settings.Count(outcome)

	// 4. Tokens: who one is goes on as it was, what one may do is as it is now. The next token is made with the key that
	// has opened this one, so that none outlives a key that is given up meanwhile.
	return s.signInWith(ctx, key, user, session)
}

func parse(key RefreshKey, token string) (t RefreshToken, ok bool) {
	t.Session, t.KeyVersion, t.Counter, ok = key.Parse(token)
	return t, ok
}

// refused counts the outcome and says it in the words of the contract.
func (s *Service) refused(outcome RefreshOutcome) *auth.Error {
	s.settings.Count(outcome)
	if outcome == RefreshReused {
		return ErrRefreshTokenReused
	}
	return ErrRefreshTokenInvalid
}
