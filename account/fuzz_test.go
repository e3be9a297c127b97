package account

import (
	"encoding/base64"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// FuzzEmail holds what makes an address one account's: its key is an address whose key is itself, and no two addresses
// have one that differ in more than case and composition.
func FuzzEmail(f *testing.F) {
	f.Fuzz(func(t *testing.T, typed string) {
		e, fault := parseEmail("email", typed)
		if fault != nil {
			return
		}
		if e.Typed != strings.TrimSpace(typed) {
			t.Fatalf("%q is kept as %q", typed, e.Typed)
		}
		again, fault := parseEmail("email", e.Key)
		if fault != nil || again.Key != e.Key {
			t.Fatalf("%q has the key %q, which has %q, %v", typed, e.Key, again.Key, fault)
		}
		local, host, _ := strings.Cut(e.Key, "@")
		typedLocal := e.Typed[:strings.LastIndexByte(e.Typed, '@')]
		if !sameLetters(local, typedLocal) {
			t.Fatalf("%q has the key %q, another address", typed, e.Key)
		}
		for _, r := range host {
			if r >= utf8.RuneSelf || unicode.IsUpper(r) || unicode.IsSpace(r) {
				t.Fatalf("%q: the domain of %q is not as DNS has it", typed, e.Key)
			}
		}
		for _, spelling := range []string{strings.ToUpper(typedLocal), norm.NFD.String(typedLocal)} {
			other, fault := parseEmail("email", spelling+e.Typed[strings.LastIndexByte(e.Typed, '@'):])
			if fault == nil && sameLetters(spelling, typedLocal) && other.Key != e.Key {
				t.Fatalf("%q has the key %q, and %q has %q", typed, e.Key, other.Typed, other.Key)
			}
		}
	})
}

// sameLetters reports whether a and b are the same but for case and composition. The iota below a letter is no case of ι.
func sameLetters(a, b string) bool {
	decomposed := func(s string) string { return strings.ReplaceAll(norm.NFD.String(s), "\u0345", "|") }
	return strings.EqualFold(decomposed(a), decomposed(b))
}

// FuzzText reads names, and what clients say of themselves.
func FuzzText(f *testing.F) {
	f.Fuzz(func(t *testing.T, text, address string) {
		if name, fault := checkDisplayName("displayName", &text); fault == nil && name != nil {
			if *name != text || !utf8.ValidString(text) || utf8.RuneCountInString(text) > maxDisplayName {
				t.Fatalf("%q is taken as the name %q", text, *name)
			}
			if strings.TrimSpace(text) == "" || strings.ContainsFunc(text, unicode.IsControl) ||
				strings.ContainsAny(text, "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200b\ufeff") {
				t.Fatalf("%q is taken as the name %q", text, *name)
			}
		}
		c := Client{UserAgent: text, IPAddress: address, DeviceToken: text}.Clean()
		if !utf8.ValidString(c.UserAgent) || len(c.UserAgent) > maxUserAgent {
			t.Fatalf("%q is cleaned to %q", text, c.UserAgent)
		}
		if strings.ContainsAny(c.UserAgent, "\x00\r\n\x7f") || c.DeviceToken != "" {
			t.Fatalf("%q is cleaned to %q", text, c.UserAgent)
		}
		if again := c.Clean(); again != c {
			t.Fatalf("%q is cleaned to %q, and then to %q", text, c.UserAgent, again.UserAgent)
		}
		if n := c.Network(); n != "" && (Client{IPAddress: strings.TrimSuffix(n, "/64")}).Network() != n {
			t.Fatalf("%q is in the network %q, which is in another", address, n)
		}
		if Fold(Fold(text)) != Fold(text) {
			t.Fatalf("%q folds to %q, and that to %q", text, Fold(text), Fold(Fold(text)))
		}
	})
}

var idForm = regexp.MustCompile(`^(user|session|role|event)_[0-7][0-9abcdefghjkmnpqrstvwxyz]{25}$`)

// FuzzID holds identifiers to their one spelling, written as an expression.
func FuzzID(f *testing.F) {
	f.Fuzz(func(t *testing.T, text string) {
		for _, id := range []string{text, "user_" + text, "session_" + text, "role_" + text, "event_" + text} {
			want := ""
			if m := idForm.FindStringSubmatch(id); m != nil {
				want = m[1]
			}
			for prefix, is := range map[string]func(string) bool{
				"user": IsUserID, "session": IsSessionID, "role": IsRoleID, "event": IsAuditID,
			} {
				if got := is(id); got != (want == prefix) {
					t.Fatalf("%q is an id of the kind %s: %v", id, prefix, got)
				}
			}
		}
	})
}

// FuzzDeviceToken reads device cookies.
func FuzzDeviceToken(f *testing.F) {
	key := LimitKey{Key: []byte("a key of the tests"), Former: []byte("a former key")}
	ada, eve := Email{Key: "ada@example.com"}, Email{Key: "eve@example.com"}
	f.Fuzz(func(t *testing.T, text string, version int64, at uint16) {
		if device, ok := parseDeviceToken(key, ada, text); ok {
			t.Fatalf("%q was never given out, and names %q", text, device.id)
		}
		cookie := newDeviceToken(key.Key, ada, "user_ada", version)
		device, ok := parseDeviceToken(key, ada, cookie)
		if !ok || device.passwordVersion != version {
			t.Fatalf("%q says %+v, %v", cookie, device, ok)
		}
		if len(device.id) != deviceTokenRandom || device.account != "user_ada" {
			t.Fatalf("%q says %+v, %v", cookie, device, ok)
		}
		raw, err := base64.RawURLEncoding.DecodeString(cookie)
		if err != nil {
			t.Fatal(err)
		}
		if base64.RawURLEncoding.EncodeToString(raw) != cookie {
			t.Fatalf("%q has another spelling", cookie)
		}
		raw[int(at)%len(raw)] ^= 1 << (at % 8)
		for _, m := range []string{
			base64.RawURLEncoding.EncodeToString(raw), cookie + text, text + cookie, cookie[:60] + text + cookie[60:],
		} {
			if _, ok := parseDeviceToken(key, ada, m); ok && m != cookie {
				t.Fatalf("%q is valid, and %q was given", m, cookie)
			}
		}
		if _, ok := parseDeviceToken(key, eve, cookie); ok {
			t.Fatal("it is valid for another address")
		}
		if _, ok := parseDeviceToken(LimitKey{Key: []byte(text), Former: key.Key}, ada, cookie); ok && text != string(key.Key) {
			t.Fatal("it is valid under another key")
		}
	})
}
