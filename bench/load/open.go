package load

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// maxLate is how many requests of an open loop may wait for a connection before the run is given up.
const maxLate = 1 << 16

// Open runs an open loop: requests are due at a steady rate, whether or not the ones before have been answered, and are
// measured from when they were due. So a server that stands still for a second is seen by all who would have come in it.
func Open(ctx context.Context, r Request, perSecond int, connections int, d time.Duration) ([]time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	due := make(chan time.Time, maxLate)
	took := make([][]time.Duration, connections)
	errs := make([]error, connections)
	var wait sync.WaitGroup
	for i := range connections {
		wait.Go(func() { took[i], errs[i] = r.serve(due) })
	}
	Steady(ctx, perSecond, func(at time.Time) { due <- at })
	close(due)
	wait.Wait()
	var all []time.Duration
	for _, some := range took {
		all = append(all, some...)
	}
	return all, errors.Join(errs...)
}

// Steady calls f with the times at which something is due until ctx ends. Late, it makes up for what it has missed.
func Steady(ctx context.Context, perSecond int, f func(due time.Time)) {
	pause := time.Second / time.Duration(perSecond)
	for at := time.Now(); ; at = at.Add(pause) {
		timer := time.NewTimer(time.Until(at))
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
			f(at)
		}
	}
}

// serve sends what is due over one connection until there is no more.
func (r Request) serve(due <-chan time.Time) (took []time.Duration, err error) {
	conn, err := net.Dial("tcp", r.Address)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	answers := bufio.NewReader(conn)
	for at := range due {
		if _, err := conn.Write(r.Raw); err != nil {
			return nil, err
		}
		body, err := read(answers)
		if err != nil {
			return nil, err
		}
		took = append(took, time.Since(at))
		if !bytes.Equal(body, r.Want) {
			return nil, fmt.Errorf("got %s, want %s", body, r.Want)
		}
	}
	return took, nil
}
