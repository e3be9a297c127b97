package load

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestQuantile(t *testing.T) {
	for _, row := range []struct {
		name   string
		sorted []time.Duration
		q      float64
		want   time.Duration
	}{
		{"none", nil, 0.5, 0},
		{"one", []time.Duration{7}, 0.99, 7},
		{"median of two", []time.Duration{1, 2}, 0.5, 1},
		{"median of three", []time.Duration{1, 2, 3}, 0.5, 2},
		{"the last", []time.Duration{1, 2, 3, 4}, 0.99, 4},
		{"0 is the first", []time.Duration{1, 2}, 0, 1},
	} {
		if got := Quantile(row.sorted, row.q); got != row.want {
			t.Errorf("%s: got %d, want %d", row.name, got, row.want)
		}
	}
}

func TestClosed(t *testing.T) {
	for _, row := range []struct {
		name, answer string
		status       int
		want         string
	}{
		{"the wanted answer", "yes", http.StatusOK, ""},
		{"another answer", "no", http.StatusOK, "got no, want yes"},
		{"another status", "yes", http.StatusTeapot, "418"},
	} {
		t.Run(row.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(row.status)
				_, _ = w.Write([]byte(row.answer))
			}))
			defer server.Close()
			r := Request{
				Address: server.Listener.Addr().String(), Want: []byte("yes"),
				Raw: []byte("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
			}
			got, err := Closed(context.WithoutCancel(t.Context()), r, 2, time.Millisecond)
			if row.want == "" && (err != nil || got.Requests < 2) {
				t.Errorf("got %+v, %v, want at least a request of each client", got, err)
			}
			if row.want != "" && (err == nil || !strings.Contains(err.Error(), row.want)) {
				t.Errorf("got %v, want %q", err, row.want)
			}
		})
	}
}

func TestTimes(t *testing.T) {
	var acts atomic.Int64
	act := func() error { acts.Add(1); return nil }
	if err := Times(t.Context(), []func() error{act, act, act}, 100); err != nil || acts.Load() != 100 {
		t.Errorf("got %d acts, %v, want 100", acts.Load(), err)
	}
	wrong := errors.New("wrong")
	if err := Times(t.Context(), []func() error{func() error { return wrong }}, 10); !errors.Is(err, wrong) {
		t.Errorf("a client that fails: got %v, want %v", err, wrong)
	}
}
