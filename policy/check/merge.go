package check

import (
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/internal/union"
)

// Merge joins reports of single days, in order, into one. A finding that stays the same on
// consecutive days is reported once. If it comes again after a day without it, it is another
// finding. A service without an error on any day counts as proved, or as tested if it was only
// tested on some day.
func Merge(jurisdiction, against string, reports []*Report) *Report {
	merged := &Report{Jurisdiction: jurisdiction, Against: against, Dates: []policy.Date{}, Findings: []Finding{}}
	for _, r := range reports {
		merged.Dates = append(merged.Dates, r.Dates...)
		merged.continued(r)
		merged.amendedToo(r)
		merged.Services = union.Of(merged.Services, r.Services)
		merged.TestedServices = union.Of(merged.TestedServices, r.TestedServices)
		for _, o := range r.Opaque {
			if !slices.ContainsFunc(merged.Opaque, o.same) {
				merged.Opaque = append(merged.Opaque, o)
			}
		}
	}
	for _, s := range merged.Services {
		switch {
		case merged.Fails(s):
		case slices.Contains(merged.TestedServices, s):
			merged.Tested++
		default:
			merged.Proved++
		}
	}
	return merged
}

// continued adds the findings of the next day.
func (r *Report) continued(next *Report) {
	before := len(r.Findings)
	for _, f := range next.Findings {
		holds := func(g Finding) bool { return g.Until.IsZero() && g.same(f) }
		if !slices.ContainsFunc(r.Findings[:before], holds) {
			r.Findings = append(r.Findings, f)
		}
	}
	for i := range r.Findings[:before] {
		if f := &r.Findings[i]; f.Until.IsZero() && !slices.ContainsFunc(next.Findings, f.same) {
			f.Until = next.Dates[0]
		}
	}
}

// same reports whether two rules are the same, perhaps with other figures on another day.
func (o Opaque) same(p Opaque) bool { return o.Service == p.Service && o.Pos == p.Pos }

// same reports whether two findings of different days say the same.
func (f Finding) same(g Finding) bool {
	return f.Service == g.Service && f.Unsure == g.Unsure && f.Kind == g.Kind && f.Measure == g.Measure && f.Region == g.Region &&
		equal(f.Want, g.Want) && f.WantBound == g.WantBound && equal(f.Have, g.Have) && f.HaveBound == g.HaveBound &&
		f.WantPayment.Same(g.WantPayment) && f.HavePayment.Same(g.HavePayment) &&
		f.WantOf == g.WantOf && f.HaveOf == g.HaveOf && f.HaveOpen == g.HaveOpen &&
		sameBundle(f.WantBundle, g.WantBundle) && sameBundles(f.HaveBundles, g.HaveBundles)
}

// equal reports whether two numbers, or none, are the same.
func equal(a, b *policy.Decimal) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Equal(*b)
}
