package main

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// sealing is what holds up the sealing of a database from outside. Nothing in the servers can turn it off.
type sealing interface {
	// sealed has the log sealed from now on, and returns when it has been as far as it goes; or not.
	sealed(on bool) error
}

// onSQLite has the first statement of a batch refused.
type onSQLite struct {
	pool *sql.DB
	held bool
}

func (s *onSQLite) sealed(on bool) error {
	if on == !s.held {
		return drained(s.pool, on)
	}
	statement := `CREATE TRIGGER held_up BEFORE DELETE ON audit_events BEGIN SELECT RAISE(ABORT, 'held up'); END`
	if on {
		statement = `DROP TRIGGER held_up`
	}
	if _, err := s.pool.Exec(statement); err != nil {
		return err
	}
	s.held = !on
	return drained(s.pool, on)
}

// onPostgres holds the lock of the sealing instance.
type onPostgres struct {
	conn *sql.Conn
	held bool
}

const auditLock = 0x6175646974 // as in db

func (s *onPostgres) sealed(on bool) error {
	if on == s.held {
		statement := `SELECT pg_advisory_lock($1)`
		if on {
			statement = `SELECT pg_advisory_unlock($1)`
		}
		if _, err := s.conn.ExecContext(context.Background(), statement, auditLock); err != nil {
			return err
		}
		s.held = !on
	}
	return drained(s.conn, on)
}

// drained waits until nothing waits to be sealed, so that what waited is not measured.
func drained(q interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}, on bool) error {
	if !on {
		return nil
	}
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		var waiting int
		if err := q.QueryRowContext(context.Background(), `SELECT count(*) FROM audit_events`).Scan(&waiting); err != nil || waiting == 0 {
			return err
		}
	}
	return errors.New("nobody seals")
}
