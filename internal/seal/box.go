package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
)

// ErrUnknownSecret means that a value was sealed with a secret that is not in
// the list. The error names the missing id.
var ErrUnknownSecret = errors.New("seal: sealed with an unknown secret")

// ErrTampered means that a value is not what Seal returned for this purpose and
// subject.
var ErrTampered = errors.New("seal: not a genuine sealed value for this purpose and subject")

// version is the first byte of a sealed value. The length of the id, the id, a
// nonce of 12 bytes and the AES-256-GCM ciphertext with its tag follow.
const version = 1

// Box seals with the first of its secrets and opens with all. It is safe for
// concurrent use.
type Box struct {
	first Secret
	byID  map[string]Secret
}

// New builds a Box. It fails when the list is empty or an id is malformed or
// occurs twice.
func New(secrets []Secret) (*Box, error) {
	if err := checkIDs(secrets); err != nil {
		return nil, err
	}
	b := &Box{first: secrets[0], byID: make(map[string]Secret, len(secrets))}
	for _, s := range secrets {
		b.byID[s.ID] = s
	}
	return b, nil
}

// Seal encrypts plaintext so that it opens only for the same purpose (what kind
// of value this is) and subject (the id of the row it belongs to). Its nonces are
// random, which is safe for 2^32 values of one purpose under one secret.
func (b *Box) Seal(purpose, subject string, plaintext []byte) []byte {
	header := headerOf(b.first.ID)
	return b.first.aead(purpose).Seal(header, nil, plaintext, slices.Concat(header, []byte(subject)))
}

// Open decrypts what Seal returned for the same purpose and subject. It fails
// with ErrUnknownSecret when the secret is not in the list, otherwise with
// ErrTampered.
func (b *Box) Open(purpose, subject string, sealed []byte) ([]byte, error) {
	id, ok := secretID(sealed)
	if !ok {
		return nil, ErrTampered
	}
	s, known := b.byID[id]
	if !known {
		return nil, fmt.Errorf("%w: %s", ErrUnknownSecret, id)
	}
	header := headerOf(id)
	plaintext, err := s.aead(purpose).Open(nil, nil, sealed[len(header):], slices.Concat(header, []byte(subject)))
	if err != nil {
		return nil, ErrTampered
	}
	return plaintext, nil
}

// Stale reports whether a value was not sealed with the first secret, so that it
// should be opened and sealed again before the old secret is dropped.
func (b *Box) Stale(sealed []byte) bool {
	id, ok := secretID(sealed)
	return !ok || id != b.first.ID
}

// Format keeps the keys out of every printed form: fmt does not call the methods
// of unexported fields.
func (b Box) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "seal.Box with %s and %d more", b.first, len(b.byID)-1)
}

// aead is AES-256-GCM under a key of this secret for this purpose alone (HKDF,
// RFC 5869). Neither step can fail with a key of 32 bytes.
func (s Secret) aead(purpose string) cipher.AEAD {
	key, err := hkdf.Key(sha256.New, s.Key[:], nil, "authgraph seal v1 "+purpose, 32)
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

// headerOf is what precedes the nonce. The length makes it self-delimiting, so
// the subject that follows it in the associated data can't be shifted into it.
func headerOf(id string) []byte {
	return append([]byte{version, byte(len(id))}, id...)
}

// secretID reads the header. The returned id is not authenticated yet.
func secretID(sealed []byte) (id string, ok bool) {
	if len(sealed) < 2 || sealed[0] != version || len(sealed)-2 < int(sealed[1]) {
		return "", false
	}
	id = string(sealed[2 : 2+int(sealed[1])])
	return id, validID.MatchString(id)
}
