package eldercare

import (
	"context"

	"github.com/basic-eldercare/eldercare/policy/diff"
)

// DiffOption configures [Engine.Diff].
type DiffOption interface {
	set(*request) error
	compares()
}

func (DayOption) compares() {}

type sideOption struct{ setting }

func (sideOption) compares() {}

// BOn names the day of b, if it differs from that of a. A day that does not exist is a
// [*DateError].
func BOn(date Date) DiffOption {
	return sideOption{func(r *request) error { return takeDay(&r.otherDay, date) }}
}

// BIn takes the lists of b from another engine, such as one that was loaded with a draft.
func BIn(other *Engine) DiffOption {
	return sideOption{func(r *request) error {
		if !other.loaded() {
			return errNoEngine
		}
		r.other = other
		return nil
	}}
}

// Diff compares what the residents of b are owed with what those of a are owed, service by service,
// over all elders who can exist. [On] names the day, by default [Engine.Today]. Errors are those of
// [Engine.Rules] and of [diff.Compare].
func (e *Engine) Diff(ctx context.Context, a, b string, options ...DiffOption) (*Diff, error) {
	if err := e.ready(ctx); err != nil {
		return nil, err
	}
	opt, err := requested(options)
	if err != nil {
		return nil, err
	}
	if opt.on.IsZero() {
		opt.on = e.Today()
	}
	if opt.otherDay.IsZero() {
		opt.otherDay = opt.on
	}
	if opt.other == nil {
		opt.other = e
	}
	rulesA, err := e.Rules(ctx, a, opt.on)
	if err != nil {
		return nil, err
	}
	rulesB, err := opt.other.Rules(ctx, b, opt.otherDay)
	if err != nil {
		return nil, err
	}
	return callers(diff.Compare(ctx, rulesA, rulesB))
}
