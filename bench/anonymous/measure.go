package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"authgraph/bench/target"
)

const (
	// bar is the part of the quiet rate that is demanded of the flooded one.
	bar = 0.8
	// accounts is the number of accounts that sign in.
	accounts = 16
)

// figures are the outcome of a run: sign-ins per second in each window, in order.
type figures struct {
	Quiet, Flooded   []float64
	Ratio            float64 // ratio of the medians
	Flood            counts
	CPU              []float64 // processor time of the server in each flooded window, in cores
	LoadBefore, Load string    // load averages of the machine
}

// signIns are clients that sign in without pause.
type signIns struct {
	done  atomic.Int64
	other atomic.Int64 // refused sign-ins
	stop  context.CancelFunc
	all   sync.WaitGroup
	mu    sync.Mutex
	wrong error
}

// begin starts clients, each at an address of a network of its own. A refused client waits for retryAfter.
func begin(ctx context.Context, server string, clients int) *signIns {
	going, stop := context.WithCancel(ctx)
	s := &signIns{stop: stop}
	for n := range clients {
		s.all.Go(func() {
			for i := n; going.Err() == nil; i++ {
				a, err := target.Login(ctx, server, fmt.Sprintf("198.51.%d.%d", n, i%200), person(i), target.Password, "")
				switch {
				case err != nil:
					s.mu.Lock()
					s.wrong = err
					s.mu.Unlock()
				case a.Code == "":
					s.done.Add(1)
				default:
					s.other.Add(1)
				}
				select {
				case <-going.Done():
				case <-time.After(a.RetryAfter):
				}
			}
		})
	}
	return s
}

func (s *signIns) end() error {
	s.stop()
	s.all.Wait()
	return s.wrong
}

// rate returns the sign-ins per second in the time that comes.
func (s *signIns) rate(d time.Duration) float64 {
	before, began := s.done.Load(), time.Now()
	time.Sleep(d)
	return float64(s.done.Load()-before) / time.Since(began).Seconds()
}

func person(n int) string { return fmt.Sprintf("person%d@example.com", n%accounts) }

func measure(ctx context.Context, s settings, server *target.Server) (err error) {
	for n := range accounts {
		a, err := target.RegisterFrom(ctx, server.Address, fmt.Sprintf("198.51.100.%d", n), person(n))
		if err != nil || a.Code != "" {
			return errors.Join(err, fmt.Errorf("register answered %s", a.Code))
		}
	}
	f := figures{Flood: counts{}, LoadBefore: target.LoadAverage()}
	clients := begin(ctx, server.Address, s.clients)
	defer func() { err = errors.Join(err, clients.end()) }()
	time.Sleep(3 * s.settle)
	for n := range s.windows {
		f.Quiet = append(f.Quiet, clients.rate(s.each))
		if err := f.flooded(ctx, s, server, clients); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "window %d of %d: %.1f sign-ins/s, flooded %.1f; the server took %.2f cores; flood %v\n",
			n+1, s.windows, f.Quiet[n], f.Flooded[n], f.CPU[n], f.Flood)
	}
	f.Ratio, f.Load = median(f.Flooded)/median(f.Quiet), target.LoadAverage()
	return report(s, f, clients.other.Load())
}

// flooded measures one flooded window.
func (f *figures) flooded(ctx context.Context, s settings, server *target.Server, clients *signIns) error {
	stop, err := target.Generator(ctx, "-generate", server.Address, "-rate", fmt.Sprint(s.perSecond), "-networks", fmt.Sprint(s.networks),
		"-kind", s.kind)
	if err != nil {
		return err
	}
	time.Sleep(s.settle)
	before, err := server.ProcessorTime()
	if err != nil {
		return err
	}
	f.Flooded = append(f.Flooded, clients.rate(s.each))
	after, err := server.ProcessorTime()
	if err != nil {
		return err
	}
	f.CPU = append(f.CPU, (after-before).Seconds()/s.each.Seconds())
	answers := counts{}
	if err := stop(&answers); err != nil {
		return err
	}
	for code, n := range answers {
		f.Flood[code] += n
	}
	time.Sleep(s.settle)
	return nil
}

func report(s settings, f figures, refused int64) error {
	if s.file != "" {
		data, err := json.MarshalIndent(f, "", "  ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(s.file, append(data, '\n'), 0o644); err != nil {
			return err
		}
	}
	fmt.Printf("%d clients sign in without pause, %d windows of %v; the flood: %d requests/s from %d networks, answers %v\n"+
		"%s, %d cores, load average %s before and %s after\n\n", s.clients, s.windows, s.each, s.perSecond, s.networks, f.Flood,
		runtime.Version(), runtime.NumCPU(), f.LoadBefore, f.Load)
	fmt.Printf("sign-ins/s: median %.2f quiet (%.2f to %.2f), %.2f flooded (%.2f to %.2f), %d refused\nratio %.2f (bar %.2f)\n",
		median(f.Quiet), slices.Min(f.Quiet), slices.Max(f.Quiet), median(f.Flooded), slices.Min(f.Flooded), slices.Max(f.Flooded), refused, f.Ratio, bar)
	if f.Ratio < bar {
		return errors.New("the bar was missed")
	}
	return nil
}

// median returns the middle value, or the mean of the two in the middle.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
