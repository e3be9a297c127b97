package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"text/tabwriter"
	"time"

	"authgraph/bench/load"
)

// flood is what became of logins that were offered at a steady rate.
type flood struct {
	Offered, Served, Shed, Failed int
	ServedP50, ServedP99          time.Duration
	ServedMost                    time.Duration
	ShedP50, ShedP99, ShedMost    time.Duration
	IdleP99, P99                  time.Duration // p99 of `me`, before and during the overload
}

func overload(ctx context.Context, s settings, me load.Request) error {
	var f flood
	var err error
	if _, f.IdleP99, err = steady(ctx, me, s.each); err != nil {
		return err
	}
	during, cancel := context.WithTimeout(ctx, s.each)
	defer cancel()
	var mu sync.Mutex
	var served, shed []time.Duration
	var wrong error
	var all sync.WaitGroup
	all.Go(func() {
		load.Steady(during, s.offered, func(due time.Time) {
			n := f.Offered
			f.Offered++
			all.Go(func() {
				o, err := login(ctx, me.Address, n)
				mu.Lock()
				defer mu.Unlock()
				switch took := time.Since(due); {
				case err != nil:
					f.Failed++
					wrong = errors.Join(wrong, err)
				case o.Code == "":
					served = append(served, took)
				default:
					shed = append(shed, took)
				}
			})
		})
	})
	_, f.P99, err = steady(ctx, me, s.each)
	all.Wait()
	if err != nil {
		return err
	}
	f.Served, f.Shed = len(served), len(shed)
	f.ServedP50, f.ServedP99, f.ServedMost = load.Summary(served)
	f.ShedP50, f.ShedP99, f.ShedMost = load.Summary(shed)
	if err := save(s.file, f); err != nil {
		return err
	}
	fmt.Printf("%d logins/s offered for %v, and me at %d/s; %s, %d cores\n\n", s.offered, s.each, perSecond,
		runtime.Version(), runtime.NumCPU())
	t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	short := func(d time.Duration) time.Duration { return d.Round(10 * time.Microsecond) }
	_, _ = fmt.Fprintln(t, "logins\tcount\tp50\tp99\tmost")
	_, _ = fmt.Fprintf(t, "served\t%d\t%v\t%v\t%v\n", f.Served, short(f.ServedP50), short(f.ServedP99), short(f.ServedMost))
	_, _ = fmt.Fprintf(t, "shed\t%d\t%v\t%v\t%v\n", f.Shed, short(f.ShedP50), short(f.ShedP99), short(f.ShedMost))
	_, _ = fmt.Fprintf(t, "failed\t%d\n", f.Failed)
	_, _ = fmt.Fprintf(t, "p99 of me\t%v, idle %v: %.2f times\n", short(f.P99), short(f.IdleP99), float64(f.P99)/float64(f.IdleP99))
	if err := t.Flush(); err != nil {
		return err
	}
	return wrong
}
