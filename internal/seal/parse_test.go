package seal

import (
	"fmt"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	// Bytes of 0xfb encode to + and / in one alphabet, to - and _ in the other.
	const std, url = "+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/s", "-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s"
	id32 := strings.Repeat("a", 32)
	for _, tt := range []struct {
		name string
		list string
		want string
		err  string
	}{
		{"standard, padded", "a:" + std + "=", "[a]", ""},
		{"standard, bare", "a:" + std, "[a]", ""},
		{"URL, padded", "a:" + url + "=", "[a]", ""},
		{"URL, bare", "a:" + url, "[a]", ""},
		{"two with a comma", "a:" + std + ",b:" + url, "[a b]", ""},
		{"two lines", "a:" + std + "\nb:" + url + "\n", "[a b]", ""},
		{"lines of Windows", "a:" + std + "\r\nb:" + url + "\r\n", "[a b]", ""},
		{"blanks and empty entries", " a:" + std + " ,\n, b:" + url + "\t,", "[a b]", ""},
		{"longest id", id32 + ":" + std, "[" + id32 + "]", ""},
		{"every kind of character in an id", "Az_0-9:" + std, "[Az_0-9]", ""},
		{"empty", "", "", "seal: no secret"},
		{"separators alone", " ,\n,", "", "seal: no secret"},
		{"no colon", std, "", "seal: secret 1: not of the form id:key"},
		{"no id", ":" + std, "", "seal: secret 1: the id must be 1 to 32 letters, digits, _ or -"},
		{"id too long", id32 + "a:" + std, "", "seal: secret 1: the id must be 1 to 32 letters, digits, _ or -"},
		{"id with a dot", "a.b:" + std, "", "seal: secret 1: the id must be 1 to 32 letters, digits, _ or -"},
		{"key and id swapped", std + ":a", "", "seal: secret 1: the id must be 1 to 32 letters, digits, _ or -"},
		{"no key", "a:" + std + ",b:", "", "seal: secret 2: the key must be base64 of 32 bytes"},
		{"31 bytes", "a:" + std[:42], "", "seal: secret 1: the key must be base64 of 32 bytes"},
		{"33 bytes", "a:" + std + "7", "", "seal: secret 1: the key must be base64 of 32 bytes"},
		{"padded twice", "a:" + std + "==", "", "seal: secret 1: the key must be base64 of 32 bytes"},
		{"not base64", "a:" + std[1:] + "!", "", "seal: secret 1: the key must be base64 of 32 bytes"},
		{"second colon", "a:b:" + std, "", "seal: secret 1: the key must be base64 of 32 bytes"},
		{"same id twice", "a:" + std + ",b:" + std + ",a:" + std, "", "seal: secret 3: the id a occurs twice"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			secrets, err := Parse(tt.list)
			if tt.err != "" {
				if err == nil || err.Error() != tt.err || secrets != nil {
					t.Errorf("got %v, error %v, want error %q", secrets, err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var ids []string
			for _, s := range secrets {
				ids = append(ids, s.ID)
				if s.Key != secret("", 0xfb).Key {
					t.Errorf("got key %x of %s", s.Key[:], s.ID)
				}
			}
			if got := fmt.Sprint(ids); got != tt.want {
				t.Errorf("got ids %s, want %s", got, tt.want)
			}
		})
	}
}
