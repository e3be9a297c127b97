package graph

import (
	"bufio"
	"errors"
	"net"
	"net/http"
	"time"
)

// impatient gives up a socket whose client does not read. gqlgen writes without a bound and holds a lock meanwhile, so neither
// the end of a session nor that of a token could close such a connection, and its place would be taken for as long as the client
// likes.
type impatient struct {
	http.ResponseWriter
	within time.Duration
}

// Hijack implements http.Hijacker.
func (w impatient) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	bounded := &impatientConn{conn, w.within}
	buffered.Writer.Reset(bounded)
	return bounded, buffered, nil
}

type impatientConn struct {
	net.Conn
	within time.Duration
}

// Write implements net.Conn. What can't be written in time ends the connection: part of it may have been.
func (c *impatientConn) Write(b []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(c.within)); err != nil {
		return 0, err
	}
	n, err := c.Conn.Write(b)
	if err != nil {
		err = errors.Join(err, c.Close())
	}
	return n, err
}
