package graph

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"authgraph/graph/reqctx"
)

// An operation's deadline behaves like the standard library's, with a wait from the start, later or never.
func TestExpiring(t *testing.T) {
	rows := []struct {
		name    string
		parent  time.Duration // its own deadline; 0 for none
		happens func(cancelParent func(), e *expiring)
		want    error
	}{
		{"nothing happens", 0, func(func(), *expiring) {}, nil},
		{"time passes", 0, func(func(), *expiring) { time.Sleep(time.Minute) }, context.DeadlineExceeded},
		{"time passes for what it came from", time.Second, func(func(), *expiring) { time.Sleep(2 * time.Second) }, context.DeadlineExceeded},
		{"the client goes away", 0, func(cancel func(), _ *expiring) { cancel() }, context.Canceled},
		{"it is answered", 0, func(_ func(), e *expiring) { e.end() }, context.Canceled},
		{"it is answered, and then time passes", 0, func(_ func(), e *expiring) { e.end(); time.Sleep(time.Minute) }, context.Canceled},
	}
	for _, row := range rows {
		for _, waits := range []bool{false, true} {
			t.Run(row.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					parent, cancel := context.WithCancel(reqctx.WithRecord(t.Context(), &reqctx.Record{ID: "it"}))
					if row.parent > 0 {
						parent, cancel = context.WithTimeout(parent, row.parent)
					}
					defer cancel()
					e := newExpiring(parent, time.Now().Add(time.Minute))
					defer e.end()
					if waits {
						e.Done()
					}
					row.happens(cancel, e)
					synctest.Wait()
					if err := e.Err(); !errors.Is(err, row.want) {
						t.Errorf("got %v, want %v", err, row.want)
					}
					select {
					case <-e.Done():
						if row.want == nil {
							t.Error("it is done")
						}
					default:
						if row.want != nil {
							t.Error("it is not done")
						}
					}
					child, stop := context.WithCancel(e)
					defer stop()
					if err := child.Err(); !errors.Is(err, row.want) {
						t.Errorf("what comes from it: got %v, want %v", err, row.want)
					}
					if reqctx.RequestID(child) != "it" {
						t.Error("it lost a value")
					}
				})
			})
		}
	}
}

// A derived context needs no goroutine, and ends with its parent.
func TestExpiring_Derived(t *testing.T) {
	e := newExpiring(t.Context(), time.Now().Add(time.Hour))
	before := runtime.NumGoroutine()
	var children []context.Context
	for range 100 {
		child, cancel := context.WithCancel(e)
		defer cancel()
		children = append(children, child)
	}
	if more := runtime.NumGoroutine() - before; more >= 100 {
		t.Errorf("there are %d goroutines more", more)
	}
	e.end()
	for _, child := range children {
		<-child.Done()
	}
	if at, ok := e.Deadline(); !ok || time.Until(at) < 59*time.Minute {
		t.Errorf("its deadline is %v, %v", at, ok)
	}
}
