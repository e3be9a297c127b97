package stream

import (
	"strconv"
	"testing"
	"time"

	"authgraph/account"
)

func TestStreams_ManyChanges(t *testing.T) {
	s := New(&callers{none: map[string]error{}}, &heldOrNot{}, Limits{PerSession: 1, Total: 1}, time.Now)
	for i := range 3*maxChanges + 1 { // nothing runs: the database is slow
		s.HandleChange(account.Change{Sessions: []string{strconv.Itoa(i)}})
	}
	if got := len(s.changes); got > maxChanges {
		t.Errorf("got %d changes that wait, want at most %d", got, maxChanges)
	}
	if got := s.changes[0]; !got.All {
		t.Errorf("got the first change %+v, want all: the changes before it were given up", got)
	}
}
