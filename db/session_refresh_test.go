package db_test

import (
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"authgraph/account"
	"authgraph/auth"
	"authgraph/db/dbtest"
)

// A refresh that waits for its session's row sees the account as it was before it waited. Its time is not
// later than a change of permissions that commits in between, so that other servers recognize its token as an old one.
func TestRotate_AsOf(t *testing.T) {
	t.Parallel()
	dsn := dbtest.Postgres(t)
	s := dbtest.OpenPostgres(t, dsn)
	root := account.NewUser{ID: "user_root", Email: account.Email{Typed: "root@example.com", Key: "root@example.com"}, Roles: []string{account.RoleAdmin}}
	if _, err := s.AddUser(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	ada := account.NewUser{ID: "user_ada", Email: account.Email{Typed: "ada@example.com", Key: "ada@example.com"}, Roles: []string{account.RoleAdmin, account.RoleUser}}
	_, session, err := s.AddUserWithSession(t.Context(), ada, account.NewSession{
		ID: "session_ada", UserID: ada.ID, Idle: time.Hour, Absolute: time.Hour, Cap: 10,
		Assurance: auth.SingleFactor, Methods: []account.SignInMethod{account.MethodPassword}, Delivery: account.DeliverBody,
	})
	if err != nil {
		t.Fatal(err)
	}
	other, err := sqlx.Open("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Close() })
	holding, err := other.Beginx()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := holding.Exec(`SELECT 1 FROM sessions WHERE id = $1 FOR UPDATE`, session.ID); err != nil {
		t.Fatal(err)
	}

	type outcome struct {
		user    *account.User
		session *account.Session
		err     error
	}
	rotated := make(chan outcome, 1)
	go func() {
		user, session, err := s.Rotate(t.Context(), account.Rotation{
			Token: account.RefreshToken{Session: session.ID, KeyVersion: session.KeyVersion, Counter: session.Counter}, Idle: time.Hour,
		})
		rotated <- outcome{user, session, err}
	}()
	for waits := false; !waits; {
		if err := other.Get(&waits, `SELECT EXISTS (SELECT 1 FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%UPDATE sessions%')`); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.SetRoles(t.Context(), account.Administrator{UserID: root.ID}, ada.ID, []string{account.RoleUser}); err != nil {
		t.Fatal(err)
	}
	notified, _, err := s.Revocations(t.Context(), session.CreatedAt)
	if err != nil || len(notified) != 1 || notified[0].Kind != account.RevokedRights {
		t.Fatalf("got %v, %v, want the change of rights", notified, err)
	}
	if err := holding.Rollback(); err != nil {
		t.Fatal(err)
	}
	got := <-rotated
	if got.err != nil {
		t.Fatal(got.err)
	}
	if len(got.user.Roles) == 2 && !got.session.ReadAt.Before(notified[0].At) {
		t.Errorf("it has the roles from before %v, and was read at %v", notified[0].At, got.session.ReadAt)
	}
}
