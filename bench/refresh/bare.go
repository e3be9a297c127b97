package main

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"

	_ "github.com/lib/pq"  // the driver "postgres"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

const (
	bareTable = `CREATE TABLE bare (id INTEGER PRIMARY KEY, counter BIGINT NOT NULL, used BIGINT NOT NULL)`
	bareMove  = `UPDATE bare SET counter = counter + 1, used = $3 WHERE id = $1 AND counter = $2 RETURNING counter`
)

// bareSQLite is the bare statement on a file of its own, opened as the server opens its own.
func bareSQLite(dir string, clients int) (*fleet, func() error, error) {
	pool, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "bare.db")+
		"?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate")
	if err != nil {
		return nil, nil, err
	}
	pool.SetMaxOpenConns(1)
	return bare(pool, clients)
}

// barePostgres is the bare statement in the database of the servers, on as many connections as there are clients.
func barePostgres(database string, clients int) (*fleet, func() error, error) {
	pool, err := sql.Open("postgres", database)
	if err != nil {
		return nil, nil, err
	}
	pool.SetMaxOpenConns(clients)
	pool.SetMaxIdleConns(clients)
	return bare(pool, clients)
}

func bare(pool *sql.DB, clients int) (*fleet, func() error, error) {
	fail := func(err error) (*fleet, func() error, error) { return nil, nil, errors.Join(err, pool.Close()) }
	if _, err := pool.Exec(bareTable); err != nil {
		return fail(err)
	}
	move, err := pool.Prepare(bareMove)
	if err != nil {
		return fail(err)
	}
	f := &fleet{}
	for id := range clients {
		if _, err := pool.Exec(fmt.Sprintf(`INSERT INTO bare VALUES (%d, 1, 0)`, id)); err != nil {
			return fail(err)
		}
		counter := int64(1)
		f.clients = append(f.clients, func() error { return move.QueryRow(id, counter, counter).Scan(&counter) })
	}
	return f, func() error { return errors.Join(move.Close(), pool.Close()) }, nil
}
