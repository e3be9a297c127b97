package stream

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/graph/reqctx"
)

// closing is why a connection that was open ends, in the terms of a socket.
type closing struct {
	code    int
	refusal *auth.Error
}

func (c *closing) Error() string { return c.refusal.Error() }

// The close codes. 4403 means that a fresh token would help: graphql-ws reconnects with new connectionParams. 4401 means that the
// session has ended: graphql-ws does not reconnect.
const (
	closeSessionEnded = 4401
	closeTokenStale   = 4403
	closeRestart      = 1012 // RFC 6455, 7.4.1, and its registry
	closeTryLater     = 1013
)

// errRestart is for who is connected while the server stops.
var errRestart = &auth.Error{
	Code: auth.ServiceUnavailable, Message: "The server is restarting", RetryAfter: time.Second,
}

// closingOf says how a connection ends that err refuses.
func closingOf(err error) *closing {
	var refused *auth.Error
	if !errors.As(err, &refused) {
		refused = auth.ErrTokenInvalid
	}
	code := closeTokenStale
	switch {
	case refused.Reason == auth.SessionEnded:
		code = closeSessionEnded
	case refused.Code != auth.Unauthenticated:
		code = closeTryLater
	}
	return &closing{code, refused}
}

// Renewer says who a caller is now whose token was found good before.
type Renewer interface {
	// Renew returns the caller as they are now, or why they are none any more: a *auth.Error.
	Renew(ctx context.Context, caller *auth.Principal) (*auth.Principal, error)
	// Check says of many callers at once why they are none any more; nil for those who are.
	Check(ctx context.Context, caller []*auth.Principal) []error
}

// Registry holds the open connections: sockets and server-sent events. Each ends with its session, and when its access token
// expires.
type Registry struct {
	renewer Renewer
	lease   account.Lease
	now     func() time.Time
	opening *openings
	refused func(bound string)
	wake    chan struct{}

	mu      sync.Mutex
	open    map[*stream]struct{}
	places  streamPlaces
	changes []account.Change
	stopped bool
}

// stream is an open stream.
type stream struct {
	caller  *auth.Principal // nil for an anonymous client
	end     context.CancelCauseFunc
	recheck bool // Run's own: the last check could not be made
}

// New returns the registry of a server. Run watches over its streams.
func New(
	renewer Renewer, lease account.Lease, limits Limits, now func() time.Time,
) *Registry {
	return &Registry{
		renewer: renewer, lease: lease, now: now, wake: make(chan struct{}, 1), open: map[*stream]struct{}{},
		places: newStreamPlaces(limits), opening: newOpenings(limits.Total),
		refused: func(string) {},
	}
}

var errTooManyStreams = &auth.Error{
	Code: auth.LimitExceeded, Message: "There are too many open connections", RetryAfter: 10 * time.Second,
}

// SetMetrics sets a function that is called with one of Bounds for each stream that is refused. It must be called
// before the first stream.
func (s *Registry) SetMetrics(refused func(bound string)) { s.refused = refused }

// add puts a connection under watch. The context ends with its session, whose *closing is then the context's cause;
// in it each call of auth.From checks the caller again. done must be called. An error is an *auth.Error.
func (s *Registry) add(ctx context.Context) (_ context.Context, done func(), err error) {
	caller, err := auth.From(ctx)
	if err != nil {
		caller = nil
	}
	ctx, done, err = s.watch(ctx, caller)
	if err != nil || caller == nil {
		return ctx, done, err
	}
	// The session may have ended after the check of the caller and before the stream was watched, without a notification.
	if _, err := s.renewer.Renew(ctx, caller); err != nil {
		done()
		return nil, nil, closingOf(err).refusal
	}
	return ctx, done, nil
}

func (s *Registry) watch(ctx context.Context, caller *auth.Principal) (_ context.Context, done func(), err error) {
	ctx, end := context.WithCancelCause(ctx)
	st := &stream{caller: caller, end: end}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		end(nil)
		return nil, nil, errRestart
	}
	leave, exceeded := s.places.take(caller, reqctx.ClientOf(ctx).Path())
	if leave == nil {
		s.refused(exceeded)
		end(nil)
		return nil, nil, errTooManyStreams
	}
	s.open[st] = struct{}{}
	expiry := func() bool { return true }
	if caller != nil {
		ctx = auth.WithLive(ctx, func() (*auth.Principal, error) { return s.renewer.Renew(ctx, caller) })
		expiry = time.AfterFunc(caller.ExpiresAt.Sub(s.now()), func() { end(closingOf(auth.ErrTokenExpired)) }).Stop
	}
	return ctx, sync.OnceFunc(func() {
		expiry()
		end(nil)
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.open, st)
		leave()
	}), nil
}

// Open returns how many there are.
func (s *Registry) Open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open)
}

// maxChanges is how many changes wait for Run. Above it they become one change that means all streams, since a slow
// database must not let one account fill the memory by signing in and out.
const maxChanges = 1000

// HandleChange checks the streams that a change may end. It does not wait for the check.
func (s *Registry) HandleChange(c account.Change) {
	s.mu.Lock()
	if len(s.changes) >= maxChanges {
		s.changes, c = nil, account.Change{All: true}
	}
	s.changes = append(s.changes, c)
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// sweepInterval is the time between two checks of every stream while change notifications are interrupted, and of each
// stream whose last check failed.
const sweepInterval = 300 * time.Millisecond

// Run ends streams until ctx ends, and then all that are left.
func (s *Registry) Run(ctx context.Context) {
	tick := time.NewTicker(sweepInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			s.stop()
			return
		case <-s.wake:
			s.mu.Lock()
			changes := s.changes
			s.changes = nil
			s.mu.Unlock()
			for _, c := range changes {
				s.apply(ctx, c)
			}
		case <-tick.C:
			all := !s.lease.Held()
			s.sweep(ctx, s.filter(func(st *stream) bool { return all || st.recheck }))
		}
	}
}

func (s *Registry) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopped = true
	for st := range s.open {
		st.end(&closing{closeRestart, errRestart})
	}
}

// filter returns the chosen streams of signed-in callers.
func (s *Registry) filter(chosen func(*stream) bool) (found []*stream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for st := range s.open {
		if st.caller != nil && chosen(st) {
			found = append(found, st)
		}
	}
	return found
}

func (s *Registry) apply(ctx context.Context, c account.Change) {
	for _, st := range s.filter(func(st *stream) bool { return slices.Contains(c.Sessions, st.caller.Session) }) {
		if slices.Contains(c.Replaced, st.caller.Session) {
			st.end(closingOf(auth.ErrTokenExpired)) // other tabs hold the tokens of the session that continues it
			continue
		}
		st.end(closingOf(auth.ErrSessionEnded))
	}
	if all := c.All || c.Keys || c.Rights; all || len(c.Users) > 0 {
		s.sweep(ctx, s.filter(func(st *stream) bool {
			return all || slices.Contains(c.Users, st.caller.Subject) || slices.Contains(c.Users, st.caller.Actor)
		}))
	}
}

// sweep ends the streams whose caller is no longer valid. A caller that can't be checked is left for the next sweep.
func (s *Registry) sweep(ctx context.Context, all []*stream) {
	if len(all) == 0 {
		return
	}
	callers := make([]*auth.Principal, len(all))
	for i, st := range all {
		callers[i] = st.caller
	}
	for i, err := range s.renewer.Check(ctx, callers) {
		all[i].recheck = errors.Is(err, auth.ErrUnavailable)
		if err != nil && !all[i].recheck {
			all[i].end(closingOf(err))
		}
	}
}
