package auth

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
)

// minRSABits is the least that RFC 7518, 3.3 allows.
const minRSABits = 2048

// jwk is a public JSON Web Key: RFC 7517, with the members of RFC 7518, 6 and RFC 8037.
type jwk struct {
	KeyType   string   `json:"kty"`
	Use       string   `json:"use,omitempty"`
	KeyOps    []string `json:"key_ops,omitempty"`
	ID        string   `json:"kid"`
	Algorithm string   `json:"alg,omitempty"`
	Curve     string   `json:"crv,omitempty"`
	X         string   `json:"x,omitempty"`
	Y         string   `json:"y,omitempty"`
	N         string   `json:"n,omitempty"`
	E         string   `json:"e,omitempty"`
	D         string   `json:"d,omitempty"`
}

type jwks struct {
	Keys []json.RawMessage `json:"keys"`
}

// MarshalJWKS returns keys as a JSON Web Key Set (RFC 7517, 5). HMAC keys, which are secrets, are left out.
func MarshalJWKS(keys []Key) ([]byte, error) {
	set := struct {
		Keys []jwk `json:"keys"`
	}{Keys: []jwk{}}
	for _, k := range keys {
		if k.Algorithm == "HS256" {
			continue
		}
		j, err := k.jwk()
		if err != nil {
			return nil, err
		}
		set.Keys = append(set.Keys, j)
	}
	return json.Marshal(set)
}

// ParseJWKS returns the keys of a JSON Web Key Set that can verify signatures here. Keys of other types, uses and
// algorithms are passed over, as RFC 7517, 5 asks; one that is broken, weak, nameless or private is too, since a
// set must not fail as a whole for it.
func ParseJWKS(data []byte) (KeySet, error) {
	var set jwks
	if err := json.Unmarshal(data, &set); err != nil || set.Keys == nil {
		return nil, errors.New("not a JSON Web Key Set")
	}
	keys := KeySet{}
	for _, raw := range set.Keys {
		if key, err := ParseJWK(raw); err == nil {
			keys = append(keys, key)
		}
	}
	return keys, nil
}

// ParseJWK returns a public key that verifies signatures, or why it can't.
func ParseJWK(data []byte) (Key, error) {
	var j jwk
	if err := json.Unmarshal(data, &j); err != nil {
		return Key{}, errors.New("not a JSON Web Key")
	}
	switch {
	case j.ID == "":
		return Key{}, errors.New("no kid")
	case j.D != "":
		return Key{}, errors.New("a private key has been published")
	case j.Use != "" && j.Use != "sig":
		return Key{}, fmt.Errorf("use is %q", j.Use)
	case j.KeyOps != nil && !onlyVerify(j.KeyOps):
		return Key{}, fmt.Errorf("key_ops are %q", j.KeyOps)
	}
	switch j.KeyType {
	case "EC":
		return j.ec()
	case "OKP":
		return j.okp()
	case "RSA":
		return j.rsa()
	default:
		return Key{}, fmt.Errorf("kty is %q", j.KeyType)
	}
}

func onlyVerify(ops []string) bool { return len(ops) == 1 && ops[0] == "verify" }

func (j jwk) ec() (Key, error) {
	if j.Curve != "P-256" || (j.Algorithm != "" && j.Algorithm != "ES256") {
		return Key{}, fmt.Errorf("crv %q with alg %q is not supported", j.Curve, j.Algorithm)
	}
	x, errX := decode(j.X)
	y, errY := decode(j.Y)
	if errX != nil || errY != nil || len(x) != 32 || len(y) != 32 {
		return Key{}, errors.New("x and y must have 32 bytes")
	}
	point := append(append([]byte{4}, x...), y...)
	// It refuses a point that is not on the curve: an invalid-curve attack's first step.
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		return Key{}, err
	}
	return Key{ID: j.ID, Algorithm: "ES256", Public: public}, nil
}

func (j jwk) okp() (Key, error) {
	if j.Curve != "Ed25519" || (j.Algorithm != "" && j.Algorithm != "EdDSA") {
		return Key{}, fmt.Errorf("crv %q with alg %q is not supported", j.Curve, j.Algorithm)
	}
	x, err := decode(j.X)
	if err != nil || len(x) != ed25519.PublicKeySize {
		return Key{}, errors.New("x must have 32 bytes")
	}
	return Key{ID: j.ID, Algorithm: "EdDSA", Public: ed25519.PublicKey(x)}, nil
}

func (j jwk) rsa() (Key, error) {
	// Without alg the same key would verify RS256 and PS256 alike.
	if j.Algorithm != "RS256" && j.Algorithm != "PS256" {
		return Key{}, fmt.Errorf("alg %q is not supported", j.Algorithm)
	}
	n, errN := decode(j.N)
	e, errE := decode(j.E)
	if errN != nil || errE != nil || len(e) == 0 || len(e) > 4 {
		return Key{}, errors.New("n or e is malformed")
	}
	public := &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
	if public.N.BitLen() < minRSABits || public.N.Bit(0) == 0 || public.E < 3 || public.E%2 == 0 ||
		isROCA(public.N) {
		return Key{}, errors.New("the RSA key is weak or malformed")
	}
	return Key{ID: j.ID, Algorithm: j.Algorithm, Public: public}, nil
}

func (k Key) jwk() (jwk, error) {
	j := jwk{Use: "sig", ID: k.ID, Algorithm: k.Algorithm}
	switch public := k.Public.(type) {
	case *ecdsa.PublicKey:
		point, err := public.Bytes()
		if err != nil || len(point) != 65 {
			return jwk{}, fmt.Errorf("key %s is not on P-256", k.ID)
		}
		j.KeyType, j.Curve, j.X, j.Y = "EC", "P-256", encode(point[1:33]), encode(point[33:])
	case ed25519.PublicKey:
		j.KeyType, j.Curve, j.X = "OKP", "Ed25519", encode(public)
	case *rsa.PublicKey:
		j.KeyType, j.N, j.E = "RSA", encode(public.N.Bytes()), encode(big.NewInt(int64(public.E)).Bytes())
	default:
		return jwk{}, fmt.Errorf("key %s can't be published", k.ID)
	}
	return j, nil
}

// Thumbprint returns the SHA-256 thumbprint of a public key, in base64: RFC 7638, 3.
func (k Key) Thumbprint() (string, error) {
	j, err := k.jwk()
	if err != nil {
		return "", err
	}
	// Only what the key needs, sorted by name.
	members := fmt.Sprintf(`{"crv":%q,"kty":%q,"x":%q,"y":%q}`, j.Curve, j.KeyType, j.X, j.Y)
	switch j.KeyType {
	case "OKP":
		members = fmt.Sprintf(`{"crv":%q,"kty":%q,"x":%q}`, j.Curve, j.KeyType, j.X)
	case "RSA":
		members = fmt.Sprintf(`{"e":%q,"kty":%q,"n":%q}`, j.E, j.KeyType, j.N)
	}
	digest := sha256.Sum256([]byte(members))
	return encode(digest[:]), nil
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func decode(s string) ([]byte, error) {
	if i := strings.IndexAny(s, "\r\n"); i >= 0 { // package base64 ignores them
		return nil, base64.CorruptInputError(i)
	}
	return base64.RawURLEncoding.Strict().DecodeString(s)
}
