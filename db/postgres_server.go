package db

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"

	"github.com/jmoiron/sqlx"
)

// checkServer returns an error if a PostgreSQL server is too old, or the database's encoding can't hold every name.
func checkServer(ctx context.Context, pool *sqlx.DB) error {
	var server struct {
		Version  int    `db:"version"`
		Encoding string `db:"encoding"`
		Database string `db:"name"`
	}
	if err := pool.GetContext(ctx, &server, `SELECT current_setting('server_version_num')::int AS version,
		current_setting('server_encoding') AS encoding, current_database() AS name`); err != nil {
		return fmt.Errorf("connecting to PostgreSQL: %w", err)
	}
	switch {
	case server.Version < minPostgres:
		return fmt.Errorf("PostgreSQL is too old (%d): 15 or newer is needed", server.Version)
	case server.Encoding != "UTF8":
		return fmt.Errorf("the database %q has the encoding %s, and UTF8 is needed: create another with "+
			"CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8'", server.Database, server.Encoding)
	}
	return nil
}

// Writable returns an error if the database accepts no writes.
func (s *Store) Writable(ctx context.Context) error {
	if s.dialect == onSQLite {
		return nil
	}
	var state struct {
		Standby  bool `db:"standby"`
		ReadOnly bool `db:"read_only"`
	}
	if err := s.write.GetContext(ctx, &state, `SELECT pg_is_in_recovery() AS standby,
		current_setting('transaction_read_only')::bool AS read_only`); err != nil {
		return storeError(err)
	}
	switch {
	case state.Standby:
		return errors.New("DATABASE_URL leads to a standby, which takes no writes: name the primary, or all hosts with " +
			"target_session_attrs=read-write")
	case state.ReadOnly:
		return errors.New("the database takes no writes, because default_transaction_read_only is on for the server, the " +
			"database or the role of DATABASE_URL: turn it off, for example with ALTER ROLE … SET default_transaction_read_only = off")
	}
	return nil
}

// Describe names the database for an operator: the path of the file, or the database's name and the server's address as
// the server sees it. It holds no password.
func (s *Store) Describe(ctx context.Context) string {
	if s.dialect == onSQLite {
		path, err := s.path(ctx)
		if err != nil {
			return "SQLite"
		}
		return path
	}
	var at struct {
		Name string `db:"name"`
		Host string `db:"host"`
		Port int    `db:"port"`
	}
	err := s.read.GetContext(ctx, &at, `SELECT current_database() AS name,
		coalesce(host(inet_server_addr()), '') AS host, coalesce(inet_server_port(), 0) AS port`)
	switch {
	case err != nil:
		return "PostgreSQL (DATABASE_URL)"
	case at.Host == "":
		return fmt.Sprintf("PostgreSQL database %q at a Unix socket", at.Name)
	}
	return fmt.Sprintf("PostgreSQL database %q at %s", at.Name, net.JoinHostPort(at.Host, strconv.Itoa(at.Port)))
}
