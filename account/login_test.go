package account

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"authgraph/auth"
	"authgraph/auth/password"
	"authgraph/internal/network"
)

// attempts is a Store and an AuditLog without accounts. It records counts, and calls after the client has gone.
type attempts struct {
	Store
	AuditLog
	counted func()     // told of each count
	mu      sync.Mutex // guards the next two
	counts  map[string]int
	fails   error             // the error of counting
	after   []context.Context // contexts of calls after the end of the request
}

func (a *attempts) Count(_ context.Context, key string, limit int64, window time.Duration) (time.Duration, bool, error) {
	if a.fails != nil {
		return 0, false, a.fails
	}
	a.mu.Lock()
	full := int64(a.counts[key]) >= limit
	if !full {
		a.counts[key]++
	}
	a.mu.Unlock()
	if full {
		return window, false, nil
	}
	a.counted()
	return 0, true, nil
}

func (a *attempts) Uncount(ctx context.Context, key string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.counts[key]--
	a.after = append(a.after, ctx)
	return nil
}

func (a *attempts) CredentialByEmailKey(context.Context, string) (Credential, error) {
	return Credential{}, ErrNotFound
}

func (a *attempts) Note(ctx context.Context, _ AuditNote) error {
	a.after = append(a.after, ctx)
	return nil
}

// limitKeys has keys of limits, and no key of refresh tokens.
type limitKeys struct {
	Keys
	key, former string
	err         error
}

func (k limitKeys) LimitKeys(context.Context) (key, former []byte, err error) {
	return []byte(k.key), []byte(k.former), k.err
}

// twoLimits are the limits of a sign-in.
var twoLimits = []Limit{{Field: "b", Max: 9, Window: time.Minute}, {Field: "a", Max: 3, Window: time.Hour}}

// trying returns a service, what it has of a store, and its queue of hashes.
func trying(t *testing.T) (context.Context, *Service, *attempts, *password.Hasher) {
	t.Helper()
	hasher, err := password.New(password.MinCost, password.WithInsecureCost(4), password.WithPatience(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	a := &attempts{counts: map[string]int{}, counted: func() {}}
	s := New(a, a, hasher, nil, limitKeys{key: "key", former: "former key"}, Settings{Registration: true})
	return t.Context(), s, a, hasher
}

// A counted attempt that loses its place in the queue returns each unit, even if its client has gone.
func TestAttempt_TurnedAway(t *testing.T) {
	const flood = "192.0.2.1"
	for name, try := range map[string]func(context.Context, *Service) error{
		"login": func(ctx context.Context, s *Service) error {
			_, err := s.Login(ctx, "nobody@example.com", "correct horse", DeliverBody, Client{IPAddress: flood}, twoLimits)
			return err
		},
		"register": func(ctx context.Context, s *Service) error {
			_, err := s.Register(ctx, Registration{Email: "nobody@example.com", Password: "correct horse battery"}, Client{IPAddress: flood}, twoLimits)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, s, a, hasher := trying(t)
			var held []*password.Ticket
			for ticket, err := hasher.Admit(network.Parse(flood), nil); err == nil; ticket, err = hasher.Admit(network.Parse(flood), nil) {
				held = append(held, ticket)
			}
			held[0].Leave() // a place for the one who tries
			a.counted = func() {
				if len(a.counts) < 2 {
					return
				}
				if _, err := hasher.Admit(network.Parse("198.51.100.1"), nil); err != nil { // it gets the newest place of the longest line
					t.Error(err)
				}
			}
			if err := try(ctx, s); !errors.Is(err, &auth.Error{Code: auth.Overloaded}) {
				t.Fatalf("got %v", err)
			}
			if len(a.counts) != 2 {
				t.Errorf("%d limits were counted against, want both", len(a.counts))
			}
			for key, n := range a.counts {
				if n != 0 {
					t.Errorf("%s is still counted %d times", key, n)
				}
			}
			outlives(t, a.after, 2)
		})
	}
}

// A refusal is written down although the client has gone, and does not wait for a database that never answers.
func TestLogin_RefusalOutlives(t *testing.T) {
	ctx, s, a, _ := trying(t)
	if _, err := s.Login(ctx, "nobody@example.com", "correct horse", DeliverBody, Client{}, twoLimits); !errors.Is(err, ErrInvalidCredentials) {
		t.Fatal(err)
	}
	outlives(t, a.after, 1)
}

// outlives checks that something was done so often, in contexts that end by themselves and not with the request's.
func outlives(t *testing.T, contexts []context.Context, want int) {
	t.Helper()
	if len(contexts) != want {
		t.Errorf("%d were done, want %d", len(contexts), want)
	}
	for _, ctx := range contexts {
		if until, bounded := ctx.Deadline(); !bounded || time.Until(until) > withoutCancelTimeout {
			t.Error("nothing ends what was begun")
		}
	}
}

// An attempt that can't be counted is not made. The counted attempts do not exceed any limit. A refusal takes no unit from any
// limit.
func TestAttempt(t *testing.T) {
	ctx, s, a, hasher := trying(t)
	attempt := func(account string) error {
		t.Helper()
		ticket, err := hasher.Admit(network.Path{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer ticket.Leave()
		attempt, err := s.attempt(ctx, ticket, twoLimits, subject{account: account})
		if (err != nil) != (attempt == nil) {
			t.Fatalf("got %v and %v", attempt, err)
		}
		if attempt != nil {
			attempt.end()
		}
		return err
	}
	for n := range 5 {
		err := attempt("somebody")
		if limited := errors.Is(err, &auth.Error{Code: auth.RateLimited}); limited != (n >= 3) {
			t.Errorf("attempt %d: got %v", n+1, err)
		}
	}
	for key, n := range a.counts {
		if n != 3 {
			t.Errorf("%s: got %d counted, want 3", key, n)
		}
	}
	if got := len(s.slots.keys); got != 0 {
		t.Errorf("%d attempts are under way, want none", got)
	}
	s.keys = limitKeys{key: "another key"}
	if err := attempt("somebody"); err != nil || len(a.counts) != 4 {
		t.Errorf("under another key: got %v, and %d counts, want two of its own", err, len(a.counts))
	}
	failed := errors.New("out of reach")
	a.fails = failed
	if err := attempt("somebody else"); !errors.Is(err, failed) {
		t.Errorf("without counts: got %v", err)
	}
	s.keys = limitKeys{err: failed}
	if err := attempt("somebody"); !errors.Is(err, failed) {
		t.Errorf("without a key: got %v", err)
	}
}
