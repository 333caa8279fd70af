package check

import (
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
)

// Amended is a place where an amendment replaces what the text of a list above says. The check
// compares with the amended list, so the author of the amendment decides what the child must meet.
type Amended struct {
	List    string `json:"list"`    // the jurisdiction
	Subject string `json:"subject"` // a parameter, or a service that a group or an exclusion may take away
	What    Change `json:"what"`
	// Printed is what the text says, and Stated is what the amendment says instead. A number is
	// "null" when there is none, and a bound is empty when there is none. Both are empty for a
	// calendar and a group.
	Printed string          `json:"printed,omitempty"`
	Stated  string          `json:"stated,omitempty"`
	From    policy.Date     `json:"from"` // the first of the days checked on which it counts
	At      string          `json:"at"`   // file:line of the amendment
	Pos     policy.Position `json:"-"`
}

// Change says what an amendment changes.
type Change string

// The changes.
const (
	AmendedNumber  Change = "number"
	AmendedBound   Change = "bound"
	AmendedPayment Change = "payment"
	AmendedGroup   Change = "group" // it adds a choice or an exclusion
)

// amended returns what amendments say in place of the texts of the lists above the child, on the
// day. A number that fills an open one is none.
func amended(child, parent Side) []Amended {
	var all []Amended
	for _, l := range parent.Table.Layers {
		if l.List.Jurisdiction.ID == child.Jurisdiction.ID {
			continue
		}
		add := func(a Amended, at policy.Position) {
			a.List, a.From, a.At, a.Pos = l.List.Jurisdiction.ID, parent.On, lineOf(at), at
			all = append(all, a)
		}
		for _, p := range l.List.Parameters {
			if v := p.At(parent.On); v != nil && v.Printed != nil && numberOf(v) != numberOf(v.Printed) {
				add(Amended{Subject: p.Name, What: AmendedNumber, Printed: numberOf(v.Printed), Stated: numberOf(v)}, v.Pos)
			}
			if p.Rebound() {
				add(Amended{Subject: p.Name, What: AmendedBound, Printed: string(p.Printed.Bound), Stated: string(p.Bound)}, p.Pos)
			}
			if p.Repaid() {
				add(Amended{Subject: p.Name, What: AmendedPayment}, p.Payment.Pos)
			}
		}
		for _, choice := range l.List.ChooseHigher {
			if choice.Pos.File != l.List.Pos.File {
				add(Amended{Subject: choice.Members[0].Service, What: AmendedGroup}, choice.Pos)
			}
		}
		for _, e := range l.List.Excludes {
			if e.Pos.File != l.List.Pos.File {
				add(Amended{Subject: e.Without[0], What: AmendedGroup}, e.Pos)
			}
		}
	}
	return all
}

// numberOf returns the number of a value as a list writes it, such as 1.3 or 1/3, or null.
func numberOf(v *policy.DatedValue) string {
	if v.Value == nil {
		return "null"
	}
	if places, exact := v.Value.FloatPrec(); exact {
		return v.Value.FloatString(places)
	}
	return v.Value.RatString()
}

// same reports whether two amendments of different days say the same.
func (a Amended) same(b Amended) bool {
	a.From = b.From
	return a == b
}

// amendedToo adds what the next day has amended.
func (r *Report) amendedToo(next *Report) {
	for _, a := range next.Amended {
		if !slices.ContainsFunc(r.Amended, a.same) {
			r.Amended = append(r.Amended, a)
		}
	}
}
