package e2e

import (
	"database/sql"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"authgraph/db/dbtest"
	"authgraph/test/harness"
)

// Twenty tabs refresh the same token in the same instant, on three instances.
func TestRefresh_TabsOnInstances(t *testing.T) {
	t.Parallel()
	all := instances(t, 3)
	all[0].Register(t, "ada@example.com", harness.Password)
	first, _ := all[0].Login(t, "ada@example.com", nil)
	for round := range 5 {
		got := make([]string, 20)
		var ready, wait sync.WaitGroup
		ready.Add(len(got))
		for i := range got {
			wait.Go(func() {
				ready.Done()
				ready.Wait()
				p, a := all[i%3].Refresh(t, first.RefreshToken)
				if got[i] = p.RefreshToken; p.AccessToken == "" || !all[(i+1)%3].TokenValid(t, p.AccessToken) {
					t.Errorf("tab %d: %s", i, a.Body)
				}
			})
		}
		wait.Wait()
		slices.Sort(got)
		if got = slices.Compact(got); len(got) != 1 {
			t.Fatalf("round %d: %d different tokens", round, len(got))
		}
		found, err := all[0].App.Store.SessionsByID(t.Context(), []string{first.Session.ID})
		if err != nil || found[0].Counter != int64(round+2) {
			t.Fatalf("round %d: the counter is %+v, %v: want one step for each round", round, found, err)
		}
		first.RefreshToken = got[0]
	}
}

// A stolen token is used before or after the owner's own use, further apart than the time of grace: the session ends
// either way, and the next use by either says so.
func TestRefresh_Thief(t *testing.T) {
	t.Parallel()
	for _, order := range []string{"the thief first", "the owner first"} {
		t.Run(order, func(t *testing.T) {
			harness.EachDatabaseWith(t, []string{"AUTHGRAPH_REFRESH_GRACE=0s"}, func(t *testing.T, w *harness.Server) {
				w.Register(t, "ada@example.com", harness.Password)
				owner, _ := w.Login(t, "ada@example.com", nil)
				stolen := owner.RefreshToken
				first, _ := w.Refresh(t, stolen)
				if first.RefreshToken == "" {
					t.Fatal("the first use is refused")
				}
				if _, a := w.Refresh(t, stolen); !strings.Contains(a.Body, "REFRESH_TOKEN_REUSED") {
					t.Errorf("the second use: %s", a.Body)
				}
				if _, a := w.Refresh(t, first.RefreshToken); !strings.Contains(a.Body, "REFRESH_TOKEN_REUSED") {
					t.Errorf("what the first use had got: %s", a.Body)
				}
				if w.TokenValid(t, first.AccessToken) || w.TokenValid(t, owner.AccessToken) {
					t.Error("an access token of the session still counts")
				}
			})
		})
	}
}

// A token of no existing session changes nothing.
func TestRefresh_NoWrite(t *testing.T) {
	t.Parallel()
	path := dbtest.SQLite(t)
	store := dbtest.OpenSQLite(t, path)
	w, elsewhere := harness.Start(t, store), harness.StartSQLite(t)
	w.Register(t, "ada@example.com", harness.Password)
	elsewhere.Register(t, "ada@example.com", harness.Password)
	ada, _ := w.Login(t, "ada@example.com", nil)
	foreign, _ := elsewhere.Login(t, "ada@example.com", nil)
	key, err := w.App.Ring.RefreshKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	raw, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath())
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	before := dump(t, raw)
	last := ada.RefreshToken[len(ada.RefreshToken)-10]
	bit := ada.RefreshToken[:len(ada.RefreshToken)-10] + string(last^1) + ada.RefreshToken[len(ada.RefreshToken)-9:]
	for name, token := range map[string]string{
		"empty": "", "truncated": ada.RefreshToken[:40], "one bit off": bit, "of another server": foreign.RefreshToken,
		"of a session that was deleted":                   key.Mint("session_01jd000000e00800000000000a", 1, 1),
		"ahead of the counter":                            key.Mint(ada.Session.ID, 1, 2),
		"of another version of the key":                   key.Mint(ada.Session.ID, 2, 1),
		"forged, of a known session, with an old counter": "agr1." + ada.Session.ID + ".1.0." + strings.Repeat("A", 43),
	} {
		if _, a := w.Refresh(t, token); !strings.Contains(a.Body, "REFRESH_TOKEN_INVALID") {
			t.Errorf("%s: %s", name, a.Body)
		}
		if after := dump(t, raw); after != before {
			t.Errorf("%s: something was written:\n%s\nbefore:\n%s", name, after, before)
		}
	}
	if fresh, a := w.Refresh(t, ada.RefreshToken); fresh.AccessToken == "" {
		t.Errorf("the session does not go on: %s", a.Body)
	}
	if dump(t, raw) == before {
		t.Error("a refresh is not seen, so that a write would not be either")
	}
}

// dump returns what sessions and the audit log hold.
func dump(t *testing.T, raw *sql.DB) string {
	t.Helper()
	var text string
	for _, query := range []string{
		`SELECT group_concat(concat_ws('|', id, counter, rotated_at, last_used_at, expires_at, ended_at, changed_at, foreign_answers)) FROM sessions`,
		`SELECT (SELECT count(*) FROM audit_events) + (SELECT count(*) FROM audit_log)`,
	} {
		var part string
		if err := raw.QueryRow(query).Scan(&part); err != nil {
			t.Fatal(err)
		}
		text += part + "\n"
	}
	return text
}

// A refresh keeps the identity, and reads roles and permissions again.
func TestRefresh_CarriesOn(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, w *harness.Server) {
		w.Register(t, "ada@example.com", harness.Password)
		first, _ := w.Login(t, "ada@example.com", nil)
		second, _ := w.Refresh(t, first.RefreshToken)
		before, after := harness.Claims(t, first.AccessToken), harness.Claims(t, second.AccessToken)
		for _, name := range []string{"iss", "aud", "sub", "sid", "client_id", "auth_time", "amr", "acr", "roles"} {
			if !reflect.DeepEqual(before[name], after[name]) || before[name] == nil {
				t.Errorf("%s was %v and is %v", name, before[name], after[name])
			}
		}
		if before["jti"] == after["jti"] || after["exp"].(float64) < before["exp"].(float64) { // they may be of one millisecond
			t.Errorf("the token is not a new one: %v", after)
		}
	})
}
