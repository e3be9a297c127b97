package stream

import (
	"errors"
	"fmt"
	"testing"

	"authgraph/internal/network"
)

// TestOpenings_Networks proves that the silent sockets of one customer take half of the places at most.
func TestOpenings_Networks(t *testing.T) {
	for name, from := range map[string]func(n int) string{
		"one address": func(int) string { return "192.0.2.1" },
		"one /48":     func(n int) string { return subnet(1, n) },
	} {
		t.Run(name, func(t *testing.T) {
			o := newOpenings(1536)
			taken := 0
			var leaves []func()
			for n := range 2000 {
				if leave, err := o.enter(network.Parse(from(n))); err == nil {
					taken++
					leaves = append(leaves, leave)
				}
			}
			if want := 768; taken != want {
				t.Errorf("got %d places, want %d", taken, want)
			}
			if !o.scarce() {
				t.Error("places are not scarce")
			}
			for _, leave := range leaves {
				leave()
				leave()
			}
			if o.scarce() || o.gauge.Held() != 0 {
				t.Errorf("afterwards %d are taken", o.gauge.Held())
			}
		})
	}
}

// TestOpenings_Total proves that there are no more than all, and that a place that was left is another's.
func TestOpenings_Total(t *testing.T) {
	o := newOpenings(8)
	var leaves []func()
	for n := range 8 {
		leave, err := o.enter(network.Parse(fmt.Sprintf("10.0.%d.1", n)))
		if err != nil {
			t.Fatal(n, err)
		}
		leaves = append(leaves, leave)
	}
	if _, err := o.enter(network.Parse("192.0.2.1")); !errors.Is(err, errTooManyStreams) {
		t.Errorf("a ninth: got %v, want %v", err, errTooManyStreams)
	}
	leaves[0]()
	if _, err := o.enter(network.Parse("192.0.2.1")); err != nil {
		t.Errorf("when one has gone: %v", err)
	}
}
