package db

import (
	"context"
	"net"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// answerTimeout is the maximum time without a byte from PostgreSQL during a statement of a request. lib/pq waits for a response
// even after the statement's context has ended, so without the timeout a lost network path or a stopped host would block
// the request for minutes.
const answerTimeout = 5 * time.Second

// openPool returns a pool whose connections break when an answer is overdue; 0 for never.
func openPool(dsn string, overdue time.Duration, o options) (*sqlx.DB, error) {
	connector, err := pq.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	connector.Dialer(dialer{overdue})
	return o.pool(connector, "postgres"), nil
}

// dialer implements pq.Dialer and pq.DialerContext.
type dialer struct{ overdue time.Duration }

func (d dialer) Dial(network, address string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, address)
}

func (d dialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return d.DialContext(ctx, network, address)
}

func (d dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil || d.overdue == 0 {
		return conn, err
	}
	return &deadlineConn{conn, d.overdue}, nil
}

// deadlineConn gives each read and each write a deadline. A pool's connection reads only while a statement runs.
type deadlineConn struct {
	net.Conn
	overdue time.Duration
}

func (c *deadlineConn) Read(b []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(c.overdue)); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}

func (c *deadlineConn) Write(b []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(c.overdue)); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}
