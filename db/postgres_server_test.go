package db_test

import (
	"net/url"
	"strings"
	"testing"

	"authgraph/db"
	"authgraph/db/dbtest"
	"authgraph/internal/pgtest"
)

// sibling returns the URL of another database of the same server.
func sibling(t *testing.T, dsn, name string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

func TestOpenPostgres_Encoding(t *testing.T) {
	t.Parallel()
	for name, encoding := range map[string]string{"latin": "LATIN1", "ascii": "SQL_ASCII"} {
		t.Run(encoding, func(t *testing.T) {
			dsn := dbtest.Postgres(t)
			s := dbtest.OpenPostgres(t, dsn)
			name := "encoded_" + name
			exec(t, s, `CREATE DATABASE `+name+` TEMPLATE template0 ENCODING '`+encoding+`' LC_COLLATE 'C' LC_CTYPE 'C'`)
			t.Cleanup(func() {
				_ = s.Exec(t.Context(), `DROP DATABASE `+name)
				_ = s.Close()
			})
			other, err := db.OpenPostgres(t.Context(), sibling(t, dsn, name), 2)
			if err == nil {
				_ = other.Close()
				t.Fatal("got no error, want one that names the encoding")
			}
			if text := err.Error(); !strings.Contains(text, encoding) || !strings.Contains(text, "UTF8") || !strings.Contains(text, name) {
				t.Errorf("got %v, want the database, its encoding and UTF8", err)
			}
		})
	}
}

func TestWritable_ReadOnly(t *testing.T) {
	t.Parallel()
	dsn := dbtest.Postgres(t)
	first := dbtest.OpenPostgres(t, dsn)
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	exec(t, first, `ALTER DATABASE `+strings.TrimPrefix(u.Path, "/")+` SET default_transaction_read_only = on`)
	s := dbtest.OpenPostgres(t, dsn)
	if _, err := s.Migrate(t.Context()); err == nil || !strings.Contains(err.Error(), "default_transaction_read_only") {
		t.Errorf("Migrate: got %v, want the setting's name", err)
	}
	if err := s.Follow(t.Context(), func(error) {}); err == nil || !strings.Contains(err.Error(), "default_transaction_read_only") {
		t.Errorf("Follow: got %v, want the setting's name rather than a pooler", err)
	}
	if err := first.Writable(t.Context()); err != nil {
		t.Errorf("a connection from before: got %v, want nil", err)
	}
}

// TestWritable_Standby proves that a server that was demoted is refused by its name, and not as a pooler.
func TestWritable_Standby(t *testing.T) {
	t.Parallel()
	cluster := pgtest.New(t)
	dsn := cluster.Database(t)
	first := dbtest.OpenPostgres(t, dsn)
	mustMigrate(t, first)
	if err := first.Writable(t.Context()); err != nil {
		t.Fatalf("the primary: got %v, want nil", err)
	}
	cluster.Demote(t)
	s := dbtest.OpenPostgres(t, dsn)
	refused := func(name string, err error) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), "leads to a standby") || !strings.Contains(err.Error(), "target_session_attrs=read-write") {
			t.Errorf("%s: got %v, want the standby, and what to do", name, err)
		}
	}
	_, err := s.Migrate(t.Context())
	refused("Migrate", err)
	refused("Follow", s.Follow(t.Context(), func(error) {}))
	refused("Writable", s.Writable(t.Context()))
}
