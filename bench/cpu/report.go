package main

import (
	"cmp"
	"fmt"
	"io"
	"runtime"
	"slices"
	"text/tabwriter"
)

// report writes a table of the medians, and of the ratios to base in the same round.
func report(w io.Writer, s settings, all costs) error {
	if _, err := fmt.Fprintf(w, "base %s, head %s, %d connections, %d rounds, %s, %d cores\n\n",
		s.base, cmp.Or(s.head, "(the files here)"), s.clients, s.rounds, runtime.Version(), runtime.NumCPU()); err != nil {
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(t, "request\tserver\tCPU µs\tratio\tlower quartile\tupper quartile\tallocations\tbytes")
	for _, name := range s.kinds {
		for i, rounds := range all[name] {
			var times, ratios, allocations, bytes []float64
			for n, c := range rounds {
				times = append(times, float64(c.processor.Nanoseconds())/1e3)
				ratios = append(ratios, float64(c.processor)/float64(all[name][0][n].processor))
				allocations, bytes = append(allocations, c.allocations), append(bytes, c.bytes)
			}
			_, _ = fmt.Fprintf(t, "%s\t%s\t%.1f\t%.3f\t%.3f\t%.3f\t%.0f\t%.0f\n", name, names[i], quantile(times, 0.5),
				quantile(ratios, 0.5), quantile(ratios, 0.25), quantile(ratios, 0.75), quantile(allocations, 0.5), quantile(bytes, 0.5))
		}
	}
	return t.Flush()
}

// quantile returns the value that the share q does not exceed, interpolated between its two neighbours.
func quantile(values []float64, q float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	at := q * float64(len(sorted)-1)
	low := int(at)
	high := min(low+1, len(sorted)-1)
	return sorted[low] + (at-float64(low))*(sorted[high]-sorted[low])
}
