// Command logout measures how soon a logout on one of three instances holds on the others: from its answer to the first
// UNAUTHENTICATED on each, and whether a request that began later than a second after it was still answered. All is well
// at first; then the connections to the database are cut, or their notifications swallowed, in the middle. The same for
// a role that is taken away; and, for a subscription that the role has opened on each of the others, how soon it ends,
// and whether an event that was written later than a second after was still sent.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"authgraph/bench/load"
	"authgraph/internal/proxy"
)

// row is what one way of things going wrong came to.
type row struct {
	Name          string
	Times         int
	P50, P99, Max time.Duration
	Late          int // requests that began later than a second after the answer, and were answered; or events, and were sent
}

// bound is after which no request succeeds.
const bound = time.Second

func main() {
	logouts := flag.Int("logouts", 1000, "how many of each while all is well")
	troubled := flag.Int("troubled", 100, "how many in each kind of trouble")
	streams := flag.Int("streams", 100, "how many of each with a subscription open: one takes a second and a half")
	file := flag.String("json", "", "a file for the figures as JSON")
	flag.Parse()
	if err := run(*logouts, *troubled, *streams, *file); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(logouts, troubled, streams int, file string) (err error) {
	f, err := startFleet(context.Background())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.stop()) }()
	var rows []row
	late := 0
	type take = func(int, func(*proxy.Proxy)) ([]time.Duration, int, error)
	for _, kind := range []struct {
		name    string
		count   int
		take    take
		trouble func(*proxy.Proxy)
	}{
		{"logout, all well", logouts, f.ended, nil},
		{"logout, connections cut", troubled, f.ended, (*proxy.Proxy).Cut},
		{"logout, notifications swallowed", troubled, f.ended, (*proxy.Proxy).SwallowListeners},
		{"role, all well", logouts, f.demoted, nil},
		{"role, connections cut", troubled, f.demoted, (*proxy.Proxy).Cut},
		{"role, notifications swallowed", troubled, f.demoted, (*proxy.Proxy).SwallowListeners},
		{"role, open subscription, all well", streams, f.unheard, nil},
		{"role, open subscription, connections cut", streams, f.unheard, (*proxy.Proxy).Cut},
		{"role, open subscription, notifications swallowed", streams, f.unheard, (*proxy.Proxy).SwallowListeners},
	} {
		r := row{Name: kind.name, Times: kind.count}
		var took []time.Duration
		for n := range kind.count {
			latencies, after, err := kind.take(n, kind.trouble)
			if err != nil {
				return fmt.Errorf("%s: %w", kind.name, err)
			}
			took, r.Late = append(took, latencies...), r.Late+after
		}
		r.P50, r.P99, r.Max = load.Summary(took)
		rows, late = append(rows, r), late+r.Late
		_, _ = fmt.Fprintf(os.Stderr, "%s: done\n", kind.name)
	}
	if late > 0 {
		err = fmt.Errorf("%d times the loss did not hold within %v", late, bound)
	}
	return errors.Join(print(rows, file), err)
}

func print(rows []row, file string) error {
	fmt.Printf("from the answer of a logout, or of the loss of a role, on one instance to the refusal on two others\n\n")
	t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(t, "case\ttimes\tp50\tp99\tmost\tanswered or sent later than 1 s")
	for _, r := range rows {
		_, _ = fmt.Fprintf(t, "%s\t%d\t%v\t%v\t%v\t%d\n", r.Name, r.Times, r.P50.Round(10*time.Microsecond),
			r.P99.Round(10*time.Microsecond), r.Max.Round(10*time.Microsecond), r.Late)
	}
	if err := t.Flush(); err != nil || file == "" {
		return err
	}
	data, err := json.MarshalIndent(rows, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(data, '\n'), 0o644)
}
