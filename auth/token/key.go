package token

import (
	"context"
	"errors"
	"time"
)

// State is the state of a signing key.
type State string

// The states, in the order in which a key goes through them. Each key is published as next before it signs, so that
// who verifies knows it by then.
const (
	Next    State = "next"    // published; signs when the active one is retired
	Active  State = "active"  // signs; there is exactly one
	Retired State = "retired" // verifies what it has signed
	Revoked State = "revoked" // is invalid; its private part is deleted
)

// RetiredFor is how long a retired key verifies: an access token lives for an hour at most, and an instance may sign
// for a moment longer with a key that another has retired.
const RetiredFor = time.Hour + 5*time.Minute

// publication is how long a key has to have been published before a change of the algorithm makes it sign: twice as
// long as the key set may be cached.
const publication = 10 * time.Minute

// SealedKey is a signing key as it is stored.
type SealedKey struct {
	ID        string
	Algorithm string
	State     State
	Private   []byte // PKCS #8, or the bytes of an HMAC key; sealed. Empty when the key is revoked.

	CreatedAt                         time.Time // by the database's clock, as all times here
	ActivatedAt, RetiredAt, RevokedAt *time.Time
}

// since returns the time at which k entered its state.
func (k SealedKey) since() time.Time {
	at := &k.CreatedAt
	for state, t := range map[State]*time.Time{Active: k.ActivatedAt, Retired: k.RetiredAt, Revoked: k.RevokedAt} {
		if k.State == state && t != nil {
			at = t
		}
	}
	return *at
}

// StoredKeys is all that a KeyStore keeps, as of one moment.
type StoredKeys struct {
	Signing []SealedKey       // oldest first
	Server  map[string][]byte // the server's own keys, by purpose, sealed
	Now     time.Time         // time of the database's clock; zero without keys
}

// in returns the key in a state that only one key can be in; nil without such a key.
func (s StoredKeys) in(state State) *SealedKey {
	for i := range s.Signing {
		if s.Signing[i].State == state {
			return &s.Signing[i]
		}
	}
	return nil
}

// The errors of key stores and keyrings.
var (
	// ErrNoSuchKey says that no key has that name.
	ErrNoSuchKey = errors.New("no such key")
	errNoKey     = errors.New("there is no active signing key")
)

// KeyStore keeps the keys of a server. Each change is a transaction, and the other instances are notified of it.
type KeyStore interface {
	// Keys returns all keys.
	Keys(ctx context.Context) (StoredKeys, error)
	// AddSigningKey keeps k as the active or the next key, unless there is one: of several instances that start at
	// once, one wins. The caller reads Keys afterwards.
	AddSigningKey(ctx context.Context, k SealedKey) error
	// ReplaceNextKey puts fresh in the place of the next key of that name. It does nothing if that is not the next
	// key any more.
	ReplaceNextKey(ctx context.Context, next string, fresh SealedKey) error
	// RotateKeys retires the active key of that name, makes the next one active, and fresh the next. It reports
	// false, and changes nothing, if that is not the active key any more: of several that rotate at once, one does.
	RotateKeys(ctx context.Context, active string, fresh SealedKey) (bool, error)
	// RevokeKey revokes a key. If it was active, the next one is from now on; if it was either, fresh is the next.
	// A revoked key stays unchanged. ErrNoSuchKey.
	RevokeKey(ctx context.Context, id string, fresh SealedKey) error
	// PurgeKeys deletes what was retired or revoked longer ago than that.
	PurgeKeys(ctx context.Context, retired, revoked time.Duration) error

	// AddServerKey keeps sealed as the key for purpose, unless there is one.
	AddServerKey(ctx context.Context, purpose string, sealed []byte) error
	// ReplaceServerKey puts another key in the place of the key for purpose, which is invalid from then on.
	ReplaceServerKey(ctx context.Context, purpose string, sealed []byte) error

	// ResealSigningKey puts sealed in the place of old, if that is still what is kept: the same key under another
	// secret.
	ResealSigningKey(ctx context.Context, id string, old, sealed []byte) error
	// ResealServerKey does so with the key for purpose.
	ResealServerKey(ctx context.Context, purpose string, old, sealed []byte) error
}

// Sealer keeps what is stored unreadable without the server's secret.
type Sealer interface {
	Seal(purpose, subject string, plaintext []byte) []byte
	Open(purpose, subject string, sealed []byte) ([]byte, error)
	// Stale reports whether sealed was made with another secret than Seal uses now.
	Stale(sealed []byte) bool
}

// Lease reports whether an instance is notified of every change in time. While it is, its caches are valid.
type Lease interface {
	Held() bool
}
