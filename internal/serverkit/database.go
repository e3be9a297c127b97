package serverkit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"authgraph/config"
	"authgraph/db"
)

// Migration is what opening the database did to its schema.
type Migration struct {
	From int64 // the version before; 0 if the database was created
	db.Schema
}

// OpenStore opens the database, creates it if it does not exist, and brings its schema up to date. Only `serve` and
// `migrate` call it.
func OpenStore(ctx context.Context, c config.Config) (*db.Store, Migration, error) {
	var store *db.Store
	var err error
	if c.SQLite() {
		store, err = db.OpenSQLite(c.SQLitePath())
	} else {
		store, err = db.OpenPostgres(ctx, c.DatabaseURL.Reveal(), c.DatabaseConnections)
	}
	if err != nil {
		return nil, Migration{}, err
	}
	before, err := store.Schema(ctx)
	if err == nil {
		_, err = store.Migrate(ctx)
	}
	if err != nil {
		return nil, Migration{}, errors.Join(err, store.Close())
	}
	after, err := store.Schema(ctx)
	if err != nil {
		return nil, Migration{}, errors.Join(err, store.Close())
	}
	return store, Migration{before.Version, after}, nil
}

// OpenExistingStore opens a database that exists and suits this program, and names it on logs. If the database
// does not exist, the error says what to do: a command in the wrong folder must not succeed on a new database.
func OpenExistingStore(ctx context.Context, c config.Config, logs io.Writer) (*db.Store, error) {
	var store *db.Store
	var err error
	if c.SQLite() {
		store, err = db.OpenExistingSQLite(c.SQLitePath())
	} else {
		store, err = db.OpenPostgres(ctx, c.DatabaseURL.Reveal(), c.DatabaseConnections)
	}
	if errors.Is(err, db.ErrNoFile) {
		return nil, fmt.Errorf("%w: run `authgraph migrate` first, or set AUTHGRAPH_DATA_DIR or DATABASE_URL", err)
	}
	if err != nil {
		return nil, err
	}
	name := store.Describe(ctx)
	_, _ = fmt.Fprintln(logs, "Database:", name)
	schema, err := store.Schema(ctx)
	if err == nil {
		err = schema.Check()
	}
	switch {
	case errors.Is(err, db.ErrNoDatabase):
		err = fmt.Errorf("%s has no schema: run `authgraph migrate` first", name)
	case err == nil && schema.Newer():
		_, _ = fmt.Fprintln(logs, NewerText(schema))
	}
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	store.AuditAsCommand()
	return store, nil
}

// NewerText warns of a schema that a newer program has migrated.
func NewerText(s db.Schema) string {
	return fmt.Sprintf("The schema has version %d, which a newer release migrated; this program has version %d. "+
		"It works, but use the newer release on all instances.", s.Version, s.Program)
}

// log logs the schema that the server starts with.
func (m Migration) log(log *slog.Logger) {
	switch {
	case m.Newer():
		log.Warn("a newer release migrated the database", "schema", m.Version, "program", m.Program, "oldest", m.Oldest)
	case m.From != m.Version:
		log.Info("database migrated", "migrations", m.Version-m.From, "from", m.From, "to", m.Version)
	}
}
