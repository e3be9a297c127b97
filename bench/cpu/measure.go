package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"authgraph/bench/load"
	"authgraph/bench/target"
)

// names are the names of the servers, in the order of their start.
var names = []string{"base", "head", "base again"}

// server is a server that is measured, with the clients of each kind of request.
type server struct {
	*target.Server
	metrics string // the address of its metrics
	clients map[string][]func() error
}

// cost is the cost of one request, the mean of a round.
type cost struct {
	processor          time.Duration
	allocations, bytes float64
}

// costs are the costs of a kind of request: by server, then by round.
type costs map[string][][]cost

// start starts a program on a database of its own, with an account and the clients of each kind.
func start(ctx context.Context, dir, program string, s settings) (own *server, err error) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	own = &server{clients: map[string][]func() error{}}
	if own.metrics, err = target.FreeAddress(); err != nil {
		return nil, err
	}
	environ := append(target.Production(dir), "AUTHGRAPH_BCRYPT_COST=10", "AUTHGRAPH_METRICS_ADDR="+own.metrics)
	if own.Server, err = target.Start(ctx, dir, "server", environ, "/readyz", program); err != nil {
		return nil, err
	}
	if err := own.connect(s); err != nil {
		return nil, errors.Join(err, own.Stop())
	}
	return own, nil
}

func (own *server) connect(s settings) error {
	token, err := own.Register(email)
	if err != nil {
		return err
	}
	for _, name := range s.kinds {
		k, ok := kinds[name]
		if !ok {
			return fmt.Errorf("unknown kind of request %q: use me, refresh or login", name)
		}
		for n := range s.clients {
			send, err := k.client(own.Server, token, n)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			own.clients[name] = append(own.clients[name], send)
		}
	}
	return nil
}

// measure sends the requests of each round. A first round warms up and is not counted.
func measure(ctx context.Context, s settings, servers []*server) (costs, error) {
	all := costs{}
	for _, name := range s.kinds {
		all[name] = make([][]cost, len(servers))
	}
	for round := range s.rounds + 1 {
		for _, name := range s.kinds {
			own, err := measureRound(ctx, name, servers)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			fmt.Fprintf(os.Stderr, "round %d of %d: %s:", round, s.rounds, name)
			for i, c := range own {
				fmt.Fprintf(os.Stderr, " %s %v", names[i], c.processor)
				if round > 0 {
					all[name][i] = append(all[name][i], c)
				}
			}
			fmt.Fprintln(os.Stderr)
		}
	}
	return all, nil
}

// slicesPerRound is the number of parts of a round. The load of the machine changes within a round, and with it the cost of a
// request, so the servers take short turns.
const slicesPerRound = 20

// measureRound returns the costs of one round by server. Each slice begins with another server.
func measureRound(ctx context.Context, name string, servers []*server) ([]cost, error) {
	n := kinds[name].slice * slicesPerRound
	before, err := totals(ctx, servers)
	if err != nil {
		return nil, err
	}
	times := make([]time.Duration, len(servers))
	for slice := range slicesPerRound {
		for turn := range servers {
			i := (turn + slice) % len(servers)
			d, err := servers[i].send(ctx, name)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", names[i], err)
			}
			times[i] += d
		}
	}
	after, err := totals(ctx, servers)
	if err != nil {
		return nil, err
	}
	all := make([]cost, len(servers))
	for i := range servers {
		all[i] = cost{
			processor:   times[i] / time.Duration(n),
			allocations: (after[i].allocations - before[i].allocations) / float64(n),
			bytes:       (after[i].bytes - before[i].bytes) / float64(n),
		}
	}
	return all, nil
}

// settleTime is the time after which a server has finished its last request, because its line is logged after the answer.
const settleTime = 2 * time.Millisecond

// send sends the requests of one slice and returns the processor time that they took.
func (own *server) send(ctx context.Context, name string) (time.Duration, error) {
	began, err := own.ProcessorTime()
	if err != nil {
		return 0, err
	}
	if err := load.Times(ctx, own.clients[name], kinds[name].slice); err != nil {
		return 0, err
	}
	time.Sleep(settleTime)
	ended, err := own.ProcessorTime()
	return ended - began, err
}

// totals returns what each process has allocated since its start.
func totals(ctx context.Context, servers []*server) ([]cost, error) {
	all := make([]cost, len(servers))
	for i, own := range servers {
		var err error
		if all[i].allocations, err = target.Metric(ctx, own.metrics, "go_memstats_mallocs_total"); err != nil {
			return nil, err
		}
		if all[i].bytes, err = target.Metric(ctx, own.metrics, "go_memstats_alloc_bytes_total"); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// profileTime is how long each profile is taken.
const profileTime = 8 * time.Second

// profile profiles base and head with each kind of request, one after the other.
func profile(ctx context.Context, s settings, servers []*server) error {
	if s.profile == "" {
		return nil
	}
	for _, name := range s.kinds {
		for i, own := range servers[:2] {
			working, stop := context.WithCancel(ctx)
			ended := make(chan error, 1)
			go func() {
				var err error
				for err == nil && working.Err() == nil {
					err = load.Times(ctx, own.clients[name], kinds[name].slice)
				}
				ended <- err
			}()
			err := target.Profile(ctx, own.metrics, profileTime, filepath.Join(s.profile, names[i]+"-"+name+".pprof"))
			stop()
			if err := errors.Join(err, <-ended); err != nil {
				return err
			}
		}
	}
	return nil
}
