// Command audit compares how many sign-ins and how many refreshes a second there are while the audit log is sealed with
// how many there are while it is not sealed, on SQLite and on PostgreSQL with three instances.
package main

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	_ "github.com/lib/pq"  // the driver "postgres"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"authgraph/bench/load"
	"authgraph/bench/round"
	"authgraph/bench/target"
	"authgraph/internal/pgtest"
)

func main() {
	clients := flag.Int("clients", 16, "how many act at once, each an account of its own")
	rounds := flag.Int("rounds", 5, "how many rounds are counted")
	each := flag.Duration("each", 4*time.Second, "how long each target runs in each round")
	file := flag.String("json", "", "a file for the figures as JSON")
	flag.Parse()
	b := bench{clients: *clients, rounds: *rounds, each: *each}
	err := b.run(context.Background())
	if err = errors.Join(err, round.Save(*file, b.all)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type bench struct {
	clients, rounds int
	each            time.Duration
	dir, program    string
	all             []round.Row
}

func (b *bench) run(ctx context.Context) (err error) {
	if b.dir, err = os.MkdirTemp("", "authgraph-bench-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	if b.program, err = target.Build(ctx, b.dir); err != nil {
		return err
	}
	return errors.Join(b.sqlite(ctx), b.postgres(ctx))
}

// environ is that of servers whose hashes are cheap, and do not stand back behind what else this machine does.
func (b *bench) environ(more ...string) []string {
	return append(append(target.Production(b.dir), "AUTHGRAPH_BCRYPT_COST=10", "AUTHGRAPH_HASH_NICE=1"), more...)
}

func (b *bench) sqlite(ctx context.Context) (err error) {
	server, err := target.Start(ctx, b.dir, "sqlite", b.environ(), "/readyz", b.program)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	pool, err := sql.Open("sqlite", "file:"+filepath.Join(b.dir, "authgraph.db")+"?_pragma=busy_timeout(5000)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	return b.compare("SQLite, one process", []*target.Server{server}, &onSQLite{pool: pool})
}

func (b *bench) postgres(ctx context.Context) (err error) {
	cluster, err := pgtest.Genuine()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cluster.Close()) }()
	database, err := cluster.Create()
	if err != nil {
		return err
	}
	servers, err := target.Instances(ctx, b.dir, b.program, 3, b.environ("DATABASE_URL="+database)...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, target.StopAll(servers)) }()
	pool, err := sql.Open("postgres", database)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	return b.compare("PostgreSQL, three instances", servers, &onPostgres{conn: conn})
}

// compare measures sign-ins and then refreshes, with the sealing going on and held up by turns.
func (b *bench) compare(where string, servers []*target.Server, s sealing) error {
	for _, what := range []struct {
		name string
		make func([]*target.Server, int) ([]func() error, error)
	}{{"login", logins}, {"refresh", refreshes}} {
		clients, err := what.make(servers, b.clients)
		if err != nil {
			return err
		}
		rows, err := round.Interleave([]round.Target{
			{Name: what.name + ", sealed", Run: func(d time.Duration) (load.Result, error) {
				if err := s.sealed(true); err != nil {
					return load.Result{}, err
				}
				return load.Each(clients, d)
			}},
			{Name: what.name + ", not sealed", Run: func(d time.Duration) (load.Result, error) {
				if err := s.sealed(false); err != nil {
					return load.Result{}, err
				}
				return load.Each(clients, d)
			}},
		}, 1, b.rounds, b.each, os.Stderr)
		if err != nil {
			return err
		}
		b.all = append(b.all, rows...)
		if err := round.Print(os.Stdout, fmt.Sprintf("%s, %d clients", where, b.clients), rows); err != nil {
			return err
		}
	}
	return s.sealed(true)
}
