// Command refresh compares refreshes per second, on SQLite and on PostgreSQL with three instances, with what the machine
// itself can do in the same round: the bare statement UPDATE … RETURNING, prepared, through the same driver, by as many
// clients.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"authgraph/bench/load"
	"authgraph/bench/round"
	"authgraph/bench/target"
	"authgraph/internal/pgtest"
)

func main() {
	clients := flag.Int("clients", 16, "how many refresh at once, each its own session")
	rounds := flag.Int("rounds", 5, "how many rounds are counted")
	each := flag.Duration("each", 3*time.Second, "how long each target runs in each round")
	file := flag.String("json", "", "a file for the figures as JSON")
	flag.Parse()
	if err := run(*clients, *rounds, *each, *file); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(clients, rounds int, each time.Duration, file string) (err error) {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "authgraph-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	program, err := target.Build(ctx, dir)
	if err != nil {
		return err
	}
	var all []round.Row
	for _, s := range []struct {
		name string
		with func(context.Context, string, string, int, func(own, bare *fleet) error) error
	}{{"SQLite, one process", onSQLite}, {"PostgreSQL, three instances", onPostgres}} {
		err := s.with(ctx, dir, program, clients, func(own, bare *fleet) error {
			rows, err := round.Interleave([]round.Target{
				{Name: "refresh", Run: own.measure}, {Name: "UPDATE … RETURNING", Run: bare.measure},
			}, 1, rounds, each, os.Stderr)
			if err != nil {
				return err
			}
			all = append(all, rows...)
			return round.Print(os.Stdout, fmt.Sprintf("%s, %d clients", s.name, clients), rows)
		})
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return round.Save(file, all)
}

// fleet is a number of clients, each of which repeats an operation.
type fleet struct{ clients []func() error }

// measure has all of them at work for d.
func (f *fleet) measure(d time.Duration) (load.Result, error) { return load.Each(f.clients, d) }

func onSQLite(ctx context.Context, dir, program string, clients int, do func(own, bare *fleet) error) (err error) {
	own, err := target.Start(ctx, dir, "sqlite", append(target.Production(dir), "AUTHGRAPH_BCRYPT_COST=10"), "/readyz", program)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, own.Stop()) }()
	bare, stop, err := bareSQLite(dir, clients)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	refreshing, err := refreshers([]*target.Server{own}, clients)
	if err != nil {
		return err
	}
	return do(refreshing, bare)
}

func onPostgres(ctx context.Context, dir, program string, clients int, do func(own, bare *fleet) error) (err error) {
	cluster, err := pgtest.Genuine()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cluster.Close()) }()
	database, err := cluster.Create()
	if err != nil {
		return err
	}
	servers, err := target.Instances(ctx, dir, program, 3, append(target.Production(dir), "DATABASE_URL="+database, "AUTHGRAPH_BCRYPT_COST=10")...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, target.StopAll(servers)) }()
	refreshing, err := refreshers(servers, clients)
	if err != nil {
		return err
	}
	bare, stop, err := barePostgres(database, clients)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	return do(refreshing, bare)
}
