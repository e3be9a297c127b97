package db_test

import (
	"strings"
	"testing"
	"time"

	"authgraph/account"
	"authgraph/auth"
)

// Every filter, alone, finds a page of a long log by an index: no plan reads the whole of it, nor sorts it.
func TestAuditLog_Plans(t *testing.T) {
	t.Parallel()
	s := openPostgres(t)
	log := logOf(t, s)
	for _, name := range []string{"ada", "bob"} {
		u := account.NewUser{ID: "user_" + name, Email: account.Email{Typed: name, Key: name}, Roles: []string{"user"}}
		n := account.NewSession{ID: "session_" + name, UserID: u.ID, Idle: time.Hour, Absolute: time.Hour, Assurance: auth.SingleFactor, Cap: 9}
		if _, _, err := s.AddUserWithSession(t.Context(), u, n); err != nil {
			t.Fatal(err)
		}
	}
	drain(t, log)
	// A log of fifty thousand records: an account in two hundred, an action in a thousand, a failure in fifty.
	const records, chunk = 50_000, 2_500
	for from := 1; from < records; from += chunk {
		if err := s.Exec(t.Context(), `
			INSERT INTO audit_log (position, id, at, action, outcome, actor_ref, subject_ref, mac)
			SELECT 100 + n, 'event_' || n, 1000000::bigint * n, CASE WHEN n % 1000 = 0 THEN 'user.delete' ELSE 'session.start' END,
				CASE WHEN n % 50 = 0 THEN 'FAILURE' ELSE 'SUCCESS' END,
				CASE WHEN n % 200 = 0 THEN (SELECT ref FROM audit_accounts WHERE user_id = 'user_ada') ELSE 'ref_' || n % 5000 END,
				CASE WHEN n % 200 = 1 THEN (SELECT ref FROM audit_accounts WHERE user_id = 'user_ada') ELSE 'ref_' || n % 5000 END, ''
			FROM generate_series(CAST($1 AS INTEGER), CAST($2 AS INTEGER)) n`, from, from+chunk-1); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Exec(t.Context(), `ANALYZE`); err != nil {
		t.Fatal(err)
	}
	ada, failed, since, until := "user_ada", account.Failed, time.UnixMicro(20_000_000_000), time.UnixMicro(30_000_000_000)
	for name, f := range map[string]account.AuditFilter{
		"none":             {},
		"actor":            {ActorID: &ada},
		"subject":          {SubjectID: &ada},
		"account":          {AccountID: &ada},
		"account, actions": {AccountID: &ada, Actions: []string{"session.start", "session.end"}},
		"action":           {Actions: []string{"user.delete"}},
		"actions":          {Actions: []string{"user.delete", "session.start", "session.end"}},
		"failure":          {Outcome: &failed},
		"since":            {Since: &since},
		"until":            {Until: &until},
	} {
		for _, backward := range []bool{false, true} {
			q := account.AuditQuery{Filter: f, Limit: 20, Backward: backward}
			if !backward {
				q.After = &account.AuditCursor{At: until.Add(-time.Second), Position: 20_000}
			}
			began := time.Now()
			page, err := log.AuditPage(t.Context(), q)
			if err != nil || len(page.Events) != 20 {
				t.Errorf("%s: %d events, %v", name, len(page.Events), err)
			}
			t.Logf("%s, backward %v: %v", name, backward, time.Since(began).Round(10*time.Microsecond))
			var plan []string
			query, args := log.PageQuery(t.Context(), q)
			if err := s.Select(t.Context(), &plan, `EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) `+query, args...); err != nil {
				t.Fatal(err)
			}
			if text := strings.Join(plan, "\n"); strings.Contains(text, "Seq Scan on audit_log") || !strings.Contains(text, "Index") {
				t.Errorf("%s, backward %v:\n%s", name, backward, text)
			}
		}
	}
}
