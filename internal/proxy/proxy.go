// Package proxy stands between a program and its database in tests, to cut, swallow, delay and heal.
package proxy

import (
	"bytes"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Proxy forwards TCP connections to one address.
type Proxy struct {
	listener  net.Listener
	target    string
	accepting sync.WaitGroup

	mu      sync.Mutex
	healed  *sync.Cond
	swallow func(listens bool) bool // whether a connection's bytes are kept
	refuse  bool
	delay   time.Duration
	open    map[net.Conn]struct{}
}

// New returns a proxy to the address target, which ends with the test.
func New(tb testing.TB, target string) *Proxy {
	tb.Helper()
	p, err := Listen(target)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(p.Close)
	return p
}

// Listen returns a proxy to the address target.
func Listen(target string) (*Proxy, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{listener: listener, target: target, open: map[net.Conn]struct{}{}}
	p.healed = sync.NewCond(&p.mu)
	p.accepting.Go(p.accept)
	return p, nil
}

// Close ends the proxy and its connections.
func (p *Proxy) Close() {
	_ = p.listener.Close() // it is given up either way
	p.Heal()
	p.Cut()
	p.accepting.Wait()
}

// Addr is where the proxy listens.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Cut resets every connection. New ones are made as before.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for conn := range p.open {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		_ = conn.Close()
	}
}

// Refuse resets every connection, and each new one at once.
func (p *Proxy) Refuse() {
	p.mu.Lock()
	p.refuse = true
	p.mu.Unlock()
	p.Cut()
}

// Swallow keeps connections open and lets nothing through, in either direction, without a reset.
func (p *Proxy) Swallow() { p.set(func() { p.swallow = func(bool) bool { return true } }) }

// SwallowListeners does so to the connections on which PostgreSQL's LISTEN was sent.
func (p *Proxy) SwallowListeners() {
	p.set(func() { p.swallow = func(listens bool) bool { return listens } })
}

// Delay holds back whatever passes for d.
func (p *Proxy) Delay(d time.Duration) { p.set(func() { p.delay = d }) }

// Heal lets everything through again, what was held back included.
func (p *Proxy) Heal() { p.set(func() { p.swallow, p.refuse, p.delay = nil, false, 0 }) }

func (p *Proxy) set(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
	p.healed.Broadcast()
}

func (p *Proxy) accept() {
	var forwarding sync.WaitGroup
	defer forwarding.Wait()
	for {
		conn, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		refused := p.refuse
		p.mu.Unlock()
		if refused {
			_ = conn.Close()
			continue
		}
		forwarding.Go(func() { p.forward(conn) })
	}
}

func (p *Proxy) forward(conn net.Conn) {
	to, err := net.Dial("tcp", p.target)
	if err != nil {
		_ = conn.Close()
		return
	}
	p.mu.Lock()
	p.open[conn], p.open[to] = struct{}{}, struct{}{}
	p.mu.Unlock()
	var both sync.WaitGroup
	var listens atomic.Bool
	both.Go(func() { p.copy(to, conn, &listens) })
	both.Go(func() { p.copy(conn, to, &listens) })
	both.Wait()
	p.mu.Lock()
	delete(p.open, conn)
	delete(p.open, to)
	p.mu.Unlock()
}

// copy ends both connections when either does.
func (p *Proxy) copy(to, from net.Conn, listens *atomic.Bool) {
	defer to.Close()
	defer from.Close()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 {
			if bytes.Contains(buffer[:n], []byte("LISTEN ")) {
				listens.Store(true)
			}
			p.pass(listens)
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// pass returns when what has been read may go on.
func (p *Proxy) pass(listens *atomic.Bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.swallow != nil && p.swallow(listens.Load()) {
		p.healed.Wait()
	}
	if d := p.delay; d > 0 {
		p.mu.Unlock()
		time.Sleep(d)
		p.mu.Lock()
	}
}
