package serverkit

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"sync"

	"authgraph/internal/network"
)

const (
	// connectionBytes is what a connection takes that waits for a request, in bytes: a goroutine and its buffers.
	connectionBytes = 16 << 10
	// connectionShare is the part of the memory that connections take: an eighth.
	connectionShare = 8
	// connectionClients is how many clients fill all places.
	connectionClients = 64
)

// connections bounds the open connections of a listener: in total, and for each network, proxies aside. When there is no
// place for a new one, an idle connection closes. Sockets are not counted: stream.Registry bounds them.
type connections struct {
	net.Listener
	total   int64
	gauge   *network.Gauge
	proxies []netip.Prefix

	mu    sync.Mutex
	idle  countedConn   // the head of the ring of idle connections, longest idle first
	busy  int           // connections that have a request, or have yet to send their first
	freed chan struct{} // has a value after the last busy connection was freed
}

// newConnections takes the memory of the server, in bytes. Addresses of proxies, and of this machine, are bounded only in
// total.
func newConnections(l net.Listener, memory int64, proxies []netip.Prefix) *connections {
	total := memory / connectionShare / connectionBytes
	c := &connections{
		Listener: l, total: total, gauge: network.NewGauge(total, max(total/connectionClients, 1)), proxies: proxies,
		freed: make(chan struct{}, 1),
	}
	c.idle.next, c.idle.previous = &c.idle, &c.idle
	return c
}

// countedConn is an open connection. Its fields below path are guarded by all.mu.
type countedConn struct {
	net.Conn
	all  *connections
	path network.Path

	stage          stage
	next, previous *countedConn // in the ring of idle connections
}

// stage is what a connection does.
type stage uint8

const (
	stageBusy   stage = iota // it has a request, or has yet to send its first
	stageIdle                // it waits for the next request
	stageClosed              // it is closed, or a socket
)

// Accept implements net.Listener.
func (c *connections) Accept() (net.Conn, error) {
	for {
		conn, err := c.Listener.Accept()
		if err != nil {
			return nil, err
		}
		path, bounded := c.pathOf(conn)
		if c.acquire(path, bounded) || c.closeIdle(path, bounded) && c.acquire(path, bounded) {
			c.mu.Lock()
			c.busy++
			c.mu.Unlock()
			return &countedConn{Conn: conn, path: path, all: c}, nil
		}
		_ = conn.Close() // without a response, because a response would need a goroutine
	}
}

// pathOf returns the networks of a connection. The zero Path is bounded like a single client, so proxies are counted in
// the total alone.
func (c *connections) pathOf(conn net.Conn) (path network.Path, bounded bool) {
	address, err := netip.ParseAddrPort(conn.RemoteAddr().String())
	if err != nil {
		return network.Path{}, true
	}
	ip := address.Addr().Unmap().WithZone("")
	if ip.IsLoopback() {
		return network.Of(ip), false
	}
	for _, proxy := range c.proxies {
		if proxy.Contains(ip) {
			return network.Of(ip), false
		}
	}
	return network.Of(ip), true
}

func (c *connections) acquire(path network.Path, bounded bool) bool {
	if !bounded {
		return c.gauge.AcquireTotal(path, 1)
	}
	return c.gauge.Acquire(path, 1)
}

// closeIdle closes the connection that has been idle longest: of the same client, or of all if all places are taken. A
// client that has used its share never costs another client a connection.
func (c *connections) closeIdle(path network.Path, bounded bool) bool {
	full := c.gauge.Held() >= c.total
	c.mu.Lock()
	var chosen *countedConn
	for conn := c.idle.next; conn != &c.idle; conn = conn.next {
		if chosen == nil && full {
			chosen = conn
		}
		if !bounded || conn.path == path {
			chosen = conn
			break
		}
	}
	c.mu.Unlock()
	if chosen == nil {
		return false
	}
	_ = chosen.Close() // the server notices
	return true
}

// state is the ConnState of the server.
func (c *connections) state(conn net.Conn, state http.ConnState) {
	own, ok := conn.(*countedConn)
	if !ok {
		return
	}
	switch state {
	case http.StateNew, http.StateActive:
		own.enter(stageBusy)
	case http.StateIdle:
		own.enter(stageIdle)
	case http.StateHijacked, http.StateClosed:
		own.leave()
	}
}

// enter moves a connection to a stage, unless it is there or closed. It reports whether it did.
func (c *countedConn) enter(next stage) bool {
	all := c.all
	all.mu.Lock()
	defer all.mu.Unlock()
	if c.stage == next || c.stage == stageClosed {
		return false
	}
	if c.stage == stageIdle {
		c.previous.next, c.next.previous = c.next, c.previous
		c.next, c.previous = nil, nil
	} else if all.busy--; all.busy == 0 {
		select {
		case all.freed <- struct{}{}:
		default: // it has one
		}
	}
	switch c.stage = next; next {
	case stageBusy:
		all.busy++
	case stageIdle:
		c.next, c.previous = &all.idle, all.idle.previous
		c.previous.next, c.next.previous = c, c
	}
	return true
}

// leave gives the place back. A second call does nothing.
func (c *countedConn) leave() {
	if c.enter(stageClosed) {
		c.all.gauge.Release(c.path, 1)
	}
}

// Close implements net.Conn.
func (c *countedConn) Close() error {
	c.leave()
	return c.Conn.Close()
}

// finished returns when no connection is busy, or when ctx ends. http.Server.Shutdown drops a request that is read after
// it was called, so the service waits for these connections before.
func (c *connections) finished(ctx context.Context) {
	for {
		c.mu.Lock()
		n := c.busy
		c.mu.Unlock()
		if n == 0 {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-c.freed:
		}
	}
}
