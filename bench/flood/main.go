// Command flood measures who can still sign in while networks flood the server with sign-ins: 64 networks of one /48 and
// 16 of another send login at a steady rate each, for addresses without an account. During the flood, sign-ins with a device
// cookie from the flooding /48, and sign-ins without one from an unrelated network, are tried at a steady pace. Each try
// may wait once for the retryAfter of the response. The command fails if fewer succeed than the bars demand.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime"
	"time"

	"authgraph/bench/target"
)

type settings struct {
	tries, perSecond int
	pace, warmUp     time.Duration
	file             string
}

// The bars, of 300 tries each.
const (
	barTries     = 300
	barCookie    = 280
	barUnrelated = 235
)

func main() {
	var s settings
	flag.IntVar(&s.tries, "tries", barTries, "number of sign-ins of each kind")
	flag.IntVar(&s.perSecond, "rate", 26, "requests per second of each flooding /48")
	flag.DurationVar(&s.pace, "pace", time.Second, "time between two tries of a kind")
	flag.DurationVar(&s.warmUp, "warmup", 5*time.Second, "time of the flood before the first try")
	flag.StringVar(&s.file, "json", "", "file for the figures as JSON")
	address := flag.String("generate", "", "flood the server at this address until standard input ends")
	flag.Parse()
	err := error(nil)
	if *address != "" {
		err = generate(*address, s.perSecond)
	} else {
		err = run(s)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(s settings) (err error) {
	dir, err := os.MkdirTemp("", "authgraph-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	program, err := target.Build(ctx, dir)
	if err != nil {
		return err
	}
	environ := append(target.Production(dir), "AUTHGRAPH_RATE_LIMITS=true", "AUTHGRAPH_TRUSTED_PROXIES=127.0.0.0/8")
	server, err := target.Start(ctx, dir, "authgraph", environ, "/readyz", program)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	visitors, err := makeVisitors(ctx, server.Address)
	if err != nil {
		return err
	}
	stop, err := target.Generator(ctx, "-generate", server.Address, "-rate", fmt.Sprint(s.perSecond))
	if err != nil {
		return err
	}
	before := target.LoadAverage()
	time.Sleep(s.warmUp)
	cookie, unrelated := tryAll(ctx, server.Address, visitors, s.tries, s.pace)
	var flooded counts
	if err := stop(&flooded); err != nil {
		return err
	}
	return report(s, figures{cookie, unrelated, flooded, before, target.LoadAverage()})
}

// figures are the outcome of a run.
type figures struct {
	Cookie, Unrelated outcome
	Flood             counts // answers to the flood by code
	LoadBefore, Load  string // load averages of the machine
}

func report(s settings, f figures) error {
	if s.file != "" {
		data, err := json.MarshalIndent(f, "", "  ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(s.file, append(data, '\n'), 0o644); err != nil {
			return err
		}
	}
	fmt.Printf("flood of 64 and 16 networks at %d requests/s for each /48: %v\n%s, %d cores, load average %s before and %s after\n\n",
		s.perSecond, f.Flood, runtime.Version(), runtime.NumCPU(), f.LoadBefore, f.Load)
	var missed error
	for _, row := range []struct {
		name string
		outcome
		bar int
	}{{"with a device cookie, from the flooding /48", f.Cookie, barCookie}, {"without one, from an unrelated network", f.Unrelated, barUnrelated}} {
		want := (row.bar*s.tries + barTries - 1) / barTries
		fmt.Printf("%s: %d of %d signed in (bar %d), %d of them at the second try; refused %v; median %v, slowest %v\n",
			row.name, row.Succeeded, s.tries, want, row.Second, row.Refused, row.P50.Round(time.Millisecond), row.Slowest.Round(time.Millisecond))
		if row.Succeeded < want {
			missed = errors.Join(missed, fmt.Errorf("%s: the bar was missed", row.name))
		}
	}
	return missed
}
