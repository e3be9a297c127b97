package serverkit

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// service is a server that is ready to serve.
type service struct {
	http     *http.Server
	listener *connections
	finish   func() error // stops listening, and loses no connection that waits
	lameDuck time.Duration
	drain    time.Duration
	log      *slog.Logger
}

// run serves until ctx ends, or until serving fails. stop must end the background jobs, whatever ended the serving. run
// returns when all jobs have ended and all requests have finished, but waits at most drain for requests.
func (s *service) run(ctx context.Context, background *sync.WaitGroup, stop func()) error {
	defer func() { stop(); background.Wait() }()

	// 1. Serve until the first signal. From then on /readyz fails and answers end their connections.
	s.http.ConnState = s.listener.state
	failed := make(chan error, 1)
	go func() { failed <- s.http.Serve(s.listener) }()
	var failure error
	select {
	case failure = <-failed:
	case <-ctx.Done():
		// 2. Keep serving while load balancers notice.
		failure = s.serveLameDuck(failed)
	}

	// 3. End streams and jobs, stop listening, and let requests finish.
	s.log.Info("server stopping", "timeout", s.drain.String())
	stop()
	if failure == nil {
		failure = s.finish()
		<-failed //nolint:errcheck // Serve returns since the listener is closed, after it has taken the last connections.
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.drain)
	defer cancel()
	s.listener.finished(drain)
	err := s.http.Shutdown(drain)
	if err != nil {
		err = errors.Join(err, s.http.Close())
	}
	return errors.Join(failure, err)
}

// serveLameDuck serves on for the lame duck time. It returns early with an error if serving fails.
func (s *service) serveLameDuck(failed <-chan error) error {
	if s.lameDuck <= 0 {
		return nil
	}
	s.log.Info("server not ready, still serving", "lameDuck", s.lameDuck.String())
	timer := time.NewTimer(s.lameDuck)
	defer timer.Stop()
	select {
	case failure := <-failed:
		return failure
	case <-timer.C:
		return nil
	}
}
