package password

import (
	"strings"
	"testing"
)

func TestCheck_Common(t *testing.T) {
	for _, tt := range []struct {
		name     string
		password string
		want     Reason
	}{
		{"commonest", "password", TooCommon},
		{"digits", "12345678", TooCommon},
		{"keyboard row", "qwertyuiop", TooCommon},
		{"capital", "Password", TooCommon},
		{"capitals", "PASSWORD123", TooCommon},
		{"long s", "paſſword", TooCommon},
		{"symbols", "P@ssw0rd", TooCommon},
		{"part of a common one", "asswords", OK},
		{"common one with an end", "password-k9#", OK},
		{"not trimmed", " password ", OK},
		{"two lines of the list", "password\npassword!", OK},
		{"one character repeated", "zzzzzzzz", TooCommon},
		{"one character repeated in two cases", "ZzZzZzZz", TooCommon},
		{"emoji repeated", strings.Repeat("😀", 8), TooCommon},
		{"20 times the same", strings.Repeat("z", 20), TooCommon},
		{"21 times the same", strings.Repeat("z", 21), OK},
		{"pair repeated", "xyxyxyxyx", TooCommon},
		{"year repeated", "19871987", TooCommon},
		{"five characters repeated", "k9#vQk9#vQ", OK},
		{"alphabet", "abcdefgh", TooCommon},
		{"alphabet from the middle", "mNoPqRsTu", TooCommon},
		{"alphabet backwards", "zyxwvuts", TooCommon},
		{"digits backwards", "98765432", TooCommon},
		{"digits past nine", "78901234", TooCommon},
		{"digits past nought, backwards", "32109876", TooCommon},
		{"run with a gap", "abcdefgi", OK},
		{"every second", "acegikmo", OK},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Check(tt.password); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

// TestCommonList holds the form that the search relies on: lines in order, each
// folded already and ended by a bare line feed.
func TestCommonList(t *testing.T) {
	if !strings.HasSuffix(common, "\n") || strings.Contains(common, "\r") {
		t.Fatal("got a list without a last line feed or with carriage returns")
	}
	lines := strings.Split(strings.TrimSuffix(common, "\n"), "\n")
	if len(lines) < 10_000 {
		t.Errorf("got %d lines, want 10,000 or more", len(lines))
	}
	before := ""
	for i, line := range lines {
		if line <= before || line != string(fold(line)) || line != strings.TrimSpace(line) {
			t.Errorf("line %d: got %q after %q, want a folded password behind it", i+1, line, before)
		}
		if !isCommon(line) {
			t.Errorf("line %d: %q is not found", i+1, line)
		}
		if isCommon(line + "\x00") {
			t.Errorf("line %d: %q is found with a NUL", i+1, line)
		}
		before = line
	}
	for _, absent := range []string{"", "\x00", "\n", "\xf4\x8f\xbf\xbf", common} {
		if isCommon(absent) {
			t.Errorf("got %.20q as common", absent)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	for b.Loop() {
		Check("correct horse battery", "marlene.dietrich@example.com", "Marlene Dietrich")
	}
}
