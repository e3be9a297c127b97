package e2e

import (
	"database/sql"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"authgraph/db/dbtest"
	"authgraph/internal/pgtest"
	"authgraph/test/harness"
)

// A database that goes away while statements wait in it: no session ends, no change is made by half, and the next
// requests work. With the sessions locked, a new account has been inserted when its transaction breaks.
func TestOutage_MidStatement(t *testing.T) {
	t.Parallel()
	for _, table := range []string{"users", "sessions"} {
		t.Run(table, func(t *testing.T) {
			cluster := pgtest.New(t)
			url := cluster.Database(t)
			store := dbtest.OpenPostgres(t, url)
			if _, err := store.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			w := harness.Start(t, store)
			ada := w.Register(t, "ada@example.com", harness.Password)
			if !w.TokenValid(t, ada.Token) {
				t.Fatal("ada's token does not count")
			}
			requests := interrupted(ada, table)

			held := lock(t, url, table)
			answers := make(chan map[string]harness.Response)
			go func() { answers <- atOnce(t, w.API, requests) }()
			awaitWaiting(t, held, len(requests))
			cluster.Stop(t)
			got := <-answers
			for name := range requests {
				checkUnavailable(t, name, got[name])
			}

			cluster.Start(t)
			me := w.Query(t, ada.Token, `{ me { email } }`, nil)
			if me.Body != `{"data":{"me":{"email":"ada@example.com"}}}` {
				t.Errorf("me when it is back: %d %s", me.Status, me.Body)
			}
			if users, sessions := count(t, url, "users"), count(t, url, "sessions"); users != 1 || sessions != 1 {
				t.Errorf("got %d accounts and %d sessions, want ada's and no half of another", users, sessions)
			}
			w.Register(t, "bob@example.com", harness.Password)
			w.CheckLogin(t, "ada@example.com")
		})
	}
}

func checkUnavailable(t *testing.T, name string, got harness.Response) {
	t.Helper()
	if got.Status != http.StatusOK || !strings.Contains(got.Body, `"code":"SERVICE_UNAVAILABLE"`) {
		t.Errorf("%s: got %d %s, want SERVICE_UNAVAILABLE", name, got.Status, got.Body)
	} else if !strings.Contains(got.Body, `"retryAfter":1`) || got.Header.Get("Retry-After") != "1" {
		t.Errorf("%s: got %d %s, want SERVICE_UNAVAILABLE", name, got.Status, got.Body)
	}
	for _, never := range []string{"UNAUTHENTICATED", "INVALID_CREDENTIALS", "terminat", "connect"} {
		if strings.Contains(got.Body, never) {
			t.Errorf("%s: %s shows %s", name, got.Body, never)
		}
	}
}

type request struct {
	bearer, document string
	variables        map[string]any
}

// interrupted are requests that reach the table: alone, and within a transaction.
func interrupted(ada harness.Account, table string) map[string]request {
	input := func(email string) map[string]any {
		return map[string]any{"i": map[string]any{"email": email, "password": harness.Password}}
	}
	all := map[string]request{
		"login":    {document: harness.LoginDocument, variables: input("ada@example.com")},
		"register": {document: harness.RegisterDocument, variables: input("bob@example.com")},
	}
	if table == "users" { // the caller's session is remembered, and so is the account where `me` asks for it
		own := map[string]any{"id": ada.ID}
		all["the caller by id"] = request{bearer: ada.Token, document: `query($id: ID!) { node(id: $id) { id } }`, variables: own}
		all["node"] = request{bearer: ada.Token, document: `{ node(id: "user_01m85pwve3fzste6jxy89smjc7") { id } }`}
	}
	return all
}

// atOnce sends all requests and returns when all are answered.
func atOnce(t *testing.T, a harness.API, requests map[string]request) map[string]harness.Response {
	var mu sync.Mutex
	var wait sync.WaitGroup
	answers := map[string]harness.Response{}
	for name, r := range requests {
		wait.Go(func() {
			got := a.Query(t, r.bearer, r.document, r.variables)
			mu.Lock()
			defer mu.Unlock()
			answers[name] = got
		})
	}
	wait.Wait()
	return answers
}

// lock keeps every other statement on a table waiting.
func lock(t *testing.T, url, table string) *sql.Tx {
	t.Helper()
	tx, err := connect(t, url).BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(`LOCK TABLE ` + table + ` IN ACCESS EXCLUSIVE MODE`); err != nil {
		t.Fatal(err)
	}
	return tx
}

func connect(t *testing.T, url string) *sql.DB {
	t.Helper()
	pool, err := sql.Open("postgres", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() }) // its server may be gone
	return pool
}

// awaitWaiting returns when at least n statements wait for a lock. Background jobs may wait as well.
func awaitWaiting(t *testing.T, held *sql.Tx, n int) {
	t.Helper()
	waiting := 0
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		if err := held.QueryRow(`SELECT count(*) FROM pg_locks WHERE NOT granted`).Scan(&waiting); err != nil {
			t.Fatal(err)
		}
		if waiting >= n {
			return
		}
	}
	t.Fatalf("after a minute %d statements wait, want at least %d", waiting, n)
}

func count(t *testing.T, url, table string) (n int) {
	t.Helper()
	if err := connect(t, url).QueryRow(`SELECT count(*) FROM ` + table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
