package serve

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics holds what Prometheus asks for.
type metrics struct {
	underWay  prometheus.Gauge
	requests  *prometheus.CounterVec
	duration  *prometheus.HistogramVec
	of        *prometheus.CounterVec
	lists     *prometheus.GaugeVec
	reloads   *prometheus.CounterVec
	reloadsOK prometheus.Gauge
	handler   http.Handler
}

func newMetrics() *metrics {
	m := &metrics{
		underWay: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "eldercare_requests_under_way", Help: "Requests that are being answered.",
		}),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "eldercare_requests_total", Help: "Requests by address and status.",
		}, []string{"path", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "eldercare_request_duration_seconds", Help: "How long requests take, by address.",
			Buckets: prometheus.ExponentialBuckets(0.0001, 4, 10),
		}, []string{"path"}),
		of: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "eldercare_elders_total", Help: "Elders by address, and whether they were answered or refused.",
		}, []string{"path", "outcome"}),
		lists: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "eldercare_lists_loaded_timestamp_seconds", Help: "When the lists were loaded that are answered from, with their digest.",
		}, []string{"revision"}),
		reloads: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "eldercare_reloads_total", Help: "Reloads of the lists by outcome.",
		}, []string{"outcome"}),
		reloadsOK: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "eldercare_last_reload_successful", Help: "1 unless the last reload failed.",
		}),
	}
	m.reloadsOK.Set(1)
	registry := prometheus.NewRegistry()
	registry.MustRegister(m.underWay, m.requests, m.duration, m.of, m.lists, m.reloads, m.reloadsOK,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.handler = promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
	return m
}

func (m *metrics) serve(w http.ResponseWriter, r *http.Request) error {
	m.handler.ServeHTTP(w, r)
	return nil
}

func (m *metrics) request(path string, status int, took time.Duration) {
	m.requests.WithLabelValues(path, strconv.Itoa(status)).Inc()
	m.duration.WithLabelValues(path).Observe(took.Seconds())
}

func (m *metrics) elders(path string, answered, refused int) {
	if answered > 0 {
		m.of.WithLabelValues(path, "answered").Add(float64(answered))
	}
	if refused > 0 {
		m.of.WithLabelValues(path, "refused").Add(float64(refused))
	}
}

func (m *metrics) loaded(revision string) {
	m.lists.Reset()
	m.lists.WithLabelValues(revision).SetToCurrentTime()
}

func (m *metrics) reloaded(ok bool) {
	if ok {
		m.reloadsOK.Set(1)
		m.reloads.WithLabelValues("loaded").Inc()
		return
	}
	m.reloadsOK.Set(0)
	m.reloads.WithLabelValues("kept").Inc()
}
