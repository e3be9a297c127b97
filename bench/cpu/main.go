// Command cpu compares the processor time that a request costs the server's process with another revision. Both are built
// with their own default.pgo. A second server of the other revision gives the difference of equals.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"authgraph/bench/target"
)

// settings are the flags.
type settings struct {
	base, head string
	kinds      []string
	clients    int
	rounds     int
	profile    string
	limit      time.Duration
}

func main() {
	s := settings{}
	flag.StringVar(&s.base, "base", "", "revision or program that is the standard")
	flag.StringVar(&s.head, "head", "", "revision or program that is compared; the files here if empty")
	names := flag.String("kinds", "me,refresh", "kinds of requests, separated by commas: me, refresh, login")
	flag.IntVar(&s.clients, "clients", 4, "how many connections send at once")
	flag.IntVar(&s.rounds, "rounds", 15, "how many rounds are counted")
	flag.StringVar(&s.profile, "profile", "", "a directory for profiles of base and head, which are taken after the rounds")
	flag.DurationVar(&s.limit, "limit", 5*time.Minute, "when a run is ended with an error, counted from its start after the builds")
	flag.Parse()
	s.kinds = strings.Split(*names, ",")
	if err := run(s); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// buildLimit bounds the builds of both programs. With a profile, and nothing cached, each takes a minute or two.
const buildLimit = 10 * time.Minute

func run(s settings) (err error) {
	if s.base == "" {
		return errors.New("-base is missing: name a revision or a program")
	}
	if s.rounds < 1 || s.clients < 1 {
		return errors.New("-rounds and -clients must be at least 1")
	}
	dir, err := os.MkdirTemp("", "authgraph-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	programs, err := build(dir, s)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), s.limit)
	defer cancel()
	var servers []*server
	defer func() {
		for _, own := range servers {
			err = errors.Join(err, own.Stop())
		}
	}()
	for i, program := range []string{programs[0], programs[1], programs[0]} {
		own, err := start(ctx, filepath.Join(dir, fmt.Sprint("server", i)), program, s)
		if err != nil {
			return err
		}
		servers = append(servers, own)
	}
	before := target.LoadAverage()
	all, err := measure(ctx, s, servers)
	if err != nil {
		return err
	}
	fmt.Printf("load average %s before and %s after\n", before, target.LoadAverage())
	if err := report(os.Stdout, s, all); err != nil {
		return err
	}
	return profile(ctx, s, servers)
}

// build returns the programs of base and head. -trimpath lets go build find what it has built of a revision in another
// directory.
func build(dir string, s settings) (programs [2]string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), buildLimit)
	defer cancel()
	for i, revision := range []string{s.base, s.head} {
		tree := filepath.Join(dir, fmt.Sprint("build", i))
		if programs[i], err = target.BuildRevision(ctx, tree, revision, "-trimpath", "-pgo=auto"); err != nil {
			return programs, err
		}
	}
	return programs, nil
}
