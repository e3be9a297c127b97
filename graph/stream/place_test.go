package stream

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/internal/network"
)

// checkEmpty checks that nothing is counted any more.
func checkEmpty(t *testing.T, s *Registry) {
	t.Helper()
	open := s.Open()
	s.mu.Lock()
	defer s.mu.Unlock()
	p := &s.places
	if open != 0 || p.open != 0 || len(p.sessions)+len(p.accounts) != 0 {
		t.Errorf("%d streams are left, %d places, %d sessions, %d accounts", open, p.open, len(p.sessions), len(p.accounts))
	}
	if held := p.anonymous.Held() + p.signedIn.Held() + s.opening.gauge.Held(); held != 0 {
		t.Errorf("networks still hold %d places", held)
	}
}

// principal returns a signed-in caller with a session of their own.
func principal(n int, permissions ...account.Permission) *auth.Principal {
	p := &auth.Principal{
		Subject: fmt.Sprint("user_", n), Session: fmt.Sprint("session_", n), ExpiresAt: time.Now().Add(time.Hour),
	}
	for _, permission := range permissions {
		p.Permissions = append(p.Permissions, string(permission))
	}
	return p
}

// flood takes places for callers until none is given, and returns how many were.
func flood(p *streamPlaces, n int, principal func(n int) *auth.Principal, from func(n int) network.Path) (taken int) {
	for i := range n {
		if leave, _ := p.take(principal(i), from(i)); leave != nil {
			taken++
		}
	}
	return taken
}

func newcomer(n int) *auth.Principal { return principal(1_000_000 + n) }

func defaultPlaces() *streamPlaces {
	p := newStreamPlaces(Limits{PerSession: 20, Total: 1536})
	return &p
}

// TestStreamPlaces_Account proves that one account takes a sixteenth of all places, however many sessions and networks it
// has, and whomever it acts as; and one session less.
func TestStreamPlaces_Account(t *testing.T) {
	for name, row := range map[string]struct {
		caller func(n int) *auth.Principal
		want   int
	}{
		"one session": {func(int) *auth.Principal { return principal(1) }, 20},
		"many sessions": {func(n int) *auth.Principal {
			return &auth.Principal{Subject: "user_a", Session: fmt.Sprint("session_", n)}
		}, 96},
		"impersonator": {func(n int) *auth.Principal {
			return &auth.Principal{Subject: fmt.Sprint("user_", n), Actor: "user_a", Session: fmt.Sprint("session_", n)}
		}, 96},
		"follower of revocations": {func(n int) *auth.Principal {
			p := principal(n, account.RevocationsRead)
			p.Subject = "user_a"
			return p
		}, 96},
	} {
		t.Run(name, func(t *testing.T) {
			p := defaultPlaces()
			if got := flood(p, 2000, row.caller, func(n int) network.Path { return network.Parse(subnet(n, 0)) }); got != row.want {
				t.Errorf("it took %d places, want %d", got, row.want)
			}
			if leave, _ := p.take(newcomer(0), network.Parse("192.0.2.1")); leave == nil {
				t.Error("another account got none")
			}
		})
	}
}

// TestStreamPlaces_Network proves that a network of many accounts gets half of the ordinary places and no more.
func TestStreamPlaces_Network(t *testing.T) {
	for name, from := range map[string]func(n int) string{
		"one IPv4 address": func(int) string { return "192.0.2.1" },
		"one /24":          func(n int) string { return fmt.Sprint("192.0.2.", n%256) },
		"one /64":          func(n int) string { return fmt.Sprintf("2001:db8::%x", n+1) },
		"one /56":          func(n int) string { return fmt.Sprintf("2001:db8:0:%x::1", n%256) },
		"one /48":          func(n int) string { return subnet(1, n%65536) },
	} {
		t.Run(name, func(t *testing.T) {
			p := defaultPlaces()
			if got, want := flood(p, 2000, func(n int) *auth.Principal { return principal(n) }, func(n int) network.Path {
				return network.Parse(from(n))
			}), 672; got != want {
				t.Errorf("it took %d places, want %d", got, want)
			}
			for n := range 300 { // a company behind one address, with two streams for each of its people
				for range 2 {
					if leave, _ := p.take(newcomer(n), network.Parse("198.51.100.1")); leave == nil && n < 168 {
						t.Fatalf("caller %d of another network got none", n)
					}
				}
			}
			if leave, _ := p.take(newcomer(1000), network.Parse("203.0.113.1")); leave == nil {
				t.Error("a third network got none")
			}
		})
	}
}

// TestStreamPlaces_Company proves that 300 people behind one address have two streams each, and keep them next to 84
// other callers.
func TestStreamPlaces_Company(t *testing.T) {
	p := defaultPlaces()
	everywhere := func(n int) network.Path { return network.Parse(subnet(n, 0)) }
	if got, want := flood(p, 84, newcomer, everywhere), 84; got != want {
		t.Fatalf("others: got %d, want %d", got, want)
	}
	if got, want := flood(p, 600, func(n int) *auth.Principal { return principal(n / 2) }, func(int) network.Path {
		return network.Parse("192.0.2.1")
	}), 600; got != want {
		t.Errorf("got %d places, want %d", got, want)
	}
}

// TestStreamPlaces_ManyNetworks proves that customers with a /48 each, all of it with accounts, leave places to others.
func TestStreamPlaces_ManyNetworks(t *testing.T) {
	for customers := 2; customers <= 6; customers++ {
		p := defaultPlaces()
		taken := flood(p, 10_000, func(n int) *auth.Principal { return principal(n) }, func(n int) network.Path {
			return network.Parse(fmt.Sprintf("2a00:%x:1:%x::1", n%customers, n/customers%256*256)) // each in a /32 of its own
		})
		if got, want := p.ordinary-taken, 1344/(customers+1); got < want {
			t.Errorf("%d customers left %d places, want %d", customers, got, want)
		}
		if got := flood(p, 12, newcomer, func(int) network.Path { return network.Parse("192.0.2.1") }); got != 12 {
			t.Errorf("beside %d customers another address got %d places, want 12", customers, got)
		}
	}
}

// TestStreamPlaces_Reserved proves that an eighth of all places is for callers who hold REVOCATIONS_READ, wherever they
// are, and that no other caller gets such a place.
func TestStreamPlaces_Reserved(t *testing.T) {
	p := defaultPlaces()
	everywhere := func(n int) network.Path { return network.Parse(fmt.Sprintf("10.%d.%d.1", n/256%256, n%256)) }
	here := network.Parse("10.0.0.1")
	first, _ := p.take(principal(-1), network.Parse("192.0.2.1"))
	if first == nil {
		t.Fatal("the first got none")
	}
	if got, want := flood(p, 10_000, func(n int) *auth.Principal { return principal(n, account.AuditRead, account.UsersWrite) }, everywhere), 1343; got != want {
		t.Errorf("ordinary callers: got %d places, want %d", got, want)
	}
	feed := func(n int) *auth.Principal { return principal(-100-n/20, account.RevocationsRead) }
	if got, want := flood(p, 10_000, feed, func(int) network.Path { return here }), 192; got != want {
		t.Errorf("followers of revocations: got %d places, want %d", got, want)
	}
	first() // a free place, which only a holder may take while the reserve is not full
	if leave, _ := p.take(newcomer(0), network.Parse("192.0.2.1")); leave != nil {
		t.Error("an ordinary caller took a place of the reserve")
	}
	if leave, _ := p.take(nil, network.Parse("192.0.2.1")); leave != nil {
		t.Error("an anonymous client took a place of the reserve")
	}
	if leave, _ := p.take(principal(-1000, account.RevocationsRead), here); leave == nil {
		t.Error("a follower of revocations got no place that was free")
	}
}

// TestStreamPlaces_Anonymous proves that the anonymous clients of one customer leave places to other anonymous clients.
func TestStreamPlaces_Anonymous(t *testing.T) {
	p := defaultPlaces()
	nobody := func(int) *auth.Principal { return nil }
	for _, row := range []struct {
		name string
		from func(n int) string
		want int
	}{
		{"one address", func(int) string { return "192.0.2.1" }, 20},
		{"one /48", func(n int) string { return subnet(1, n%65536) }, 320},
		{"all", func(n int) string { return subnet(n, 0) }, 44},
	} {
		if got := flood(p, 2000, nobody, func(n int) network.Path { return network.Parse(row.from(n)) }); got != row.want {
			t.Errorf("%s: got %d places, want %d", row.name, got, row.want)
		}
	}
}

// TestStreams_Counts proves that each end of a stream gives back what it took, with the permissions that it had then.
func TestStreams_Counts(t *testing.T) {
	renewer := &callers{none: map[string]error{}}
	s := New(renewer, &heldOrNot{}, Limits{PerSession: 20, Total: 16}, time.Now)
	fill := func() (dones []func()) {
		t.Helper()
		for n := range 14 {
			_, done, err := s.add(auth.With(from(t, fmt.Sprintf("10.0.%d.1", n)), principal(n)))
			if err != nil {
				t.Fatal(n, err)
			}
			dones = append(dones, done)
		}
		return dones
	}
	ordinary := fill()
	feed := principal(100, account.RevocationsRead)
	ctx, done, err := s.add(auth.With(from(t, "10.0.0.1"), feed))
	if err != nil {
		t.Fatalf("a follower of revocations when all is taken: %v", err)
	}
	feed.Permissions = nil // a role is taken away
	s.HandleChange(account.Change{Users: []string{feed.Subject}})
	if _, _, err := s.add(auth.With(from(t, "192.0.2.1"), feed)); !errors.Is(err, errTooManyStreams) {
		t.Errorf("without the permission: got %v", err)
	}
	renewer.lose("session_200", auth.ErrSessionEnded)
	if _, _, err := s.add(auth.With(from(t, "192.0.2.1"), principal(200, account.RevocationsRead))); !errors.Is(err, auth.ErrSessionEnded) {
		t.Errorf("a session that has ended: got %v", err)
	}
	done()
	done()
	if !errors.Is(ctx.Err(), context.Canceled) {
		t.Errorf("the context of what is over: got %v", ctx.Err())
	}
	for _, done := range ordinary {
		done()
	}
	checkEmpty(t, s)
	for _, done := range fill() { // as many as before
		done()
	}
	checkEmpty(t, s)
}

// TestStreamPlaces_Bound proves that take names the bound that refuses a stream.
func TestStreamPlaces_Bound(t *testing.T) {
	here, nobody := network.Parse("192.0.2.1"), func(int) *auth.Principal { return nil }
	everywhere := func(n int) network.Path { return network.Parse(fmt.Sprintf("10.%d.%d.1", n/256%256, n%256)) }
	account := func(n int) *auth.Principal {
		return &auth.Principal{Subject: "user_a", Session: fmt.Sprint("session_", n)}
	}
	for name, row := range map[string]struct {
		caller func(n int) *auth.Principal
		from   func(n int) network.Path
		want   string
	}{
		"one session":            {func(int) *auth.Principal { return principal(1) }, everywhere, boundSession},
		"one account":            {account, everywhere, boundAccount},
		"one network":            {func(n int) *auth.Principal { return principal(n) }, func(int) network.Path { return here }, boundNetwork},
		"all":                    {func(n int) *auth.Principal { return principal(n) }, everywhere, boundTotal},
		"one network, anonymous": {nobody, func(int) network.Path { return here }, boundNetwork},
		"all anonymous":          {nobody, everywhere, boundTotal},
	} {
		t.Run(name, func(t *testing.T) {
			p := defaultPlaces()
			flood(p, 2000, row.caller, row.from)
			if _, got := p.take(row.caller(2001), row.from(2001)); got != row.want {
				t.Errorf("got the bound %q, want %q", got, row.want)
			}
		})
	}
}
