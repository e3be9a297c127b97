package token

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"authgraph/internal/seal"
)

// memory is a KeyStore. Its meeting, if there is one, is where those wait for each other who have read an empty one.
type memory struct {
	mu      sync.Mutex
	signing []SealedKey
	server  map[string][]byte
	clock   time.Time
	err     error
	added   int
	read    int
	meeting *sync.WaitGroup
	reading func() // called by Keys before it reads
}

func newMemory() *memory { return &memory{server: map[string][]byte{}, clock: now} }

func (m *memory) Keys(context.Context) (StoredKeys, error) {
	if m.reading != nil {
		m.reading()
	}
	m.mu.Lock()
	m.read++
	stored := StoredKeys{Signing: slices.Clone(m.signing), Server: maps.Clone(m.server), Now: m.clock}
	err, empty := m.err, len(m.signing) == 0
	m.mu.Unlock()
	if empty && m.meeting != nil {
		m.meeting.Done()
		m.meeting.Wait()
	}
	return stored, err
}

func (m *memory) at(state State) int {
	return slices.IndexFunc(m.signing, func(k SealedKey) bool { return k.State == state })
}

func (m *memory) AddSigningKey(_ context.Context, k SealedKey) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.added++
	if m.at(k.State) < 0 {
		m.add(k)
	}
	return nil
}

func (m *memory) add(k SealedKey) {
	k.CreatedAt = m.clock
	if k.State == Active {
		k.ActivatedAt = new(m.clock)
	}
	m.signing = append(m.signing, k)
}

func (m *memory) ReplaceNextKey(_ context.Context, next string, fresh SealedKey) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if at := m.at(Next); at >= 0 && m.signing[at].ID == next {
		m.signing = slices.Delete(m.signing, at, at+1)
		m.add(fresh)
	}
	return nil
}

func (m *memory) RotateKeys(_ context.Context, active string, fresh SealedKey) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	at := m.at(Active)
	if m.signing[at].ID != active {
		return false, nil
	}
	m.signing[at].State, m.signing[at].RetiredAt = Retired, new(m.clock)
	m.activate(fresh)
	return true, nil
}

func (m *memory) activate(fresh SealedKey) {
	next := m.at(Next)
	m.signing[next].State, m.signing[next].ActivatedAt = Active, new(m.clock)
	m.add(fresh)
}

func (m *memory) RevokeKey(_ context.Context, id string, fresh SealedKey) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	at := slices.IndexFunc(m.signing, func(k SealedKey) bool { return k.ID == id })
	if at < 0 {
		return ErrNoSuchKey
	}
	was := m.signing[at].State
	m.signing[at].State, m.signing[at].RevokedAt, m.signing[at].Private = Revoked, new(m.clock), nil
	switch was {
	case Active:
		m.activate(fresh)
	case Next:
		m.add(fresh)
	}
	return nil
}

func (m *memory) PurgeKeys(context.Context, time.Duration, time.Duration) error { return nil }

func (m *memory) AddServerKey(_ context.Context, purpose string, sealed []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.server[purpose] == nil {
		m.server[purpose] = sealed
	}
	return nil
}

func (m *memory) ReplaceServerKey(_ context.Context, purpose string, sealed []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.server[purpose] = sealed
	return nil
}

func (m *memory) ResealSigningKey(_ context.Context, id string, old, sealed []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range m.signing {
		if m.signing[i].ID == id && bytes.Equal(m.signing[i].Private, old) {
			m.signing[i].Private = sealed
		}
	}
	return nil
}

func (m *memory) ResealServerKey(_ context.Context, purpose string, old, sealed []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if bytes.Equal(m.server[purpose], old) {
		m.server[purpose] = sealed
	}
	return nil
}

// pass moves the database's clock on.
func (m *memory) pass(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.clock = m.clock.Add(d)
}

// reads returns how often the keys have been read.
func (m *memory) reads() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.read
}

// lease is one that is held or not.
type lease bool

func (l *lease) Held() bool { return bool(*l) }

// sealer returns one with a secret of its own for each id; the first seals.
func sealer(t testing.TB, ids ...string) *seal.Box {
	t.Helper()
	var secrets []seal.Secret
	for _, id := range ids {
		secret := seal.Secret{ID: "secret-" + id}
		copy(secret.Key[:], id)
		secrets = append(secrets, secret)
	}
	box, err := seal.New(secrets)
	if err != nil {
		t.Fatal(err)
	}
	return box
}

func openRing(t testing.TB, store KeyStore, algorithm string) *Keyring {
	t.Helper()
	k, err := OpenKeyring(t.Context(), store, sealer(t, "a"), new(lease(true)), algorithm)
	if err != nil {
		t.Fatal(err)
	}
	return k
}
