package serverkit

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"authgraph/auth/password"
)

// watchHashing shows how the queue of those fares whose passwords are hashed.
func (m *Metrics) watchHashing(hasher *password.Hasher) {
	waits := prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "authgraph_hash_wait_seconds", Help: "How long each password waited for a worker that hashed it.",
		Buckets: []float64{.001, .01, .05, .1, .25, .5, 1, 1.5, 2},
	})
	sheds := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "authgraph_hash_sheds_total", Help: "Callers who were answered OVERLOADED, and nothing hashed for them, by why.",
	}, []string{"reason"})
	for _, reason := range password.Sheds() {
		sheds.WithLabelValues(reason)
	}
	m.Registry.MustRegister(waits, sheds, prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "authgraph_hash_queue", Help: "Callers whose passwords are hashed or wait to be.",
	}, func() float64 { return float64(hasher.Waiting()) }))
	hasher.Count(func(d time.Duration) { waits.Observe(d.Seconds()) },
		func(reason string) { sheds.WithLabelValues(reason).Inc() })
}
