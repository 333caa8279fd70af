package serve_test

import (
	"context"
	"testing"
	"time"

	"github.com/open-policy-agent/opa/v1/download"
	"github.com/open-policy-agent/opa/v1/plugins/rest"
)

// Stock OPA, which polls for long, has other lists as soon as they are loaded here.
func TestStockOPAPolls(t *testing.T) {
	v := newTurns(t)
	o := options()
	o.Load, o.Bundle = v.load, true
	l := listen(t, o)
	client, err := rest.New([]byte(`{"name": "lists", "url": "http://`+l.addr+`"}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	seconds := int64(60)
	config := download.Config{Polling: download.PollingConfig{LongPollingTimeoutSeconds: &seconds}}
	if err := config.ValidateAndInjectDefaults(); err != nil {
		t.Fatal(err)
	}
	revisions := make(chan string, 10)
	d := download.New(config, client, "/bundles/eldercare.tar.gz").WithCallback(func(_ context.Context, u download.Update) error {
		switch {
		case u.Error != nil:
			revisions <- u.Error.Error()
		case u.Bundle != nil:
			revisions <- u.Bundle.Manifest.Revision
		}
		return nil
	})
	d.Start(t.Context())
	defer d.Stop(context.Background())
	next := func() string {
		t.Helper()
		select {
		case r := <-revisions:
			return r
		case <-time.After(time.Minute):
			t.Fatal("OPA has no bundle")
		}
		return ""
	}
	seen := map[string]bool{next(): true}
	time.Sleep(200 * time.Millisecond) // so that it waits
	if err := l.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	seen[next()] = true
	for _, engine := range v.engines {
		revision, err := engine.Revision()
		if err != nil || !seen[revision] {
			t.Errorf("%v: OPA has %v, not %s", err, seen, revision)
		}
	}
}
