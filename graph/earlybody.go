package graph

import (
	"bytes"
	"io"
	"net/http"
)

// maxEarlyBody bounds a body that is read before its token is checked, in bytes. net/http reads as much ahead anyway.
const maxEarlyBody = 4 << 10

// earlyBody is a short body that was read already, up to the error that ended it.
type earlyBody struct {
	bytes.Reader
	err error
}

// readEarly reads a short body before anything else is done. net/http notices that a client is gone only once it has the
// whole body. A request that waits for the database to check its token would be an error of the server otherwise.
func readEarly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n := r.ContentLength; 0 < n && n <= maxEarlyBody {
			all := make([]byte, n)
			read, err := io.ReadFull(r.Body, all)
			early := &earlyBody{err: err}
			early.Reset(all[:read])
			r.Body = early
		}
		next.ServeHTTP(w, r)
	})
}

// Read implements io.Reader.
func (b *earlyBody) Read(p []byte) (int, error) {
	if b.Len() == 0 && b.err != nil {
		return 0, b.err
	}
	return b.Reader.Read(p)
}

// Close implements io.Closer. The server closes the body that was read.
func (b *earlyBody) Close() error { return nil }
