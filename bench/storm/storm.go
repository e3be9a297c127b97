package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"
	"text/tabwriter"
	"time"

	"golang.org/x/crypto/bcrypt"

	"authgraph/bench/load"
	"authgraph/bench/target"
)

// cost is that of a production server, which has its own default.
const cost = 12

// figures are those of one round.
type figures struct {
	IdleP50, IdleP99         time.Duration // times of `me`
	StormP50, StormP99       time.Duration
	InlineIdleP99, InlineP99 time.Duration // times of the yardstick's fixed bytes
	Logins, InlineLogins     float64       // per second
	Sheds                    int
}

func storm(ctx context.Context, s settings, dir string, me load.Request) (err error) {
	hash, err := bcrypt.GenerateFromPassword([]byte(target.Password), cost)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	inline, err := target.Start(ctx, dir, "inline", nil, "/readyz", self, "-yardstick", "{address}", "-hash", string(hash))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, inline.Stop()) }()
	fixed := load.Request{Address: inline.Address, Raw: inline.Raw(document, "none"), Want: []byte("{}")}

	var rounds []figures
	for n := range s.rounds + 1 {
		var f figures
		if f.IdleP50, f.IdleP99, err = steady(ctx, me, s.each); err != nil {
			return fmt.Errorf("idle: %w", err)
		}
		if f.StormP50, f.StormP99, f.Logins, f.Sheds, err = stormy(ctx, s, me); err != nil {
			return fmt.Errorf("storm: %w", err)
		}
		if _, f.InlineIdleP99, err = steady(ctx, fixed, s.each/2); err != nil {
			return fmt.Errorf("yardstick: %w", err)
		}
		if _, f.InlineP99, f.InlineLogins, _, err = stormy(ctx, s, fixed); err != nil {
			return fmt.Errorf("yardstick: %w", err)
		}
		fmt.Fprintf(os.Stderr, "round %d of %d: %+v\n", n, s.rounds, f)
		if n > 0 { // the first warms up
			rounds = append(rounds, f)
		}
	}
	if err := save(s.file, rounds); err != nil {
		return err
	}
	return printRounds(s, rounds)
}

func steady(ctx context.Context, me load.Request, d time.Duration) (p50, p99 time.Duration, err error) {
	took, err := load.Open(ctx, me, perSecond, connections, d)
	p50, p99, _ = load.Summary(took)
	return p50, p99, err
}

// stormy is steady while clients log in without pause. A refused client waits for retryAfter. The rate of logins
// is of all that were begun in the time, over the time until the last of them was answered: with every one of them hashed at
// once, none is answered before all are.
func stormy(ctx context.Context, s settings, me load.Request) (p50, p99 time.Duration, rate float64, sheds int, err error) {
	going, stop := context.WithCancel(ctx)
	defer stop()
	var mu sync.Mutex
	var wrong error
	served := 0
	var last time.Time
	var clients sync.WaitGroup
	began := time.Now()
	for n := range s.clients {
		clients.Go(func() {
			for going.Err() == nil {
				o, err := login(ctx, me.Address, n)
				mu.Lock()
				switch {
				case err != nil:
					wrong = err
				case o.Code == "":
					served++
					last = time.Now()
				default:
					sheds++
				}
				mu.Unlock()
				select {
				case <-going.Done():
				case <-time.After(o.RetryAfter):
				}
			}
		})
	}
	p50, p99, err = steady(ctx, me, s.each)
	stop()
	clients.Wait()
	return p50, p99, float64(served) / max(last.Sub(began), s.each).Seconds(), sheds, cmp.Or(err, wrong)
}

func printRounds(s settings, rounds []figures) error {
	fmt.Printf("me at %d/s while %d clients log in without pause at cost %d, %d rounds of %v\n%s, %d cores; "+
		"only the ratios mean something.\n\n", perSecond, s.clients, cost, len(rounds), s.each, runtime.Version(), runtime.NumCPU())
	t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	row := func(name string, unit string, value func(figures) float64) {
		var all []float64
		for _, f := range rounds {
			all = append(all, value(f))
		}
		slices.Sort(all)
		_, _ = fmt.Fprintf(t, "%s\t%.2f%s\t%.2f\t%.2f\n", name, all[len(all)/2], unit, all[0], all[len(all)-1])
	}
	_, _ = fmt.Fprintln(t, "figure\tmedian\tfrom\tto")
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	row("p99 of me, idle", " ms", func(f figures) float64 { return ms(f.IdleP99) })
	row("p99 of me, storm", " ms", func(f figures) float64 { return ms(f.StormP99) })
	row("ratio of the two", "", func(f figures) float64 { return float64(f.StormP99) / float64(f.IdleP99) })
	row("ratio of the medians", "", func(f figures) float64 { return float64(f.StormP50) / float64(f.IdleP50) })
	row("logins", "/s", func(f figures) float64 { return f.Logins })
	row("logins to inline hashing's", "", func(f figures) float64 { return f.Logins / f.InlineLogins })
	row("sheds", "", func(f figures) float64 { return float64(f.Sheds) })
	row("p99 with inline hashing to its idle", "", func(f figures) float64 { return float64(f.InlineP99) / float64(f.InlineIdleP99) })
	return t.Flush()
}

// save writes the figures as JSON, unless path is empty.
func save(path string, figures any) error {
	if path == "" {
		return nil
	}
	data, err := json.MarshalIndent(figures, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(data, '\n'), 0o644)
}
