package password

import (
	"strings"
	"testing"
)

// distinct is n different characters of 4 bytes each.
func distinct(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteRune(rune(0x1F300 + i*7%256))
	}
	return b.String()
}

func TestCheck_Form(t *testing.T) {
	for _, tt := range []struct {
		name     string
		password string
		want     Reason
	}{
		{"good", "correct horse battery", OK},
		{"empty", "", TooShort},
		{"7 characters", "k9#vQ2m", TooShort},
		{"8 characters", "k9#vQ2mx", OK},
		{"7 characters of 14 bytes", "éàüöäñç", TooShort},
		{"8 characters of 16 bytes", "éàüöäñçø", OK},
		{"7 emoji", distinct(7), TooShort},
		{"8 emoji", distinct(8), OK},
		{"128 characters of 4 bytes", distinct(128), OK},
		{"129 characters of 4 bytes", distinct(129), TooLong},
		{"128 characters of 1 byte", strings.Repeat("k9#vQ2mx", 16), OK},
		{"129 characters of 1 byte", strings.Repeat("k9#vQ2mx", 16) + "z", TooLong},
		{"combining marks are characters", "x\u0301x\u0302x\u0303x\u0304", OK},
		{"8 characters decomposed, 4 composed", "e\u0301e\u0302e\u0303e\u0304", TooShort},
		{"129 characters decomposed, 128 composed", distinct(127) + "e\u0301", OK},
		{"8 spaces of several kinds", "\u00a0\u2002\u2003\u2009\u202f\u205f\u3000 ", TooCommon},
		{"blanks are not trimmed", " k9#vQ2 ", OK},
		{"blanks alone differ from nothing", " k 9 # v", OK},
		{"NUL inside", "k9#v\x00Q2mx", OK},
		{"invalid UTF-8", "k9#vQ2mx\xff", NotText},
		{"invalid UTF-8, too short", "\xff", NotText},
		{"encoded surrogate", "k9#vQ2mx\xed\xa0\x80", NotText},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Check(tt.password); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestCheck_Personal(t *testing.T) {
	const address, name = "marlene.dietrich@example.com", "Marlene Dietrich"
	for _, tt := range []struct {
		name     string
		password string
		personal []string
		want     Reason
	}{
		{"the address", address, []string{address, name}, Personal},
		{"the local part", "marlene.dietrich", []string{address, name}, Personal},
		{"the name", "Marlene Dietrich", []string{address, name}, Personal},
		{"other case", "mARLENE dIETRICH", []string{address, name}, Personal},
		{"address in capitals", "marlene.dietrich1", []string{strings.ToUpper(address)}, Personal},
		{"7 characters left", "abMarlene Dietrichk9#vQ", []string{address, name}, Personal},
		{"8 characters left", "abMarlene Dietrichk9#vQ2", []string{address, name}, OK},
		{"all occurrences are taken out", "annak9#annavQ2anna!", []string{"anna"}, Personal},
		{"8 left beside all occurrences", "annak9#annavQ2anna!x", []string{"anna"}, OK},
		{"overlapping occurrences", "ananana k9#vQ2", []string{"ana"}, Personal},
		{"two values together", "annaberger k9#v", []string{"anna", "berger"}, Personal},
		{"letters left count, bytes do not", "annaéàüöäñç", []string{"anna"}, Personal},
		{"value of 2 characters", "bobobobobo#k", []string{"bo"}, OK},
		{"value of 3 characters", "bobk9#vQ2", []string{"bob"}, Personal},
		{"local part of 2 characters", "bo-k9#vQ", []string{"bo@example.com"}, OK},
		{"local part of 3 characters", "bob-k9#vQ", []string{"bob@example.com"}, Personal},
		{"local part before the last @", `"a@b"k9#v`, []string{`"a@b"@example.com`}, Personal},
		{"domain alone", "example.com", []string{address}, OK},
		{"part of the name", "marlene-k9#", []string{address, name}, OK},
		{"Greek final letter", "ΟΔΥΣΣΕΥΣ123", []string{"οδυσσευς"}, Personal},
		{"empty values", "correct horse", []string{"", "@"}, OK},
		{"name of invalid UTF-8", "correct horse", []string{"\xff\xff\xff"}, OK},
		{"name longer than the password", "correct horse", []string{"correct horse battery"}, OK},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Check(tt.password, tt.personal...); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestReason_String(t *testing.T) {
	for want, r := range map[string]Reason{
		"OK": OK, "NotText": NotText, "TooShort": TooShort, "TooLong": TooLong,
		"TooCommon": TooCommon, "Personal": Personal, "unknown reason": Personal + 1,
	} {
		if got := r.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
