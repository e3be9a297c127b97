package account

import (
	"context"
	"errors"
	"sync"

	"authgraph/auth"
	"authgraph/auth/password"
	"authgraph/internal/network"
)

// subject is what an attempt counts against.
type subject struct {
	account string // such as emailSubject returns, whether or not there is such an account
	network string // network.Path.Subscriber of the client, for limits per network
	device  string // device.subject of a valid device cookie, in place of account and network; "" for none
}

// attempt is the units that an attempt has taken from limits. It must end.
type attempt struct {
	s     *Service
	keys  []string
	leave func()
}

// end lets the next attempt with the same subject begin. A second call does nothing, nor does a call for nil.
func (a *attempt) end() {
	if a != nil {
		a.leave()
	}
}

// giveBack returns the units, even though the request may have ended: nothing was tried, or the attempt succeeded.
func (a *attempt) giveBack(ctx context.Context) {
	ctx, done := outliving(ctx)
	defer done()
	for _, key := range a.keys {
		_ = a.s.store.Uncount(ctx, key) // a unit that stays expires with its window
	}
	a.keys = nil
}

// giveBackIfShed returns the units if err reports that there was no time for the attempt.
func (a *attempt) giveBackIfShed(ctx context.Context, err error) {
	if errors.Is(err, &auth.Error{Code: auth.Overloaded}) {
		a.giveBack(ctx)
	}
}

// attempt takes a unit from each limit, before it is known whether there is such an account. The ticket bounds how
// long it waits for other attempts. An error is RATE_LIMITED, OVERLOADED, or reports that nothing could be counted.
func (s *Service) attempt(ctx context.Context, ticket *password.Ticket, limits []Limit, of subject) (*attempt, error) {
	if len(limits) == 0 {
		return &attempt{s: s, leave: func() {}}, nil
	}
	key, err := s.settings.LimitKey(ctx)
	if err != nil {
		return nil, err
	}
	if of.device != "" {
		limits = ofDevices(limits)
	}
	leave, err := s.underWay.enter(ctx, ticket, narrowFirst(limits)[0].key(key.Key, of))
	if err != nil {
		return nil, overloaded(err)
	}
	a, err := s.take(ctx, key.Key, limits, of)
	if err != nil {
		leave()
		return nil, err
	}
	a.leave = sync.OnceFunc(leave)
	return a, nil
}

// CountAttempt takes a unit from each limit for a subject and a client's network. An error is RATE_LIMITED, or reports
// that nothing could be counted.
func (s *Service) CountAttempt(ctx context.Context, limits []Limit, account string, from network.Path) error {
	if len(limits) == 0 {
		return nil
	}
	key, err := s.settings.LimitKey(ctx)
	if err != nil {
		return err
	}
	_, err = s.take(ctx, key.Key, limits, subject{account: account, network: from.Subscriber()})
	return err
}

// take takes a unit from each limit, or from none.
func (s *Service) take(ctx context.Context, key []byte, limits []Limit, of subject) (*attempt, error) {
	a := &attempt{s: s}
	for _, limit := range narrowFirst(limits) {
		k := limit.key(key, of)
		left, ok, err := s.store.Count(ctx, k, limit.Most, limit.Window)
		if err != nil {
			return nil, err
		}
		if !ok {
			a.giveBack(ctx)
			return nil, RateLimited(left)
		}
		a.keys = append(a.keys, k)
	}
	return a, nil
}
