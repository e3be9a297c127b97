package main

import (
	"context"
	"log/slog"
	"math"
	"strings"
	"testing"
	"time"

	"authgraph/db"
	"authgraph/internal/pgtest"
)

// Clocks that lie apart are told before another server refuses a token for it.
func TestCompareClocks(t *testing.T) {
	databases := map[string]func(t *testing.T) *db.Store{
		"SQLite": fresh,
		"PostgreSQL": func(t *testing.T) *db.Store {
			store, err := db.OpenPostgres(t.Context(), pgtest.Database(t), 2)
			if err != nil {
				t.Fatal(err)
			}
			return store
		},
	}
	for name, open := range databases {
		t.Run(name, func(t *testing.T) {
			store := open(t)
			defer func() {
				if err := store.Close(); err != nil {
					t.Error(err)
				}
			}()
			for _, row := range []struct {
				ahead float64 // seconds
				warns bool
			}{{0, false}, {20, false}, {-20, false}, {40, true}, {-40, true}} {
				a := &app{store: store, metrics: newMetrics(), now: func() time.Time {
					return time.Now().Add(time.Duration(-row.ahead) * time.Second)
				}}
				var said strings.Builder
				a.compareClocks(t.Context(), slog.New(slog.NewTextHandler(&said, nil)))
				if strings.Contains(said.String(), "database_ahead_seconds") != row.warns {
					t.Errorf("%v s ahead: it said %q", row.ahead, said.String())
				}
				if got := gauge(t, a, "authgraph_clock_ahead_seconds"); math.Abs(got-row.ahead) > 5 {
					t.Errorf("%v s ahead: the metric says %v", row.ahead, got)
				}
			}
			ended, end := context.WithCancel(t.Context())
			end()
			a := &app{store: store, metrics: newMetrics(), now: time.Now}
			var said strings.Builder
			a.compareClocks(ended, slog.New(slog.NewTextHandler(&said, nil)))
			if said.Len() > 0 || !math.IsNaN(gauge(t, a, "authgraph_clock_ahead_seconds")) {
				t.Errorf("stopped: it said %q", said.String())
			}
		})
	}
}

// The database's clock is 20 minutes behind the server's, or ahead of it: rules with a maxAge hold right after the
// sign-in, and the times of the token are the server's.
func TestMaxAge_DatabaseClock(t *testing.T) {
	for name, open := range map[string]func(t *testing.T) *db.Store{
		"SQLite": fresh,
		"PostgreSQL": func(t *testing.T) *db.Store {
			store, err := db.OpenPostgres(t.Context(), pgtest.Database(t), 8)
			if err != nil {
				t.Fatal(err)
			}
			return store
		},
	} {
		for _, ahead := range []time.Duration{20 * time.Minute, -20 * time.Minute} { // the server's clock
			t.Run(name+" "+ahead.String(), func(t *testing.T) {
				w := startAt(t, func() time.Time { return time.Now().Add(ahead) }, open(t))
				root := w.administrator(t, "root@example.com")
				got := w.query(t, root, `mutation { createRole(input: {name: "first", permissions: []}) { role { name } } }`, nil).body
				if !strings.Contains(got, `"name":"first"`) {
					t.Errorf("right after the sign-in: %s", got)
				}
				c := claims(t, root)
				if iat, proved := c["iat"].(float64), c["auth_time"].(float64); proved > iat || proved < iat-60 {
					t.Errorf("auth_time is %v and iat is %v, want the same clock", proved, iat)
				}
				if read := time.UnixMicro(int64(c["read_at_us"].(float64))); time.Since(read).Abs() > time.Minute {
					t.Errorf("read_at_us is %v, want the database's clock", read)
				}
			})
		}
	}
}

// gauge is what a metric without labels shows.
func gauge(t *testing.T, a *app, name string) float64 {
	t.Helper()
	families, err := a.metrics.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		if family.GetName() == name {
			return family.GetMetric()[0].GetGauge().GetValue()
		}
	}
	t.Fatalf("there is no metric %q", name)
	return 0
}
