package pgtest

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
)

// Cluster is a PostgreSQL server with its databases.
type Cluster struct{ server *server }

var shared = sync.OnceValues(func() (*server, error) { return newServer(noDurability) })

// Database returns the URL of a new, empty database in the cluster that all
// tests of this process share, which the first call starts. The database is
// dropped when the test ends. Without PostgreSQL the test is skipped; where CI
// is "true" it fails instead, so that a build without these tests is not green.
func Database(tb testing.TB) string {
	tb.Helper()
	s, err := shared()
	check(tb, err)
	return (&Cluster{s}).Database(tb)
}

// New starts a cluster for this test alone, which the test may stop and
// start. It keeps acknowledged commits when it is stopped, unlike the shared
// one, and is removed when the test ends. It is skipped as Database is.
func New(tb testing.TB) *Cluster {
	tb.Helper()
	s, err := newServer(steady)
	check(tb, err)
	tb.Cleanup(func() {
		_ = s.stop() // the test may have done so
		if err := s.folder.remove(); err != nil {
			tb.Errorf("pgtest: %v", err)
		}
	})
	return &Cluster{s}
}

// Genuine starts a cluster with PostgreSQL's own settings, which a program under
// bench measures on. Close removes it.
func Genuine() (*Cluster, error) {
	s, err := newServer(genuine)
	if err != nil {
		return nil, err
	}
	return &Cluster{s}, nil
}

// Close stops the server and removes what it kept.
func (c *Cluster) Close() error { return errors.Join(c.server.stop(), c.server.folder.remove()) }

// Create returns the URL of a new, empty database.
func (c *Cluster) Create() (string, error) {
	name, err := c.create(empty)
	return c.server.url(name), err
}

// empty is the name of PostgreSQL's empty database.
const empty = "template0"

// create creates a copy of a database that nothing is connected to.
func (c *Cluster) create(template string) (name string, err error) {
	name = fmt.Sprintf("test%d", c.server.names.Add(1))
	return name, c.server.execute("CREATE DATABASE " + name + " TEMPLATE " + template)
}

// Stop ends the server at once, as a crash would. Connections break.
func (c *Cluster) Stop(tb testing.TB) {
	tb.Helper()
	if err := c.server.stop(); err != nil {
		tb.Fatalf("pgtest: stop: %v", err)
	}
}

// Start starts a stopped server again, on the same port and with its
// databases, and returns when it accepts connections.
func (c *Cluster) Start(tb testing.TB) {
	tb.Helper()
	if err := c.server.start(); err != nil {
		tb.Fatalf("pgtest: start: %v", err)
	}
}

// Demote makes a standby of a server that runs, on the same port and with its
// databases. It has no primary, so its data stays as it is.
func (c *Cluster) Demote(tb testing.TB) {
	tb.Helper()
	if err := c.server.execute("CHECKPOINT"); err != nil {
		tb.Fatalf("pgtest: %v", err)
	}
	c.Stop(tb)
	if err := os.WriteFile(c.server.folder.file("data/standby.signal"), nil, 0o644); err != nil {
		tb.Fatalf("pgtest: %v", err)
	}
	c.Start(tb)
}

// Database returns the URL of a new, empty database, which is dropped when
// the test ends.
func (c *Cluster) Database(tb testing.TB) string {
	tb.Helper()
	return c.copyOf(tb, empty)
}

// copyOf returns the URL of a new copy of a database, which is dropped when the test ends.
func (c *Cluster) copyOf(tb testing.TB, template string) string {
	tb.Helper()
	name, err := c.create(template)
	if err != nil {
		tb.Fatalf("pgtest: %v", err)
	}
	tb.Cleanup(func() {
		// A stopped server has nothing to drop from, and its folder goes anyway.
		_ = c.server.execute("DROP DATABASE " + name + " WITH (FORCE)")
	})
	return c.server.url(name)
}

func (s *server) execute(statement string) (err error) {
	db, err := sql.Open("postgres", s.url("postgres"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	_, err = db.Exec(statement)
	return err
}

// check ends the test if there is no cluster.
func check(tb testing.TB, err error) {
	tb.Helper()
	switch {
	case err == nil:
	case errors.Is(err, errAbsent) && os.Getenv("CI") != "true":
		tb.Skipf("pgtest: %v", err)
	default:
		tb.Fatalf("pgtest: %v", err)
	}
}
