package token

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"authgraph/auth"
)

// verify says whether ring, as a server's own, takes text.
func verify(t *testing.T, ring *Keyring, text string) error {
	t.Helper()
	_, err := auth.NewVerifier(ring, settings.Issuer, settings.Audience,
		auth.WithClock(func() time.Time { return now })).Authenticate(t.Context(), text)
	return err
}

func sign(t *testing.T, ring *Keyring) string {
	t.Helper()
	return issue(t, NewIssuer(ring, settings, func() time.Time { return now }), examplePrincipal())
}

func TestKeyring_Algorithms(t *testing.T) {
	for _, algorithm := range []string{"ES256", "EdDSA", "PS256", "RS256", "HS256"} {
		t.Run(algorithm, func(t *testing.T) {
			store := newMemory()
			ring, other := openRing(t, store, algorithm), openRing(t, store, algorithm)
			text := sign(t, ring)
			if got := part(t, text, 0)["alg"]; got != algorithm {
				t.Errorf("alg is %v", got)
			}
			if err := verify(t, other, text); err != nil {
				t.Error(err)
			}
			public, err := ring.Public(t.Context())
			if err != nil || len(public) != 2 {
				t.Fatalf("got %d keys, %v, want the active and the next", len(public), err)
			}
			set, err := auth.MarshalJWKS(public)
			if err != nil {
				t.Fatal(err)
			}
			keys, err := auth.ParseJWKS(set)
			if err != nil {
				t.Fatal(err)
			}
			_, err = auth.NewVerifier(keys, settings.Issuer, settings.Audience,
				auth.WithClock(func() time.Time { return now })).Authenticate(t.Context(), text)
			if algorithm == "HS256" {
				if string(set) != `{"keys":[]}` || err == nil {
					t.Errorf("an HMAC key is published: %s", set)
				}
			} else if err != nil {
				t.Errorf("with what JWKS shows: %v", err)
			}
		})
	}
	if _, err := OpenKeyring(t.Context(), newMemory(), sealer(t, "a"), new(lease(true)), "none"); err == nil {
		t.Error("none is an algorithm")
	}
}

func TestNewKey_Name(t *testing.T) {
	for range 300 { // a random name begins with a hyphen once in 64 times
		k, err := newKey(sealer(t, "a"), "HS256", Next)
		if err != nil || len(k.ID) != idLength || k.ID[0] == '-' {
			t.Fatalf("got %q, %v", k.ID, err)
		}
	}
}

func TestKeyring_Rotate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemory()
		ring := openRing(t, store, "ES256")
		old, next := sign(t, ring), ring.held.Load().order[1].ID
		if rotated, err := ring.Rotate(t.Context()); err != nil || !rotated {
			t.Fatalf("got %v, %v", rotated, err)
		}
		ring.Forget() // as the store notifies its subscribers
		fresh := sign(t, ring)
		if got := part(t, fresh, 0)["kid"]; got != next {
			t.Errorf("signs with %v, want %s, which had been published", got, next)
		}
		if public, err := ring.Public(t.Context()); err != nil || len(public) != 3 {
			t.Errorf("%d keys are published, %v, want retired, active and next", len(public), err)
		}
		if err := verify(t, ring, old); err != nil {
			t.Errorf("a token of the retired key: %v", err)
		}
		time.Sleep(RetiredFor - time.Second)
		if err := verify(t, ring, old); err != nil {
			t.Errorf("a second before it ceases to count: %v", err)
		}
		time.Sleep(time.Second)
		if err := verify(t, ring, old); !errors.Is(err, auth.ErrTokenInvalid) {
			t.Errorf("got %v, want ErrTokenInvalid", err)
		}
		if public, err := ring.Public(t.Context()); err != nil || len(public) != 2 {
			t.Errorf("%d keys are published, %v, want active and next", len(public), err)
		}
		store.pass(RetiredFor + time.Second)
		if err := verify(t, openRing(t, store, "ES256"), old); !errors.Is(err, auth.ErrTokenInvalid) {
			t.Errorf("by the database's clock: got %v, want ErrTokenInvalid", err)
		}
	})
}

func TestKeyring_RotateIfDue(t *testing.T) {
	const every = 90 * 24 * time.Hour
	for name, row := range map[string]struct {
		first, then string // the algorithm wanted at first, and by who asks
		age         time.Duration
		next        time.Duration // how long after the restart
		want        bool
	}{
		"young":                           {"ES256", "ES256", every - time.Second, 0, false},
		"old enough":                      {"ES256", "ES256", every, 0, true},
		"another algorithm, at once":      {"ES256", "EdDSA", time.Hour, 0, false},
		"another algorithm, soon":         {"ES256", "EdDSA", time.Hour, publication - time.Second, false},
		"another algorithm, published":    {"ES256", "EdDSA", time.Hour, publication, true},
		"another algorithm, old already":  {"ES256", "EdDSA", every, 0, true},
		"back to what still signs":        {"EdDSA", "EdDSA", time.Hour, publication, false},
		"old, and another instance's way": {"ES256", "ES256", 2 * every, publication, true},
	} {
		t.Run(name, func(t *testing.T) {
			store := newMemory()
			openRing(t, store, row.first)
			store.pass(row.age)
			ring := openRing(t, store, row.then)
			store.pass(row.next)
			if got, err := ring.RotateIfDue(t.Context(), every); err != nil || got != row.want {
				t.Fatalf("got %v, %v, want %v", got, err, row.want)
			}
			ring.Forget()
			if got := part(t, sign(t, ring), 0)["alg"]; row.want && got != row.then {
				t.Errorf("signs with %v, want %s", got, row.then)
			}
			if got, err := ring.RotateIfDue(t.Context(), every); err != nil || got {
				t.Errorf("once more: got %v, %v", got, err)
			}
		})
	}
}

// Instances that find the key due at the same moment rotate it once.
func TestKeyring_RotateAtOnce(t *testing.T) {
	store := newMemory()
	var rings []*Keyring
	for range 4 {
		rings = append(rings, openRing(t, store, "ES256"))
	}
	store.pass(48 * time.Hour)
	var meeting, wait sync.WaitGroup
	meeting.Add(len(rings))
	var mu sync.Mutex
	rotations := 0
	for _, ring := range rings {
		wait.Go(func() {
			rotated, err := ring.rotateIf(t.Context(), func(StoredKeys) bool {
				meeting.Done()
				meeting.Wait()
				return true
			})
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			if rotated {
				rotations++
			}
		})
	}
	wait.Wait()
	if rotations != 1 || len(store.signing) != 3 {
		t.Errorf("%d rotated, %d keys, want 1 and 3", rotations, len(store.signing))
	}
}

func TestKeyring_Revoke(t *testing.T) {
	for name, row := range map[string]struct {
		state    State
		signs    int // the place of the key that signs afterwards, in the order of making
		oldStill bool
	}{
		"the active one": {Active, 2, true}, "the next one": {Next, 1, true}, "a retired one": {Retired, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			store := newMemory()
			ring := openRing(t, store, "ES256")
			old := sign(t, ring)
			if _, err := ring.Rotate(t.Context()); err != nil {
				t.Fatal(err)
			}
			ring.Forget()
			present := sign(t, ring)
			id := store.signing[store.at(row.state)].ID
			for range 2 { // a second time changes nothing
				if err := Revoke(t.Context(), store, sealer(t, "a"), "ES256", id); err != nil {
					t.Fatal(err)
				}
			}
			ring.Forget()
			if got := part(t, sign(t, ring), 0)["kid"]; got != store.signing[row.signs].ID {
				t.Errorf("signs with %v, want %s", got, store.signing[row.signs].ID)
			}
			if err := verify(t, ring, old); (err == nil) != row.oldStill {
				t.Errorf("the token of the retired key: %v", err)
			}
			if err := verify(t, ring, present); (err == nil) != (row.state != Active) {
				t.Errorf("the token of the key that was active: %v", err)
			}
			if public, err := ring.Public(t.Context()); err != nil ||
				slices.ContainsFunc(public, func(k auth.Key) bool { return k.ID == id }) {
				t.Errorf("it is still published, %v", err)
			}
			if at := store.at(Next); at < 0 || store.signing[at].ID == id {
				t.Error("there is no next key")
			}
		})
	}
	err := Revoke(t.Context(), newMemory(), sealer(t, "a"), "ES256", strings.Repeat("a", idLength))
	if !errors.Is(err, ErrNoSuchKey) {
		t.Errorf("one that there is not: got %v, want ErrNoSuchKey", err)
	}
}

func TestKeyring_RevokeRefresh(t *testing.T) {
	store := newMemory()
	ring := openRing(t, store, "ES256")
	old := refreshKey(t, ring)
	text := old.Mint("session_1", 1, 1)
	if err := Revoke(t.Context(), store, sealer(t, "a"), "ES256", RefreshKeyID); err != nil {
		t.Fatal(err)
	}
	ring.Forget()
	fresh := refreshKey(t, ring)
	for name, text := range map[string]string{"the old token": text, "one that is exchanged meanwhile": old.Mint("session_1", 1, 2)} {
		if _, _, _, ok := fresh.Parse(text); ok {
			t.Errorf("%s counts", name)
		}
	}
	if _, _, _, ok := fresh.Parse(fresh.Mint("session_1", 1, 1)); !ok {
		t.Error("a new token does not count")
	}
}

// An unknown name may belong to a new key. Unknown names cost at most five queries a second,
// for any number of requests.
func TestKeyring_UnknownKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemory()
		ring, other := openRing(t, store, "ES256"), openRing(t, store, "ES256")
		for range 2 { // the second key was never published to ring
			if _, err := other.Rotate(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		other.Forget()
		if err := verify(t, ring, sign(t, other)); err != nil {
			t.Errorf("a token of a new key: %v", err)
		}
		time.Sleep(time.Minute)
		before := store.reads()
		var wait sync.WaitGroup
		began := time.Now()
		for n := range 1000 {
			wait.Go(func() {
				time.Sleep(time.Duration(n) * time.Millisecond)
				id := strings.Repeat("x", idLength)
				if _, err := ring.Key(t.Context(), id); !errors.Is(err, auth.ErrUnknownKey) {
					t.Errorf("got %v, want ErrUnknownKey", err)
				}
			})
		}
		wait.Wait()
		if reads := store.reads() - before; reads > 6 {
			t.Errorf("a thousand within %v: %d readings, want at most 6", time.Since(began), reads)
		}
		before = store.reads()
		for _, id := range []string{"", "short", strings.Repeat("x", idLength+1)} {
			if _, err := ring.Key(t.Context(), id); !errors.Is(err, auth.ErrUnknownKey) {
				t.Errorf("got %v, want ErrUnknownKey", err)
			}
		}
		if store.reads() != before {
			t.Error("what can't be a name is looked for")
		}
	})
}

// With the lease, nothing is read; without it, nothing older than readingAge is believed.
func TestKeyring_Lease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, held := newMemory(), lease(true)
		ring, err := OpenKeyring(t.Context(), store, sealer(t, "a"), &held, "ES256")
		if err != nil {
			t.Fatal(err)
		}
		text := sign(t, ring)
		time.Sleep(time.Hour)
		before := store.reads()
		if err := verify(t, ring, text); err != nil || store.reads() != before {
			t.Errorf("with the lease: %v, %d readings", err, store.reads()-before)
		}
		held = false
		if err := Revoke(t.Context(), store, sealer(t, "a"), "ES256", store.signing[0].ID); err != nil {
			t.Fatal(err)
		}
		if err := verify(t, ring, text); !errors.Is(err, auth.ErrTokenInvalid) {
			t.Errorf("without the lease, a token of a revoked key: %v", err)
		}
		if before = store.reads(); verify(t, ring, text) == nil || store.reads() != before {
			t.Error("what has just been read is read again")
		}
		store.err = errors.New("out of reach")
		time.Sleep(readingAge)
		if err := verify(t, ring, text); !errors.Is(err, auth.ErrUnavailable) {
			t.Errorf("without lease and database: got %v, want ErrUnavailable", err)
		}
		if _, _, err := NewIssuer(ring, settings, time.Now).Issue(t.Context(), examplePrincipal(), time.Hour); !errors.Is(err, store.err) {
			t.Errorf("signing without lease and database: %v", err)
		}
	})
}

// A reading that had begun when the keys changed is not remembered.
func TestKeyring_ForgetBeatsReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemory()
		ring := openRing(t, store, "ES256")
		ring.Forget()
		gate := make(chan struct{})
		store.reading = func() { <-gate }
		var wait sync.WaitGroup
		wait.Go(func() { _, _ = ring.Public(t.Context()) }) // its result may be stale
		synctest.Wait()
		ring.Forget()
		close(gate)
		wait.Wait()
		if ring.held.Load() != nil {
			t.Error("the reading from before is remembered")
		}
	})
}

func TestReseal(t *testing.T) {
	store := newMemory()
	ring := openRing(t, store, "ES256")
	if _, err := ring.Rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := Revoke(t.Context(), store, sealer(t, "a"), "ES256", store.signing[0].ID); err != nil {
		t.Fatal(err)
	}
	ring.Forget()
	text, both := sign(t, ring), sealer(t, "b", "a")
	stop := &interrupted{KeyStore: store}
	if resealed, err := Reseal(t.Context(), stop, both); !errors.Is(err, errInterrupted) || resealed != 1 {
		t.Fatalf("interrupted: %d, %v", resealed, err)
	}
	if resealed, err := Reseal(t.Context(), store, both); err != nil || resealed != 4 {
		t.Fatalf("again: %d, %v, want the 4 that were left", resealed, err)
	}
	if resealed, err := Reseal(t.Context(), store, both); err != nil || resealed != 0 {
		t.Fatalf("once more: %d, %v, want none", resealed, err)
	}
	without, err := OpenKeyring(t.Context(), store, sealer(t, "b"), new(lease(true)), "ES256")
	if err != nil {
		t.Fatalf("without the old secret: %v", err)
	}
	if err := verify(t, without, text); err != nil {
		t.Error(err)
	}
	store.signing[1].Private = sealer(t, "lost").Seal(purpose, store.signing[1].ID, []byte("x"))
	if _, err := Reseal(t.Context(), store, both); err == nil || !strings.Contains(err.Error(), "secret-lost") {
		t.Errorf("with a secret that is lost: %v", err)
	}
	listed, err := List(t.Context(), store, both)
	if err != nil || len(listed) != 6 || listed[0].State != Revoked {
		t.Errorf("got %+v, %v", listed, err)
	} else if listed[0].Err != nil || listed[1].Err == nil || listed[2].Err != nil {
		t.Errorf("got %+v, %v", listed, err)
	} else if listed[3].ID != RefreshKeyID || listed[3].Err != nil || listed[4].ID != AuditKeyID {
		t.Errorf("got %+v, %v", listed, err)
	} else if listed[4].Err != nil || listed[5].ID != LimitKeyID || listed[5].Err != nil {
		t.Errorf("got %+v, %v", listed, err)
	}
}

var errInterrupted = errors.New("interrupted")

// interrupted lets one row be resealed.
type interrupted struct {
	KeyStore
	done bool
}

func (i *interrupted) ResealSigningKey(ctx context.Context, id string, old, sealed []byte) error {
	if i.done {
		return errInterrupted
	}
	i.done = true
	return i.KeyStore.ResealSigningKey(ctx, id, old, sealed)
}
