package e2e

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"authgraph/auth/token"
	"authgraph/db"
	"authgraph/db/dbtest"
	"authgraph/internal/cli"
	"authgraph/internal/seal"
	"authgraph/test/harness"
)

// operator is the commands about keys, as a process next to the servers runs them.
func operator(t *testing.T, store *db.Store) cli.KeyCommand {
	t.Helper()
	box, err := seal.New([]seal.Secret{{ID: "test"}})
	if err != nil {
		t.Fatal(err)
	}
	return cli.NewKeyCommand(store, box, token.DefaultAlgorithm)
}

// keyed is servers on one database, and their operator.
func keyed(t *testing.T, test func(t *testing.T, all []*harness.Server, keys cli.KeyCommand)) {
	t.Run("SQLite", func(t *testing.T) {
		path := dbtest.SQLite(t)
		w := harness.Start(t, dbtest.OpenSQLite(t, path))
		test(t, []*harness.Server{w}, operator(t, dbtest.OpenSQLite(t, path)))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		dsn := dbtest.Postgres(t)
		var all []*harness.Server
		for range 3 {
			all = append(all, harness.Start(t, dbtest.OpenPostgres(t, dsn)))
		}
		test(t, all, operator(t, dbtest.OpenPostgres(t, dsn)))
	})
}

// publishedKeys returns the names of the keys that JWKS shows.
func publishedKeys(t *testing.T, w *harness.Server) (ids []string) {
	t.Helper()
	got := w.Do(t, http.MethodGet, "/.well-known/jwks.json", "", nil)
	var set struct{ Keys []struct{ Kid string } }
	if err := json.Unmarshal([]byte(got.Body), &set); err != nil || got.Status != http.StatusOK {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	for _, k := range set.Keys {
		ids = append(ids, k.Kid)
	}
	return ids
}

// kid is the name of the key that signed a token.
func kid(t *testing.T, token string) string {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[0])
	if err != nil {
		t.Fatal(err)
	}
	var header struct{ Kid string }
	if err := json.Unmarshal(raw, &header); err != nil {
		t.Fatal(err)
	}
	return header.Kid
}

// load refreshes and queries at each server in turn until it is stopped, and fails if any request
// does.
func load(t *testing.T, all []*harness.Server) (stop func() (requests int64)) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var working sync.WaitGroup
	var requests atomic.Int64
	for n := range 2 * len(all) {
		own, _ := all[0].Login(t, "ada@example.com", nil)
		working.Go(func() {
			for i := n; ctx.Err() == nil; i++ {
				fresh, a := all[i%len(all)].Refresh(t, own.RefreshToken)
				if fresh.AccessToken == "" {
					t.Errorf("refresh: %d %s", a.Status, a.Body)
					return
				}
				own = fresh
				for _, w := range all {
					if got := w.Query(t, own.AccessToken, `{ me { id } }`, nil); !strings.HasPrefix(got.Body, `{"data":{"me":{`) {
						t.Errorf("me: %d %s", got.Status, got.Body)
						return
					}
				}
				requests.Add(int64(1 + len(all)))
			}
		})
	}
	return func() int64 {
		cancel()
		working.Wait()
		return requests.Load()
	}
}

// The keys are rotated again and again while people work: not one request fails, and what retired keys have signed
// stays valid. Once a key is revoked, no token that it signed is valid.
func TestKeys_UnderLoad(t *testing.T) {
	t.Parallel()
	keyed(t, func(t *testing.T, all []*harness.Server, keys cli.KeyCommand) {
		ada := all[0].Register(t, "ada@example.com", harness.Password)
		signs := kid(t, ada.Token)
		var mine []harness.SignIn
		for range 3 {
			s, _ := all[0].Login(t, "ada@example.com", nil)
			mine = append(mine, s)
		}
		socket := all[len(all)-1].Connect(t, mine[0].AccessToken)
		stop := load(t, all)
		for range 5 {
			if err := keys.Rotate(t.Context(), &strings.Builder{}); err != nil {
				t.Fatal(err)
			}
			for _, w := range all { // the load continues between two rotations
				w.Login(t, "ada@example.com", nil)
			}
		}
		if n := stop(); n == 0 {
			t.Error("no request was made")
		}
		for i, w := range all {
			for began := time.Now(); len(publishedKeys(t, w)) != 7; {
				if time.Since(began) > harness.Patience {
					t.Fatalf("instance %d publishes %v, want 5 retired, the active and the next", i, publishedKeys(t, w))
				}
			}
			if !w.TokenValid(t, ada.Token) {
				t.Errorf("instance %d: a token of a retired key does not count", i)
			}
		}
		if err := keys.Revoke(t.Context(), signs, &strings.Builder{}); err != nil {
			t.Fatal(err)
		}
		revoked := time.Now()
		for i, w := range all {
			for _, s := range mine {
				for {
					began := time.Now()
					if !w.TokenValid(t, s.AccessToken) {
						break
					}
					if began.Sub(revoked) > bound {
						t.Fatalf("instance %d: a token of the revoked key counts after %v", i, began.Sub(revoked))
					}
				}
			}
			if got := w.Query(t, ada.Token, `{ me { id } }`, nil); !strings.Contains(got.Body, "TOKEN_INVALID") {
				t.Errorf("instance %d: got %s, want TOKEN_INVALID", i, got.Body)
			}
			if fresh, a := w.Refresh(t, mine[i].RefreshToken); !w.TokenValid(t, fresh.AccessToken) {
				t.Errorf("instance %d: the session does not go on: %s", i, a.Body)
			}
		}
		if got := socket.AwaitClose(t); got.Code != 4403 || got.Reason != "TOKEN_INVALID" {
			t.Errorf("the socket closed with %v, want 4403 TOKEN_INVALID", got)
		}
	})
}

// Without the key of refresh tokens everybody has to sign in again; access tokens go on until they run out.
func TestKeys_RevokeRefresh(t *testing.T) {
	t.Parallel()
	keyed(t, func(t *testing.T, all []*harness.Server, keys cli.KeyCommand) {
		all[0].Register(t, "ada@example.com", harness.Password)
		ada, _ := all[0].Login(t, "ada@example.com", nil)
		if err := keys.Revoke(t.Context(), token.RefreshKeyID, &strings.Builder{}); err != nil {
			t.Fatal(err)
		}
		for i, w := range all {
			for deadline := time.Now().Add(harness.Patience); ; {
				fresh, a := w.Refresh(t, ada.RefreshToken)
				if fresh.AccessToken == "" {
					if !strings.Contains(a.Body, "REFRESH_TOKEN_INVALID") {
						t.Errorf("instance %d: got %s", i, a.Body)
					}
					break
				}
				if ada = fresh; time.Now().After(deadline) {
					t.Fatalf("instance %d still takes the token", i)
				}
			}
			if !w.TokenValid(t, ada.AccessToken) {
				t.Errorf("instance %d: the access token does not count", i)
			}
			again, _ := w.Login(t, "ada@example.com", nil)
			if fresh, a := w.Refresh(t, again.RefreshToken); fresh.AccessToken == "" {
				t.Errorf("instance %d: after a new sign-in: %s", i, a.Body)
			}
		}
	})
}

func TestJWKS_Caching(t *testing.T) {
	t.Parallel()
	w := harness.StartSQLite(t)
	first := w.Do(t, http.MethodGet, "/.well-known/jwks.json", "", nil)
	tag := first.Header.Get("ETag")
	if tag == "" || first.Header.Get("Cache-Control") != "public, max-age=300" {
		t.Errorf("got %v", first.Header)
	} else if first.Header.Get("Content-Type") != "application/jwk-set+json" ||
		first.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("got %v", first.Header)
	}
	match := http.Header{"If-None-Match": {tag}}
	if again := w.Do(t, http.MethodGet, "/.well-known/jwks.json", "", match); again.Status != http.StatusNotModified ||
		again.Body != "" {
		t.Errorf("the same set: got %d %q, want 304", again.Status, again.Body)
	}
	if _, err := w.App.Ring.Rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if changed := w.Do(t, http.MethodGet, "/.well-known/jwks.json", "", match); changed.Status != http.StatusOK {
		t.Errorf("another set: got %d, want 200", changed.Status)
	}
}

func TestCommands_Keys(t *testing.T) {
	t.Parallel()
	first, second := seal.Secret{ID: "first", Key: [32]byte{1}}, seal.Secret{ID: "second", Key: [32]byte{2}}
	for name, database := range map[string][]string{
		"SQLite": {"AUTHGRAPH_DATA_DIR=" + t.TempDir()}, "PostgreSQL": {"DATABASE_URL=" + dbtest.Postgres(t)},
	} {
		t.Run(name, func(t *testing.T) {
			with := func(secrets ...seal.Secret) []string {
				var list []string
				for _, s := range secrets {
					list = append(list, s.Encode())
				}
				return append([]string{"AUTHGRAPH_SECRETS=" + strings.Join(list, ",")}, database...)
			}
			does := func(environ []string, want string, args ...string) string {
				t.Helper()
				out, err := harness.Command(t, "", environ, args...)
				if err != nil || !strings.Contains(out, want) {
					t.Fatalf("%v: %q, %v, want %q", args, out, err, want)
				}
				return out
			}
			does(with(first), "version", "migrate")
			does(with(first), "", "user", "list") // makes the keys
			var active string
			for line := range strings.Lines(does(with(first), "active", "keys", "list")) {
				if words := strings.Fields(line); words[2] == "active" && !slices.Contains([]string{token.RefreshKeyID, token.AuditKeyID, token.LimitKeyID}, words[0]) {
					active = words[0]
				}
			}
			does(with(first), "The next key signs", "keys", "rotate")
			does(with(first), active+"  ES256      retired", "keys", "list")
			does(with(first), "for nothing", "keys", "revoke", active)
			does(with(first), active+"  ES256      revoked", "keys", "list")
			if out, err := harness.Command(t, "", with(first), "keys", "revoke", "nonsense"); err == nil ||
				!strings.Contains(err.Error(), `"nonsense"`) {
				t.Errorf("an unknown key: %q, %v", out, err)
			}
			does(with(second, first), "Sealed again: 5", "secret", "reseal")
			does(with(second, first), "Sealed again: 0", "secret", "reseal")
			does(with(second), "", "user", "list")
			does(with(second), "Sound.", "audit", "verify")

			// The secret is lost: what it sealed is named, and given up.
			if _, err := harness.Command(t, "", with(first), "user", "list"); !errors.Is(err, seal.ErrUnknownSecret) {
				t.Fatalf("without the secret: %v, want ErrUnknownSecret", err)
			}
			for _, line := range strings.Split(does(with(first), "unknown secret: second", "keys", "list"), "\n") {
				if strings.Contains(line, "unknown secret") {
					does(with(first), "for nothing", "keys", "revoke", strings.Fields(line)[0])
				}
			}
			does(with(first), "", "user", "list")
			if out := does(with(first), "active", "keys", "list"); strings.Contains(out, "unknown secret") {
				t.Errorf("keys list:\n%s", out)
			}
			does(with(first), "Sound.", "audit", "verify")
		})
	}
}
