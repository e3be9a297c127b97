package token

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
)

// limitPurpose separates the key of limits and device cookies from everything else that is sealed.
const limitPurpose = "limit"

// LimitKeyID is the name by which List and Revoke know the key of limits and device cookies. If it is replaced, counts
// restart and device cookies are invalid.
const LimitKeyID = "limit"

// LimitKeys returns the key under which limits know their subjects and device cookies are signed. former is the key of
// the release before, which was derived from the root key of refresh tokens: device cookies under it are accepted for
// one release. former is nil while that root key does not open. The error is ErrUnavailable if key does not open.
func (k *Keyring) LimitKeys(ctx context.Context) (key, former []byte, err error) {
	ring, err := k.current(ctx)
	if err != nil {
		return nil, nil, err
	}
	if err := ring.opens(LimitKeyID); err != nil {
		return nil, nil, err
	}
	if ring.opens(RefreshKeyID) != nil {
		return ring.limit, nil, nil
	}
	mac := hmac.New(sha256.New, ring.refresh.root)
	_, _ = mac.Write([]byte("limit key\x00"))
	return ring.limit, mac.Sum(nil), nil
}
