package token

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"

	"authgraph/auth"
)

// Algorithm is what new keys sign with: ES256 (RFC 7518, 3.4).
const Algorithm = "ES256"

// SealedKey is a signing key as it is stored.
type SealedKey struct {
	ID        string
	Algorithm string
	Private   []byte // PKCS #8, sealed
}

// KeyStore keeps signing keys.
type KeyStore interface {
	// ActiveKey returns the key that signs. ErrNoKey: there is none yet.
	ActiveKey(ctx context.Context) (SealedKey, error)
	// AddActiveKey keeps k as the key that signs, unless there is one: of several instances that start at once,
	// one wins. The caller reads ActiveKey afterwards.
	AddActiveKey(ctx context.Context, k SealedKey) error
}

// Sealer keeps what is stored unreadable without the server's secret.
type Sealer interface {
	Seal(purpose, subject string, plaintext []byte) []byte
	Open(purpose, subject string, sealed []byte) ([]byte, error)
}

// purpose parts sealed signing keys from everything else that is sealed.
const purpose = "signing key"

// signingKey is a key that signs.
type signingKey struct {
	id      string
	private *ecdsa.PrivateKey
}

func (k *signingKey) public() auth.Key {
	return auth.Key{ID: k.id, Algorithm: Algorithm, Public: &k.private.PublicKey}
}

func newKey(sealer Sealer) (SealedKey, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return SealedKey{}, err
	}
	id, err := thumbprint(&private.PublicKey)
	if err != nil {
		return SealedKey{}, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return SealedKey{}, err
	}
	return SealedKey{ID: id, Algorithm: Algorithm, Private: sealer.Seal(purpose, id, der)}, nil
}

func openKey(sealer Sealer, k SealedKey) (*signingKey, error) {
	if k.Algorithm != Algorithm {
		return nil, fmt.Errorf("signing key %s is for %s", k.ID, k.Algorithm)
	}
	der, err := sealer.Open(purpose, k.ID, k.Private)
	if err != nil {
		return nil, fmt.Errorf("signing key %s: %w", k.ID, err)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, fmt.Errorf("signing key %s: %w", k.ID, err)
	}
	private, ok := parsed.(*ecdsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("signing key %s is a %T", k.ID, parsed)
	}
	if private.Curve != elliptic.P256() {
		return nil, fmt.Errorf("signing key %s is on %s", k.ID, private.Curve.Params().Name)
	}
	return &signingKey{id: k.ID, private: private}, nil
}

// thumbprint is the key's name: RFC 7638, 3.
func thumbprint(public *ecdsa.PublicKey) (string, error) {
	point, err := public.Bytes()
	if err != nil {
		return "", err
	}
	b64 := base64.RawURLEncoding.EncodeToString
	digest := sha256.Sum256(fmt.Appendf(nil,
		`{"crv":"P-256","kty":"EC","x":"%s","y":"%s"}`, b64(point[1:33]), b64(point[33:])))
	return b64(digest[:]), nil
}
