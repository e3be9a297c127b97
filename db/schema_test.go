package db_test

import (
	"errors"
	"strings"
	"testing"

	"authgraph/db"
)

// newer makes the database one that a newer program has migrated.
const newer = 9_000

func TestSchema_Versions(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name    string
		version int64 // the database's version; 0: this program's
		oldest  int64 // the oldest supported version; 0: this program's version, -1: no row
		refused string
		newer   bool
	}{
		{"the program's version", 0, 0, "", false},
		{"newer, supports this program", newer, 0, "", true},
		{"newer, supports older programs", newer, 1, "", true},
		{"newer, needs a newer program", newer, newer, "use a newer release", true},
		{"newer, says nothing", newer, -1, "use a newer release", true},
	} {
		t.Run(row.name, func(t *testing.T) {
			backends(t, func(t *testing.T, open func(t *testing.T) *db.Store) {
				s := open(t)
				own, err := s.Schema(t.Context())
				if err != nil || own.Version != own.Program {
					t.Fatalf("after Migrate: got %+v, %v, want the program's version", own, err)
				}
				if own.Oldest == 0 || own.Newer() {
					t.Fatalf("after Migrate: got %+v, %v, want the program's version", own, err)
				}
				if row.version != 0 {
					exec(t, s, `INSERT INTO goose_db_version (version_id, is_applied) VALUES ($1, true)`, row.version)
				}
				switch row.oldest {
				case -1:
					exec(t, s, `DELETE FROM schema_support`)
				case 0:
					exec(t, s, `UPDATE schema_support SET oldest = $1`, own.Program)
				default:
					exec(t, s, `UPDATE schema_support SET oldest = $1`, row.oldest)
				}
				version, err := s.Migrate(t.Context())
				if row.refused == "" && err != nil {
					t.Errorf("Migrate: got %v, want %q", err, row.refused)
				} else if row.refused != "" && (err == nil || !strings.Contains(err.Error(), row.refused)) {
					t.Errorf("Migrate: got %v, want %q", err, row.refused)
				}
				if want := max(row.version, own.Version); version != want {
					t.Errorf("Migrate: got version %d, want %d", version, want)
				}
				if schema, err := s.Schema(t.Context()); err != nil || schema.Newer() != row.newer ||
					schema.Program != own.Program {
					t.Errorf("Schema: got %+v, %v, want newer %v and program %d", schema, err, row.newer, own.Program)
				}
			})
		})
	}
}

func exec(t *testing.T, s *db.Store, query string, args ...any) {
	t.Helper()
	if err := s.Exec(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}

func TestSchema_Older(t *testing.T) {
	t.Parallel()
	if err := (db.Schema{Version: 7, Program: 9}).Check(); err == nil ||
		!strings.Contains(err.Error(), "authgraph migrate") {
		t.Errorf("got %v, want an error that names the command", err)
	}
	if err := (db.Schema{Program: 9}).Check(); !errors.Is(err, db.ErrNoDatabase) {
		t.Errorf("no schema: got %v, want ErrNoDatabase", err)
	}
}
