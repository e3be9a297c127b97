package ratelimit

import (
	"fmt"
	"testing"
	"time"

	"authgraph/internal/network"
)

// TestAllowance proves that an allowance counts by network, by the networks around it, and by device apart from both.
func TestAllowance(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	a := newAllowance(2, time.Minute, func() time.Time { return now })
	address := func(text string) caller { return caller{path: network.Parse(text)} }
	device := caller{path: network.Parse("2001:db8:1::1"), device: "user_1"}
	taken := 0
	for n := range 64 { // in the same /48
		for range 3 {
			if _, ok := a.take(address(fmt.Sprintf("2001:db8:1:%x::1", n<<8))); ok {
				taken++
			}
		}
	}
	if want := 32; taken != want {
		t.Errorf("one /48: got %d taken, want %d", taken, want)
	}
	for n, want := range []bool{true, true, false} {
		if _, open := a.open(device); open != want {
			t.Errorf("device, open before take %d: got %t, want %t", n+1, open, want)
		}
		if _, ok := a.take(device); ok != want {
			t.Errorf("device, take %d: got %t, want %t", n+1, ok, want)
		}
	}
	if _, open := a.open(address("2001:db8:2::1")); !open {
		t.Error("another /48 is refused")
	}
	for _, c := range []caller{device, address("2001:db8:1::1")} {
		for range 3 {
			a.giveBack(c)
		}
		if remaining, open := a.open(c); !open {
			t.Errorf("%+v: got refused for %v after units were returned", c, remaining)
		}
	}
	now = now.Add(time.Minute)
	if _, ok := a.take(device); !ok {
		t.Error("the window did not end")
	}
}
