package load

import (
	"bufio"
	"net"
	"time"
)

// idleTime is the time after which a connection without use is replaced, because servers close idle connections.
const idleTime = time.Second

// Connection is a connection to an address. It is opened by its first request.
type Connection struct {
	Address string // host:port
	conn    net.Conn
	answers *bufio.Reader
	used    time.Time
}

// Send sends a whole HTTP/1.1 request and returns the body of the answer, whose status must be 200.
func (c *Connection) Send(raw []byte) (body []byte, err error) {
	if time.Since(c.used) > idleTime {
		if err := c.open(); err != nil {
			return nil, err
		}
	}
	if _, err := c.conn.Write(raw); err != nil {
		return nil, err
	}
	body, err = read(c.answers)
	c.used = time.Now()
	return body, err
}

func (c *Connection) open() (err error) {
	if err := c.Close(); err != nil {
		return err
	}
	if c.conn, err = net.Dial("tcp", c.Address); err != nil {
		return err
	}
	c.answers = bufio.NewReader(c.conn)
	return nil
}

// Close closes the connection, if it is open.
func (c *Connection) Close() error {
	if c.conn == nil {
		return nil
	}
	return c.conn.Close()
}
