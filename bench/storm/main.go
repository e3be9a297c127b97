// Command storm measures what those who are signed in notice while many sign in. In each round, one after the other: `me`
// at a steady rate on an idle server, the same while clients log in without pause, and the same on a yardstick that hashes
// in the handler without bounds. With -overload, logins are offered at a rate that no machine can hash.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"authgraph/bench/load"
	"authgraph/bench/target"
)

const (
	document    = `{ me { id email } }`
	perSecond   = 200 // requests for `me`
	connections = 32  // for them
	accounts    = 16  // accounts that sign in
)

type settings struct {
	clients, rounds, offered int
	each                     time.Duration
	overload                 bool
	file                     string
}

func main() {
	var s settings
	flag.IntVar(&s.clients, "clients", 64, "how many log in at once, without pause")
	flag.IntVar(&s.rounds, "rounds", 5, "how many rounds are counted")
	flag.DurationVar(&s.each, "each", 6*time.Second, "how long each of the three runs in each round; with -overload, once")
	flag.BoolVar(&s.overload, "overload", false, "offer logins at a steady rate instead")
	flag.IntVar(&s.offered, "offered", 200, "with -overload: logins per second")
	flag.StringVar(&s.file, "json", "", "a file for the figures as JSON")
	yardstick := flag.String("yardstick", "", "serve as the yardstick at this address")
	hash := flag.String("hash", "", "what the yardstick compares passwords with")
	flag.Parse()
	err := error(nil)
	if *yardstick != "" {
		err = serveInline(*yardstick, *hash)
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
	program, err := target.Build(ctx, dir)
	if err != nil {
		return err
	}
	own, err := target.Start(ctx, dir, "authgraph", target.Production(dir), "/readyz", program)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, own.Stop()) }()
	var token string
	for n := range accounts {
		if token, err = own.Register(address(n)); err != nil {
			return err
		}
	}
	me, err := own.Query(document, token, nil)
	if err != nil {
		return err
	}
	r := load.Request{Address: own.Address, Raw: own.Raw(document, token), Want: me}
	if s.overload {
		return overload(ctx, s, r)
	}
	return storm(ctx, s, dir, r)
}

func address(n int) string { return fmt.Sprintf("person%d@example.com", n%accounts) }

// login signs one of the accounts in. An error says that the answer was neither a session nor OVERLOADED.
func login(ctx context.Context, server string, account int) (target.SignIn, error) {
	s, err := target.Login(ctx, server, "", address(account), target.Password, "")
	if err == nil && s.Code != "" && s.Code != "OVERLOADED" {
		err = fmt.Errorf("login answered %s", s.Code)
	}
	return s, err
}
