package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"authgraph/bench/target"
	"authgraph/internal/proxy"
)

const (
	actAs   = `mutation($id: ID!) { impersonate(userId: $id, reason: "bench") { accessToken } }`
	patient = 30 * time.Second
	// pause parts the events that a trial has written, so that they come constantly and no subscriber falls behind.
	pause = 10 * time.Millisecond
)

// unheard takes a role through the nth instance, in turn, from an account that follows the audit log on the two others, and
// measures how soon its subscriptions end there. Another account with the role subscribes too: when it receives an event
// from after the bound, the account would have received it as well, and each event that it did receive is late.
func (f *fleet) unheard(n int, trouble func(*proxy.Proxy)) (latencies []time.Duration, late int, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patient)
	defer cancel()
	by, others := f.servers[n%3], []int{(n + 1) % 3, (n + 2) % 3}
	if f.adminToken, err = f.login("root@example.com"); err != nil {
		return nil, 0, err
	}
	if err := f.give(by, "reader"); err != nil {
		return nil, 0, err
	}
	acting, err := f.act(by)
	if err != nil {
		return nil, 0, err
	}
	var writing sync.WaitGroup
	stop := make(chan struct{})
	took, lates, errs := make([]time.Duration, 2), make([]int, 2), make([]error, 4)
	writing.Go(func() { errs[3] = write(by, acting, stop) })
	pairs := make([]pair, 2)
	for i, other := range others {
		pairs[i], errs[i] = f.pair(ctx, f.servers[other])
		defer pairs[i].close()
	}
	if errs[0] == nil && errs[1] == nil {
		if trouble != nil {
			trouble(f.proxies[others[0]])
		}
		errs[2] = f.give(by)
		lost := time.Now()
		var reading sync.WaitGroup
		for i := range pairs {
			reading.Go(func() { took[i], lates[i], errs[i] = pairs[i].lose(lost) })
		}
		reading.Wait()
	}
	f.proxies[others[0]].Heal()
	close(stop)
	writing.Wait()
	return took, lates[0] + lates[1], errors.Join(errs...)
}

// act returns the token of an administrator who impersonates another account.
func (f *fleet) act(by *target.Server) (string, error) {
	body, err := by.Query(actAs, f.adminToken, map[string]any{"id": f.ada})
	var got struct {
		Data struct{ Impersonate struct{ AccessToken string } }
	}
	if err := errors.Join(err, json.Unmarshal(body, &got)); err != nil || got.Data.Impersonate.AccessToken == "" {
		return "", fmt.Errorf("impersonate: %s, %w", body, err)
	}
	return got.Data.Impersonate.AccessToken, nil
}

// write causes events until stop is closed.
func write(by *target.Server, acting string, stop chan struct{}) error {
	for tick := time.NewTicker(pause); ; {
		select {
		case <-stop:
			tick.Stop()
			return nil
		case <-tick.C:
		}
		if body, err := by.Query(me, acting, nil); err != nil || strings.Contains(string(body), `"errors"`) {
			return fmt.Errorf("acting as another: %s, %w", body, err)
		}
	}
}

// pair is two subscriptions on one instance: that of who loses the role, and that of who keeps theirs.
type pair struct{ loses, keeps *follower }

func (f *fleet) pair(ctx context.Context, s *target.Server) (p pair, err error) {
	if err := f.allowed(s); err != nil {
		return p, err
	}
	if p.loses, err = following(ctx, s, f.clerkToken); err != nil {
		return p, err
	}
	p.keeps, err = following(ctx, s, f.adminToken)
	return p, err
}

func (p pair) close() {
	for _, f := range []*follower{p.loses, p.keeps} {
		if f != nil {
			f.close()
		}
	}
}

// lose returns how long after lost the one was refused, and how many events it was sent that were written too late for it.
func (p pair) lose(lost time.Time) (took time.Duration, late int, err error) {
	late, err = p.loses.until(lost, func(e event) bool { return e.refused != "" })
	if err != nil {
		return 0, late, fmt.Errorf("never refused, and sent %d events too late: %w", late, err)
	}
	took = max(time.Since(lost), 0)
	var ended string
	if _, err := p.keeps.until(lost, func(e event) bool {
		ended = e.refused
		return e.refused != "" || e.at.Sub(lost) > bound
	}); err != nil || ended != "" {
		return took, late, fmt.Errorf("who may still: %s, %w", ended, err)
	}
	// The response to another operation of the same socket follows all earlier messages.
	if err := p.loses.ask("2", me); err != nil {
		return took, late, err
	}
	more, err := p.loses.until(lost, func(e event) bool { return e.of == "2" })
	return took, late + more, err
}
