package eldercare

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/check"
	"github.com/basic-eldercare/eldercare/policy/diff"
)

// Since checks what residents are owed against what they were owed by an earlier version of the
// lists, instead of against the list above. Every finding is then an error, because it takes away
// what somebody had. An assumed finding ([FindingAssumed]) remains a warning, because nobody loses
// if the assumption is right.
func Since(earlier *Engine) CheckOption {
	return proofOption{func(r *request) error {
		if !earlier.loaded() {
			return errNoEngine
		}
		r.earlier = earlier
		return nil
	}}
}

// checkSince checks a jurisdiction on every day on which something changes in either version, from
// the first list of the earlier one on.
func (e *Engine) checkSince(ctx context.Context, jurisdiction string, opt request) (*Report, error) {
	if len(opt.earlier.catalog.ListsOf(jurisdiction))+len(e.catalog.ListsOf(jurisdiction)) == 0 {
		_, err := e.catalog.InForce(jurisdiction, e.Today())
		return nil, err
	}
	days := []Date{opt.on}
	if opt.on.IsZero() {
		days = append(opt.earlier.catalog.Turns(jurisdiction), e.catalog.Turns(jurisdiction)...)
		slices.SortFunc(days, Date.Compare)
		days = slices.Compact(days)
	}
	checker := check.Checker{Effective: true}
	var reports []*Report
	var none error
	for _, day := range days {
		before, err := opt.earlier.Rules(ctx, jurisdiction, day)
		if notYet := new(NotInForceError); errors.As(err, &notYet) || errors.As(err, new(*UnknownJurisdictionError)) {
			none = err
			continue
		}
		if err != nil {
			return nil, err
		}
		report, err := e.sinceOn(ctx, &checker, before)
		if err != nil {
			return nil, err
		}
		reports = append(reports, report)
	}
	r := e.report(jurisdiction, jurisdiction, reports)
	if len(reports) == 0 && none != nil {
		r.Skipped = none.Error()
	}
	return r, nil
}

// sinceOn checks a day. A list that is gone has no service any more.
func (e *Engine) sinceOn(ctx context.Context, checker *check.Checker, before *Ruleset) (*Report, error) {
	after, err := e.Rules(ctx, before.Jurisdiction.ID, before.On)
	if errors.As(err, new(*NotInForceError)) || errors.As(err, new(*UnknownJurisdictionError)) {
		return gone(ctx, before, err)
	}
	if err != nil {
		return nil, err
	}
	before, after, err = diff.Aligned(ctx, before, after)
	if err != nil {
		return nil, err
	}
	r, err := checker.At(ctx, after, before)
	if err != nil {
		return nil, err
	}
	for i := range r.Findings {
		if r.Findings[i].Kind != check.Assumed {
			r.Findings[i].Severity = policy.SeverityError
		}
	}
	return check.Merge(r.Jurisdiction, r.Against, []*Report{r}), nil // which counts anew
}

// gone reports that the services of a list are omitted, and why.
func gone(ctx context.Context, before *Ruleset, why error) (*Report, error) {
	r, err := check.Gone(ctx, before)
	if err != nil {
		return nil, err
	}
	for i := range r.Findings {
		r.Findings[i].Note = cmp.Or(r.Findings[i].Note, why.Error())
	}
	return r, nil
}
