package stream_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"

	"authgraph/auth"
	"authgraph/graph"
	"authgraph/graph/document"
	"authgraph/graph/stream"
)

// pipes is a listener of connections within the process, for tests with a clock of their own.
type pipes struct {
	accepted chan net.Conn
	closed   chan struct{}
	close    func()
}

func newPipes() *pipes {
	p := &pipes{accepted: make(chan net.Conn), closed: make(chan struct{})}
	p.close = sync.OnceFunc(func() { close(p.closed) })
	return p
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.accepted:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.close(); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80} }

// pipe is the server's end of a connection from an address.
type pipe struct {
	net.Conn
	remote string
}

func (p pipe) RemoteAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(p.remote), 4711))
}

// client returns an HTTP client that comes from an address, and the last connection that it has opened.
func (p *pipes) client(from string) (*http.Client, func() net.Conn) {
	var last net.Conn
	return &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		last = here
		p.accepted <- pipe{there, from}
		return here, nil
	}}}, func() net.Conn { return last }
}

// tokenIsSession finds a caller whose token is the name of their session.
type tokenIsSession struct{}

func (tokenIsSession) Authenticate(_ context.Context, token string) (*auth.Principal, error) {
	if token == "panic" {
		panic(token)
	}
	return &auth.Principal{Subject: "user_1", Session: token, ExpiresAt: time.Now().Add(time.Hour)}, nil
}

// socketServer serves sockets on pipes in a bubble of synctest.
func socketServer(t *testing.T, limits stream.Limits) (*stream.Registry, *pipes, func()) {
	t.Helper()
	s, _, _, stop := stream.Watched(t, limits)
	handler, err := graph.New(graph.Options{
		Streams: s, Authenticator: tokenIsSession{}, Keys: func(context.Context) ([]auth.Key, error) { return nil, nil }, BodyLimit: 1 << 16,
		InFlight: 512 << 20, Values: 100, Documents: document.Limits{Tokens: 100, Depth: 9, Fields: 9, Aliases: 9, Cost: 9},
		RequestTimeout: time.Minute, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	p := newPipes()
	server := &http.Server{Handler: handler, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(p) })
	return s, p, func() {
		_ = server.Close()
		serving.Wait()
		stop()
	}
}

// dialFrom opens a socket from an address. It is nil if the handshake is refused.
func (p *pipes) dialFrom(t *testing.T, from string) (*websocket.Conn, net.Conn) {
	t.Helper()
	client, last := p.client(from)
	conn, response, err := websocket.Dial(t.Context(), "http://127.0.0.1/graphql", &websocket.DialOptions{
		HTTPClient: client, Subprotocols: []string{stream.Subprotocol},
	})
	switch {
	case err != nil && response != nil && response.StatusCode == http.StatusServiceUnavailable:
		return nil, last()
	case err != nil:
		t.Fatal(err)
	}
	return conn, last()
}

// closedAfter returns the time until the socket closes, and its closing code.
func closedAfter(t *testing.T, conn *websocket.Conn) (time.Duration, websocket.StatusCode) {
	t.Helper()
	began := time.Now()
	_, _, err := conn.Read(t.Context())
	return time.Since(began), websocket.CloseStatus(err)
}

// TestSocket_InitWait proves that a socket that does not send connection_init closes with 4408: after ten seconds, and
// after three while half of the places are taken.
func TestSocket_InitWait(t *testing.T) {
	for name, row := range map[string]struct {
		others int           // silent sockets of other networks, which are closed only until places are not scarce
		after  time.Duration // until they open
		want   time.Duration
	}{
		"alone":                      {0, 0, stream.InitTimeout},
		"few others":                 {2, 0, stream.InitTimeout},
		"half are taken":             {3, time.Millisecond, stream.ScarceInitTimeout},
		"half are taken 4.5 s later": {3, 4500 * time.Millisecond, 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, p, stop := socketServer(t, stream.Limits{PerSession: 5, Total: 8})
				conn, _ := p.dialFrom(t, "192.0.2.1")
				go func() {
					time.Sleep(row.after)
					for n := range row.others {
						other, _ := p.dialFrom(t, fmt.Sprintf("10.0.%d.1", n))
						go func() { _, _, _ = other.Read(t.Context()) }()
					}
				}()
				got, code := closedAfter(t, conn)
				if code != 4408 || got != row.want {
					t.Errorf("closed after %v with %d, want %v with 4408", got, code, row.want)
				}
				time.Sleep(time.Minute)
				stream.CheckEmpty(t, s)
				stop()
			})
		})
	}
}

// TestSocket_Initialized proves that a socket that has sent connection_init stays open when places are scarce.
func TestSocket_Initialized(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p, stop := socketServer(t, stream.Limits{PerSession: 5, Total: 1})
		conn, _ := p.dialFrom(t, "192.0.2.1")
		time.Sleep(stream.ScarceInitTimeout - time.Millisecond)
		if err := wsjson.Write(t.Context(), conn, map[string]string{"type": "connection_init"}); err != nil {
			t.Fatal(err)
		}
		var ack struct{ Type string }
		if err := wsjson.Read(t.Context(), conn, &ack); err != nil || ack.Type != "connection_ack" {
			t.Fatalf("got %+v, %v", ack, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		if _, _, err := conn.Read(ctx); ctx.Err() == nil {
			t.Errorf("it closed: %v", err)
		}
		time.Sleep(time.Minute)
		stream.CheckEmpty(t, s)
		stop()
	})
}

// TestSocket_PlacesGivenBack proves that each way in which a socket ends gives its places back: at once if its connection
// closes, and when the connection is cut if the client does not answer the close frame. Until then they are taken.
func TestSocket_PlacesGivenBack(t *testing.T) {
	connectionInit := func(token string) any {
		return map[string]any{"type": "connection_init", "payload": map[string]string{"Authorization": "Bearer " + token}}
	}
	for name, row := range map[string]struct {
		send  []any
		drop  bool // the client drops the connection
		after time.Duration
	}{
		"silent":                             {nil, false, stream.InitTimeout + stream.CloseGrace},
		"dropped before connection_init":     {nil, true, 0},
		"a message that breaks the protocol": {[]any{"nonsense"}, false, stream.CloseGrace},
		"a panic during connection_init":     {[]any{connectionInit("panic")}, false, stream.CloseGrace},
		"refused":                            {[]any{connectionInit("")}, false, stream.CloseGrace},
		"dropped afterwards":                 {[]any{connectionInit("session_1")}, true, 0},
		"a bad message afterwards":           {[]any{connectionInit("session_1"), "nonsense"}, false, stream.CloseGrace},
		"its token expires":                  {[]any{connectionInit("session_1")}, false, time.Hour + stream.CloseGrace},
		"a second connection_init":           {[]any{connectionInit("session_1"), connectionInit("session_1")}, false, stream.CloseGrace},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, p, stop := socketServer(t, stream.Limits{PerSession: 5, Total: 8})
				conn, raw := p.dialFrom(t, "192.0.2.1")
				go func() { _, _ = io.Copy(io.Discard, raw) }() // reads, and answers no close frame
				for _, m := range row.send {
					if err := wsjson.Write(t.Context(), conn, m); err != nil {
						t.Fatal(err)
					}
				}
				synctest.Wait()
				if row.drop {
					_ = raw.Close()
					synctest.Wait()
				} else if row.after < time.Hour { // pings keep a socket alive
					time.Sleep(row.after - time.Millisecond)
					synctest.Wait()
					if s.Taken() != 1 {
						t.Errorf("%d places are taken while it is open, want 1", s.Taken())
					}
					time.Sleep(time.Millisecond)
					synctest.Wait()
				} else {
					time.Sleep(row.after)
				}
				if s.Taken() != 0 {
					t.Errorf("%d places are taken afterwards", s.Taken())
				}
				stream.CheckEmpty(t, s)
				_ = conn.CloseNow()
				stop()
			})
		})
	}
}
