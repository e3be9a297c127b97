package account

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// slow is a Store that answers when it is let.
type slow struct {
	Store
	mu       sync.Mutex
	sessions map[string]*Session
	reads    atomic.Int64
	gate     chan struct{} // nil: at once
	err      error
}

func (s *slow) SessionsByID(ctx context.Context, ids []string) ([]*Session, error) {
	s.reads.Add(1)
	s.mu.Lock()
	found, ok := s.sessions[ids[0]]
	err, gate := s.err, s.gate
	s.mu.Unlock()
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if err != nil || !ok {
		return nil, err
	}
	read := *found
	read.ReadAt = time.Now()
	return []*Session{&read}, nil
}

func (s *slow) UsersByID(context.Context, []string) ([]*User, error) { return nil, nil }

func (s *slow) set(id string, session *Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions[id] = session
}

type held bool

func (h *held) Held() bool { return bool(*h) }

func remember(size int) (*slow, *held, *SessionCache) {
	store, lease := &slow{sessions: map[string]*Session{}}, held(true)
	for n := range 100 {
		id := fmt.Sprint("session_", n)
		store.sessions[id] = &Session{ID: id, ExpiresAt: time.Now().Add(time.Hour)}
	}
	return store, &lease, NewSessionCache(store, &lease, size)
}

func TestSessionCache_Hit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, lease, m := remember(1000)
		ask := func() *Session {
			t.Helper()
			s, err := m.Session(t.Context(), "session_1")
			if err != nil || s.ID != "session_1" {
				t.Fatalf("got %v, %v", s, err)
			}
			return s
		}
		first := ask()
		if again := ask(); again != first || store.reads.Load() != 1 {
			t.Errorf("%d readings, want 1", store.reads.Load())
		}
		m.Forget(Change{Sessions: []string{"session_2"}, Users: []string{"session_1"}, Keys: true})
		if ask() != first {
			t.Error("it forgot what it was not told of")
		}
		for name, c := range map[string]Change{"the session": {Sessions: []string{"session_1"}}, "all": {All: true}} {
			before := store.reads.Load()
			if m.Forget(c); ask() == first || store.reads.Load() != before+1 {
				t.Errorf("%s changed, and it is still believed", name)
			}
		}
		*lease = false
		before := store.reads.Load()
		for range 3 {
			ask()
			time.Sleep(maxSharedAge)
		}
		if n := store.reads.Load() - before; n != 3 {
			t.Errorf("without the lease: %d readings for 3 requests", n)
		}
	})
}

// A cache without a notification of a refresh reads the session again at its former expiry.
func TestSessionCache_Expiry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, _, m := remember(1000)
		if _, err := m.Session(t.Context(), "session_1"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour - time.Second)
		store.set("session_1", &Session{ID: "session_1", ExpiresAt: time.Now().Add(time.Hour)})
		if _, err := m.Session(t.Context(), "session_1"); err != nil || store.reads.Load() != 1 {
			t.Errorf("before: %v, %d readings, want 1", err, store.reads.Load())
		}
		time.Sleep(time.Second)
		if s, err := m.Session(t.Context(), "session_1"); err != nil || s.Ended() || store.reads.Load() != 2 {
			t.Errorf("after: %v, %d readings, want 2", err, store.reads.Load())
		}
	})
}

// A read that was in progress when the change became known is neither cached nor returned to later callers, with or without the
// lease.
func TestSessionCache_ForgetDuringLoad(t *testing.T) {
	changes := map[string]Change{"the session": {Sessions: []string{"session_1"}}, "all": {All: true}}
	for name, c := range changes {
		for _, lease := range []held{true, false} {
			t.Run(fmt.Sprintf("%s, lease %v", name, lease), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					store, l, m := remember(1000)
					*l, store.gate = lease, make(chan struct{})
					var early, late *Session
					var wait sync.WaitGroup
					wait.Go(func() { early, _ = m.Session(t.Context(), "session_1") })
					synctest.Wait()
					ended := time.Now()
					store.set("session_1", &Session{ID: "session_1", EndedAt: &ended})
					m.Forget(c)
					wait.Go(func() { late, _ = m.Session(t.Context(), "session_1") })
					synctest.Wait()
					close(store.gate)
					wait.Wait()
					if early == nil || late == nil || !late.Ended() {
						t.Errorf("who asked after the change got %+v", late)
					}
					if s, err := m.Session(t.Context(), "session_1"); err != nil || !s.Ended() {
						t.Errorf("afterwards: %+v, %v", s, err)
					}
				})
			})
		}
	}
}

// A request that goes away does not take those with it that wait for the same reading.
func TestSessionCache_CanceledLoad(t *testing.T) {
	for _, lease := range []held{true, false} {
		synctest.Test(t, func(t *testing.T) {
			store, l, m := remember(1000)
			*l, store.gate = lease, make(chan struct{})
			gone, leave := context.WithCancel(t.Context())
			var wait sync.WaitGroup
			wait.Go(func() {
				if _, err := m.Session(gone, "session_1"); !errors.Is(err, context.Canceled) {
					t.Errorf("who went away: %v", err)
				}
			})
			synctest.Wait()
			for range 3 {
				wait.Go(func() {
					if s, err := m.Session(t.Context(), "session_1"); err != nil || s.ID != "session_1" {
						t.Errorf("who stayed: %v, %v", s, err)
					}
				})
			}
			synctest.Wait()
			leave()
			synctest.Wait()
			close(store.gate)
			wait.Wait()
			if n := store.reads.Load(); n > 2 {
				t.Errorf("%d readings for four requests at once", n)
			}
		})
	}
}

// Neither an error nor an absence is remembered.
func TestSessionCache_Failure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, _, m := remember(1000)
		store.err = errors.New("out of reach")
		if _, err := m.Session(t.Context(), "session_1"); !errors.Is(err, store.err) {
			t.Errorf("got %v", err)
		}
		store.err = nil
		if _, err := m.Session(t.Context(), "session_1"); err != nil {
			t.Errorf("when it is back: %v", err)
		}
		if _, err := m.Session(t.Context(), "session_new"); !errors.Is(err, ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
		store.set("session_new", &Session{ID: "session_new", ExpiresAt: time.Now().Add(time.Hour)})
		if _, err := m.Session(t.Context(), "session_new"); err != nil {
			t.Errorf("once it is there: %v", err)
		}
	})
}

func TestSessionCache_Bounded(t *testing.T) {
	_, _, m := remember(10)
	for n := range 100 {
		if _, err := m.Session(t.Context(), fmt.Sprint("session_", n)); err != nil {
			t.Fatal(err)
		}
	}
	cache := m.sessions.cache.Load()
	cache.CleanUp()
	if n := cache.EstimatedSize(); n > 10 {
		t.Errorf("%d are remembered, want at most 10", n)
	}
}
