// Package pages makes the site of an engine, for the command and for whoever serves it.
package pages

import (
	"context"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/check"
	"github.com/basic-eldercare/eldercare/policy/diff"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
	"github.com/basic-eldercare/eldercare/policy/site"
)

// Of makes the site of all lists of an engine that are in force on a day.
func Of(ctx context.Context, engine *eldercare.Engine, on eldercare.Date) (*site.Site, error) {
	return WithUpload(ctx, engine, on, 0)
}

// WithUpload makes the site with a page for registers of at most so many bytes, unless that is 0.
// Whoever serves the site must take them.
func WithUpload(ctx context.Context, engine *eldercare.Engine, on eldercare.Date, most int64) (*site.Site, error) {
	return site.New(ctx, site.Lists{
		Upload:  most,
		Catalog: engine.Catalog(), On: on, Jurisdictions: engine.Jurisdictions(), Source: engine.Source,
		Rules: func(ctx context.Context, id string) (*ruleset.Ruleset, error) { return engine.Rules(ctx, id, on) },
		Check: func(ctx context.Context, id string) (*check.Report, error) {
			return engine.Check(ctx, id, eldercare.On(on))
		},
		Diff: func(ctx context.Context, a, b string) (*diff.Report, error) {
			return engine.Diff(ctx, a, b, eldercare.On(on))
		},
	})
}
