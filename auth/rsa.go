package auth

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"math/big"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

// saltFits reports whether a PS256 token has the one length of salt that RFC 7518, 3.5 allows: golang-jwt takes every
// length. public is the key that has verified the token; tokens of other algorithms fit.
func saltFits(t *jwt.Token, public any) bool {
	key, ok := public.(*rsa.PublicKey)
	if !ok || t.Method.Alg() != "PS256" {
		return true
	}
	digest := sha256.Sum256([]byte(t.Raw[:strings.LastIndexByte(t.Raw, '.')]))
	options := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256}
	return rsa.VerifyPSS(key, crypto.SHA256, digest[:], t.Signature, options) == nil
}

// rocaPrimes are the primes of the ROCA fingerprint (CVE-2017-15361; Nemec et al., "The Return of Coppersmith's Attack").
var rocaPrimes = []int64{
	3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97,
	101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
}

// isROCA reports whether n has the form of the keys that an Infineon library made and that can be factored: n is a power
// of 65537 modulo each of the primes. A sound key has this form with a probability of 2^-27.
func isROCA(n *big.Int) bool {
	for _, p := range rocaPrimes {
		rest := new(big.Int).Mod(n, big.NewInt(p)).Int64()
		power, found := int64(1), false
		for range p {
			found = found || power == rest
			power = power * 65537 % p
		}
		if !found {
			return false
		}
	}
	return true
}
