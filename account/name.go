package account

import (
	"unicode"
	"unicode/utf8"

	"authgraph/auth"
)

// maxDisplayName is in characters: long enough for every name that people have, short enough for a line.
const maxDisplayName = 100

// checkDisplayName refuses what has no place in a name. It stays as typed; an empty one is none.
func checkDisplayName(field string, name *string) (*string, *auth.Error) {
	if name == nil || *name == "" {
		return nil, nil
	}
	if fault := checkVisible(field, *name); fault != nil {
		return nil, fault
	}
	if utf8.RuneCountInString(*name) > maxDisplayName {
		return nil, invalid(field, auth.ValueTooLong, "A name has at most %d characters", maxDisplayName)
	}
	return name, nil
}

// checkVisible refuses text that shows nothing, and names the first character that hides or reorders text.
func checkVisible(field, text string) *auth.Error {
	if !utf8.ValidString(text) {
		return invalid(field, auth.ValueInvalid, "This is not UTF-8")
	}
	shows, flag := false, false
	for _, r := range text {
		tag := '\U000e0020' <= r && r <= '\U000e007f'
		flag = r == '\U0001f3f4' || flag && tag // tags spell a flag after U+1F3F4, and would hide text elsewhere
		if hides(r) && !(flag && tag) {
			return invalid(field, auth.ValueInvalid, "The character %U is not accepted: it hides or reorders text", r)
		}
		shows = shows || !unicode.IsSpace(r) && !invisible(r)
	}
	if !shows {
		return invalid(field, auth.ValueInvalid, "This has no visible character")
	}
	return nil
}

// hides reports whether r hides or reorders the text around it: control characters, line and paragraph separators,
// direction embeddings, overrides and isolates (U+202A to U+202E, U+2066 to U+2069), and invisible characters but those
// that scripts and emoji are written with.
func hides(r rune) bool {
	return unicode.Is(unicode.Cc, r) || r == '\u2028' || r == '\u2029' || invisible(r) && !orthographic(r)
}

// orthographic reports whether r is an invisible character that people write with: the joiners of Persian, Indic scripts
// and emoji (U+200C, U+200D), the direction marks of Hebrew and Arabic (U+200E, U+200F, U+061C), which move no letters,
// variation selectors (U+FE00 to U+FE0F; U+E0100 to U+E01EF for Japanese names; U+180B to U+180D and U+180F for
// Mongolian), the Arabic number signs and Kaithi signs of Unicode category Cf, which are visible.
func orthographic(r rune) bool {
	switch {
	case r == '\u200c', r == '\u200d', r == '\u200e', r == '\u200f', r == '\u061c':
		return true
	case unicode.Is(unicode.Variation_Selector, r), unicode.Is(unicode.Prepended_Concatenation_Mark, r):
		return true
	}
	return false
}
