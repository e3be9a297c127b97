package main

import (
	"context"
	"encoding/json"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"authgraph/auth/password"
	"authgraph/db"
	"authgraph/internal/network"
)

// fill takes every place in the queue of hashes, from the network that the tests come from, and returns what gives them
// back.
func (w *world) fill(t *testing.T) (empty func()) {
	t.Helper()
	var tickets []*password.Ticket
	for {
		ticket, err := w.hasher.Admit(network.Parse("127.0.0.1"), nil)
		if err != nil {
			return func() {
				for _, ticket := range tickets {
					ticket.Leave()
				}
			}
		}
		tickets = append(tickets, ticket)
	}
}

// A full queue is told at once, to everybody alike: it says nothing of any account. The signed in do not notice.
func TestOverload(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		ada := w.register(t, "ada@example.com", pass)
		empty := w.fill(t)
		const want = `{"errors":[{"message":"Too many are signing in at the moment; try again shortly","path":["login"],` +
			`"locations":[{"line":1,"column":29}],"extensions":{"code":"OVERLOADED","requestId":"ID","retryAfter":`
		var first string
		for _, in := range []map[string]any{
			{"email": "ada@example.com", "password": pass}, {"email": "ada@example.com", "password": "not it, whatever"},
			{"email": "nobody@example.com", "password": pass},
		} {
			got := w.query(t, "", loginDocument, map[string]any{"i": in})
			if first == "" {
				first = got.body
			}
			if got.status != 200 || !strings.HasPrefix(got.body, want) || got.body != first || got.header.Get("Retry-After") == "" {
				t.Errorf("login answered %d, Retry-After %q, %s\nwant %s", got.status, got.header.Get("Retry-After"), got.body, want)
			}
		}
		got := w.query(t, "", registerDocument, map[string]any{"i": map[string]any{"email": "bob@example.com", "password": pass}})
		if !strings.Contains(got.body, `"code":"OVERLOADED"`) {
			t.Errorf("register answered %s", got.body)
		}
		if got := w.query(t, ada.token, `{ me { email } }`, nil); got.body != `{"data":{"me":{"email":"ada@example.com"}}}` {
			t.Errorf("me answered %s", got.body)
		}
		empty()
		w.register(t, "bob@example.com", pass)
		if got := w.hasher.Waiting(); got != 0 {
			t.Errorf("%d places are not given back", got)
		}
	})
}

// One network may hold every place: others sign in all the same.
func TestOverload_OneFloods(t *testing.T) {
	worldsWith(t, []string{"AUTHGRAPH_TRUSTED_PROXIES=127.0.0.1"}, func(t *testing.T, w *world) {
		w.register(t, "ada@example.com", pass)
		empty := w.fill(t)
		defer empty()
		for _, from := range []string{"192.0.2.1", "192.0.2.2", "2001:db8::1"} {
			if got := w.attempt(t, from, "ada@example.com", pass, nil); !strings.Contains(got.body, `"accessToken":"`) {
				t.Errorf("%s: got %s", from, got.body)
			}
		}
		again := w.fill(t) // each of them took a place for a while
		defer again()
		if got := w.attempt(t, "127.0.0.1", "ada@example.com", pass, nil); !strings.Contains(got.body, `"OVERLOADED"`) {
			t.Errorf("the one that floods: got %s", got.body)
		}
	})
}

// hashed is how many passwords have been hashed.
func (w *world) hashed(t *testing.T) (n uint64) {
	t.Helper()
	families, err := w.app.metrics.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "authgraph_hash_wait_seconds" {
			n = f.GetMetric()[0].GetHistogram().GetSampleCount()
		}
	}
	return n
}

// Nothing is hashed for clients that went away while they waited.
func TestOverload_ClientsGoAway(t *testing.T) {
	hasher, err := password.New(password.MinCost, password.WithPatience(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	store, err := db.OpenSQLite(t.TempDir() + "/authgraph.db")
	if err != nil {
		t.Fatal(err)
	}
	w := startWith(t, hasher, time.Now, store, func(*app) {})
	w.register(t, "ada@example.com", pass)
	before := w.hashed(t)
	body, err := json.Marshal(map[string]any{"query": loginDocument, "variables": map[string]any{
		"i": map[string]any{"email": "ada@example.com", "password": "not it, whatever"}}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, leave := context.WithCancel(t.Context())
	clients := 40 * runtime.GOMAXPROCS(0)
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL+"/graphql", strings.NewReader(string(body)))
			if err != nil {
				t.Error(err)
				return
			}
			r.Header.Set("Content-Type", "application/json")
			if response, err := w.Client().Do(r); err == nil {
				_ = response.Body.Close()
			}
		})
	}
	waiting := func(holds func(n int) bool) {
		t.Helper()
		for deadline := time.Now().Add(patience); !holds(hasher.Waiting()); runtime.Gosched() {
			if time.Now().After(deadline) {
				t.Fatalf("%d are waiting", hasher.Waiting())
			}
		}
	}
	waiting(func(n int) bool { return n >= clients/2 })
	leave()
	all.Wait()
	waiting(func(n int) bool { return n == 0 })
	if got := w.hashed(t) - before; got >= uint64(clients)*3/4 {
		t.Errorf("%d of %d were hashed for, though half of them went away while they waited", got, clients)
	}
	if _, got := w.login(t, "ada@example.com", nil); !strings.Contains(got.body, `"accessToken":"`) {
		t.Errorf("afterwards: %s", got.body)
	}
}
