package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"authgraph/auth"
)

// The kinds of what the feed tells: the issuer's enum RevocationKind.
const (
	kindHeartbeat = "HEARTBEAT"
	kindSession   = "SESSION"
	kindAccount   = "ACCOUNT"
	kindRights    = "RIGHTS"
	kindKey       = "KEY"
)

const revocationsOperation = `subscription Revocations($after: String) {
	revocations(after: $after) { cursor kind sessionId userId keyId at } }`

const meOperation = `{ me { id roles } }`

const (
	// DefaultBound is the time that the feed is trusted after a heartbeat. The issuer sends one per second.
	DefaultBound = 3 * time.Second
	// defaultLife is the longest that an issuer's access tokens live.
	defaultLife = time.Hour
	// askTimeout is the time that a request waits for the issuer to check its token.
	askTimeout = 2 * time.Second
	// firstPause and lastPause are between two attempts to follow.
	firstPause, lastPause = 100 * time.Millisecond, 5 * time.Second
)

// TokenSource gives access tokens of an account that holds REVOCATIONS_READ; an Account is one.
type TokenSource interface {
	Token(ctx context.Context) (string, error)
	Drop(token string)
}

// Feed is an auth.Authenticator for a server that is not the issuer. It follows the issuer's
// `revocations`, so it knows which sessions, accounts and keys are invalid without asking the issuer for each
// request.
//
// If it has not heard for the bound that it knows everything, it asks the issuer about each token; and if that can't be
// reached either, the answer is auth.ErrUnavailable. A session that ended at the issuer is refused here always within the
// bound, and usually within milliseconds.
type Feed struct {
	verifier auth.Authenticator
	endpoint string
	account  TokenSource
	bound    time.Duration
	life     time.Duration
	client   *http.Client
	now      func() time.Time
	failed   func(error)
	gone     gone
	insecure bool
	fault    error // why the endpoint is invalid

	mu       sync.Mutex
	cursor   string
	complete time.Time // by our clock: until when everything is known
}

// FeedOption changes a Feed.
type FeedOption func(*Feed)

// WithBound sets how long the feed is believed after a heartbeat.
func WithBound(d time.Duration) FeedOption { return func(f *Feed) { f.bound = d } }

// WithTokenLife says how long the issuer's access tokens live at most, if that is not an hour.
func WithTokenLife(d time.Duration) FeedOption { return func(f *Feed) { f.life = d } }

// WithFailures calls failed with the error that keeps the feed from being followed, unless the attempt before failed with the
// same words. Default: a warning to log/slog's default logger.
func WithFailures(failed func(error)) FeedOption { return func(f *Feed) { f.failed = failed } }

// FeedOverInsecureHTTP sends tokens over plain http. An attacker who reads the network then has them. An attacker who
// changes the network can withhold revocations from this server.
func FeedOverInsecureHTTP() FeedOption { return func(f *Feed) { f.insecure = true } }

// Err returns an error if the endpoint is not https, such as ErrInsecure, or if the Err of the verifier or of the account
// returns one. With a wrong endpoint Run reports it and sends nothing, and Authenticate answers auth.ErrUnavailable.
func (f *Feed) Err() error { return errors.Join(errOf(f.verifier), errOf(f.account), f.fault) }

func errOf(part any) error {
	if checked, ok := part.(interface{ Err() error }); ok {
		return checked.Err()
	}
	return nil
}

// NewFeed returns a feed of the issuer whose GraphQL endpoint is given; verifier judges the tokens themselves. It knows
// nothing until Run runs. Err returns what is wrong with the endpoint.
func NewFeed(verifier auth.Authenticator, endpoint string, account TokenSource, options ...FeedOption) *Feed {
	f := &Feed{
		verifier: verifier, endpoint: endpoint, account: account, bound: DefaultBound, life: defaultLife,
		client: &http.Client{CheckRedirect: refuseRedirect}, now: time.Now, failed: warn,
	}
	for _, option := range options {
		option(f)
	}
	f.fault = checkURL(endpoint, f.insecure)
	return f
}

var _ auth.Authenticator = (*Feed)(nil)

// Authenticate implements auth.Authenticator.
func (f *Feed) Authenticate(ctx context.Context, token string) (*auth.Principal, error) {
	caller, err := f.verifier.Authenticate(ctx, token)
	if err != nil {
		return nil, err
	}
	if f.Live() {
		if err := f.gone.check(caller); err != nil {
			return nil, err
		}
		return caller, nil
	}
	if err := f.askIssuer(ctx, caller, token); err != nil {
		return nil, err
	}
	return caller, nil
}

// Live reports whether the feed knows everything that has stopped counting.
func (f *Feed) Live() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return !f.complete.IsZero() && f.now().Sub(f.complete) < f.bound && f.gone.complete()
}

// askIssuer asks the issuer whether a token is valid. A token from before a change of the roles is TOKEN_EXPIRED.
func (f *Feed) askIssuer(ctx context.Context, caller *auth.Principal, token string) error {
	if f.fault != nil {
		return auth.ErrUnavailable.Because(f.fault)
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	var got struct {
		Me *struct {
			ID    string
			Roles []string
		}
	}
	err := ask(ctx, f.client, f.endpoint, token, operation{Query: meOperation}, &got)
	var refused *auth.Error
	switch {
	case errors.As(err, &refused) && refused.Code == auth.Unauthenticated:
		return refused
	case err != nil:
		return auth.ErrUnavailable.Because(err)
	case got.Me == nil || got.Me.ID != caller.Subject:
		return auth.ErrTokenInvalid
	case caller.Actor != "": // `me` tells the account's roles, not those that the impersonator still shares
		return auth.ErrUnavailable.Because(errors.New("the issuer does not return the roles of an impersonator"))
	case !sameRoles(got.Me.Roles, caller.Roles):
		return auth.ErrTokenExpired
	}
	return nil
}

func sameRoles(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// Run follows the issuer until ctx ends.
func (f *Feed) Run(ctx context.Context) {
	last := ""
	for pause := firstPause; ctx.Err() == nil; pause = min(2*pause, lastPause) {
		received, err := f.follow(ctx)
		if ctx.Err() != nil {
			return
		}
		if received {
			pause, last = firstPause, ""
		}
		var refused *auth.Error
		switch {
		case errors.As(err, &refused) && refused.Code == auth.Conflict:
			f.begin()
		case errors.As(err, &refused) && refused.Code == auth.Unauthenticated:
		case err.Error() != last:
			last = err.Error()
			if refused != nil && refused.Code == auth.Forbidden {
				err = fmt.Errorf("the account needs the permission REVOCATIONS_READ: %w", err)
			}
			f.failed(fmt.Errorf("remote: the issuer's revocations are not followed: %w", err))
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// begin forgets everything: what the issuer tells from now on is whole by itself.
func (f *Feed) begin() {
	f.mu.Lock()
	f.cursor, f.complete = "", time.Time{}
	f.mu.Unlock()
	f.gone.forget(time.Time{}, true)
}

// follow reads one stream to its end, and reports whether it told anything.
func (f *Feed) follow(ctx context.Context) (received bool, err error) {
	if f.fault != nil {
		return false, f.fault
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	token, err := f.account.Token(ctx)
	if err != nil {
		return false, fmt.Errorf("the account can't sign in: %w", err)
	}
	silent := time.AfterFunc(2*f.bound, cancel) // a connection that was swallowed says nothing, not even that
	defer silent.Stop()
	f.mu.Lock()
	o := operation{Query: revocationsOperation}
	if f.cursor != "" {
		o.Variables = map[string]any{"after": f.cursor}
	}
	f.mu.Unlock()
	response, err := send(ctx, f.client, f.endpoint, token, "text/event-stream", o)
	if err != nil {
		return false, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		f.account.Drop(token)
		if err := decode(response, &struct{}{}); err != nil {
			return false, err
		}
		return false, fmt.Errorf("the issuer answered %d", response.StatusCode)
	}
	delay := time.Duration(1<<63 - 1) // the least that an event of this stream took, the clocks' difference included
	err = readEvents(response.Body, func() { silent.Reset(2 * f.bound) }, func(data []byte) error {
		var event struct {
			Data   struct{ Revocations *revocation }
			Errors refusals
		}
		if err := json.Unmarshal(data, &event); err != nil {
			return err
		}
		if err := event.Errors.err(); err != nil {
			return err
		}
		if event.Data.Revocations == nil {
			return errors.New("the issuer sent an empty event")
		}
		received = true
		return f.take(event.Data.Revocations, &delay)
	})
	var refused *auth.Error
	if errors.As(err, &refused) && refused.Code == auth.Unauthenticated {
		f.account.Drop(token)
	}
	return received, err
}

// revocation is an event of the feed.
type revocation struct {
	Cursor, Kind             string
	SessionID, UserID, KeyID string
	At                       time.Time
}

// take remembers what an event says. Its kind decides what it names; one that is not known may mean anything.
func (f *Feed) take(r *revocation, delay *time.Duration) error {
	named, known := map[string]string{
		kindSession: r.SessionID, kindAccount: r.UserID, kindRights: r.UserID, kindKey: r.KeyID, kindHeartbeat: "",
	}[r.Kind]
	switch {
	case !known:
		return errors.New("the issuer sent an unknown kind of revocation: " + r.Kind)
	case r.Kind == kindHeartbeat:
		f.gone.forget(r.At.Add(-f.life), false)
	case named == "": // it would be said of each caller whose token names none
		return errors.New("the issuer sent an empty revocation: " + r.Kind)
	default:
		f.gone.add(r.Kind, named, r.At)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cursor = r.Cursor
	if r.Kind == kindHeartbeat {
		// A stream that was held up tells of times that are long past: they count from when they would have come.
		*delay = min(*delay, f.now().Sub(r.At))
		f.complete = r.At.Add(*delay)
	}
	return nil
}
