package site_test

import (
	"context"
	"sync"
	"testing"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/check"
	"github.com/basic-eldercare/eldercare/policy/diff"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
	"github.com/basic-eldercare/eldercare/policy/site"
)

var day = eldercare.Date{Year: 2026, Month: 11, Day: 22}

func load(t testing.TB) *eldercare.Engine {
	t.Helper()
	e, err := eldercare.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func rulesOf(t testing.TB, e *eldercare.Engine, jurisdiction string) *ruleset.Ruleset {
	t.Helper()
	rs, err := e.Rules(t.Context(), jurisdiction, day)
	if err != nil {
		t.Fatal(err)
	}
	return rs
}

// of makes the site of an engine.
func of(ctx context.Context, e *eldercare.Engine) (*site.Site, error) {
	return site.New(ctx, site.Lists{
		Catalog: e.Catalog(), On: day, Jurisdictions: e.Jurisdictions(), Source: e.Source,
		Rules: func(ctx context.Context, id string) (*ruleset.Ruleset, error) { return e.Rules(ctx, id, day) },
		Check: func(ctx context.Context, id string) (*check.Report, error) { return e.Check(ctx, id, eldercare.On(day)) },
		Diff: func(ctx context.Context, a, b string) (*diff.Report, error) {
			return e.Diff(ctx, a, b, eldercare.On(day))
		},
	})
}

// ours is the site of our lists.
var ours = sync.OnceValues(func() (*site.Site, error) {
	e, err := eldercare.Load(context.Background())
	if err != nil {
		return nil, err
	}
	return of(context.Background(), e)
})

func made(t testing.TB) *site.Site {
	t.Helper()
	s, err := ours()
	if err != nil {
		t.Fatal(err)
	}
	return s
}
