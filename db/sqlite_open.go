package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"net/url"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// OpenSQLite opens the database file at path and makes it, and its folder, if it does not exist. A commit is on disk when
// it is acknowledged (synchronous=FULL). SQLite has one writer at a time, so a single connection writes.
func OpenSQLite(path string, options ...Option) (*Store, error) {
	if err := makeFile(path); err != nil {
		return nil, err
	}
	return openFile(path, options)
}

// OpenExistingSQLite is OpenSQLite for a file that exists. ErrNoFile.
func OpenExistingSQLite(path string, options ...Option) (*Store, error) {
	if err := existingFile(path); err != nil {
		return nil, err
	}
	return OpenSQLite(path, options...)
}

func openFile(path string, options []Option) (*Store, error) {
	dsn := func(busy string) string {
		pragmas := url.Values{"_pragma": {
			"busy_timeout(" + busy + ")", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(ON)", "secure_delete(ON)",
		}, "_txlock": {"immediate"}}
		return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + pragmas.Encode()
	}
	registered, err := sql.Open("sqlite", dsn(busyTimeout)) // opens nothing: it knows the driver
	if err != nil {
		return nil, err
	}
	driver, o := registered.Driver(), optionsOf(options)
	if err := registered.Close(); err != nil {
		return nil, err
	}
	write := o.pool(fileConnector{driver, dsn(busyTimeout)}, "sqlite")
	read := o.pool(fileConnector{driver, dsn("5000")}, "sqlite")
	write.SetMaxOpenConns(1)
	read.SetMaxOpenConns(8)
	read.SetMaxIdleConns(8)
	return &Store{
		read: read, write: write, preparedRead: prepare(read), preparedWrite: prepare(write), dialect: onSQLite, searchLimits: defaultSearchLimits, lease: lease{began: time.Now()},
		writeLock: newWriteLock(path), erased: make(chan struct{}, 1),
	}, nil
}

// fileConnector opens connections to one SQLite file.
type fileConnector struct {
	driver driver.Driver
	dsn    string
}

// Connect implements driver.Connector.
func (c fileConnector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.dsn) }

// Driver implements driver.Connector.
func (c fileConnector) Driver() driver.Driver { return c.driver }
