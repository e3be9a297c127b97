package cli_test

import (
	"bytes"
	"database/sql"
	"errors"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"authgraph/config"
	"authgraph/db"
	"authgraph/internal/cli"
	"authgraph/internal/pgtest"
	"authgraph/internal/serverkit"
	"authgraph/test/harness"
)

// databaseCommands are the commands that work on a database and must not create one.
var databaseCommands = [][]string{
	{"user", "create", "--email", "a@example.com", "--password-stdin"}, {"user", "list"},
	{"policy", "explain", "Query.me", "--as", "a@example.com"},
	{"keys", "list"}, {"keys", "rotate"}, {"keys", "revoke", "refresh"}, {"secret", "reseal"},
	{"audit", "verify"}, {"audit", "sign"}, {"vacuum"},
}

func TestCommands_EmptyFolder(t *testing.T) {
	for _, args := range databaseCommands {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			folder := t.TempDir()
			t.Chdir(folder)
			_, err := harness.Command(t, harness.Password+"\n", nil, args...)
			if err == nil || !strings.Contains(err.Error(), "run `authgraph migrate` first") || !strings.Contains(err.Error(), "authgraph.db") {
				t.Errorf("got %v, want the path and the command", err)
			}
			if remaining, err := filepath.Glob(filepath.Join(folder, "*")); err != nil || len(remaining) != 0 {
				t.Errorf("got %q, %v, want an empty folder", remaining, err)
			}
		})
	}
}

func TestCommands_EmptyPostgres(t *testing.T) {
	environ := []string{"DATABASE_URL=" + pgtest.Database(t), "AUTHGRAPH_SECRETS=k:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}
	for _, args := range databaseCommands {
		_, err := harness.Command(t, harness.Password+"\n", environ, args...)
		if err == nil || !strings.Contains(err.Error(), "run `authgraph migrate` first") {
			t.Errorf("%v: got %v, want the command", args, err)
		}
	}
}

func TestCommands_NameDatabase(t *testing.T) {
	folder := t.TempDir()
	dsn := pgtest.Database(t)
	for name, row := range map[string]struct {
		environ []string
		want    string
	}{
		"SQLite":     {[]string{"AUTHGRAPH_DATA_DIR=" + folder}, filepath.Join(folder, "authgraph.db")},
		"PostgreSQL": {[]string{"DATABASE_URL=" + dsn, "AUTHGRAPH_SECRETS=k:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}, "PostgreSQL database "},
		// A server without TLS is reached as psql reaches it.
		"no sslmode": {[]string{"DATABASE_URL=" + strings.Replace(dsn, "sslmode=disable", "", 1),
			"AUTHGRAPH_SECRETS=k:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}, "PostgreSQL database "},
	} {
		t.Run(name, func(t *testing.T) {
			for _, args := range [][]string{{"migrate"}, {"user", "list"}} {
				var out, logs bytes.Buffer
				if err := cli.Run(t.Context(), args, row.environ, strings.NewReader(""), &out, &logs); err != nil {
					t.Fatalf("%v: %v", args, err)
				}
				if !strings.Contains(logs.String(), "Database: "+row.want) {
					t.Errorf("%v: got %q on standard error, want the database's name", args, logs.String())
				}
			}
		})
	}
}

// TestCommands_NewerSchema migrates a database as a newer release does.
func TestCommands_NewerSchema(t *testing.T) {
	folder := t.TempDir()
	environ := []string{"AUTHGRAPH_DATA_DIR=" + folder}
	harness.Migrate(t, environ)
	store, err := db.OpenSQLite(filepath.Join(folder, "authgraph.db"))
	if err != nil {
		t.Fatal(err)
	}
	own, err := store.Schema(t.Context())
	if err := errors.Join(err, store.Close()); err != nil {
		t.Fatal(err)
	}
	change := func(statements ...string) {
		t.Helper()
		execute(t, filepath.Join(folder, "authgraph.db"), statements...)
	}
	program := strconv.FormatInt(own.Program, 10)
	change(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9000, true)`, `UPDATE schema_support SET oldest = `+program)
	out, err := harness.Command(t, "", environ, "migrate")
	if err != nil || !strings.Contains(out, "this program has version "+program) || !strings.Contains(out, "Nothing was migrated") {
		t.Errorf("migrate: got %q, %v, want that nothing was migrated, and the program's version", out, err)
	}
	var stdout, logs bytes.Buffer
	if err := cli.Run(t.Context(), []string{"user", "list"}, environ, strings.NewReader(""), &stdout, &logs); err != nil ||
		!strings.Contains(logs.String(), "version 9000") {
		t.Errorf("user list: got %q, %v, want a warning that names the version", logs.String(), err)
	}
	change(`UPDATE schema_support SET oldest = 9000`)
	for _, args := range [][]string{{"migrate"}, {"user", "list"}} {
		if out, err := harness.Command(t, "", environ, args...); err == nil || !strings.Contains(err.Error(), "use a newer release") {
			t.Errorf("%v: got %q, %v, want a refusal", args, out, err)
		}
	}
	settings, err := config.Load(environ)
	if err != nil {
		t.Fatal(err)
	}
	if a, err := serverkit.Open(t.Context(), settings); err == nil {
		_ = a.Store.Close()
		t.Error("serve: got no error, want a refusal")
	}
}

func execute(t *testing.T, path string, statements ...string) {
	t.Helper()
	file, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range statements {
		if _, err := file.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}
