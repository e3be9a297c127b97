package graph

import (
	"fmt"
	"testing"
	"time"

	"authgraph/auth"
)

// A refusal is recorded once a minute. The records of each caller, and of all callers together, are bounded.
func TestDenials_Bounds(t *testing.T) {
	now := time.Unix(1_000_020, 0)
	d := &denials{now: func() time.Time { return now }}
	what := func(caller string, field int) denial {
		return denial{caller, "session", fmt.Sprint("Mutation.f", field), auth.Forbidden}
	}
	if !d.first(what("ada", 0)) || d.first(what("ada", 0)) {
		t.Error("the same refusal is told twice, or not at all")
	}
	other := what("ada", 0)
	other.code = auth.ReauthenticationRequired
	if !d.first(other) {
		t.Error("another refusal of the same field is not told")
	}
	reported := 2
	for field := range 100 {
		if d.first(what("ada", field+1)) {
			reported++
		}
	}
	if reported != denialsPerCaller {
		t.Errorf("one caller wrote %d, want %d", reported, denialsPerCaller)
	}
	for caller := range 2000 {
		if d.first(what(fmt.Sprint(caller), 0)) {
			reported++
		}
	}
	if reported != denialsInAll {
		t.Errorf("all together wrote %d, want %d", reported, denialsInAll)
	}
	now = now.Add(time.Minute)
	if !d.first(what("ada", 0)) || len(d.recorded) != 1 || len(d.each) != 1 {
		t.Error("the next minute does not begin anew")
	}
}
