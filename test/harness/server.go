package harness

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"authgraph/auth/password"
	"authgraph/config"
	"authgraph/db"
	"authgraph/db/dbtest"
	"authgraph/internal/seal"
	"authgraph/internal/serverkit"
)

// Server is a whole server on a throw-away database, with cheap hashes.
type Server struct {
	API
	*httptest.Server
	App    *serverkit.App
	Hasher *password.Hasher
	Log    *LogBuffer
}

// Start starts a server on a migrated database, with settings. The database is closed by the function that opened it.
func Start(t *testing.T, store *db.Store, environ ...string) *Server {
	t.Helper()
	return StartAt(t, time.Now, store, environ...)
}

// StartAt is Start for a server with another clock.
func StartAt(t *testing.T, now func() time.Time, store *db.Store, environ ...string) *Server {
	t.Helper()
	return StartWith(t, CheapHasher(t), now, store, func(*serverkit.App) {}, environ...)
}

// CheapHasher returns a hasher that hashes as fast as bcrypt can. A busy machine sheds no caller within its patience of an hour.
func CheapHasher(t *testing.T) *password.Hasher {
	t.Helper()
	hasher, err := password.New(password.MinCost, password.WithInsecureCost(4), password.WithPatience(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return hasher
}

// StartWith is StartAt for a server that hashes in another way, and in which adapt puts other parts in place.
func StartWith(
	t *testing.T, hasher *password.Hasher, now func() time.Time, store *db.Store, adapt func(*serverkit.App), environ ...string,
) *Server {
	t.Helper()
	box, err := seal.New([]seal.Secret{{ID: "test"}})
	if err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(append([]string{"AUTHGRAPH_RATE_LIMITS=false"}, environ...)) // but where they are what is tried
	if err != nil {
		t.Fatal(err)
	}
	app, err := serverkit.Assemble(t.Context(), c, store, box, hasher, now)
	if err != nil {
		t.Fatal(err)
	}
	adapt(app)
	w := &Server{App: app, Hasher: hasher, Log: &LogBuffer{}}
	log := slog.New(slog.NewJSONHandler(w.Log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	ctx, stop := context.WithCancel(context.Background())
	if err := store.Follow(ctx, func(err error) { log.Warn("change notifications interrupted", "error", err.Error()) }); err != nil {
		t.Fatal(err)
	}
	handler, err := app.Handler(c, log, ctx)
	if err != nil {
		t.Fatal(err)
	}
	tasks := app.Background(ctx, c, log)
	w.Server = httptest.NewServer(handler)
	w.API = API{w.URL, w.Client()}
	t.Cleanup(func() {
		stop()
		tasks.Wait()
		w.Close()
	})
	return w
}

// StartSQLite starts a server on a new SQLite file.
func StartSQLite(t *testing.T, environ ...string) *Server {
	t.Helper()
	return Start(t, OpenSQLite(t), environ...)
}

// StartPostgres starts a server on a new PostgreSQL database.
func StartPostgres(t *testing.T, environ ...string) *Server {
	t.Helper()
	return Start(t, dbtest.OpenPostgres(t, dbtest.Postgres(t)), environ...)
}
