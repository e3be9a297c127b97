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

// A device token is the value of the device cookie. It identifies a device that has signed in to an account. The device has
// places in the hashing queue and an allowance of its own, so password guessing from elsewhere does not lock it out.
//
// The token holds a random id, the version of the account's password and the account's id. Its MAC also covers the
// account's address. The MAC is checked before the queue, id and version after the lookup of the account. So a token of an
// erased account is invalid even if its address was registered again. A device token signs no account in.
const (
	deviceTokenRandom     = 16
	deviceTokenVersion    = 8
	deviceTokenFixed      = deviceTokenRandom + deviceTokenVersion
	maxDeviceTokenAccount = 64 // bytes of an account's id; a TypeID has 31
	// formerDeviceTokenLength is the length of the cookies of the release before, which name no account. They are accepted for one
	// release, under the former key.
	formerDeviceTokenLength = deviceTokenFixed + sha256.Size
)

// LimitKey is the key of device cookies and of the subjects of limits, the same on every instance.
type LimitKey struct {
	Key    []byte
	Former []byte // the key of the release before: its device cookies are accepted
}

func (s *Service) limitKey(ctx context.Context) (LimitKey, error) {
	key, former, err := s.keys.LimitKeys(ctx)
	return LimitKey{Key: key, Former: former}, err
}

// deviceToken is the content of a device token whose MAC is valid.
type deviceToken struct {
	id              string
	account         string // "" in a cookie of the release before
	passwordVersion int64
	key             string // key of the address that the MAC covers
}

// newDeviceToken returns a new device token of an account with an address.
func newDeviceToken(key []byte, address Email, userID string, passwordVersion int64) string {
	m := make([]byte, deviceTokenRandom, deviceTokenFixed+len(userID)+sha256.Size)
	_, _ = rand.Read(m) // it never fails: crypto/rand
	m = binary.BigEndian.AppendUint64(m, uint64(passwordVersion))
	m = append(m, userID...)
	return base64.RawURLEncoding.EncodeToString(append(m, deviceTokenMAC(key, address, m)...))
}

// deviceTokenMAC returns the MAC of content and address. The length of the account's id separates the two.
func deviceTokenMAC(key []byte, address Email, content []byte) []byte {
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte("device cookie\x00"))
	_, _ = mac.Write([]byte{byte(len(content) - deviceTokenFixed)})
	_, _ = mac.Write(content)
	_, _ = mac.Write([]byte(address.Key))
	return mac.Sum(nil)
}

func formerDeviceTokenMAC(key []byte, address Email, content []byte) []byte {
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte("device mark\x00"))
	_, _ = mac.Write(content)
	_, _ = mac.Write([]byte(address.Key))
	return mac.Sum(nil)
}

// parseDeviceToken returns the content of a device token; ok is false unless its MAC is valid for address.
func parseDeviceToken(key LimitKey, address Email, text string) (d deviceToken, ok bool) {
	if len(text) > base64.RawURLEncoding.EncodedLen(formerDeviceTokenLength+maxDeviceTokenAccount) || strings.ContainsAny(text, "\r\n") {
		return d, false // package base64 ignores line ends
	}
	m, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(m) < formerDeviceTokenLength || len(m) == formerDeviceTokenLength && len(key.Former) == 0 {
		return d, false
	}
	content, sum := m[:len(m)-sha256.Size], m[len(m)-sha256.Size:]
	want := []byte(nil)
	if len(m) == formerDeviceTokenLength {
		want = formerDeviceTokenMAC(key.Former, address, content)
	} else {
		want = deviceTokenMAC(key.Key, address, content)
	}
	if !hmac.Equal(sum, want) {
		return d, false
	}
	return deviceToken{
		id: string(content[:deviceTokenRandom]), account: string(content[deviceTokenFixed:]), key: address.Key,
		passwordVersion: int64(binary.BigEndian.Uint64(content[deviceTokenRandom:deviceTokenFixed])),
	}, true
}

// validFor reports whether the token belongs to the account of c and its present password.
func (d *deviceToken) validFor(c Credential) bool {
	return c.UserID != "" && d.passwordVersion == c.Version && (d.account == c.UserID || d.account == "")
}

// subject returns the device's subject of limits.
func (d *deviceToken) subject() string { return "device:" + d.id + ":" + d.key }

// queueDevice returns the device for the hashing queue; nil if d is nil.
func (d *deviceToken) queueDevice() *password.Device {
	if d == nil {
		return nil
	}
	owner := d.account
	if owner == "" {
		owner = emailSubject(Email{Key: d.key})
	}
	return &password.Device{ID: d.id, Account: owner}
}

// deviceTokenOf returns the client's device token; nil unless its MAC is valid for address.
func (s *Service) deviceTokenOf(ctx context.Context, address Email, client Client) (*deviceToken, error) {
	key, err := s.limitKey(ctx)
	if err != nil {
		return nil, err
	}
	if d, ok := parseDeviceToken(key, address, client.DeviceToken); ok {
		return &d, nil
	}
	return nil, nil
}

// KnownDevice returns the account in a client's device token if its MAC is valid for the typed address, otherwise "". It
// makes no query, so the account may have been erased.
func (s *Service) KnownDevice(ctx context.Context, typed string, client Client) (string, error) {
	address, fault := parseEmail("", typed)
	if fault != nil || client.DeviceToken == "" {
		return "", nil
	}
	d, err := s.deviceTokenOf(ctx, address, client)
	if err != nil || d == nil {
		return "", err
	}
	return d.queueDevice().Account, nil
}

// withDeviceToken sets the device token of a sign-in.
func (s *Service) withDeviceToken(ctx context.Context, in *SignIn, address Email, passwordVersion int64) (*SignIn, error) {
	key, err := s.limitKey(ctx)
	if err != nil {
		return nil, err
	}
	in.DeviceToken = newDeviceToken(key.Key, address, in.User.ID, passwordVersion)
	return in, nil
}
