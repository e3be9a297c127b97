package token

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"

	"authgraph/internal/seal"
)

// Instances that start at once over an empty store each make keys, and sign with the same one.
func TestOpenKeyring_AtOnce(t *testing.T) {
	const instances = 4
	store := newMemory()
	store.meeting = &sync.WaitGroup{}
	store.meeting.Add(instances)
	rings := make([]*Keyring, instances)
	var wait sync.WaitGroup
	for n := range rings {
		wait.Go(func() {
			var err error
			if rings[n], err = OpenKeyring(t.Context(), store, sealer(t, "a"), new(lease(true)), "ES256"); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if t.Failed() {
		return
	}
	if store.added != 2*instances || len(store.signing) != 2 {
		t.Errorf("%d keys were made and %d are kept, want %d and 2", store.added, len(store.signing), 2*instances)
	}
	for n, k := range rings {
		if got, first := k.held.Load(), rings[0].held.Load(); got.active.ID != first.active.ID || !bytes.Equal(got.refresh.root, first.refresh.root) {
			t.Errorf("instance %d signs with %s, want %s", n, got.active.ID, first.active.ID)
		}
	}
}

func TestOpenKeyring_Again(t *testing.T) {
	store := newMemory()
	first, second := openRing(t, store, "ES256"), openRing(t, store, "ES256")
	if a, b := first.held.Load(), second.held.Load(); a.active.ID != b.active.ID || !bytes.Equal(a.refresh.root, b.refresh.root) || store.added != 2 {
		t.Errorf("%d keys were made, want two for both", store.added)
	}
}

// Only the store's own word that there is no key makes one: anything else must not replace it.
func TestOpenKeyring_StoreOutOfReach(t *testing.T) {
	store := newMemory()
	store.err = errors.New("out of reach")
	if _, err := OpenKeyring(t.Context(), store, sealer(t, "a"), new(lease(true)), "ES256"); !errors.Is(err, store.err) || store.added != 0 {
		t.Errorf("got %v and %d new keys, want %v and none", err, store.added, store.err)
	}
}

func TestOpenKeyring_Refuses(t *testing.T) {
	good, err := newKey(sealer(t, "a"), "ES256", Active)
	if err != nil {
		t.Fatal(err)
	}
	with := func(change func(*SealedKey)) SealedKey {
		k := good
		k.Private = append([]byte(nil), good.Private...)
		change(&k)
		return k
	}
	sealed := func(private any) SealedKey {
		der, err := x509.MarshalPKCS8PrivateKey(private)
		if err != nil {
			t.Fatal(err)
		}
		return SealedKey{ID: "other", Algorithm: "ES256", State: Active, Private: sealer(t, "a").Seal(purpose, "other", der)}
	}
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name   string
		stored SealedKey
		secret string
		is     error  // the expected error
		says   string // text of the error next to the key's name
	}{
		{"another secret", good, "b", seal.ErrUnknownSecret, "secret-a"},
		{"a changed byte", with(func(k *SealedKey) { k.Private[len(k.Private)-1] ^= 1 }), "a", seal.ErrTampered, ""},
		{"nothing", with(func(k *SealedKey) { k.Private = nil }), "a", seal.ErrTampered, ""},
		{"under another key's name", with(func(k *SealedKey) { k.ID = "renamed" }), "a", seal.ErrTampered, ""},
		{"another algorithm", with(func(k *SealedKey) { k.Algorithm = "RS256" }), "a", nil, "RS256"},
		{"no algorithm", with(func(k *SealedKey) { k.Algorithm = "" }), "a", nil, ""},
		{"HMAC", with(func(k *SealedKey) { k.Algorithm = "HS256" }), "a", nil, "HS256"},
		{"a key of another kind", sealed(edwards), "a", nil, "ES256"},
		{"a key on another curve", sealed(p384), "a", nil, "ES256"},
		{"no key", SealedKey{ID: "other", Algorithm: "ES256", State: Active, Private: sealer(t, "a").Seal(purpose, "other", []byte("x"))},
			"a", nil, ""},
		{"sealed for another purpose", SealedKey{ID: "other", Algorithm: "ES256", State: Active,
			Private: sealer(t, "a").Seal("refresh token", "other", []byte("x"))}, "a", seal.ErrTampered, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			store := newMemory()
			store.signing = []SealedKey{row.stored, {State: Next, Algorithm: "ES256"}}
			_, err := OpenKeyring(t.Context(), store, sealer(t, row.secret), new(lease(true)), "ES256")
			if err == nil {
				t.Fatal("it opens")
			}
			if row.is != nil && !errors.Is(err, row.is) {
				t.Errorf("got %v, want %v", err, row.is)
			}
			if text := err.Error(); !strings.Contains(text, row.stored.ID) || !strings.Contains(text, row.says) {
				t.Errorf("got %q, want in it %q and %q", text, row.stored.ID, row.says)
			}
			for name, shown := range map[string]string{
				"as it is": string(row.stored.Private), "in hex": hex.EncodeToString(row.stored.Private),
				"in base64": base64.StdEncoding.EncodeToString(row.stored.Private),
			} {
				if shown != "" && strings.Contains(err.Error(), shown) {
					t.Errorf("%v holds the sealed key %s", err, name)
				}
			}
			if store.added != 0 || !reflect.DeepEqual(store.signing[0], row.stored) {
				t.Error("the key that can't be opened was replaced")
			}
		})
	}
}
