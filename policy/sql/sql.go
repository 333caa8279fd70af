// Package sql writes the decision table of a jurisdiction on a day as SQL. The database that holds
// a register then decides for all of it, on one machine or on many, without a program of ours
// beside it.
//
// # Why it is the same answer
//
// No rule is translated. What an elder has of a service is a function of the few attributes of its
// view, with missing as a value like others. That function becomes a decision diagram:
// [ruleset.Ruleset.Service] is asked once for all elders who do not differ in anything that the
// answer depends on. So SQL has exactly the answers that Go has, for elders with blanks as for
// others. The diagram becomes boxes: conditions on single columns joined by AND, boxes joined by
// OR, one outcome after another: nothing, where that takes few boxes, then the greatest first. So a
// service is one CASE that gives the number of an outcome. Everything else, such as statuses and
// amounts, is looked up by numbers.
//
// An array of all combinations of values would also be exact, but it grows with their product, and
// nobody could read it. Formulas for certain and possible by box algebra would be as short. But
// they would have to repeat what answers do with linked measures and amounts that may rise.
//
// # NULL
//
// SQL's NULL is not our unknown: a OR NOT a is NULL in SQL, and certain for us. So nothing depends
// on it. IS NULL tells that a column is missing. Every other condition has a form that is not true
// of NULL, and no condition is ever negated. So what stands behind WHEN is either true or not.
//
// # Bounds
//
// What a service becomes is bounded: its diagram, outcomes and boxes, the steps that it takes to
// find them, and the size of a script. Each bound is more than twenty times what the lists of this
// module need. Anything larger is an error that names the place of the service. So is an
// opaque rule, which is not a table, unless its service is to be left out. So are choices of the
// highest that overlap, whose certain sum is not the sum of what single services bring.
package sql

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

// These are the table and the views of a script.
const (
	ElderTable   = "elder"          // what is given of each elder: to be filled
	readView     = "elder_read"     // with what is derived, and what is wrong with a row by itself
	checkedView  = "elder_checked"  // with the code of what is wrong
	answerView   = "elder_answer"   // of each elder who is not refused, the number of the outcome of each service
	outcomeView  = "outcome"        // what the numbers mean
	DecisionView = "decision"       // one row an elder
	LongView     = "decision_long"  // one row for each elder, service and measure
	TotalView    = "decision_total" // one row: counts and sums
	RefusedView  = "refused"        // who has no decision, and why
)

// Statement is a statement of a script, with comments before it. It ends without a semicolon.
type Statement struct {
	Name string // of the table or view that it makes, drops or looks at
	Text string
}

// Column is a column of the table of elders.
type Column struct {
	Name string
	Of   string // the attribute or date of birth that it holds, or id
}

// Script makes the table and the views of a jurisdiction on a day.
type Script struct {
	Dialect Dialect
	// Tables make the table of elders, if there is none. Views drop the views that there may be, and
	// make them again.
	Tables, Views []Statement
	// Columns lists the columns of the table of elders.
	Columns []Column
	// LeftOut lists the services that have no column because a rule of theirs is opaque, with the place
	// of the rule.
	LeftOut []string

	header string // the comments before all statements
}

// Options say which script to make.
type Options struct {
	Dialect Dialect
	Partial bool // services with an opaque rule are left out
}

// New returns the script of a ruleset. To it what is missing of an elder is unknown, whatever the
// ruleset assumes. The error is a [policy.Diagnostics] if a rule is opaque, a
// service is too large, or there is nobody to ask about.
func New(ctx context.Context, rs *ruleset.Ruleset, o Options) (*Script, error) {
	if !o.Dialect.Known() {
		return nil, fmt.Errorf("there is no dialect %q; use one of %v", o.Dialect, Dialects())
	}
	rs = rs.AssumeKnown(false)
	leftOut, wrong := opaque(rs.Table)
	if o.Partial {
		wrong = nil
	}
	c := &compiler{Dialect: o.Dialect, rs: rs, space: rs.Table.Space, leftOut: leftOut}
	cases, ids := casesOf(rs.Table)
	for _, id := range ids {
		if c.isLeftOut(id) {
			continue
		}
		s, err := compileService(ctx, rs, id, cases[id])
		if problem := (policy.Diagnostics{}); errors.As(err, &problem) {
			wrong = append(wrong, problem...)
			continue
		}
		if err != nil {
			return nil, err
		}
		c.services = append(c.services, s)
	}
	wrong = append(wrong, overlapping(rs.Table)...)
	if err := wrong.Err(); err != nil {
		return nil, err
	}
	return c.script(ctx)
}

// opaque returns the opaque rules, one a service, and the diagnostics for them unless they may be
// left out.
func opaque(t *table.Table) ([]table.Opaque, policy.Diagnostics) {
	var all []table.Opaque
	var wrong policy.Diagnostics
	for _, o := range t.Opaque {
		if slices.ContainsFunc(all, func(p table.Opaque) bool { return p.Applied.Service.ID == o.Applied.Service.ID }) {
			continue
		}
		all = append(all, o)
		wrong = append(wrong, policy.Diagnostic{
			Code: "opaque-rule", Severity: policy.SeverityError, Pos: o.Pos,
			Summary: fmt.Sprintf("a rule of %s cannot be written as SQL: %s", o.Applied.Service.ID, o.Reason),
			Remedy:  cmp.Or(o.Remedy, "write it as conditions on single attributes") + ", or leave the service out with --partial",
		})
	}
	return all, wrong
}

// overlapping returns an error for each set of choices that overlap: which of several payments a
// possible one takes away depends on all of them together.
func overlapping(t *table.Table) (wrong policy.Diagnostics) {
	for _, chain := range decide.Chains(t.Layers) {
		if chain.Overlaps() {
			last := chain[len(chain)-1]
			wrong = append(wrong, policy.Diagnostic{
				Code: "overlapping-choice", Severity: policy.SeverityError, Pos: last.Pos,
				Summary: "choices that overlap cannot be written as SQL: a possible payment may take away several",
				Remedy:  "name the services in one group, if only one of them is paid",
			})
		}
	}
	return wrong
}

// Statements returns all statements in their order. They belong in one transaction.
func (s *Script) Statements() []Statement { return slices.Concat(s.Tables, s.Views) }

// WriteTo writes the script, with a semicolon after each statement.
func (s *Script) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, s.String())
	return int64(n), err
}

// String returns the script, below a comment that says what it is of. If the dialect can undo what
// it has made, all of it is one transaction, so that a failing statement leaves the earlier answers
// in place.
func (s *Script) String() string {
	all := []string{}
	for _, st := range s.Statements() {
		all = append(all, st.Text)
	}
	if s.Dialect.transacts() {
		all = slices.Concat([]string{"BEGIN"}, all, []string{"COMMIT"})
	}
	return s.header + strings.Join(all, ";\n\n") + ";\n"
}
