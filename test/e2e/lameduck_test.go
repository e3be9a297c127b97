package e2e

import (
	"net/http"
	"testing"
	"time"

	"authgraph/test/harness"
)

// After SIGTERM readiness fails first, and requests are served until the lame duck time is over.
func TestServe_LameDuck(t *testing.T) {
	t.Parallel()
	p := harness.StartProgram(t, "AUTHGRAPH_DATA_DIR="+t.TempDir(), "AUTHGRAPH_LAME_DUCK=2s")
	p.Terminate(t)
	for deadline := time.Now().Add(time.Minute); ; {
		got := p.Do(t, http.MethodGet, "/readyz", "", nil)
		if got.Status == http.StatusServiceUnavailable {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("readiness got %d %s, want 503", got.Status, got.Body)
		}
	}
	for range 10 {
		got := p.Do(t, http.MethodPost, "/graphql", `{"query":"{ authOptions { registration } }"}`, nil)
		if want := `{"data":{"authOptions":{"registration":true}}}`; got.Body != want {
			t.Fatalf("a request after readiness failed got %d %s, want %s", got.Status, got.Body, want)
		}
	}
	if code, logs := p.Wait(t); code != 0 {
		t.Errorf("it ended with code %d and said %s", code, logs)
	}
}

// Without a lame duck time, the default of development, the server stops listening at once.
func TestServe_NoLameDuckInDevelopment(t *testing.T) {
	t.Parallel()
	p := harness.StartProgram(t, "AUTHGRAPH_DATA_DIR="+t.TempDir())
	began := time.Now()
	p.Terminate(t)
	awaitClosed(t, p)
	if code, logs := p.Wait(t); code != 0 || time.Since(began) > time.Minute {
		t.Errorf("it ended with code %d after %v and said %s", code, time.Since(began), logs)
	}
}
