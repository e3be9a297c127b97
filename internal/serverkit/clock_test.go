package serverkit

import (
	"context"
	"log/slog"
	"math"
	"strings"
	"testing"
	"time"

	"authgraph/db"
	"authgraph/db/dbtest"
)

// A difference of the clocks is logged before another server refuses a token because of it.
func TestCompareClocks(t *testing.T) {
	databases := map[string]func(t *testing.T) *db.Store{
		"SQLite":     func(t *testing.T) *db.Store { return dbtest.OpenSQLite(t, dbtest.SQLite(t)) },
		"PostgreSQL": func(t *testing.T) *db.Store { return dbtest.OpenPostgres(t, dbtest.Postgres(t)) },
	}
	for name, open := range databases {
		t.Run(name, func(t *testing.T) {
			store := open(t)
			for _, row := range []struct {
				ahead float64 // seconds
				warns bool
			}{{0, false}, {20, false}, {-20, false}, {40, true}, {-40, true}} {
				a := &App{Store: store, Metrics: newMetrics(), now: func() time.Time {
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
			a := &App{Store: store, Metrics: newMetrics(), now: time.Now}
			var said strings.Builder
			a.compareClocks(ended, slog.New(slog.NewTextHandler(&said, nil)))
			if said.Len() > 0 || !math.IsNaN(gauge(t, a, "authgraph_clock_ahead_seconds")) {
				t.Errorf("stopped: it said %q", said.String())
			}
		})
	}
}

// gauge is what a metric without labels shows.
func gauge(t *testing.T, a *App, name string) float64 {
	t.Helper()
	families, err := a.Metrics.Registry.Gather()
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
