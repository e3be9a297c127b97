package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"

	"github.com/lib/pq"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"authgraph/account"
	"authgraph/auth"
)

// fault turns what a driver said into the errors of account.Store. What is none of them keeps its cause for the log.
func fault(err error) error {
	countFault(err)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return account.ErrNotFound
	case isUnavailable(err):
		return auth.ErrUnavailable.Because(err)
	default:
		return err
	}
}

// isUnavailable reports whether err means that the database is out of reach for now rather than that a statement was
// wrong.
func isUnavailable(err error) bool {
	var network net.Error
	if errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.EPIPE) || errors.As(err, &network) ||
		errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	var pg *pq.Error
	if errors.As(err, &pg) {
		switch pg.Code.Class() {
		case "08", "40", "53", "57", "58": // connection, rollback, resources, operator, system: PostgreSQL, appendix A
			return true
		}
		return pg.Code == "25006" // read only: a primary that was demoted
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		switch lite.Code() & 0xff {
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL,
			sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY:
			return true
		}
	}
	return false
}

// errNoEffect says that a conditional statement changed no row.
var errNoEffect = errors.New("the statement changed nothing")

// one checks that a statement changed exactly one row.
func one(result sql.Result, err error) error {
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	switch {
	case err != nil:
		return err
	case n == 0:
		return errNoEffect
	case n > 1:
		return fmt.Errorf("the statement changed %d rows", n)
	}
	return nil
}
