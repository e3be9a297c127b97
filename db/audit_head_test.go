package db_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"authgraph/account"
	"authgraph/db"
	"authgraph/internal/auditchain"
)

const (
	cutTail   = `DELETE FROM audit_log WHERE position > 3`
	setBack   = `UPDATE audit_chain SET head_position = 3, head_mac = (SELECT mac FROM audit_log WHERE position = 3)`
	notSigned = "is not signed by this server"
)

// An attacker with the database sets the end of the log back, and waits for the server to continue from there and sign it.
func TestAuditLog_HeadSetBack(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name       string
		statements []string
	}{
		{"the signature as it was", []string{cutTail, setBack}},
		{"the signature taken away", []string{cutTail, setBack, `UPDATE audit_chain SET head_signature = NULL`}},
		{"everything taken away", []string{
			`DELETE FROM audit_log`, `UPDATE audit_chain SET head_position = 0, head_mac = NULL, head_signature = NULL`,
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
				s := open(t)
				log := logOf(t, s)
				unguard(t, s, isPostgres(t))
				fill(t, log, 5)
				if report := verified(t, log); !report.Sound() {
					t.Fatalf("before: %q", report.Problems)
				}
				for _, statement := range row.statements {
					if err := s.Exec(t.Context(), statement); err != nil {
						t.Fatal(err)
					}
				}
				for _, when := range []string{"at once", "after the next sealing", "after another"} {
					if report := verified(t, log); report.Count != 1 || !strings.Contains(report.Problems[0], notSigned) {
						t.Errorf("%s: got %q, want that the end is not signed", when, report.Problems)
					}
					fill(t, log, 2)
					logOf(t, s) // a program that starts signs it no more than the sealer does
				}
			})
		})
	}
}

// A log from before ends were signed is signed by command, and only where nothing else is wrong with it.
func TestAuditLog_Sign(t *testing.T) {
	t.Parallel()
	backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
		s := open(t)
		log := logOf(t, s)
		unguard(t, s, isPostgres(t))
		fill(t, log, 5)
		end := verified(t, log).Last
		exec := func(statement string) {
			t.Helper()
			if err := s.Exec(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
		signs := func(name string, want error, outside ...auditchain.Checkpoint) {
			t.Helper()
			if report, err := log.Sign(t.Context(), outside...); !errors.Is(err, want) || (err == nil) != report.Sound() {
				t.Errorf("%s: got %v and %q, want %v", name, err, report.Problems, want)
			}
		}
		exec(`UPDATE audit_chain SET head_signature = NULL`)
		exec(`UPDATE audit_log SET action = 'y' WHERE position = 2`)
		signs("with a record that was altered", db.ErrUnsound)
		exec(`UPDATE audit_log SET action = 'x' WHERE position = 2`)
		signs("against an anchor of another log", db.ErrUnsound, auditchain.Checkpoint{Position: 4, MAC: end.MAC})
		if report := verified(t, log); report.Sound() {
			t.Fatal("what was refused is signed")
		}
		signs("with nothing wrong", nil, end)
		drain(t, log)
		if report := verified(t, log, end); !report.Sound() || report.Records != 6 {
			t.Errorf("after it: %d records, %q; want the five and that it was signed", report.Records, report.Problems)
		}
		exec(cutTail)
		exec(setBack)
		signs("cut off, against an anchor that was kept elsewhere", db.ErrUnsound, end)
	})
}

// An attacker with write access backdates records, or deletes some, and waits for the server to delete the rest and sign for all
// of them.
func TestAuditLog_RetainsWhatIsNotProven(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for _, row := range []struct {
		name      string
		old       int // records that were sealed so long ago, before five of today
		statement string
	}{
		{"records made old", 0, `UPDATE audit_log SET at = 0 WHERE position <= 3`},
		{"the first dropped", 3, `DELETE FROM audit_log WHERE position = 1`},
		{"an anchor that nobody signed", 3, `UPDATE audit_chain SET anchor_position = 1, anchor_mac = (SELECT mac FROM audit_log WHERE position = 1)`},
	} {
		t.Run(row.name, func(t *testing.T) {
			backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
				s := open(t)
				log := logOf(t, s)
				unguard(t, s, isPostgres(t))
				for range row.old {
					if err := log.Note(t.Context(), account.AuditNote{Action: "x", Outcome: account.Succeeded}); err != nil {
						t.Fatal(err)
					}
				}
				if err := s.Exec(t.Context(), `UPDATE audit_events SET at = at - $1`, (50 * day).Microseconds()); err != nil {
					t.Fatal(err)
				}
				drain(t, log)
				fill(t, log, 5)
				if err := s.Exec(t.Context(), row.statement); err != nil {
					t.Fatal(err)
				}
				if n, err := log.Retain(t.Context(), 30*day); err == nil {
					t.Errorf("dropped %d, and signed for it", n)
				}
				if report := verified(t, log); report.Sound() {
					t.Error("nothing is wrong")
				}
			})
		})
	}
}

// After the key was revoked, the log continues under the next key, signed, with or without earlier records.
func TestAuditLog_BeginsAnew(t *testing.T) {
	t.Parallel()
	for name, n := range map[string]int{"an empty log": 0, "one with records": 4} {
		t.Run(name, func(t *testing.T) {
			backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
				s := open(t)
				fill(t, logOf(t, s), n)
				next := logUnder(t, s, 8)
				if report := verified(t, next); report.Sound() {
					t.Fatal("sound under another key")
				}
				for range 2 { // again after it was interrupted, say
					if err := next.Restart(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				fill(t, next, 2)
				if report := verified(t, next); !report.Sound() || report.Records != 2 || report.Before != int64(n) {
					t.Errorf("got %+v", report)
				}
				if err := s.Exec(t.Context(), `UPDATE audit_chain SET head_position = head_position - 1`); err != nil {
					t.Fatal(err)
				}
				if report := verified(t, next); !strings.Contains(strings.Join(report.Problems, "\n"), notSigned) {
					t.Errorf("set back: got %q", report.Problems)
				}
			})
		})
	}
}

// An instance that has not heard yet that the log's key was given up seals nothing with it.
func TestAuditLog_StaleKey(t *testing.T) {
	t.Parallel()
	backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
		s := open(t)
		stale, next := logOf(t, s), logUnder(t, s, 8)
		fill(t, stale, 3)
		if err := next.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := next.Note(t.Context(), account.AuditNote{Action: "x", Outcome: account.Succeeded}); err != nil {
			t.Fatal(err)
		}
		for range 7 { // as often as a server would before it is notified of the key
			if n, err := stale.Append(t.Context()); n != 0 || err != nil {
				t.Fatalf("it sealed %d, %v", n, err)
			}
		}
		drain(t, next)
		if report := verified(t, next); !report.Sound() || report.Records != 1 {
			t.Errorf("got %+v", report)
		}
	})
}
