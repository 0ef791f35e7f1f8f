package hookd

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"sftpgo-authy/hooks/internal/ahead"
	"sftpgo-authy/hooks/internal/audit"
	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/health"
	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
)

// metrics are what /metrics shows: how attempts ended, and how the providers do. No label holds an
// account, an address or anything else that somebody typed.
type metrics struct {
	registry *prometheus.Registry
	attempts *prometheus.CounterVec
	provider *prometheus.HistogramVec
	store    prometheus.Counter
	reloads  *prometheus.CounterVec
	dials    *prometheus.CounterVec
	calls    *prometheus.CounterVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "authy_hooks_attempts_total", Help: "Login attempts by hook, outcome and reason.",
		}, []string{"hook", "outcome", "reason"}),
		provider: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "authy_hooks_provider_seconds", Help: "Time that a provider took to judge a code, by what it said.",
			Buckets: []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5},
		}, []string{"provider", "reason"}),
		store: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "authy_hooks_store_errors_total",
			Help: "Calls of the memory that failed: of the shared store, or of the memory file.",
		}),
		reloads: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "authy_hooks_reloads_total", Help: "Reloads of the configuration, by whether it was taken over.",
		}, []string{"taken"}),
		dials: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "authy_hooks_connections_total",
			Help: "Connections to providers: dialled ahead and used, dialled when wanted (direct), or dialled ahead " +
				"and given up (unused).",
		}, []string{"provider", "fate"}),
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "authy_hooks_calls_total",
			Help: "Calls of the hooks, by the secret and certificate that they came with: the right ones (known), " +
				"hookd.previous_secret_file (previous_secret), or others (refused).",
		}, []string{"caller"}),
	}
	m.zero()
	m.registry.MustRegister(m.attempts, m.provider, m.store, m.reloads, m.dials, m.calls,
		collectors.NewGoCollector(), collectors.NewBuildInfoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// zero makes the series that alerts look at: Prometheus sees no increase between a series that is
// not there and one that is 1.
func (m *metrics) zero() {
	ends := func(outcome gate.Result, reasons ...gate.Reason) {
		for _, hook := range []gate.Hook{gate.Keyint, gate.Checkpwd, gate.Extauth} {
			for _, reason := range reasons {
				m.attempts.WithLabelValues(string(hook), string(outcome), string(reason))
			}
		}
	}
	ends(gate.Bypassed, gate.BypassNetwork, gate.BypassUnmapped, gate.BypassUnreachable)
	ends(gate.Denied, gate.ProviderRejectedKey, gate.ProviderProtocol, gate.AccountsUnavailable, gate.StoreUnavailable,
		gate.AuditFailed, gate.Internal, gate.LockedOut, gate.InputTimeout)
	for _, by := range []caller{known, outdated, refused} {
		m.calls.WithLabelValues(string(by))
	}
	for _, taken := range []bool{true, false} {
		m.reloads.WithLabelValues(fmt.Sprint(taken))
	}
}

// handler serves the metrics.
func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4})
}

// attempt counts a record of the audit.
func (m *metrics) attempt(r audit.Record) {
	m.attempts.WithLabelValues(string(r.Hook), string(r.Outcome), string(r.Reason)).Inc()
}

// called counts a call of a hook.
func (m *metrics) called(by caller) { m.calls.WithLabelValues(string(by)).Inc() }

// health adds the gauges of /readyz: whether people can log in, and how many parts are degraded.
func (m *metrics) health(state func() health.State) {
	gauge := func(name, help string, value func(health.State) int) {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 {
			return float64(value(state()))
		}))
	}
	gauge("authy_hooks_ready", "1 while people can log in, as /readyz says.", func(s health.State) int {
		if s.Ready() {
			return 1
		}
		return 0
	})
	gauge("authy_hooks_degraded", "How many parts are degraded, as /readyz says.", func(s health.State) int {
		return len(s.Degraded)
	})
}

// connections returns what counts the connections to a provider.
func (m *metrics) connections(name string) func(ahead.Fate) {
	for _, fate := range []ahead.Fate{ahead.Used, ahead.Direct, ahead.Unused} {
		m.dials.WithLabelValues(name, string(fate))
	}
	return func(fate ahead.Fate) { m.dials.WithLabelValues(name, string(fate)).Inc() }
}

// Gauges of the providers that are asked at present.
var (
	breakerOpen = prometheus.NewDesc("authy_hooks_breaker_open",
		"1 while a provider is not asked because it did not answer.", []string{"provider"}, nil)
	spareConnections = prometheus.NewDesc("authy_hooks_spare_connections",
		"Connections to a provider that were dialled ahead and wait.", []string{"provider"}, nil)
)

// remotes is a [prometheus.Collector] over what returns them: a reload brings others.
type remotes func() []*remote

// Describe implements [prometheus.Collector].
func (remotes) Describe(to chan<- *prometheus.Desc) {
	to <- breakerOpen
	to <- spareConnections
}

// Collect implements [prometheus.Collector].
func (all remotes) Collect(to chan<- prometheus.Metric) {
	for _, r := range all() {
		open, waiting := 0, 0
		if r.breaker.Open() {
			open = 1
		}
		if r.spares != nil {
			waiting = r.spares.Waiting()
		}
		to <- prometheus.MustNewConstMetric(breakerOpen, prometheus.GaugeValue, float64(open), r.label)
		to <- prometheus.MustNewConstMetric(spareConnections, prometheus.GaugeValue, float64(waiting), r.label)
	}
}

// timed is a provider whose calls are timed.
type timed struct {
	name string // of the provider
	next provider.Verifier
	m    *metrics
	now  func() time.Time
}

// Verify implements [provider.Verifier].
func (t timed) Verify(ctx context.Context, person provider.Person, code otp.Code) provider.Answer {
	begin := t.now()
	answer := t.next.Verify(ctx, person, code)
	t.m.provider.WithLabelValues(t.name, string(gate.ReasonOf(answer.Result))).Observe(t.now().Sub(begin).Seconds())
	return answer
}
