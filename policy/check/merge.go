package check

import (
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
)

// Merge joins the reports of several days, in order, into one. A finding is reported for the first day on which it holds; a
// service counts as proved or tested when it has no error on any day, and as tested when it is so on some day.
func Merge(jurisdiction, against string, reports []*Report) *Report {
	merged := &Report{Jurisdiction: jurisdiction, Against: against, Dates: []policy.Date{}, Findings: []Finding{}}
	services := map[string]bool{}
	tested := map[string]bool{}
	for _, r := range reports {
		merged.Dates = append(merged.Dates, r.Dates...)
		for _, f := range r.Findings {
			if !slices.ContainsFunc(merged.Findings, f.same) {
				merged.Findings = append(merged.Findings, f)
			}
		}
		for _, s := range r.Services {
			if !services[s] {
				services[s] = true
				merged.Services = append(merged.Services, s)
			}
		}
		for _, s := range r.TestedServices {
			tested[s] = true
			if !slices.Contains(merged.TestedServices, s) {
				merged.TestedServices = append(merged.TestedServices, s)
			}
		}
	}
	for _, s := range merged.Services {
		failed := slices.ContainsFunc(merged.Findings, func(f Finding) bool {
			return f.Service == s && f.Severity == policy.SeverityError
		})
		switch {
		case failed:
		case tested[s]:
			merged.Tested++
		default:
			merged.Proved++
		}
	}
	return merged
}

// same reports whether two findings, of different days, say the same.
func (f Finding) same(g Finding) bool {
	equal := func(a, b *policy.Decimal) bool { return a == nil && b == nil || a != nil && b != nil && a.Equal(*b) }
	return f.Service == g.Service && f.Kind == g.Kind && f.Measure == g.Measure && f.Region == g.Region &&
		equal(f.Want, g.Want) && equal(f.Have, g.Have)
}
