package httpapi

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
	read []byte
	err  error
}

// LimitBody bounds the body of a request, in bytes, and reads a short body before anything else is done. net/http notices that
// a client is gone only once it has the whole body. A request that waits for the database to check its token would be an
// error of the server otherwise.
func LimitBody(limit int64, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n := r.ContentLength; 0 < n && n <= min(maxEarlyBody, limit) {
			early := &earlyBody{read: make([]byte, n)}
			read, err := io.ReadFull(r.Body, early.read)
			early.read, early.err = early.read[:read], err
			early.Reset(early.read)
			r.Body = early
		} else {
			r.Body = http.MaxBytesReader(w, r.Body, limit)
		}
		next.ServeHTTP(w, r)
	})
}

// readAll returns what a body holds, up to the error that ended it. It must be the first to read.
func readAll(body io.Reader) ([]byte, error) {
	if early, ok := body.(*earlyBody); ok {
		return early.read, early.err
	}
	return io.ReadAll(body)
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
