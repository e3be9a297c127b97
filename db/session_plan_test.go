package db_test

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/db"
	"authgraph/db/dbtest"
)

// hooked runs a test on a store of each database whose statements a hook sees.
func hooked(t *testing.T, test func(t *testing.T, s *db.Store, h *hook)) {
	t.Run("SQLite", func(t *testing.T) {
		h := &hook{}
		test(t, dbtest.OpenSQLite(t, dbtest.SQLite(t), h.option()), h)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		h := &hook{}
		test(t, dbtest.OpenPostgres(t, dbtest.Postgres(t), h.option()), h)
	})
}

// history inserts ended sessions of an account, one a second.
func history(t *testing.T, s *db.Store, user string, rows int) {
	t.Helper()
	const chunk = 1000
	for from := 1; from <= rows; from += chunk {
		if err := s.Exec(t.Context(), fmt.Sprintf(`
			INSERT INTO sessions (id, user_id, created_at, last_used_at, rotated_at, changed_at, auth_time, expires_at,
				absolute_expires_at, ended_at, end_reason, assurance, methods)
			WITH RECURSIVE n(i) AS (SELECT %d UNION ALL SELECT i + 1 FROM n WHERE i < %d)
			SELECT 'session_old_' || i, $1, at, at, at, at, at, at, at, at, 'REVOKED', 'SINGLE_FACTOR', 'PASSWORD'
			FROM (SELECT i, CAST(i AS BIGINT) * 1000000 AS at FROM n) AS old`,
			from, min(rows, from+chunk-1)), user); err != nil {
			t.Fatal(err)
		}
	}
}

func addAda(t *testing.T, s *db.Store) account.NewSession {
	t.Helper()
	u := account.NewUser{ID: "user_ada", Email: account.Email{Typed: "ada", Key: "ada"}, Roles: []string{"user"}}
	n := account.NewSession{
		ID: "session_0", UserID: u.ID, Idle: time.Hour, Absolute: time.Hour, Assurance: auth.SingleFactor, Cap: 2,
		Methods: []account.SignInMethod{account.MethodPassword}, Delivery: account.DeliverBody,
	}
	if _, _, err := s.AddUserWithSession(t.Context(), u, n); err != nil {
		t.Fatal(err)
	}
	return n
}

// planned is a statement that a store has made.
type planned struct {
	query string
	args  []any
}

// plan returns how the database would execute p.
func (p planned) plan(t *testing.T, s *db.Store) string {
	t.Helper()
	var lines []string
	if s.OnSQLite() {
		var rows []struct {
			ID, Parent, NotUsed int
			Detail              string
		}
		if err := s.Select(t.Context(), &rows, `EXPLAIN QUERY PLAN `+p.query, p.args...); err != nil {
			t.Fatal(err, p.query)
		}
		for _, row := range rows {
			lines = append(lines, row.Detail)
		}
	} else if err := s.Select(t.Context(), &lines, `EXPLAIN (COSTS OFF) `+p.query, p.args...); err != nil {
		t.Fatal(err, p.query)
	}
	return strings.Join(lines, "\n")
}

// whole matches a plan that reads every session of the table, or every session of an account.
var whole = regexp.MustCompile(`Seq Scan on sessions|SCAN sessions|SCAN s\b|\bsessions_user\b`)

// readsHistory reports whether a plan reads sessions without an index of the kind that it is about. The subquery of a
// page is called s too.
func readsHistory(plan string) bool {
	if strings.Contains(plan, "CO-ROUTINE s\n") {
		plan = strings.ReplaceAll(plan, "SCAN s\n", "")
	}
	return whole.MatchString(plan)
}

// No statement of a sign-in, a page of sessions, a subscription or a sign-out reads the ended sessions of an account,
// however many there are, except the range that it is about.
func TestSessions_Plans(t *testing.T) {
	t.Parallel()
	const rows = 20_000
	hooked(t, func(t *testing.T, s *db.Store, h *hook) {
		start := time.Now()
		n := addAda(t, s)
		history(t, s, n.UserID, rows)
		if err := s.Exec(t.Context(), `ANALYZE`); err != nil {
			t.Fatal(err)
		}
		var made []planned
		h.set(func(query string, args []driver.NamedValue) error {
			if strings.Contains(query, "sessions") {
				p := planned{query: query}
				for _, arg := range args {
					p.args = append(p.args, arg.Value)
				}
				made = append(made, p)
			}
			return nil
		})
		users := []string{n.UserID}
		for _, use := range []struct {
			name string
			do   func() error
		}{
			{"page", func() error {
				_, err := s.Sessions(t.Context(), users, account.Page{Limit: 20, Counted: true})
				return err
			}},
			{"last page", func() error {
				_, err := s.Sessions(t.Context(), users, account.Page{Limit: 20, Backward: true, Before: "session_9"})
				return err
			}},
			{"events", func() error {
				found, _, err := s.SessionsChanged(t.Context(), users, start)
				if len(found) != 1 {
					err = errors.Join(err, fmt.Errorf("%d sessions, want the live one", len(found)))
				}
				return err
			}},
			{"refresh", func() error {
				_, _, err := s.Rotate(t.Context(), account.Rotation{
					Token: account.RefreshToken{Session: n.ID, KeyVersion: 1, Counter: 1}, Idle: time.Hour,
				})
				return err
			}},
			{"sign-in", func() error {
				n.ID = "session_1"
				_, _, err := s.AddSession(t.Context(), n, 1)
				return err
			}},
			{"sign-out", func() error {
				ended, err := s.EndSessions(t.Context(), account.SessionEnd{UserID: n.UserID, Scope: account.LogoutAll, Reason: account.SignedOut})
				if len(ended) != 2 {
					err = errors.Join(err, fmt.Errorf("%d sessions ended, want 2", len(ended)))
				}
				return err
			}},
		} {
			made = nil
			began := time.Now()
			if err := use.do(); err != nil {
				t.Fatalf("%s: %v", use.name, err)
			}
			t.Logf("%s: %v", use.name, time.Since(began).Round(10*time.Microsecond))
			statements := made
			if len(statements) == 0 {
				t.Errorf("%s: no statement about sessions was seen", use.name)
			}
			for _, p := range statements {
				if strings.Contains(p.query, "INSERT INTO") {
					continue
				}
				if plan := p.plan(t, s); readsHistory(plan) {
					t.Errorf("%s:\n%s\n%s", use.name, p.query, plan)
				}
			}
		}
	})
}

// The newest 1,000 ended sessions of an account stay, and a refresh token of an older one is invalid.
func TestSessions_History(t *testing.T) {
	t.Parallel()
	hooked(t, func(t *testing.T, s *db.Store, _ *hook) {
		n := addAda(t, s)
		history(t, s, n.UserID, account.MaxEndedSessions+500)
		expired := n
		expired.ID, expired.Idle = "session_expired", -time.Second
		if _, _, err := s.AddSession(t.Context(), expired, 1); err != nil {
			t.Fatal(err)
		}
		for i := range 3 { // the cap is 2, so that the first session ends and the last two are live
			n.ID = fmt.Sprint("session_new_", i)
			if _, _, err := s.AddSession(t.Context(), n, 1); err != nil {
				t.Fatal(err)
			}
		}
		var got []struct {
			Ended bool  `db:"ended"`
			Count int64 `db:"count"`
		}
		if err := s.Select(t.Context(), &got, `SELECT ended_at IS NOT NULL AS ended, count(*) AS count FROM sessions GROUP BY 1 ORDER BY 1`); err != nil {
			t.Fatal(err)
		}
		if len(got) != 2 || got[0].Count != 2 || got[1].Count != account.MaxEndedSessions {
			t.Errorf("got %+v, want 2 live sessions and %d ended ones", got, account.MaxEndedSessions)
		}
		oldest := fmt.Sprint("session_old_", 504) // 1,500 and three newer ones ended, less the 1,000 that stay
		for id, want := range map[string]account.RefreshOutcome{
			"session_old_503": account.RefreshInvalid, oldest: account.RefreshEnded,
			"session_expired": account.RefreshEnded, "session_0": account.RefreshEnded,
		} {
			outcome, _, _, err := s.FinishRefresh(t.Context(), account.Rotation{
				Token: account.RefreshToken{Session: id, KeyVersion: 1, Counter: 1}, Grace: time.Minute,
			})
			if outcome != want || err != nil {
				t.Errorf("%s: got %q, %v, want %q", id, outcome, err, want)
			}
		}
		found, err := s.SessionsByID(t.Context(), []string{"session_expired"})
		if err != nil || len(found) != 1 {
			t.Errorf("got %+v, %v, want EXPIRED as of its expiry", found, err)
		} else if *found[0].EndReason != account.Expired || !found[0].EndedAt.Equal(found[0].ExpiresAt) {
			t.Errorf("got %+v, %v, want EXPIRED as of its expiry", found, err)
		}
	})
}
