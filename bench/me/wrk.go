package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"time"

	"authgraph/bench/load"
	"authgraph/bench/target"
)

// wrkScript has wrk say at the end, as JSON, what it prints for people.
const wrkScript = `wrk.method = "POST"
wrk.body = %q
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Accept"] = "application/json"
wrk.headers["Authorization"] = %q
function done(summary, latency, requests)
  local e = summary.errors
  io.stderr:write(string.format('{"requests":%%d,"microseconds":%%d,"bytes":%%d,"p50":%%d,"p99":%%d,"errors":%%d}',
    summary.requests, summary.duration, summary.bytes, latency:percentile(50), latency:percentile(99),
    e.connect + e.read + e.write + e.status + e.timeout))
end
`

func runWrk(ctx context.Context, t tool, s *target.Server, j job, d time.Duration) (load.Result, error) {
	whole, err := wholeAnswer(s.Address, s.Raw(j.document, j.token))
	if err != nil {
		return load.Result{}, err
	}
	if err := t.write("wrk.lua", fmt.Appendf(nil, wrkScript, j.body(), "Bearer "+j.token)); err != nil {
		return load.Result{}, err
	}
	_, said, err := t.output(ctx, "-t", strconv.Itoa(min(j.clients, runtime.NumCPU())), "-c", strconv.Itoa(j.clients),
		"-d", strconv.FormatFloat(d.Seconds(), 'f', 0, 64)+"s", "-s", "wrk.lua", urlOf(s))
	if err != nil {
		return load.Result{}, err
	}
	return readWrk(said, whole, j.clients)
}

// readWrk is readHey for wrk, which counts whole answers, headers included, and parts of the last ones of its clients.
func readWrk(report []byte, whole, clients int) (load.Result, error) {
	var r struct{ Requests, Microseconds, Bytes, P50, P99, Errors int }
	if err := json.Unmarshal(report, &r); err != nil {
		return load.Result{}, fmt.Errorf("wrk says %s: %w", report, err)
	}
	if beyond := r.Bytes - r.Requests*whole; r.Requests == 0 || r.Errors > 0 || beyond < 0 || beyond > clients*whole {
		return load.Result{}, fmt.Errorf("wrk was answered otherwise than with %d bytes each: %s", whole, report)
	}
	micro := func(n int) time.Duration { return time.Duration(n) * time.Microsecond }
	return load.Result{Requests: r.Requests, Seconds: micro(r.Microseconds).Seconds(), P50: micro(r.P50), P99: micro(r.P99)}, nil
}

// wholeAnswer returns how many bytes a request is answered with, headers included.
func wholeAnswer(address string, raw []byte) (size int, err error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	if _, err := conn.Write(raw); err != nil {
		return 0, err
	}
	var received bytes.Buffer
	response, err := http.ReadResponse(bufio.NewReader(io.TeeReader(conn, &received)), nil)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, response.Body)
	return received.Len(), errors.Join(err, response.Body.Close())
}
