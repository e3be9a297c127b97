package e2e

import (
	"io"
	"strings"
	"testing"
	"time"

	"authgraph/account"
	"authgraph/config"
	"authgraph/internal/serverkit"
	"authgraph/test/harness"
)

// checkLog looks whether the audit log, whose sealers were killed in the middle, is one sound chain, and has what was
// acknowledged once each.
func checkLog(t *testing.T, environ []string, workers []*worker) {
	t.Helper()
	for deadline := time.Now().Add(harness.Patience); ; {
		out, err := harness.Command(t, "", environ, "audit", "verify")
		if err != nil {
			t.Errorf("audit verify: %q, %v", out, err)
			return
		}
		if strings.Contains(out, "Unsealed  0,") {
			break
		}
		if time.Now().After(deadline) {
			t.Errorf("nobody seals what those have left who were killed: %q", out)
			return
		}
	}
	settings, err := config.Load(environ)
	if err != nil {
		t.Fatal(err)
	}
	a, err := serverkit.OpenExisting(t.Context(), settings, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Store.Close()
	starts, ends := map[string]int{}, map[string]int{}
	for q := (account.AuditQuery{Limit: 1000}); ; {
		page, err := a.AuditLog.AuditPage(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Events {
			switch {
			case e.SessionID == nil || e.Outcome != account.Succeeded:
			case e.Action == account.ActionStart:
				starts[*e.SessionID]++
			case e.Action == "session.end":
				ends[*e.SessionID]++
			}
		}
		if !page.HasNext {
			break
		}
		mark := page.Events[len(page.Events)-1].Cursor()
		q.After = &mark
	}
	for _, w := range workers {
		for _, s := range w.held {
			if id := s.Session.ID; starts[id] != 1 || ends[id] != 0 {
				t.Errorf("a session that goes on: the log has %d starts and %d ends of it", starts[id], ends[id])
			}
		}
		for _, s := range w.ended {
			if id := s.Session.ID; starts[id] != 1 || ends[id] != 1 {
				t.Errorf("a session that was ended: the log has %d starts and %d ends of it", starts[id], ends[id])
			}
		}
	}
}
