package main

import (
	"strings"
	"testing"
	"time"

	"authgraph/bench/load"
)

const heyReport = `
Summary:
  Total:	1.0068 secs
  Requests/sec:	21486.7607
  
  Total data:	562458 bytes
  Size/request:	26 bytes

Latency distribution:
  50%% in 0.0011 secs
  99%% in 0.0065 secs

Status code distribution:
  [200]	21633 responses
`

const vegetaReport = `{"latencies":{"total":24672719434,"50th":792279,"99th":8698413},"bytes_in":{"total":411658,"mean":26},` +
	`"duration":1000375899,"wait":386101,"requests":15833,"success":1,"status_codes":{"200":15833},"errors":[]}`

const wrkReport = `{"requests":31074,"microseconds":1008472,"bytes":4163916,"p50":748,"p99":51502,"errors":0}`

// A tool's report is accepted only if every answer had the expected length.
func TestReadReports(t *testing.T) {
	hey := func(report string) (load.Result, error) { return readHey([]byte(report), 26) }
	vegeta := func(report string) (load.Result, error) { return readVegeta([]byte(report), 26) }
	wrk := func(report string) (load.Result, error) { return readWrk([]byte(report), 134, 32) }
	micro := time.Microsecond
	for _, row := range []struct {
		name     string
		read     func(report string) (load.Result, error)
		report   string
		from, to string // the replaced text of the report
		want     load.Result
	}{
		{"hey", hey, heyReport, "", "", load.Result{Requests: 21633, Seconds: 1.0068, P50: 1100 * micro, P99: 6500 * micro}},
		{"hey, another length", hey, heyReport, "Size/request:	26", "Size/request:	25", load.Result{}},
		{"hey, another status", hey, heyReport, "responses\n", "responses\n  [503]	1 responses\n", load.Result{}},
		{"hey, no such status", hey, heyReport, "[200]", "[401]", load.Result{}},
		{"hey, errors", hey, heyReport, "responses\n", "responses\n\nError distribution:\n  [1]	connection reset\n", load.Result{}},
		{"vegeta", vegeta, vegetaReport, "", "", load.Result{Requests: 15833, Seconds: 1.000762, P50: 792279, P99: 8698413}},
		{"vegeta, another length", vegeta, vegetaReport, "411658", "411659", load.Result{}},
		{"vegeta, errors", vegeta, vegetaReport, `"success":1`, `"success":0.99`, load.Result{}},
		{"vegeta, nothing", vegeta, vegetaReport, vegetaReport, `{}`, load.Result{}},
		{"wrk", wrk, wrkReport, "", "", load.Result{Requests: 31074, Seconds: 1.008472, P50: 748 * micro, P99: 51502 * micro}},
		{"wrk, parts of the last answers", wrk, wrkReport, "4163916", "4164916", load.Result{Requests: 31074, Seconds: 1.008472, P50: 748 * micro, P99: 51502 * micro}},
		{"wrk, longer answers", wrk, wrkReport, "4163916", "4183916", load.Result{}},
		{"wrk, shorter answers", wrk, wrkReport, "4163916", "4163915", load.Result{}},
		{"wrk, errors", wrk, wrkReport, `"errors":0`, `"errors":1`, load.Result{}},
		{"wrk, no JSON", wrk, wrkReport, wrkReport, "unable to connect", load.Result{}},
	} {
		got, err := row.read(strings.Replace(row.report, row.from, row.to, 1))
		if got != row.want || (err == nil) != (row.want.Requests > 0) {
			t.Errorf("%s: got %+v, %v, want %+v", row.name, got, err, row.want)
		}
	}
}
