package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"authgraph/bench/load"
	"authgraph/bench/target"
)

// visitors is the number of accounts whose owners sign in. Each signs in less often than its limits allow.
const visitors = 8

// visitor is an account whose owner signs in, with or without a device cookie.
type visitor struct{ email, cookie string }

// makeVisitors registers the accounts and signs them in once, before the flood.
func makeVisitors(ctx context.Context, server string) (all []visitor, err error) {
	for n := range visitors {
		v := visitor{email: fmt.Sprintf("person%d@example.com", n)}
		from := fmt.Sprintf("198.51.100.%d", n)
		a, err := target.RegisterFrom(ctx, server, from, v.email)
		if err != nil {
			return nil, err
		}
		if a.Code != "" || a.Cookie == "" {
			return nil, fmt.Errorf("register %s: got %+v, want a device cookie", v.email, a)
		}
		v.cookie = a.Cookie
		all = append(all, v)
	}
	return all, nil
}

// outcome counts the tries of a kind.
type outcome struct {
	Succeeded, Second int // in all, and at the second try
	Refused           counts
	P50, Slowest      time.Duration // time of successes, including the wait between two tries
}

// tryAll tries both kinds of sign-ins at a steady pace and returns their outcomes.
func tryAll(ctx context.Context, server string, all []visitor, tries int, pace time.Duration) (cookie, unrelated outcome) {
	var mu sync.Mutex
	var tried sync.WaitGroup
	cookie.Refused, unrelated.Refused = counts{}, counts{}
	took := map[*outcome][]time.Duration{}
	one := func(o *outcome, from, email, device string) {
		began, second := time.Now(), false
		a, err := target.Login(ctx, server, from, email, target.Password, device)
		if err == nil && a.Code != "" && a.RetryAfter > 0 {
			time.Sleep(a.RetryAfter)
			second = true
			a, err = target.Login(ctx, server, from, email, target.Password, device)
		}
		mu.Lock()
		defer mu.Unlock()
		switch {
		case err != nil:
			o.Refused["failed"]++
		case a.Code != "":
			o.Refused[a.Code]++
		default:
			took[o] = append(took[o], time.Since(began))
			if o.Succeeded++; second {
				o.Second++
			}
		}
	}
	next := time.Now()
	for n := range tries {
		v := all[n%len(all)]
		tried.Go(func() { one(&cookie, fmt.Sprintf("2001:db8:1:ff%02x::1", n%visitors), v.email, v.cookie) })
		tried.Go(func() { one(&unrelated, fmt.Sprintf("2001:db9:%x::1", n%visitors), v.email, "") })
		next = next.Add(pace)
		time.Sleep(time.Until(next))
	}
	tried.Wait()
	for o, all := range took {
		o.P50, _, o.Slowest = load.Summary(all)
	}
	return cookie, unrelated
}
