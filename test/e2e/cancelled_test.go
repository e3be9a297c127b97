package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"authgraph/auth/password"
	"authgraph/db/dbtest"
	"authgraph/internal/serverkit"
	"authgraph/test/harness"
)

// A client that gives up a request is logged with the status 499, without a code and without an error.
func TestCancelled(t *testing.T) {
	t.Parallel()
	url := dbtest.Postgres(t)
	store := dbtest.OpenPostgres(t, url)
	slow, err := password.New(12) // a decoy takes long enough to be given up
	if err != nil {
		t.Fatal(err)
	}
	w := harness.StartWith(t, slow, time.Now, store, func(*serverkit.App) {})
	w.Register(t, "ada@example.com", harness.Password)
	fresh, _ := w.Login(t, "ada@example.com", nil)
	const count, page = `{ me { sessions { totalCount } } }`, `{ me { sessions(first: 3) { edges { node { id } } } } }`
	for _, row := range []struct {
		name, table, document string
		variables             map[string]any
		bearer                string
	}{
		{"login while its password is compared", "", harness.LoginDocument,
			map[string]any{"i": map[string]any{"email": "nobody@example.com", "password": harness.Password}}, ""},
		{"login while the database waits", "users", harness.LoginDocument,
			map[string]any{"i": map[string]any{"email": "ada@example.com", "password": harness.Password}}, ""},
		{"refresh while the database waits", "sessions", `mutation($t: String) { refresh(refreshToken: $t) { accessToken } }`,
			map[string]any{"t": fresh.RefreshToken}, ""},
		{"a token while its session is read", "sessions", count, nil, fresh.AccessToken},
		{"a count while the database waits", "sessions", count, nil, fresh.AccessToken},
		{"a page while the database waits", "sessions", page, nil, fresh.AccessToken},
	} {
		t.Run(row.name, func(t *testing.T) {
			if row.bearer != "" && !strings.HasPrefix(row.name, "a token") {
				w.Query(t, row.bearer, `{ me { id } }`, nil) // its session and account are remembered
			}
			release, waits := func() {}, func() bool { return slow.Waiting() > 0 }
			if row.table != "" {
				held := lock(t, url, row.table)
				release = func() { _ = held.Rollback() }
				waits = func() bool {
					var n int
					if err := held.QueryRow(`SELECT count(*) FROM pg_locks WHERE NOT granted`).Scan(&n); err != nil {
						t.Fatal(err)
					}
					return n > 0
				}
			}
			body, err := json.Marshal(map[string]any{"query": row.document, "variables": row.variables})
			if err != nil {
				t.Fatal(err)
			}
			before := len(w.Log.String())
			ctx, giveUp := context.WithCancel(context.Background())
			defer giveUp()
			r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL+"/graphql", bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/json")
			if row.bearer != "" {
				r.Header.Set("Authorization", "Bearer "+row.bearer)
			}
			done := make(chan error, 1)
			go func() {
				response, err := w.Client().Do(r)
				if err == nil {
					_ = response.Body.Close()
					err = fmt.Errorf("it was answered with %d", response.StatusCode)
				} else {
					err = nil
				}
				done <- err
			}()
			eventually(t, "the request waits", waits)
			giveUp()
			if err := <-done; err != nil {
				t.Fatal(err)
			}
			logged := func() string { return w.Log.String()[before:] }
			eventually(t, "the line of the request", func() bool { return strings.Contains(logged(), `"msg":"request"`) })
			release()
			log := logged()
			if !strings.Contains(log, `"status":499`) || strings.Contains(log, "SERVICE_UNAVAILABLE") {
				t.Errorf("got %s", log)
			} else if strings.Contains(log, `"level":"ERROR"`) || strings.Contains(log, `"level":"WARN"`) {
				t.Errorf("got %s", log)
			}
		})
	}
	families, err := w.App.Metrics.Registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		for _, m := range family.GetMetric() {
			if text := m.String(); family.GetName() == "authgraph_requests_total" && strings.Contains(text, "SERVICE_UNAVAILABLE") {
				t.Errorf("got %s, want the code CANCELLED", text)
			}
		}
	}
}

// Rows that stay locked for longer than the database's lock_timeout: the answer is SERVICE_UNAVAILABLE with retryAfter.
func TestOutage_LockTimeout(t *testing.T) {
	t.Parallel()
	url := dbtest.Postgres(t)
	raw := connect(t, url)
	if _, err := raw.Exec(`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET lock_timeout = ''1s''', current_database()); END $$`); err != nil {
		t.Fatal(err)
	}
	store := dbtest.OpenPostgres(t, url)
	w := harness.Start(t, store)
	w.Register(t, "ada@example.com", harness.Password)
	ada, _ := w.Login(t, "ada@example.com", nil)
	held, err := raw.Begin()
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"users", "sessions"} {
		if _, err := held.Exec(`SELECT 1 FROM ` + table + ` FOR UPDATE`); err != nil {
			t.Fatal(err)
		}
	}
	_, login := w.Login(t, "ada@example.com", nil)
	_, refresh := w.Refresh(t, ada.RefreshToken)
	for name, got := range map[string]harness.Response{
		"login": login, "refresh": refresh,
		"logout": w.Query(t, ada.AccessToken, `mutation { logout { endedSessionIds } }`, nil),
	} {
		checkUnavailable(t, name, got)
	}
	if err := held.Rollback(); err != nil {
		t.Fatal(err)
	}
	if again, a := w.Refresh(t, ada.RefreshToken); again.AccessToken == "" {
		t.Errorf("refresh afterwards: %s", a.Body)
	}
}
