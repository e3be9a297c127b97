package db

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migration/*/*.sql
var migrations embed.FS

// Migrate brings the schema to this program's version, forward only, and returns the version of the database. If several
// processes start at once, one migrates and the others wait. A schema that a newer program has migrated stays as it is;
// the error says if that schema does not support this program (Schema.Check).
func (s *Store) Migrate(ctx context.Context) (version int64, err error) {
	if err := s.Writable(ctx); err != nil {
		return 0, err
	}
	folder, err := fs.Sub(migrations, "migration/"+s.dialect.name)
	if err != nil {
		return 0, err
	}
	kind, options := goose.DialectSQLite3, []goose.ProviderOption{}
	if s.dialect == onPostgres {
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return 0, err
		}
		kind, options = goose.DialectPostgres, append(options, goose.WithSessionLocker(locker))
	} else {
		unlock, err := s.lockFile(ctx)
		if err != nil {
			return 0, err
		}
		defer unlock()
	}
	pool := s.write
	if s.dialect == onPostgres { // a migration may take its time
		if pool, err = openPool(s.dsn, 0, optionsOf(nil)); err != nil {
			return 0, err
		}
		defer func() { err = errors.Join(err, pool.Close()) }()
	}
	provider, err := goose.NewProvider(kind, pool.DB, folder, options...)
	if err != nil {
		return 0, err
	}
	if err := retryBusy(ctx, func() error { _, err := provider.Up(ctx); return err }); err != nil {
		return 0, fmt.Errorf("migrating: %w", err)
	}
	schema, err := s.Schema(ctx)
	return schema.Version, errors.Join(err, schema.Check())
}

// lockFile locks a SQLite file against a migration by another process.
func (s *Store) lockFile(ctx context.Context) (unlock func(), err error) {
	path, err := s.path(ctx)
	if err != nil {
		return nil, err
	}
	l := newLock(path, ".migrate")
	if err := l.Lock(); err != nil {
		return nil, err
	}
	return func() { _ = l.Unlock() }, nil
}

// Exclusive takes the server's lock of this SQLite file, until the store is closed or the process ends. It returns false if
// another process holds the lock. On PostgreSQL any number of servers may serve.
func (s *Store) Exclusive(ctx context.Context) (held bool, err error) {
	if s.dialect == onPostgres {
		return true, nil
	}
	path, err := s.path(ctx)
	if err != nil {
		return false, err
	}
	l := newLock(path, ".lock")
	if held, err = l.TryLock(); held {
		s.serving = l // kept: an unreachable lock would be closed with its file by the garbage collector
	}
	return held, err
}

// path returns the path of the SQLite file.
func (s *Store) path(ctx context.Context) (path string, err error) {
	err = s.write.GetContext(ctx, &path, `SELECT file FROM pragma_database_list WHERE name = 'main'`)
	return path, err
}
