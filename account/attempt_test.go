package account

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"authgraph/auth"
	"authgraph/auth/password"
	"authgraph/internal/network"
)

// signInLimits are the limits by account of Mutation.login, smaller.
var signInLimits = []Limit{
	{Field: "login", Max: 6, Window: time.Hour}, {Field: "login", Max: 3, Window: time.Hour, PerNetwork: true},
}

// fails takes a unit and keeps it, like a sign-in with a wrong password. It reports whether it was refused.
func fails(t *testing.T, s *Service, hasher *password.Hasher, of subject) (limited bool) {
	t.Helper()
	ticket, err := hasher.Admit(network.Path{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ticket.Leave()
	a, err := s.attempt(t.Context(), ticket, signInLimits, of)
	if errors.Is(err, &auth.Error{Code: auth.RateLimited}) {
		return true
	}
	if err != nil {
		t.Fatal(err)
	}
	a.end()
	return false
}

// TestAttempt_Networks proves that failures from one network neither refuse other networks nor use up the account's limit
// above their own limit (case A3), and that a device has an allowance of its own.
func TestAttempt_Networks(t *testing.T) {
	_, s, _, hasher := trying(t)
	ada := func(network, device string) subject {
		return subject{account: "email:ada", network: network, device: device}
	}
	for n := range 20 {
		if got, want := fails(t, s, hasher, ada("a", "")), n >= 3; got != want {
			t.Errorf("failure %d from one network: refused %t, want %t", n+1, got, want)
		}
	}
	for n := range 3 {
		if fails(t, s, hasher, ada("b", "")) {
			t.Errorf("failure %d from another network was refused", n+1)
		}
	}
	if !fails(t, s, hasher, ada("c", "")) {
		t.Error("the account's limit over all networks was not kept")
	}
	for n := range 4 {
		if got, want := fails(t, s, hasher, ada("a", "device")), n >= 3; got != want {
			t.Errorf("failure %d of a device: refused %t, want %t", n+1, got, want)
		}
	}
	if fails(t, s, hasher, ada("a", "another device")) {
		t.Error("another device was refused")
	}
}

// TestAttempt_Concurrent proves that simultaneous sign-ins with the right password do not refuse each other (case A2),
// however many there are: further ones wait for the unit of the ones before.
func TestAttempt_Concurrent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, s, a, hasher := trying(t)
		ctx := t.Context()
		const clients = 13
		began, refused := time.Now(), make(chan error, clients)
		for range clients {
			go func() {
				ticket, err := hasher.Admit(network.Path{}, nil)
				if err != nil {
					refused <- err
					return
				}
				defer ticket.Leave()
				attempt, err := s.attempt(ctx, ticket, signInLimits, subject{account: "email:ada"})
				if err == nil {
					time.Sleep(time.Second) // compares the password
					attempt.giveBack(ctx)
					attempt.end()
				}
				refused <- err
			}()
		}
		for range clients {
			if err := <-refused; err != nil {
				t.Errorf("got %v, want no refusal", err)
			}
		}
		if got, want := time.Since(began), 5*time.Second; got != want { // three at a time
			t.Errorf("got all served after %v, want %v", got, want)
		}
		for key, n := range a.counts {
			if n != 0 {
				t.Errorf("%s: %d units are not returned", key, n)
			}
		}
	})
}

// TestAttempt_WaitTimeout proves that an attempt waits for others no longer than its ticket is valid or its client waits.
func TestAttempt_WaitTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, s, _, hasher := trying(t)
		ctx := t.Context()
		try := func(ctx context.Context) error {
			ticket, err := hasher.Admit(network.Path{}, nil)
			if err != nil {
				return err
			}
			_, err = s.attempt(ctx, ticket, signInLimits, subject{account: "email:ada"})
			return err
		}
		for range maxConcurrentAttempts {
			if err := try(ctx); err != nil {
				t.Fatal(err)
			}
		}
		began := time.Now()
		if err := try(ctx); !errors.Is(err, &auth.Error{Code: auth.Overloaded}) || time.Since(began) != time.Minute {
			t.Errorf("got %v after %v, want OVERLOADED after a minute", err, time.Since(began))
		}
		gone, leave := context.WithTimeout(ctx, time.Second)
		defer leave()
		if err := try(gone); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a client that has gone: got %v", err)
		}
		if got := s.slots.keys; len(got) != 1 {
			t.Errorf("got %d subjects under way, want 1", len(got))
		}
	})
}
