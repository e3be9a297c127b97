package main

import (
	"context"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"authgraph/bench/target"
)

// prices prints the processor time of the server for one request of each kind, one after the other for the given time.
func prices(ctx context.Context, server *target.Server, each time.Duration) error {
	t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(t, "request\tprocessor time\tbytes sent\tbytes answered")
	sent := 0
	for _, d := range documents {
		before, err := server.ProcessorTime()
		if err != nil {
			return err
		}
		n, size, answered := 0, 0, 0
		for began := time.Now(); time.Since(began) < each; n++ {
			sent++
			body := d.body(sent)
			answer, _, err := target.Post(ctx, server.Address, "192.0.2.1", body, nil)
			if err != nil {
				return err
			}
			size, answered = len(body), len(answer)
			if n == 0 {
				fmt.Fprintf(os.Stderr, "%s: %.150s\n", d.name, answer)
			}
		}
		after, err := server.ProcessorTime()
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(t, "%s\t%v\t%d\t%d\n", d.name, ((after - before) / time.Duration(n)).Round(time.Microsecond), size, answered)
	}
	return t.Flush()
}
