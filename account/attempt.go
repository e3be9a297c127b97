package account

import (
	"context"
	"errors"
	"sync"

	"authgraph/auth"
	"authgraph/auth/password"
	"authgraph/internal/network"
)

// subject identifies the counts of an attempt.
type subject struct {
	account string // such as emailSubject returns, whether or not there is such an account
	network string // network.Path.Subscriber of the client, for limits per network
	device  string // device.subject of a valid device cookie, in place of account and network; "" for none
}

// attempt holds the units that an attempt has taken from limits. The caller must call end.
type attempt struct {
	s       *Service
	keys    []string
	release func()
}

// end releases the slot for the next attempt of the subject. A second call does nothing, nor does a call for nil.
func (a *attempt) end() {
	if a != nil {
		a.release()
	}
}

// giveBack returns the units of an attempt that succeeded or was not made, even if the request has ended.
func (a *attempt) giveBack(ctx context.Context) {
	ctx, done := withoutCancel(ctx)
	defer done()
	for _, key := range a.keys {
		_ = a.s.store.Uncount(ctx, key) // a unit that stays expires with its window
	}
	a.keys = nil
}

// giveBackIfShed returns the units if err is OVERLOADED.
func (a *attempt) giveBackIfShed(ctx context.Context, err error) {
	if errors.Is(err, &auth.Error{Code: auth.Overloaded}) {
		a.giveBack(ctx)
	}
}

// attempt takes a unit from each limit, before the lookup of the account. The ticket bounds the wait for other attempts.
// The error is RATE_LIMITED, OVERLOADED, or the store's error.
func (s *Service) attempt(ctx context.Context, ticket *password.Ticket, limits []Limit, target subject) (*attempt, error) {
	if len(limits) == 0 {
		return &attempt{s: s, release: func() {}}, nil
	}
	key, err := s.limitKey(ctx)
	if err != nil {
		return nil, err
	}
	if target.device != "" {
		limits = deviceLimits(limits)
	}
	release, err := s.slots.acquire(ctx, ticket, narrowFirst(limits)[0].key(key.Key, target))
	if err != nil {
		return nil, overloaded(err)
	}
	a, err := s.takeUnits(ctx, key.Key, limits, target)
	if err != nil {
		release()
		return nil, err
	}
	a.release = sync.OnceFunc(release)
	return a, nil
}

// CountAttempt takes a unit from each limit for a subject and a client's network. The error is RATE_LIMITED, or the
// store's error.
func (s *Service) CountAttempt(ctx context.Context, limits []Limit, account string, from network.Path) error {
	if len(limits) == 0 {
		return nil
	}
	key, err := s.limitKey(ctx)
	if err != nil {
		return err
	}
	_, err = s.takeUnits(ctx, key.Key, limits, subject{account: account, network: from.Subscriber()})
	return err
}

// takeUnits takes a unit from each limit; if one is exhausted, it returns the units of the others.
func (s *Service) takeUnits(ctx context.Context, key []byte, limits []Limit, target subject) (*attempt, error) {
	a := &attempt{s: s}
	for _, limit := range narrowFirst(limits) {
		k := limit.key(key, target)
		remaining, ok, err := s.store.Count(ctx, k, limit.Max, limit.Window)
		if err != nil {
			return nil, err
		}
		if !ok {
			a.giveBack(ctx)
			return nil, RateLimited(remaining)
		}
		a.keys = append(a.keys, k)
	}
	return a, nil
}
