package httpapi

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// A socket stays open after the server's handler has returned. Its context is alive, the client's early bytes are readable, and
// its line in the log is written when the socket closes.
func TestDetached(t *testing.T) {
	early := strings.Repeat("0123456789", 2*socketBuffer/10)
	seen := make(chan context.Context)
	var lines bytes.Buffer
	written := make(chan struct{})
	handler := Detach(time.Minute, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusSwitchingProtocols)
		conn, both, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = conn.Close() }()
		if _, err := w.Write([]byte("late")); !errors.Is(err, http.ErrHijacked) {
			t.Errorf("writing an answer: got %v", err)
		}
		if _, _, err := w.(http.Hijacker).Hijack(); !errors.Is(err, http.ErrHijacked) {
			t.Errorf("hijacking it again: got %v", err)
		}
		seen <- r.Context()
		got := make([]byte, len(early))
		if _, err := io.ReadFull(both, got); err != nil || string(got) != early {
			t.Errorf("got %q, %v", got, err)
		}
		_, _ = both.WriteString("done\n")
		if err := both.Flush(); err != nil {
			t.Error(err)
		}
	}))
	returned := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(returned)
		Log(slog.New(slog.NewTextHandler(writerFunc(func(p []byte) (int, error) {
			defer close(written)
			return lines.Write(p)
		}), nil)), Addresses{}, handler).ServeHTTP(w, r)
	}))
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, "GET /graphql HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"+early); err != nil {
		t.Fatal(err)
	}
	<-returned
	ctx := <-seen
	if ctx.Err() != nil {
		t.Errorf("its context has ended: %v", ctx.Err())
	}
	reader := bufio.NewReader(conn)
	response, err := http.ReadResponse(reader, nil)
	if err != nil || response.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("got %v, %v", response, err)
	}
	if line, err := reader.ReadString('\n'); err != nil || line != "done\n" {
		t.Errorf("got %q, %v", line, err)
	}
	<-written
	if got := lines.String(); strings.Count(got, "msg=request") != 1 || !strings.Contains(got, "status=101") {
		t.Errorf("the log says %q", got)
	}
}

// A request that does not become a socket is answered and logged like any other.
func TestDetached_Refused(t *testing.T) {
	for name, row := range map[string]struct {
		handler http.HandlerFunc
		want    int
	}{
		"refused": {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusForbidden) }, http.StatusForbidden},
		"aborted": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			var lines bytes.Buffer
			h := Log(slog.New(slog.NewTextHandler(&lines, nil)), Addresses{}, Detach(time.Minute, row.handler))
			answer := httptest.NewRecorder()
			request := httptest.NewRequest(http.MethodGet, "/graphql", nil)
			func() {
				defer func() {
					if value := recover(); (value != nil) != (row.want == 0) {
						t.Errorf("it panicked with %v", value)
					}
				}()
				h.ServeHTTP(answer, request)
			}()
			if row.want != 0 && answer.Code != row.want {
				t.Errorf("got %d", answer.Code)
			}
			if strings.Count(lines.String(), "msg=request") != 1 {
				t.Errorf("the log says %q", lines.String())
			}
		})
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
