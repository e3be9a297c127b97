package serverkit

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"authgraph/graph/ratelimit"
)

// anonymousMetrics count the work that is done for anonymous clients.
type anonymousMetrics struct {
	seconds prometheus.Counter
	refused *prometheus.CounterVec
}

func newAnonymousMetrics(registry *prometheus.Registry) anonymousMetrics {
	m := anonymousMetrics{
		seconds: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "authgraph_anonymous_seconds_total", Help: "Time of the turns in which documents of anonymous clients were read or executed.",
		}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "authgraph_anonymous_refused_total", Help: "Work of anonymous clients that was refused, by reason.",
		}, []string{"reason"}),
	}
	for _, reason := range ratelimit.AnonymousRefusals() {
		m.refused.WithLabelValues(reason) // at 0 from the start, so that a first one is an increase
	}
	registry.MustRegister(m.seconds, m.refused)
	return m
}

func (m *Metrics) anonymousWorked(took time.Duration) { m.anonymous.seconds.Add(took.Seconds()) }

func (m *Metrics) anonymousRefused(reason string) { m.anonymous.refused.WithLabelValues(reason).Inc() }
