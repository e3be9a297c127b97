package stream

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/graph/reqctx"
)

// callers is a Renewer by hand.
type callers struct {
	mu    sync.Mutex
	none  map[string]error // by session
	asked int
}

func (c *callers) Renew(_ context.Context, principal *auth.Principal) (*auth.Principal, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return principal, c.none[principal.Session]
}

func (c *callers) Check(_ context.Context, principal []*auth.Principal) []error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked++
	errs := make([]error, len(principal))
	for i, p := range principal {
		errs[i] = c.none[p.Session]
	}
	return errs
}

func (c *callers) lose(session string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.none[session] = err
}

type heldOrNot struct{ atomic.Bool }

func (h *heldOrNot) Held() bool { return h.Load() }

// watched runs streams until the test's bubble is left.
func watched(t *testing.T, limits Limits) (s *Registry, c *callers, lease *heldOrNot, stop func()) {
	t.Helper()
	c, lease = &callers{none: map[string]error{}}, &heldOrNot{}
	lease.Store(true)
	s = New(c, lease, limits, time.Now)
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { s.Run(ctx) })
	return s, c, lease, func() {
		cancel()
		running.Wait()
	}
}

// open adds a stream whose token expires after ten minutes.
func open(t *testing.T, s *Registry, session, subject string) (context.Context, func()) {
	t.Helper()
	ctx, done, err := s.add(auth.With(t.Context(), &auth.Principal{
		Session: session, Subject: subject, ExpiresAt: time.Now().Add(10 * time.Minute),
	}))
	if err != nil {
		t.Fatal(err)
	}
	return ctx, done
}

// endsWith checks with what a stream has ended; 0 for not at all.
func endsWith(t *testing.T, name string, ctx context.Context, code int, reason auth.Reason) {
	t.Helper()
	synctest.Wait()
	var c *closing
	switch {
	case ctx.Err() == nil && code == 0:
	case ctx.Err() == nil:
		t.Errorf("%s: it goes on, want %d", name, code)
	case !errors.As(context.Cause(ctx), &c):
		t.Errorf("%s: ended with %v", name, context.Cause(ctx))
	case c.code != code || c.refusal.Reason != reason:
		t.Errorf("%s: ended with %d %s, want %d %s", name, c.code, c.refusal.Reason, code, reason)
	}
}

func TestStreams_End(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c, lease, stop := watched(t, Limits{PerSession: 10, Total: 100})
		ada, doneAda := open(t, s, "session_a", "user_a")
		bob, doneBob := open(t, s, "session_b", "user_b")
		eve, doneEve := open(t, s, "session_e", "user_e")

		s.HandleChange(account.Change{Sessions: []string{"session_a"}})
		endsWith(t, "an ended session", ada, closeSessionEnded, auth.SessionEnded)
		endsWith(t, "another", bob, 0, "")
		if c.asked != 0 {
			t.Error("somebody was asked about whom nothing was said")
		}
		c.lose("session_b", auth.ErrSessionEnded)
		s.HandleChange(account.Change{Users: []string{"user_e"}})
		endsWith(t, "a change of somebody else's", bob, 0, "")
		s.HandleChange(account.Change{Users: []string{"user_b"}})
		endsWith(t, "a suspended account", bob, closeSessionEnded, auth.SessionEnded)

		c.lose("session_e", auth.ErrUnavailable)
		s.HandleChange(account.Change{All: true})
		endsWith(t, "while nobody can be sure", eve, 0, "")
		c.lose("session_e", auth.ErrTokenInvalid)
		s.HandleChange(account.Change{Keys: true})
		endsWith(t, "a revoked key", eve, closeTokenStale, auth.TokenInvalid)

		silent, doneUnheard := open(t, s, "session_u", "user_u")
		c.lose("session_u", auth.ErrSessionEnded)
		time.Sleep(time.Second)
		endsWith(t, "with the lease", silent, 0, "")
		lease.Store(false)
		time.Sleep(sweepInterval + time.Millisecond)
		endsWith(t, "without the lease", silent, closeSessionEnded, auth.SessionEnded)

		for _, done := range []func(){doneAda, doneBob, doneEve, doneUnheard, doneAda} {
			done()
		}
		checkEmpty(t, s)
		stop()
	})
}

// A session may end after its token was found good and before its stream is watched.
func TestStreams_EndedBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c, _, stop := watched(t, Limits{PerSession: 10, Total: 100})
		c.lose("session_a", auth.ErrSessionEnded)
		s.HandleChange(account.Change{Sessions: []string{"session_a"}})
		synctest.Wait()
		_, _, err := s.add(auth.With(t.Context(), &auth.Principal{
			Session: "session_a", Subject: "user_a", ExpiresAt: time.Now().Add(10 * time.Minute),
		}))
		if got := closingOf(err); err == nil || got.code != closeSessionEnded {
			t.Errorf("got %v, want %d", err, closeSessionEnded)
		}
		checkEmpty(t, s)
		stop()
	})
}

// A check that the database could not answer is made again, though nothing more is heard.
func TestStreams_CheckedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c, _, stop := watched(t, Limits{PerSession: 10, Total: 100})
		ctx, done := open(t, s, "session_a", "user_a")
		c.lose("session_a", auth.ErrUnavailable)
		s.HandleChange(account.Change{Users: []string{"user_a"}})
		endsWith(t, "while nobody can be sure", ctx, 0, "")
		c.lose("session_a", auth.ErrSessionEnded)
		time.Sleep(sweepInterval + time.Millisecond)
		endsWith(t, "when it can be found out", ctx, closeSessionEnded, auth.SessionEnded)
		done()
		asked := c.asked
		time.Sleep(10 * sweepInterval)
		if c.asked > asked {
			t.Errorf("asked %d times more although the lease is held", c.asked-asked)
		}
		stop()
	})
}

// from is a request from an address.
func from(t *testing.T, address string) context.Context {
	t.Helper()
	return reqctx.WithRecord(t.Context(), &reqctx.Record{Client: address})
}

// Anonymous connections leave places for signed-in callers, and a network does not take the places of others.
func TestStreams_Nobody(t *testing.T) {
	s := New(&callers{none: map[string]error{}}, &heldOrNot{}, Limits{PerSession: 2, Total: 16}, time.Now)
	add := func(ctx context.Context) (func(), error) {
		_, done, err := s.add(ctx)
		return done, err
	}
	var dones []func()
	for n, want := range []error{nil, nil, errTooManyStreams} {
		done, err := add(from(t, fmt.Sprintf("2001:db8::%d", n+1)))
		if !errors.Is(err, want) {
			t.Errorf("connection %d of one network: got %v, want %v", n+1, err, want)
		}
		dones = append(dones, done)
	}
	for n, want := range []error{nil, nil, errTooManyStreams} {
		if _, err := add(from(t, fmt.Sprint("192.0.2.", n+1))); !errors.Is(err, want) {
			t.Errorf("connection %d of other networks: got %v, want %v", n+1, err, want)
		}
	}
	for n := range 10 {
		if _, err := add(auth.With(from(t, fmt.Sprintf("192.0.%d.1", n)), &auth.Principal{
			Session: fmt.Sprint("session_", n), Subject: fmt.Sprint("user_", n), ExpiresAt: time.Now().Add(time.Hour),
		})); err != nil {
			t.Errorf("somebody, the %dth: %v", n+1, err)
		}
	}
	dones[0]()
	if _, err := add(from(t, "2001:db8::4")); err != nil {
		t.Errorf("when one has gone: %v", err)
	}
}

func TestStreams_TokenRunsOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _, _, stop := watched(t, Limits{PerSession: 10, Total: 100})
		ctx, done := open(t, s, "session_a", "user_a")
		time.Sleep(10*time.Minute - time.Millisecond)
		endsWith(t, "a moment before", ctx, 0, "")
		time.Sleep(time.Millisecond)
		endsWith(t, "at its end", ctx, closeTokenStale, auth.TokenExpired)
		done()
		stop()
	})
}

func TestStreams_Restart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _, _, stop := watched(t, Limits{PerSession: 10, Total: 100})
		ctx, done := open(t, s, "session_a", "user_a")
		nobody, doneNobody, err := s.add(auth.WithAnonymous(t.Context(), auth.ErrTokenMissing))
		if err != nil {
			t.Fatal(err)
		}
		stop()
		endsWith(t, "somebody", ctx, closeRestart, "")
		endsWith(t, "nobody", nobody, closeRestart, "")
		if _, _, err := s.add(t.Context()); !errors.Is(err, errRestart) {
			t.Errorf("one more: got %v", err)
		}
		done()
		doneNobody()
	})
}

func TestStreams_Limits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _, _, stop := watched(t, Limits{PerSession: 2, Total: 5})
		var dones []func()
		more := func(session string) error {
			_, done, err := s.add(auth.With(from(t, "127.0.0.1"), &auth.Principal{
				Session: session, Subject: "user of " + session, ExpiresAt: time.Now().Add(time.Hour),
			}))
			if err == nil {
				dones = append(dones, done)
			}
			return err
		}
		for n, row := range []struct {
			session string
			want    error
		}{
			{"session_0", nil}, {"session_0", nil}, {"session_0", errTooManyStreams}, {"session_1", nil}, {"session_1", nil},
			{"session_2", nil}, {"session_3", errTooManyStreams},
		} {
			if err := more(row.session); !errors.Is(err, row.want) {
				t.Errorf("%d, of %s: got %v, want %v", n, row.session, err, row.want)
			}
		}
		dones[0]()
		if err := more("session_0"); err != nil {
			t.Errorf("when one has gone: %v", err)
		}
		for _, done := range dones {
			done()
			done()
		}
		checkEmpty(t, s)
		stop()
	})
}
