package stream

import "testing"

// A panic comes out where apart was called, for whoever recovers there.
func TestApart(t *testing.T) {
	ran := false
	onOwnStack(func() { ran = true })
	defer func() {
		if value := recover(); !ran || value != "what it was" {
			t.Errorf("ran: %v, panicked with %v", ran, value)
		}
	}()
	onOwnStack(func() { panic("what it was") })
}
