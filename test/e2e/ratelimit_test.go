package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"authgraph/db/dbtest"
	"authgraph/test/harness"
)

// limited are settings under which every request may say where it comes from.
var limited = []string{"AUTHGRAPH_RATE_LIMITS=true", "AUTHGRAPH_TRUSTED_PROXIES=127.0.0.1"}

const (
	perAccount  = 10 // failed logins of one network, as schema.graphqls has it
	allNetworks = 100
	perAddress  = 60
	perRefusals = 60 // refused sign-ins of one address in a minute
)

// oneSubscriber returns an address in the n-th /64 of one /56.
func oneSubscriber(n int) string { return fmt.Sprintf("2001:db8:0:%x::1", n) }

// fifty is fifty logins in one document.
func fifty() string {
	var b strings.Builder
	b.WriteString(`mutation($i: LoginInput!) {`)
	for n := range 50 {
		fmt.Fprintf(&b, " a%d: login(input: $i) { tokenType }", n)
	}
	return b.String() + " }"
}

// Fifty logins in one document count as fifty on every transport, if a document may have fifty.
func TestRateLimit_BruteForce(t *testing.T) {
	t.Parallel()
	wrong := map[string]any{"i": map[string]any{"email": "ada@example.com", "password": "not it, whatever"}}
	for _, way := range []struct {
		name string
		try  func(t *testing.T, w *harness.Server) string
	}{
		{"POST", func(t *testing.T, w *harness.Server) string { return w.Query(t, "", fifty(), wrong).Body }},
		{"GET", func(t *testing.T, w *harness.Server) string {
			text, err := json.Marshal(wrong)
			if err != nil {
				t.Fatal(err)
			}
			return w.Do(t, http.MethodGet, "/graphql?"+url.Values{"query": {fifty()}, "variables": {string(text)}}.Encode(), "", nil).Body
		}},
		{"server-sent events", func(t *testing.T, w *harness.Server) string {
			_, next := w.EventStream(t, "", fifty(), wrong)
			return next()
		}},
		{"WebSocket", func(t *testing.T, w *harness.Server) string {
			c := w.Dial(t, nil)
			c.Send(t, harness.Message{Type: "connection_init"})
			c.Next(t)
			payload, err := json.Marshal(map[string]any{"query": fifty(), "variables": wrong})
			if err != nil {
				t.Fatal(err)
			}
			c.Send(t, harness.Message{ID: "1", Type: "subscribe", Payload: payload})
			return string(c.Next(t).Payload)
		}},
	} {
		t.Run(way.name, func(t *testing.T) {
			harness.EachDatabaseWith(t, append(slices.Clone(limited), "AUTHGRAPH_DOCUMENT_MUTATIONS=50"), func(t *testing.T, w *harness.Server) {
				w.Register(t, "ada@example.com", harness.Password)
				evaluated := strings.Count(way.try(t, w), `"INVALID_CREDENTIALS"`)
				if evaluated > perAccount {
					t.Errorf("%d of fifty were evaluated, want at most %d", evaluated, perAccount)
				}
				before := evaluated // from another network: none for GET, which executes no mutation
				for n := range 3 * perAccount {
					got := w.LoginFrom(t, oneSubscriber(n), "ADA@example.com ", "not it, whatever", nil)
					evaluated += strings.Count(got.Body, `"INVALID_CREDENTIALS"`)
				}
				if got := evaluated - before; got != perAccount {
					t.Errorf("%d were evaluated of one network, want %d", got, perAccount)
				}
				if got := w.Query(t, "", `{ authOptions { registration } }`, nil); got.Status != 200 {
					t.Errorf("afterwards it answers %d", got.Status)
				}
			})
		})
	}
}

// TestRateLimit_AllNetworks proves that an account has a limit over all networks, however its address is spelled.
func TestRateLimit_AllNetworks(t *testing.T) {
	t.Parallel()
	harness.EachDatabaseWith(t, limited, func(t *testing.T, w *harness.Server) {
		w.Register(t, "ada@example.com", harness.Password)
		evaluated := 0
		for n := range allNetworks + 10 {
			email := []string{"ada@example.com", "ADA@example.com "}[n%2]
			got := w.LoginFrom(t, fmt.Sprintf("192.0.2.%d", n), email, "not it, whatever", nil)
			evaluated += strings.Count(got.Body, `"INVALID_CREDENTIALS"`)
		}
		if evaluated != allNetworks {
			t.Errorf("%d were evaluated, want %d", evaluated, allNetworks)
		}
	})
}

// Accounts that exist and that don't are limited alike, in the same words.
func TestRateLimit_TellsNothing(t *testing.T) {
	t.Parallel()
	harness.EachDatabaseWith(t, limited, func(t *testing.T, w *harness.Server) {
		w.Register(t, "ada@example.com", harness.Password)
		var said []string
		for _, email := range []string{"ada@example.com", "nobody@example.com"} {
			before := w.Hashed(t)
			for n := range perAccount {
				got := w.LoginFrom(t, "2001:db8::1", email, "not it, whatever", nil)
				if !strings.Contains(got.Body, `"INVALID_CREDENTIALS"`) {
					t.Fatalf("%s, attempt %d: %s", email, n, got.Body)
				}
			}
			got := w.LoginFrom(t, "2001:db8::1", email, harness.Password, nil) // the right password, too
			said = append(said, got.Body)
			if n := w.Hashed(t) - before; n != perAccount { // the refused attempt is not hashed
				t.Errorf("%s: %d were hashed, want %d", email, n, perAccount)
			}
			const want = `"message":"Too many attempts; try again later","path":["login"],"locations":[{"line":1,"column":29}],` +
				`"extensions":{"code":"RATE_LIMITED","requestId":"ID","retryAfter":`
			if got.Status != 200 || !strings.Contains(got.Body, want) || got.Header.Get("Retry-After") == "" {
				t.Errorf("%s: got %d, Retry-After %q, %s", email, got.Status, got.Header.Get("Retry-After"), got.Body)
			}
		}
		known, _, _ := strings.Cut(said[0], `"retryAfter"`)
		unknown, _, _ := strings.Cut(said[1], `"retryAfter"`)
		if known != unknown {
			t.Errorf("told apart:\n%s\n%s", known, unknown)
		}
	})
}

// A network is limited as a whole, without effect on others. Clients of unknown address share one limit.
func TestRateLimit_Address(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t, limited...)
	for _, row := range []struct {
		name, host string
		from       func(n int) string
		other      string
	}{
		{"one address", "a.example.com", func(int) string { return "192.0.2.1" }, "192.0.2.2"},
		{"a /64", "b.example.com", func(n int) string { return fmt.Sprintf("2001:db8:0:1::%x", n+1) }, "2001:db8:0:2::1"},
		{"nobody knows", "c.example.com", func(n int) string { return fmt.Sprint("nonsense", n) }, "192.0.2.3"},
	} {
		t.Run(row.name, func(t *testing.T) {
			passed, before := 0, w.Hashed(t)
			for n := range perAddress + 10 {
				got := w.LoginFrom(t, row.from(n), fmt.Sprintf("nobody%d@%s", n, row.host), harness.Password, nil)
				passed += strings.Count(got.Body, `"INVALID_CREDENTIALS"`)
			}
			if passed != perAddress {
				t.Errorf("%d passed, want %d", passed, perAddress)
			}
			if n := w.Hashed(t) - before; n != perAddress {
				t.Errorf("%d were hashed, want none for who was refused", n)
			}
			got := w.LoginFrom(t, row.other, "somebody@"+row.host, harness.Password, nil)
			if !strings.Contains(got.Body, `"INVALID_CREDENTIALS"`) {
				t.Errorf("another network is answered %s", got.Body)
			}
		})
	}
}

// A limit over all instances holds for simultaneous requests to two of them.
func TestRateLimit_Instances(t *testing.T) {
	t.Parallel()
	dsn := dbtest.Postgres(t)
	var both []*harness.Server
	for range 2 {
		both = append(both, harness.Start(t, dbtest.OpenPostgres(t, dsn), limited...))
	}
	both[0].Register(t, "ada@example.com", harness.Password)
	answers := make([]harness.Response, 40)
	var all sync.WaitGroup
	for n := range answers {
		all.Go(func() {
			answers[n] = both[n%2].LoginFrom(t, oneSubscriber(n), "ada@example.com", "not it, whatever", nil)
		})
	}
	all.Wait()
	evaluated, refused := 0, 0
	for _, a := range answers {
		evaluated += strings.Count(a.Body, `"INVALID_CREDENTIALS"`)
		refused += strings.Count(a.Body, `"RATE_LIMITED"`)
	}
	if evaluated != perAccount || refused != len(answers)-perAccount {
		t.Errorf("%d were evaluated and %d refused, want %d and %d", evaluated, refused, perAccount, len(answers)-perAccount)
	}
}

// TestRateLimit_Refusals proves that sign-ins which a full queue refuses do not use up the limits by address and by account,
// and that a client that continues after too many refusals is refused without a statement or a place in the queue.
func TestRateLimit_Refusals(t *testing.T) {
	t.Parallel()
	tallied(t, func(t *testing.T, w *harness.Server, c *tally) {
		w.Register(t, "ada@example.com", harness.Password)
		empty := w.FillQueue(t)
		refused := func(n int, from, want string) {
			t.Helper()
			for range n {
				if got := w.LoginFrom(t, from, "ada@example.com", harness.Password, nil); !strings.Contains(got.Body, want) {
					t.Fatalf("%s: got %s, want %s", from, got.Body, want)
				}
			}
		}
		refused(perRefusals-1, "127.0.0.1", `"OVERLOADED"`)
		empty()
		for n := range perAddress {
			got := w.LoginFrom(t, "127.0.0.1", fmt.Sprintf("nobody%d@example.com", n), harness.Password, nil)
			if !strings.Contains(got.Body, `"INVALID_CREDENTIALS"`) {
				t.Fatalf("attempt %d afterwards: %s", n, got.Body)
			}
		}
		empty = w.FillQueue(t)
		defer empty()
		refused(perRefusals, "127.0.0.1", `"RATE_LIMITED"`) // by the limit by address, which is used up

		hashed := w.Hashed(t)
		if made := c.during(func() { refused(1, "127.0.0.1", `"RATE_LIMITED"`) }); len(made) != 0 || w.Hashed(t) != hashed {
			t.Errorf("the refusal made the statements %q and %d hashes", made, w.Hashed(t)-hashed)
		}
	}, limited...)
}

// TestRateLimit_Hammering proves the bound of refusals alone: the limit by address is not used up.
func TestRateLimit_Hammering(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t, limited...)
	empty := w.FillQueue(t)
	for n := range perRefusals + 5 {
		want := `"OVERLOADED"`
		if n >= perRefusals {
			want = `"RATE_LIMITED"`
		}
		if got := w.LoginFrom(t, "127.0.0.1", "ada@example.com", harness.Password, nil); !strings.Contains(got.Body, want) {
			t.Errorf("attempt %d: got %s, want %s", n+1, got.Body, want)
		}
	}
	empty()
	if got := w.LoginFrom(t, "127.0.0.1", "ada@example.com", harness.Password, nil); !strings.Contains(got.Body, `"RATE_LIMITED"`) {
		t.Errorf("with an empty queue: got %s, want RATE_LIMITED until the minute has passed", got.Body)
	}
	if got := w.LoginFrom(t, "127.0.1.1", "ada@example.com", harness.Password, nil); !strings.Contains(got.Body, `"INVALID_CREDENTIALS"`) {
		t.Errorf("another network: got %s", got.Body)
	}
}

// TestRateLimit_Successes proves that sign-ins with the right password use up no allowance of the account (case A2): one
// after the other, and 13 at the same time from one network, on two instances.
func TestRateLimit_Successes(t *testing.T) {
	t.Parallel()
	dsn := dbtest.Postgres(t)
	var both []*harness.Server
	for range 2 {
		both = append(both, harness.Start(t, dbtest.OpenPostgres(t, dsn), limited...))
	}
	both[0].Register(t, "ada@example.com", harness.Password)
	for n := range perAccount + 2 {
		if got := both[0].LoginFrom(t, "192.0.2.1", "ada@example.com", harness.Password, nil); !strings.Contains(got.Body, `"accessToken":"`) {
			t.Errorf("sign-in %d: got %s", n+1, got.Body)
		}
	}
	for range perAccount - 6 { // some wrong ones before: as many units are left as two instances have under way
		both[0].LoginFrom(t, "192.0.2.1", "ada@example.com", "not it, whatever", nil)
	}
	var all sync.WaitGroup
	for n := range 13 {
		all.Go(func() {
			if got := both[n%2].LoginFrom(t, "192.0.2.1", "ada@example.com", harness.Password, nil); !strings.Contains(got.Body, `"accessToken":"`) {
				t.Errorf("replica %d: got %s", n+1, got.Body)
			}
		})
	}
	all.Wait()
}

// TestRateLimit_GuessesElsewhere proves that wrong guesses from one network do not lock the owner out elsewhere (case A3).
func TestRateLimit_GuessesElsewhere(t *testing.T) {
	t.Parallel()
	harness.EachDatabaseWith(t, limited, func(t *testing.T, w *harness.Server) {
		w.Register(t, "ada@example.com", harness.Password)
		for n := range 4 * perAccount {
			w.LoginFrom(t, oneSubscriber(n), "ada@example.com", "not it, whatever", nil)
		}
		for _, row := range []struct{ name, from, want string }{
			{"the guesser's network", oneSubscriber(0), `"RATE_LIMITED"`},
			{"another /56", "2001:db8:0:100::1", `"accessToken":"`},
			{"IPv4", "192.0.2.1", `"accessToken":"`},
		} {
			if got := w.LoginFrom(t, row.from, "ada@example.com", harness.Password, nil); !strings.Contains(got.Body, row.want) {
				t.Errorf("%s: got %s, want %s", row.name, got.Body, row.want)
			}
		}
	})
}
