package token

import (
	"context"
	"errors"
	"fmt"
	"time"

	"authgraph/auth"
)

// Unopened is a key that the instance's secrets do not open.
type Unopened struct {
	ID    string // RefreshKeyID, AuditKeyID, LimitKeyID for root keys
	State State
	Err   error // names the missing secret
}

// Unopened returns the keys that this instance does not open. Other instances may: one of them rotates the keys during a
// change of secrets, say.
func (k *Keyring) Unopened(ctx context.Context) ([]Unopened, error) {
	ring, err := k.current(ctx)
	if err != nil {
		return nil, err
	}
	return ring.unopened, nil
}

// Ready returns why this instance can't sign access tokens of a lifetime, exchange refresh tokens, seal the audit log or count
// sign-ins;
// nil if it can. A next or a retired key that it does not open is no such reason.
func (k *Keyring) Ready(ctx context.Context, lifetime time.Duration) error {
	ring, err := k.current(ctx)
	if err != nil {
		return err
	}
	_, err = ring.signer(lifetime)
	for _, u := range ring.unopened {
		if u.ID == RefreshKeyID || u.ID == AuditKeyID || u.ID == LimitKeyID {
			err = errors.Join(err, u.Err)
		}
	}
	return err
}

// Active returns the id of the key that signs; "" if it does not open or can't be read.
func (k *Keyring) Active(ctx context.Context) string {
	ring, err := k.current(ctx)
	if err != nil || ring.active == nil {
		return ""
	}
	return ring.active.ID
}

// complete returns why an instance must not start with these keys: the active key or a root key does not open.
func (k *keys) complete() error {
	var faults []error
	for _, u := range k.unopened {
		if u.State == Active {
			faults = append(faults, u.Err)
		}
	}
	return errors.Join(faults...)
}

// signer returns the key that signs an access token of a lifetime. It is the active key or, where that does not open, the
// last retired one, as long as other instances still verify what it signs when the token expires. The error is
// ErrUnavailable.
func (k *keys) signer(lifetime time.Duration) (*signingKey, error) {
	if k.active != nil {
		return k.active, nil
	}
	expires := time.Now().Add(lifetime)
	var last *held
	for _, h := range k.order {
		if !h.until.IsZero() && h.until.After(expires) && (last == nil || h.until.After(last.until)) {
			last = h
		}
	}
	if last == nil {
		return nil, auth.ErrUnavailable.Because(k.complete())
	}
	return last.signingKey, nil
}

// without notes that a key does not open.
func (k *keys) without(id string, state State, err error) {
	k.unopened = append(k.unopened, Unopened{id, state, err})
}

// opens returns why a root key does not open: ErrUnavailable.
func (k *keys) opens(id string) error {
	for _, u := range k.unopened {
		if u.ID == id {
			return auth.ErrUnavailable.Because(u.Err)
		}
	}
	return nil
}

// errNextUnopened keeps an instance from making a key active that it could not sign with.
func errNextUnopened(err error) error {
	return fmt.Errorf("the next key can't be opened, so this instance does not rotate the keys: %w", err)
}
