package seal

import (
	"slices"
	"strings"
	"testing"
)

// FuzzParse reads lists of secrets. An accepted list is written as it was read, and no error shows a possible key.
func FuzzParse(f *testing.F) {
	f.Fuzz(func(t *testing.T, list string) {
		secrets, err := Parse(list)
		if err != nil {
			for word := range strings.FieldsFuncSeq(list, func(r rune) bool { return strings.ContainsRune(",:\n ", r) }) {
				if len(word) > 32 && strings.Contains(err.Error(), word) { // an id has at most 32
					t.Fatalf("%q is shown: %v", word, err)
				}
			}
			return
		}
		var lines []string
		for _, s := range secrets {
			lines = append(lines, s.Encode())
			if strings.Contains(s.String(), s.Encode()[len(s.ID)+1:]) {
				t.Fatalf("%q prints its key", s.ID)
			}
		}
		for _, separator := range []string{",", "\n", " ,\n, "} {
			again, err := Parse(strings.Join(lines, separator))
			if err != nil || !slices.Equal(again, secrets) {
				t.Fatalf("%d secrets are %d when they are read again: %v", len(secrets), len(again), err)
			}
		}
		if _, err := New(secrets); err != nil {
			t.Fatalf("parsed, and then refused: %v", err)
		}
	})
}
