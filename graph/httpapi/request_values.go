package httpapi

import (
	"net/http"

	"authgraph/graph/reqctx"
)

// valueLimit bounds the JSON values in the variables and extensions of a request.
type valueLimit struct {
	max   int
	n     int
	place *reqctx.Place // takes the bytes of the decoded values; nil for none
}

// count counts the values of a JSON text, before it is decoded. It returns the refusal of too many.
func (v *valueLimit) count(text []byte) *badRequest {
	n := reqctx.CountValues(text)
	v.n += n
	switch {
	case v.n > v.max:
		return &badRequest{status: http.StatusBadRequest, exceeded: reqctx.TooManyValues(v.n, v.max)}
	case v.place != nil && !v.place.Grow(int64(n)*reqctx.ValueBytes):
		return &badRequest{status: http.StatusServiceUnavailable, exceeded: reqctx.ErrNoPlace}
	}
	return nil
}
