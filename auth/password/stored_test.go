package password

import (
	"strings"
	"testing"
)

// A hash of 84 bytes that was stored earlier is still compared. The key of its condensation contains the module's first
// path; a renamed module keeps that key, or all accounts with long passwords would be shut out.
func TestStored_LongPassword(t *testing.T) {
	const stored = "bcrypt-hmac-sha384:$2a$04$4KhNlXHdgDmBUvJNettqPO04mfz6IXTwUew8Jmp0MvseYottF9m5y"
	long := strings.Repeat("correct horse ", 6)
	h := newHasher(t, testCost)
	for input, want := range map[string]bool{long: true, long[:83]: false} {
		if got, err := matches(t.Context(), t, h, stored, input); got != want || err != nil {
			t.Errorf("%d bytes: got %t, %v, want %t", len(input), got, err, want)
		}
	}
}
