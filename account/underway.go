package account

import (
	"context"
	"errors"
	"sync"

	"authgraph/auth/password"
)

// maxUnderWay bounds the attempts that are under way at once with one subject on one instance; further ones wait. An
// attempt holds its unit until it is known whether it succeeded, so with more of them simultaneous sign-ins with the
// right password would refuse each other. At 3, that takes more than three instances for a limit of 10.
const maxUnderWay = 3

// underWay is the attempts that are under way, by the key of their narrowest limit. Each holds a ticket, so the places of
// the hashing queue bound their number.
type underWay struct {
	mu   sync.Mutex
	keys map[string]*slots
}

type slots struct {
	free  chan struct{} // takes as many as may be under way
	users int           // attempts that hold or await a slot
}

func newUnderWay() *underWay { return &underWay{keys: map[string]*slots{}} }

// enter waits until fewer than maxUnderWay attempts with key are under way, at most as long as the ticket is valid. It
// fails with an Overload, or with the error of ctx. leave must be called once.
func (u *underWay) enter(ctx context.Context, ticket *password.Ticket, key string) (leave func(), err error) {
	s := u.join(key)
	waiting, cancel := context.WithDeadlineCause(ctx, ticket.Until(), errWaited)
	defer cancel()
	select {
	case s.free <- struct{}{}:
		return func() {
			<-s.free
			u.part(key, s)
		}, nil
	case <-waiting.Done():
		u.part(key, s)
		if errors.Is(context.Cause(waiting), errWaited) {
			return nil, ticket.Overload()
		}
		return nil, ctx.Err()
	}
}

var errWaited = errors.New("the attempts before took too long")

func (u *underWay) join(key string) *slots {
	u.mu.Lock()
	defer u.mu.Unlock()
	s := u.keys[key]
	if s == nil {
		s = &slots{free: make(chan struct{}, maxUnderWay)}
		u.keys[key] = s
	}
	s.users++
	return s
}

func (u *underWay) part(key string, s *slots) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if s.users--; s.users == 0 {
		delete(u.keys, key)
	}
}
