package e2e

import (
	"database/sql"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"authgraph/db/dbtest"
	"authgraph/test/harness"
)

// browser is what a browser sends with a request of a page of the same origin.
var browser = http.Header{"Sec-Fetch-Site": {"same-origin"}}

func deviceCookie(a harness.Response) *http.Cookie {
	for _, c := range (&http.Response{Header: a.Header}).Cookies() {
		if strings.Contains(c.Name, "authgraph-device") {
			return c
		}
	}
	return nil
}

func withCookie(c *http.Cookie) http.Header {
	h := browser.Clone()
	h.Set("Cookie", c.Name+"="+c.Value)
	return h
}

// Guesses of an account's password do not lock out a device that has signed in before.
func TestDevice(t *testing.T) {
	t.Parallel()
	harness.EachDatabaseWith(t, append([]string{"AUTHGRAPH_ISSUER=https://accounts.example.com"}, limited...), func(t *testing.T, w *harness.Server) {
		w.Register(t, "ada@example.com", harness.Password)
		w.Register(t, "bob@example.com", harness.Password)
		mark := deviceCookie(w.LoginFrom(t, "192.0.2.1", "ada@example.com", harness.Password, browser))
		if mark == nil || mark.Name != "__Host-authgraph-device" || !mark.Secure {
			t.Fatalf("got the cookie %+v", mark)
		}
		if !mark.HttpOnly || mark.Path != "/" || mark.Domain != "" {
			t.Fatalf("got the cookie %+v", mark)
		}
		if mark.SameSite != http.SameSiteStrictMode || mark.MaxAge <= 0 {
			t.Fatalf("got the cookie %+v", mark)
		}
		bobs := deviceCookie(w.LoginFrom(t, "192.0.2.1", "bob@example.com", harness.Password, browser))
		for name, header := range map[string]http.Header{
			"no browser": nil, "a wrong password": browser, "another site": {"Sec-Fetch-Site": {"cross-site"}},
		} {
			input := harness.Password
			if name == "a wrong password" {
				input = "not it, whatever"
			}
			if got := deviceCookie(w.LoginFrom(t, "192.0.2.1", "bob@example.com", input, header)); got != nil {
				t.Errorf("%s: got the cookie %v", name, got)
			}
		}
		for range 3 * perAccount { // guesses from another client
			w.LoginFrom(t, "192.0.2.1", "ada@example.com", "not it, whatever", nil)
		}
		forged := *mark
		forged.Value = strings.Repeat("A", len(mark.Value))
		for _, row := range []struct {
			name string
			more http.Header
			want string
		}{
			{"the guesser", nil, "RATE_LIMITED"},
			{"another browser", browser, "RATE_LIMITED"},
			{"a forged mark", withCookie(&forged), "RATE_LIMITED"},
			{"another account's mark", withCookie(bobs), "RATE_LIMITED"},
			{"the mark in a request of another site", http.Header{
				"Sec-Fetch-Site": {"cross-site"}, "Cookie": {mark.Name + "=" + mark.Value}}, "RATE_LIMITED"},
			{"the marked one", withCookie(mark), `"accessToken":"`},
		} {
			if got := w.LoginFrom(t, "192.0.2.1", "ada@example.com", harness.Password, row.more); !strings.Contains(got.Body, row.want) {
				t.Errorf("%s: got %s, want %s", row.name, got.Body, row.want)
			}
		}

		passed := 0
		for range 2 * perAccount { // a thief of the device has no more guesses than others
			passed += strings.Count(w.LoginFrom(t, "192.0.2.1", "ada@example.com", "not it, whatever", withCookie(mark)).Body, "INVALID_CREDENTIALS")
		}
		if passed != perAccount {
			t.Errorf("%d attempts with the mark passed, want %d", passed, perAccount)
		}
	})
}

// A mark from before the password was changed is none.
func TestDevice_PasswordChanged(t *testing.T) {
	t.Parallel()
	path := dbtest.SQLite(t)
	store := dbtest.OpenSQLite(t, path)
	w := harness.Start(t, store, limited...)
	w.Register(t, "ada@example.com", harness.Password)
	mark := deviceCookie(w.LoginFrom(t, "192.0.2.1", "ada@example.com", harness.Password, browser))
	if mark == nil || mark.Name != "authgraph-device-8080" || mark.Secure {
		t.Fatalf("got the cookie %+v on plain http", mark)
	}
	raw, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	if _, err := raw.Exec(`UPDATE users SET credential_version = credential_version + 1`); err != nil {
		t.Fatal(err)
	}
	for range perAccount {
		w.LoginFrom(t, "192.0.2.1", "ada@example.com", "not it, whatever", nil)
	}
	if got := w.LoginFrom(t, "192.0.2.1", "ada@example.com", harness.Password, withCookie(mark)); !strings.Contains(got.Body, "RATE_LIMITED") {
		t.Errorf("got %s with the old mark", got.Body)
	}
}

// TestDevice_Erased proves that the cookie of an erased account is worth nothing after its address was registered again
// (case A8).
func TestDevice_Erased(t *testing.T) {
	t.Parallel()
	harness.EachDatabaseWith(t, limited, func(t *testing.T, w *harness.Server) {
		root := w.Administrator(t, "root@example.com")
		erased := w.Register(t, "ada@example.com", harness.Password)
		mark := deviceCookie(w.LoginFrom(t, "192.0.2.1", "ada@example.com", harness.Password, browser))
		got := w.Query(t, root, `mutation($id: ID!) { deleteUser(id: $id) { erasedAt } }`, map[string]any{"id": erased.ID})
		if !strings.Contains(got.Body, `"erasedAt":"`) {
			t.Fatal(got.Body)
		}
		w.Register(t, "ada@example.com", harness.Password)
		passed := 0
		for range perAccount {
			w.LoginFrom(t, "192.0.2.1", "ada@example.com", "not it, whatever", nil)
		}
		for range perAccount {
			passed += strings.Count(w.LoginFrom(t, "192.0.2.1", "ada@example.com", harness.Password, withCookie(mark)).Body, `"accessToken":"`)
		}
		if passed != 0 {
			t.Errorf("%d attempts with the cookie of the erased account passed, want none", passed)
		}
	})
}

// TestDevice_Reserve proves that a full queue has places for device cookies, and that an invalid cookie gets none of them.
func TestDevice_Reserve(t *testing.T) {
	t.Parallel()
	harness.EachDatabaseWith(t, limited, func(t *testing.T, w *harness.Server) {
		w.Register(t, "ada@example.com", harness.Password)
		w.Register(t, "bob@example.com", harness.Password)
		adas := deviceCookie(w.LoginFrom(t, "127.0.0.1", "ada@example.com", harness.Password, browser))
		bobs := deviceCookie(w.LoginFrom(t, "127.0.0.1", "bob@example.com", harness.Password, browser))
		empty := w.FillQueue(t)
		defer empty()
		for _, row := range []struct {
			name string
			more http.Header
			want string
		}{
			{"no cookie", browser, `"OVERLOADED"`},
			{"another account's cookie", withCookie(bobs), `"OVERLOADED"`},
			{"its own cookie", withCookie(adas), `"accessToken":"`},
		} {
			if got := w.LoginFrom(t, "127.0.0.1", "ada@example.com", harness.Password, row.more); !strings.Contains(got.Body, row.want) {
				t.Errorf("%s: got %s, want %s", row.name, got.Body, row.want)
			}
		}
	})
}
