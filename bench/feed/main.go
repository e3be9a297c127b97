// Command feed measures how soon a session that ends at the issuer is refused by a service that verifies tokens by itself
// and follows the issuer's `revocations`: from the answer of revokeSession to the beginning of the first request that is
// refused. All is well at first; then
// what the feed hears is swallowed at that moment, without a reset.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"authgraph/auth"
	"authgraph/auth/remote"
	"authgraph/bench/load"
	"authgraph/bench/target"
	"authgraph/internal/proxy"
)

const (
	email  = "root@example.com"
	login  = `mutation($i: LoginInput!) { login(input: $i) { accessToken session { id } } }`
	revoke = `mutation($id: ID!) { revokeSession(id: $id) { session { endedAt } } }`
	issuer = "https://accounts.example.com" // as target.Production has it
)

// row is what one way of things going wrong came to.
type row struct {
	Name          string
	Times         int
	P50, P99, Max time.Duration
}

func main() {
	times := flag.Int("times", 500, "how many while all is well")
	troubled := flag.Int("troubled", 10, "how many while the feed is swallowed")
	file := flag.String("json", "", "a file for the figures as JSON")
	flag.Parse()
	if err := run(*times, *troubled, *file); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(times, troubled int, file string) (err error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	dir, err := os.MkdirTemp("", "authgraph-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	s, err := start(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.server.Stop()) }()
	defer s.between.Close()
	go s.feed.Run(ctx)
	var rows []row
	for _, kind := range []struct {
		name    string
		count   int
		trouble func()
	}{{"all well", times, func() {}}, {"feed swallowed", troubled, s.between.Swallow}} {
		var took []time.Duration
		for range kind.count {
			d, err := s.trial(ctx, kind.trouble)
			if err != nil {
				return fmt.Errorf("%s: %w", kind.name, err)
			}
			took = append(took, d)
		}
		r := row{Name: kind.name, Times: kind.count}
		r.P50, r.P99, r.Max = load.Summary(took)
		rows = append(rows, r)
	}
	return print(rows, file)
}

// setting is an issuer, and a service that follows it through a proxy.
type setting struct {
	server  *target.Server
	between *proxy.Proxy
	feed    *remote.Feed
	token   string // token of a session that stays active
}

func start(ctx context.Context, dir string) (*setting, error) {
	program, err := target.Build(ctx, dir)
	if err != nil {
		return nil, err
	}
	environ := append(target.Production(dir), "AUTHGRAPH_BCRYPT_COST=10")
	if err := target.Administrator(ctx, program, environ, email); err != nil {
		return nil, err
	}
	s := &setting{}
	if s.server, err = target.Start(ctx, dir, "issuer", environ, "/readyz", program); err != nil {
		return nil, err
	}
	if s.between, err = proxy.Listen(s.server.Address); err != nil {
		return nil, errors.Join(err, s.server.Stop())
	}
	endpoint := "http://" + s.between.Addr() + "/graphql"
	verifier := auth.NewVerifier(remote.New("http://"+s.server.Address+"/.well-known/jwks.json"), issuer, issuer)
	s.feed = remote.NewFeed(verifier, endpoint, remote.NewAccount(endpoint, email, target.Password))
	if s.token, _, err = s.login(); err != nil {
		return nil, errors.Join(err, s.server.Stop())
	}
	return s, nil
}

func (s *setting) login() (token, session string, err error) {
	body, err := s.server.Query(login, "", map[string]any{"i": map[string]any{"email": email, "password": target.Password}})
	var got struct {
		Data struct {
			Login struct {
				AccessToken string
				Session     struct{ ID string }
			}
		}
	}
	if err := errors.Join(err, json.Unmarshal(body, &got)); err != nil || got.Data.Login.AccessToken == "" {
		return "", "", fmt.Errorf("login: %s, %w", body, err)
	}
	return got.Data.Login.AccessToken, got.Data.Login.Session.ID, nil
}

// trial ends a session, and asks the service without pause until it refuses it.
func (s *setting) trial(ctx context.Context, trouble func()) (time.Duration, error) {
	s.between.Heal()
	for deadline := time.Now().Add(20 * time.Second); !s.feed.Live(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			return 0, errors.New("the feed does not come back")
		}
	}
	token, session, err := s.login()
	if err != nil {
		return 0, err
	}
	if _, err := s.feed.Authenticate(ctx, token); err != nil {
		return 0, fmt.Errorf("before it ended: %w", err)
	}
	trouble()
	body, err := s.server.Query(revoke, s.token, map[string]any{"id": session})
	at := time.Now()
	if err != nil {
		return 0, err
	}
	for began := at; began.Before(at.Add(time.Minute)); began = time.Now() {
		if _, err := s.feed.Authenticate(ctx, token); err != nil {
			return began.Sub(at), nil
		}
		time.Sleep(100 * time.Microsecond)
	}
	return 0, fmt.Errorf("the session goes on: %s", body)
}

func print(rows []row, file string) error {
	fmt.Printf("from the answer of revokeSession at the issuer to the first request that a service refuses; bound %v\n\n", remote.DefaultBound)
	t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(t, "case\ttimes\tp50\tp99\tmost")
	for _, r := range rows {
		_, _ = fmt.Fprintf(t, "%s\t%d\t%v\t%v\t%v\n", r.Name, r.Times, r.P50.Round(10*time.Microsecond),
			r.P99.Round(10*time.Microsecond), r.Max.Round(10*time.Microsecond))
	}
	if err := t.Flush(); err != nil || file == "" {
		return err
	}
	data, err := json.MarshalIndent(rows, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(data, '\n'), 0o644)
}
