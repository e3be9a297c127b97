package db_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/db"
)

// A database that refuses for now, or is out of reach, is unavailable; a statement that is wrong is a fault, and a
// caller that has gone is neither.
func TestFault(t *testing.T) {
	t.Parallel()
	for code, name := range map[pqerror.Code]string{
		"08006": "connection failure", "28000": "no entry in pg_hba.conf", "28P01": "password changed", "40001": "serialization failure",
		"40P01": "deadlock", "53100": "disk full", "53200": "out of memory", "53300": "too many connections", "55P03": "lock_timeout",
		"55006": "object in use", "55000": "recovery is in progress", "57014": "statement_timeout", "57P01": "admin shutdown",
		"57P02": "crash shutdown", "57P03": "starting up", "58030": "I/O error", "25006": "read only", "25P03": "idle in transaction",
		"25P04": "transaction_timeout", "3D000": "the database is gone", "42501": "permission revoked", "54000": "wraparound",
	} {
		err := db.Fault(fmt.Errorf("wrapped: %w", &pq.Error{Code: code}))
		var refused *auth.Error
		if !errors.As(err, &refused) || refused.Code != auth.ServiceUnavailable || refused.RetryAfter <= 0 {
			t.Errorf("%s, %s: got %v, want SERVICE_UNAVAILABLE with retryAfter", code, name, err)
		}
	}
	for code, name := range map[pqerror.Code]string{
		"42601": "syntax error", "42P01": "no such table", "22003": "out of range", "23505": "unique violation", "P0001": "raised", "XX001": "corrupt",
	} {
		if err := db.Fault(&pq.Error{Code: code}); errors.Is(err, auth.ErrUnavailable) || err == nil {
			t.Errorf("%s, %s: got %v, want a fault", code, name, err)
		}
	}
	for code, want := range map[int]bool{ // result codes of SQLite, extended ones too
		5: true, 261: true, 517: true, 6: true, 10: true, 266: true, 3850: true, 13: true, 14: true, 8: true, 1544: true, 3: true,
		7: true, 15: true, 9: true, 4: true, 17: true, 22: true,
		1: false, 11: false, 19: false, 2067: false, 20: false, 25: false, 26: false,
	} {
		if got := db.SQLiteRefuses(code); got != want {
			t.Errorf("SQLite's code %d: got %v, want %v", code, got, want)
		}
	}
	for name, row := range map[string]struct {
		err         error
		unavailable bool
	}{
		"a transaction that was given up": {sql.ErrTxDone, true}, "a connection that was lost": {driver.ErrBadConn, true},
		"a deadline": {context.DeadlineExceeded, true}, "a reset": {syscall.EPIPE, true},
		"a caller that has gone": {context.Canceled, false}, "a fault of ours": {errors.New("other"), false},
	} {
		if got := errors.Is(db.Fault(row.err), auth.ErrUnavailable); got != row.unavailable {
			t.Errorf("%s: got unavailable %v, want %v", name, got, row.unavailable)
		}
	}
}

// Every method of a Store says so when the database refuses its statements for now.
func TestStore_Refused(t *testing.T) {
	t.Parallel()
	hooked(t, func(t *testing.T, s *db.Store, h *hook) {
		n := addAda(t, s)
		by, token := account.Administrator{UserID: n.UserID}, account.RefreshToken{Session: n.ID, KeyVersion: 1, Counter: 1}
		h.set(func(string, []driver.NamedValue) error {
			return &pq.Error{Code: "55P03", Message: "canceling statement due to lock timeout"}
		})
		ctx := t.Context()
		for name, do := range map[string]func() error{
			"Ping":                 func() error { return s.Ping(ctx) },
			"AddUser":              func() error { _, err := s.AddUser(ctx, account.NewUser{ID: "user_b"}); return err },
			"AddUserWithSession":   func() error { _, _, err := s.AddUserWithSession(ctx, account.NewUser{ID: "user_b"}, n); return err },
			"CredentialByEmailKey": func() error { _, err := s.CredentialByEmailKey(ctx, "ada"); return err },
			"AddSession":           func() error { _, _, err := s.AddSession(ctx, n, 1); return err },
			"ReplacePasswordHash":  func() error { return s.ReplacePasswordHash(ctx, n.UserID, "a", "b") },
			"UsersByID":            func() error { _, err := s.UsersByID(ctx, []string{n.UserID}); return err },
			"UsersByID, several":   func() error { _, err := s.UsersByID(ctx, []string{n.UserID, "user_b"}); return err },
			"SessionsByID":         func() error { _, err := s.SessionsByID(ctx, []string{n.ID}); return err },
			"SessionsByID, more":   func() error { _, err := s.SessionsByID(ctx, []string{n.ID, "session_b"}); return err },
			"Users":                func() error { return s.Users(ctx, func(*account.User) error { return nil }) },
			"Rotate":               func() error { _, _, err := s.Rotate(ctx, account.Rotation{Token: token}); return err },
			"FinishRefresh":        func() error { _, _, _, err := s.FinishRefresh(ctx, account.Rotation{Token: token}); return err },
			"EndSessions":          func() error { _, err := s.EndSessions(ctx, account.SessionEnd{UserID: n.UserID}); return err },
			"Sessions":             func() error { _, err := s.Sessions(ctx, []string{n.UserID}, account.Page{Limit: 1}); return err },
			"SessionsChanged":      func() error { _, _, err := s.SessionsChanged(ctx, []string{n.UserID}, time.Now()); return err },
			"PurgeSessions":        func() error { _, _, err := s.PurgeSessions(ctx, "", time.Hour); return err },
			"Revocations":          func() error { _, _, err := s.Revocations(ctx, time.Now()); return err },
			"UserPage":             func() error { _, err := s.UserPage(ctx, account.UserQuery{Limit: 1}); return err },
			"CountUsers":           func() error { _, err := s.CountUsers(ctx, account.UserFilter{}, 1); return err },
			"Roles":                func() error { _, err := s.Roles(ctx); return err },
			"SetRoles":             func() error { _, err := s.SetRoles(ctx, by, n.UserID, nil); return err },
			"Suspend":              func() error { _, err := s.Suspend(ctx, by, n.UserID, ""); return err },
			"EraseUser":            func() error { _, err := s.EraseUser(ctx, by, n.UserID); return err },
			"Count":                func() error { _, _, err := s.Count(ctx, "key", 1, time.Hour); return err },
			"Uncount":              func() error { return s.Uncount(ctx, "key") },
			"Keys":                 func() error { _, err := s.Keys(ctx); return err },
		} {
			if err := do(); !errors.Is(err, auth.ErrUnavailable) {
				t.Errorf("%s: got %v, want ErrUnavailable", name, err)
			}
		}
	})
}
