// Package load sends one request over and over, on connections that stay open, and measures each answer.
package load

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Request is what is sent, and what must come back; anything else ends the run.
type Request struct {
	Address string // host:port
	Raw     []byte // the whole HTTP/1.1 request
	Want    []byte // the body of the answer
}

// Result is what one run measured.
type Result struct {
	Requests int
	Seconds  float64
	P50, P99 time.Duration
}

// Rate is requests per second.
func (r Result) Rate() float64 { return float64(r.Requests) / r.Seconds }

// Closed runs a closed loop: each of clients sends its next request when it has the answer to the last. It returns an
// error for the first answer that is not the wanted one.
func Closed(ctx context.Context, r Request, clients int, d time.Duration) (Result, error) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	took := make([][]time.Duration, clients)
	errs := make([]error, clients)
	var wait sync.WaitGroup
	start := time.Now()
	for i := range clients {
		wait.Go(func() { took[i], errs[i] = r.loop(ctx) })
	}
	wait.Wait()
	seconds := time.Since(start).Seconds()
	if err := errors.Join(errs...); err != nil {
		return Result{}, err
	}
	all := slices.Concat(took...)
	slices.Sort(all)
	return Result{len(all), seconds, Quantile(all, 0.50), Quantile(all, 0.99)}, nil
}

// Each has each client do what it does over and over until d has passed, and for once at least. The first error ends the
// run.
func Each(clients []func() error, d time.Duration) (Result, error) {
	took := make([][]time.Duration, len(clients))
	errs := make([]error, len(clients))
	var wait sync.WaitGroup
	start := time.Now()
	for i, act := range clients {
		wait.Go(func() {
			for len(took[i]) == 0 || time.Since(start) < d {
				began := time.Now()
				if errs[i] = act(); errs[i] != nil {
					return
				}
				took[i] = append(took[i], time.Since(began))
			}
		})
	}
	wait.Wait()
	seconds := time.Since(start).Seconds()
	if err := errors.Join(errs...); err != nil {
		return Result{}, err
	}
	all := slices.Concat(took...)
	p50, p99, _ := Summary(all)
	return Result{len(all), seconds, p50, p99}, nil
}

// Times has the clients act n times in total, each again as soon as it is done. The first error of a client ends its part.
func Times(ctx context.Context, clients []func() error, n int) error {
	var begun atomic.Int64
	errs := make([]error, len(clients))
	var wait sync.WaitGroup
	for i, act := range clients {
		wait.Go(func() {
			for errs[i] == nil && begun.Add(1) <= int64(n) {
				errs[i] = errors.Join(ctx.Err(), act())
			}
		})
	}
	wait.Wait()
	return errors.Join(errs...)
}

// loop uses one connection until ctx ends, and for one request at least.
func (r Request) loop(ctx context.Context) (took []time.Duration, err error) {
	conn := &Connection{Address: r.Address}
	defer conn.Close()
	for len(took) == 0 || ctx.Err() == nil {
		began := time.Now()
		if err := r.Send(conn); err != nil {
			return nil, err
		}
		took = append(took, time.Since(began))
	}
	return took, nil
}

// Send sends the request on a connection and checks the answer.
func (r Request) Send(conn *Connection) error {
	body, err := conn.Send(r.Raw)
	if err != nil {
		return err
	}
	if !bytes.Equal(body, r.Want) {
		return fmt.Errorf("got %s, want %s", body, r.Want)
	}
	return nil
}

// read returns the body of one answer whose status must be 200.
func read(answers *bufio.Reader) ([]byte, error) {
	response, err := http.ReadResponse(answers, nil)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("got %s: %s", response.Status, body)
	}
	return body, nil
}

// Summary returns the median, the 99th percentile and the greatest of took, which it sorts.
func Summary(took []time.Duration) (p50, p99, most time.Duration) {
	slices.Sort(took)
	return Quantile(took, 0.50), Quantile(took, 0.99), Quantile(took, 1)
}

// Quantile returns the smallest of sorted that at least the share q does not exceed (nearest rank); 0 for none.
func Quantile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	rank := int(q*float64(len(sorted)) + 0.9999999)
	return sorted[min(max(rank, 1), len(sorted))-1]
}
