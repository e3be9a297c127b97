package e2e

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"authgraph/account"
	"authgraph/config"
	"authgraph/internal/cli"
	"authgraph/internal/serverkit"
	"authgraph/test/harness"
)

// auditDocument asks for everything that an event says.
const auditDocument = `query($f: AuditFilter) { auditEvents(first: 100, filter: $f) { totalCount edges { node {
	id action outcome actor { id } impersonator { id } subject { id } sessionId ipAddress userAgent details } } } }`

type auditNode struct {
	ID, Action, Outcome          string
	Actor, Impersonator, Subject *struct{ ID string }
	SessionID                    *string `json:"sessionId"`
	IPAddress                    *string `json:"ipAddress"`
	UserAgent                    *string `json:"userAgent"`
	Details                      map[string]any
}

// audited returns the events that a filter leaves, newest first, once all is sealed.
func audited(t *testing.T, w *harness.Server, bearer string, filter map[string]any) []auditNode {
	t.Helper()
	w.AwaitSealed(t)
	got := w.Query(t, bearer, auditDocument, map[string]any{"f": filter})
	var page struct {
		Data struct {
			AuditEvents struct {
				TotalCount int
				Edges      []struct{ Node auditNode }
			}
		}
	}
	if err := json.Unmarshal([]byte(got.Body), &page); err != nil || strings.Contains(got.Body, `"errors"`) {
		t.Fatalf("%s", got.Body)
	}
	var nodes []auditNode
	for _, e := range page.Data.AuditEvents.Edges {
		nodes = append(nodes, e.Node)
	}
	if page.Data.AuditEvents.TotalCount != len(nodes) {
		t.Errorf("totalCount is %d, want %d", page.Data.AuditEvents.TotalCount, len(nodes))
	}
	return nodes
}

// line is an event in one line: who did what to whom, and how it ended.
func (n auditNode) line(names map[string]string) string {
	caller := func(u *struct{ ID string }) string {
		if u == nil {
			return "-"
		}
		return names[u.ID]
	}
	said := ""
	for _, name := range []string{"code", "field", "fields", "reason"} {
		if value, ok := n.Details[name]; ok {
			said += fmt.Sprintf(" %v", value)
		}
	}
	return fmt.Sprintf("%s %s %s/%s→%s%s", n.Action, n.Outcome, caller(n.Actor), caller(n.Impersonator), caller(n.Subject), said)
}

// Everything of consequence that happens to accounts can be read afterwards, failures too.
func TestAudit(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		root := w.Administrator(t, "root@example.com")
		ada := w.Register(t, "ada@example.com", harness.Password)
		rootID := w.AccountID(t, root)
		names := map[string]string{ada.ID: "ada", rootID: "root"}
		login := func(email, password string) {
			w.Query(t, "", harness.LoginDocument, map[string]any{"i": map[string]any{"email": email, "password": password}})
		}
		since := audited(t, w, root, nil)

		login("ADA@example.com", "not it, whatever")
		login("nobody@example.com", "not it, whatever")
		w.Query(t, "", harness.RegisterDocument, map[string]any{"i": map[string]any{"email": "ada@example.com", "password": harness.Password}})
		for range 3 {
			w.Query(t, ada.Token, `{ users { totalCount } }`, nil)
		}
		w.Query(t, ada.Token, `mutation { deleteUser(id: "nonsense") { erasedAt } }`, nil)
		first, _ := w.Login(t, "ada@example.com", nil)
		second, _ := w.Refresh(t, first.RefreshToken)
		third, _ := w.Refresh(t, second.RefreshToken)
		w.Refresh(t, first.RefreshToken) // two behind: reuse
		w.Refresh(t, third.RefreshToken)
		acting, _ := w.Impersonate(t, root, ada.ID)
		w.Query(t, acting.AccessToken, `query { me { id } more: me { email } }`, nil)
		w.Query(t, acting.AccessToken, `mutation { logout { endedSessionIds } }`, nil)
		w.Query(t, root, `mutation($id: ID!) { suspendUser(id: $id, reason: "spam") { user { id } } }`, map[string]any{"id": ada.ID})
		login("ada@example.com", harness.Password)

		var got []string
		all := audited(t, w, root, nil)
		for _, n := range all[:len(all)-len(since)] {
			got = append(got, n.line(names))
			if n.UserAgent == nil || n.IPAddress == nil || *n.IPAddress != "127.0.0.1" {
				t.Errorf("%s: from %v with %v", n.Action, n.IPAddress, n.UserAgent)
			}
		}
		slices.Reverse(got)
		want := []string{
			"session.start FAILURE -/-→ada INVALID_CREDENTIALS",
			"session.start FAILURE -/-→- INVALID_CREDENTIALS",
			"user.register FAILURE -/-→ada EMAIL_TAKEN",
			"access.denied FAILURE ada/-→- FORBIDDEN Query.users",
			"access.denied FAILURE ada/-→- FORBIDDEN Mutation.deleteUser",
			"session.start SUCCESS ada/-→ada",
			"session.end SUCCESS ada/-→ada TOKEN_REUSED",
			"session.refresh FAILURE -/-→ada REFRESH_TOKEN_REUSED",
			"session.start SUCCESS root/-→ada a complaint",
			"impersonation.operation SUCCESS ada/root→ada [Query.me Query.me]",
			"impersonation.operation SUCCESS ada/root→ada [Mutation.logout]",
			"session.end SUCCESS ada/root→ada SIGNED_OUT",
			"session.end SUCCESS root/-→ada ACCOUNT_SUSPENDED",
			"user.suspend SUCCESS root/-→ada spam",
			"session.start FAILURE -/-→ada ACCOUNT_SUSPENDED",
		}
		// Records of one transaction or one millisecond have no order.
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		for _, row := range []struct {
			filter map[string]any
			want   func(auditNode) bool
		}{
			{map[string]any{"subjectId": ada.ID}, func(n auditNode) bool { return n.Subject != nil && n.Subject.ID == ada.ID }},
			{map[string]any{"accountId": rootID}, func(n auditNode) bool {
				return n.Actor != nil && n.Actor.ID == rootID || n.Subject != nil && n.Subject.ID == rootID
			}},
			{map[string]any{"actorId": rootID}, func(n auditNode) bool { return n.Actor != nil && n.Actor.ID == rootID }},
			{map[string]any{"actorId": "nonsense\x00"}, func(auditNode) bool { return false }},
			{map[string]any{"actions": []string{"user.suspend", "\x00", "access.denied"}},
				func(n auditNode) bool { return n.Action == "user.suspend" || n.Action == "access.denied" }},
			{map[string]any{"outcome": "FAILURE"}, func(n auditNode) bool { return n.Outcome == "FAILURE" }},
		} {
			var ids, wantIDs []string
			for _, n := range audited(t, w, root, row.filter) {
				ids = append(ids, n.ID)
			}
			for _, n := range all {
				if row.want(n) {
					wantIDs = append(wantIDs, n.ID)
				}
			}
			if !slices.Equal(ids, wantIDs) {
				t.Errorf("%v: got %d events, want %d", row.filter, len(ids), len(wantIDs))
			}
		}

		node := `query($id: ID!) { node(id: $id) { id ... on AuditEvent { action } } }`
		if a := w.Query(t, root, node, map[string]any{"id": all[0].ID}); !strings.Contains(a.Body, `"id":"`+all[0].ID) {
			t.Errorf("node: %s", a.Body)
		}
		bob := w.Register(t, "bob@example.com", harness.Password)
		if a := w.Query(t, bob.Token, node, map[string]any{"id": all[0].ID}); a.Body != `{"data":{"node":null}}`+"\n" && a.Body != `{"data":{"node":null}}` {
			t.Errorf("node for who may not see it: %s", a.Body)
		}
		if a := w.Query(t, bob.Token, `{ auditEvents { totalCount } }`, nil); !strings.Contains(a.Body, `"FORBIDDEN"`) {
			t.Errorf("the log for who may not see it: %s", a.Body)
		}

		report, err := w.App.AuditLog.Verify(t.Context())
		if err != nil || !report.Sound() {
			t.Errorf("verify: %q, %v", report.Problems, err)
		}
	})
}

// Values erased with an account read as null, and the log is still sound.
func TestAudit_Erased(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		root := w.Administrator(t, "root@example.com")
		ada := w.Register(t, "ada@example.com", harness.Password)
		w.AwaitSealed(t)
		kept, err := w.App.AuditLog.Verify(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := w.Query(t, root, `mutation($id: ID!) { deleteUser(id: $id) { erasedAt } }`, map[string]any{"id": ada.ID}); !strings.Contains(got.Body, "erasedAt") {
			t.Fatal(got.Body)
		}
		seen := 0
		for _, n := range audited(t, w, root, nil) {
			if n.SessionID == nil || *n.SessionID != ada.Session {
				continue
			}
			seen++
			if n.Subject != nil || n.Actor != nil && n.Actor.ID == ada.ID {
				t.Errorf("%s still tells of who was erased: %+v", n.Action, n)
			} else if n.Actor == nil && n.IPAddress != nil {
				t.Errorf("%s still tells of who was erased: %+v", n.Action, n)
			}
		}
		if seen < 3 { // register, start, end
			t.Errorf("%d events of the account's session are left", seen)
		}
		if report, err := w.App.AuditLog.Verify(t.Context(), kept.Last); err != nil || !report.Sound() {
			t.Errorf("verify: %q, %v", report.Problems, err)
		}
	})
}

// Cursors of another kind, torn or made up are refused, and so are too many actions.
func TestAudit_BadInput(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	root := w.Administrator(t, "root@example.com")
	w.AwaitSealed(t)
	for name, row := range map[string]struct{ arguments, want string }{
		"of accounts":   {`after: "dXNlci1lbWFpbDphQGV4YW1wbGUuY29t"`, "CURSOR_INVALID"},
		"torn":          {`before: "YXVkaXQ6MQ"`, "CURSOR_INVALID"},
		"nonsense":      {`after: "nonsense"`, "CURSOR_INVALID"},
		"too many":      {`first: 101`, "VALUE_INVALID"},
		"both ends":     {`first: 1, last: 1`, "VALUE_INVALID"},
		"many actions":  {`filter: {actions: [` + strings.Repeat(`"a.b" `, 21) + `]}`, "VALUE_TOO_LONG"},
		"all that fits": {`last: 1, filter: {actions: ["a.b"], since: "0001-01-01T00:00:00Z", until: "9999-12-31T23:59:59Z"}`, `"edges":[]`},
	} {
		if got := w.Query(t, root, `{ auditEvents(`+row.arguments+`) { edges { cursor } } }`, nil); !strings.Contains(got.Body, row.want) {
			t.Errorf("%s: got %s, want %s", name, got.Body, row.want)
		}
	}
}

// followAudit returns when n subscriptions follow the log.
func followAudit(t *testing.T, w *harness.Server, n int) {
	t.Helper()
	for deadline := time.Now().Add(harness.Patience); w.App.AuditStream.Subscriptions() != n; {
		if time.Now().After(deadline) {
			t.Fatalf("%d follow the log, want %d", w.App.AuditStream.Subscriptions(), n)
		}
		runtime.Gosched()
	}
}

// A subscriber to the log gets the events of every instance, in order, that pass the filter, and no others; and
// no more once they may not.
func TestAudit_Stream(t *testing.T) {
	t.Parallel()
	keyed(t, func(t *testing.T, all []*harness.Server, _ cli.KeyCommand) {
		w, other := all[0], all[len(all)-1]
		root := w.Administrator(t, "root@example.com")
		auditor, auditorID := w.WithRole(t, root, "auditor@example.com", "auditor", account.AuditRead)
		w.AwaitSealed(t)
		c := w.Connect(t, auditor)
		c.Subscribe(t, `subscription { auditEvents(filter: {actions: ["user.register", "session.end"]}) { action subject { email } } }`)
		ofAuditor := w.Connect(t, root)
		ofAuditor.Subscribe(t, `subscription { auditEvents(filter: {accountId: "`+auditorID+`"}) { action actor { id } subject { id } } }`)
		followAudit(t, w, 2)
		for i := range 3 {
			other.Register(t, fmt.Sprintf("u%d@example.com", i), harness.Password)
			if m := c.Next(t); m.Type != "next" || !strings.Contains(string(m.Payload), `"action":"user.register"`) {
				t.Fatalf("got %s %s", m.Type, m.Payload)
			}
		}
		// The address of the subject is guarded by a rule of its own.
		w.Query(t, root, `mutation($id: ID!) { setUserRoles(id: $id, roles: []) { user { id } } }`, map[string]any{"id": auditorID})
		w.Register(t, "last@example.com", harness.Password)
		if m := c.Next(t); !strings.Contains(string(m.Payload), "FORBIDDEN") ||
			strings.Contains(string(m.Payload), "auditEvents") {
			t.Errorf("after the right was taken away: got %s %s", m.Type, m.Payload)
		}
		for payload := ""; !strings.Contains(payload, `"action":"user.roles"`); {
			payload = string(ofAuditor.Next(t).Payload)
			if !strings.Contains(payload, `"actor":{"id":"`+auditorID) && !strings.Contains(payload, `"subject":{"id":"`+auditorID) {
				t.Fatalf("of one account: got %s", payload)
			}
		}
	})
}

// A command finds changes made in the database itself, and reports them by its exit code.
func TestCommands_Audit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	environ := []string{"AUTHGRAPH_DATA_DIR=" + dir}
	harness.Migrate(t, environ)
	for i := range 3 {
		if out, err := harness.Command(t, harness.Password+"\n", environ, "user", "create", "--email", fmt.Sprintf("u%d@example.com", i), "--password-stdin"); err != nil {
			t.Fatalf("%q, %v", out, err)
		}
	}
	out, err := harness.Command(t, "", environ, "audit", "verify")
	if err != nil || !strings.Contains(out, "Unsealed  3,") || !strings.Contains(out, "Sound.") {
		t.Fatalf("%q, %v", out, err)
	}
	settings, err := config.Load(environ)
	if err != nil {
		t.Fatal(err)
	}
	a, err := serverkit.Open(t.Context(), settings)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := a.AuditLog.Append(t.Context()); err != nil || n != 3 {
		t.Fatalf("sealed %d, %v", n, err)
	}
	if err := a.Store.Close(); err != nil {
		t.Fatal(err)
	}
	out, err = harness.Command(t, "", environ, "audit", "verify")
	if err != nil || !strings.Contains(out, "Records   3, from 1 ") || !strings.Contains(out, "Unsealed  0,") {
		t.Fatalf("%q, %v", out, err)
	}
	anchor := regexp.MustCompile(`3:[0-9a-f]{64}`).FindString(out)
	verify := func(code int, want string, more ...string) {
		t.Helper()
		out, err := harness.Command(t, "", environ, append([]string{"audit", "verify"}, more...)...)
		got := 0
		if err != nil {
			got = cli.ExitCode(err)
		}
		if got != code || !strings.Contains(out, want) {
			t.Errorf("%v: exit code %d, %q, %v; want %d and %q", more, got, out, err, code, want)
		}
	}
	verify(0, "Sound.", "--anchor", anchor)
	verify(1, "", "--anchor", "nonsense")
	verify(2, "not the one that the given anchor is of", "--anchor", "3:"+strings.Repeat("0", 64))

	raw, err := sql.Open("sqlite", dir+"/authgraph.db")
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	for _, statement := range []string{
		`DROP TRIGGER audit_log_delete`, `DELETE FROM audit_log WHERE position = 3`,
		`UPDATE audit_chain SET head_position = 2, head_mac = (SELECT mac FROM audit_log WHERE position = 2)`,
	} {
		if _, err := raw.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	verify(2, "Problem   the end of the log at 2 is not signed by this server")
	verify(2, "its end is missing", "--anchor", anchor)
	if out, err := harness.Command(t, "", environ, "audit", "sign", "--anchor", anchor); err == nil ||
		cli.ExitCode(err) != 2 || !strings.Contains(out, "its end is missing") {
		t.Errorf("audit sign, of what an anchor does not prove: %q, %v", out, err)
	}
	out, err = harness.Command(t, "", environ, "audit", "sign") // without an anchor, the secret alone suffices
	if err != nil || !strings.Contains(out, "The end is signed.") {
		t.Errorf("audit sign: %q, %v", out, err)
	}
	verify(0, "Sound.") // the whole of an earlier state is found only by what was kept elsewhere
	verify(2, "its end is missing", "--anchor", anchor)
	if _, err := raw.Exec(`UPDATE audit_chain SET head_position = 3`); err != nil {
		t.Fatal(err)
	}
	verify(2, "records 3 to 3 are missing at the end")
}
