package stream

import "testing"

// A panic of f continues where onOwnStack was called.
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
