package account

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"testing"
)

// former returns a device cookie as the release before made it.
func former(key []byte, address Email, passwordVersion int64) string {
	content := binary.BigEndian.AppendUint64([]byte("sixteen of bytes"), uint64(passwordVersion))
	return base64.RawURLEncoding.EncodeToString(append(content, formerDeviceTokenMAC(key, address, content)...))
}

func TestParseDeviceToken(t *testing.T) {
	key := LimitKey{Key: []byte("key"), Former: []byte("former key")}
	ada, eve := Email{Key: "ada@example.com"}, Email{Key: "eve@example.com"}
	mine := newDeviceToken(key.Key, ada, "user_1", 2)
	credential := Credential{UserID: "user_1", Version: 2}
	for _, row := range []struct {
		name, cookie string
		address      Email
		credential   Credential
		read, valid  bool
	}{
		{"its account", mine, ada, credential, true, true},
		{"another address", mine, eve, credential, false, false},
		{"an account that has its address now (A8)", mine, ada, Credential{UserID: "user_2", Version: 2}, true, false},
		{"an earlier password", mine, ada, Credential{UserID: "user_1", Version: 3}, true, false},
		{"no account", mine, ada, Credential{}, true, false},
		{"another key", newDeviceToken(key.Former, ada, "user_1", 2), ada, credential, false, false},
		{"the release before", former(key.Former, ada, 2), ada, credential, true, true},
		{"the release before, an earlier password", former(key.Former, ada, 1), ada, credential, true, false},
		{"the release before, no account", former(key.Former, ada, 0), ada, Credential{}, true, false},
		{"the release before under the present key", former(key.Key, ada, 2), ada, credential, false, false},
		{"the release before without a key", former(nil, ada, 2), ada, credential, false, false},
		{"another end of line", mine[:8] + "\n" + mine[8:], ada, credential, false, false},
		{"empty", "", ada, credential, false, false},
		{"too long", strings.Repeat("A", 1<<20), ada, credential, false, false},
		{"no content", base64.RawURLEncoding.EncodeToString(make([]byte, sha256.Size)), ada, credential, false, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			key := key
			if strings.HasSuffix(row.name, "without a key") {
				key.Former = nil
			}
			d, ok := parseDeviceToken(key, row.address, row.cookie)
			if ok != row.read {
				t.Fatalf("read: got %t, want %t", ok, row.read)
			}
			if got := ok && d.validFor(row.credential); got != row.valid {
				t.Errorf("valid: got %t, want %t", got, row.valid)
			}
		})
	}
}

// The MAC distinguishes the end of an account's id from the beginning of an address.
func TestParseDeviceToken_Boundary(t *testing.T) {
	key := LimitKey{Key: []byte("key")}
	text := newDeviceToken(key.Key, Email{Key: "bada@example.com"}, "user_1", 1)
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	at := len(raw) - sha256.Size
	moved := append(append(append([]byte{}, raw[:at]...), 'b'), raw[at:]...)
	if _, ok := parseDeviceToken(key, Email{Key: "ada@example.com"}, base64.RawURLEncoding.EncodeToString(moved)); ok {
		t.Error("a cookie of another address and account is valid")
	}
}
