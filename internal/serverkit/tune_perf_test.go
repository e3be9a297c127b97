package serverkit

import (
	"testing"
)

func TestGCPercent(t *testing.T) {
	for _, row := range []struct {
		live, allocated uint64 // MiB
		want            int
	}{
		{0, 0, 1600},
		{4, 200, 1600},
		{5, 200, 800},
		{8, 200, 800},
		{9, 200, 400},
		{16, 200, 400},
		{17, 200, 200},
		{32, 200, 200},
		{32, 1, 200},
		{40, 200, 100},
		{40, 16, 100},
		{40, 15, 25},
		{10 << 10, 200, 100},
		{10 << 10, 0, 25},
	} {
		if got := gcPercent(row.live<<20, row.allocated<<20); got != row.want {
			t.Errorf("%d MiB live, %d allocated: got %d %%, want %d", row.live, row.allocated, got, row.want)
		}
	}
}
