package db_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"authgraph/account"
	"authgraph/account/accounttest"
	"authgraph/auth"
	"authgraph/db"
	"authgraph/db/dbtest"
	"authgraph/internal/auditchain"
	"authgraph/internal/prove"
)

// logOf returns the log of a program that has started on s.
func logOf(t *testing.T, s *db.Store) *db.AuditLog { return logUnder(t, s, 7) }

// logUnder is that of one whose key is another.
func logUnder(t *testing.T, s *db.Store, root byte) *db.AuditLog {
	t.Helper()
	log := db.NewAuditLog(s, func(context.Context) ([]byte, error) { return bytes.Repeat([]byte{root}, auditchain.KeySize), nil })
	if err := log.SignGenesis(t.Context()); err != nil {
		t.Fatal(err)
	}
	return log
}

func TestAuditLog(t *testing.T) {
	t.Parallel()
	backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
		accounttest.RunLog(t, func(t *testing.T) (account.Store, accounttest.Log) {
			s := open(t)
			return s, logOf(t, s)
		})
	})
}

// fill writes n records and seals them.
func fill(t *testing.T, log *db.AuditLog, n int) {
	t.Helper()
	for range n {
		if err := log.Note(t.Context(), account.AuditNote{
			Action: "x", Outcome: account.Succeeded, Client: account.Client{IPAddress: "192.0.2.1"},
		}); err != nil {
			t.Fatal(err)
		}
	}
	drain(t, log)
}

func drain(t *testing.T, log *db.AuditLog) {
	t.Helper()
	for {
		waiting, _, err := log.Backlog(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if waiting == 0 {
			return
		}
		if _, err := log.Append(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func verified(t *testing.T, log *db.AuditLog, outside ...auditchain.Checkpoint) db.AuditReport {
	t.Helper()
	report, err := log.Verify(t.Context(), outside...)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// unguard takes away what keeps the log append-only, as its owner can.
func unguard(t *testing.T, s *db.Store, postgres bool) {
	t.Helper()
	statements := []string{`DROP TRIGGER audit_log_update`, `DROP TRIGGER audit_log_delete`}
	if postgres {
		statements = []string{`ALTER TABLE audit_log DISABLE TRIGGER ALL`}
	}
	for _, statement := range statements {
		if err := s.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
}

func isPostgres(t *testing.T) bool { return strings.Contains(t.Name(), "PostgreSQL") }

// The application can't change the log, nor what it was told by mistake to.
func TestAuditLog_AppendOnly(t *testing.T) {
	t.Parallel()
	backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
		s := open(t)
		log := logOf(t, s)
		fill(t, log, 3)
		statements := []string{
			`UPDATE audit_log SET action = 'y' WHERE position = 2`, `DELETE FROM audit_log WHERE position = 2`, `DELETE FROM audit_log`,
		}
		if isPostgres(t) {
			statements = append(statements, `TRUNCATE audit_log`)
		}
		for _, statement := range statements {
			if err := s.Exec(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "append-only") {
				t.Errorf("%s: got %v", statement, err)
			}
		}
		if report := verified(t, log); !report.Sound() || report.Records != 3 {
			t.Errorf("got %+v", report)
		}
	})
}

// An attacker with the database changes a single record among very many.
func TestAuditLog_Verify(t *testing.T) {
	t.Parallel()
	backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
		s, n := open(t), prove.Size(1_000, 100_000)
		log := logOf(t, s)
		unguard(t, s, isPostgres(t))
		fill(t, log, n)
		at := int64(n / 3)
		for _, row := range []struct {
			name       string
			statements []string
			want       string
		}{
			{"nothing", nil, ""},
			{"a flipped byte", []string{fmt.Sprintf(`UPDATE audit_log SET action = 'y' WHERE position = %d`, at)}, fmt.Sprintf("record %d ", at)},
			{"put right again", []string{fmt.Sprintf(`UPDATE audit_log SET action = 'x' WHERE position = %d`, at)}, ""},
			{"reordered", []string{
				fmt.Sprintf(`UPDATE audit_log SET position = -1 WHERE position = %d`, at),
				fmt.Sprintf(`UPDATE audit_log SET position = %d WHERE position = %d`, at, at+1),
				fmt.Sprintf(`UPDATE audit_log SET position = %d WHERE position = -1`, at+1),
			}, fmt.Sprintf("record %d ", at)},
			{"put right", []string{
				fmt.Sprintf(`UPDATE audit_log SET position = -1 WHERE position = %d`, at),
				fmt.Sprintf(`UPDATE audit_log SET position = %d WHERE position = %d`, at, at+1),
				fmt.Sprintf(`UPDATE audit_log SET position = %d WHERE position = -1`, at+1),
			}, ""},
			{"one before the first", []string{`UPDATE audit_log SET position = -7 WHERE position = 1`}, "records 1 to 1 are missing"},
			{"put right once more", []string{`UPDATE audit_log SET position = 1 WHERE position = -7`}, ""},
			{"a cut tail", []string{fmt.Sprintf(`DELETE FROM audit_log WHERE position > %d`, n-2)},
				fmt.Sprintf("records %d to %d are missing at the end", n-1, n)},
			{"a cut tail, and the end set back to it", []string{fmt.Sprintf(
				`UPDATE audit_chain SET head_position = %d, head_mac = (SELECT mac FROM audit_log WHERE position = %d)`, n-2, n-2)},
				fmt.Sprintf("the end of the log at %d is not signed", n-2)},
			{"one missing", []string{fmt.Sprintf(`DELETE FROM audit_log WHERE position = %d`, at)}, fmt.Sprintf("records %d to %d are missing", at, at)},
			{"hidden under an anchor that nobody signed", []string{
				fmt.Sprintf(`UPDATE audit_chain SET anchor_position = %d, anchor_mac = (SELECT mac FROM audit_log WHERE position = %d)`, at+1, at+1),
				fmt.Sprintf(`DELETE FROM audit_log WHERE position <= %d`, at+1),
			}, "is not signed"},
		} {
			for _, statement := range row.statements {
				if err := s.Exec(t.Context(), statement); err != nil {
					t.Fatalf("%s: %v", row.name, err)
				}
			}
			began := time.Now()
			report := verified(t, log)
			t.Logf("%s: %d records read in %v, %d problems", row.name, report.Records, time.Since(began).Round(time.Millisecond), report.Count)
			if row.want == "" && !report.Sound() {
				t.Errorf("%s: got %q", row.name, report.Problems)
			}
			if row.want != "" && !strings.Contains(strings.Join(report.Problems, "\n"), row.want) {
				t.Errorf("%s: got %q, want one about %q", row.name, report.Problems, row.want)
			}
		}
	})
}

// The waiting records are reported, and a growing log is sound at each moment.
func TestAuditLog_VerifyWhileItGrows(t *testing.T) {
	t.Parallel()
	backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
		s := open(t)
		log := logOf(t, s)
		if report := verified(t, log); !report.Sound() || report.Records != 0 {
			t.Errorf("an empty log: %+v", report)
		}
		if err := log.Note(t.Context(), account.AuditNote{Action: "x", Outcome: account.Succeeded}); err != nil {
			t.Fatal(err)
		}
		if report := verified(t, log); !report.Sound() || report.Waiting != 1 {
			t.Errorf("with one that waits: %+v", report)
		}
		var growing sync.WaitGroup
		growing.Go(func() {
			for range 20 {
				fill(t, log, 10)
			}
		})
		var kept []auditchain.Checkpoint
		for range 20 {
			report := verified(t, log, kept...)
			if !report.Sound() {
				t.Errorf("while it grows: %q", report.Problems)
			}
			kept = append(kept, report.Last)
		}
		growing.Wait()
		if report := verified(t, log, kept...); !report.Sound() || report.Records != 201 || report.Waiting != 0 {
			t.Errorf("at the end: %+v", report)
		}
	})
}

// Many instances seal while many write: each record is sealed once, and the chain is one.
func TestAuditLog_SealedByMany(t *testing.T) {
	t.Parallel()
	dsn := dbtest.Postgres(t)
	const instances, writers, each = 3, 6, 100
	stores := make([]*db.Store, instances)
	for i := range stores {
		stores[i] = dbtest.OpenPostgres(t, dsn)
	}
	ctx, stop := context.WithCancel(t.Context())
	var sealing, writing sync.WaitGroup
	var sealed, written atomic.Int64
	for _, s := range stores {
		sealing.Go(func() {
			for ctx.Err() == nil {
				n, err := logOf(t, s).Append(ctx)
				if err != nil && ctx.Err() == nil {
					t.Errorf("sealing: %v", err)
				}
				sealed.Add(int64(n))
			}
		})
	}
	began := time.Now()
	for i := range writers {
		writing.Go(func() {
			// The writers continue until a record was appended to the chain during their writes.
			for n := 0; n < each || sealed.Load() == 0 && time.Since(began) < 20*time.Second; n++ {
				written.Add(1)
				if err := logOf(t, stores[i%instances]).Note(t.Context(), account.AuditNote{Action: "x", Outcome: account.Succeeded}); err != nil {
					t.Errorf("writing: %v", err)
				}
			}
		})
	}
	writing.Wait()
	stop()
	sealing.Wait()
	for log := logOf(t, stores[0]); verified(t, log).Waiting > 0; { // a stopped instance may hold the lock for another moment
		drain(t, log)
	}
	if report := verified(t, logOf(t, stores[0])); !report.Sound() || report.Records != written.Load() || report.Waiting != 0 {
		t.Errorf("got %+v, want %d records", report, written.Load())
	}
	if sealed.Load() == 0 {
		t.Error("nobody sealed while others wrote")
	}
}

// Records older than the retention are deleted, whole days at a time. The rest can still be verified.
func TestAuditLog_Retain(t *testing.T) {
	t.Parallel()
	backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
		s := open(t)
		log := logOf(t, s)
		day := 24 * time.Hour
		for _, age := range []time.Duration{50 * day, 40 * day, 31 * day, 2 * day, 0} {
			for range 3 {
				if err := log.Note(t.Context(), account.AuditNote{Action: "x", Outcome: account.Succeeded}); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.Exec(t.Context(), `UPDATE audit_events SET at = at - $1`, age.Microseconds()); err != nil {
				t.Fatal(err)
			}
			drain(t, log)
		}
		kept := verified(t, log).Last
		if n, err := log.Retain(t.Context(), 30*day); err != nil || n != 9 {
			t.Errorf("dropped %d, %v, want the 9 that are older than 30 days", n, err)
		}
		report := verified(t, log, kept)
		if !report.Sound() || report.Records != 6 || report.State.Anchor.Position != 9 {
			t.Errorf("got %+v", report)
		}
		if n, err := log.Retain(t.Context(), 30*day); err != nil || n != 0 {
			t.Errorf("again: %d, %v", n, err)
		}
		fill(t, log, 2)
		if report := verified(t, log, kept); !report.Sound() || report.Records != 8 {
			t.Errorf("later: %+v", report)
		}
		// The first records that are left can't be taken away by the same means.
		if err := s.Exec(t.Context(), `DELETE FROM audit_log WHERE position = 10`); err == nil {
			t.Error("the record behind the anchor could be deleted")
		}
	})
}

// After an account is erased, the database holds neither its address nor its identity.
func TestAuditLog_NothingPersonalInTheClear(t *testing.T) {
	t.Parallel()
	backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
		s := open(t)
		log := logOf(t, s)
		u := account.NewUser{
			ID: "user_ada", Email: account.Email{Typed: "ada@example.com", Key: "ada@example.com"}, Roles: []string{"user"},
		}
		n := account.NewSession{
			ID: "session_1", UserID: u.ID, Idle: time.Hour, Absolute: time.Hour, Assurance: auth.SingleFactor, Cap: 9,
			Client: account.Client{IPAddress: "192.0.2.44", UserAgent: "netscape"},
		}
		if _, _, err := s.AddUserWithSession(t.Context(), u, n); err != nil {
			t.Fatal(err)
		}
		if err := log.Note(t.Context(), account.AuditNote{
			Action: "session.start", Outcome: account.Failed, Address: "eve@example.com", Client: n.Client,
		}); err != nil {
			t.Fatal(err)
		}
		if err := log.Note(t.Context(), account.AuditNote{
			Action: "session.start", Outcome: account.Failed, Subject: u.ID, Address: "ada@example.com", Client: n.Client,
		}); err != nil {
			t.Fatal(err)
		}
		drain(t, log)
		var hashes []int
		if err := s.Select(t.Context(), &hashes, `SELECT length(address) FROM audit_log WHERE length(address) > 0`); err != nil {
			t.Fatal(err)
		}
		if len(hashes) != 1 || hashes[0] != auditchain.KeySize {
			t.Errorf("got hashes of %v bytes, want that of the address that nobody has", hashes)
		}
		var all []string
		if err := s.Select(t.Context(), &all, `SELECT `+concatenated(isPostgres(t))+` FROM audit_log`); err != nil {
			t.Fatal(err)
		}
		text := strings.Join(all, "\n")
		for _, personal := range []string{"192.0.2.44", "netscape", "user_ada", "example.com"} {
			if strings.Contains(text, personal) {
				t.Errorf("the log has %q in the clear", personal)
			}
		}
		if len(all) != 4 || !strings.Contains(text, "user.register") {
			t.Errorf("got %q, want four records", text)
		}
	})
}

// concatenated is the whole of a record as text: PostgreSQL's bytes as they are rather than in hexadecimal.
func concatenated(postgres bool) string {
	text := func(column string) string { return `COALESCE(CAST(` + column + ` AS TEXT), '')` }
	if postgres {
		text = func(column string) string { return `COALESCE(` + column + `::text, '')` }
	}
	bytes := text
	if postgres {
		bytes = func(column string) string { return `COALESCE(encode(` + column + `, 'escape'), '')` }
	}
	parts := []string{text("action"), text("actor_ref"), text("subject_ref"), text("session_id"), text("details"),
		bytes("personal"), bytes("private"), bytes("address")}
	return strings.Join(parts, ` || '|' || `)
}

// The erasure of an account removes personal values from waiting records at once, before they enter the chain.
func TestAuditLog_ErasedWhileWaiting(t *testing.T) {
	t.Parallel()
	backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
		s := open(t)
		for _, u := range []account.NewUser{
			{ID: "user_root", Email: account.Email{Typed: "r", Key: "r"}, Roles: []string{"user", "admin"}},
			{ID: "user_ada", Email: account.Email{Typed: "a", Key: "a"}, Roles: []string{"user"}},
		} {
			if _, _, err := s.AddUserWithSession(t.Context(), u, account.NewSession{
				ID: "session_of_" + u.ID, UserID: u.ID, Idle: time.Hour, Absolute: time.Hour, Assurance: auth.SingleFactor, Cap: 9,
				Client: account.Client{IPAddress: "of " + u.ID, UserAgent: "of " + u.ID},
			}); err != nil {
				t.Fatal(err)
			}
		}
		by := account.Administrator{UserID: "user_root", SessionID: "session_of_user_root", Client: account.Client{IPAddress: "of user_root"}}
		if _, err := s.Suspend(t.Context(), by, "user_ada", "said of user_ada"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.EraseUser(t.Context(), by, "user_ada"); err != nil {
			t.Fatal(err)
		}
		var rows []string
		if err := s.Select(t.Context(), &rows, `SELECT concat_ws('|', action, actor_id, subject_id, ip_address, user_agent, private)
			FROM audit_events`); err != nil {
			t.Fatal(err)
		}
		text := strings.Join(rows, "\n")
		if strings.Contains(text, "user_ada") {
			t.Errorf("what waits still tells of who was erased:\n%s", text)
		}
		if len(rows) < 6 || !strings.Contains(text, "user.delete|user_root|ref_") || !strings.Contains(text, "of user_root") {
			t.Errorf("got\n%s", text)
		}
	})
}
