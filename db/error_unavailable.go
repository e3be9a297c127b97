package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"syscall"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// isUnavailable reports whether err means that the database refuses for now, or is out of reach, rather than that a
// statement was wrong. A caller is then answered SERVICE_UNAVAILABLE and may try again.
func isUnavailable(err error) bool {
	var network net.Error
	var connecting *connectError
	if errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, sql.ErrTxDone) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.EPIPE) ||
		errors.As(err, &network) || errors.As(err, &connecting) || errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	var pg *pq.Error
	if errors.As(err, &pg) {
		return postgresRefuses(pg.Code)
	}
	var lite *sqlite.Error
	return errors.As(err, &lite) && sqliteRefuses(lite.Code())
}

// postgresRefuses reports whether a SQLSTATE is about the state of the server: PostgreSQL, appendix A.
func postgresRefuses(code pqerror.Code) bool {
	switch code.Class() {
	case "08", // connection
		"28", // authorization: a password or a rule of pg_hba.conf has changed
		"40", // rollback: deadlock, serialization failure
		"53", // resources: connections, memory, disk
		"55", // object in use, lock_timeout
		"57", // operator: statement_timeout, shutdown, recovery
		"58": // system: I/O
		return true
	}
	switch code {
	case "25006", // read only: a primary that was demoted, or default_transaction_read_only
		"25P03", "25P04", // idle_in_transaction_session_timeout, transaction_timeout
		"3D000", // the database was renamed or dropped
		"42501", // a permission was revoked
		"54000": // the server refuses commands, to avoid transaction id wraparound
		return true
	}
	return false
}

// sqliteRefuses reports whether a result code of SQLite is about the file, the disk or other processes.
func sqliteRefuses(code int) bool {
	switch code & 0xff { // the primary code
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN,
		sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_PROTOCOL,
		sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_ABORT, sqlite3.SQLITE_SCHEMA, sqlite3.SQLITE_NOLFS:
		return true
	}
	return false
}

// connectError is a connection that could not be made, for whatever cause: TLS, authorization, a name that is not found.
type connectError struct{ error }

// Unwrap returns the cause.
func (e *connectError) Unwrap() error { return e.error }

// reporting is a connector whose errors are connectErrors.
type reporting struct{ driver.Connector }

// Connect implements driver.Connector.
func (r reporting) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := r.Connector.Connect(ctx)
	if err != nil && ctx.Err() == nil {
		return nil, &connectError{err}
	}
	return conn, err
}
