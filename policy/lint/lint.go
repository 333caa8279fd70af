// Package lint finds what is probably wrong in a list: branches that overlap, that nobody reaches
// or that add nothing, gaps, unused parameters, figures in rules, rules that cannot be proved, and
// open amounts. It works on the same decision table as the decisions.
//
// A branch is what one rule grants with the same promise. A rule that takes its amounts from a
// table of tiers has several.
//
// A finding can be accepted in the list's YAML, with a reason:
//
//	accepted:
//	  - {code: overlap, subject: old-age-allowance, reason: …}
package lint

import (
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
	"github.com/basic-eldercare/eldercare/policy/words"
)

// These are the codes of findings.
const (
	Overlap             = "overlap"              // two branches promise different amounts to the same elders
	RedundantBranch     = "redundant-branch"     // other branches promise as much to all of its elders
	DeadBranch          = "dead-branch"          // no elder can reach it
	Gap                 = "gap"                  // elders between the branches of a service are left out
	NeverTogether       = "never-together"       // no rule promises linked measures together
	UnusedParameter     = "unused-parameter"     // no rule reads it
	UnusedFigure        = "unused-figure"        // it counts on no day
	LateFigure          = "late-figure"          // it begins after the list
	NullFigure          = "null-figure"          // it is null, though the text does not leave it to a lower level
	HardCoded           = "hard-coded"           // a figure stands in a rule instead of a parameter
	UnitMismatch        = "unit-mismatch"        // an attribute is compared with a figure of another unit
	OpaqueRule          = "opaque"               // evaluated by plain OPA: tested, not proved
	Unanswered          = "unanswered"           // OPA cannot evaluate it for some elders
	Untitled            = "untitled"             // the rule has no title in METADATA
	ReviewDue           = "review-due"           // nobody has looked at it again by the day set
	AmendedFigure       = "amended-figure"       // an amendment states a different number from the text
	OpenAmount          = "open-amount"          // the list above states a number, and this one does not
	IdleChoice          = "idle-choice"          // a group to choose from leaves nothing out
	AmendedGroup        = "amended-group"        // an amendment chooses between services that the text pays, or denies one
	OverlappingChoice   = "overlapping-choice"   // two groups to choose from have a member in common
	IdleExclusion       = "idle-exclusion"       // an exclusion denies nobody anything
	UnusedAcceptance    = "unused-acceptance"    // an acceptance matches no finding
	DuplicateAcceptance = "duplicate-acceptance" // the list already accepts the same
)

// Finding is one thing that lint found. Subject is a service or a parameter.
type Finding struct {
	List     string          `json:"list"` // jurisdiction
	Code     string          `json:"code"`
	Severity policy.Severity `json:"severity"`
	Subject  string          `json:"subject"`
	Message  string          `json:"message"`
	Region   string          `json:"region,omitempty"` // the elders concerned
	Who      string          `json:"-"`                // Region by the Chinese labels of attributes
	Pos      policy.Position `json:"position"`         // in the list's own files, or where a helper of its rules is
	Related  policy.Position `json:"related,omitzero"` // the other place concerned, if there is one
	From     policy.Date     `json:"from,omitzero"`    // the first of the days looked at on which it is found
	// the first later day on which it is no longer found; zero when there is none
	Until    policy.Date `json:"until,omitzero"`
	Accepted string      `json:"accepted,omitempty"` // the reason given in the list

	stem string // of the list
}

// same reports whether two findings of different days say the same.
func (f Finding) same(g Finding) bool {
	f.From, f.Until = g.From, g.Until
	return f == g
}

// List lints the list of a ruleset. Above is the ruleset of the jurisdiction above, or nil at the
// top. Used holds the parameters that rules read, by [Used]. Nothing is found where there are no
// rules.
func List(own, above *ruleset.Ruleset, used map[*policy.Parameter]bool) []Finding {
	if own.IsEmpty() {
		return nil
	}
	if above.IsEmpty() {
		above = nil
	}
	l := &linter{own: own, list: own.Table.Layers[0].List, space: own.Table.Space, impossible: own.Table.Impossible()}
	for _, a := range own.Table.Layers[0].Rules {
		l.branches = append(l.branches, l.branchesOf(a))
	}
	l.untitled()
	l.deadConditions()
	l.deadBranches()
	l.opaqueRules()
	l.failingRules()
	for _, service := range l.list.Services {
		promised, discretionary := l.reached(service.ID, false), l.reached(service.ID, true)
		l.redundant(promised, nil)
		l.redundant(discretionary, promised)
		l.overlaps(service, promised)
		l.overlaps(service, discretionary)
		l.neverTogether(service, slices.Concat(promised, discretionary))
		if l.isKnown(service.ID) {
			l.gaps(service, promised, nil)
			l.gaps(service, discretionary, promised)
		}
	}
	l.choices()
	l.overlappingChoices()
	l.amendedGroups()
	l.exclusions()
	l.unusedParameters(used)
	l.comparisons()
	if above != nil {
		l.openAmounts(above.Table)
	}
	return l.findings
}

type linter struct {
	own        *ruleset.Ruleset
	list       *policy.List
	space      *elder.Space
	impossible []box.Box
	branches   [][]branch // of each rule that the list declares
	findings   []Finding
}

// add adds a finding that concerns a region of elders, which may be empty.
func (l *linter) add(f Finding, region []box.Box) {
	f.List, f.Severity, f.From, f.stem = l.list.Jurisdiction.ID, policy.SeverityWarning, l.own.On, l.list.Stem
	boxes := box.Cover(l.possible(region), l.impossible, l.space.Values)
	f.Region, f.Who = words.Region(l.space, boxes, words.Names), words.Region(l.space, boxes, words.Chinese)
	l.findings = append(l.findings, f)
}

// owns reports whether a rule is the list's own responsibility: it is its own rule, or one that
// runs with a parameter of its own.
func (l *linter) owns(a layer.Applied) bool {
	return l.wrote(a) || slices.ContainsFunc(l.list.Parameters, func(p *policy.Parameter) bool {
		return slices.Contains(a.Parameters, p.Name)
	})
}

// wrote reports whether a rule stands in the list's own Rego or in that of an amendment.
func (l *linter) wrote(a layer.Applied) bool { return slices.Contains(l.list.Stems(), a.Stem) }

// place returns the place for a finding on a rule. For an inherited rule that is where the list
// names the service, and the rule is the related place.
func (l *linter) place(a layer.Applied) (pos, related policy.Position) {
	if l.wrote(a) {
		return a.Pos, policy.Position{}
	}
	return a.Service.Pos, a.Pos
}

// isOpaque reports whether a rule that the list declares is evaluated by plain OPA.
func (l *linter) isOpaque(a layer.Applied) bool {
	return slices.ContainsFunc(l.own.Table.Opaque, func(o table.Opaque) bool { return o.Layer == 0 && o.Applied.Rule == a.Rule })
}

// isKnown reports whether all rules by which the list declares a service are cases. Otherwise
// nobody knows whom they leave out.
func (l *linter) isKnown(service string) bool {
	return !slices.ContainsFunc(l.own.Table.Opaque, func(o table.Opaque) bool { return o.Layer == 0 && o.Applied.Service.ID == service })
}

// possible returns a region without the elders who cannot exist.
func (l *linter) possible(region []box.Box) []box.Box {
	return box.Subtract(region, l.impossible, l.space.Values)
}

// untitled reports the list's own rules that do not tell their readers which service they belong
// to.
func (l *linter) untitled() {
	for _, a := range l.own.Table.Layers[0].Rules {
		if l.wrote(a) && a.Title == "" {
			message := "the rule has no title; write above the rule: # METADATA, # title: " + a.Service.Name
			l.add(Finding{Code: Untitled, Subject: a.Service.ID, Message: message, Pos: a.Pos}, nil)
		}
	}
}

func (l *linter) opaqueRules() {
	for _, o := range l.own.Table.Opaque {
		if o.Layer == 0 && l.owns(o.Applied) {
			message := "the rule cannot be proved, because " + o.Reason + ": " + o.Expression + "; " + o.Remedy
			l.addAt(o.Applied, o.Pos, Finding{Code: OpaqueRule, Message: message}, nil)
		}
	}
}

// failingRules reports the rules that OPA cannot evaluate for some elders.
func (l *linter) failingRules() {
	for _, f := range l.own.Table.Failing {
		if f.Layer == 0 && l.owns(f.Applied) {
			message := "OPA cannot evaluate the rule for every elder: " + f.Summary + "; " + f.Remedy
			l.addAt(f.Applied, f.Pos, Finding{Code: Unanswered, Message: message}, []box.Box{f.Box})
		}
	}
}

// addAt adds a finding on a place in a rule. For an inherited rule it stands where the list names
// the service.
func (l *linter) addAt(a layer.Applied, pos policy.Position, f Finding, region []box.Box) {
	f.Subject, f.Pos = a.Service.ID, pos
	if !l.wrote(a) {
		f.Pos, f.Related = a.Service.Pos, pos
	}
	l.add(f, region)
}
