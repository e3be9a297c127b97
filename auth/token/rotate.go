package token

import (
	"context"
	"time"
)

// Rotate makes the next key sign, and reports whether this call did: of several at once, one does.
func (k *Keyring) Rotate(ctx context.Context) (bool, error) {
	return k.rotateIf(ctx, func(StoredKeys) bool { return true })
}

// RotateIfDue rotates if the active key has signed for longer than every. A key for an algorithm that is no longer
// wanted gives way as soon as the next one has been published for long enough.
func (k *Keyring) RotateIfDue(ctx context.Context, every time.Duration) (bool, error) {
	return k.rotateIf(ctx, func(stored StoredKeys) bool {
		active, next := stored.in(Active), stored.in(Next)
		if active.ActivatedAt != nil && !stored.Now.Before(active.ActivatedAt.Add(every)) {
			return true
		}
		return active.Algorithm != k.algorithm && next.Algorithm == k.algorithm &&
			!stored.Now.Before(next.CreatedAt.Add(publication))
	})
}

func (k *Keyring) rotateIf(ctx context.Context, due func(StoredKeys) bool) (bool, error) {
	stored, err := k.store.Keys(ctx)
	if err != nil {
		return false, err
	}
	active, next := stored.in(Active), stored.in(Next)
	if active == nil || next == nil {
		return false, errNoKey
	}
	if !due(stored) {
		return false, nil
	}
	if _, err := openKey(k.sealer, *next); err != nil {
		return false, errNextUnopened(err)
	}
	fresh, err := newKey(k.sealer, k.algorithm, Next)
	if err != nil {
		return false, err
	}
	return k.store.RotateKeys(ctx, active.ID, fresh)
}

// RefreshKeyID is the name by which Revoke knows the root key of refresh tokens.
const RefreshKeyID = "refresh"

// Revoke makes a key invalid on every instance: tokens that it has signed are refused. The root key of
// refresh tokens is replaced, so that no refresh token counts that was made before. It needs none of the keys that
// there are, so it works for one that can't be opened any more. ErrNoSuchKey.
func Revoke(ctx context.Context, store KeyStore, sealer Sealer, algorithm, id string) error {
	switch id {
	case RefreshKeyID:
		return store.ReplaceServerKey(ctx, refreshPurpose, newRoot(sealer, refreshPurpose))
	case AuditKeyID:
		return store.ReplaceServerKey(ctx, auditPurpose, newRoot(sealer, auditPurpose))
	case LimitKeyID:
		return store.ReplaceServerKey(ctx, limitPurpose, newRoot(sealer, limitPurpose))
	}
	fresh, err := newKey(sealer, algorithm, Next)
	if err != nil {
		return err
	}
	return store.RevokeKey(ctx, id, fresh)
}

// ListedKey is a key as an operator sees it.
type ListedKey struct {
	ID        string // RefreshKeyID, AuditKeyID or LimitKeyID for the server's own keys
	Algorithm string
	State     State
	Since     time.Time // when it came into that state; zero where that is not kept
	Err       error     // why it can't be opened; nil if it can, or need not
}

// List returns the keys, oldest first, those that can't be opened too.
func List(ctx context.Context, store KeyStore, sealer Sealer) ([]ListedKey, error) {
	stored, err := store.Keys(ctx)
	if err != nil {
		return nil, err
	}
	var listed []ListedKey
	for _, key := range stored.Signing {
		l := ListedKey{ID: key.ID, Algorithm: key.Algorithm, State: key.State, Since: key.since()}
		if key.State != Revoked {
			_, l.Err = openKey(sealer, key)
		}
		listed = append(listed, l)
	}
	for _, root := range []struct{ id, purpose string }{
		{RefreshKeyID, refreshPurpose}, {AuditKeyID, auditPurpose}, {LimitKeyID, limitPurpose},
	} {
		if sealed, ok := stored.Server[root.purpose]; ok {
			_, err := sealer.Open(root.purpose, "", sealed)
			listed = append(listed, ListedKey{ID: root.id, Algorithm: "HS256", State: Active, Err: err})
		}
	}
	return listed, nil
}
