package db

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"
	"github.com/jmoiron/sqlx"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"authgraph/account"
)

// Store keeps what accounts are made of. It is safe for concurrent use.
type Store struct {
	read, write *sqlx.DB
	often       *prepared // read, for what is asked over and over
	oftenWrite  *prepared // write, likewise
	dialect     dialect
	effort      effort
	subscribers []func(account.Change)
	lease       lease
	unfollow    context.CancelFunc
	following   sync.WaitGroup

	via string // what the records of the audit log say that wrote them; "" for a server

	serving *flock.Flock  // SQLite: held by the process that serves the file
	erased  chan struct{} // SQLite: Scrub is told of an erasure
	next    *flock.Flock  // SQLite: held by who writes next; used with the only connection that writes

	dsn      string   // PostgreSQL: for the connection that listens
	beats    *sqlx.DB // and the one that writes heartbeats
	instance string   // whose heartbeats they are

	beatFailure atomic.Pointer[error] // why the last heartbeat could not be written
}

// dialect is what the two databases say differently.
type dialect struct {
	name   string
	now    string // microseconds since the epoch
	asOf   string // the same, not later than what the statement sees: by then all of it was true
	binary string // after a text: compared by its bytes
	// snapshot has a transaction see one moment throughout. SQLite's always does.
	snapshot sql.IsolationLevel
}

var (
	onSQLite = dialect{
		name: "sqlite", now: "CAST(unixepoch('subsec') * 1000000 AS INTEGER)", asOf: "CAST(unixepoch('subsec') * 1000000 AS INTEGER)",
	}
	onPostgres = dialect{
		name: "postgres", now: "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)",
		asOf: "CAST(extract(epoch FROM statement_timestamp()) * 1000000 AS BIGINT)", binary: ` COLLATE "C"`,
		snapshot: sql.LevelRepeatableRead,
	}
)

// sql puts the dialect's clock in place of {now} and {asOf}.
func (d dialect) sql(query string) string {
	return strings.ReplaceAll(strings.ReplaceAll(query, "{now}", d.now), "{asOf}", d.asOf)
}

// locking returns the clause that locks rows; SQLite has one writer, and so none.
func (d dialect) locking(clause string) string {
	if clause == "" || d == onSQLite {
		return ""
	}
	return " " + clause
}

// among returns the condition that a column has a value of query. PostgreSQL finds the rows by their index only if it
// sees an array: it joins with a subquery, and may read the whole table for that.
func (d dialect) among(query string) string {
	if d == onPostgres {
		return "= ANY (ARRAY(" + query + "))"
	}
	return "IN (" + query + ")"
}

// OpenSQLite opens the database file at path and makes it, and its folder, if there is none. A commit is on disk when
// it is acknowledged (synchronous=FULL). SQLite has one writer at a time, so there is one connection that writes.
func OpenSQLite(path string, given ...Option) (*Store, error) {
	if err := makeFile(path); err != nil {
		return nil, err
	}
	return openFile(path, given)
}

// OpenExistingSQLite is OpenSQLite for a file that exists. ErrNoFile.
func OpenExistingSQLite(path string, given ...Option) (*Store, error) {
	if err := existingFile(path); err != nil {
		return nil, err
	}
	return OpenSQLite(path, given...)
}

func openFile(path string, given []Option) (*Store, error) {
	dsn := func(busy string) string {
		pragmas := url.Values{"_pragma": {
			"busy_timeout(" + busy + ")", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(ON)", "secure_delete(ON)",
		}, "_txlock": {"immediate"}}
		return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + pragmas.Encode()
	}
	registered, err := sql.Open("sqlite", dsn(turnPause)) // opens nothing: it knows the driver
	if err != nil {
		return nil, err
	}
	driver, o := registered.Driver(), optionsOf(given)
	if err := registered.Close(); err != nil {
		return nil, err
	}
	write := o.pool(fileConnector{driver, dsn(turnPause)}, "sqlite")
	read := o.pool(fileConnector{driver, dsn("5000")}, "sqlite")
	write.SetMaxOpenConns(1)
	read.SetMaxOpenConns(8)
	read.SetMaxIdleConns(8)
	return &Store{
		read: read, write: write, often: prepare(read), oftenWrite: prepare(write), dialect: onSQLite, effort: usual, lease: lease{began: time.Now()},
		next: newTurn(path), erased: make(chan struct{}, 1),
	}, nil
}

// minPostgres is the oldest server that is tested: 15.
const minPostgres = 150000

// OpenPostgres opens the database that dsn names, with at most connections of them. The error never holds the dsn,
// which may hold a password.
func OpenPostgres(ctx context.Context, dsn string, connections int, given ...Option) (*Store, error) {
	pool, err := openPool(dsn, answerTimeout, optionsOf(given))
	if err != nil {
		return nil, errors.New("the database URL is not understood")
	}
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	if err := suits(ctx, pool); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	beats, err := openPool(dsn, beatTimeout, optionsOf(nil))
	if err != nil {
		return nil, errors.Join(errors.New("the database URL is not understood"), pool.Close())
	}
	beats.SetMaxOpenConns(1)
	often := prepare(pool)
	return &Store{
		read: pool, write: pool, often: often, oftenWrite: often, dialect: onPostgres, effort: usual, lease: lease{began: time.Now()},
		dsn: dsn, beats: beats, instance: rand.Text(),
	}, nil
}

// Ping implements account.Store.
func (s *Store) Ping(ctx context.Context) error {
	var one int
	return fault(s.read.GetContext(ctx, &one, `SELECT 1`))
}

// ClockAhead returns how far the database's clock is ahead of another, to within half of what asking takes.
func (s *Store) ClockAhead(ctx context.Context, now func() time.Time) (time.Duration, error) {
	var micros int64
	before := now()
	if err := s.read.GetContext(ctx, &micros, s.dialect.sql(`SELECT {now}`)); err != nil {
		return 0, fault(err)
	}
	return fromMicros(micros).Sub(before.Add(now().Sub(before) / 2)), nil
}

// Close closes all connections.
func (s *Store) Close() error {
	if s.unfollow != nil {
		s.unfollow()
		s.following.Wait()
	}
	if s.dialect == onPostgres {
		if err := errors.Join(s.beats.Close(), s.write.Close()); !isUnavailable(err) {
			return err
		}
		return nil // a connection that was lost needs no closing
	}
	err := errors.Join(s.read.Close(), s.write.Close())
	if s.serving != nil {
		err = errors.Join(err, s.serving.Unlock())
	}
	return err
}

// inTx runs f in one transaction: all of it happens or none.
func (s *Store) inTx(ctx context.Context, f func(tx *sqlx.Tx) error) error {
	tx, done, err := s.begin(ctx)
	if err != nil {
		return fault(err)
	}
	defer done()
	defer func() { _ = tx.Rollback() }() // after an error or a panic; after Commit it does nothing
	if err := f(tx); err != nil {
		return fault(err)
	}
	return fault(tx.Commit())
}
