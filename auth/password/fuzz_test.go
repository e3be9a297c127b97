package password

import (
	"errors"
	"fmt"
	"testing"
	"unicode/utf8"

	"golang.org/x/crypto/bcrypt"
)

// FuzzStored reads stored values that no Hasher wrote. An accepted value is complete, within the maximum cost, and valid
// for bcrypt too, so that a comparison can only match or not.
func FuzzStored(f *testing.F) {
	f.Fuzz(func(t *testing.T, scheme, version, cost, rest string) {
		stored := scheme + ":$" + version + "$" + cost + "$" + rest
		for _, stored := range []string{stored, rest, "bcrypt:$2a$04$" + rest} {
			h, ok := parse(stored)
			if !ok {
				continue
			}
			if h.scheme != plain && h.scheme != condensed || h.scheme+":"+string(h.bcrypt) != stored {
				t.Fatalf("%q is read as %q, %d, %q", stored, h.scheme, h.cost, h.bcrypt)
			}
			if h.cost > MaxCost {
				t.Fatalf("%q is read as %q, %d, %q", stored, h.scheme, h.cost, h.bcrypt)
			}
			if cost, err := bcrypt.Cost(h.bcrypt); err != nil || cost != h.cost {
				t.Fatalf("%q costs %d to bcrypt, %v", stored, cost, err)
			}
			cheap := fmt.Appendf(nil, "%s04%s", h.bcrypt[:4], h.bcrypt[6:])
			if err := bcrypt.CompareHashAndPassword(cheap, nil); err != nil && !errors.Is(err, bcrypt.ErrMismatchedHashAndPassword) {
				t.Fatalf("%q: %v", stored, err)
			}
		}
	})
}

// FuzzCheck checks passwords. An accepted password can be hashed, and differs from every other password: the two paths never
// give the same key to two passwords.
func FuzzCheck(f *testing.F) {
	key := func(password string) string {
		if fitsPlain(password) {
			return "plain " + password
		}
		return "condensed " + string(condense(password))
	}
	f.Fuzz(func(t *testing.T, one, other, personal string) {
		reason := Check(one, personal)
		n := utf8.RuneCountInString(Normalize(one))
		if invalid := !utf8.ValidString(one) || n < MinLength || n > MaxLength; reason == OK && invalid {
			t.Fatalf("%q is taken", one)
		}
		if n := Normalize(one); Normalize(n) != n || utf8.ValidString(one) && Check(n, personal) != reason {
			t.Fatalf("%q: normalized %q, and again %q", one, n, Normalize(n))
		}
		if again := Check(one, personal); again != reason {
			t.Fatalf("%q: %v, and then %v", one, reason, again)
		}
		if Check(one, personal, other) == OK && reason != OK {
			t.Fatalf("%q: the more is known of its owner, the better it is", one)
		}
		if (key(one) == key(other)) != (one == other) {
			t.Fatalf("%q and %q have one key", one, other)
		}
		if fitsPlain(one) {
			if len(one) > maxBytes {
				t.Fatalf("bcrypt reads part of %q", one)
			}
		} else if k := condense(one); len(k) != 64 {
			t.Fatalf("%q is condensed to %q", one, k)
		}
	})
}
