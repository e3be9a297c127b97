package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"authgraph/account"
	"authgraph/internal/proxy"
	"authgraph/test/harness"
)

// signIns asks for nothing that a rule of its own guards.
const signIns = `subscription { auditEvents(filter: {actions: ["session.start"]}) { sessionId } }`

// A role is taken away on one instance while its holder follows the log on two others: the holder gets FORBIDDEN
// and no later event, whatever happens to the instances' connections to the database. Other holders still get events.
func TestInstances_RightsLostWhileStreaming(t *testing.T) {
	t.Parallel()
	for name, trouble := range map[string]func(*proxy.Proxy){
		"all well":           func(*proxy.Proxy) {},
		"connections cut":    (*proxy.Proxy).Cut,
		"notifications lost": (*proxy.Proxy).SwallowListeners,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := instances(t, 3)
			root := all[0].Administrator(t, "root@example.com")
			auditor, auditorID := all[0].WithRole(t, root, "auditor@example.com", "auditor", account.AuditRead)
			all[0].AwaitSealed(t)
			type pair struct{ loses, keeps *harness.Socket }
			var pairs []pair
			for _, i := range all[1:] {
				p := pair{i.Connect(t, auditor), i.Connect(t, root)}
				p.loses.Subscribe(t, signIns)
				p.keeps.Subscribe(t, signIns)
				followAudit(t, i.Server, 2)
				pairs = append(pairs, p)
			}
			before := all[0].Register(t, "before@example.com", harness.Password).Session
			for n, p := range pairs {
				for caller, c := range map[string]*harness.Socket{"who loses the role": p.loses, "who keeps it": p.keeps} {
					if m := c.Next(t); m.Type != "next" || !strings.Contains(string(m.Payload), before) {
						t.Fatalf("instance %d, %s, before: got %s %s", n+1, caller, m.Type, m.Payload)
					}
				}
			}

			trouble(all[1].proxy)
			if got := all[0].Query(t, root, `mutation($id: ID!) { setUserRoles(id: $id, roles: []) { user { id } } }`,
				map[string]any{"id": auditorID}); strings.Contains(got.Body, `"errors"`) {
				t.Fatal(got.Body)
			}
			lost := time.Now()
			var late string
			for n := 0; late == ""; n++ {
				began := time.Now()
				user := all[0].Register(t, fmt.Sprintf("after%d@example.com", n), harness.Password)
				if began.Sub(lost) > bound {
					late = user.Session
				}
			}
			for n, p := range pairs {
				for m := p.keeps.Next(t); !strings.Contains(string(m.Payload), late); m = p.keeps.Next(t) {
					if m.Type != "next" {
						t.Fatalf("instance %d, who keeps the role: got %s %s", n+1, m.Type, m.Payload)
					}
				}
				m := p.loses.Next(t)
				for strings.Contains(string(m.Payload), `"sessionId":"`) {
					if strings.Contains(string(m.Payload), late) {
						t.Errorf("instance %d: an event of a second later was sent: %s", n+1, m.Payload)
					}
					m = p.loses.Next(t)
				}
				if !strings.Contains(string(m.Payload), "FORBIDDEN") || strings.Contains(string(m.Payload), "auditEvents") {
					t.Errorf("instance %d: got %s %s, want FORBIDDEN and nothing of the event", n+1, m.Type, m.Payload)
				}
				// An answer to another operation of the socket comes after all messages that were sent before.
				p.loses.Send(t, harness.Message{ID: "2", Type: "subscribe", Payload: []byte(`{"query":"{ me { id } }"}`)})
				for m = p.loses.Next(t); m.ID != "2"; m = p.loses.Next(t) {
					if m.Type != "complete" {
						t.Errorf("instance %d: after the refusal came %s %s", n+1, m.Type, m.Payload)
					}
				}
			}
		})
	}
}
