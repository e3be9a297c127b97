package serverkit

import (
	"errors"
	"io"
	"net"
	"runtime"
	"testing"
	"time"
)

// Connections that wait when the listener closes are served, not reset.
func TestListener_Finish(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux accepts the connections that wait")
	}
	l, err := listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	const clients = 5
	var waiting []net.Conn
	for range clients { // the system completes them, and the server accepts none
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		if _, err := io.WriteString(conn, "sent"); err != nil {
			t.Fatal(err)
		}
		waiting = append(waiting, conn)
	}
	if err := l.finish(); err != nil {
		t.Fatal(err)
	}
	for range clients {
		conn, err := l.Accept()
		if err != nil {
			t.Fatalf("got %v, want a connection that waited", err)
		}
		got := make([]byte, 4)
		if _, err := io.ReadFull(conn, got); err != nil || string(got) != "sent" {
			t.Errorf("read %q, %v, want what the client sent", got, err)
		}
		if _, err := io.WriteString(conn, "answer"); err != nil {
			t.Error(err)
		}
		_ = conn.Close()
	}
	for _, conn := range waiting {
		_ = conn.SetDeadline(time.Now().Add(time.Minute))
		if got, err := io.ReadAll(conn); err != nil || string(got) != "answer" {
			t.Errorf("a client read %q, %v, want its answer", got, err)
		}
	}
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("got %v after the last, want %v", err, net.ErrClosed)
	}
	if _, err := net.Dial("tcp", l.Addr().String()); err == nil {
		t.Error("a new connection was accepted, want it refused")
	}
}

// TestListener_Flood proves that a listener closes although more clients connect than it takes.
func TestListener_Flood(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux accepts the connections that wait")
	}
	l, err := listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
	}
	waiting := acceptWaiting(l.TCPListener, 3)
	if len(waiting) != 3 {
		t.Errorf("accepted %d, want 3", len(waiting))
	}
	for _, conn := range waiting {
		_ = conn.Close()
	}
	if _, err := net.Dial("tcp", l.Addr().String()); err == nil {
		t.Error("it still listens")
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}
