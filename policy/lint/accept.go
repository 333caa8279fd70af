package lint

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
)

// Merge joins the findings of several days, in order. A finding that stays the same from one day to
// the next is kept once.
func Merge(days []policy.Date, found [][]Finding) []Finding {
	var all []Finding
	for i, day := range days {
		for j := range all {
			if all[j].Until.IsZero() && !slices.ContainsFunc(found[i], all[j].same) {
				all[j].Until = day
			}
		}
		for _, f := range found[i] {
			if !slices.ContainsFunc(all, func(g Finding) bool { return g.Until.IsZero() && g.same(f) }) {
				all = append(all, f)
			}
		}
	}
	return all
}

// Accept marks the findings that the lists accept, and sorts all findings by place. It adds a
// finding for each acceptance that a list states twice, and for each that matches nothing on any
// day. Acceptances of what trace finds are left out. Ever holds the findings of all days.
func Accept(lists []*policy.List, findings, ever []Finding) []Finding {
	all := slices.Clone(findings)
	for _, list := range lists {
		for i, a := range list.Accepted {
			if first := slices.IndexFunc(list.Accepted, sameAs(a)); first < i {
				all = append(all, duplicate(list, list.Accepted[first], a))
				continue
			}
			for i := range all {
				if all[i].isOf(list, a) {
					all[i].Accepted = a.Reason
				}
			}
			if a.OfTrace() {
				continue // trace tells whether it accepts anything
			}
			stated := a.Code == NullFigure && len(list.Amendments) > 0 // an amendment may state the figure
			if !stated && !slices.ContainsFunc(ever, func(f Finding) bool { return f.isOf(list, a) }) {
				all = append(all, unused(list, a, ever))
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Code, b.Code))
	})
	return all
}

// isOf reports whether an acceptance of a list matches the finding.
func (f Finding) isOf(list *policy.List, a *policy.Acceptance) bool {
	return f.stem == list.Stem && f.Code == a.Code && f.Subject == a.Subject
}

// sameAs reports whether b accepts the same as a.
func sameAs(a *policy.Acceptance) func(b *policy.Acceptance) bool {
	return func(b *policy.Acceptance) bool { return a.Code == b.Code && a.Subject == b.Subject }
}

func acceptanceFinding(list *policy.List, code string, a *policy.Acceptance) Finding {
	return Finding{
		List: list.Jurisdiction.ID, Code: code, Severity: policy.SeverityWarning, Subject: a.Subject, Pos: a.Pos, stem: list.Stem,
	}
}

func duplicate(list *policy.List, first, a *policy.Acceptance) Finding {
	f := acceptanceFinding(list, DuplicateAcceptance, a)
	f.Related = first.Pos
	f.Message = fmt.Sprintf("the list already accepts %s of %s, in line %d; the reason given there counts", a.Code, a.Subject, first.Pos.Line)
	return f
}

func unused(list *policy.List, a *policy.Acceptance, ever []Finding) Finding {
	f := acceptanceFinding(list, UnusedAcceptance, a)
	f.Message = fmt.Sprintf("the list accepts %s of %s, but there is no such finding", a.Code, a.Subject)
	if near := meant(list, a, ever); near != "" {
		f.Message += fmt.Sprintf("; did you mean %q?", near)
	}
	return f
}

// meant returns the code or subject that an acceptance of nothing probably means.
func meant(list *policy.List, a *policy.Acceptance, ever []Finding) string {
	var codes, subjects []string
	for _, f := range ever {
		switch {
		case f.stem != list.Stem:
		case f.Subject == a.Subject:
			codes = append(codes, f.Code)
		case f.Code == a.Code:
			subjects = append(subjects, f.Subject)
		}
	}
	return cmp.Or(policy.Nearest(a.Code, codes), policy.Nearest(a.Subject, subjects))
}
