package db_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"authgraph/account"
	"authgraph/auth/token"
	"authgraph/db"
)

func sealed(id string, state token.State) token.SealedKey {
	return token.SealedKey{ID: id, Algorithm: "ES256", State: state, Private: []byte("sealed " + id)}
}

// states returns the keys as "a:active b:next".
func states(t *testing.T, s *db.Store) string {
	t.Helper()
	stored, err := s.Keys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, k := range stored.Signing {
		all = append(all, k.ID+":"+string(k.State))
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// withKeys opens a store whose keys a and b are active and next. changes returns the number of notifications.
func withKeys(t *testing.T, open func(t *testing.T) *db.Store) (s *db.Store, changes func() int) {
	t.Helper()
	s = open(t)
	var mu sync.Mutex
	received := 0
	s.Subscribe(func(c account.Change) {
		mu.Lock()
		defer mu.Unlock()
		if c.Keys {
			received++
		}
	})
	for _, k := range []token.SealedKey{sealed("a", token.Active), sealed("b", token.Next)} {
		if err := s.AddSigningKey(t.Context(), k); err != nil {
			t.Fatal(err)
		}
	}
	return s, func() int {
		mu.Lock()
		defer mu.Unlock()
		n := received
		received = 0
		return n
	}
}

func TestKeys_AddOneWins(t *testing.T) {
	t.Parallel()
	backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
		s := open(t)
		var wait sync.WaitGroup
		for _, id := range []string{"a", "b", "c", "d"} {
			wait.Go(func() {
				err := errors.Join(s.AddSigningKey(t.Context(), sealed(id, token.Active)),
					s.AddSigningKey(t.Context(), sealed(id+id, token.Next)), s.AddServerKey(t.Context(), "p", []byte(id)))
				if err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		stored, err := s.Keys(t.Context())
		if err != nil || len(stored.Signing) != 2 || len(stored.Server["p"]) != 1 {
			t.Fatalf("got %+v, %v", stored, err)
		}
		active := stored.Signing[slices.IndexFunc(stored.Signing, func(k token.SealedKey) bool { return k.State == token.Active })]
		if string(active.Private) != "sealed "+active.ID || active.ActivatedAt == nil || active.CreatedAt.IsZero() {
			t.Errorf("got %+v at %v", active, stored.Now)
		} else if stored.Now.Before(active.CreatedAt) || stored.Now.Sub(active.CreatedAt) > time.Minute {
			t.Errorf("got %+v at %v", active, stored.Now)
		}
	})
}

func TestKeys_Rotate(t *testing.T) {
	t.Parallel()
	backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
		s, changes := withKeys(t, open)
		changes()
		var wait sync.WaitGroup
		var mu sync.Mutex
		won := 0
		for _, id := range []string{"c", "d", "e", "f"} {
			wait.Go(func() {
				rotated, err := s.RotateKeys(t.Context(), "a", sealed(id, token.Next))
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				if rotated {
					won++
				}
			})
		}
		wait.Wait()
		if got := states(t, s); won != 1 || !strings.HasPrefix(got, "a:retired b:active ") {
			t.Errorf("%d rotated: %s", won, got)
		} else if !strings.HasSuffix(got, ":next") || strings.Count(got, ":") != 3 {
			t.Errorf("%d rotated: %s", won, got)
		}
		if n := changes(); n != 1 {
			t.Errorf("%d changes were told, want 1", n)
		}
	})
}

func TestKeys_Revoke(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"a": "a:revoked b:active fresh:next", "b": "a:active b:revoked fresh:next", "unknown": "a:active b:next",
	} {
		t.Run(id, func(t *testing.T) {
			backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
				s, changes := withKeys(t, open)
				changes()
				var wait sync.WaitGroup
				for range 4 {
					wait.Go(func() {
						err := s.RevokeKey(t.Context(), id, sealed("fresh", token.Next))
						if id == "unknown" != errors.Is(err, token.ErrNoSuchKey) || id != "unknown" && err != nil {
							t.Error(err)
						}
					})
				}
				wait.Wait()
				if got := states(t, s); got != want {
					t.Errorf("got %s, want %s", got, want)
				}
				if n := changes(); id != "unknown" && n == 0 {
					t.Error("nobody was told")
				}
				stored, err := s.Keys(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				for _, k := range stored.Signing {
					if (k.State == token.Revoked) != (len(k.Private) == 0) ||
						(k.State == token.Revoked) != (k.RevokedAt != nil) {
						t.Errorf("got %+v", k)
					}
				}
			})
		})
	}
}

// The active and the next key are revoked at the same moment, while a third instance rotates: one key signs, one is next.
func TestKeys_AtOnce(t *testing.T) {
	t.Parallel()
	backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
		s, _ := withKeys(t, open)
		var wait sync.WaitGroup
		wait.Go(func() { check(t, s.RevokeKey(t.Context(), "a", sealed("c", token.Next))) })
		wait.Go(func() { check(t, s.RevokeKey(t.Context(), "b", sealed("d", token.Next))) })
		wait.Go(func() {
			_, err := s.RotateKeys(t.Context(), "a", sealed("e", token.Next))
			check(t, err)
		})
		wait.Wait()
		got := states(t, s)
		if strings.Count(got, ":active") != 1 || strings.Count(got, ":next") != 1 ||
			!strings.HasPrefix(got, "a:revoked b:revoked") {
			t.Errorf("got %s", got)
		}
	})
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

func TestKeys_ReplaceNext(t *testing.T) {
	t.Parallel()
	backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
		s, _ := withKeys(t, open)
		check(t, s.ReplaceNextKey(t.Context(), "a", sealed("c", token.Next)))
		if got := states(t, s); got != "a:active b:next" {
			t.Errorf("got %s: a is not the next key", got)
		}
		check(t, s.ReplaceNextKey(t.Context(), "b", sealed("c", token.Next)))
		if got := states(t, s); got != "a:active c:next" {
			t.Errorf("got %s", got)
		}
	})
}

func TestKeys_Purge(t *testing.T) {
	t.Parallel()
	backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
		s, _ := withKeys(t, open)
		for _, fresh := range []string{"c", "d"} {
			stored, err := s.Keys(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			at := slices.IndexFunc(stored.Signing, func(k token.SealedKey) bool { return k.State == token.Active })
			if _, err := s.RotateKeys(t.Context(), stored.Signing[at].ID, sealed(fresh, token.Next)); err != nil {
				t.Fatal(err)
			}
		}
		check(t, s.RevokeKey(t.Context(), "a", sealed("e", token.Next)))
		check(t, s.PurgeKeys(t.Context(), time.Hour, time.Hour))
		if got := states(t, s); got != "a:revoked b:retired c:active d:next" {
			t.Errorf("too early: got %s", got)
		}
		check(t, s.PurgeKeys(t.Context(), -time.Hour, time.Hour))
		if got := states(t, s); got != "a:revoked c:active d:next" {
			t.Errorf("retired: got %s", got)
		}
		check(t, s.PurgeKeys(t.Context(), -time.Hour, -time.Hour))
		if got := states(t, s); got != "c:active d:next" {
			t.Errorf("revoked: got %s", got)
		}
	})
}

func TestKeys_Reseal(t *testing.T) {
	t.Parallel()
	backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
		s, _ := withKeys(t, open)
		check(t, s.AddServerKey(t.Context(), "p", []byte("old")))
		for _, old := range []string{"another", "old", "old"} { // the last one comes too late
			check(t, s.ResealServerKey(t.Context(), "p", []byte(old), []byte("new, was "+old)))
		}
		for _, old := range []string{"another", "sealed a", "sealed a"} {
			check(t, s.ResealSigningKey(t.Context(), "a", []byte(old), []byte("new, was "+old)))
		}
		stored, err := s.Keys(t.Context())
		if err != nil || string(stored.Server["p"]) != "new, was old" ||
			string(stored.Signing[0].Private) != "new, was sealed a" {
			t.Errorf("got %+v, %v", stored, err)
		}
		check(t, s.ReplaceServerKey(t.Context(), "p", []byte("another")))
		if stored, err := s.Keys(t.Context()); err != nil || string(stored.Server["p"]) != "another" {
			t.Errorf("got %+v, %v", stored, err)
		}
		if err := s.ReplaceServerKey(t.Context(), "unknown", nil); !errors.Is(err, token.ErrNoSuchKey) {
			t.Errorf("got %v, want ErrNoSuchKey", err)
		}
	})
}
