package account

import (
	"context"
	"errors"
	"sync"

	"authgraph/auth/password"
)

// maxConcurrentAttempts is the maximum number of concurrent attempts per subject and instance; further ones wait. An
// attempt holds its unit until it has succeeded or failed, so concurrent sign-ins with the right password could refuse
// each other. With 3, and a limit of 10, that takes more than three instances.
const maxConcurrentAttempts = 3

// attemptSlots holds the concurrent attempts by the key of their narrowest limit. Each attempt has a ticket, so the places
// of the hashing queue bound their number.
type attemptSlots struct {
	mu   sync.Mutex
	keys map[string]*subjectSlots
}

// subjectSlots holds the slots of one subject.
type subjectSlots struct {
	semaphore chan struct{} // has maxConcurrentAttempts places
	refs      int           // attempts that hold a slot or wait for it
}

func newAttemptSlots() *attemptSlots { return &attemptSlots{keys: map[string]*subjectSlots{}} }

// acquire waits for a slot of key, at most until the ticket expires. It fails with an Overload, or with the error of ctx.
// The caller must call release once.
func (u *attemptSlots) acquire(ctx context.Context, ticket *password.Ticket, key string) (release func(), err error) {
	s := u.retain(key)
	waiting, cancel := context.WithDeadlineCause(ctx, ticket.Until(), errSlotTimeout)
	defer cancel()
	select {
	case s.semaphore <- struct{}{}:
		return func() {
			<-s.semaphore
			u.drop(key, s)
		}, nil
	case <-waiting.Done():
		u.drop(key, s)
		if errors.Is(context.Cause(waiting), errSlotTimeout) {
			return nil, ticket.Overload()
		}
		return nil, ctx.Err()
	}
}

var errSlotTimeout = errors.New("the attempts before took too long")

func (u *attemptSlots) retain(key string) *subjectSlots {
	u.mu.Lock()
	defer u.mu.Unlock()
	s := u.keys[key]
	if s == nil {
		s = &subjectSlots{semaphore: make(chan struct{}, maxConcurrentAttempts)}
		u.keys[key] = s
	}
	s.refs++
	return s
}

func (u *attemptSlots) drop(key string, s *subjectSlots) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if s.refs--; s.refs == 0 {
		delete(u.keys, key)
	}
}
