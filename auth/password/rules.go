package password

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of a password in characters (Unicode code points), not bytes.
const (
	MinLength = 8
	MaxLength = 128
)

// minPersonal is the length below which a personal value is ignored: "Al" or
// "Bo" occurs by chance.
const minPersonal = 3

// Reason says why a password is not acceptable.
type Reason int

// OK is the zero Reason. The others are checked in this order, and the first
// that holds is returned.
const (
	OK        Reason = iota
	NotText          // not valid UTF-8
	TooShort         // fewer than MinLength characters
	TooLong          // more than MaxLength characters
	TooCommon        // in the list of common passwords, a repeat or a run
	Personal         // little more than the account's own address or name
)

// String names the reason for logs and tests.
func (r Reason) String() string {
	names := []string{"OK", "NotText", "TooShort", "TooLong", "TooCommon", "Personal"}
	if r < 0 || int(r) >= len(names) {
		return "unknown reason"
	}
	return names[r]
}

// Check says whether an account may have this password. The personal values are
// the account's address, whose local part counts as well, and its display name.
// The password is counted and compared in its normalized form (see Normalize). Nothing is trimmed or cut.
func Check(password string, personal ...string) Reason {
	if !utf8.ValidString(password) {
		return NotText
	}
	password = Normalize(password)
	switch n := utf8.RuneCountInString(password); {
	case n < MinLength:
		return TooShort
	case n > MaxLength:
		return TooLong
	}
	folded := fold(password)
	if isCommon(string(folded)) || isPattern(folded) {
		return TooCommon
	}
	if isPersonal(folded, personal) {
		return Personal
	}
	return OK
}

// isPersonal reports whether fewer than MinLength characters of a password, which
// has at least as many, lie outside all personal values in it. A long phrase that
// happens to contain a name stays acceptable.
func isPersonal(folded []rune, personal []string) bool {
	taken := make([]bool, len(folded))
	for _, value := range withLocalParts(personal) {
		v := fold(Normalize(value))
		if len(v) < minPersonal {
			continue
		}
		for i := 0; i+len(v) <= len(folded); i++ {
			if slices.Equal(folded[i:i+len(v)], v) {
				for j := range v {
					taken[i+j] = true
				}
			}
		}
	}
	remaining := 0
	for _, t := range taken {
		if !t {
			remaining++
		}
	}
	return remaining < MinLength
}

// withLocalParts adds to each address what stands before its last "@".
func withLocalParts(personal []string) []string {
	all := slices.Clone(personal)
	for _, p := range personal {
		if at := strings.LastIndexByte(p, '@'); at >= 0 {
			all = append(all, p[:at])
		}
	}
	return all
}

// fold maps characters that differ by case only to one of them, the lower-case
// one for ASCII. Lower-casing alone would keep σ and ς apart, or s and ſ.
func fold(s string) []rune {
	folded := []rune(s)
	for i, r := range folded {
		smallest := r
		for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
			smallest = min(smallest, other)
		}
		folded[i] = unicode.ToLower(smallest)
	}
	return folded
}
