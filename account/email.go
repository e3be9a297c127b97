package account

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
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
	Key   string // the unique form: folded case, composed characters, the domain as DNS has it
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
	key, ok := emailKey(typed[:at], typed[at+1:])
	if !ok {
		return Email{}, invalid(field, auth.EmailInvalid, "This is not an email address")
	}
	return Email{Typed: typed, Key: key}, nil
}

// emailKey is what the spellings of one address have in common; ok is false where the host is none (RFC 5891). It may be none
// only as it is asked for, in ASCII, where a label gets longer.
func emailKey(local, host string) (key string, ok bool) {
	ascii, err := idna.Lookup.ToASCII(norm.NFC.String(host))
	return Fold(local) + "@" + ascii, err == nil && domain(ascii)
}

// Fold returns what texts have in common that differ in case alone, or in how their characters are composed.
func Fold(text string) string { return foldCase(norm.NFC.String(text)) }

// foldCase folds one character into one. Full folding would make "ss" of "ß", and one account of two people.
func foldCase(s string) string { return norm.NFC.String(strings.Map(foldRune, s)) }

// foldRune returns the one character that stands for all which differ from r in case alone. Two that Unicode puts among them are
// other letters: the iota that is written below another one would make "αι" "ᾳ", and the lower case of "İ" is that of "I".
func foldRune(r rune) rune {
	if unicode.IsMark(r) {
		return r
	}
	smallest := r
	for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
		if !unicode.IsMark(other) {
			smallest = min(smallest, other)
		}
	}
	if lower := unicode.ToLower(smallest); strings.EqualFold(string(lower), string(r)) {
		return lower
	}
	return smallest
}

// invisible reports whether r shows nothing where it stands, so that two texts which look alike differ by it.
func invisible(r rune) bool {
	return unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
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

// atext has the characters that RFC 5322, 3.2.3 allows in an atom.
const atext = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~"

func notAtext(r rune) bool {
	if r < utf8.RuneSelf {
		return !strings.ContainsRune(atext, r)
	}
	return invisible(r) || !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r)
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
	return r != '-' && (r < utf8.RuneSelf && notAtext(r) || invisible(r) ||
		!unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r))
}
