// Command me compares `me` with a valid token on this server, production settings and all, with the same schema on
// stock gqlgen that guards nothing and has its user in memory, and with a bare handler that answers the same bytes.
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
)

const (
	email    = "ada@example.com"
	document = `{ me { id email } }`
)

func main() {
	clients := flag.Int("clients", 32, "how many connections send at once")
	rounds := flag.Int("rounds", 5, "how many rounds are counted")
	each := flag.Duration("each", 3*time.Second, "how long each target runs in each round")
	database := flag.String("database", "", "the URL of an empty PostgreSQL database; SQLite if it is empty")
	by := flag.String("tools", "", "have these send as well, beside our own generator, separated by commas: hey, vegeta, wrk")
	file := flag.String("json", "", "a file for the figures as JSON")
	yardstick := flag.String("yardstick", "", "serve as a yardstick: gqlgen or bytes")
	address := flag.String("address", "", "where the yardstick listens")
	answer := flag.String("answer", "", "what the yardstick answers: the account's id, or the bytes")
	flag.Parse()
	var err error
	if *yardstick != "" {
		err = serveYardstick(*yardstick, *address, *answer)
	} else {
		err = compare(*clients, *rounds, *each, *database, *by, *file)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func compare(clients, rounds int, each time.Duration, database, by, file string) (err error) {
	dir, err := os.MkdirTemp("", "authgraph-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()

	own, err := startOwn(ctx, dir, database)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, own.Stop()) }()
	token, err := own.Register(email)
	if err != nil {
		return err
	}
	want, err := own.Query(document, token, nil)
	if err != nil {
		return err
	}
	var id string
	if _, err := fmt.Sscanf(string(want), `{"data":{"me":{"id":%q`, &id); err != nil {
		return fmt.Errorf("me answered %s", want)
	}
	gqlgen, err := startYardstick(ctx, dir, "gqlgen", id)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, gqlgen.Stop()) }()
	bytes, err := startYardstick(ctx, dir, "bytes", string(want))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bytes.Stop()) }()

	j := job{document: document, token: token, want: want, clients: clients}
	senders, err := sendersOf(ctx, dir, by)
	if err != nil {
		return err
	}
	servers := []*target.Server{own, gqlgen, bytes}
	var targets []round.Target
	for _, sender := range senders {
		for i, name := range []string{"authgraph", "stock gqlgen, no auth", "net/http, fixed bytes"} {
			targets = append(targets, round.Target{Name: name + sender.suffix, Run: func(d time.Duration) (load.Result, error) {
				return sender.send(ctx, servers[i], j, d)
			}})
		}
	}
	rows, err := round.Interleave(targets, 1, rounds, each, os.Stderr)
	if err != nil {
		return err
	}
	var agreement []round.Row // results of each sender for this server
	for first := 0; first < len(rows); first += len(servers) {
		agreement = append(agreement, rows[first].Against(rows[0]))
		yardstick := rows[first+1]
		for i := range servers {
			rows[first+i] = rows[first+i].Against(yardstick) // by the same sender
		}
	}
	title := fmt.Sprintf("me with a valid token, %d connections, %d rounds of %v", clients, rounds, each)
	if err := round.Print(os.Stdout, title, rows); err != nil {
		return err
	}
	if len(senders) > 1 {
		if err := round.Print(os.Stdout, "\nWhat the senders say of authgraph, to what ours says", agreement); err != nil {
			return err
		}
	}
	return round.Save(file, rows)
}

// startOwn starts this server as it would be in production, but for TLS, which a proxy in front of it ends.
func startOwn(ctx context.Context, dir, database string) (*target.Server, error) {
	program, err := target.Build(ctx, dir)
	if err != nil {
		return nil, err
	}
	return target.Start(ctx, dir, "authgraph", append(target.Production(dir), "DATABASE_URL="+database), "/readyz", program)
}

func startYardstick(ctx context.Context, dir, kind, answer string) (*target.Server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return target.Start(ctx, dir, kind, nil, "/readyz", self,
		"-yardstick", kind, "-address", "{address}", "-answer", answer)
}
