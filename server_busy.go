package main

import (
	"context"
	"net"
	"net/http"
	"sync"
)

// busyConns knows the connections that have a request, or have yet to send their first. http.Server.Shutdown drops a
// request that is read after it was called, so the service waits for these connections before.
type busyConns struct {
	mu    sync.Mutex
	busy  map[net.Conn]struct{}
	freed chan struct{} // has a value after the last one was freed
}

// watchConns returns the busy connections of a server that does not serve yet. An existing ConnState is called, too.
func watchConns(server *http.Server) *busyConns {
	b := &busyConns{busy: map[net.Conn]struct{}{}, freed: make(chan struct{}, 1)}
	next := server.ConnState
	server.ConnState = func(conn net.Conn, state http.ConnState) {
		b.state(conn, state)
		if next != nil {
			next(conn, state)
		}
	}
	return b
}

func (b *busyConns) state(conn net.Conn, state http.ConnState) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if state == http.StateNew || state == http.StateActive {
		b.busy[conn] = struct{}{}
		return
	}
	delete(b.busy, conn)
	if len(b.busy) == 0 {
		select {
		case b.freed <- struct{}{}:
		default: // it has one
		}
	}
}

// wait returns when no connection is busy, or when ctx ends.
func (b *busyConns) wait(ctx context.Context) {
	for {
		b.mu.Lock()
		n := len(b.busy)
		b.mu.Unlock()
		if n == 0 {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-b.freed:
		}
	}
}
