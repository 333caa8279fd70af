// Package cases runs the tests of lists: the cases of catalogs/cases, which are worked out by hand
// from the texts, and tests written in Rego. It also reports which parts of a list no case reaches,
// and suggests elders who would reach them.
package cases

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
	"github.com/basic-eldercare/eldercare/policy/source"
)

// Kind is the language of a test.
type Kind string

// The kinds of tests.
const (
	InYAML Kind = "case"
	InRego Kind = "rego"
)

// Report is the outcome of a run.
type Report struct {
	Tests    []Test     `json:"tests"`              // by file and line
	Coverage []Coverage `json:"coverage,omitempty"` // of each list, when it was asked for
}

// Failed returns the tests that did not pass.
func (r *Report) Failed() []Test {
	return slices.DeleteFunc(slices.Clone(cmp.Or(r, &Report{}).Tests), Test.Passed)
}

// Test is a case, or a test in Rego, with its outcome.
type Test struct {
	Kind        Kind            `json:"kind"`
	Name        string          `json:"name"` // the note of a case; package and name of a test in Rego
	Item        string          `json:"item,omitempty"`
	Pos         policy.Position `json:"position"`
	Differences []Difference    `json:"differences,omitempty"` // of a case
	Failed      string          `json:"failed,omitempty"`      // why a test in Rego did not pass
}

// Passed reports whether the test passed.
func (t Test) Passed() bool { return t.Failed == "" && len(t.Differences) == 0 }

// These are the values of [Difference].By: whose answer the difference is about.
const (
	ByTable  = "table"  // of the decision table, and maybe of plain OPA, too
	ByOPA    = "opa"    // of plain OPA alone
	ByEither = "either" // what is wanted is the table's, and what is got plain OPA's; the case is silent
)

// Difference is one thing in which the answer differs from what a case wants, or in which the two
// ways to answer differ.
type Difference struct {
	Service string          `json:"service,omitempty"` // empty for the cash of a month
	Want    string          `json:"want"`
	Got     string          `json:"got"`
	By      string          `json:"by"` // [ByTable], [ByOPA] or [ByEither]
	Pos     policy.Position `json:"position"`
}

// Runner runs tests of a catalog.
type Runner struct {
	Files   *source.Files
	Catalog *policy.Catalog
	Rules   func(ctx context.Context, jurisdiction string, on policy.Date) (*ruleset.Ruleset, error)
	// Today is the day of a case that names none. If its list is not in force then, the nearest day
	// counts on which it is.
	Today policy.Date
	// Folders names the sources whose tests run, and Jurisdictions the jurisdictions. Nil stands
	// for all.
	Folders       []string
	Jurisdictions []string
	// Limits bounds the memory that tests in Rego may use. No test may take longer than ten
	// seconds.
	Limits ruleset.Limits
	// Cover asks for the coverage of each list.
	Cover bool
}

// Run runs the tests. The error is [policy.Diagnostics] when a file of tests is wrong, a list has
// no case, or there is nothing to run.
func (r *Runner) Run(ctx context.Context) (*Report, error) {
	var wrong policy.Diagnostics
	files, err := source.Cases(r.Files, r.Catalog.Vocabulary, r.wants)
	if err := collect(&wrong, err); err != nil {
		return nil, err
	}
	tests, err := rules.RunTests(ctx, r.Files, r.Catalog, r.Limits, func(folder, path string) bool {
		_, name, _ := strings.Cut(path, "rego/lists/")
		return r.wants(folder, strings.TrimSuffix(name, "_test.rego"))
	})
	if err := collect(&wrong, err); err != nil {
		return nil, err
	}
	r.untested(files, &wrong)
	report, done := &Report{}, map[string][]worked{}
	for _, f := range files {
		list := r.listOf(f.Stem)
		if list == nil {
			continue // which is reported
		}
		for _, c := range f.Cases {
			w, err := r.work(ctx, list, c)
			if err := collect(&wrong, err); err != nil {
				return nil, err
			}
			report.Tests = append(report.Tests, w.test)
			done[list.Stem] = append(done[list.Stem], w)
		}
	}
	for _, t := range tests {
		report.Tests = append(report.Tests, Test{Kind: InRego, Name: t.Name, Failed: t.Failed, Pos: t.Pos})
	}
	if err := wrong.Err(); err != nil {
		return nil, err
	}
	if r.Cover {
		err = r.cover(ctx, report, done)
	}
	return report, err
}

// collect adds diagnostics to others, and gives back an error of any other kind.
func collect(to *policy.Diagnostics, err error) error {
	var more policy.Diagnostics
	if !errors.As(err, &more) {
		return err
	}
	*to = append(*to, more...)
	return nil
}

// wants reports whether a file of tests is run, by its folder and stem; shared rules, which belong
// to no list, have none.
func (r *Runner) wants(folder, stem string) bool {
	if r.Folders != nil && !slices.Contains(r.Folders, folder) {
		return false
	}
	if r.Jurisdictions == nil {
		return true
	}
	list := r.listOf(stem)
	if list == nil { // of a list that is not loaded, or of none; a misnamed file begins as the jurisdiction does
		return slices.ContainsFunc(r.Jurisdictions, func(id string) bool { return stem == id || strings.HasPrefix(stem, id+"_") })
	}
	return slices.Contains(r.Jurisdictions, list.Jurisdiction.ID)
}

// listOf is the list that has a stem, or is amended by the file that has it; nil when there is
// none.
func (r *Runner) listOf(stem string) *policy.List {
	for _, l := range r.Catalog.Lists {
		if slices.Contains(l.Stems(), stem) {
			return l
		}
	}
	return nil
}

// lists are the lists whose own file stands in a folder that is tested.
func (r *Runner) lists() []*policy.List {
	return slices.DeleteFunc(slices.Clone(r.Catalog.Lists), func(l *policy.List) bool {
		return !r.wants(r.Files.FolderOf("catalogs/"+l.Stem+".yaml"), l.Stem)
	})
}

// untested reports the lists that have no case.
func (r *Runner) untested(files []*policy.CaseFile, wrong *policy.Diagnostics) {
	lists := r.lists()
	for _, l := range lists {
		if !slices.ContainsFunc(files, func(f *policy.CaseFile) bool { return slices.Contains(l.Stems(), f.Stem) }) {
			wrong.Errorf("no-cases", l.Pos, "write them, worked out from the text, in catalogs/cases/"+l.Stem+".yaml", "the list has no cases")
		}
	}
	if len(lists)+len(files) == 0 && len(*wrong) == 0 {
		wrong.Errorf("nothing-tested", policy.Position{}, "name a folder or a jurisdiction with lists", "there is nothing to test")
	}
}

// worked is a case with its elder as the list sees them.
type worked struct {
	test  Test
	wants []policy.Expectation
	on    policy.Date
	cells elder.Cells // with what is missing taken as absent
}

// work runs a case by the table and by plain OPA. The error is [policy.Diagnostics] when the elder
// cannot be answered.
func (r *Runner) work(ctx context.Context, list *policy.List, c *policy.TestCase) (worked, error) {
	w := worked{test: Test{Kind: InYAML, Name: c.Note, Item: c.Item, Pos: c.Pos}, wants: c.Wants, on: c.On}
	if w.on.IsZero() {
		w.on = r.dayOf(list)
	}
	rules, err := r.Rules(ctx, list.Jurisdiction.ID, w.on)
	if notYet := new(policy.NotInForceError); errors.As(err, &notYet) {
		return w, wrongCase("not-in-force", c.Pos, "name a day on which a list is in force", notYet.Error())
	}
	if err != nil {
		return w, err
	}
	if of := rules.Table.Layers[0].List; of.Stem != list.Stem {
		return w, wrongCase("other-version", c.Pos, "name a day "+r.inForce(list)+", or move the case to catalogs/cases/"+of.Stem+".yaml",
			fmt.Sprintf("on %s the list %s is in force, not %s", w.on, of.Stem, list.Stem))
	}
	p, err := rules.Encode(c.Elder)
	if input := new(elder.Error); errors.As(err, &input) {
		return w, wrongElder(c, input)
	}
	if err != nil {
		return w, err
	}
	closed := rules.Close(p)
	w.cells = closed.Cells()
	known := rules.AssumeKnown(true)
	table, err := known.DecideFor(ctx, &p)
	if err == nil {
		plain, asked := known.Ask(ctx, &p)
		if err = asked; err == nil {
			w.test.Differences = differences(c, table, plain)
		}
	}
	if input := new(elder.Error); errors.As(err, &input) {
		return w, wrongElder(c, input)
	}
	if failed := new(ruleset.EvaluationError); errors.As(err, &failed) {
		return w, wrongCase("unanswered", c.Pos, "correct the rule, or the elder", failed.Error())
	}
	return w, err
}

// dayOf is the day of cases that name none: today, or the nearest day on which the list is in
// force.
func (r *Runner) dayOf(list *policy.List) policy.Date {
	if r.Today.Before(list.EffectiveFrom) {
		return list.EffectiveFrom
	}
	last := r.lastDay(list)
	if !last.IsZero() && r.Today.After(last) {
		return last
	}
	return r.Today
}

// lastDay is the last day on which a list is in force, zero when there is none.
func (r *Runner) lastDay(list *policy.List) policy.Date {
	last := list.Until
	for _, next := range r.Catalog.ListsOf(list.Jurisdiction.ID) {
		if end := next.EffectiveFrom.AddDays(-1); next.EffectiveFrom.After(list.EffectiveFrom) && (last.IsZero() || end.Before(last)) {
			last = end
		}
	}
	return last
}

// inForce says in words when a list is in force.
func (r *Runner) inForce(list *policy.List) string {
	if last := r.lastDay(list); !last.IsZero() {
		return fmt.Sprintf("from %s to %s", list.EffectiveFrom, last)
	}
	return fmt.Sprintf("from %s on", list.EffectiveFrom)
}

func wrongCase(code string, at policy.Position, remedy, what string) error {
	return policy.Diagnostics{{Code: code, Severity: policy.SeverityError, Pos: at, Summary: "the case cannot be answered: " + what, Remedy: remedy}}
}

// wrongElder says what is wrong with the elder of a case, each where it stands.
func wrongElder(c *policy.TestCase, err *elder.Error) error {
	var wrong policy.Diagnostics
	for _, p := range err.Problems {
		at := c.Pos
		if len(p.Attributes) > 0 {
			if given, ok := c.Given[p.Attributes[0]]; ok {
				at = given
			}
		}
		summary := p.Message
		if len(p.Attributes) > 0 {
			summary = strings.Join(p.Attributes, ", ") + ": " + p.Message
		}
		wrong.Errorf(p.Code, at, "correct the elder of the case", "%s", summary)
	}
	return wrong
}
