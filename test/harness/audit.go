package harness

import (
	"runtime"
	"testing"
	"time"
)

// AwaitSealed waits until nothing is left that waits to be sealed.
func (w *Server) AwaitSealed(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; {
		waiting, _, err := w.App.AuditLog.Backlog(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if waiting == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d records are not sealed", waiting)
		}
		runtime.Gosched()
	}
}
