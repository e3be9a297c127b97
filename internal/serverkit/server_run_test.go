package serverkit

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

// brokenListener accepts nothing, as a listener does whose socket is gone.
type brokenListener struct{ net.Listener }

var errBroken = errors.New("broken")

func (brokenListener) Accept() (net.Conn, error) { return nil, errBroken }

// A server that can't accept ends at once with the reason, and its jobs with it. They used to wait for a signal.
func TestService_ListenerFails(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	for _, tt := range []struct {
		name     string
		signaled bool
		fails    net.Listener
	}{
		{"while it serves", false, brokenListener{listener}},
		{"in the lame duck time", true, brokenListener{listener}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ctx, signal := context.WithCancel(t.Context())
			defer signal()
			if tt.signaled {
				signal()
			}
			running, stop := context.WithCancel(context.Background())
			var jobs sync.WaitGroup
			jobs.Go(func() { <-running.Done() })
			s := &service{&http.Server{Handler: http.NotFoundHandler()}, newConnections(tt.fails, 1<<30, nil), listener.Close, time.Hour, time.Hour, log}
			ended := make(chan error, 1)
			go func() { ended <- s.run(ctx, &jobs, stop) }()
			select {
			case err := <-ended:
				if !errors.Is(err, errBroken) {
					t.Errorf("got %v, want %v", err, errBroken)
				}
			case <-time.After(time.Minute): // a second on a machine with nothing else to do
				t.Fatal("it neither serves nor ends")
			}
		})
	}
}
