package graph

import "net/http"

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
