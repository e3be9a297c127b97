package password

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"
)

func TestParse(t *testing.T) {
	tail := strings.Repeat("a", 53)
	for _, tt := range []struct {
		name   string
		stored string
		ok     bool
		scheme string
		cost   int
	}{
		{"plain", "bcrypt:$2a$12$" + tail, true, plain, 12},
		{"condensed", "bcrypt-hmac-sha384:$2a$10$" + tail, true, condensed, 10},
		{"made by another program, 2b", "bcrypt:$2b$12$" + tail, true, plain, 12},
		{"made by another program, 2y", "bcrypt:$2y$12$" + tail, true, plain, 12},
		{"sign extension bug, 2x", "bcrypt:$2x$12$" + tail, false, "", 0},
		{"empty", "", false, "", 0},
		{"no scheme", "$2a$12$" + tail, false, "", 0},
		{"other scheme", "argon2id:$2a$12$" + tail, false, "", 0},
		{"scheme in capitals", "BCRYPT:$2a$12$" + tail, false, "", 0},
		{"one character short", "bcrypt:$2a$12$" + tail[1:], false, "", 0},
		{"one character more", "bcrypt:$2a$12$" + tail + "a", false, "", 0},
		{"line end behind", "bcrypt:$2a$12$" + tail + "\n", false, "", 0},
		{"foreign character", "bcrypt:$2a$12$" + tail[1:] + "+", false, "", 0},
		{"cost bcrypt does not know", "bcrypt:$2a$03$" + tail, false, "", 0},
		{"cost that blocks a worker", "bcrypt:$2a$31$" + tail, false, "", 0},
		{"cost just above", "bcrypt:$2a$16$" + tail, false, "", 0},
		{"cost without zero", "bcrypt:$2a$4$" + tail + "a", false, "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h, ok := parse(tt.stored)
			if ok != tt.ok || h.scheme != tt.scheme || h.cost != tt.cost {
				t.Errorf("got %q, %d, %t, want %q, %d, %t", h.scheme, h.cost, ok, tt.scheme, tt.cost, tt.ok)
			}
		})
	}
}

func TestFitsPlain(t *testing.T) {
	for _, tt := range []struct {
		name     string
		password string
		want     bool
	}{
		{"72 bytes", strings.Repeat("x", 72), true},
		{"73 bytes", strings.Repeat("x", 73), false},
		{"36 characters of 2 bytes", strings.Repeat("é", 36), true},
		{"37 characters of 2 bytes", strings.Repeat("é", 37), false},
		{"18 characters of 4 bytes", strings.Repeat("😀", 18), true},
		{"19 characters of 4 bytes", strings.Repeat("😀", 19), false},
		{"NUL", "p\x00p", false},
		{"NUL at the end", "password\x00", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := fitsPlain(tt.password); got != tt.want {
				t.Errorf("got %t, want %t", got, tt.want)
			}
		})
	}
}

func TestCondense(t *testing.T) {
	long := strings.Repeat("x", 200)
	if got := condense(long); len(got) != 64 || strings.Contains(string(got), "\x00") {
		t.Errorf("got %q, want 64 characters without NUL", got)
	}
	// Every stored condensed value depends on this constant.
	const want = "V+TZVc0fXNxLwdUONYKNvuZq7hgObF6z99jFS+C9+12wlBvacNI9WsmG0nSvE3yW"
	if got := string(condense("correct horse battery staple")); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestBcrypt_TakesDecoy shows that the decoy is compared, not refused by its
// form, and that it is no digest that bcrypt can write.
func TestBcrypt_TakesDecoy(t *testing.T) {
	for cost := bcrypt.MinCost; cost <= MaxCost; cost++ {
		d := decoy(cost)
		parsed, ok := parse(d.scheme + ":" + string(d.bcrypt))
		if !ok || parsed.cost != cost {
			t.Errorf("cost %d: got %d, %t for %q", cost, parsed.cost, ok, d.bcrypt)
		}
		if got, err := bcrypt.Cost(d.bcrypt); got != cost || err != nil {
			t.Errorf("cost %d: bcrypt reads %d, %v", cost, got, err)
		}
	}
	err := bcrypt.CompareHashAndPassword(decoy(testCost).bcrypt, []byte("correct horse"))
	if !errors.Is(err, bcrypt.ErrMismatchedHashAndPassword) {
		t.Errorf("got %v, want %v", err, bcrypt.ErrMismatchedHashAndPassword)
	}
	// The last of 31 characters carries 4 bits of the 184: its index is a multiple of 4.
	const alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	last := decoy(testCost).bcrypt[59]
	if strings.IndexByte(alphabet, last)%4 == 0 {
		t.Errorf("got a decoy that ends in %q, which a genuine digest may", last)
	}
}
