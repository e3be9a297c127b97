// Command anonymous measures how many sign-ins a server answers while anonymous clients flood it with queries that take much
// work: quiet and flooded windows alternate, and clients sign in without pause in both. It fails if the median of the flooded
// windows is below four fifths of the median of the quiet ones. With -prices it prints the processor time of the server for
// one request of each kind instead, and with -full those of a server that shows the whole schema.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"authgraph/bench/target"
)

type settings struct {
	windows, clients, perSecond, networks int
	each, settle                          time.Duration
	budget                                bool
	prices, full                          bool
	kind, program, file                   string
}

func main() {
	var s settings
	flag.IntVar(&s.windows, "windows", 10, "number of windows of each kind")
	flag.DurationVar(&s.each, "each", 10*time.Second, "length of a window; with -prices, time for each kind of request")
	flag.DurationVar(&s.settle, "settle", time.Second, "time between two windows, in which the flood begins or ends")
	flag.IntVar(&s.clients, "clients", 16, "number of clients that sign in without pause")
	flag.IntVar(&s.perSecond, "rate", 29, "requests of the flood per second")
	flag.IntVar(&s.networks, "networks", 1, "number of unrelated networks that flood")
	flag.StringVar(&s.kind, "kind", "", "part of the name of the requests that flood; default: the dearest of each sort in turn")
	flag.BoolVar(&s.budget, "budget", true, "false: without the budget of anonymous clients, so that only their turns protect sign-ins")
	flag.BoolVar(&s.prices, "prices", false, "print the processor time of each kind of request instead")
	flag.BoolVar(&s.full, "full", false, "the server shows the whole schema in introspection")
	flag.StringVar(&s.program, "program", "", "program to measure; default: this module's")
	flag.StringVar(&s.file, "json", "", "file for the figures as JSON")
	address := flag.String("generate", "", "flood the server at this address until standard input ends")
	flag.Parse()
	err := error(nil)
	if *address != "" {
		err = generate(*address, s)
	} else {
		err = run(s)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(s settings) (err error) {
	dir, err := os.MkdirTemp("", "authgraph-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	ctx := context.Background()
	if s.program == "" {
		if s.program, err = target.Build(ctx, dir); err != nil {
			return err
		}
	}
	server, err := target.Start(ctx, dir, "authgraph", environment(s, dir), "/readyz", s.program)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	if s.prices {
		return prices(ctx, server, s.each)
	}
	return measure(ctx, s, server)
}

func environment(s settings, dir string) []string {
	environ := append(target.Production(dir), "AUTHGRAPH_RATE_LIMITS=true", "AUTHGRAPH_TRUSTED_PROXIES=127.0.0.0/8")
	if s.full {
		environ = append(environ, "AUTHGRAPH_INTROSPECTION=full")
	}
	if s.prices || !s.budget {
		environ = append(environ, "AUTHGRAPH_ANONYMOUS_WORK=1000000000")
	}
	return environ
}
