package token

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
)

// LimitKey returns the key under which limits know whom they are about, and devices are marked. It is derived from the
// root key of refresh tokens, apart from every session's: with that one replaced, what was counted begins anew.
func (k *Keyring) LimitKey(ctx context.Context) ([]byte, error) {
	key, err := k.RefreshKey(ctx)
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, key.root)
	_, _ = mac.Write([]byte("limit key\x00"))
	return mac.Sum(nil), nil
}
