package reqctx

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"authgraph/auth"
)

// TestInFlight_AnonymousFlood proves that no number of anonymous clients takes the bytes of signed-in callers, and that
// the clients of a single /48 leave bytes to other anonymous clients.
func TestInFlight_AnonymousFlood(t *testing.T) {
	f := NewInFlight(512 * mebibyte)
	fill := func(site int) (places int) {
		for n := range 256 {
			if _, err := f.Enter(requestFrom(subnet(site, n), ""), 64<<10); err != nil {
				continue
			}
			places++
		}
		return places
	}
	one := fill(0)
	if _, err := f.Enter(requestFrom("192.0.2.1", ""), 300); err != nil {
		t.Errorf("an anonymous client of another network: %v", err)
	}
	for site := 1; site < 20; site++ {
		fill(site)
	}
	for n := range 2 * 256 { // small ones fill the rest
		for range 2 {
			_, _ = f.Enter(requestFrom(subnet(20+n/256, n), ""), 0)
		}
	}
	if held := f.held.Load(); held > 72*mebibyte || held < 70*mebibyte {
		t.Errorf("anonymous clients hold %d bytes, want about 72 MiB", held)
	}
	if got := int64(one) * (RequestBytes + TextFactor*64<<10); got > 18*mebibyte {
		t.Errorf("one /48 holds %d bytes, want at most 18 MiB", got)
	}
	if _, err := f.Enter(requestFrom("192.0.2.2", ""), 300); !errors.Is(err, ErrNoPlace) {
		t.Errorf("an anonymous client when all places are taken: got %v, want %v", err, ErrNoPlace)
	}
	if _, err := f.Enter(requestFrom("192.0.2.2", "user_1"), 64<<10); err != nil {
		t.Errorf("a signed-in caller: %v", err)
	}
}

// TestInFlight_SignedInFlood proves that a single account, and a single address, leave bytes to other accounts.
func TestInFlight_SignedInFlood(t *testing.T) {
	for name, row := range map[string]func(n int) context.Context{
		"one account": func(n int) context.Context { return requestFrom(subnet(n, 0), "user_1") },
		"one address": func(n int) context.Context { return requestFrom("192.0.2.1", fmt.Sprint("user_", n)) },
	} {
		t.Run(name, func(t *testing.T) {
			f := NewInFlight(512 * mebibyte)
			for n := range 1000 {
				_, _ = f.Enter(row(n), 64<<10)
			}
			if held := f.held.Load(); held > 6*mebibyte {
				t.Errorf("it holds %d bytes, want at most 6 MiB", held)
			}
			if _, err := f.Enter(requestFrom("198.51.100.1", "user_other"), 64<<10); err != nil {
				t.Errorf("another caller: %v", err)
			}
		})
	}
}

// TestInFlight_Impersonator proves that an impersonator takes no bytes from the account that they act as.
func TestInFlight_Impersonator(t *testing.T) {
	f := NewInFlight(512 * mebibyte)
	for n := range 1000 {
		acting := auth.With(requestFrom(subnet(n, 0), ""), &auth.Principal{Subject: "user_1", Actor: "user_2"})
		_, _ = f.Enter(acting, 300)
	}
	if _, err := f.Enter(requestFrom("192.0.2.1", "user_1"), 300); err != nil {
		t.Errorf("the account itself: %v", err)
	}
}

// TestPlace_GivesBack proves that a place gives back the bytes of its request and of its answers, refused ones included.
func TestPlace_GivesBack(t *testing.T) {
	for name, account := range map[string]string{"anonymous": "", "signed in": "user_1"} {
		t.Run(name, func(t *testing.T) {
			f := NewInFlight(512 * mebibyte)
			p, err := f.Enter(requestFrom("192.0.2.1", account), 1000)
			if err != nil {
				t.Fatal(err)
			}
			p.Grow(5000)
			p.GrowAnswer(100 << 10)
			if got, want := f.held.Load(), int64(RequestBytes+TextFactor*1000+5000+100<<10); got != want {
				t.Errorf("held for an answer: got %d, want %d", got, want)
			}
			p.NextAnswer()
			if got, want := f.held.Load(), int64(RequestBytes+TextFactor*1000+5000); got != want {
				t.Errorf("held for the next answer: got %d, want %d", got, want)
			}
			p.GrowAnswer(100 * mebibyte)
			if !p.full.Load() {
				t.Error("an answer of 100 MiB has a place")
			}
			p.Leave()
			p.Leave()
			if got := f.held.Load() + f.anonymous.Held() + f.signedIn.Held() + int64(len(f.accounts)); got != 0 {
				t.Errorf("held afterwards: got %d, want 0", got)
			}
		})
	}
}

// TestPlace_LeftForGood proves that a place that was left takes nothing any more.
func TestPlace_LeftForGood(t *testing.T) {
	f := NewInFlight(512 * mebibyte)
	p, err := f.Enter(requestFrom("192.0.2.1", ""), 0)
	if err != nil {
		t.Fatal(err)
	}
	p.Leave()
	p.GrowAnswer(100 << 10)
	if p.Grow(1000) {
		t.Error("a place that was left has grown")
	}
	if got := f.held.Load() + f.anonymous.Held(); got != 0 {
		t.Errorf("held: got %d, want 0", got)
	}
}
