// Package sql writes the decision table of a jurisdiction on a day as SQL, so that the database
// that holds a register decides for all of it, on one machine or on many, without a program of ours
// beside it.
//
// # Why it is the same answer
//
// No rule is translated. What an elder has of a service is a function of the few attributes of its
// view, missing being a value like others. That function is made into a decision diagram by asking
// [ruleset.Ruleset.Service] once for all elders whom nothing that the answer depends on tells
// apart; so SQL has the very answers that Go has, for elders with blanks as for others. The diagram
// becomes boxes: conditions on single columns joined by AND, boxes joined by OR, one outcome after
// the other, the greatest first. So a service is one CASE that gives the number of an outcome, and
// all else, such as statuses and amounts, is looked up by numbers.
//
// An array of all combinations of values would be exact, too, but grows with their product, and
// nobody could read it; formulas of certain and possible by box algebra would be as short, but
// would have to do again what answers do with linked measures and amounts that may rise.
//
// # NULL
//
// SQL's NULL is not our unknown: a OR NOT a is NULL for it, and certain for us. So nothing is left
// to it. A column that is missing is told by IS NULL; every other condition is of the form that is
// not true of NULL; and none is ever negated. What stands behind WHEN is then true or not.
//
// # Bounds
//
// What is made of a service is bounded: its diagram, outcomes and boxes, the steps that it takes to
// find them, and the size of a script. Each bound is more than a hundred times what the lists of
// this module take. What would be larger is an error that names the place of the service. So is an
// opaque rule, which is no table, unless its service is to be left out.
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
	"github.com/basic-eldercare/eldercare/policy/internal/table"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

// The table and the views of a script.
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
	// Tables make the table of elders, where there is none. Views drop the views that there may be and
	// make them anew.
	Tables, Views []Statement
	// Columns are those of the table of elders.
	Columns []Column
	// LeftOut are the services that have no column because a rule of theirs is opaque, with the place
	// of the rule.
	LeftOut []string
}

// Options say which script is wanted.
type Options struct {
	Dialect Dialect
	Partial bool // services with an opaque rule are left out
}

// New returns the script of a ruleset. The error is a [policy.Diagnostics] where a rule is opaque,
// a service too large, or nobody can be asked about.
func New(ctx context.Context, rs *ruleset.Ruleset, o Options) (*Script, error) {
	if !o.Dialect.Known() {
		return nil, fmt.Errorf("there is no dialect %q; use one of %v", o.Dialect, Dialects())
	}
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
	if err := wrong.Err(); err != nil {
		return nil, err
	}
	return c.script(ctx)
}

// opaque are the opaque rules, one a service, and what is said of them unless they may be left out.
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

// Statements are all statements in their order. They belong in one transaction.
func (s *Script) Statements() []Statement { return slices.Concat(s.Tables, s.Views) }

// WriteTo writes the script, each statement with a semicolon behind it.
func (s *Script) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, s.String())
	return int64(n), err
}

// String is the script. Where the dialect can take back what it has made, all of it is one
// transaction, so that a statement that fails leaves the answers that were there.
func (s *Script) String() string {
	all := []string{}
	for _, st := range s.Statements() {
		all = append(all, st.Text)
	}
	if s.Dialect.transacts() {
		all = slices.Concat([]string{"BEGIN"}, all, []string{"COMMIT"})
	}
	return strings.Join(all, ";\n\n") + ";\n"
}
