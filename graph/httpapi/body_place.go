package httpapi

import (
	"io"
	"net/http"

	"authgraph/graph/reqctx"
)

// bodyStep is by how many bytes that a body holds a place grows while it is read. A shorter body whose length is known has
// its place at once.
const bodyStep = 4 << 10

// enterRequest returns a place for a request. The place grows with the bytes of the body that have arrived: by the announced
// length, a few clients that send nothing more would take the places of all others until the server stops waiting.
func enterRequest(f *reqctx.InFlight, r *http.Request) (*reqctx.Place, error) {
	size := r.ContentLength
	if r.Method == http.MethodGet {
		size = int64(len(r.URL.RawQuery))
	} else if size < 0 || size > bodyStep {
		p, err := f.Enter(r.Context(), 0)
		if err == nil {
			r.Body = &placedBody{r.Body, p, 0}
		}
		return p, err
	}
	return f.Enter(r.Context(), size)
}

// placedBody takes the place of a body as it is read. It fails with ErrNoPlace.
type placedBody struct {
	io.ReadCloser
	place *reqctx.Place
	taken int64 // bytes that have a place and are not read yet
}

// Read implements io.Reader.
func (b *placedBody) Read(buffer []byte) (int, error) {
	n, err := b.ReadCloser.Read(buffer)
	for b.taken -= int64(n); b.taken < 0; b.taken += bodyStep {
		if !b.place.Grow(reqctx.TextFactor * bodyStep) {
			return n, reqctx.ErrNoPlace
		}
	}
	return n, err
}
