package token

import (
	"errors"
	"strings"
	"testing"
	"time"

	"authgraph/auth"
	"authgraph/internal/seal"
)

// behind returns two instances of one store during a change of secrets: the first has the new secret already, the second
// has not.
func behind(t *testing.T) (store *memory, ahead, old *Keyring) {
	t.Helper()
	store = newMemory()
	store.clock = time.Now()
	old = openRing(t, store, "ES256")
	ahead, err := OpenKeyring(t.Context(), store, sealer(t, "b", "a"), new(lease(true)), "ES256")
	if err != nil {
		t.Fatal(err)
	}
	return store, ahead, old
}

// rotate makes the next key active on the first instance, and has both read the keys.
func rotate(t *testing.T, ahead, old *Keyring) {
	t.Helper()
	if rotated, err := ahead.Rotate(t.Context()); err != nil || !rotated {
		t.Fatalf("rotating: got %v, %v, want true", rotated, err)
	}
	ahead.Forget()
	old.Forget()
}

func TestUnopened_NextKey(t *testing.T) {
	_, ahead, old := behind(t)
	before := sign(t, old)
	rotate(t, ahead, old) // the fresh next key is sealed with the new secret
	if err := old.Ready(t.Context(), settings.Lifetime); err != nil {
		t.Errorf("ready: got %v, want nil: the next key does not sign", err)
	}
	for name, text := range map[string]string{"from before": before, "own": sign(t, old), "of the other": sign(t, ahead)} {
		if err := verify(t, old, text); err != nil {
			t.Errorf("a token %s: got %v, want nil", name, err)
		}
	}
	unopened, err := old.Unopened(t.Context())
	if err != nil || len(unopened) != 1 {
		t.Errorf("got %+v, %v, want the next key", unopened, err)
	} else if unopened[0].State != Next || !errors.Is(unopened[0].Err, seal.ErrUnknownSecret) {
		t.Errorf("got %+v, %v, want the next key", unopened, err)
	}
	if rotated, err := old.Rotate(t.Context()); rotated || err == nil || !strings.Contains(err.Error(), "secret-b") {
		t.Errorf("rotating: got %v, %v, want an error that names the secret", rotated, err)
	}
}

func TestUnopened_SigningKey(t *testing.T) {
	_, ahead, old := behind(t)
	before := sign(t, old)
	rotate(t, ahead, old)
	rotate(t, ahead, old) // the active key is sealed with the new secret
	foreign := sign(t, ahead)
	if err := verify(t, old, foreign); !errors.Is(err, auth.ErrUnavailable) {
		t.Errorf("a token of the unopened key: got %v, want ErrUnavailable: its session has not ended", err)
	}
	if err := verify(t, old, before); err != nil {
		t.Errorf("a token from before: got %v, want nil", err)
	}
	own := sign(t, old)
	if err := verify(t, ahead, own); err != nil {
		t.Errorf("a token that the last retired key signs: got %v, want nil on the other instance", err)
	}
	if err := old.Ready(t.Context(), settings.Lifetime); err != nil {
		t.Errorf("ready: got %v, want nil while the retired key lives", err)
	}
	if err := old.Ready(t.Context(), RetiredFor+time.Minute); !errors.Is(err, auth.ErrUnavailable) {
		t.Errorf("ready for tokens that outlive the retired key: got %v, want ErrUnavailable", err)
	}
}

func TestUnopened_RootKeys(t *testing.T) {
	for _, row := range []struct {
		name, id string
		use      func(t *testing.T, k *Keyring) error
		other    func(t *testing.T, k *Keyring) error
	}{
		{"refresh", RefreshKeyID, useRefresh, useAudit},
		{"audit", AuditKeyID, useAudit, useRefresh},
		{"limit", LimitKeyID, useLimit, useRefresh},
	} {
		t.Run(row.name, func(t *testing.T) {
			store, ahead, old := behind(t)
			if err := Revoke(t.Context(), store, sealer(t, "b", "a"), "ES256", row.id); err != nil {
				t.Fatal(err)
			}
			ahead.Forget()
			old.Forget()
			if err := row.use(t, old); !errors.Is(err, auth.ErrUnavailable) {
				t.Errorf("the unopened key: got %v, want ErrUnavailable", err)
			}
			if err := row.other(t, old); err != nil {
				t.Errorf("the other root key: got %v, want nil", err)
			}
			if err := row.use(t, ahead); err != nil {
				t.Errorf("the other instance: got %v, want nil", err)
			}
			if err := verify(t, old, sign(t, ahead)); err != nil {
				t.Errorf("an access token: got %v, want nil", err)
			}
			if err := old.Ready(t.Context(), settings.Lifetime); err == nil || !strings.Contains(err.Error(), "secret-b") {
				t.Errorf("ready: got %v, want an error that names the secret", err)
			}
			_, err := OpenKeyring(t.Context(), store, sealer(t, "a"), new(lease(true)), "ES256")
			if err == nil || !strings.Contains(err.Error(), "secret-b") {
				t.Errorf("a start: got %v, want an error that names the secret", err)
			}
		})
	}
}

func useRefresh(t *testing.T, k *Keyring) error { _, err := k.RefreshKey(t.Context()); return err }

func useAudit(t *testing.T, k *Keyring) error { _, err := k.AuditKey(t.Context()); return err }

func useLimit(t *testing.T, k *Keyring) error { _, _, err := k.LimitKeys(t.Context()); return err }
