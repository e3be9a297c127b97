package serverkit

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"testing"
	"time"
)

// scripted is a listener whose connections come from addresses that a test names.
type scripted struct {
	net.Listener
	from chan string
}

func (s *scripted) Accept() (net.Conn, error) {
	address, ok := <-s.from
	if !ok {
		return nil, net.ErrClosed
	}
	here, _ := net.Pipe()
	return &addressed{here, net.TCPAddrFromAddrPort(netip.MustParseAddrPort(address))}, nil
}

type addressed struct {
	net.Conn
	remote net.Addr
}

func (a *addressed) RemoteAddr() net.Addr { return a.remote }

// accept returns the connections that are accepted of those that come from the addresses.
func accept(t *testing.T, c *connections, addresses ...string) (accepted []*countedConn) {
	t.Helper()
	from := c.Listener.(*scripted).from
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := c.Accept()
			if err != nil {
				return
			}
			accepted = append(accepted, conn.(*countedConn))
		}
	}()
	for _, address := range addresses {
		from <- address
	}
	close(from)
	<-done
	c.Listener = &scripted{from: make(chan string)}
	return accepted
}

// repeated returns n times the same address.
func repeated(n int, address string) (all []string) {
	for range n {
		all = append(all, address)
	}
	return all
}

func TestConnections_Bounded(t *testing.T) {
	const memory = connectionShare * connectionBytes * 640 // 640 connections, 10 for each client
	for name, row := range map[string]struct {
		addresses []string
		want      int
	}{
		"one client":      {repeated(20, "192.0.2.1:1000"), 10},
		"one /64":         {append(repeated(10, "[2001:db8::1]:1"), repeated(10, "[2001:db8::2]:1")...), 10},
		"a proxy":         {repeated(700, "10.0.0.7:1"), 640},
		"this machine":    {repeated(700, "127.0.0.1:1"), 640},
		"two clients":     {append(repeated(20, "192.0.2.1:1"), repeated(20, "198.51.100.1:1")...), 20},
		"clients of /24s": {append(repeated(10, "192.0.2.1:1"), repeated(10, "192.0.2.2:1")...), 20},
	} {
		t.Run(name, func(t *testing.T) {
			c := newConnections(&scripted{from: make(chan string)}, memory, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")})
			accepted := accept(t, c, row.addresses...)
			if len(accepted) != row.want {
				t.Errorf("accepted %d, want %d", len(accepted), row.want)
			}
			for _, conn := range accepted {
				_ = conn.Close()
				c.state(conn, http.StateClosed)
			}
			if got := c.gauge.Held(); got != 0 {
				t.Errorf("afterwards %d places are taken, want 0", got)
			}
		})
	}
}

// TestConnections_IdleGiveWay proves that a client whose places are all taken by idle connections gets a new one, and that
// the connection that has been idle longest is closed for it.
func TestConnections_IdleGiveWay(t *testing.T) {
	const memory = connectionShare * connectionBytes * 640
	c := newConnections(&scripted{from: make(chan string)}, memory, nil)
	accepted := accept(t, c, repeated(10, "192.0.2.1:1")...)
	for _, n := range []int{3, 1} {
		c.state(accepted[n], http.StateActive)
		c.state(accepted[n], http.StateIdle)
	}
	more := accept(t, c, repeated(3, "192.0.2.1:1")...)
	if len(more) != 2 {
		t.Fatalf("accepted %d more, want 2: as many as were idle", len(more))
	}
	for n, conn := range accepted {
		_ = conn.SetReadDeadline(time.Unix(1, 0))
		_, err := conn.Read(make([]byte, 1))
		if closed := errors.Is(err, io.ErrClosedPipe); closed != (n == 1 || n == 3) {
			t.Errorf("connection %d: closed is %v", n, closed)
		}
	}
}

// TestConnections_IdleOfOthers proves that a client whose places are all taken closes no idle connection of another client, as
// long as places are free, and that a client without a connection gets a place when all are taken.
func TestConnections_IdleOfOthers(t *testing.T) {
	const memory = connectionShare * connectionBytes * 640
	c := newConnections(&scripted{from: make(chan string)}, memory, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")})
	other := accept(t, c, "198.51.100.1:1")[0]
	c.state(other, http.StateIdle)
	closed := func() bool {
		_ = other.SetReadDeadline(time.Unix(1, 0))
		_, err := other.Read(make([]byte, 1))
		return errors.Is(err, io.ErrClosedPipe)
	}
	if accepted := accept(t, c, repeated(20, "192.0.2.1:1")...); len(accepted) != 10 || closed() {
		t.Errorf("a client at its bound: accepted %d, want 10, and another client's idle connection is closed: %v", len(accepted), closed())
	}
	if accepted := accept(t, c, repeated(640-11, "10.0.0.7:1")...); len(accepted) != 640-11 || closed() {
		t.Errorf("a proxy: accepted %d, want %d, and another client's idle connection is closed: %v", len(accepted), 640-11, closed())
	}
	if accepted := accept(t, c, "203.0.113.1:1"); len(accepted) != 1 || !closed() {
		t.Errorf("when all places are taken: accepted %d, want 1, and the idle connection is closed: %v", len(accepted), closed())
	}
}

// TestConnections_Finished proves that a connection is busy from its acceptance until it is idle, a socket or closed.
func TestConnections_Finished(t *testing.T) {
	for name, end := range map[string]func(*connections, *countedConn){
		"idle":   func(c *connections, conn *countedConn) { c.state(conn, http.StateIdle) },
		"socket": func(c *connections, conn *countedConn) { c.state(conn, http.StateHijacked) },
		"closed": func(_ *connections, conn *countedConn) { _ = conn.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			c := newConnections(&scripted{from: make(chan string)}, 1<<30, nil)
			accepted := accept(t, c, "192.0.2.1:1", "192.0.2.2:1")
			ended, cancel := context.WithCancel(t.Context())
			cancel()
			busy := func() int {
				c.mu.Lock()
				defer c.mu.Unlock()
				return c.busy
			}
			c.state(accepted[0], http.StateNew)
			c.state(accepted[0], http.StateIdle)
			c.state(accepted[0], http.StateActive)
			c.state(accepted[1], http.StateIdle)
			if c.finished(ended); busy() != 1 {
				t.Fatalf("busy: %d, want 1", busy())
			}
			end(c, accepted[0])
			c.finished(t.Context()) // hangs if a connection is thought busy
			c.state(accepted[0], http.StateClosed)
			_ = accepted[1].Close()
			c.state(accepted[1], http.StateActive) // the server read just before
			if busy() != 0 {
				t.Errorf("busy at the end: %d", busy())
			}
		})
	}
}

// TestConnections_Sockets proves that a connection that becomes a socket is no longer counted.
func TestConnections_Sockets(t *testing.T) {
	const memory = connectionShare * connectionBytes * 640
	c := newConnections(&scripted{from: make(chan string)}, memory, nil)
	accepted := accept(t, c, repeated(10, "192.0.2.1:1")...)
	c.state(accepted[0], http.StateHijacked)
	if more := accept(t, c, repeated(2, "192.0.2.1:1")...); len(more) != 1 {
		t.Errorf("accepted %d more, want 1", len(more))
	}
}
