package main

import (
	"container/list"
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
// place for a new one, an idle connection closes. Sockets are not counted: graph.Streams bounds them.
type connections struct {
	net.Listener
	total   int64
	gauge   *network.Gauge
	proxies []netip.Prefix
	mu      sync.Mutex
	idle    *list.List // of *countedConn, longest idle first
}

// newConnections takes the memory of the server, in bytes. Addresses of proxies, and of this machine, are bounded only in
// total.
func newConnections(l net.Listener, memory int64, proxies []netip.Prefix) *connections {
	total := memory / connectionShare / connectionBytes
	return &connections{
		Listener: l, total: total, gauge: network.NewGauge(total, max(total/connectionClients, 1)), proxies: proxies, idle: list.New(),
	}
}

// countedConn is an open connection.
type countedConn struct {
	net.Conn
	path  network.Path
	all   *connections
	once  sync.Once
	place *list.Element // in all.idle; nil unless it is idle
}

// Accept implements net.Listener.
func (c *connections) Accept() (net.Conn, error) {
	for {
		conn, err := c.Listener.Accept()
		if err != nil {
			return nil, err
		}
		path, bounded := c.pathOf(conn)
		if c.acquire(path, bounded) || c.closeIdle(path, bounded) && c.acquire(path, bounded) {
			return &countedConn{Conn: conn, path: path, all: c}, nil
		}
		_ = conn.Close() // the client is told nothing, since that would take a goroutine
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
// client that has its share already costs nobody else a connection.
func (c *connections) closeIdle(path network.Path, bounded bool) bool {
	full := c.gauge.Held() >= c.total
	c.mu.Lock()
	var chosen *list.Element
	for e := c.idle.Front(); e != nil; e = e.Next() {
		if chosen == nil && full {
			chosen = e
		}
		if !bounded || e.Value.(*countedConn).path == path {
			chosen = e
			break
		}
	}
	c.mu.Unlock()
	if chosen == nil {
		return false
	}
	_ = chosen.Value.(*countedConn).Close() // the server notices
	return true
}

// state is the ConnState of the server.
func (c *connections) state(conn net.Conn, state http.ConnState) {
	own, ok := conn.(*countedConn)
	if !ok {
		return
	}
	switch state {
	case http.StateIdle:
		c.mu.Lock()
		own.place = c.idle.PushBack(own)
		c.mu.Unlock()
	case http.StateActive:
		c.notIdle(own)
	case http.StateHijacked, http.StateClosed:
		own.leave()
	}
}

func (c *connections) notIdle(own *countedConn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if own.place != nil {
		c.idle.Remove(own.place)
		own.place = nil
	}
}

// leave gives the place back. A second call does nothing.
func (c *countedConn) leave() {
	c.all.notIdle(c)
	c.once.Do(func() { c.all.gauge.Release(c.path, 1) })
}

// Close implements net.Conn.
func (c *countedConn) Close() error {
	c.leave()
	return c.Conn.Close()
}
