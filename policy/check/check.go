// Package check proves that a list promises at least what another does, or finds the elder who would lose.
//
// The proof is subtraction of boxes over all elders who can exist: from each case of the upper side the lower side's cases are
// taken away that promise as much. Nothing left is a proof; what is left is where somebody loses, and any elder in it is a
// witness. No witness is shown that plain OPA does not confirm.
package check

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/box"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/layer"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
	"github.com/basic-eldercare/eldercare/policy/table"
	"github.com/basic-eldercare/eldercare/policy/words"
)

// Kind is a kind of finding.
type Kind string

// The kinds of findings.
const (
	Omitted  Kind = "omitted"  // the service is absent from the list
	Narrower Kind = "narrower" // somebody loses the service
	Lower    Kind = "lower"    // somebody gets less of a measure
	Open     Kind = "open"     // a number is left open: the upper floor still holds
)

// Method says what a finding, or its absence, rests on.
type Method string

// The methods.
const (
	Proof  Method = "proof"  // over all elders
	Tested Method = "tested" // on boundary values and random elders: a rule is opaque
)

// Finding is one way in which the list falls short.
type Finding struct {
	Service  string          `json:"service"`
	Kind     Kind            `json:"kind"`
	Severity policy.Severity `json:"severity"`
	Measure  string          `json:"measure,omitempty"`
	Want     *policy.Decimal `json:"want"` // nil when no number is at issue
	Have     *policy.Decimal `json:"have"`
	// Witness is an elder who loses, with as few attributes as possible; those left out are absent (false, none, 0).
	Witness elder.Elder `json:"witness"`
	// Region is where elders lose, in words; Boxes is the same for programs.
	Region string    `json:"region"`
	Boxes  []box.Box `json:"-"`
	Method Method    `json:"method"`
	Child  string    `json:"child"`  // file:line
	Parent string    `json:"parent"` // file:line
	// From is the first of the dates checked on which the finding holds.
	From policy.Date `json:"from"`

	ChildPos  policy.Position `json:"-"`
	ParentPos policy.Position `json:"-"`
}

// Report is the outcome of checking one list against another.
type Report struct {
	Jurisdiction string `json:"jurisdiction"`
	Against      string `json:"against"`
	// Proved and Tested count the services of the upper list without an error: proved over all elders, or only tested.
	Proved   int           `json:"proved"`
	Tested   int           `json:"tested"`
	Dates    []policy.Date `json:"dates"`
	Findings []Finding     `json:"findings"`
	// Services are all services of the upper list.
	Services []string `json:"-"`
	// TestedServices are the services that were tested, not proved.
	TestedServices []string `json:"tested_services,omitempty"`
	// Skipped says why nothing was checked, if so: on the one day that was to be looked at, a list was not in force.
	Skipped string `json:"skipped,omitempty"`
}

// Errors counts the findings that are errors.
func (r *Report) Errors() int {
	n := 0
	for _, f := range r.Findings {
		if f.Severity == policy.SeverityError {
			n++
		}
	}
	return n
}

// Side is one side of a check: what a jurisdiction has in force on a day.
type Side = *ruleset.Ruleset

// At checks what the child declares against what the parent's residents are owed, on one day. It reports services by id.
func At(ctx context.Context, child, parent Side) (*Report, error) {
	c := newChecker(ctx, child, parent)
	r := &Report{Dates: []policy.Date{parent.On}, Services: c.services()}
	for _, service := range r.Services {
		findings, method, err := c.service(service)
		if err != nil {
			return nil, err
		}
		r.Findings = append(r.Findings, findings...)
		if method == Tested {
			r.TestedServices = append(r.TestedServices, service)
		}
	}
	return Merge(child.Jurisdiction.ID, parent.Jurisdiction.ID, []*Report{r}), nil
}

func newChecker(ctx context.Context, child, parent Side) *checker {
	return &checker{ctx: ctx, child: child, parent: parent, space: parent.Table.Space, impossible: parent.Table.Impossible()}
}

// OpenAmounts are the amounts that the child leaves open and the parent states, on one day, without witnesses.
func OpenAmounts(child, parent Side) []Finding {
	c := newChecker(context.Background(), child, parent)
	var findings []Finding
	for _, service := range c.services() {
		upper, lower := c.cases(parent, service, len(parent.Table.Layers)), c.cases(child, service, 1)
		for _, measure := range measures(upper) {
			if f, left, _ := c.shortfall(service, measure, Open, upper, lower); f != nil {
				f.Boxes = box.Cover(left, c.impossible, c.space.Values)
				c.placeChild(f)
				findings = append(findings, *f)
			}
		}
	}
	return findings
}

type checker struct {
	ctx           context.Context
	child, parent Side
	space         *elder.Space
	impossible    []box.Box
}

// services are those that the parent's residents are owed, in printed order, the nearest layer's first.
func (c *checker) services() []string {
	var services []string
	for _, l := range c.parent.Table.Layers {
		for _, s := range l.List.Services {
			promised := slices.ContainsFunc(l.Rules, func(a layer.Applied) bool { return a.Service == s && !a.Discretionary })
			if promised && !slices.Contains(services, s.ID) {
				services = append(services, s.ID)
			}
		}
	}
	return services
}

func (c *checker) service(service string) ([]Finding, Method, error) {
	upper := c.cases(c.parent, service, len(c.parent.Table.Layers))
	lower := c.cases(c.child, service, 1)
	if c.child.Table.Declares(service) && (c.parent.Table.IsOpaque(service) || c.child.Table.IsOpaque(service)) {
		findings, err := c.test(service)
		return findings, Tested, err
	}
	var findings []Finding
	add := func(f *Finding, err error) error {
		if f != nil {
			findings = append(findings, *f)
		}
		return err
	}
	if err := add(c.withheld(service, upper, lower)); err != nil {
		return nil, Proof, err
	}
	if !c.child.Table.Declares(service) {
		return findings, Proof, nil
	}
	for _, measure := range measures(upper) {
		for _, kind := range []Kind{Lower, Open} {
			f, left, promised := c.shortfall(service, measure, kind, upper, lower)
			if f == nil {
				continue
			}
			if err := add(f, c.finish(f, left, promised)); err != nil {
				return nil, Proof, err
			}
		}
	}
	return findings, Proof, nil
}

// cases are the cases of a service that count in a check: promised, not discretionary, of the first layers of a side,
// for elders of whom everything is known.
func (c *checker) cases(side Side, service string, layers int) []table.Case {
	var cases []table.Case
	for _, k := range side.Table.Cases {
		if k.Layer >= layers || k.Grant.Service != service || k.Grant.Discretionary {
			continue
		}
		if b, some := side.Table.Known(k.Box); some {
			k.Box = b
			cases = append(cases, k)
		}
	}
	return cases
}

func measures(cases []table.Case) []string {
	names := map[string]bool{}
	for _, k := range cases {
		for name := range k.Grant.Measures {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// subtract takes boxes away, and the elders who cannot exist.
func (c *checker) subtract(region, away []box.Box) []box.Box {
	return box.Subtract(box.Subtract(region, away, c.space.Values), c.impossible, c.space.Values)
}

// withheld finds where the parent grants the service and the child does not.
func (c *checker) withheld(service string, upper, lower []table.Case) (*Finding, error) {
	left := c.subtract(table.Boxes(upper), table.Boxes(lower))
	if len(left) == 0 {
		return nil, nil
	}
	f := &Finding{Service: service, Kind: Narrower, Severity: policy.SeverityError}
	if !c.child.Table.Declares(service) {
		f.Kind = Omitted
	}
	return f, c.finish(f, left, upper)
}

// shortfall finds where the parent promises a measure, the child grants the service, and promises less of the measure
// (kind lower) or leaves it open (kind open). It gives the highest promise that is not met, where, and the cases that
// make it.
func (c *checker) shortfall(service, measure string, kind Kind, upper, lower []table.Case) (f *Finding, left []box.Box, by []table.Case) {
	promised := slices.DeleteFunc(slices.Clone(upper), func(k table.Case) bool { _, ok := k.Grant.Measures[measure]; return !ok })
	slices.SortStableFunc(promised, func(a, b table.Case) int { return b.Grant.Measures[measure].Compare(a.Grant.Measures[measure]) })
	var granted, open, numbered []box.Box
	for _, k := range lower {
		granted = append(granted, k.Box)
		switch p, ok := k.Grant.Measures[measure]; {
		case ok && p.Open():
			open = append(open, k.Box)
		case ok:
			numbered = append(numbered, k.Box)
		}
	}
	open = box.Subtract(open, numbered, c.space.Values) // where a number is promised too, that is the best
	for len(promised) > 0 {
		want := promised[0].Grant.Measures[measure]
		n := 1 // the cases that promise the same
		for n < len(promised) && promised[n].Grant.Measures[measure].Compare(want) == 0 {
			n++
		}
		by, promised = promised[:n], promised[n:]
		var enough []box.Box
		for _, l := range lower {
			if p, ok := l.Grant.Measures[measure]; ok && p.Meets(want) {
				enough = append(enough, l.Box)
			}
		}
		left = within(c.subtract(table.Boxes(by), enough), granted, c.space.Values)
		f = &Finding{Service: service, Kind: kind, Severity: policy.SeverityError, Measure: measure, Want: want.Value}
		if kind == Open {
			f.Severity = policy.SeverityWarning
			left = within(left, open, c.space.Values)
		} else {
			left = box.Subtract(left, open, c.space.Values)
		}
		if len(left) > 0 {
			return f, left, by
		}
	}
	return nil, nil, nil
}

// within is the part of a region, of disjoint boxes, that lies in one of the boxes, again disjoint.
func within(region, boxes []box.Box, all func(int) box.Set) []box.Box {
	var parts []box.Box
	for _, b := range boxes {
		for _, r := range region {
			if both, some := r.Intersect(b); some {
				parts = append(parts, box.Subtract([]box.Box{both}, parts, all)...)
			}
		}
	}
	return parts
}

// finish fills in the region, the witness and the places, and confirms the witness.
func (c *checker) finish(f *Finding, left []box.Box, upper []table.Case) error {
	f.Method, f.From = Proof, c.parent.On
	f.Boxes = box.Cover(left, c.impossible, c.space.Values)
	texts := make([]string, len(f.Boxes))
	for i, b := range f.Boxes {
		texts[i] = words.Box(c.space, b, words.Names)
	}
	f.Region = join(texts)
	cells, err := c.witness(f)
	if err != nil {
		return err
	}
	c.place(f, cells, upper)
	return nil
}

func join(texts []string) string {
	out := texts[0]
	for _, t := range texts[1:] {
		out += "; or " + t
	}
	return out
}

// place names the file and line of the rule that promises, and of what falls short of it.
func (c *checker) place(f *Finding, cells elder.Cells, upper []table.Case) {
	for _, k := range upper {
		if k.Box.Contains(func(a int) uint8 { return cells[a] }) {
			f.ParentPos = k.Rule.Pos
			break
		}
	}
	c.placeChild(f)
	f.Child, f.Parent = lineOf(f.ChildPos), lineOf(f.ParentPos)
}

// placeChild names where the child lists the service, or else its file.
func (c *checker) placeChild(f *Finding) {
	f.ChildPos = c.child.Table.Layers[0].List.Pos
	if s := layer.Find(c.child.Table.Layers[0].List, f.Service); s != nil {
		f.ChildPos = s.Pos
	}
}

func lineOf(p policy.Position) string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

// witness picks the plainest elder of the finding's region, and has plain OPA confirm the loss on both sides.
func (c *checker) witness(f *Finding) (elder.Cells, error) {
	needed := f.Boxes[0]
	possible := box.Subtract([]box.Box{needed}, c.impossible, c.space.Values)
	full := c.plainest(possible)
	shown := c.shown(full, needed)
	confirmed, err := c.loses(f, c.space.Close(shown))
	if err == nil && !confirmed {
		shown = full
		confirmed, err = c.loses(f, full)
	}
	if err != nil {
		return full, err
	}
	if !confirmed {
		return full, fmt.Errorf("internal: plain OPA does not confirm that %s falls short of %s in %s", c.child.Jurisdiction.ID, c.parent.Jurisdiction.ID, f.Service)
	}
	f.Witness = c.space.Elder(shown)
	return full, nil
}

// plainest is the elder of the boxes with the fewest values other than false, none and 0.
func (c *checker) plainest(boxes []box.Box) elder.Cells {
	var best elder.Cells
	fewest := -1
	for _, b := range boxes {
		var cells elder.Cells
		unusual := 0
		for i := range c.space.Axes {
			cell, plain := c.plainestCell(i, b)
			cells[i] = cell
			if !plain {
				unusual++
			}
		}
		if fewest < 0 || unusual < fewest {
			best, fewest = cells, unusual
		}
	}
	return best
}

// plainestCell is the plainest cell that a box admits of an attribute, and whether it is the one that stands for nothing.
func (c *checker) plainestCell(attribute int, b box.Box) (uint8, bool) {
	axis := &c.space.Axes[attribute]
	admits, constrained := b.Side(attribute)
	if !constrained {
		admits = c.space.Values(attribute)
	}
	if nothing := axis.AbsentCell(); admits.Has(nothing) {
		return nothing, true
	}
	return admits.Cells()[0], false
}

// shown keeps of an elder what the region needs and what is not false, none or 0.
func (c *checker) shown(full elder.Cells, needed box.Box) elder.Cells {
	var shown elder.Cells
	for i := range c.space.Axes {
		_, constrained := needed.Side(i)
		nothing := c.space.Axes[i].AbsentCell()
		if constrained || full[i] != nothing && nothing != elder.Absent {
			shown[i] = full[i]
		}
	}
	return shown
}

// loses asks plain OPA whether an elder loses as the finding says, and notes what the child promises.
func (c *checker) loses(f *Finding, cells elder.Cells) (bool, error) {
	want, err := c.award(c.parent, len(c.parent.Table.Layers), cells, f.Service)
	if err != nil || want == nil {
		return false, err
	}
	have, err := c.award(c.child, 1, cells, f.Service)
	if err != nil {
		return false, err
	}
	if f.Kind == Narrower || f.Kind == Omitted {
		return have == nil, nil
	}
	if have == nil {
		return false, nil
	}
	promised, ok := have.Promises[f.Measure]
	f.Have = nil
	if ok {
		f.Have = promised.Value
	}
	return !ok || !promised.Meets(want.Promises[f.Measure]), nil
}

// award is what plain OPA grants an elder of a service in the first layers of a side, nil when nothing.
func (c *checker) award(side Side, layers int, cells elder.Cells, service string) (*decide.Award, error) {
	held, err := side.Oracle().Service(c.ctx, c.space.Input(cells), service, layers)
	if err != nil {
		return nil, err
	}
	for _, a := range decide.Awards(side.Table.Layers, held) {
		if !a.Discretionary {
			return &a, nil
		}
	}
	return nil, nil
}
