package document

import "strings"

// longestName returns the length of the longest name in the text of a document, in bytes: of its fields, aliases,
// arguments, variables, fragments and operations. Strings and comments are left out.
func longestName(source string) (longest int) {
	for i := 0; i < len(source); {
		if n := textLength(source[i:]); n > 0 {
			i += n
			continue
		}
		start := i
		for i < len(source) && isNameByte(source[i]) {
			i++
		}
		longest = max(longest, i-start)
		if i == start {
			i++
		}
	}
	return longest
}

// textLength returns the length of the comment or string at the beginning of s, or 0.
func textLength(s string) int {
	switch {
	case s[0] == '#':
		return lineLength(s)
	case strings.HasPrefix(s, `"""`):
		return blockLength(s)
	case s[0] == '"':
		return stringLength(s)
	default:
		return 0
	}
}

func isNameByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

func lineLength(s string) int {
	if end := strings.IndexAny(s, "\r\n"); end >= 0 {
		return end
	}
	return len(s)
}

// blockLength returns the length of the block string at the beginning of s, and of all of s if it does not end. All
// quotes in a row at its end belong to it, as gqlparser reads them. Otherwise it would find names where this does not.
func blockLength(s string) int {
	for i := len(`"""`); i < len(s); i++ {
		switch {
		case strings.HasPrefix(s[i:], `\"""`):
			i += len(`"""`)
		case strings.HasPrefix(s[i:], `"""`):
			return i + quotes(s[i:])
		}
	}
	return len(s)
}

// quotes returns the number of quotes at the beginning of s.
func quotes(s string) int {
	return len(s) - len(strings.TrimLeft(s, `"`))
}

// stringLength returns the length of the string at the beginning of s. A string that does not end, ends with its line.
func stringLength(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		case '\n', '\r':
			return i
		}
	}
	return len(s)
}
