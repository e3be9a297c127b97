package password

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"authgraph/internal/network"
)

// subnet returns an address in the n-th /64 of 2001:db8:site::/48. Each /56 has 256 of them.
func subnet(site, n int) string { return fmt.Sprintf("2001:db8:%x:%x::1", site, n) }

func admit(t *testing.T, h *Hasher, from string, device *Device) *Ticket {
	t.Helper()
	ticket, err := h.Admit(network.Parse(from), device)
	if err != nil {
		t.Fatalf("%s: %v", from, err)
	}
	return ticket
}

// seats sets the number of places of a hasher whose hashes cost a second, from four on, on one worker.
func seats(h *Hasher, n int) {
	h.patience = time.Duration(n)*time.Second*8/7 + 10*time.Millisecond
}

func full(err error) bool {
	var o *Overload
	return errors.As(err, &o)
}

// TestQueue_Levels proves that the networks of each level take turns: a /48 that sends from many /64 has one turn among
// the networks of its /32, and a /32 one among all.
func TestQueue_Levels(t *testing.T) {
	for _, row := range []struct {
		name  string
		flood func(n int) string
		quiet string
		want  time.Duration // in which second the quiet client is served, with the flood being hashed for
	}{
		{"a /64 in the same /56", func(n int) string { return fmt.Sprintf("2001:db8:1:1::%x", n+1) }, "2001:db8:1:2::1", 3},
		{"a /56 in the same /48", func(n int) string { return subnet(1, n) }, "2001:db8:1:100::1", 3},
		{"a /48 in the same /32", func(n int) string { return subnet(1, n<<8) }, "2001:db8:2::1", 3},
		{"a /32", func(n int) string { return subnet(n, 0) }, "2001:db9::1", 3},
		{"an IPv4 /24", func(n int) string { return fmt.Sprintf("192.0.2.%d", n) }, "198.51.100.1", 3},
		{"IPv4 beside IPv6", func(n int) string { return subnet(n, 0) }, "198.51.100.1", 3},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h, _ := slow(t)
				seats(h, 16)
				var callers []*caller
				for n := range 40 {
					callers = append(callers, &caller{from: row.flood(n)})
				}
				quiet := &caller{from: row.quiet}
				compareAll(t, h, append(callers, quiet)...)
				if quiet.err != nil || quiet.served != row.want*time.Second {
					t.Errorf("got %v after %v, want served after %d s", quiet.err, quiet.served, row.want)
				}
			})
		})
	}
}

// TestQueue_HeaviestYields proves that a newcomer takes its place from the heaviest network at the widest level, although
// each client in it holds fewer places than clients elsewhere.
func TestQueue_HeaviestYields(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _ := slow(t)
		seats(h, 16) // twelve without a device cookie
		var wide, narrow []*Ticket
		for n := range 9 {
			wide = append(wide, admit(t, h, fmt.Sprintf("2001:db8:%x::1", n), nil))
		}
		for range 3 {
			narrow = append(narrow, admit(t, h, "192.0.2.1", nil))
		}
		admit(t, h, "198.51.100.1", nil)
		refused := func(tickets []*Ticket) (n int) {
			for _, ticket := range tickets {
				if ticket.refused != nil {
					n++
				}
			}
			return n
		}
		if got, want := []int{refused(wide), refused(narrow)}, []int{1, 0}; !slices.Equal(got, want) {
			t.Errorf("places lost by the wide and by the narrow network: got %v, want %v", got, want)
		}
		if _, err := h.Admit(network.Parse("2001:db8:ff::1"), nil); !full(err) {
			t.Errorf("one more of the heaviest network: got %v, want an Overload", err)
		}
	})
}

// TestQueue_Reserve proves that a flood without device cookies takes neither the places nor the turns of callers with one.
func TestQueue_Reserve(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _ := slow(t)
		seats(h, 16)
		var callers []*caller
		for range 16 {
			callers = append(callers, &caller{from: "192.0.2.1"})
		}
		known := &caller{from: "192.0.2.1", device: &Device{"device", "account"}} // from the flood's network
		compareAll(t, h, append(callers, known)...)
		served := 0
		for _, c := range callers {
			if c.err == nil {
				served++
			}
		}
		if want := 12; served != want {
			t.Errorf("callers without a cookie: got %d served, want %d", served, want)
		}
		if want := 4 * time.Second; known.err != nil || known.served > want {
			t.Errorf("caller with a cookie: got %v after %v, want served within %v", known.err, known.served, want)
		}
	})
}

// TestQueue_ReserveFull proves that a flood of device cookies leaves callers without one three turns in four.
func TestQueue_ReserveFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _ := slow(t)
		seats(h, 16)
		var known, anonymous []*caller
		for n := range 4 {
			known = append(known, &caller{from: subnet(n, 0), device: &Device{fmt.Sprint(n), fmt.Sprint(n)}})
		}
		for n := range 9 {
			anonymous = append(anonymous, &caller{from: fmt.Sprintf("198.51.%d.1", n)})
		}
		compareAll(t, h, append(slices.Clone(known), anonymous...)...)
		for n, c := range append(known, anonymous...) {
			if c.err != nil {
				t.Errorf("caller %d: got %v", n, c.err)
			}
		}
		if got, want := anonymous[8].served, 12*time.Second; got != want {
			t.Errorf("last caller without a cookie: got served after %v, want %v", got, want)
		}
	})
}

// TestQueue_ReserveBounds proves that neither a cookie nor an account with many cookies takes the whole reserve, and that
// networks share the reserve like the other places.
func TestQueue_ReserveBounds(t *testing.T) {
	for _, row := range []struct {
		name   string
		device func(n int) *Device
		want   int
	}{
		{"one cookie", func(int) *Device { return &Device{"device", "account"} }, maxPerDevice},
		{"cookies of one account", func(n int) *Device { return &Device{fmt.Sprint(n), "account"} }, maxPerAccount},
		{"many accounts", func(n int) *Device { return &Device{fmt.Sprint(n), fmt.Sprint(n)} }, 8},
	} {
		t.Run(row.name, func(t *testing.T) {
			h, _ := slow(t)
			seats(h, 32)
			var held []*Ticket
			for n := range 12 {
				held = append(held, admit(t, h, subnet(1, n), row.device(n)))
			}
			if got := h.queue.known.total().held(); got != row.want {
				t.Errorf("places of the reserve: got %d, want %d", got, row.want)
			}
			other := admit(t, h, "192.0.2.1", &Device{"other", "other"})
			if other.class != h.queue.known {
				t.Error("another network's cookie got no place of the reserve")
			}
			for _, ticket := range append(held, other) {
				ticket.Leave()
			}
			if got := len(h.queue.owners); h.Waiting() != 0 || got != 0 {
				t.Errorf("%d tickets and %d owners are left", h.Waiting(), got)
			}
		})
	}
}

// TestTicket_Forfeit proves that a cookie that turns out to be invalid leaves its holder a place like others', or none.
func TestTicket_Forfeit(t *testing.T) {
	h, _ := slow(t)
	seats(h, 4) // three without a device cookie
	device := &Device{"device", "account"}
	ticket := admit(t, h, "192.0.2.1", device)
	if err := ticket.Forfeit(); err != nil || ticket.class != h.queue.unknown || len(h.queue.owners) != 0 {
		t.Errorf("got %v, want a place like others'", err)
	}
	for range 2 {
		admit(t, h, "192.0.2.1", nil)
	}
	late := admit(t, h, "192.0.2.1", device)
	if err := late.Forfeit(); !full(err) {
		t.Errorf("with a full queue: got %v, want an Overload", err)
	}
	if _, err := late.Matches(t.Context(), "", "correct horse"); !full(err) {
		t.Errorf("the place that was forfeited: got %v, want an Overload", err)
	}
	late.Leave()
	if got, want := h.Waiting(), 3; got != want {
		t.Errorf("got %d tickets, want %d", got, want)
	}
}

// TestQueue_FloodBars proves the bars of the flood (bench/flood) without a machine's speed: 64 networks of one /48 and 16
// of another send 26 requests per second each, at the cost of bcrypt 12 on two workers. Sign-ins from an unrelated
// network succeed, and so do sign-ins with a device cookie from the flooding network.
func TestQueue_FloodBars(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _ := slow(t)
		h.workers, h.patience, h.queue.cost = 2, DefaultPatience, 250*time.Millisecond
		h.compare = func(_, _ []byte) error { time.Sleep(250 * time.Millisecond); return nil }
		stop := make(chan struct{})
		try := func(from string, device *Device) error {
			ticket, err := h.Admit(network.Parse(from), device)
			if err != nil {
				return err
			}
			defer ticket.Leave()
			_, err = ticket.Matches(t.Context(), "", "correct horse")
			return err
		}
		for site, subnets := range map[int]int{1: 64, 2: 16} {
			go func() {
				for n := 0; ; n++ {
					select {
					case <-stop:
						return
					case <-time.After(time.Second / 26):
						go func() { _ = try(subnet(site, n%subnets), nil) }()
					}
				}
			}()
		}
		time.Sleep(5 * time.Second)
		const tries = 300
		var cookie, unrelated int
		for n := range tries {
			if try(subnet(1, n%64), &Device{"device", "account"}) == nil {
				cookie++
			}
			if try("2001:db9::1", nil) == nil {
				unrelated++
			}
		}
		close(stop)
		time.Sleep(5 * time.Second)
		if cookie < 280 || unrelated < 235 {
			t.Errorf("of %d tries, %d succeeded with a device cookie, want 280; %d from an unrelated network, want 235",
				tries, cookie, unrelated)
		}
	})
}
