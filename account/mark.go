package account

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"

	"authgraph/auth/password"
)

// A device cookie distinguishes a device that has completed a sign-in to an account from other devices: it has places in
// the hashing queue and an allowance of its own, so password guessing from elsewhere does not lock its holder out. It
// holds a random id, the version of the account's password and the account's id, under a MAC that also covers the
// account's address. The MAC is checked before the queue, id and version after the account's lookup, so a cookie of an
// erased account is invalid although its address was registered again. A device cookie signs nobody in.
const (
	markRandom     = 16
	markVersion    = 8
	markFixed      = markRandom + markVersion
	maxMarkAccount = 64 // bytes of an account's id; a TypeID has 31
	// formerMark is the length of the cookies of the release before, which name no account. They are accepted for one
	// release, under the former key.
	formerMark = markFixed + sha256.Size
)

// LimitKey is the key of device cookies and of the subjects of limits, the same on every instance.
type LimitKey struct {
	Key    []byte
	Former []byte // of the release before: its device cookies are accepted
}

// LimitKeys returns the present key.
type LimitKeys func(context.Context) (LimitKey, error)

// device is the content of a device cookie whose MAC is valid.
type device struct {
	id              string
	account         string // "" in a cookie of the release before
	passwordVersion int64
	key             string // of the address that the MAC covers
}

// mark returns a new device cookie for an account with an address.
func mark(key []byte, address Email, userID string, passwordVersion int64) string {
	m := make([]byte, markRandom, markFixed+len(userID)+sha256.Size)
	_, _ = rand.Read(m) // it never fails: crypto/rand
	m = binary.BigEndian.AppendUint64(m, uint64(passwordVersion))
	m = append(m, userID...)
	return base64.RawURLEncoding.EncodeToString(append(m, markMAC(key, address, m)...))
}

// markMAC covers what the cookie says and the address. The length of the account's id separates the two.
func markMAC(key []byte, address Email, said []byte) []byte {
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte("device cookie\x00"))
	_, _ = mac.Write([]byte{byte(len(said) - markFixed)})
	_, _ = mac.Write(said)
	_, _ = mac.Write([]byte(address.Key))
	return mac.Sum(nil)
}

func formerMarkMAC(key []byte, address Email, said []byte) []byte {
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte("device mark\x00"))
	_, _ = mac.Write(said)
	_, _ = mac.Write([]byte(address.Key))
	return mac.Sum(nil)
}

// readMark returns the content of a device cookie; ok is false unless its MAC is valid for this address.
func readMark(key LimitKey, address Email, text string) (d device, ok bool) {
	if len(text) > base64.RawURLEncoding.EncodedLen(formerMark+maxMarkAccount) || strings.ContainsAny(text, "\r\n") {
		return d, false // package base64 ignores line ends
	}
	m, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(m) < formerMark || len(m) == formerMark && len(key.Former) == 0 {
		return d, false
	}
	said, sum := m[:len(m)-sha256.Size], m[len(m)-sha256.Size:]
	want := []byte(nil)
	if len(m) == formerMark {
		want = formerMarkMAC(key.Former, address, said)
	} else {
		want = markMAC(key.Key, address, said)
	}
	if !hmac.Equal(sum, want) {
		return d, false
	}
	return device{
		id: string(said[:markRandom]), account: string(said[markFixed:]), key: address.Key,
		passwordVersion: int64(binary.BigEndian.Uint64(said[markRandom:markFixed])),
	}, true
}

// validFor reports whether the cookie is of the account that was looked up, and of its present password.
func (d *device) validFor(c Credential) bool {
	return c.UserID != "" && d.passwordVersion == c.Version && (d.account == c.UserID || d.account == "")
}

// subject returns the subject of limits that the device counts against.
func (d *device) subject() string { return "device:" + d.id + ":" + d.key }

// place returns the device as the hashing queue knows it; nil for none.
func (d *device) place() *password.Device {
	if d == nil {
		return nil
	}
	owner := d.account
	if owner == "" {
		owner = emailSubject(Email{Key: d.key})
	}
	return &password.Device{ID: d.id, Account: owner}
}

// deviceOf returns the device of a client that signs in with an address; nil unless its cookie has a valid MAC.
func (s *Service) deviceOf(ctx context.Context, address Email, client Client) (*device, error) {
	key, err := s.settings.LimitKey(ctx)
	if err != nil {
		return nil, err
	}
	if d, ok := readMark(key, address, client.Mark); ok {
		return &d, nil
	}
	return nil, nil
}

// KnownDevice returns the account that a client's device cookie names, if its MAC is valid for the typed address;
// otherwise "". It makes no statement. The account may have been erased since.
func (s *Service) KnownDevice(ctx context.Context, typed string, client Client) (string, error) {
	address, fault := parseEmail("", typed)
	if fault != nil || client.Mark == "" {
		return "", nil
	}
	d, err := s.deviceOf(ctx, address, client)
	if err != nil || d == nil {
		return "", err
	}
	return d.place().Account, nil
}

// marked returns a device cookie for a client that has just signed in with an address.
func (s *Service) marked(ctx context.Context, in *SignIn, address Email, passwordVersion int64) (*SignIn, error) {
	key, err := s.settings.LimitKey(ctx)
	if err != nil {
		return nil, err
	}
	in.Mark = mark(key.Key, address, in.User.ID, passwordVersion)
	return in, nil
}
