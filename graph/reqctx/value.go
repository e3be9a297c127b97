package reqctx

import (
	"encoding/json"
	"fmt"

	"authgraph/auth"
)

// CountValues counts the values of a JSON text that is well formed: objects, arrays, strings, numbers, true, false and
// null, without the names of members.
func CountValues(text []byte) (n int) {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			n++
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		case c == '{' || c == '[':
			n++
		case c == ':':
			n-- // the string before it was a name
		case isScalarByte(c):
			n++
			for i+1 < len(text) && isScalarByte(text[i+1]) {
				i++
			}
		}
	}
	return n
}

// isScalarByte reports whether a byte outside of strings belongs to a number, true, false or null.
func isScalarByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c == '-' || c == '+' || c == '.' || c == 'E'
}

// TooManyValues refuses variables and extensions with n JSON values, more than max. Decoded, a value takes up to 50 times
// the bytes of its text.
func TooManyValues(n, max int) *auth.Error {
	return &auth.Error{
		Code:     auth.LimitExceeded,
		Message:  fmt.Sprintf("The request exceeds a limit: values of variables and extensions %d, at most %d", n, max),
		Exceeded: &auth.Exceeded{Limit: "values", Figure: n, Bound: max},
	}
}

// SizeOfValue returns the number of values of a decoded JSON value, and the bytes of its texts and names.
func SizeOfValue(value any) (values, text int64) {
	switch v := value.(type) {
	case string:
		return 1, int64(len(v))
	case json.Number:
		return 1, int64(len(v))
	case []any:
		for _, element := range v {
			n, bytes := SizeOfValue(element)
			values, text = values+n, text+bytes
		}
	case map[string]any:
		for name, member := range v {
			n, bytes := SizeOfValue(member)
			values, text = values+n, text+bytes+int64(len(name))
		}
	}
	return values + 1, text
}
