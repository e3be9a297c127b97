package main

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"authgraph/bench/load"
	"authgraph/bench/target"
)

func runHey(ctx context.Context, t tool, s *target.Server, j job, d time.Duration) (load.Result, error) {
	if err := t.write("hey.json", j.body()); err != nil {
		return load.Result{}, err
	}
	out, _, err := t.output(ctx, "-z", d.String(), "-c", strconv.Itoa(j.clients), "-m", "POST", "-T", "application/json",
		"-A", "application/json", "-H", "Authorization: Bearer "+j.token, "-D", "hey.json", urlOf(s))
	if err != nil {
		return load.Result{}, err
	}
	return readHey(out, len(j.want))
}

var (
	heyFigure = map[string]*regexp.Regexp{
		"total": regexp.MustCompile(`Total:\s+([\d.]+) secs`), "p50": regexp.MustCompile(`\n\s+50%+ in ([\d.]+) secs`),
		"p99": regexp.MustCompile(`\n\s+99%+ in ([\d.]+) secs`), "size": regexp.MustCompile(`Size/request:\s+(\d+) bytes`),
		"answers": regexp.MustCompile(`\[200\]\s+(\d+) responses`),
	}
	heyStatus = regexp.MustCompile(`\n\s+\[\d+\]\s`)
)

// readHey reads hey's report. It fails unless every answer had the status 200 and, on average, size bytes.
func readHey(report []byte, size int) (load.Result, error) {
	figure := map[string]float64{}
	for name, pattern := range heyFigure {
		found := pattern.FindSubmatch(report)
		if found == nil {
			return load.Result{}, fmt.Errorf("hey says no %s:\n%s", name, report)
		}
		value, err := strconv.ParseFloat(string(found[1]), 64)
		if err != nil {
			return load.Result{}, err
		}
		figure[name] = value
	}
	_, statuses, _ := bytes.Cut(report, []byte("Status code distribution:"))
	if len(heyStatus.FindAll(statuses, -1)) != 1 || int(figure["size"]) != size {
		return load.Result{}, fmt.Errorf("hey was answered otherwise than with %d bytes each:\n%s", size, report)
	}
	seconds := func(name string) time.Duration { return time.Duration(figure[name] * float64(time.Second)) }
	return load.Result{Requests: int(figure["answers"]), Seconds: figure["total"], P50: seconds("p50"), P99: seconds("p99")}, nil
}
