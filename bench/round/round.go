// Package round runs several targets in turn, over and over, and compares them: machines are noisy, and only what was
// measured side by side can be compared.
package round

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"text/tabwriter"
	"time"

	"authgraph/bench/load"
)

// Target is one of those that are compared.
type Target struct {
	Name string
	Run  func(d time.Duration) (load.Result, error)
}

// Row is what all rounds said of one target. Ratios are of its rate to the yardstick's in the same round.
type Row struct {
	Name        string
	Rate        float64 // requests per second: the median of the rounds
	P50, P99    time.Duration
	Ratio       float64 // the median
	Least, Most float64
	Rounds      []load.Result
}

// Interleave runs each target for d in each round, beginning with another one each time, and compares with the
// target at index yardstick. A first round warms up and is not counted.
func Interleave(targets []Target, yardstick, rounds int, d time.Duration, progress io.Writer) ([]Row, error) {
	results := make([][]load.Result, len(targets))
	for round := range rounds + 1 {
		for n := range targets {
			i := (n + round) % len(targets)
			result, err := targets[i].Run(d)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", targets[i].Name, err)
			}
			_, _ = fmt.Fprintf(progress, "round %d of %d: %s: %.0f/s\n", round, rounds, targets[i].Name, result.Rate())
			if round > 0 {
				results[i] = append(results[i], result)
			}
		}
	}
	rows := make([]Row, len(targets))
	for i, target := range targets {
		rows[i] = compare(target.Name, results[i], results[yardstick])
	}
	return rows, nil
}

// Against compares with another of the same rounds.
func (r Row) Against(yardstick Row) Row { return compare(r.Name, r.Rounds, yardstick.Rounds) }

func compare(name string, own, yardstick []load.Result) Row {
	var rates, ratios []float64
	var p50, p99 []time.Duration
	for i, r := range own {
		rates, ratios = append(rates, r.Rate()), append(ratios, r.Rate()/yardstick[i].Rate())
		p50, p99 = append(p50, r.P50), append(p99, r.P99)
	}
	return Row{
		Name: name, Rate: median(rates), P50: median(p50), P99: median(p99),
		Ratio: median(ratios), Least: slices.Min(ratios), Most: slices.Max(ratios), Rounds: own,
	}
}

// median is the middle one, or the mean of the two in the middle.
func median[T float64 | time.Duration](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// Print writes rows as a table.
func Print(w io.Writer, title string, rows []Row) error {
	if _, err := fmt.Fprintf(w, "%s\n%s, %d cores; only the ratios mean something.\n\n",
		title, runtime.Version(), runtime.NumCPU()); err != nil {
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(t, "target\trequests/s\tp50\tp99\tratio\tfrom\tto")
	for _, r := range rows {
		_, _ = fmt.Fprintf(t, "%s\t%.0f\t%v\t%v\t%.2f\t%.2f\t%.2f\n", r.Name, r.Rate,
			r.P50.Round(10*time.Microsecond), r.P99.Round(10*time.Microsecond), r.Ratio, r.Least, r.Most)
	}
	return t.Flush()
}

// Save writes rows as JSON, unless path is empty.
func Save(path string, rows []Row) error {
	if path == "" {
		return nil
	}
	data, err := json.MarshalIndent(rows, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(data, '\n'), 0o644)
}
