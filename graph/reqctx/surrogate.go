package reqctx

import (
	"strconv"
	"strings"
)

// HasLoneSurrogate reports whether a document escapes half of a surrogate pair. The parser would turn it into U+FFFD,
// and so make different passwords equal.
func HasLoneSurrogate(document string) bool {
	for {
		i := strings.IndexByte(document, '\\')
		if i < 0 || i+1 >= len(document) {
			return false
		}
		document = document[i+1:]
		if document[0] != 'u' {
			document = document[1:] // an escaped character, such as the second backslash of \\
			continue
		}
		unit, rest := escape(document)
		switch {
		case unit >= 0xDC00 && unit <= 0xDFFF:
			return true
		case unit >= 0xD800 && unit <= 0xDBFF:
			if !strings.HasPrefix(rest, `\`) {
				return true
			}
			low, after := escape(rest[1:])
			if low < 0xDC00 || low > 0xDFFF {
				return true
			}
			rest = after
		}
		document = rest
	}
}

// escape reads uXXXX or u{X…}; 0 where it is neither.
func escape(s string) (unit uint64, rest string) {
	if len(s) < 5 || s[0] != 'u' {
		return 0, strings.TrimPrefix(s, "u")
	}
	digits, rest := s[1:5], s[5:]
	if s[1] == '{' {
		end := strings.IndexByte(s, '}')
		if end < 0 {
			return 0, s[1:]
		}
		digits, rest = s[2:end], s[end+1:]
	}
	unit, err := strconv.ParseUint(digits, 16, 32)
	if err != nil {
		return 0, s[1:]
	}
	return unit, rest
}
