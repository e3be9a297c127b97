package token

import (
	"bytes"
	"errors"
	"testing"

	"authgraph/auth"
)

func limitKeys(t *testing.T, ring *Keyring) (key, former []byte) {
	t.Helper()
	key, former, err := ring.LimitKeys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return key, former
}

// TestKeyring_LimitKeys proves that the key of limits is a server key of its own: it outlives the key of refresh tokens,
// from which it was derived before, and a change of secrets, and ends when it is revoked.
func TestKeyring_LimitKeys(t *testing.T) {
	store := newMemory()
	ring := openRing(t, store, "ES256")
	key, former := limitKeys(t, ring)
	if len(key) != 32 || len(former) != 32 || bytes.Equal(key, former) {
		t.Fatalf("got keys of %d and %d bytes, want two of 32", len(key), len(former))
	}
	again, _ := limitKeys(t, openRing(t, store, "ES256"))
	if !bytes.Equal(again, key) {
		t.Error("another instance has another key")
	}
	if err := Revoke(t.Context(), store, sealer(t, "a"), "ES256", RefreshKeyID); err != nil {
		t.Fatal(err)
	}
	ring.Forget()
	if k, f := limitKeys(t, ring); !bytes.Equal(k, key) || bytes.Equal(f, former) {
		t.Error("with another key of refresh tokens: want the same key, and another former one")
	}
	if _, err := Reseal(t.Context(), store, sealer(t, "b", "a")); err != nil {
		t.Fatal(err)
	}
	resealed, err := OpenKeyring(t.Context(), store, sealer(t, "b"), new(lease(true)), "ES256")
	if err != nil {
		t.Fatal(err)
	}
	if k, _ := limitKeys(t, resealed); !bytes.Equal(k, key) {
		t.Error("resealed: got another key")
	}
	ring.Forget() // which has the old secret only
	if _, _, err := ring.LimitKeys(t.Context()); !errors.Is(err, auth.ErrUnavailable) {
		t.Errorf("a key that does not open: got %v, want ErrUnavailable", err)
	}
	if err := Revoke(t.Context(), store, sealer(t, "b"), "ES256", LimitKeyID); err != nil {
		t.Fatal(err)
	}
	resealed.Forget()
	if k, _ := limitKeys(t, resealed); bytes.Equal(k, key) {
		t.Error("revoked: got the same key")
	}
}
