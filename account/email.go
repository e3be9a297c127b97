package account

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"authgraph/auth"
)

// maxEmailBytes is the longest address that fits into a mail's envelope (RFC 5321, 4.5.3.1.3: a path of 256 with
// its brackets); maxLocalBytes and maxLabelBytes are from RFC 5321, 4.5.3.1.1 and RFC 1035, 2.3.4.
const (
	maxEmailBytes = 254
	maxLocalBytes = 64
	maxLabelBytes = 63
)

// Email is an address that is fit to be an account's.
type Email struct {
	Typed string // as it was typed, but for surrounding space
	Key   string // what makes it one account's: folded case, composed characters
}

// parseEmail takes an address as a person types it. It refuses what mail could not be sent to, and what would
// mean something else in a mail's header: display names, lists, comments, quoted parts, control and invisible
// characters.
func parseEmail(field, typed string) (Email, *auth.Error) {
	typed = strings.TrimSpace(typed)
	if len(typed) > maxEmailBytes {
		return Email{}, invalid(field, auth.EmailInvalid, "An address has at most %d bytes", maxEmailBytes)
	}
	at := strings.LastIndexByte(typed, '@')
	if at < 0 || !utf8.ValidString(typed) || !localPart(typed[:at]) || !domain(typed[at+1:]) {
		return Email{}, invalid(field, auth.EmailInvalid, "This is not an email address")
	}
	return Email{Typed: typed, Key: emailKey(typed)}, nil
}

// emailKey is what two spellings of one address have in common. A string that is no address has a key too: a
// sign-in looks it up, finds nobody, and is answered like any other.
func emailKey(typed string) string {
	return norm.NFC.String(cases.Fold().String(norm.NFC.String(strings.TrimSpace(typed))))
}

// localPart reports whether s is a dot-atom (RFC 5322, 3.2.3; RFC 6531, 3.3 for other scripts).
func localPart(s string) bool {
	if s == "" || len(s) > maxLocalBytes {
		return false
	}
	for atom := range strings.SplitSeq(s, ".") {
		if atom == "" || strings.ContainsFunc(atom, notAtext) {
			return false
		}
	}
	return true
}

// atext is what RFC 5322, 3.2.3 allows in an atom.
const atext = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~"

func notAtext(r rune) bool {
	if r < utf8.RuneSelf {
		return !strings.ContainsRune(atext, r)
	}
	return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r)
}

// domain reports whether s is a host name with at least two labels, in any script.
func domain(s string) bool {
	labels := strings.Split(s, ".")
	if len(labels) < 2 {
		return false
	}
	for _, label := range labels {
		if label == "" || len(label) > maxLabelBytes || label[0] == '-' || label[len(label)-1] == '-' ||
			strings.ContainsFunc(label, notInLabel) {
			return false
		}
	}
	return true
}

func notInLabel(r rune) bool {
	return r != '-' && (r < utf8.RuneSelf && notAtext(r) || !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r))
}
