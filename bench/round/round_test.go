package round

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"authgraph/bench/load"
)

func TestInterleave(t *testing.T) {
	var order []string
	target := func(name string, requests ...int) Target {
		return Target{name, func(time.Duration) (load.Result, error) {
			order = append(order, name)
			n := requests[0]
			requests = requests[1:]
			return load.Result{Requests: n, Seconds: 2, P50: time.Duration(n), P99: time.Duration(10 * n)}, nil
		}}
	}
	rows, err := Interleave([]Target{target("a", 1, 50, 30, 80), target("b", 1, 100, 100, 100)}, 1, 3, time.Second, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if want := "a b b a a b b a"; strings.Join(order, " ") != want {
		t.Errorf("got the order %v, want %s", order, want)
	}
	a := rows[0]
	if a.Rate != 25 || a.Ratio != 0.5 || a.Least != 0.3 {
		t.Errorf("got %+v", a)
	} else if a.Most != 0.8 || a.P50 != 50 || a.P99 != 500 {
		t.Errorf("got %+v", a)
	} else if len(a.Rounds) != 3 {
		t.Errorf("got %+v", a)
	}
	if b := rows[1].Against(a); b.Name != "b" || b.Rate != 50 {
		t.Errorf("the other way around: got %+v", b)
	} else if b.Least != 1.25 || b.Most != 100.0/30 {
		t.Errorf("the other way around: got %+v", b)
	}
	if rows[1].Ratio != 1 {
		t.Errorf("the yardstick's ratio is %v, want 1", rows[1].Ratio)
	}
	broken := Target{"c", func(time.Duration) (load.Result, error) { return load.Result{}, errors.New("broken") }}
	if _, err := Interleave([]Target{broken}, 0, 1, 0, io.Discard); err == nil || err.Error() != "c: broken" {
		t.Errorf("got %v, want the target's error", err)
	}
}

func TestMedian(t *testing.T) {
	for _, row := range []struct {
		values []float64
		want   float64
	}{{[]float64{3}, 3}, {[]float64{4, 2}, 3}, {[]float64{9, 1, 5}, 5}} {
		input := slices.Clone(row.values)
		if got := median(row.values); got != row.want || !slices.Equal(input, row.values) {
			t.Errorf("%v: got %v, want %v and the values as they were", input, got, row.want)
		}
	}
}
