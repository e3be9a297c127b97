package account

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
)

// A mark tells a device that has completed a sign-in to an account from those that have not: it has an allowance of its
// own among the account's limits, so that who guesses passwords from elsewhere locks nobody out. It is a random id and the
// version of the account's password, under a MAC that covers the account's address, so it says nothing to who reads it,
// counts for no other account, and for this one no longer than its password does. It signs nobody in.
const (
	markRandom  = 16
	markVersion = 8
	markLength  = markRandom + markVersion + sha256.Size
)

// mark returns a new mark for the account with an address.
func mark(key []byte, address Email, passwordVersion int64) string {
	m := make([]byte, markRandom, markLength)
	_, _ = rand.Read(m) // it never fails: crypto/rand
	m = binary.BigEndian.AppendUint64(m, uint64(passwordVersion))
	return base64.RawURLEncoding.EncodeToString(append(m, markMAC(key, address, m)...))
}

func markMAC(key []byte, address Email, said []byte) []byte {
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte("device mark\x00"))
	_, _ = mac.Write(said) // of one length
	_, _ = mac.Write([]byte(address.Key))
	return mac.Sum(nil)
}

// readMark returns the device's id, and the version of the password that it was marked for; ok is false for whatever is no
// mark for this address.
func readMark(key []byte, address Email, text string) (device string, passwordVersion int64, ok bool) {
	if len(text) != base64.RawURLEncoding.EncodedLen(markLength) {
		return "", 0, false
	}
	m, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(m) != markLength { // package base64 passes over line ends
		return "", 0, false
	}
	said, mac := m[:markRandom+markVersion], m[markRandom+markVersion:]
	if !hmac.Equal(mac, markMAC(key, address, said)) {
		return "", 0, false
	}
	return string(said[:markRandom]), int64(binary.BigEndian.Uint64(said[markRandom:])), true
}

// device is whom a login counts for: the address, or a device of its account that was marked.
type device struct {
	subject         string
	marked          bool
	passwordVersion int64
}

func (s *Service) deviceOf(ctx context.Context, address Email, client Client) (device, error) {
	key, err := s.settings.LimitKey(ctx)
	if err != nil {
		return device{}, err
	}
	if id, version, ok := readMark(key, address, client.Mark); ok {
		return device{"device:" + id + ":" + address.Key, true, version}, nil
	}
	return device{subject: emailSubject(address)}, nil
}

// marked returns a mark for who has just signed in with an address.
func (s *Service) marked(ctx context.Context, in *SignIn, address Email, passwordVersion int64) (*SignIn, error) {
	key, err := s.settings.LimitKey(ctx)
	if err != nil {
		return nil, err
	}
	in.Mark = mark(key, address, passwordVersion)
	return in, nil
}
