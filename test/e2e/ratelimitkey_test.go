package e2e

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"authgraph/db/dbtest"
	"authgraph/test/harness"
)

// perSession is how often one session may begin to act as others within a minute, as schema.graphqls has it.
const perSession = 30

// A limit by session counts each session by itself, from any address.
func TestRateLimit_Session(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t, limited...)
	root := w.Administrator(t, "root@example.com")
	ada := w.Register(t, "ada@example.com", harness.Password)
	begin := func(bearer, from string) string {
		body, err := json.Marshal(map[string]any{"query": harness.ImpersonateDocument, "variables": map[string]any{"id": ada.ID}})
		if err != nil {
			t.Fatal(err)
		}
		header := http.Header{"X-Forwarded-For": {from}, "Authorization": {"Bearer " + bearer}}
		return w.Do(t, http.MethodPost, "/graphql", string(body), header).Body
	}
	for n := range perSession {
		if got := begin(root, fmt.Sprintf("192.0.2.%d", n)); !strings.Contains(got, `"accessToken":"`) {
			t.Fatalf("%d: got %s", n, got)
		}
	}
	if got := begin(root, "198.51.100.1"); !strings.Contains(got, `"code":"RATE_LIMITED"`) {
		t.Errorf("one more: got %s", got)
	}
	other, _ := w.Login(t, "root@example.com", nil)
	if got := begin(other.AccessToken, "192.0.2.1"); !strings.Contains(got, `"accessToken":"`) {
		t.Errorf("another session from the same address: got %s", got)
	}
}

// Registrations of one address are limited for each network that they come from, before anything is hashed; those that a full queue turned
// away do not count.
func TestRateLimit_Register(t *testing.T) {
	t.Parallel()
	harness.EachDatabaseWith(t, limited, func(t *testing.T, w *harness.Server) {
		body, err := json.Marshal(map[string]any{"query": harness.RegisterDocument, "variables": map[string]any{
			"i": map[string]any{"email": "ada@example.com", "password": harness.Password}}})
		if err != nil {
			t.Fatal(err)
		}
		register := func(header http.Header) string {
			return w.Do(t, http.MethodPost, "/graphql", string(body), header).Body
		}
		from := func(n int) http.Header { return http.Header{"X-Forwarded-For": {oneSubscriber(n)}} }
		empty := w.FillQueue(t)
		for range perAccount { // from the network that holds every place
			if got := register(nil); !strings.Contains(got, `"OVERLOADED"`) {
				t.Fatal(got)
			}
		}
		empty()
		before := w.Hashed(t)
		for n := range perAccount {
			want := `"reason":"EMAIL_TAKEN"`
			if n == 0 {
				want = `"accessToken":"`
			}
			if got := register(from(n)); !strings.Contains(got, want) {
				t.Errorf("%d: got %s, want %s", n, got, want)
			}
		}
		if got := register(from(perAccount)); !strings.Contains(got, `"code":"RATE_LIMITED"`) {
			t.Errorf("one more: got %s", got)
		}
		if n := w.Hashed(t) - before; n != perAccount {
			t.Errorf("%d were hashed, want %d", n, perAccount)
		}
	})
}

// Counts say no address to who reads the database, and go when their windows have passed.
func TestRateLimit_Rows(t *testing.T) {
	t.Parallel()
	path := dbtest.SQLite(t)
	store := dbtest.OpenSQLite(t, path)
	w := harness.Start(t, store, limited...)
	w.LoginFrom(t, "192.0.2.1", "nobody@example.com", harness.Password, nil)
	w.LoginFrom(t, "192.0.2.1", "somebody@example.com", harness.Password, nil)
	raw, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	rows := func() (n int, keys string) {
		if err := raw.QueryRow(`SELECT count(*), coalesce(group_concat(key), '') FROM counts`).Scan(&n, &keys); err != nil {
			t.Fatal(err)
		}
		return n, keys
	}
	if n, keys := rows(); n != 4 || len(keys) != 4*43+3 { // two limits of two addresses, as MACs, and commas
		t.Errorf("%d rows: %s", n, keys)
	}
	if _, err := w.App.PurgeSome(t.Context(), "", time.Hour); err != nil {
		t.Fatal(err)
	}
	if n, _ := rows(); n != 4 {
		t.Errorf("%d are kept that go on, want 4", n)
	}
	if _, err := raw.Exec(`UPDATE counts SET expires_at = 0`); err != nil {
		t.Fatal(err)
	}
	if _, err := w.App.PurgeSome(t.Context(), "", time.Hour); err != nil {
		t.Fatal(err)
	}
	if n, _ := rows(); n != 0 {
		t.Errorf("%d are kept that have run out", n)
	}
}
