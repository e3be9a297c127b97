package main

import (
	"strings"
	"testing"
	"time"
)

// TestReport proves that ratios are to base of the same round: here they are constant while the costs are not.
func TestReport(t *testing.T) {
	all := costs{"me": make([][]cost, 3)}
	for n := range 5 {
		base := time.Duration(n+1) * 100 * time.Microsecond
		for i, processor := range []time.Duration{base, base * 3 / 2, base} {
			all["me"][i] = append(all["me"][i], cost{processor: processor, allocations: 7, bytes: 900})
		}
	}
	var out strings.Builder
	if err := report(&out, settings{base: "old", kinds: []string{"me"}, clients: 4, rounds: 5}, all); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"me base 300.0 1.000 1.000 1.000 7 900", "me head 450.0 1.500 1.500 1.500 7 900", "me base again 300.0 1.000 1.000 1.000 7 900",
	} {
		if got := strings.Join(strings.Fields(out.String()), " "); !strings.Contains(got, want) {
			t.Errorf("the report has no %q:\n%s", want, &out)
		}
	}
}

func TestQuantile(t *testing.T) {
	values := []float64{5, 1, 4, 2, 3}
	for q, want := range map[float64]float64{0: 1, 0.25: 2, 0.5: 3, 0.625: 3.5, 1: 5} {
		if got := quantile(values, q); got != want {
			t.Errorf("quantile %v: got %v, want %v", q, got, want)
		}
	}
}
