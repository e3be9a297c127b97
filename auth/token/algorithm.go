package token

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/golang-jwt/jwt/v5"

	"authgraph/auth"
)

// DefaultAlgorithm is the algorithm of new keys, unless the operator sets another: ES256 (RFC 7518, 3.4).
const DefaultAlgorithm = "ES256"

// rsaBits is the size of new RSA keys: 128 bits of security (NIST SP 800-57, part 1, table 2).
const rsaBits = 3072

// algorithm is a way to sign, by its name of RFC 7518, 3.1.
type algorithm struct {
	method   jwt.SigningMethod
	generate func() (private any, err error)
	// public returns what verifies, or nil if private is not a key for this algorithm.
	public func(private any) any
}

var algorithms = map[string]algorithm{
	"ES256": {
		jwt.SigningMethodES256,
		func() (any, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) },
		func(private any) any {
			if k, ok := private.(*ecdsa.PrivateKey); ok && k.Curve == elliptic.P256() {
				return &k.PublicKey
			}
			return nil
		},
	},
	"EdDSA": {
		jwt.SigningMethodEdDSA,
		func() (any, error) { _, private, err := ed25519.GenerateKey(rand.Reader); return private, err },
		func(private any) any {
			if k, ok := private.(ed25519.PrivateKey); ok {
				return k.Public()
			}
			return nil
		},
	},
	"PS256": {jwt.SigningMethodPS256, generateRSA, publicRSA},
	"RS256": {jwt.SigningMethodRS256, generateRSA, publicRSA},
	// A verifier of HS256 can sign too. So it is only for servers without other verifiers, and JWKS does not publish its keys.
	"HS256": {
		jwt.SigningMethodHS256,
		func() (any, error) {
			key := make([]byte, sha256.Size)
			_, err := rand.Read(key)
			return key, err
		},
		func(private any) any {
			if k, ok := private.([]byte); ok && len(k) == sha256.Size {
				return k
			}
			return nil
		},
	},
}

func generateRSA() (any, error) { return rsa.GenerateKey(rand.Reader, rsaBits) }

func publicRSA(private any) any {
	if k, ok := private.(*rsa.PrivateKey); ok && k.N.BitLen() >= 2048 {
		return &k.PublicKey
	}
	return nil
}

// purpose distinguishes sealed signing keys from other sealed values.
const purpose = "signing key"

// idLength is the length of a key's id: 32 bytes in base64.
const idLength = 43

// newKey makes a key for the algorithm of that name. Its own name does not begin with a hyphen, so that it can stand on
// a command line.
func newKey(sealer Sealer, name string, state State) (SealedKey, error) {
	a, ok := algorithms[name]
	if !ok {
		return SealedKey{}, fmt.Errorf("no such algorithm: %q", name)
	}
	for {
		private, err := a.generate()
		if err != nil {
			return SealedKey{}, err
		}
		raw, symmetric := private.([]byte)
		if !symmetric {
			if raw, err = x509.MarshalPKCS8PrivateKey(private); err != nil {
				return SealedKey{}, err
			}
		}
		id, err := nameOf(auth.Key{Algorithm: name, Public: a.public(private)}, symmetric)
		if err != nil {
			return SealedKey{}, err
		}
		if id[0] != '-' {
			return SealedKey{ID: id, Algorithm: name, State: state, Private: sealer.Seal(purpose, id, raw)}, nil
		}
	}
}

// nameOf is a public key's thumbprint, and a random name for one whose thumbprint would tell of the secret (RFC 7638, 7).
func nameOf(k auth.Key, symmetric bool) (string, error) {
	if !symmetric {
		return k.Thumbprint()
	}
	random := make([]byte, sha256.Size)
	_, err := rand.Read(random)
	return base64.RawURLEncoding.EncodeToString(random), err
}

// signingKey is a key that signs.
type signingKey struct {
	auth.Key
	method  jwt.SigningMethod
	private any
}

// openKey opens a key that newKey made. An unsound key for its algorithm is an error.
func openKey(sealer Sealer, k SealedKey) (*signingKey, error) {
	fail := func(err error) (*signingKey, error) { return nil, fmt.Errorf("signing key %s: %w", k.ID, err) }
	a, ok := algorithms[k.Algorithm]
	if !ok {
		return fail(fmt.Errorf("no such algorithm: %q", k.Algorithm))
	}
	raw, err := sealer.Open(purpose, k.ID, k.Private)
	if err != nil {
		return fail(err)
	}
	private := any(raw)
	if k.Algorithm != "HS256" {
		if private, err = x509.ParsePKCS8PrivateKey(raw); err != nil {
			return fail(err)
		}
	}
	public := a.public(private)
	if public == nil {
		return fail(errors.New("it is not a key for " + k.Algorithm))
	}
	return &signingKey{auth.Key{ID: k.ID, Algorithm: k.Algorithm, Public: public}, a.method, private}, nil
}
