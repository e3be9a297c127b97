package stream

import "testing"

// A panic comes out where apart was called, for whoever recovers there.
func TestApart(t *testing.T) {
	ran := false
	apart(func() { ran = true })
	defer func() {
		if value := recover(); !ran || value != "what it was" {
			t.Errorf("ran: %v, panicked with %v", ran, value)
		}
	}()
	apart(func() { panic("what it was") })
}
