package password

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"authgraph/internal/network"
)

// Normalize returns the form in which a password is counted, checked, hashed and compared: every space separator
// (Unicode category Zs) is U+0020, and the text is in NFC. Keyboards of different systems send the same password in
// different forms. These are the mappings of RFC 8265, 4.2.2 (OpaqueString), without its refusals. Text that is not
// UTF-8 stays as it is.
func Normalize(typed string) string {
	if !utf8.ValidString(typed) {
		return typed
	}
	spaced := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Zs, r) {
			return ' '
		}
		return r
	}, typed)
	return norm.NFC.String(spaced)
}

// AdmitFor gives a place in the queue for Matches with this password, like Admit. A password that differs from its
// normalized form takes two places, because it may be compared twice.
func (h *Hasher) AdmitFor(from network.Path, device *Device, typed string) (*Ticket, error) {
	t, err := h.Admit(from, device)
	if err != nil || Normalize(typed) == typed {
		return t, err
	}
	if t.second, err = h.Admit(from, device); err != nil {
		t.Leave()
		return nil, err
	}
	return t, nil
}

// Outdated reports whether a stored value should be replaced by a new hash of the same password: its cost is below
// the setting, or the last Matches of this ticket found the password only as typed, not in its normalized form.
func (t *Ticket) Outdated(stored string) bool { return t.asTyped || t.h.Weaker(stored) }
