package serve_test

import (
	"context"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
)

// The memory stays as it is, however many requests are answered, refused or reloaded.
func TestMemoryIsFlat(t *testing.T) {
	o := options()
	o.Load = func(ctx context.Context) (*eldercare.Engine, error) {
		return eldercare.Load(ctx, eldercare.WithClock(now), eldercare.WithJurisdictions("huojia"))
	}
	s, log := start(t, o)
	requests := effort.Of(1_000, 1_000, 20_000)
	const decisions = "/v1/huojia/decisions"
	bodies := []asking{
		post(decisions, `{"age":80}`), post(decisions, `[{"age":80},{"age":-1}]`), lines(decisions, "{}\n{}\n"), post(decisions, secret),
		get("/v1/lists/huojia"), get("/" + secret),
	}
	var before uint64
	for i := range 2 * requests {
		if i == requests { // what is made once is made
			before = heap()
		}
		bodies[i%len(bodies)].of(s)
		if i%1000 == 0 {
			log.forget()
			if err := s.Reload(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if after := heap(); after > before+4<<20 {
		t.Errorf("%d bytes become %d", before, after)
	}
	runtime.KeepAlive(s)
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkReloads tells how long requests take while the lists are loaded from their files every
// second.
func BenchmarkReloads(b *testing.B) {
	o := options()
	o.Load, o.Check = loadAnew, true
	s, _ := start(b, o)
	url := onLoopback(b, s) + decisions
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(time.Second):
				_ = s.Reload(b.Context())
			}
		}
	}()
	var mu sync.Mutex
	var all []time.Duration
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			begin := time.Now()
			w, err := http.Post(url, "application/json", strings.NewReader(`{"age":80}`))
			if err != nil {
				b.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, w.Body)
			_ = w.Body.Close()
			mu.Lock()
			all = append(all, time.Since(begin))
			mu.Unlock()
		}
	})
	slices.Sort(all)
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "ms-p99")
}

// BenchmarkStart loads the lists that come with the module until they can be asked about.
func BenchmarkStart(b *testing.B) {
	o := options()
	o.Load = loadAnew
	for b.Loop() {
		start(b, o)
	}
}
