package e2e

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
	"authgraph/db/dbtest"
	"authgraph/internal/serverkit"
	"authgraph/test/harness"
)

// A full queue answers at once, alike for every account. Signed-in callers do not notice.
func TestOverload(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		ada := w.Register(t, "ada@example.com", harness.Password)
		empty := w.FillQueue(t)
		const want = `{"errors":[{"message":"Too many sign-ins at the moment; try again shortly","path":["login"],` +
			`"locations":[{"line":1,"column":29}],"extensions":{"code":"OVERLOADED","requestId":"ID","retryAfter":`
		var first string
		for _, in := range []map[string]any{
			{"email": "ada@example.com", "password": harness.Password}, {"email": "ada@example.com", "password": "not it, whatever"},
			{"email": "nobody@example.com", "password": harness.Password},
		} {
			got := w.Query(t, "", harness.LoginDocument, map[string]any{"i": in})
			if first == "" {
				first = got.Body
			}
			if got.Status != 200 || !strings.HasPrefix(got.Body, want) {
				t.Errorf("login answered %d, Retry-After %q, %s\nwant %s", got.Status, got.Header.Get("Retry-After"), got.Body, want)
			} else if got.Body != first || got.Header.Get("Retry-After") == "" {
				t.Errorf("login answered %d, Retry-After %q, %s\nwant %s", got.Status, got.Header.Get("Retry-After"), got.Body, want)
			}
		}
		got := w.Query(t, "", harness.RegisterDocument, map[string]any{"i": map[string]any{"email": "bob@example.com", "password": harness.Password}})
		if !strings.Contains(got.Body, `"code":"OVERLOADED"`) {
			t.Errorf("register answered %s", got.Body)
		}
		if got := w.Query(t, ada.Token, `{ me { email } }`, nil); got.Body != `{"data":{"me":{"email":"ada@example.com"}}}` {
			t.Errorf("me answered %s", got.Body)
		}
		empty()
		w.Register(t, "bob@example.com", harness.Password)
		if got := w.Hasher.Waiting(); got != 0 {
			t.Errorf("%d places are not given back", got)
		}
	})
}

// A network may hold every place, and clients of other networks still sign in.
func TestOverload_OneFloods(t *testing.T) {
	t.Parallel()
	harness.EachDatabaseWith(t, []string{"AUTHGRAPH_TRUSTED_PROXIES=127.0.0.1"}, func(t *testing.T, w *harness.Server) {
		w.Register(t, "ada@example.com", harness.Password)
		empty := w.FillQueue(t)
		defer empty()
		for _, from := range []string{"192.0.2.1", "192.0.2.2", "2001:db8::1"} {
			if got := w.LoginFrom(t, from, "ada@example.com", harness.Password, nil); !strings.Contains(got.Body, `"accessToken":"`) {
				t.Errorf("%s: got %s", from, got.Body)
			}
		}
		again := w.FillQueue(t) // each of them took a place for a while
		defer again()
		if got := w.LoginFrom(t, "127.0.0.1", "ada@example.com", harness.Password, nil); !strings.Contains(got.Body, `"OVERLOADED"`) {
			t.Errorf("the one that floods: got %s", got.Body)
		}
	})
}

// Nothing is hashed for clients that went away while they waited.
func TestOverload_ClientsGoAway(t *testing.T) {
	t.Parallel()
	hasher, err := password.New(password.MinCost, password.WithPatience(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	store := dbtest.OpenSQLite(t, dbtest.SQLite(t))
	w := harness.StartWith(t, hasher, time.Now, store, func(*serverkit.App) {})
	w.Register(t, "ada@example.com", harness.Password)
	before := w.Hashed(t)
	body, err := json.Marshal(map[string]any{"query": harness.LoginDocument, "variables": map[string]any{
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
		for deadline := time.Now().Add(harness.Patience); !holds(hasher.Waiting()); runtime.Gosched() {
			if time.Now().After(deadline) {
				t.Fatalf("%d are waiting", hasher.Waiting())
			}
		}
	}
	waiting(func(n int) bool { return n >= clients/2 })
	leave()
	all.Wait()
	waiting(func(n int) bool { return n == 0 })
	if got := w.Hashed(t) - before; got >= uint64(clients)*3/4 {
		t.Errorf("%d of %d were hashed for, though half of them went away while they waited", got, clients)
	}
	if _, got := w.Login(t, "ada@example.com", nil); !strings.Contains(got.Body, `"accessToken":"`) {
		t.Errorf("afterwards: %s", got.Body)
	}
}
