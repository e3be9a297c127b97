package auditchain

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"hash"
	"slices"
)

// KeySize is the length of a root key, and of an account's salt, in bytes.
const KeySize = sha256.Size

// ErrErased reports that a personal value can't be decrypted: the account's salt was erased, or belongs to another account.
var ErrErased = errors.New("audit: the personal values of this record were erased")

// Keys are the keys of the audit log, derived from one root key. The server seals the root key like its other keys. The
// database without the root key does not suffice to forge a record or to read its personal values.
type Keys struct{ chain, head, anchor, address, account []byte }

// NewKeys derives the keys from a root key of KeySize bytes.
func NewKeys(root []byte) (*Keys, error) {
	if len(root) != KeySize {
		return nil, errors.New("audit: the root key has another length")
	}
	return &Keys{
		chain: derive(root, "chain"), head: derive(root, "head"), anchor: derive(root, "anchor"),
		address: derive(root, "address"), account: derive(root, "account"),
	}, nil
}

// derive is HKDF's expansion (RFC 5869, 2.3), which can't fail for one block.
func derive(root []byte, purpose string) []byte {
	key, err := hkdf.Expand(sha256.New, root, "authgraph audit v1 "+purpose, KeySize)
	if err != nil {
		panic(err)
	}
	return key
}

// Address returns the keyed hash of an address that no account has. It identifies further attempts with the address, and does
// not reveal the address without the key.
func (k *Keys) Address(key string) []byte { return sum(hmac.New(sha256.New, k.address), []byte(key)) }

// Nobody is the salt of values that belong to no account. Only the retention of the log erases them.
var Nobody = []byte("nobody")

// The kinds of sealed values in a record.
const (
	Personal = "personal" // the actor's: IP address and user agent
	Private  = "private"  // the subject's: details about the account
)

// Seal encrypts a value of a record under the key of the account that salt belongs to. Erasing the salt erases it.
func (k *Keys) Seal(salt []byte, kind, record string, plain []byte) []byte {
	return k.aead(salt).Seal(nil, nil, plain, []byte(kind+"\x00"+record))
}

// Open decrypts a result of Seal for the same salt, kind and record. It fails with ErrErased.
func (k *Keys) Open(salt []byte, kind, record string, sealed []byte) ([]byte, error) {
	plain, err := k.aead(salt).Open(nil, nil, sealed, []byte(kind+"\x00"+record))
	if err != nil {
		return nil, ErrErased
	}
	return plain, nil
}

// aead is AES-256-GCM under a key of the account's own, with random nonces: safe for 2^32 values of one account.
func (k *Keys) aead(salt []byte) cipher.AEAD {
	key, err := hkdf.Key(sha256.New, k.account, salt, "authgraph audit v1 personal", KeySize)
	if err != nil {
		panic(err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err)
	}
	return aead
}

func sum(h hash.Hash, parts ...[]byte) []byte {
	_, _ = h.Write(slices.Concat(parts...)) // a hash never fails
	return h.Sum(nil)
}
