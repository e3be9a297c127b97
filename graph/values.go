package graph

import (
	"fmt"
	"net/http"

	"authgraph/auth"
)

// valueLimit bounds the JSON values in the variables and extensions of a request.
type valueLimit struct {
	max   int
	n     int
	place *place // that takes the bytes of the decoded values; nil for none
}

// count counts the values of a JSON text, before it is decoded. It returns the refusal of too many.
func (v *valueLimit) count(text []byte) *badRequest {
	n := countValues(text)
	v.n += n
	switch {
	case v.n > v.max:
		return &badRequest{status: http.StatusBadRequest, exceeded: tooManyValues(v.n, v.max)}
	case v.place != nil && !v.place.grow(int64(n)*valueBytes):
		return &badRequest{status: http.StatusServiceUnavailable, exceeded: errNoPlace}
	}
	return nil
}

// countValues counts the values of a JSON text that is well formed: objects, arrays, strings, numbers, true, false and
// null, without the names of members.
func countValues(text []byte) (n int) {
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

// tooManyValues refuses variables and extensions with n JSON values, more than max. Decoded, a value takes up to 50 times
// the bytes of its text.
func tooManyValues(n, max int) *auth.Error {
	return &auth.Error{
		Code:     auth.LimitExceeded,
		Message:  fmt.Sprintf("The request exceeds a limit: values of variables and extensions %d, at most %d", n, max),
		Exceeded: &auth.Exceeded{Limit: "values", Figure: n, Bound: max},
	}
}
