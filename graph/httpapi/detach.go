package httpapi

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"time"
)

// socketBuffer is how many bytes are read ahead from a socket, and gathered before they are written: most messages fit, and
// what is longer goes past it.
const socketBuffer = 512

// Detach serves what becomes a socket on a goroutine of its own, and lets the server's go once the connection is no longer
// its own: with it go the request's buffers, and a stack as deep as the handlers around this, which a socket would otherwise
// hold for hours.
//
// A write takes at most `within`, or the connection ends. gqlgen writes without a bound and holds a lock during the write. Without
// the bound, the end of a session could not close a socket whose client does not read, and the socket would keep its place.
func Detach(within time.Duration, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d := &detaching{w: w, header: w.Header(), within: within, gone: make(chan struct{})}
		r = r.WithContext(context.WithoutCancel(r.Context())) // the server ends it when its handler returns
		r.Body = http.NoBody                                  // the body leads back to the response, and is never read
		over := delayLine(r.Context())
		ended := make(chan any, 1)
		go func() {
			defer func() {
				value := recover()
				over()
				ended <- value
			}()
			next.ServeHTTP(d, r)
		}()
		select {
		case <-d.gone:
		case value := <-ended:
			if value != nil {
				panic(value) // the server ends the connection, as it would have
			}
		}
	})
}

// detaching is a response until its connection is hijacked. From then on it refers to no part of the server.
type detaching struct {
	w      http.ResponseWriter
	header http.Header
	within time.Duration // bounds a write to the connection
	gone   chan struct{}
}

// Header implements http.ResponseWriter.
func (d *detaching) Header() http.Header { return d.header }

// WriteHeader implements http.ResponseWriter.
func (d *detaching) WriteHeader(status int) {
	if d.w != nil {
		d.w.WriteHeader(status)
	}
}

// Write implements http.ResponseWriter.
func (d *detaching) Write(p []byte) (int, error) {
	if d.w == nil {
		return 0, http.ErrHijacked
	}
	return d.w.Write(p)
}

// Hijack implements http.Hijacker, with small buffers, and a bound on each write.
func (d *detaching) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if d.w == nil {
		return nil, nil, http.ErrHijacked
	}
	conn, both, err := http.NewResponseController(d.w).Hijack()
	if err != nil {
		return nil, nil, err
	}
	early, _ := both.Peek(both.Reader.Buffered()) // from a client that does not wait for the response; the bytes are buffered, so the call can't fail
	reader := bufio.NewReaderSize(io.MultiReader(bytes.NewReader(early), conn), max(socketBuffer, len(early)))
	if _, err := reader.Peek(len(early)); err != nil {
		return nil, nil, err
	}
	d.w = nil
	close(d.gone)
	bounded := &boundedConn{conn, d.within}
	return bounded, bufio.NewReadWriter(reader, bufio.NewWriterSize(bounded, socketBuffer)), nil
}

// boundedConn bounds each write.
type boundedConn struct {
	net.Conn
	within time.Duration
}

// Write implements net.Conn. A late write ends the connection, because part of it may have been sent.
func (c *boundedConn) Write(b []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(c.within)); err != nil {
		return 0, err
	}
	n, err := c.Conn.Write(b)
	if err != nil {
		err = errors.Join(err, c.Close())
	}
	return n, err
}
