package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"authgraph/auth/password"
	"authgraph/config"
	"authgraph/db"
	"authgraph/internal/pgtest"
	"authgraph/internal/seal"
)

// world is a whole server on a throw-away database, with cheap hashes.
type world struct {
	api
	*httptest.Server
	app    *app
	hasher *password.Hasher
	log    *logBuffer
}

// api is where a server answers, in this process or in one of its own.
type api struct {
	url    string
	client *http.Client
}

// logBuffer is a log that is read while it is written.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func start(t *testing.T, store *db.Store, environ ...string) *world {
	t.Helper()
	return startAt(t, time.Now, store, environ...)
}

// startAt is start for a server with another clock.
func startAt(t *testing.T, now func() time.Time, store *db.Store, environ ...string) *world {
	t.Helper()
	return startWith(t, cheap(t), now, store, func(*app) {}, environ...)
}

// cheap hashes as fast as bcrypt can.
func cheap(t *testing.T) *password.Hasher {
	t.Helper()
	hasher, err := password.New(password.MinCost, password.WithInsecureCost(4), password.WithPatience(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	return hasher
}

// startWith is startAt for a server that hashes in another way, and in which adapt puts other parts in place.
func startWith(
	t *testing.T, hasher *password.Hasher, now func() time.Time, store *db.Store, adapt func(*app), environ ...string,
) *world {
	t.Helper()
	if _, err := store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	box, err := seal.New([]seal.Secret{{ID: "test"}})
	if err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(append([]string{"AUTHGRAPH_RATE_LIMITS=false"}, environ...)) // but where they are what is tried
	if err != nil {
		t.Fatal(err)
	}
	app, err := assemble(t.Context(), c, store, box, hasher, now)
	if err != nil {
		t.Fatal(err)
	}
	adapt(app)
	w := &world{app: app, hasher: hasher, log: &logBuffer{}}
	log := slog.New(slog.NewJSONHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	ctx, stop := context.WithCancel(context.Background())
	if err := store.Follow(ctx, func(err error) { log.Warn("changes may go unheard", "error", err.Error()) }); err != nil {
		t.Fatal(err)
	}
	handler, err := app.handler(c, log, ctx)
	if err != nil {
		t.Fatal(err)
	}
	tasks := app.background(ctx, c, log)
	w.Server = httptest.NewServer(handler)
	w.api = api{w.URL, w.Client()}
	t.Cleanup(func() {
		stop()
		tasks.Wait()
		w.Close()
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// fresh opens a SQLite file that is new.
func fresh(t *testing.T) *db.Store {
	t.Helper()
	store, err := db.OpenSQLite(t.TempDir() + "/authgraph.db")
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func onSQLite(t *testing.T, environ ...string) *world {
	t.Helper()
	return start(t, fresh(t), environ...)
}

func onPostgres(t *testing.T, environ ...string) *world {
	t.Helper()
	store, err := db.OpenPostgres(t.Context(), pgtest.Database(t), 8)
	if err != nil {
		t.Fatal(err)
	}
	return start(t, store, environ...)
}

// answer is what came back, with the parts of it that vary by call taken out.
type answer struct {
	status int
	header http.Header
	body   string
}

func (a api) do(t *testing.T, method, path, body string, header http.Header) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), method, a.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, values := range header {
		r.Header[name] = values
	}
	response, err := a.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	shown := string(text)
	if id := response.Header.Get("X-Request-Id"); id != "" {
		shown = strings.ReplaceAll(shown, id, "ID")
	}
	return answer{response.StatusCode, response.Header, shown}
}

// query sends a document and its variables, and returns the answer.
func (a api) query(t *testing.T, bearer, document string, variables map[string]any) answer {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": document, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{}
	if bearer != "" {
		header.Set("Authorization", "Bearer "+bearer)
	}
	return a.do(t, http.MethodPost, "/graphql", string(body), header)
}

const registerDocument = `mutation($i: RegisterInput!) { register(input: $i) { accessToken user { id email roles } session { id current } } }`

const loginDocument = `mutation($i: LoginInput!) { login(input: $i) { accessToken user { email } } }`

type person struct{ token, id, session string }

// register makes an account and returns its token.
func (a api) register(t *testing.T, email, pass string) person {
	t.Helper()
	made := a.query(t, "", registerDocument, map[string]any{"i": map[string]any{"email": email, "password": pass}})
	var got struct {
		Data struct {
			Register struct {
				AccessToken string
				User        struct{ ID, Email string }
				Session     struct {
					ID      string
					Current bool
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(made.body), &got); err != nil || got.Data.Register.AccessToken == "" {
		t.Fatalf("register answered %d %s", made.status, made.body)
	}
	r := got.Data.Register
	if r.User.Email != email || !r.Session.Current {
		t.Errorf("register answered %s", made.body)
	}
	return person{r.AccessToken, r.User.ID, r.Session.ID}
}
