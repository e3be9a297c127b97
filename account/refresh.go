package account

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"authgraph/auth"
	"authgraph/auth/token"
)

// RefreshToken is the content of a refresh token whose MAC is valid.
type RefreshToken struct {
	Session    string
	KeyVersion int64
	Counter    int64
}

// RefreshOutcome is the outcome of a presented refresh token.
type RefreshOutcome string

// The outcomes are label values of the metric. A client sees success, REFRESH_TOKEN_INVALID or REFRESH_TOKEN_REUSED.
const (
	RefreshRotated  RefreshOutcome = "rotated"   // the counter was incremented
	RefreshRepeated RefreshOutcome = "converged" // the previous token, within the grace period
	RefreshLate     RefreshOutcome = "late"      // the previous token after the grace period, its successor unused: rotated again
	RefreshReused   RefreshOutcome = "reused"    // an older token: two parties hold the session
	RefreshEnded    RefreshOutcome = "ended"     // the session has ended or expired
	RefreshReplaced RefreshOutcome = "replaced"  // another session continues the session
	RefreshInvalid  RefreshOutcome = "invalid"   // not a token of an existing session
)

// RefreshOutcomes returns all outcomes.
func RefreshOutcomes() []RefreshOutcome {
	return []RefreshOutcome{RefreshRotated, RefreshRepeated, RefreshLate, RefreshReused, RefreshEnded, RefreshReplaced, RefreshInvalid}
}

// Answered reports whether a token with this outcome is answered with new tokens.
func (o RefreshOutcome) Answered() bool {
	return o == RefreshRotated || o == RefreshRepeated || o == RefreshLate
}

// MaxForeignAnswers is the number of consecutive answers to a repeated token from a foreign client (Session.Foreign) at
// which its session ends.
const MaxForeignAnswers = 3

// Rotation is an attempt to use a refresh token.
type Rotation struct {
	Token  RefreshToken
	Idle   time.Duration // lifetime of the session from now without use
	Grace  time.Duration // time for which the previous token is still answered
	Client Client
}

// EvaluateRefresh returns the outcome of r for s as it was read; suspended is the state of its account. The WHERE clause of
// the rotating statement repeats the condition of RefreshRotated (db/session_refresh.go, tested against EvaluateRefresh).
// It follows RFC 9700, 4.14.2, and answers a repeated token, because tabs race and responses get lost. A grace period of
// 0 turns repeated answers off.
func (s *Session) EvaluateRefresh(r Rotation, suspended bool) RefreshOutcome {
	current := r.Token.Counter == s.Counter
	switch {
	case r.Token.KeyVersion != s.KeyVersion || r.Token.Counter > s.Counter:
		return RefreshInvalid
	case s.EndReason != nil && *s.EndReason == TokenReused:
		return RefreshReused
	case s.EndReason != nil && *s.EndReason == Replaced:
		return RefreshReplaced
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
		return RefreshRepeated
	default:
		return RefreshLate
	}
}

// Repeats reports whether t is the token that the last rotation exchanged, so its successor is unused. After a late
// refresh the token between the two does not repeat: two parties hold the session if it is presented.
func (s *Session) Repeats(t RefreshToken) bool {
	if s.LateFrom != nil {
		return t.Counter == *s.LateFrom
	}
	return t.Counter == s.Counter-1
}

// Foreign reports whether c differs in both network and user agent from the client that last obtained a token of s. A single
// difference is normal: clients move between networks, and browsers update themselves.
func (s *Session) Foreign(c Client) bool {
	return deref(s.UserAgent) != c.UserAgent && homeNetwork(deref(s.IPAddress)) != homeNetwork(c.IPAddress)
}

// homeNetwork returns the part of an address that a household keeps: /24 of IPv4, /64 of IPv6.
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

// Refresh exchanges a refresh token for new tokens. Within the grace period a rotated token is answered with its
// successor, so clients that race hold the same token. Later the token is rotated again while its successor is unused,
// because the response may have been lost.
func (s *Service) Refresh(ctx context.Context, text string, client Client) (*SignIn, error) {
	// 1. Verify the MAC: a forged token costs no query and changes nothing.
	key, err := s.keys.RefreshKey(ctx)
	if err != nil {
		return nil, err
	}
	t, ok := parse(key, text)
	if !ok {
		return nil, s.refused(RefreshInvalid)
	}
	r := Rotation{Token: t, Idle: s.settings.SessionIdle, Grace: s.settings.RefreshGrace, Client: client.Clean()}

	// 2. Increment the counter, if the token is the present one.
	user, session, err := s.store.Rotate(ctx, r)
	outcome := RefreshRotated

	// 3. Evaluate any other token. A reuse ends the session, which is committed although the request fails.
	if errors.Is(err, ErrNotRotated) {
		outcome, user, session, err = s.store.FinishRefresh(ctx, r)
	}
	if err != nil {
		return nil, err
	}
	if !outcome.Answered() {
		return nil, s.refused(outcome)
	}
	s.refreshed(outcome)

	// 4. Issue tokens with the present permissions. The key that parsed the token mints the next one, so that no token
	// outlives a key that is revoked during the request.
	return s.signInWith(ctx, key, user, session)
}

func parse(key *token.RefreshKey, text string) (t RefreshToken, ok bool) {
	t.Session, t.KeyVersion, t.Counter, ok = key.Parse(text)
	return t, ok
}

// refused reports the outcome to the metrics and returns its error.
func (s *Service) refused(outcome RefreshOutcome) *auth.Error {
	s.refreshed(outcome)
	switch outcome {
	case RefreshReused:
		return ErrRefreshTokenReused
	case RefreshReplaced:
		return ErrRefreshTokenInvalid.Because(ErrSessionReplaced)
	}
	return ErrRefreshTokenInvalid
}
