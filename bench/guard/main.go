// Command guard compares `me { id email }` on this server, production settings and all, with the same server whose schema
// has no rules and whose fields no guard stands around.
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
	clients := flag.Int("clients", 8, "how many connections send at once")
	rounds := flag.Int("rounds", 15, "how many rounds are counted")
	each := flag.Duration("each", 2*time.Second, "how long each target runs in each round")
	file := flag.String("json", "", "a file for the figures as JSON")
	flag.Parse()
	if err := compare(*clients, *rounds, *each, *file); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// measured is a server, and how much it was asked.
type measured struct {
	*target.Server
	name     string
	request  load.Request
	requests int
}

func compare(clients, rounds int, each time.Duration, file string) (err error) {
	dir, err := os.MkdirTemp("", "authgraph-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	own, err := target.Build(ctx, dir)
	if err != nil {
		return err
	}
	bare, err := buildBare(ctx, dir)
	if err != nil {
		return err
	}
	var all []*measured
	defer func() {
		for _, m := range all {
			err = errors.Join(err, m.Stop())
		}
		if err == nil {
			printCPU(all)
		}
	}()
	// Twice the same without rules: their ratio says how far figures lie apart that should be equal.
	for _, s := range []struct{ name, program string }{
		{"with rules and guard", own}, {"without", bare}, {"without, once more", bare},
	} {
		m, err := start(ctx, dir, s.name, s.program)
		if err != nil {
			return err
		}
		all = append(all, m)
	}
	var targets []round.Target
	for _, m := range all {
		targets = append(targets, round.Target{Name: m.name, Run: func(d time.Duration) (load.Result, error) {
			result, err := load.Closed(ctx, m.request, clients, d)
			m.requests += result.Requests
			return result, err
		}})
	}
	rows, err := round.Interleave(targets, 1, rounds, each, os.Stderr)
	if err != nil {
		return err
	}
	title := fmt.Sprintf("%s with a valid token, %d connections, %d rounds of %v", document, clients, rounds, each)
	if err := round.Print(os.Stdout, title, rows); err != nil {
		return err
	}
	return round.Save(file, rows)
}

// start starts a program on a database of its own, with one account.
func start(ctx context.Context, dir, name, program string) (*measured, error) {
	data, err := os.MkdirTemp(dir, "data-")
	if err != nil {
		return nil, err
	}
	s, err := target.Start(ctx, data, "server", target.Production(data), "/readyz", program)
	if err != nil {
		return nil, err
	}
	m := &measured{Server: s, name: name}
	token, err := s.Register(email)
	if err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	want, err := s.Query(document, token, nil)
	if err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	var id string
	if _, err := fmt.Sscanf(string(want), `{"data":{"me":{"id":%q`, &id); err != nil {
		return nil, errors.Join(fmt.Errorf("me answered %s", want), s.Stop())
	}
	m.request = load.Request{Address: s.Address, Want: want, Raw: s.Raw(document, token)}
	return m, nil
}

// printCPU prints what a request costs its server's process, which the load generator has no share in.
func printCPU(all []*measured) {
	per := func(m *measured) float64 { return float64(m.CPU().Microseconds()) / float64(m.requests) }
	fmt.Println()
	for _, m := range all {
		fmt.Printf("%s: %.1f µs of its process's time for each of %d requests, %.3f of that without\n",
			m.name, per(m), m.requests, per(m)/per(all[1]))
	}
}
