package serverkit

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"net"
	"net/http"
	"net/http/pprof"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"authgraph/account"
	"authgraph/db"
	"authgraph/graph/httpapi"
	"authgraph/graph/stream"
)

// Metrics is what this instance counts. None of it names a person, an address or a token.
type Metrics struct {
	Registry  *prometheus.Registry
	refreshes *prometheus.CounterVec
	chained   prometheus.Counter
	unchained prometheus.Counter
	limited   *prometheus.CounterVec
	streams   *prometheus.CounterVec
	clock     prometheus.Gauge
	requests  *requests
	anonymous anonymousMetrics
	mails     *prometheus.CounterVec
}

func newMetrics() *Metrics {
	m := &Metrics{Registry: prometheus.NewRegistry(), refreshes: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "authgraph_refreshes_total", Help: "Refresh tokens that were presented, by what became of them.",
	}, []string{"outcome"})}
	for _, outcome := range account.RefreshOutcomes() {
		m.refreshes.WithLabelValues(string(outcome)) // at 0 from the start, so that a first one is an increase
	}
	m.chained = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "authgraph_audit_sealed_total", Help: "Records of the audit log that this instance has sealed.",
	})
	m.unchained = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "authgraph_audit_seal_failures_total", Help: "Attempts to seal the audit log that failed.",
	})
	m.limited = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "authgraph_rate_limited_total", Help: "Executions of fields that were answered RATE_LIMITED.",
	}, []string{"field", "by"})
	m.streams = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "authgraph_streams_refused_total", Help: "Sockets and event streams that were refused, by the bound.",
	}, []string{"bound"})
	for _, bound := range stream.Bounds() {
		m.streams.WithLabelValues(bound)
	}
	m.clock = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "authgraph_clock_ahead_seconds", Help: "How far the database's clock is ahead of this machine's; NaN until they were compared.",
	})
	m.clock.Set(math.NaN())
	m.requests = newRequests()
	m.anonymous = newAnonymousMetrics(m.Registry)
	m.mails = newMailMetrics(m.Registry)
	m.Registry.MustRegister(m.requests.total, m.requests.durations, m.refreshes, m.limited, m.streams, m.chained, m.unchained, m.clock, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *Metrics) refreshed(outcome account.RefreshOutcome) {
	m.refreshes.WithLabelValues(string(outcome)).Inc()
}

func (m *Metrics) rateLimited(field, by string) { m.limited.WithLabelValues(field, by).Inc() }

func (m *Metrics) streamRefused(bound string) { m.streams.WithLabelValues(bound).Inc() }

func (m *Metrics) auditAppended(records int) { m.chained.Add(float64(records)) }

func (m *Metrics) appendFailed() { m.unchained.Inc() }

// backlogTimeout is the maximum time that a request for the metrics waits for the database.
const backlogTimeout = 2 * time.Second

// watchAudit shows how far behind the sealing of the audit log is, on all instances together.
func (m *Metrics) watchAudit(log *db.AuditLog) {
	ask := func(value func(waiting int64, lag time.Duration) float64) func() float64 {
		return func() float64 {
			ctx, cancel := context.WithTimeout(context.Background(), backlogTimeout)
			defer cancel()
			waiting, lag, err := log.Backlog(ctx)
			if err != nil {
				return math.NaN()
			}
			return value(waiting, lag)
		}
	}
	m.Registry.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "authgraph_audit_unsealed", Help: "Records of the audit log that wait to be sealed.",
		}, ask(func(waiting int64, _ time.Duration) float64 { return float64(waiting) })),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "authgraph_audit_lag_seconds", Help: "How long the oldest of them has waited.",
		}, ask(func(_ int64, lag time.Duration) float64 { return lag.Seconds() })),
	)
}

// watch registers the metrics that are computed on request.
func (m *Metrics) watch(lease account.Lease, streams *stream.Registry) {
	m.Registry.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "authgraph_lease_held",
			Help: "1 while this instance hears of every change in time, 0 while it asks the database each time.",
		}, func() float64 {
			if lease.Held() {
				return 1
			}
			return 0
		}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "authgraph_streams", Help: "Sockets and event streams that are open.",
		}, func() float64 { return float64(streams.Open()) }),
	)
}

// profileTimeout is the longest profile that is taken at the metrics' address.
const profileTimeout = time.Minute

// serveMetrics answers Prometheus at an address of its own, if there is one, until it is stopped.
func (a *App) serveMetrics(addr string, log *slog.Logger) (stop func(), err error) {
	if addr == "" {
		return func() {}, nil
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(a.Metrics.Registry, promhttp.HandlerOpts{}))
	// Profiles for go tool pprof: times of functions and sizes, never contents.
	mux.HandleFunc("GET /debug/pprof/", onLoopback(pprof.Index))
	mux.HandleFunc("GET /debug/pprof/profile", onLoopback(pprof.Profile))
	server := &http.Server{
		Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: profileTimeout,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("metrics listener failed", "error", err.Error())
		}
	}()
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		err := server.Shutdown(ctx)
		if errors.Is(err, context.DeadlineExceeded) { // a profile is being taken
			err = server.Close()
		}
		if err != nil {
			log.Warn("metrics ended", "error", err.Error())
		}
		<-ended
	}, nil
}

// onLoopback serves connections within this machine that ask for a loopback Host. Profiles show an instance's inside and
// cost time, so a public metrics address does not serve them. The Host keeps out pages of a browser on this machine.
func onLoopback(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		local, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
		if local == nil || !httpapi.IsLoopback(local.String()) || !httpapi.IsLoopback(r.RemoteAddr) || !httpapi.IsLoopback(r.Host) {
			http.Error(w, "Profiles are served on loopback only.", http.StatusForbidden)
			return
		}
		next(w, r)
	}
}
