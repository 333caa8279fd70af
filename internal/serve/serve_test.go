package serve_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/serve"
)

// ours are the lists that come with the module, loaded once.
var ours = sync.OnceValues(func() (*eldercare.Engine, error) {
	return eldercare.Load(context.Background(), eldercare.WithClock(now))
})

func now() time.Time { return time.Date(2026, time.November, 22, 4, 0, 0, 0, time.UTC) }

func loadOurs(context.Context) (*eldercare.Engine, error) { return ours() }

// oneCounty is the list of Huojia with that of its province, loaded once. Who asks for a page, or
// for what is nowhere, has the pages of all lists made. Those of one county are soon made.
var oneCounty = sync.OnceValues(func() (*eldercare.Engine, error) {
	return eldercare.Load(context.Background(), eldercare.WithClock(now), eldercare.WithJurisdictions("huojia"))
})

func loadOneCounty(context.Context) (*eldercare.Engine, error) { return oneCounty() }

// loadAnew loads our lists from their files.
func loadAnew(ctx context.Context) (*eldercare.Engine, error) {
	return eldercare.Load(ctx, eldercare.WithClock(now))
}

// options serve our lists with limits that a test can reach.
func options() serve.Options {
	return serve.Options{
		Load: loadOurs, Version: "test", Grace: time.Minute,
		Limits: serve.Limits{Body: 1 << 20, Elders: 1000, Array: 1000, Requests: 16, Time: time.Minute, Pause: time.Minute},
	}
}

// start starts a server, and returns it with what it logs.
func start(t testing.TB, o serve.Options) (*serve.Server, *logged) {
	t.Helper()
	log := &logged{}
	o.Log = slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s, err := serve.New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return s, log
}

// eventually waits until something is so, which takes long only on a busy machine.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not so within a minute", what)
		}
	}
}

// logged is what was logged so far.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// asking is a request without a network.
type asking struct {
	method, path, body string
	header             map[string]string
}

func (a asking) of(h http.Handler) *httptest.ResponseRecorder {
	r := httptest.NewRequest(a.method, a.path, strings.NewReader(a.body))
	for name, value := range a.header {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func post(path, body string) asking { return asking{method: http.MethodPost, path: path, body: body} }

func get(path string) asking { return asking{method: http.MethodGet, path: path} }

func (a asking) with(name, value string) asking {
	header := map[string]string{name: value}
	for n, v := range a.header {
		header[n] = v
	}
	a.header = header
	return a
}

// lines sends elders line by line.
func lines(path, body string) asking {
	return post(path, body).with("Content-Type", "application/x-ndjson")
}

func decode[T any](t *testing.T, from io.Reader) (v T) {
	t.Helper()
	d := json.NewDecoder(from)
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// forget empties the log.
func (l *logged) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = bytes.Buffer{}
}
