package auth

import (
	"context"
	"errors"
)

// Key is a key that verifies tokens. It verifies one algorithm only: a token that names another is refused, whatever
// its signature, so that a public key can't be passed off as an HMAC secret.
type Key struct {
	ID        string // `kid`
	Algorithm string // `alg` of RFC 7518: ES256, EdDSA, RS256, PS256, or HS256 where no other server verifies
	Public    any    // *ecdsa.PublicKey, ed25519.PublicKey, *rsa.PublicKey, or the []byte of HS256
}

// Keys finds the key that a token names. ErrUnknownKey means that the key does not exist. Every other error means that the
// keys could not be read: the request is denied, but its token is not called invalid.
type Keys interface {
	Key(ctx context.Context, id string) (Key, error)
}

// ErrUnknownKey is returned by Keys for an unknown id.
var ErrUnknownKey = errors.New("unknown key")

// KeySet is a fixed set of keys.
type KeySet []Key

// Key implements Keys.
func (s KeySet) Key(_ context.Context, id string) (Key, error) {
	for _, k := range s {
		if k.ID == id {
			return k, nil
		}
	}
	return Key{}, ErrUnknownKey
}
