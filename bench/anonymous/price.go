package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"text/tabwriter"
	"time"

	"authgraph/bench/target"
)

// tick is the unit of processor time in /proc: USER_HZ is 100 on every platform of Linux.
const tick = 10 * time.Millisecond

// processorTime returns the processor time that a process has taken.
func processorTime(pid int) (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	total := time.Duration(0)
	for _, field := range fields[11:13] { // utime and stime: proc_pid_stat(5)
		n, err := strconv.ParseInt(string(field), 10, 64)
		if err != nil {
			return 0, err
		}
		total += time.Duration(n) * tick
	}
	return total, nil
}

// prices prints the processor time of the server for one request of each kind, one after the other for the given time.
func prices(ctx context.Context, server *target.Server, each time.Duration) error {
	t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(t, "request\tprocessor time\tbytes sent\tbytes answered")
	sent := 0
	for _, d := range documents {
		before, err := processorTime(server.PID())
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
		after, err := processorTime(server.PID())
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(t, "%s\t%v\t%d\t%d\n", d.name, ((after - before) / time.Duration(n)).Round(time.Microsecond), size, answered)
	}
	return t.Flush()
}
