package serverkit

import (
	"context"
	"math"

	"github.com/prometheus/client_golang/prometheus"

	"authgraph/account"
	"authgraph/db"
	"authgraph/mail"
)

func newMailMetrics(registry *prometheus.Registry) *prometheus.CounterVec {
	attempts := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "authgraph_mail_attempts_total", Help: "Attempts of this instance to send mails, by kind and outcome.",
	}, []string{"kind", "outcome"})
	for _, kind := range mail.Kinds() {
		for _, outcome := range account.MailOutcomes() {
			attempts.WithLabelValues(string(kind), string(outcome)) // at 0 from the start, so that a first one is an increase
		}
	}
	registry.MustRegister(attempts)
	return attempts
}

func (m *Metrics) mailAttempted(a account.MailAttempt) {
	m.mails.WithLabelValues(string(a.Kind), string(a.Outcome)).Inc()
}

// mailQueue exports the mails that wait on all instances together.
type mailQueue struct {
	store           *db.Store
	waiting, oldest *prometheus.Desc
}

// watchMails registers the metrics of the mail queue.
func (m *Metrics) watchMails(store *db.Store) {
	m.Registry.MustRegister(&mailQueue{
		store,
		prometheus.NewDesc("authgraph_mails_queued", "Mails that wait to be sent.", []string{"kind"}, nil),
		prometheus.NewDesc("authgraph_mails_oldest_seconds", "Time that the oldest of them has waited.", nil, nil),
	})
}

// Describe implements prometheus.Collector.
func (q *mailQueue) Describe(descriptions chan<- *prometheus.Desc) {
	descriptions <- q.waiting
	descriptions <- q.oldest
}

// Collect implements prometheus.Collector. Without the database the values are not numbers.
func (q *mailQueue) Collect(metrics chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), backlogTimeout)
	defer cancel()
	waiting, oldest, err := q.store.MailBacklog(ctx)
	value := func(v float64) float64 {
		if err != nil {
			return math.NaN()
		}
		return v
	}
	for _, kind := range mail.Kinds() {
		metrics <- prometheus.MustNewConstMetric(q.waiting, prometheus.GaugeValue, value(float64(waiting[kind])), string(kind))
	}
	metrics <- prometheus.MustNewConstMetric(q.oldest, prometheus.GaugeValue, value(oldest.Seconds()))
}
