package serverkit

import (
	"context"
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"authgraph/auth/token"
	"authgraph/db"
	"authgraph/graph"
)

// requests counts answers by operation and code. The operations are the schema's root fields, so a client can't add one.
type requests struct {
	total     *prometheus.CounterVec
	durations *prometheus.HistogramVec
	known     map[string]operationMetrics // metrics of common answers, found without an allocation
}

type operationMetrics struct {
	succeeded prometheus.Counter
	took      prometheus.Observer
}

func newRequests() *requests {
	r := &requests{
		total: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "authgraph_requests_total", Help: "GraphQL answers, events of subscriptions included, by root field and first error's code.",
		}, []string{"operation", "code"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "authgraph_request_duration_seconds", Help: "Time to execute queries and mutations, by root field.",
			Buckets: []float64{.001, .005, .025, .1, .25, .5, 1, 2.5, 10},
		}, []string{"operation"}),
		known: map[string]operationMetrics{},
	}
	for _, name := range graph.RootFields() {
		r.known[name] = operationMetrics{r.total.WithLabelValues(name, graph.CodeOK), r.durations.WithLabelValues(name)}
	}
	return r
}

// answered implements graph.Answered.
func (r *requests) answered(operation, code string, took time.Duration) {
	known, ok := r.known[operation]
	if !ok {
		return
	}
	if code == graph.CodeOK {
		known.succeeded.Inc()
	} else {
		r.total.WithLabelValues(operation, code).Inc()
	}
	if took > 0 {
		known.took.Observe(took.Seconds())
	}
}

// probeTimeout is the maximum time that a request for the metrics waits for the database.
const probeTimeout = 2 * time.Second

// watchDatabase shows whether the database answers, what failed, and the pools of connections.
func (m *Metrics) watchDatabase(store *db.Store) {
	count := func(kind string, value func() int64) {
		m.Registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "authgraph_database_errors_total", Help: "Statements that failed, by kind.",
			ConstLabels: prometheus.Labels{"kind": kind},
		}, func() float64 { return float64(value()) }))
	}
	count("unavailable", func() int64 { unavailable, _ := db.Faults(); return unavailable })
	count("other", func() int64 { _, other := db.Faults(); return other })
	m.Registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "authgraph_database_up", Help: "1 if the database answers, otherwise 0.",
	}, func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), probeTimeout)
		defer cancel()
		if store.Ping(ctx) != nil {
			return 0
		}
		return 1
	}))
	for name, pool := range store.Pools() {
		m.Registry.MustRegister(collectors.NewDBStatsCollector(pool, name))
	}
}

// watchKeys shows how many keys this instance does not open.
func (m *Metrics) watchKeys(ring *token.Keyring) {
	m.Registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "authgraph_keys_unopened", Help: "Keys that the secrets of this instance do not open; NaN if the keys can't be read.",
	}, func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), probeTimeout)
		defer cancel()
		unopened, err := ring.Unopened(ctx)
		if err != nil {
			return math.NaN()
		}
		return float64(len(unopened))
	}))
}
