package rules

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/basic-eldercare/eldercare/internal/lazy"
	"github.com/basic-eldercare/eldercare/policy"
)

// EvaluationError says that OPA cannot evaluate a rule for one elder: where, at what, and what to
// do. It does not repeat what is said of the elder. The other elders can be answered.
type EvaluationError struct {
	policy.Diagnostic
}

// Error returns the diagnostic on one line.
func (e *EvaluationError) Error() string { return cmp.Or(e, &EvaluationError{}).String() }

// Unwrap returns the error as [policy.Diagnostics].
func (e *EvaluationError) Unwrap() error {
	return policy.Diagnostics{cmp.Or(e, &EvaluationError{}).Diagnostic}
}

// failed returns an error of OPA's evaluation for one elder.
func (m *Module) failed(ctx context.Context, err error) error {
	d, ok := failure(err)
	if !ok || ctx.Err() != nil {
		return broken(ctx, err)
	}
	m.place(&d)
	return &EvaluationError{d}
}

// place gives an error without a place the beginning of the module.
func (m *Module) place(d *policy.Diagnostic) {
	if d.Pos.File == "" {
		d.Pos = policy.Position{File: m.file, Line: 1, Column: 1}
	}
}

// broken returns why an evaluation was stopped, or what else went wrong.
func broken(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// noPromise returns the error of a rule that grants one elder something that is not a promise. What
// it grants may depend on the elder and is not repeated.
func (r *Rule) noPromise(err error) error {
	var ds policy.Diagnostics
	if !errors.As(err, &ds) || len(ds) == 0 {
		return err
	}
	return &EvaluationError{policy.Diagnostic{
		Code: "evaluation", Severity: policy.SeverityError, Pos: ds[0].Pos,
		Summary: "what the rule grants this elder is not a promise of a measure in its unit", Remedy: promiseRemedy,
	}}
}

// failure returns our words for OPA's message on an evaluation that failed. OPA's own messages
// repeat operands, and so what is said of the elder.
func failure(err error) (policy.Diagnostic, bool) {
	var e *topdown.Error
	if !errors.As(err, &e) || topdown.IsCancel(err) {
		return policy.Diagnostic{}, false
	}
	d := policy.Diagnostic{Code: "evaluation", Severity: policy.SeverityError, Pos: position(e.Location)}
	builtin, _, _ := strings.Cut(e.Message, ":")
	operand := wrongOperand().FindStringSubmatch(e.Message)
	rule := severalValues().FindStringSubmatch(e.Message)
	switch {
	case operand != nil && operand[4] == "null":
		d.Code = "null-parameter"
		d.Summary = "the rule computes with a parameter that has no value"
		d.Remedy = "compute with grant.times, which leaves the amount open, or give the parameter a value"
	case operand != nil:
		d.Summary = fmt.Sprintf("operand %s of %s must be %s, but is %s", operand[2], operand[1], operand[3], operand[4])
		d.Remedy = "check its type in an earlier condition"
	case rule != nil:
		d.Summary = rule[1] + " has several values at once"
		d.Remedy = "make the conditions of its definitions exclude each other, or join them by else"
	case e.Code == topdown.ConflictErr:
		d.Summary, d.Remedy = "a key of an object has several values at once", "make each key occur only once"
	case strings.HasSuffix(e.Message, " by zero"):
		d.Summary, d.Remedy = "division by zero", "exclude zero in an earlier condition"
	case ast.BuiltinMap[builtin] != nil:
		d.Summary = "the builtin " + builtin + " fails on what it is given"
		d.Remedy = "exclude this in an earlier condition"
	default:
		d.Summary, d.Remedy = "OPA cannot evaluate this", "write it in another way"
	}
	return d, true
}

// These patterns take from OPA's messages the names of builtins, rules and types, and never a
// value.
var (
	wrongOperand  = lazy.Regexp(`^([a-z0-9_.]+): operand (\d+) must be ([a-z{}, ]+) but got (null|boolean|number|string|array|object|set)$`)
	severalValues = lazy.Regexp(`^(?:rule|function) (?:data\.)?(?:lists\.[a-z0-9_]+\.)?([A-Za-z0-9_.]+) produced conflicting values`)
)
