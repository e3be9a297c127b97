// Command profile renews default.pgo, by which the compiler knows what this server does most: it profiles the server, with
// production settings, while signed-in callers ask and refresh. go build finds the file by its name.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"sync"
	"time"

	"authgraph/bench/load"
	"authgraph/bench/target"
)

// asked lists the documents of signed-in callers, and the number of their clients.
var asked = []struct {
	document string
	clients  int
}{
	{`{ me { id email } }`, 12},
	{`{ me { id email roles permissions sessions(first: 10) { edges { node { id current createdAt } } } } }`, 2},
	{`{ can(fields: ["Query.users", "Mutation.suspendUser"]) { field allowed } }`, 2},
}

func main() {
	file := flag.String("o", "default.pgo", "where the profile goes")
	d := flag.Duration("for", 30*time.Second, "how long it is taken, a minute at most")
	flag.Parse()
	if err := run(*file, *d); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(file string, d time.Duration) (err error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	dir, err := os.MkdirTemp("", "authgraph-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	program, err := target.Build(ctx, dir)
	if err != nil {
		return err
	}
	metrics, err := target.FreeAddress()
	if err != nil {
		return err
	}
	s, err := target.Start(ctx, dir, "authgraph", append(target.Production(dir), "AUTHGRAPH_METRICS_ADDR="+metrics), "/readyz", program)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Stop()) }()
	working, stop, err := work(ctx, s)
	if err != nil {
		return err
	}
	profiled := target.Profile(ctx, metrics, d, file)
	stop()
	return errors.Join(profiled, <-working)
}

// work has callers ask and refresh until it is stopped.
func work(ctx context.Context, s *target.Server) (ended <-chan error, stop func(), err error) {
	token, err := s.Register("ada@example.com")
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	var working sync.WaitGroup
	errs := make(chan error, len(asked)+1)
	for _, a := range asked {
		want, err := s.Query(a.document, token, nil)
		if err != nil {
			cancel()
			return nil, nil, err
		}
		r := load.Request{Address: s.Address, Raw: s.Raw(a.document, token), Want: want}
		working.Go(func() {
			_, err := load.Closed(ctx, r, a.clients, time.Hour)
			errs <- err
		})
	}
	working.Go(func() { errs <- refresh(ctx, s) })
	all := make(chan error, 1)
	go func() {
		working.Wait()
		close(errs)
		var err error
		for e := range errs {
			err = errors.Join(err, e)
		}
		all <- err
	}()
	return all, cancel, nil
}

// refresh exchanges the tokens of one session over and over.
func refresh(ctx context.Context, s *target.Server) error {
	const email = "bob@example.com"
	if _, err := s.Register(email); err != nil {
		return err
	}
	type tokens struct{ RefreshToken string }
	var got struct {
		Data struct{ Login, Refresh tokens }
	}
	ask := func(document string, variables map[string]any) error {
		body, err := s.Query(document, "", variables)
		if err != nil {
			return err
		}
		return json.Unmarshal(body, &got)
	}
	if err := ask(`mutation($i: LoginInput!) { login(input: $i) { refreshToken } }`, map[string]any{
		"i": map[string]any{"email": email, "password": target.Password},
	}); err != nil {
		return err
	}
	for own := got.Data.Login.RefreshToken; ctx.Err() == nil; own = got.Data.Refresh.RefreshToken {
		if err := ask(`mutation($t: String) { refresh(refreshToken: $t) { accessToken refreshToken } }`,
			map[string]any{"t": own}); err != nil {
			return err
		}
		if got.Data.Refresh.RefreshToken == "" {
			return errors.New("a refresh was refused")
		}
	}
	return nil
}
