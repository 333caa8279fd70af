package serve_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/open-policy-agent/opa/v1/bundle"
	"github.com/open-policy-agent/opa/v1/plugins"
	"github.com/open-policy-agent/opa/v1/server"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"

	"github.com/basic-eldercare/eldercare/internal/serve"
)

// BenchmarkDecisions answers on loopback, for one elder a request and for 1,000, and lets a stock
// OPA server answer the same for one elder from the bundle. It tells decisions a second.
func BenchmarkDecisions(b *testing.B) {
	o := options()
	o.Limits = serve.DefaultLimits()
	s, err := serve.New(b.Context(), o)
	if err != nil {
		b.Fatal(err)
	}
	ours, stock := onLoopback(b, s), onLoopback(b, stockOPA(b))
	const many = 1000
	elders := make([]string, many)
	for i := range elders {
		elders[i] = fmt.Sprintf(`{"age":%d,"local_hukou":%t,"assistance_category":"%s","self_care":"%s","disability_grade":%d}`,
			60+i%45, i%3 > 0, []string{"none", "dibao", "dibao_marginal"}[i%3], []string{"full", "partial", "none"}[i%7%3], i%5)
	}
	one := func(i int) string { return elders[i%many] }
	for _, bench := range []struct {
		name, url string
		elders    int
		body      func(int) string
		answer    string
	}{
		{"OPA", stock + "/v1/data/eldercare/decision", 1, func(i int) string {
			return `{"input":{"jurisdiction":"hongtong","on":"2026-11-22","elder":` + one(i) + `}}`
		}, `"result"`},
		{"one", ours + decisions + "?on=2026-11-22&assume_known=true", 1, one, `"entitled"`},
		{"array", ours + decisions + "?on=2026-11-22&assume_known=true", many, func(int) string {
			return "[" + strings.Join(elders, ",") + "]"
		}, `"entitled"`},
	} {
		b.Run(bench.name, func(b *testing.B) {
			client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 100}}
			begin := time.Now()
			b.RunParallel(func(pb *testing.PB) {
				for i := 0; pb.Next(); i++ {
					w, err := client.Post(bench.url, "application/json", strings.NewReader(bench.body(i)))
					if err != nil {
						b.Error(err)
						return
					}
					answer, err := io.ReadAll(w.Body)
					_ = w.Body.Close()
					if err != nil || !bytes.Contains(answer, []byte(bench.answer)) {
						b.Errorf("%v: %.200s", err, answer)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N*bench.elders)/time.Since(begin).Seconds(), "decisions/s")
		})
	}
}

// onLoopback serves on the network, and returns the address.
func onLoopback(b *testing.B, h http.Handler) string {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	on := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go func() { _ = on.Serve(l) }()
	b.Cleanup(func() { _ = on.Close() })
	return "http://" + l.Addr().String()
}

// stockOPA is OPA's own server with our bundle.
func stockOPA(b *testing.B) http.Handler {
	b.Helper()
	engine, err := ours()
	if err != nil {
		b.Fatal(err)
	}
	var packed bytes.Buffer
	if err := engine.WriteBundle(&packed); err != nil {
		b.Fatal(err)
	}
	lists, err := bundle.NewReader(&packed).Read()
	if err != nil {
		b.Fatal(err)
	}
	store := inmem.NewFromObject(lists.Data)
	manager, err := plugins.New(nil, "stock", store)
	if err != nil {
		b.Fatal(err)
	}
	if err := manager.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	if err := storage.Txn(b.Context(), store, storage.WriteParams, func(txn storage.Transaction) error {
		for _, m := range lists.Modules {
			if err := store.UpsertPolicy(b.Context(), txn, m.Path, m.Raw); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		b.Fatal(err)
	}
	s, err := server.New().WithStore(store).WithManager(manager).WithAddresses([]string{"127.0.0.1:0"}).Init(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	return s.Handler
}
