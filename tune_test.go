package main

import "testing"

func TestGCPercent(t *testing.T) {
	for live, want := range map[uint64]int{
		0: 400, 12 << 20: 400, 16 << 20: 400, 17 << 20: 200, 32 << 20: 200, 40 << 20: 100, 10 << 30: 100,
	} {
		if got := gcPercent(live); got != want {
			t.Errorf("%d MiB live: got %d %%, want %d", live>>20, got, want)
		}
	}
}
