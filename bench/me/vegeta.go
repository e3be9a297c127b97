package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"authgraph/bench/load"
	"authgraph/bench/target"
)

func runVegeta(ctx context.Context, t tool, s *target.Server, j job, d time.Duration) (load.Result, error) {
	targets := fmt.Sprintf("POST %s\nContent-Type: application/json\nAccept: application/json\nAuthorization: Bearer %s\n@vegeta.json\n", urlOf(s), j.token)
	if err := errors.Join(t.write("vegeta.txt", []byte(targets)), t.write("vegeta.json", j.body())); err != nil {
		return load.Result{}, err
	}
	clients := strconv.Itoa(j.clients)
	if _, _, err := t.output(ctx, "attack", "-targets", "vegeta.txt", "-rate", "0", "-workers", clients, "-max-workers", clients,
		"-connections", clients, "-duration", d.String(), "-output", "vegeta.bin"); err != nil {
		return load.Result{}, err
	}
	out, _, err := t.output(ctx, "report", "-type", "json", "vegeta.bin")
	if err != nil {
		return load.Result{}, err
	}
	return readVegeta(out, len(j.want))
}

// readVegeta is readHey for vegeta's report.
func readVegeta(report []byte, size int) (load.Result, error) {
	var r struct {
		Latencies struct {
			P50 time.Duration `json:"50th"`
			P99 time.Duration `json:"99th"`
		}
		BytesIn struct{ Total int } `json:"bytes_in"`
		// Duration is the time of sending; Wait is the additional time of the last answer.
		Duration, Wait time.Duration
		Requests       int
		Success        float64
	}
	if err := json.Unmarshal(report, &r); err != nil {
		return load.Result{}, fmt.Errorf("vegeta says %s: %w", report, err)
	}
	if r.Requests == 0 || r.Success != 1 || r.BytesIn.Total != r.Requests*size {
		return load.Result{}, fmt.Errorf("vegeta was answered otherwise than with %d bytes each:\n%s", size, report)
	}
	return load.Result{Requests: r.Requests, Seconds: (r.Duration + r.Wait).Seconds(), P50: r.Latencies.P50, P99: r.Latencies.P99}, nil
}
