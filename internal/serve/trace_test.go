package serve_test

import (
	"bytes"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// A collector is told of a request: which address, under the trace of the client, and nothing of
// the elder.
func TestTrace(t *testing.T) {
	var mu sync.Mutex
	var told bytes.Buffer
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		_, _ = io.Copy(&told, r.Body)
	}))
	defer collector.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.URL)
	o := options()
	o.Trace = true
	l := listen(t, o)
	const trace = "0af7651916cd43dd8448eb211c80319c"
	post(decisions+"?on=2026-11-22", `{"id":"zhangsan","age":997}`).with("traceparent", "00-"+trace+"-b7ad6b7169203331-01").of(l)
	l.end()
	l.ended <- <-l.ended
	id, err := hex.DecodeString(trace)
	if err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	for _, want := range []string{"/v1/{jurisdiction}/decisions", "wrong-input", string(id)} {
		if !bytes.Contains(told.Bytes(), []byte(want)) {
			t.Errorf("the collector is not told of %q", want)
		}
	}
	for _, secret := range []string{"zhangsan", "997", "hongtong"} {
		if bytes.Contains(told.Bytes(), []byte(secret)) {
			t.Errorf("the collector is told %q", secret)
		}
	}
}
