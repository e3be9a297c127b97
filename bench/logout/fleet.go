package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"authgraph/bench/target"
	"authgraph/internal/pgtest"
	"authgraph/internal/proxy"
)

const (
	email  = "ada@example.com"
	me     = `{ me { id } }`
	logout = `mutation { logout { endedSessionIds } }`
	login  = `mutation($i: LoginInput!) { login(input: $i) { accessToken } }`
)

// fleet is three instances on one cluster, each behind a proxy of its own.
type fleet struct {
	dir     string
	cluster *pgtest.Cluster
	servers []*target.Server
	proxies []*proxy.Proxy

	adminToken string // token of an account that may change roles
	clerk      string // the id of an account that is given a role, and loses it
	clerkToken string
	ada        string // the id of an account that is acted as
}

func startFleet(ctx context.Context) (_ *fleet, err error) {
	f := &fleet{}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.stop())
		}
	}()
	if f.dir, err = os.MkdirTemp("", "authgraph-bench-"); err != nil {
		return nil, err
	}
	if f.cluster, err = pgtest.Genuine(); err != nil {
		return nil, err
	}
	database, err := f.cluster.Create()
	if err != nil {
		return nil, err
	}
	program, err := target.Build(ctx, f.dir)
	if err != nil {
		return nil, err
	}
	for n := range 3 {
		if err := f.add(ctx, program, database, n); err != nil {
			return nil, err
		}
	}
	if _, err = f.servers[0].Register(email); err != nil {
		return nil, err
	}
	return f, f.staff(ctx, database)
}

func (f *fleet) add(ctx context.Context, program, database string, n int) error {
	u, err := url.Parse(database)
	if err != nil {
		return err
	}
	p, err := proxy.Listen(u.Host)
	if err != nil {
		return err
	}
	f.proxies = append(f.proxies, p)
	u.Host = p.Addr()
	s, err := target.Start(ctx, f.dir, fmt.Sprint("instance", n), append(target.Production(f.dir), "DATABASE_URL="+u.String(),
		"AUTHGRAPH_BCRYPT_COST=10"), "/readyz", program)
	if err != nil {
		return err
	}
	f.servers = append(f.servers, s)
	return nil
}

func (f *fleet) stop() (err error) {
	for _, s := range f.servers {
		err = errors.Join(err, s.Stop())
	}
	for _, p := range f.proxies {
		p.Close()
	}
	if f.cluster != nil {
		err = errors.Join(err, f.cluster.Close())
	}
	return errors.Join(err, os.RemoveAll(f.dir))
}

// ended logs out through the nth instance, in turn, and measures how soon that holds on the others.
func (f *fleet) ended(n int, trouble func(*proxy.Proxy)) (latencies []time.Duration, late int, err error) {
	token, err := f.login(email)
	if err != nil {
		return nil, 0, err
	}
	return f.measure(n, trouble, question{document: me, token: token, refused: "SESSION_ENDED"}, func(by *target.Server) error {
		body, err := by.Query(logout, token, nil)
		if !strings.Contains(string(body), `"endedSessionIds":["`) {
			err = errors.Join(err, fmt.Errorf("logout: %s", body))
		}
		return err
	})
}

// question is what the instances are asked without pause until it is refused.
type question struct{ document, token, refused string }

// measure has something taken away through the nth instance, in turn, and asks the two others without pause until they
// say so. Trouble comes over one of them at that moment, and passes when it holds.
func (f *fleet) measure(n int, trouble func(*proxy.Proxy), q question, take func(by *target.Server) error) (latencies []time.Duration, late int, err error) {
	by, others := n%3, []int{(n + 1) % 3, (n + 2) % 3}
	for i := range f.servers { // each knows the session
		if body, err := f.servers[i].Query(q.document, q.token, nil); err != nil || strings.Contains(string(body), `"errors"`) {
			return nil, 0, fmt.Errorf("before it was taken away: %s, %w", body, err)
		}
	}
	answered := make(chan struct{})
	var at time.Time
	var wait sync.WaitGroup
	took, lates, errs := make([]time.Duration, 2), make([]int, 2), make([]error, 2)
	for i, other := range others {
		wait.Go(func() {
			took[i], lates[i], errs[i] = q.ask(f.servers[other], answered, &at)
		})
	}
	if trouble != nil {
		trouble(f.proxies[others[0]])
	}
	err = take(f.servers[by])
	at = time.Now()
	close(answered)
	wait.Wait()
	f.proxies[others[0]].Heal()
	return took, lates[0] + lates[1], errors.Join(append(errs, err)...)
}

// ask returns how long after the answer, whose time is at once answered is closed, a request was refused.
func (q question) ask(s *target.Server, answered chan struct{}, at *time.Time) (took time.Duration, late int, err error) {
	for {
		began := time.Now()
		body, err := s.Query(q.document, q.token, nil)
		if err != nil {
			return 0, 0, err
		}
		switch text := string(body); {
		case strings.Contains(text, q.refused):
			<-answered
			return max(time.Since(*at), 0), late, nil
		case !strings.Contains(text, `"errors"`):
			select {
			case <-answered:
				if began.Sub(*at) > bound {
					late++
				}
			default:
			}
		case !strings.Contains(text, "SERVICE_UNAVAILABLE"):
			return 0, 0, fmt.Errorf("asked meanwhile: %s", text)
		}
	}
}

func (f *fleet) login(email string) (string, error) {
	body, err := f.servers[0].Query(login, "", map[string]any{
		"i": map[string]any{"email": email, "password": target.Password},
	})
	var got struct {
		Data struct{ Login struct{ AccessToken string } }
	}
	if err := errors.Join(err, json.Unmarshal(body, &got)); err != nil || got.Data.Login.AccessToken == "" {
		return "", fmt.Errorf("login: %s, %w", body, err)
	}
	return got.Data.Login.AccessToken, nil
}
