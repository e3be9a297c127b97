package token

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"authgraph/auth"
)

// Keyring is the keys of a server: those in the database, as this instance remembers them. It believes its memory only
// while it holds the lease, so that a key that was revoked elsewhere counts here neither.
type Keyring struct {
	store     KeyStore
	sealer    Sealer
	lease     Lease
	algorithm string

	mu         sync.Mutex // held is stored only in the generation that it was read in
	generation atomic.Int64
	held       atomic.Pointer[keys]
	flights    singleflight.Group
}

// keys are the keys of one read of the database.
type keys struct {
	began    time.Time   // when the reading did
	active   *signingKey // nil if it does not open
	byID     map[string]*held
	order    []*held // verifying keys, oldest first
	refresh  *RefreshKey
	audit    []byte
	limit    []byte
	unopened []Unopened
}

// held is a key that was read.
type held struct {
	*signingKey           // nil if it is revoked or does not open
	until       time.Time // when it ceases to verify; zero: not yet known
	unopened    error     // why it does not open
}

func (h *held) verifies() bool { return h != nil && h.signingKey != nil && h.valid() }

func (h *held) valid() bool { return h.until.IsZero() || time.Now().Before(h.until) }

// OpenKeyring returns the keyring of a store, which gets the keys that it has not got. New ones are for the given
// algorithm: ES256, EdDSA, PS256, RS256 or HS256. It fails if the active key or a root key does not open. If another key
// does not open, see Unopened.
func OpenKeyring(ctx context.Context, store KeyStore, sealer Sealer, lease Lease, algorithm string) (*Keyring, error) {
	k := &Keyring{store: store, sealer: sealer, lease: lease, algorithm: algorithm}
	if err := k.complete(ctx); err != nil {
		return nil, err
	}
	ring, err := k.read(ctx)
	if err == nil {
		err = ring.complete()
	}
	return k, err
}

// complete adds the keys that are missing. A next key for another algorithm gives way: it has signed nothing.
func (k *Keyring) complete(ctx context.Context) error {
	stored, err := k.store.Keys(ctx)
	if err != nil {
		return err
	}
	for _, state := range []State{Active, Next} {
		if stored.in(state) == nil {
			if err := k.make(state, func(fresh SealedKey) error { return k.store.AddSigningKey(ctx, fresh) }); err != nil {
				return err
			}
		}
	}
	if next := stored.in(Next); next != nil && next.Algorithm != k.algorithm {
		if err := k.make(Next, func(fresh SealedKey) error {
			return k.store.ReplaceNextKey(ctx, next.ID, fresh)
		}); err != nil {
			return err
		}
	}
	for _, purpose := range []string{refreshPurpose, auditPurpose, limitPurpose} {
		if stored.Server[purpose] == nil {
			if err := k.store.AddServerKey(ctx, purpose, newRoot(k.sealer, purpose)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (k *Keyring) make(state State, keep func(SealedKey) error) error {
	fresh, err := newKey(k.sealer, k.algorithm, state)
	if err != nil {
		return err
	}
	return keep(fresh)
}

// newRoot makes a root key for a purpose.
func newRoot(sealer Sealer, purpose string) []byte {
	fresh := make([]byte, sha256.Size)
	_, _ = rand.Read(fresh) // it never fails: crypto/rand
	return sealer.Seal(purpose, "", fresh)
}

// Forget has the keys read again before they are next used: they may have changed.
func (k *Keyring) Forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.generation.Add(1)
	k.held.Store(nil)
}

// Key implements auth.Keys. A name that is not known may be that of a key newer than what is remembered, so the
// database is asked, at most once per readingAge, whatever anybody sends.
func (k *Keyring) Key(ctx context.Context, id string) (auth.Key, error) {
	arrived := time.Now()
	if len(id) != idLength {
		return auth.Key{}, auth.ErrUnknownKey
	}
	ring, err := k.current(ctx)
	if err == nil && ring.byID[id] == nil {
		ring, err = k.after(ctx, arrived)
	}
	if err != nil {
		return auth.Key{}, err
	}
	found := ring.byID[id]
	switch {
	case found.verifies():
		return found.Key, nil
	case found != nil && found.unopened != nil && found.valid(): // no session has ended
		return auth.Key{}, auth.ErrUnavailable.Because(found.unopened)
	}
	return auth.Key{}, auth.ErrUnknownKey
}

// Public returns the keys that verify: what JWKS shows.
func (k *Keyring) Public(ctx context.Context) ([]auth.Key, error) {
	ring, err := k.current(ctx)
	if err != nil {
		return nil, err
	}
	var public []auth.Key
	for _, h := range ring.order {
		if h.verifies() {
			public = append(public, h.Key)
		}
	}
	return public, nil
}

// readingAge is the maximum age of a read that is trusted without the lease.
const readingAge = 200 * time.Millisecond

// readTimeout is the maximum time of a reading, which no caller's context ends.
const readTimeout = 10 * time.Second

// current returns the keys as they are.
func (k *Keyring) current(ctx context.Context) (*keys, error) {
	if ring := k.held.Load(); ring != nil && (k.lease.Held() || time.Since(ring.began) < readingAge) {
		return ring, nil
	}
	return k.read(ctx)
}

// after returns the keys as they were at arrived or later, and asks the database at most once per readingAge.
func (k *Keyring) after(ctx context.Context, arrived time.Time) (*keys, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(arrived.Truncate(readingAge).Add(readingAge).Sub(arrived)):
	}
	if ring := k.held.Load(); ring != nil && ring.began.After(arrived) {
		return ring, nil
	}
	return k.read(ctx)
}

// slotOf numbers the stretches of readingAge.
func slotOf(t time.Time) int64 { return t.UnixMilli() / readingAge.Milliseconds() }

// read asks the database. Requests that come close together share the answer.
func (k *Keyring) read(ctx context.Context) (*keys, error) {
	generation, slot := k.generation.Load(), slotOf(time.Now())
	flight := strconv.FormatInt(generation, 10) + "@" + strconv.FormatInt(slot, 10)
	outcome := k.flights.DoChan(flight, func() (any, error) {
		// A caller who arrives after the reading of this slot takes its result.
		if ring := k.held.Load(); ring != nil && k.generation.Load() == generation && slotOf(ring.began) == slot {
			return ring, nil
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readTimeout) // shared, so not the request's to cancel
		defer cancel()
		return k.load(ctx, generation)
	})
	select {
	case result := <-outcome:
		ring, _ := result.Val.(*keys)
		return ring, result.Err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (k *Keyring) load(ctx context.Context, generation int64) (*keys, error) {
	began := time.Now()
	stored, err := k.store.Keys(ctx)
	if err != nil {
		return nil, err
	}
	ring, err := k.open(stored, began)
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if before := k.held.Load(); k.generation.Load() == generation && (before == nil || before.began.Before(began)) {
		k.held.Store(ring)
	}
	return ring, nil
}

// open opens what was read. The key under a name never changes, so one that was opened before is taken over.
func (k *Keyring) open(stored StoredKeys, began time.Time) (*keys, error) {
	before := k.held.Load()
	ring := &keys{began: began, byID: map[string]*held{}}
	for _, sealed := range stored.Signing {
		if sealed.State == Revoked {
			ring.byID[sealed.ID] = &held{}
			continue
		}
		opened, err := takeOver(before, sealed.ID), error(nil)
		if opened == nil {
			opened, err = openKey(k.sealer, sealed)
		}
		h := &held{signingKey: opened, unopened: err}
		if sealed.State == Retired && sealed.RetiredAt != nil {
			h.until = began.Add(RetiredFor - stored.Now.Sub(*sealed.RetiredAt))
		}
		ring.byID[sealed.ID] = h
		if err != nil {
			ring.without(sealed.ID, sealed.State, err)
			continue
		}
		if sealed.State == Active {
			ring.active = opened
		}
		ring.order = append(ring.order, h)
	}
	if stored.in(Active) == nil {
		return nil, errNoKey
	}
	ring.refresh = &RefreshKey{ring.openRoot(k.sealer, RefreshKeyID, refreshPurpose, stored)}
	ring.audit = ring.openRoot(k.sealer, AuditKeyID, auditPurpose, stored)
	ring.limit = ring.openRoot(k.sealer, LimitKeyID, limitPurpose, stored)
	return ring, nil
}

// openRoot opens the root key for a purpose, or notes that it does not open.
func (k *keys) openRoot(sealer Sealer, id, purpose string, stored StoredKeys) []byte {
	root, err := openRoot(sealer, purpose, stored)
	if err != nil {
		k.without(id, Active, err)
	}
	return root
}

// openRoot opens the root key for a purpose.
func openRoot(sealer Sealer, purpose string, stored StoredKeys) ([]byte, error) {
	root, err := sealer.Open(purpose, "", stored.Server[purpose])
	if err == nil && len(root) != sha256.Size {
		err = errors.New("it has another length")
	}
	if err != nil {
		return nil, fmt.Errorf("the %s key: %w", purpose, err)
	}
	return root, nil
}

func takeOver(before *keys, id string) *signingKey {
	if before == nil || before.byID[id] == nil {
		return nil
	}
	return before.byID[id].signingKey
}
