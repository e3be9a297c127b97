package token

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
	"sync"
	"testing"

	"authgraph/seal"
)

// memory is a KeyStore. Its meeting, if there is one, is where instances that found no key wait for each other.
type memory struct {
	mu      sync.Mutex
	active  *SealedKey
	added   int
	meeting *sync.WaitGroup
}

func (m *memory) ActiveKey(context.Context) (SealedKey, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.active == nil {
		return SealedKey{}, ErrNoKey
	}
	return *m.active, nil
}

func (m *memory) AddActiveKey(_ context.Context, k SealedKey) error {
	if m.meeting != nil {
		m.meeting.Done()
		m.meeting.Wait()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.added++
	if m.active == nil {
		m.active = &k
	}
	return nil
}

// sealer returns one with a secret of its own for each id.
func sealer(t *testing.T, id string) *seal.Box {
	t.Helper()
	secret := seal.Secret{ID: "secret-" + id}
	copy(secret.Key[:], id)
	box, err := seal.New([]seal.Secret{secret})
	if err != nil {
		t.Fatal(err)
	}
	return box
}

// Instances that start at once over an empty store each make a key, and sign with the same one.
func TestOpen_AtOnce(t *testing.T) {
	const instances = 4
	store := &memory{meeting: &sync.WaitGroup{}}
	store.meeting.Add(instances)
	issuers := make([]*Issuer, instances)
	var wait sync.WaitGroup
	for n := range issuers {
		wait.Go(func() {
			var err error
			if issuers[n], err = Open(t.Context(), store, sealer(t, "a"), settings); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if t.Failed() {
		return
	}
	if store.added != instances {
		t.Errorf("%d made a key, want all %d", store.added, instances)
	}
	for n, i := range issuers {
		if i.key.id != store.active.ID || !i.key.private.Equal(issuers[0].key.private) {
			t.Errorf("instance %d signs with %s, want %s", n, i.key.id, store.active.ID)
		}
	}
}

func TestOpen_Again(t *testing.T) {
	store := &memory{}
	first, err := Open(t.Context(), store, sealer(t, "a"), settings)
	if err != nil {
		t.Fatal(err)
	}
	second, err := Open(t.Context(), store, sealer(t, "a"), settings)
	if err != nil {
		t.Fatal(err)
	}
	if !first.key.private.Equal(second.key.private) || store.added != 1 {
		t.Errorf("%d keys were made, want one for both", store.added)
	}
}

type broken struct{ memory }

var errBroken = errors.New("out of reach")

func (*broken) ActiveKey(context.Context) (SealedKey, error) { return SealedKey{}, errBroken }

// Only the store's own word that there is no key makes one: anything else must not replace it.
func TestOpen_StoreOutOfReach(t *testing.T) {
	store := &broken{}
	if _, err := Open(t.Context(), store, sealer(t, "a"), settings); !errors.Is(err, errBroken) || store.added != 0 {
		t.Errorf("got %v and %d new keys, want %v and none", err, store.added, errBroken)
	}
}

func TestOpen_Refuses(t *testing.T) {
	good, err := newKey(sealer(t, "a"))
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
		return SealedKey{ID: "other", Algorithm: Algorithm, Private: sealer(t, "a").Seal(purpose, "other", der)}
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
		is     error  // what the error is
		says   string // what it says beside the key's name
	}{
		{"another secret", good, "b", seal.ErrUnknownSecret, "secret-a"},
		{"a changed byte", with(func(k *SealedKey) { k.Private[len(k.Private)-1] ^= 1 }), "a", seal.ErrTampered, ""},
		{"nothing", with(func(k *SealedKey) { k.Private = nil }), "a", seal.ErrTampered, ""},
		{"under another key's name", with(func(k *SealedKey) { k.ID = "renamed" }), "a", seal.ErrTampered, ""},
		{"another algorithm", with(func(k *SealedKey) { k.Algorithm = "RS256" }), "a", nil, "RS256"},
		{"no algorithm", with(func(k *SealedKey) { k.Algorithm = "" }), "a", nil, ""},
		{"HMAC", with(func(k *SealedKey) { k.Algorithm = "HS256" }), "a", nil, "HS256"},
		{"a key of another kind", sealed(edwards), "a", nil, "ed25519"},
		{"a key on another curve", sealed(p384), "a", nil, "P-384"},
		{"no key", SealedKey{ID: "other", Algorithm: Algorithm, Private: sealer(t, "a").Seal(purpose, "other", []byte("x"))},
			"a", nil, ""},
		{"sealed for another purpose", SealedKey{ID: "other", Algorithm: Algorithm,
			Private: sealer(t, "a").Seal("refresh token", "other", []byte("x"))}, "a", seal.ErrTampered, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			store := &memory{active: &row.stored}
			i, err := Open(t.Context(), store, sealer(t, row.secret), settings)
			if i != nil || err == nil {
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
			if store.added != 0 || store.active != &row.stored {
				t.Error("the key that can't be opened was replaced")
			}
		})
	}
}

// RFC 9449, 6.1 shows a key and its thumbprint by RFC 7638.
func TestThumbprint(t *testing.T) {
	const x, y, want = "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs", "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
		"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
	point := []byte{4}
	for _, text := range []string{x, y} {
		coordinate, err := base64.RawURLEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		point = append(point, coordinate...)
	}
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := thumbprint(public); err != nil || got != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	made, err := newKey(sealer(t, "a"))
	if err != nil {
		t.Fatal(err)
	}
	opened, err := openKey(sealer(t, "a"), made)
	if err != nil {
		t.Fatal(err)
	}
	if own, err := thumbprint(&opened.private.PublicKey); err != nil || own != made.ID || opened.public().ID != made.ID {
		t.Errorf("the key is called %s and %s, its thumbprint is %s, %v", made.ID, opened.public().ID, own, err)
	}
}
