package decide

import (
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
)

// RaisedBy reports whether another rule that also holds may bring more of a measure than the exact
// amount that this rule promises. That amount is then only the least.
func (h Held) RaisedBy(other Held, measure string) bool {
	p, exact := h.exactly(measure)
	q, promised := other.Grant.Measures[measure]
	return exact && promised && h.joins(other) && q.MayExceed(p)
}

// Fills reports whether the rule states exactly the amount that a rule of a list above leaves open.
// It then raises nothing. An amount that depends on a missing number is filled only by an amount
// that is computed from the same parameters.
func (h Held) Fills(other Held, measure string) bool {
	p, exact := h.exactly(measure)
	q, promised := other.Grant.Measures[measure]
	return exact && promised && h.joins(other) && h.Layer < other.Layer && (q.Missing == "" || p.Knows(q))
}

// exactly returns what the rule promises of a measure, and whether that is an exact amount.
func (h Held) exactly(measure string) (policy.Promise, bool) {
	p, promised := h.Grant.Measures[measure]
	return p, promised && p.Bound == policy.Exactly && !p.Open()
}

// joins reports whether what two rules grant belongs to one award.
func (h Held) joins(other Held) bool {
	return h.Grant.Service == other.Grant.Service && h.Grant.Discretionary == other.Grant.Discretionary
}

// Raised returns the exact promises of a rule to which other rules that hold may add. Each is
// returned as a promise of that amount or more.
func (h Held) Raised(held []Held, linked []string) map[string]policy.Promise {
	var raised map[string]policy.Promise
	for measure, p := range h.Grant.Measures {
		raises := func(other Held) bool {
			return h.RaisedBy(other, measure) && !slices.ContainsFunc(held, func(f Held) bool { return f.Fills(other, measure) })
		}
		if slices.Contains(linked, measure) || !slices.ContainsFunc(held, raises) {
			continue
		}
		if raised == nil {
			raised = map[string]policy.Promise{}
		}
		raised[measure] = p.OrBetter()
	}
	return raised
}
