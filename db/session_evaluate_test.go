package db_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"authgraph/account"
	"authgraph/db"
)

// The WHERE clause of the rotating statement holds exactly where EvaluateRefresh returns RefreshRotated, for every combination of
// what the two decide by; and FinishRefresh returns the outcome of EvaluateRefresh for all others.
func TestRotate_Evaluate(t *testing.T) {
	t.Parallel()
	hooked(t, func(t *testing.T, s *db.Store, _ *hook) {
		n := addAda(t, s)
		n.Cap = 10_000
		home, away := n.Client, account.Client{UserAgent: "another", IPAddress: "203.0.113.7"}
		count := 0
		for _, suspended := range []bool{false, true} {
			for _, state := range []string{"live", "expired", "SIGNED_OUT", "REPLACED", "TOKEN_REUSED"} {
				for _, late := range []bool{false, true} {
					for _, token := range []account.RefreshToken{
						{Counter: 1, KeyVersion: 1}, {Counter: 2, KeyVersion: 1}, {Counter: 3, KeyVersion: 1}, {Counter: 4, KeyVersion: 1},
						{Counter: 3, KeyVersion: 2},
					} {
						for _, r := range []account.Rotation{
							{Grace: time.Hour, Client: home}, {Grace: time.Nanosecond, Client: home}, {Client: home},
							{Grace: time.Hour, Client: away}, {Grace: time.Nanosecond, Client: away},
						} {
							count++
							n.ID = fmt.Sprint("session_", count)
							judged(t, s, n, suspended, state, late, token, r)
						}
					}
				}
			}
		}
	})
}

func judged(
	t *testing.T, s *db.Store, n account.NewSession, suspended bool, state string, late bool, token account.RefreshToken, r account.Rotation,
) {
	t.Helper()
	exec := func(query string, args ...any) {
		t.Helper()
		if err := s.Exec(t.Context(), query, args...); err != nil {
			t.Fatal(err)
		}
	}
	exec(`UPDATE users SET suspended_at = NULL`)
	if _, _, err := s.AddSession(t.Context(), n, 1); err != nil {
		t.Fatal(err)
	}
	exec(`UPDATE sessions SET counter = 3, foreign_answers = 2, rotated_at = rotated_at - 1000 WHERE id = $1`, n.ID)
	if late {
		exec(`UPDATE sessions SET late_from = 1, late_to = 3 WHERE id = $1`, n.ID)
	} else { // as an older program leaves them behind
		exec(`UPDATE sessions SET late_from = 1, late_to = 2 WHERE id = $1`, n.ID)
	}
	switch state {
	case "live":
	case "expired":
		exec(`UPDATE sessions SET expires_at = created_at - 1 WHERE id = $1`, n.ID)
	default:
		exec(`UPDATE sessions SET ended_at = created_at, end_reason = $2 WHERE id = $1`, n.ID, state)
	}
	if suspended {
		exec(`UPDATE users SET suspended_at = 1`)
	}
	r.Token, r.Idle = token, time.Hour
	r.Token.Session = n.ID
	found, err := s.SessionsByID(t.Context(), []string{n.ID})
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	want := found[0].EvaluateRefresh(r, suspended)
	name := fmt.Sprintf("suspended %v, %s, late %v, token %+v, grace %v, foreign %v", suspended, state, late, token, r.Grace, found[0].Foreign(r.Client))

	_, session, err := s.Rotate(t.Context(), r)
	if rotated := err == nil; rotated != (want == account.RefreshRotated) ||
		!rotated && !errors.Is(err, account.ErrNotRotated) {
		t.Errorf("%s: Rotate: got %v, EvaluateRefresh says %s", name, err, want)
	}
	if err == nil {
		if session.Counter != 4 || session.LateFrom != nil {
			t.Errorf("%s: after the rotation got %+v", name, session)
		}
		return
	}
	got, _, session, err := s.FinishRefresh(t.Context(), r)
	if got != want || err != nil {
		t.Errorf("%s: FinishRefresh: got %s, %v, EvaluateRefresh says %s", name, got, err, want)
	}
	switch got {
	case account.RefreshLate:
		if session.Counter != 4 || session.LateFrom == nil {
			t.Errorf("%s: after the late refresh got %+v", name, session)
		} else if *session.LateFrom != token.Counter || session.ExpiresAt.Before(found[0].ExpiresAt) {
			t.Errorf("%s: after the late refresh got %+v", name, session)
		}
	case account.RefreshRepeated:
		if session.Counter != 3 {
			t.Errorf("%s: got counter %d", name, session.Counter)
		}
	}
}
