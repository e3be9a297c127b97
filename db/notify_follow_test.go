package db_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"authgraph/account"
	"authgraph/db"
	"authgraph/db/dbtest"
	"authgraph/internal/proxy"
)

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// follow returns the changes that s is notified of.
func follow(t *testing.T, s *db.Store) <-chan account.Change {
	t.Helper()
	changes := make(chan account.Change, 1000)
	s.Subscribe(func(c account.Change) { changes <- c })
	if err := s.Follow(t.Context(), func(err error) { t.Log(err) }); err != nil {
		t.Fatal(err)
	}
	if !s.Held() {
		t.Error("it follows, and does not hold the lease")
	}
	for len(changes) > 0 {
		<-changes // the first notification
	}
	return changes
}

func hear(t *testing.T, changes <-chan account.Change) account.Change {
	t.Helper()
	select {
	case c := <-changes:
		return c
	case <-time.After(patience):
		t.Fatal("nothing was heard")
		return account.Change{}
	}
}

func add(t *testing.T, s *db.Store, name string) {
	t.Helper()
	_, _, err := s.AddUserWithSession(t.Context(), account.NewUser{
		ID: "user_" + name, Email: account.Email{Typed: name + "@example.com", Key: name + "@example.com"},
	}, account.NewSession{ID: "session_" + name, UserID: "user_" + name, Idle: time.Hour, Absolute: time.Hour, Cap: 10})
	if err != nil {
		t.Fatal(err)
	}
}

func end(t *testing.T, s *db.Store, name string) {
	t.Helper()
	if _, err := s.EndSessions(t.Context(), account.SessionEnd{
		UserID: "user_" + name, Scope: account.LogoutAll, Reason: account.Revoked,
	}); err != nil {
		t.Fatal(err)
	}
}

// Another process that writes to the file is heard of; what this one writes is known exactly.
func TestFollow_SQLite(t *testing.T) {
	t.Parallel()
	path := dbtest.SQLite(t)
	serving := dbtest.OpenSQLite(t, path)
	beside := dbtest.OpenSQLite(t, path)
	changes := follow(t, serving)
	add(t, serving, "ada")
	end(t, serving, "ada")
	if c := hear(t, changes); c.All || len(c.Sessions) != 1 || c.Sessions[0] != "session_ada" {
		t.Errorf("its own change: got %+v", c)
	}
	add(t, beside, "bob")
	if c := hear(t, changes); !c.All {
		t.Errorf("another's change: got %+v, want that all may have changed", c)
	}
	end(t, serving, "bob")
	for c := hear(t, changes); c.All; c = hear(t, changes) { // the other's commit may be heard of in two steps
		t.Log("once more")
	}
}

// Other instances are notified of changes that take access away, and of no others.
func TestFollow_PostgreSQL(t *testing.T) {
	t.Parallel()
	dsn := dbtest.Postgres(t)
	one := dbtest.OpenPostgres(t, dsn)
	other := dbtest.OpenPostgres(t, dsn)
	changes := follow(t, one)
	add(t, other, "ada")
	end(t, other, "ada")
	if c := hear(t, changes); c.All || len(c.Sessions) != 1 || c.Sessions[0] != "session_ada" {
		t.Errorf("got %+v, want the session, and nothing of its beginning", c)
	}
	add(t, other, "bob")
	end(t, other, "bob")
	if c := hear(t, changes); c.All || len(c.Sessions) != 1 || c.Sessions[0] != "session_bob" {
		t.Errorf("got %+v", c)
	}
}

// The start names a pooler in transaction mode, because it carries no notifications.
func TestFollow_Pooler(t *testing.T) {
	t.Parallel()
	dsn, err := url.Parse(dbtest.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	p := proxy.New(t, dsn.Host)
	dsn.Host = p.Addr()
	s := dbtest.OpenPostgres(t, dsn.String())
	p.SwallowListeners()
	defer p.Heal()
	err = s.Follow(t.Context(), func(error) {})
	if err == nil || !strings.Contains(err.Error(), "pooler in transaction mode") {
		t.Errorf("got %v, want that it names a pooler", err)
	}
	if s.Held() {
		t.Error("the lease is held")
	}
}

// The lease is lost when nothing is heard, and held again when it is; then everything may have changed.
func TestFollow_Lost(t *testing.T) {
	t.Parallel()
	dsn, err := url.Parse(dbtest.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	p := proxy.New(t, dsn.Host)
	dsn.Host = p.Addr()
	s := dbtest.OpenPostgres(t, dsn.String())
	changes := follow(t, s)
	p.SwallowListeners()
	await(t, func() bool { return !s.Held() })
	p.Heal()
	await(t, s.Held)
	p.Cut()
	if c := hear(t, changes); !c.All {
		t.Errorf("after a new connection: got %+v, want that all may have changed", c)
	}
	await(t, s.Held)
}

// A path that takes connections and then swallows what is said on them does not keep the instance from listening again, nor
// from stopping.
func TestFollow_SwallowedWhileConnecting(t *testing.T) {
	t.Parallel()
	dsn, err := url.Parse(dbtest.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	p := proxy.New(t, dsn.Host)
	dsn.Host = p.Addr()
	s := dbtest.OpenPostgres(t, dsn.String())
	failures := make(chan struct{}, 100)
	if err := s.Follow(t.Context(), func(error) { failures <- struct{}{} }); err != nil {
		t.Fatal(err)
	}
	p.Swallow()
	p.Cut() // new connections are accepted, and get no greeting
	for range 2 {
		select {
		case <-failures:
		case <-time.After(patience):
			t.Fatal("it waits for a greeting that does not come")
		}
	}
	p.Heal()
	await(t, s.Held)
}

func await(t *testing.T, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !condition(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it did not come about")
		}
	}
}
