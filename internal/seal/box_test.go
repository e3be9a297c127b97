package seal

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func secret(id string, fill byte) Secret {
	return Secret{ID: id, Key: [32]byte(bytes.Repeat([]byte{fill}, 32))}
}

func newBox(tb testing.TB, secrets ...Secret) *Box {
	tb.Helper()
	b, err := New(secrets)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// sealedByHand follows the documented format and not the code: values written
// years ago must open.
func sealedByHand(tb testing.TB) []byte {
	tb.Helper()
	key, err := hkdf.Key(sha256.New, bytes.Repeat([]byte{7}, 32), nil, "authgraph seal v1 signing key", 32)
	if err != nil {
		tb.Fatal(err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		tb.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		tb.Fatal(err)
	}
	nonce := []byte("twelve bytes")
	sealed := gcm.Seal(nil, nonce, []byte("attack at dawn"), []byte("\x01\x03oldkey_1"))
	return slices.Concat([]byte("\x01\x03old"), nonce, sealed)
}

func TestNew(t *testing.T) {
	for _, tt := range []struct {
		name    string
		secrets []Secret
		want    string
	}{
		{"one", []Secret{secret("a", 1)}, ""},
		{"two", []Secret{secret("a", 1), secret("b", 2)}, ""},
		{"none", nil, "seal: no secret"},
		{"same id", []Secret{secret("a", 1), secret("a", 2)}, "seal: secret 2: the id a occurs twice"},
		{"no id", []Secret{secret("", 1)}, "seal: secret 1: the id must be 1 to 32 letters, digits, _ or -"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			if _, err := New(tt.secrets); err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("got error %q, want %q", got, tt.want)
			}
		})
	}
}

func TestOpen(t *testing.T) {
	old, now := secret("old", 7), secret("new", 8)
	sealed := newBox(t, old).Seal("signing key", "key_1", []byte("attack at dawn"))
	for _, tt := range []struct {
		name             string
		box              *Box
		purpose, subject string
		want             error
	}{
		{"same box", newBox(t, old), "signing key", "key_1", nil},
		{"behind a newer secret", newBox(t, now, old), "signing key", "key_1", nil},
		{"secret dropped", newBox(t, now), "signing key", "key_1", ErrUnknownSecret},
		{"other key under the same id", newBox(t, secret("old", 9)), "signing key", "key_1", ErrTampered},
		{"other row", newBox(t, old), "signing key", "key_2", ErrTampered},
		{"no row", newBox(t, old), "signing key", "", ErrTampered},
		{"other purpose", newBox(t, old), "totp", "key_1", ErrTampered},
		{"purpose and row shifted", newBox(t, old), "signing keyk", "ey_1", ErrTampered},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.box.Open(tt.purpose, tt.subject, sealed)
			if !errors.Is(err, tt.want) {
				t.Fatalf("got error %v, want %v", err, tt.want)
			}
			if err == nil && string(got) != "attack at dawn" {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestOpen_MissingSecret(t *testing.T) {
	sealed := newBox(t, secret("spring-2026", 1)).Seal("p", "s", nil)
	_, err := newBox(t, secret("autumn-2026", 2)).Open("p", "s", sealed)
	if err == nil || !strings.HasSuffix(err.Error(), ": spring-2026") {
		t.Errorf("got error %v, want the id spring-2026 in it", err)
	}
}

func TestOpen_KnownFormat(t *testing.T) {
	got, err := newBox(t, secret("old", 7)).Open("signing key", "key_1", sealedByHand(t))
	if err != nil || string(got) != "attack at dawn" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestOpen_ChangedOrCut(t *testing.T) {
	b := newBox(t, secret("old", 7), secret("ole", 7))
	sealed := b.Seal("p", "s", []byte("attack at dawn"))
	for i := range sealed {
		for bit := range 8 {
			changed := bytes.Clone(sealed)
			changed[i] ^= 1 << bit
			if _, err := b.Open("p", "s", changed); !errors.Is(err, ErrTampered) && !errors.Is(err, ErrUnknownSecret) {
				t.Errorf("byte %d, bit %d: got error %v", i, bit, err)
			}
		}
		if _, err := b.Open("p", "s", sealed[:i]); !errors.Is(err, ErrTampered) {
			t.Errorf("first %d bytes: got error %v, want %v", i, err, ErrTampered)
		}
	}
	if _, err := b.Open("p", "s", append(sealed, 0)); !errors.Is(err, ErrTampered) {
		t.Errorf("one byte more: got error %v, want %v", err, ErrTampered)
	}
}

func TestOpen_MalformedID(t *testing.T) {
	for _, header := range []string{"\x01\x00", "\x01\x03a\nb", "\x01\x21" + strings.Repeat("a", 33)} {
		_, err := newBox(t, secret("a", 1)).Open("p", "s", []byte(header+strings.Repeat("x", 40)))
		if !errors.Is(err, ErrTampered) {
			t.Errorf("%q: got error %v, want %v", header, err, ErrTampered)
		}
	}
}

func TestSeal_Randomised(t *testing.T) {
	b := newBox(t, secret("a", 1))
	if bytes.Equal(b.Seal("p", "s", []byte("x")), b.Seal("p", "s", []byte("x"))) {
		t.Error("got the same sealed value twice")
	}
}

func TestSeal_Empty(t *testing.T) {
	b := newBox(t, secret("a", 1))
	if got, err := b.Open("p", "s", b.Seal("p", "s", nil)); err != nil || len(got) != 0 {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestStale(t *testing.T) {
	old, now := secret("old", 1), secret("new", 2)
	b := newBox(t, now, old)
	for _, tt := range []struct {
		name   string
		sealed []byte
		want   bool
	}{
		{"first secret", b.Seal("p", "s", nil), false},
		{"second secret", newBox(t, old).Seal("p", "s", nil), true},
		{"unknown secret", newBox(t, secret("other", 3)).Seal("p", "s", nil), true},
		{"empty", nil, true},
		{"cut in the id", []byte("\x01\x03ne"), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := b.Stale(tt.sealed); got != tt.want {
				t.Errorf("got %t, want %t", got, tt.want)
			}
		})
	}
}

func TestBox_PrintsNoKey(t *testing.T) {
	b := newBox(t, secret("new", 0xab), secret("old", 0xab))
	const want = "seal.Box with new:[redacted] and 1 more"
	for _, verb := range []string{"%v", "%+v", "%#v", "%d", "%x", "%s"} {
		for _, v := range []any{b, *b} {
			if got := fmt.Sprintf(verb, v); got != want {
				t.Errorf("%s: got %q, want %q", verb, got, want)
			}
		}
	}
}

func FuzzOpen(f *testing.F) {
	genuine := sealedByHand(f)
	for _, seed := range [][]byte{
		nil, {1}, {1, 3}, {1, 255}, []byte("\x01\x03old"), []byte("\x02\x03old"), []byte("\x01\x05other"),
		genuine, genuine[:10], genuine[:17], genuine[:len(genuine)-1],
	} {
		f.Add(seed)
	}
	b := newBox(f, secret("old", 7))
	f.Fuzz(func(t *testing.T, sealed []byte) {
		b.Stale(sealed)
		_, err := b.Open("signing key", "key_1", sealed)
		if (err == nil) != bytes.Equal(sealed, genuine) {
			t.Errorf("got error %v for %x", err, sealed)
		}
		if err != nil && !errors.Is(err, ErrTampered) && !errors.Is(err, ErrUnknownSecret) {
			t.Errorf("got error %v, want one of the two sentinels", err)
		}
	})
}
