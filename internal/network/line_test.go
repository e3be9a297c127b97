package network_test

import (
	"strings"
	"testing"

	"authgraph/internal/network"
)

// TestLine_Turns proves that networks take turns at each level: a /48 that waits with many /64 has one turn in two next to
// another /48 of the same /32, and a client of an IPv4 network one in two next to both.
func TestLine_Turns(t *testing.T) {
	l := network.NewLine[string](100, 10)
	for n := range 6 {
		l.Push(subnet(1, n), "a")
		l.Push(subnet(1, n), "a")
	}
	l.Push(subnet(2, 0), "b")
	l.Push(subnet(2, 0), "B")
	l.Push(network.Parse("192.0.2.1"), "c")
	l.Push(network.Parse("192.0.2.1"), "C")
	var order strings.Builder
	for {
		name, ok := l.Pop()
		if !ok {
			break
		}
		order.WriteString(name)
	}
	if got, want := order.String(), "acbCaBaaaaaaaaaa"; got != want {
		t.Errorf("order: got %s, want %s", got, want)
	}
}

func TestLine_Bounds(t *testing.T) {
	l := network.NewLine[int](50, 2)
	var last *network.Place[int]
	pushed := 0
	for site := range 3 {
		for n := range 64 {
			for range 3 {
				if p := l.Push(subnet(site, n), n); p != nil {
					last = p
					pushed++
				}
			}
		}
		if want := min(32*(site+1), 50); pushed != want { // two for each /64, 32 for each /48, 50 in all
			t.Errorf("after %d /48: got %d elements, want %d", site+1, pushed, want)
		}
	}
	if !l.Remove(last) || l.Remove(last) {
		t.Error("an element was not removed once")
	}
	if l.Len() != 49 || l.Push(subnet(9, 0), 0) == nil {
		t.Errorf("after a removal: got %d elements, want 49 and room for one", l.Len())
	}
}
