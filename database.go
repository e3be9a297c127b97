package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"authgraph/config"
	"authgraph/db"
)

// migration is what opening the database did to its schema.
type migration struct {
	from int64 // the version before; 0 if the database was created
	db.Schema
}

// openStore opens the database, creates it if it does not exist, and brings its schema up to date. Only `serve` and
// `migrate` call it.
func openStore(ctx context.Context, c config.Config) (*db.Store, migration, error) {
	var store *db.Store
	var err error
	if c.SQLite() {
		store, err = db.OpenSQLite(c.SQLitePath())
	} else {
		store, err = db.OpenPostgres(ctx, c.DatabaseURL.Reveal(), c.DatabaseConnections)
	}
	if err != nil {
		return nil, migration{}, err
	}
	before, err := store.Schema(ctx)
	if err == nil {
		_, err = store.Migrate(ctx)
	}
	if err != nil {
		return nil, migration{}, errors.Join(err, store.Close())
	}
	after, err := store.Schema(ctx)
	if err != nil {
		return nil, migration{}, errors.Join(err, store.Close())
	}
	return store, migration{before.Version, after}, nil
}

// existingStore opens a database that exists and suits this program, and names it on logs. The error says what to do if
// there is none: a command in the wrong folder must not succeed on a new database.
func existingStore(ctx context.Context, c config.Config, logs io.Writer) (*db.Store, error) {
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
		_, _ = fmt.Fprintln(logs, newerText(schema))
	}
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	store.Shell()
	return store, nil
}

// newerText warns of a schema that a newer program has migrated.
func newerText(s db.Schema) string {
	return fmt.Sprintf("The schema has version %d, which a newer release migrated; this program has version %d. "+
		"It works, but use the newer release on all instances.", s.Version, s.Program)
}

// migrate creates the database or brings its schema up to date.
func migrate(ctx context.Context, c config.Config, out, logs io.Writer) error {
	store, done, err := openStore(ctx, c)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintln(logs, "Database:", store.Describe(ctx))
	switch {
	case done.Newer():
		_, err = fmt.Fprintln(out, newerText(done.Schema)+" Nothing was migrated.")
	case done.from == done.Version:
		_, err = fmt.Fprintf(out, "The schema is up to date: version %d.\n", done.Version)
	case done.from == 0:
		_, err = fmt.Fprintf(out, "The schema is created: version %d.\n", done.Version)
	default:
		_, err = fmt.Fprintf(out, "The schema is migrated from version %d to version %d.\n", done.from, done.Version)
	}
	return errors.Join(err, store.Close())
}

// vacuum rewrites the SQLite file.
func vacuum(ctx context.Context, c config.Config, out, logs io.Writer) error {
	store, err := existingStore(ctx, c, logs)
	if err != nil {
		return err
	}
	if err := store.Vacuum(ctx); err != nil {
		return errors.Join(err, store.Close())
	}
	_, err = fmt.Fprintln(out, "The database file is rewritten.")
	return errors.Join(err, store.Close())
}

// log logs the schema that the server starts with.
func (m migration) log(log *slog.Logger) {
	switch {
	case m.Newer():
		log.Warn("a newer release migrated the database", "schema", m.Version, "program", m.Program, "oldest", m.Oldest)
	case m.from != m.Version:
		log.Info("database migrated", "migrations", m.Version-m.from, "from", m.from, "to", m.Version)
	}
}
