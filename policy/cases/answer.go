package cases

import (
	"maps"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
)

// differences are where the decision of the table, or only that of plain OPA, is not what a case
// wants, and where the two disagree on what the case leaves unsaid.
func differences(c *policy.TestCase, table, plain *decide.Decision) []Difference {
	var all []Difference
	for _, e := range c.Wants {
		want := wanted(e)
		for _, by := range []struct {
			name string
			d    *decide.Decision
		}{{ByTable, table}, {ByOPA, plain}} {
			if got := answered(e, by.d); got != want {
				all = append(all, Difference{Service: e.Service, Want: want, Got: got, By: by.name, Pos: e.Pos})
				break // where both answer otherwise it is said once
			}
		}
	}
	for _, d := range disagreements(c, table, plain) {
		if !slices.ContainsFunc(all, func(told Difference) bool { return told.Service == d.Service }) {
			all = append(all, d)
		}
	}
	return all
}

// disagreements are where the decision of the table, as what is wanted, is not that of plain OPA.
func disagreements(c *policy.TestCase, table, plain *decide.Decision) []Difference {
	var all []Difference
	compare := func(e policy.Expectation) {
		if want, got := answered(e, table), answered(e, plain); want != got {
			all = append(all, Difference{Service: e.Service, Want: want, Got: got, By: ByEither, Pos: c.Pos})
		}
	}
	var services []string
	for _, d := range []*decide.Decision{table, plain} {
		for _, e := range slices.Concat(d.Entitled, d.Discretionary) {
			services = append(services, e.Service)
		}
	}
	slices.Sort(services)
	for _, s := range slices.Compact(services) {
		for _, of := range []policy.Wanted{policy.WantEntitled, policy.WantBundles, policy.WantDiscretionary} {
			compare(policy.Expectation{Wanted: of, Service: s})
		}
	}
	compare(policy.Expectation{Wanted: policy.WantMonthly})
	return slices.CompactFunc(all, func(a, b Difference) bool { return a.Service == b.Service })
}

// What an answer says of a service that has no promises.
const (
	granted     = "entitled"
	refused     = "not entitled"
	permitted   = "discretionary"
	unpermitted = "not discretionary"
)

// wanted is what an expectation wants, in words.
func wanted(e policy.Expectation) string {
	switch e.Wanted {
	case policy.WantRefused:
		return refused
	case policy.WantDiscretionary:
		return permitted
	case policy.WantNotDiscretionary:
		return unpermitted
	case policy.WantMonthly:
		return e.Amount
	}
	return promised(e.Promises)
}

// answered is what a decision says to an expectation, in the same words.
func answered(e policy.Expectation, d *decide.Decision) string {
	of := func(all []decide.Entitlement) *decide.Entitlement {
		if i := slices.IndexFunc(all, func(s decide.Entitlement) bool { return s.Service == e.Service }); i >= 0 {
			return &all[i]
		}
		return nil
	}
	switch e.Wanted {
	case policy.WantMonthly:
		return bounds[d.MonthlyCNY.Bound] + d.MonthlyCNY.Value.String()
	case policy.WantDiscretionary, policy.WantNotDiscretionary:
		if of(d.Discretionary) == nil {
			return unpermitted
		}
		return permitted
	}
	entitled := of(d.Entitled)
	switch {
	case entitled == nil:
		return refused
	case e.Wanted == policy.WantRefused:
		return granted
	case e.Wanted == policy.WantBundles:
		var all []map[string]string
		for _, b := range entitled.Bundles {
			all = append(all, written(b))
		}
		return promised(all)
	}
	return promised([]map[string]string{written(entitled.Promises)})
}

var bounds = map[policy.Bound]string{policy.AtLeast: ">=", policy.AtMost: "<=", policy.Exactly: "="}

// written are promises as cases write them: ">=100", "<=4000", "=50", "open", "open
// minimum_wage_monthly".
func written(all map[string]policy.Promise) map[string]string {
	out := map[string]string{}
	for measure, p := range all {
		out[measure] = strings.TrimSpace("open " + p.Missing)
		if !p.Open() {
			out[measure] = bounds[p.Bound] + p.Value.String()
		}
	}
	return out
}

// promised are promises on one line, several bundles in one order.
func promised(all []map[string]string) string {
	var bundles []string
	for _, promises := range all {
		var parts []string
		for _, measure := range slices.Sorted(maps.Keys(promises)) {
			parts = append(parts, measure+" "+promises[measure])
		}
		bundles = append(bundles, strings.Join(parts, ", "))
	}
	slices.Sort(bundles)
	if what := strings.Join(bundles, "; or "); what != "" {
		return "entitled: " + what
	}
	return granted
}
