package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// ErrNoDatabase means that the database has no schema yet: `authgraph migrate` creates it.
var ErrNoDatabase = errors.New("the database has no schema")

// Schema compares the database's schema with the program's.
type Schema struct {
	Version int64 // the database's version; 0 without a schema
	Program int64 // the version that this program migrates to
	Oldest  int64 // the oldest program that may run on the database, by its schema version; 0 if unknown
}

// Newer reports whether a newer program has migrated the database.
func (s Schema) Newer() bool { return s.Version > s.Program }

// Check returns why this program must not run on the database: the schema is missing (ErrNoDatabase), is older than the
// program, or is so much newer that the migrations exclude this program. It returns nil for a newer schema that
// supports this program.
func (s Schema) Check() error {
	switch {
	case s.Version == 0:
		return ErrNoDatabase
	case s.Version < s.Program:
		return fmt.Errorf("the database's schema has version %d, and this program needs version %d: run `authgraph migrate` first",
			s.Version, s.Program)
	case s.Newer() && (s.Oldest == 0 || s.Program < s.Oldest):
		return fmt.Errorf("the database's schema has version %d, which supports programs from schema version %d on; this program "+
			"has version %d: use a newer release", s.Version, s.Oldest, s.Program)
	}
	return nil
}

// supportVersion is the schema version from which the table schema_support exists.
const supportVersion = 9

// Schema reads the version of the database's schema. It changes nothing.
func (s *Store) Schema(ctx context.Context) (schema Schema, err error) {
	if schema.Program, err = programVersion(s.dialect); err != nil {
		return schema, err
	}
	exists := `SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'goose_db_version'`
	if s.dialect == onPostgres {
		exists = `SELECT count(*) FROM (SELECT to_regclass('goose_db_version') AS name) found WHERE name IS NOT NULL`
	}
	var tables int
	if err := s.read.GetContext(ctx, &tables, exists); err != nil || tables == 0 {
		return schema, storeError(err)
	}
	if err := s.read.GetContext(ctx, &schema.Version,
		`SELECT coalesce(max(version_id), 0) FROM goose_db_version`); err != nil || schema.Version < supportVersion {
		return schema, storeError(err)
	}
	err = s.read.GetContext(ctx, &schema.Oldest, `SELECT oldest FROM schema_support`)
	if errors.Is(err, sql.ErrNoRows) {
		return schema, nil // Check refuses a newer schema then
	}
	return schema, storeError(err)
}

// programVersion returns the highest version among the embedded migrations.
func programVersion(d dialect) (version int64, err error) {
	files, err := fs.Glob(migrations, "migration/"+d.name+"/*.sql")
	if err != nil {
		return 0, err
	}
	for _, file := range files {
		number, _, _ := strings.Cut(path.Base(file), "_")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%s: the name does not begin with a number", file)
		}
		version = max(version, n)
	}
	return version, nil
}
