package account

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"authgraph/auth"
)

// maxDisplayName is in characters: long enough for every name that people have, short enough for a line.
const maxDisplayName = 100

// checkDisplayName refuses what has no place in a name. It stays as typed; an empty one is none.
func checkDisplayName(field string, name *string) (*string, *auth.Error) {
	switch {
	case name == nil || *name == "":
		return nil, nil
	case !printable(*name):
		return nil, invalid(field, auth.ValueInvalid, "A name has no control or invisible characters")
	case utf8.RuneCountInString(*name) > maxDisplayName:
		return nil, invalid(field, auth.ValueTooLong, "A name has at most %d characters", maxDisplayName)
	}
	return name, nil
}

// printable reports whether s is text that shows: without control characters, and without invisible ones. U+200C and
// U+200D are part of several scripts and of emoji, and U+FE0F says that a character is one.
func printable(s string) bool {
	if !utf8.ValidString(s) || strings.TrimSpace(s) == "" {
		return false
	}
	for _, r := range s {
		if unicode.Is(unicode.Cc, r) || r == '\u2028' || r == '\u2029' ||
			invisible(r) && r != '\u200c' && r != '\u200d' && r != '\ufe0f' {
			return false
		}
	}
	return true
}
