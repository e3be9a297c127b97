package network_test

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"authgraph/internal/network"
)

func TestPath_Levels(t *testing.T) {
	for _, row := range []struct{ name, address, client, subscriber, want string }{
		{"IPv6", "2001:db8:1:2:3::4", "2001:db8:1:2::/64", "2001:db8:1::/56", "2001:db8:1:2::/64*1 2001:db8:1::/56*4 2001:db8:1::/48*16 2001:db8::/32*64 "},
		{"IPv6 with a zone", "fe80::1%eth0", "fe80::/64", "fe80::/56", "fe80::/64*1 fe80::/56*4 fe80::/48*16 fe80::/32*64 "},
		{"IPv4", "192.0.2.7", "192.0.2.7", "192.0.2.7", "192.0.2.7/32*1 192.0.2.0/24*16 "},
		{"IPv4 mapped into IPv6", "::ffff:192.0.2.7", "192.0.2.7", "192.0.2.7", "192.0.2.7/32*1 192.0.2.0/24*16 "},
		{"unknown", "", "", "", "invalid Prefix*1 "},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := network.Parse(row.address)
			got := ""
			for _, level := range p.Levels() {
				got += fmt.Sprintf("%v*%d ", level.Network, level.Share)
			}
			if got != row.want {
				t.Errorf("levels of %q: got %s, want %s", row.address, got, row.want)
			}
			if got := p.Client(); got != row.client {
				t.Errorf("client of %q: got %q, want %q", row.address, got, row.client)
			}
			if got := p.Subscriber(); got != row.subscriber {
				t.Errorf("subscriber of %q: got %q, want %q", row.address, got, row.subscriber)
			}
		})
	}
}

// subnet returns the path of an address in 2001:db8:site::/48. The first 256 n are in different /56.
func subnet(site, n int) network.Path {
	return network.Of(netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, byte(site >> 8), byte(site), byte(n), byte(n >> 8), 15: 1}))
}

func TestGauge_NetworksShare(t *testing.T) {
	g := network.NewGauge(1000, 10)
	taken := 0
	for n := range 256 {
		for g.Acquire(subnet(1, n), 1) {
			taken++
		}
	}
	if want := 160; taken != want {
		t.Errorf("one /48 took %d, want %d", taken, want)
	}
	if !g.Acquire(subnet(2, 0), 10) {
		t.Error("a client of another /48 got nothing")
	}
	if g.Acquire(subnet(2, 0), 1) {
		t.Error("a client got more than its bound")
	}
	g.Release(subnet(2, 0), 10)
	if got, want := g.Held(), int64(160); got != want {
		t.Errorf("held: got %d, want %d", got, want)
	}
}

func TestGauge_Total(t *testing.T) {
	g := network.NewGauge(25, 10)
	for site := range 2 {
		if !g.Acquire(subnet(site, 0), 10) {
			t.Fatalf("client %d got nothing", site)
		}
	}
	if g.Acquire(subnet(2, 0), 10) {
		t.Error("more than the total was given")
	}
	g.Release(subnet(0, 0), 10)
	if !g.Acquire(subnet(2, 0), 10) {
		t.Error("nothing was given after a release")
	}
}

type clock struct{ time.Time }

func (c *clock) now() time.Time { return c.Time }

func TestWindow_NetworksShare(t *testing.T) {
	c := &clock{time.Unix(1000, 0)}
	w := network.NewWindow(5, time.Minute, 1000, c.now)
	used := 0
	for n := range 64 {
		for range 6 {
			if _, ok := w.Add(subnet(1, n), 1); ok {
				used++
			}
		}
	}
	if want := 80; used != want {
		t.Errorf("one /48 used %d, want %d", used, want)
	}
	c.Time = c.Add(30 * time.Second)
	if remaining, ok := w.Add(subnet(1, 0), 1); ok || remaining != 30*time.Second {
		t.Errorf("beyond the limit: got %v %v, want 30s false", remaining, ok)
	}
	if _, ok := w.Add(subnet(2, 0), 5); !ok {
		t.Error("a client of another /48 was refused")
	}
	c.Time = c.Add(30 * time.Second)
	if _, ok := w.Add(subnet(1, 0), 5); !ok {
		t.Error("the window did not end")
	}
}

// TestWindow_RefusedTakesNothing proves that a client above its limit does not use up the limit of its neighbours.
func TestWindow_RefusedTakesNothing(t *testing.T) {
	c := &clock{time.Unix(1000, 0)}
	w := network.NewWindow(5, time.Minute, 1000, c.now)
	for range 1000 {
		w.Add(subnet(1, 0), 1)
	}
	if _, ok := w.Add(subnet(1, 1), 5); !ok {
		t.Error("the neighbour was refused")
	}
}

func TestWindow_Fits(t *testing.T) {
	c := &clock{time.Unix(1000, 0)}
	w := network.NewWindow(2, time.Minute, 1000, c.now)
	for n := range 3 {
		if _, ok := w.Fits(subnet(1, 0), 2); !ok {
			t.Errorf("try %d: got false, want true: nothing was used", n)
		}
	}
	w.Add(subnet(1, 0), 1)
	c.Time = c.Add(20 * time.Second)
	if remaining, ok := w.Fits(subnet(1, 0), 2); ok || remaining != 40*time.Second {
		t.Errorf("above the limit: got %v %t, want 40s false", remaining, ok)
	}
	if _, ok := w.Add(subnet(1, 0), 1); !ok {
		t.Error("within the limit: got false")
	}
}

func TestWindow_Return(t *testing.T) {
	c := &clock{time.Unix(1000, 0)}
	w := network.NewWindow(5, time.Minute, 1000, c.now)
	w.Add(subnet(1, 0), 5)
	w.Return(subnet(1, 0), 2)
	if got, want := w.Used(subnet(1, 0)), int64(3); got != want {
		t.Errorf("used: got %d, want %d", got, want)
	}
}

// ownNetwork returns the path of an address in a /32 of its own.
func ownNetwork(n int) network.Path {
	return network.Of(netip.AddrFrom16([16]byte{0x20, 2, byte(n >> 8), byte(n), 15: 1}))
}

func TestWindow_Bound(t *testing.T) {
	c := &clock{time.Unix(1000, 0)}
	w := network.NewWindow(5, time.Minute, 40, c.now)
	passed := 0
	for n := range 100 {
		if _, ok := w.Add(ownNetwork(n), 1); ok {
			passed++
		}
	}
	if want := 10 + 10 + 5; passed != want { // with networks of their own, by the /32 alone, and by the unknown address
		t.Errorf("%d new networks passed a full window, want %d", passed, want)
	}
	c.Time = c.Add(time.Hour)
	if _, ok := w.Add(ownNetwork(101), 1); !ok {
		t.Error("networks whose windows have ended were not dropped")
	}
}

// TestWindow_Crowd proves that the networks of a single /32 take a quarter of the places for networks, so that they do not
// make new clients of other networks share an allowance.
func TestWindow_Crowd(t *testing.T) {
	c := &clock{time.Unix(1000, 0)}
	w := network.NewWindow(10, time.Minute, 400, c.now)
	crowd := func() {
		for site := range 20 {
			for n := range 16 {
				w.Add(subnet(site, n), 1)
			}
		}
	}
	for round := range 3 {
		crowd()
		for n := range 50 {
			if _, ok := w.Add(ownNetwork(100*round+n), 10); !ok {
				t.Fatalf("round %d: client %d of another network was refused", round, n)
			}
		}
		c.Time = c.Add(time.Minute)
	}
}

// TestWindow_Spare proves that several /32s that fill a window take nothing from clients of others, which count by their
// /32 alone until there is room again.
func TestWindow_Spare(t *testing.T) {
	c := &clock{time.Unix(1000, 0)}
	w := network.NewWindow(10, time.Minute, 400, c.now)
	for wide := range 5 {
		for n := range 200 {
			ip := ownNetwork(wide).Levels()[0].Network.Addr().As16()
			ip[5], ip[7] = byte(n), byte(n)
			w.Add(network.Of(netip.AddrFrom16(ip)), 1)
		}
	}
	for n := range 50 {
		if _, ok := w.Add(ownNetwork(100+n), 10); !ok {
			t.Fatalf("client %d of another /32 was refused", n)
		}
	}
	if _, ok := w.Add(ownNetwork(100), 64*10-10+1); ok {
		t.Error("a /32 got more than its allowance")
	}
	w.Return(ownNetwork(100), 10)
	if _, ok := w.Add(ownNetwork(100), 64*10); !ok {
		t.Error("what was returned was not given again")
	}
	c.Time = c.Add(time.Minute)
	if _, ok := w.Add(ownNetwork(100), 11); ok {
		t.Error("a client got more than its own allowance where there is room again")
	}
}

func TestGauge_Sole(t *testing.T) {
	g := network.NewGauge(1000, 10)
	if !g.AcquireSole(subnet(1, 0), 30, 0) {
		t.Error("a client that holds nothing got nothing")
	}
	if !g.AcquireSole(subnet(1, 0), 10, 30) {
		t.Error("a client that holds nothing else got no more")
	}
	if g.AcquireSole(subnet(1, 0), 1, 0) {
		t.Error("a client that holds something else got more than its bound")
	}
	if g.AcquireSole(subnet(1, 0), 1, 40) {
		t.Error("a client got more than the bound of its /56")
	}
}

// TestTree_PruneAll proves that only networks are dropped that are empty and have no network in them that is not.
func TestTree_PruneAll(t *testing.T) {
	tree := network.NewTree[int]()
	tree.Leaf(subnet(1, 0)).Value = 1
	tree.Leaf(subnet(1, 1))
	tree.Leaf(subnet(2, 0))
	asked := 0
	tree.PruneAll(func(v int) bool { asked++; return v == 0 })
	kept := subnet(1, 0).Levels()
	if got, want := tree.Len(), len(kept); got != want {
		t.Errorf("kept %d networks, want %d: those around the one that is not empty", got, want)
	}
	for _, level := range kept {
		if node := tree.Find(level.Network); node == nil || len(node.Parent.Children) != 1 {
			t.Errorf("%v was dropped, or has a sibling", level.Network)
		}
	}
	if asked > 9 {
		t.Errorf("asked %d times about 9 networks", asked)
	}
}
