package site

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/diagram"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
	"github.com/basic-eldercare/eldercare/policy/words"
)

// data is what decide.js reads: all answers of one jurisdiction on one day, and the words for them.
// An elder is a list of cells there, one for each axis; 0 is not known.
type data struct {
	Jurisdiction string      `json:"jurisdiction"`
	On           policy.Date `json:"on"`
	Digest       string      `json:"digest"`
	Attributes   []attribute `json:"attributes"` // in the order of questions
	Axes         []axis      `json:"axes"`
	Links        []link      `json:"links"`
	// Exists are diagrams of which attributes can go together. An answer of null is nobody.
	Exists   []diagramOf[struct{}] `json:"exists"`
	Services []service             `json:"services"` // as a decision lists them
	Monthly  []string              `json:"monthly"`  // the measures that a total adds up
	Choices  []choice              `json:"choices"`
	Ahead    ahead                 `json:"ahead"`
}

// ahead is what months.js needs to look at coming months.
type ahead struct {
	Age         int          `json:"age"` // the attribute that a date of birth gives, -1 when none does
	CountingDay int          `json:"counting_day"`
	Until       *policy.Date `json:"until"` // the next day on which the lists change, null when none is known
	// Calendars are the services of monthly cash that are paid by a calendar of their own.
	Calendars []string `json:"calendars"`
}

// inBoth is a text in Chinese and in English.
type inBoth [2]string

// attribute is what is asked at once. A set has an axis for each of its values.
type attribute struct {
	Name   string               `json:"name"`
	Type   policy.AttributeType `json:"type"`
	Label  inBoth               `json:"label"`
	First  int                  `json:"first"`            // its first axis
	Values []inBoth             `json:"values,omitempty"` // by cell, from 1; of a set by axis
	Min    int                  `json:"min"`
	Max    int                  `json:"max"`
	Unit   inBoth               `json:"unit"`
	// Starts are the least numbers of the cells, from 1.
	Starts []int `json:"starts,omitempty"`
}

// axis is an attribute, or one value of a set.
type axis struct {
	Attribute  int   `json:"attribute"`
	AskedOf    int   `json:"asked_of"` // -1 when everybody is asked
	AskedCells []int `json:"asked_cells"`
	// Classes tells cells apart that contradictions and other attributes tell apart.
	Classes runs `json:"classes"`
}

// link is an attribute that gives another: to each cell of From a cell of To, 0 for none.
type link struct {
	From  int   `json:"from"`
	To    int   `json:"to"`
	Gives []int `json:"gives"`
}

// runs says something of every cell of an axis: pairs of a first cell and what holds from it on.
type runs []int

func (r *runs) add(cell, of int) {
	if n := len(*r); n == 0 || (*r)[n-1] != of {
		*r = append(*r, cell, of)
	}
}

// diagramOf is a decision diagram. A node is its axis, followed by runs of what comes next: the
// number of a node, or below 0 the answer -1-n.
type diagramOf[A any] struct {
	Root    int     `json:"root"`
	Nodes   [][]int `json:"nodes"`
	Answers []*A    `json:"answers"` // nil for elders who cannot exist
}

// service is a service with its answers.
type service struct {
	ID      string       `json:"id"`
	Name    inBoth       `json:"name"`
	Item    string       `json:"item"`
	Classes map[int]runs `json:"classes"` // by axis, the cells that its rules tell apart
	diagramOf[answer]
}

// answer is what an elder has of a service, as a decision says it.
type answer struct {
	Entitled      *decide.Entitlement  `json:"entitled,omitempty"`
	Possible      []decide.Possibility `json:"possible,omitempty"`
	Discretionary *decide.Entitlement  `json:"discretionary,omitempty"`
	Needs         []int                `json:"needs"` // the axes that settle it
	Ranks         map[int]int          `json:"ranks"` // of its promise in each choice
	Words         promised             `json:"words"`
}

// promised are the amounts of an answer in words.
type promised struct {
	Certain       []inBoth `json:"certain,omitempty"`
	UpTo          []inBoth `json:"up_to,omitempty"`
	Discretionary []inBoth `json:"discretionary,omitempty"`
}

// choice is a group of promises of which only the highest is paid.
type choice struct {
	Members map[string]string `json:"members"` // the measure of each service
	Reason  string            `json:"reason"`
	Cite    []string          `json:"cite"`
}

// exporter makes the data of a ruleset.
type exporter struct {
	rs    *ruleset.Ruleset
	space *elder.Space
	data  *data
	nodes int // of all diagrams, before those that are alike become one
}

// maxNodes bounds the nodes that are tried. The lists of this module take less than a hundredth.
const maxNodes = 1 << 21

// step counts the nodes of diagrams, and ends the work when there are too many or ctx is done.
func (x *exporter) step(ctx context.Context) func(int) error {
	list := x.rs.Table.Layers[0].List
	return func(int) error {
		if x.nodes++; x.nodes > maxNodes {
			return policy.Diagnostics{{
				Code: "too-large", Severity: policy.SeverityError, Pos: list.Pos,
				Summary: "a browser cannot decide by " + list.Jurisdiction.ID + ": too much has to be told apart",
				Remedy:  "let conditions read fewer attributes, or make a service several services",
			}}
		}
		return ctx.Err()
	}
}

// newData exports the answers of a ruleset. The error is a [policy.Diagnostics] where a rule is
// opaque or too much would have to be told apart.
func newData(ctx context.Context, rs *ruleset.Ruleset) (*data, error) {
	if err := opaque(rs.Table); err != nil {
		return nil, err
	}
	rs = rs.AssumeKnown(false) // the page asks for what is missing
	x := &exporter{rs: rs, space: rs.Table.Space, data: &data{Jurisdiction: rs.Jurisdiction.ID, On: rs.On, Digest: rs.Digest}}
	x.attributes()
	x.choices()
	if err := x.exists(ctx); err != nil {
		return nil, err
	}
	if err := x.services(ctx); err != nil {
		return nil, err
	}
	x.rank()
	x.ahead()
	return x.data, nil
}

// ahead tells what a look at coming months rests on.
func (x *exporter) ahead() {
	layers := x.rs.Table.Layers
	x.data.Ahead = ahead{Age: -1, CountingDay: max(1, layer.CountingDay(layers)), Calendars: []string{}}
	for _, in := range x.space.Vocabulary.Inputs {
		if i, ok := x.space.Index(in.Gives); ok && in.Type == policy.BirthDate {
			x.data.Ahead.Age = x.data.Axes[i].Attribute
		}
	}
	for _, s := range x.data.Services {
		monthly := func(measure string) bool { return slices.Contains(x.data.Monthly, measure) }
		calendar := layer.Payment(layers, s.ID, "") != nil || slices.ContainsFunc(layer.Scheduled(layers, s.ID), monthly)
		if calendar && slices.ContainsFunc(s.Answers, x.paysMonthly) {
			x.data.Ahead.Calendars = append(x.data.Ahead.Calendars, s.ID)
		}
	}
}

// paysMonthly reports whether an answer has monthly cash.
func (x *exporter) paysMonthly(a *answer) bool {
	return a != nil && a.Entitled != nil && slices.ContainsFunc(x.data.Monthly, func(measure string) bool {
		_, pays := a.Entitled.Promises[measure]
		return pays
	})
}

// nextTurn returns the next day on which what is in force in the jurisdiction changes, or nil when
// none is known.
func nextTurn(c *policy.Catalog, rs *ruleset.Ruleset) *policy.Date {
	for _, day := range c.Turns(rs.Jurisdiction.ID) {
		if day.After(rs.On) {
			return &day
		}
	}
	return nil
}

// opaque returns an error for each service with a rule that no table holds.
func opaque(t *table.Table) error {
	var wrong policy.Diagnostics
	for _, o := range t.Opaque {
		wrong = append(wrong, policy.Diagnostic{
			Code: "opaque-rule", Severity: policy.SeverityError, Pos: o.Pos,
			Summary: "a browser cannot decide a rule of " + o.Applied.Service.ID + ": " + o.Reason,
			Remedy:  cmp.Or(o.Remedy, "write it as conditions on single attributes"),
		})
	}
	return wrong.Err()
}

func (x *exporter) attributes() {
	for i := range x.space.Axes {
		of := &x.space.Axes[i]
		if first, _ := x.space.Group(i); first == i {
			x.data.Attributes = append(x.data.Attributes, newAttribute(of, i))
		}
		a := axis{Attribute: len(x.data.Attributes) - 1, AskedOf: of.AskedOf, AskedCells: []int{}, Classes: classes(of, x.coupling(i))}
		for _, cell := range of.AskedCells {
			a.AskedCells = append(a.AskedCells, int(cell))
		}
		x.data.Axes = append(x.data.Axes, a)
		last := &x.data.Attributes[a.Attribute]
		if of.Member != nil {
			last.Values = append(last.Values, inBoth{of.Member.Label, of.Member.English})
		}
	}
	x.data.Links = []link{}
	for i := range x.space.Links {
		l := &x.space.Links[i]
		of := link{From: l.From, To: l.To}
		for cell := range x.space.Axes[l.From].Cells() {
			of.Gives = append(of.Gives, int(l.Given(uint8(cell))))
		}
		x.data.Links = append(x.data.Links, of)
	}
	x.data.Monthly = []string{}
	for _, m := range x.space.Vocabulary.Measures {
		if m.Monthly() {
			x.data.Monthly = append(x.data.Monthly, m.Name)
		}
	}
}

func newAttribute(of *elder.Axis, first int) attribute {
	a := attribute{
		Name: of.Attribute.Name, Type: of.Type, Label: inBoth{of.Attribute.Label, of.English}, First: first, Min: of.Min, Max: of.Max, Unit: inBoth{of.Unit, ""},
	}
	for cell := 1; cell < of.Cells() && of.Member == nil; cell++ {
		if of.Type == policy.Integer {
			low, _ := of.Numbers(uint8(cell))
			a.Starts = append(a.Starts, low)
			continue
		}
		a.Values = append(a.Values, inBoth{of.Words(uint8(cell), false), of.Words(uint8(cell), true)})
	}
	return a
}

// coupling are the sets of cells of an attribute that make a difference whatever the service: to
// contradictions, to what it gives, and to what is asked.
func (x *exporter) coupling(attribute int) []box.Set {
	var sets []box.Set
	add := func(b box.Box) {
		if admits, constrained := b.Side(attribute); constrained {
			sets = append(sets, admits)
		}
	}
	for _, c := range x.rs.Table.Contradictions {
		add(c.Box)
	}
	for i := range x.space.Links {
		if l := &x.space.Links[i]; l.From == attribute {
			for _, b := range l.Disagreeing(x.space) {
				add(b)
			}
		}
	}
	for _, of := range x.space.Axes {
		if of.AskedOf == attribute {
			sets = append(sets, box.SetOf(of.AskedCells...))
		}
	}
	return sets
}

// classes numbers the cells of an axis: those that no set tells apart have the same number.
func classes(of *elder.Axis, sets []box.Set) runs {
	var r runs
	numbers := map[string]int{}
	for cell := 1; cell < of.Cells(); cell++ {
		told := make([]byte, len(sets))
		for i, s := range sets {
			if s.Has(uint8(cell)) {
				told[i] = 1
			}
		}
		number, known := numbers[string(told)]
		if !known {
			number = len(numbers)
			numbers[string(told)] = number
		}
		r.add(cell, number)
	}
	return r
}

func (x *exporter) choices() {
	x.data.Choices = []choice{}
	for _, l := range x.rs.Table.Layers {
		for _, group := range l.List.ChooseHigher {
			c := choice{Members: map[string]string{}, Reason: group.Reason, Cite: decide.Strings(group.Cite)}
			for _, m := range group.Members {
				c.Members[m.Service] = m.Measure
			}
			x.data.Choices = append(x.data.Choices, c)
		}
	}
}

// exists makes the diagrams of those who exist, one for each group of attributes that bear on each
// other.
func (x *exporter) exists(ctx context.Context) error {
	x.data.Exists = []diagramOf[struct{}]{}
	var grouped []int
	for _, b := range x.rs.Table.Binding() {
		if slices.Contains(grouped, b[0].Attribute) {
			continue
		}
		p := x.rs.Table.Projection(nil, b[0].Attribute)
		grouped = append(grouped, p.Attributes()...)
		d, err := diagram.Build(x.space, p.Attributes(), diagram.ConditionsOf(x.space, p), func(c elder.Cells) (int, error) {
			if len(p.Region(c)) == 0 {
				return 0, nil
			}
			return 1, nil
		}, x.step(ctx))
		if err != nil {
			return err
		}
		x.data.Exists = append(x.data.Exists, newDiagram(x.space, d, []*struct{}{nil, {}}))
	}
	return nil
}

// newDiagram writes a diagram.
func newDiagram[A any](space *elder.Space, d *diagram.Diagram, answers []*A) diagramOf[A] {
	numbers := map[*diagram.Node]int{}
	of := diagramOf[A]{Nodes: [][]int{}, Answers: answers}
	for _, n := range d.Nodes { // those behind a node stand before it
		if len(n.Branches) == 0 {
			numbers[n] = -1 - n.Leaf
			continue
		}
		next := make([]int, space.Axes[n.Axis].Cells())
		for _, b := range n.Branches {
			for _, cell := range b.Cells.Cells() {
				next[cell] = numbers[b.To]
			}
		}
		var r runs
		for cell, to := range next {
			r.add(cell, to)
		}
		numbers[n] = len(of.Nodes)
		of.Nodes = append(of.Nodes, append([]int{n.Axis}, r...))
	}
	of.Root = numbers[d.Root]
	return of
}

// services makes the diagrams of all services.
func (x *exporter) services(ctx context.Context) error {
	cases := map[string][]table.Case{}
	for _, c := range x.rs.Table.Distinct() {
		cases[c.Grant.Service] = append(cases[c.Grant.Service], c)
	}
	x.data.Services = []service{}
	for _, id := range x.rs.Services() {
		s, err := x.service(ctx, id, cases[id])
		if err != nil {
			return err
		}
		x.data.Services = append(x.data.Services, s)
	}
	return nil
}

func (x *exporter) service(ctx context.Context, id string, cases []table.Case) (service, error) {
	answers := []*answer{nil} // nobody
	numbers := map[string]int{}
	ask := func(c elder.Cells) (int, error) {
		p := x.space.Profile(c)
		awards, err := x.rs.Service(ctx, &p, id)
		if errors.As(err, new(*elder.Error)) {
			return 0, nil
		}
		if err != nil {
			return 0, err
		}
		a := x.answer(awards)
		text, err := json.Marshal(a)
		if err != nil {
			return 0, err
		}
		number, known := numbers[string(text)]
		if !known {
			number = len(answers)
			numbers[string(text)] = number
			answers = append(answers, a)
		}
		return number, nil
	}
	p := x.rs.Table.Projection(cases)
	d, err := diagram.Build(x.space, p.Attributes(), diagram.ConditionsOf(x.space, p), ask, x.step(ctx))
	if err != nil {
		return service{}, err
	}
	s := service{ID: id, Classes: map[int]runs{}, diagramOf: newDiagram(x.space, d, answers)}
	s.Name, s.Item = x.named(id)
	for _, i := range p.Attributes() {
		var sets []box.Set
		for _, c := range cases {
			if admits, constrained := c.Box.Side(i); constrained {
				sets = append(sets, admits)
			}
		}
		if len(sets) > 0 {
			s.Classes[i] = classes(&x.space.Axes[i], sets)
		}
	}
	return s, nil
}

// named returns the name of a service and its item in the nearest list.
func (x *exporter) named(id string) (inBoth, string) {
	for _, l := range x.rs.Table.Layers {
		if s := l.List.Service(id); s != nil {
			return inBoth{s.Name, x.space.Vocabulary.Service(id).English}, s.Item
		}
	}
	return inBoth{id, id}, ""
}

// answer makes an answer of awards.
func (x *exporter) answer(awards []decide.Award) *answer {
	d := decide.Compose(x.space.Vocabulary, x.rs.Table.Layers, awards)
	a := &answer{Possible: d.Possible, Needs: []int{}, Ranks: map[int]int{}}
	for _, p := range d.Possible {
		a.need(x.space, p.Needs)
		a.Words.UpTo = append(a.Words.UpTo, x.words(p.UpTo, p.UpToBundles)...)
	}
	for i, e := range d.Entitled {
		a.Entitled = &d.Entitled[i]
		a.need(x.space, e.Needs)
		a.Words.Certain = x.words(e.Promises, e.Bundles)
		a.Words.UpTo = append(a.Words.UpTo, x.words(e.UpTo, e.UpToBundles)...)
	}
	for i, e := range d.Discretionary {
		a.Discretionary = &d.Discretionary[i]
		a.need(x.space, e.Needs)
		a.Words.Discretionary = x.words(e.Promises, e.Bundles)
	}
	return a
}

// need adds attributes that settle an answer.
func (a *answer) need(space *elder.Space, attributes []string) {
	for _, name := range attributes {
		if i, _ := space.Index(name); !slices.Contains(a.Needs, i) {
			a.Needs = append(a.Needs, i)
		}
	}
}

// words are promises in words, in the order of the vocabulary.
func (x *exporter) words(promises map[string]policy.Promise, bundles []policy.Bundle) []inBoth {
	var all []inBoth
	for _, m := range x.space.Vocabulary.Measures {
		if p, promised := promises[m.Name]; promised {
			all = append(all, inBoth{words.Promise(m, p, words.Chinese, x.label), words.Promise(m, p, words.English, nil)})
		}
	}
	for _, b := range bundles {
		all = append(all, inBoth{
			words.Bundle(x.space.Vocabulary, b, words.Chinese, x.label), words.Bundle(x.space.Vocabulary, b, words.English, nil),
		})
	}
	return all
}

// label is the label of a parameter in the nearest list that has it.
func (x *exporter) label(parameter string) string { return labelOf(x.rs.Table, parameter) }

func labelOf(t *table.Table, parameter string) string {
	for _, l := range t.Layers {
		for _, p := range l.List.Parameters {
			if p.Name == parameter {
				return p.Label
			}
		}
	}
	return ""
}

// rank numbers the promises of each choice, the least first. Equal ones have the same number.
func (x *exporter) rank() {
	for n, c := range x.data.Choices {
		var all []policy.Promise
		x.promisesOf(c, func(p policy.Promise, _ *answer) { all = append(all, p) })
		slices.SortStableFunc(all, policy.Promise.CompareAmounts)
		all = slices.CompactFunc(all, func(p, q policy.Promise) bool { return p.CompareAmounts(q) == 0 })
		x.promisesOf(c, func(p policy.Promise, a *answer) {
			a.Ranks[n] = slices.IndexFunc(all, func(q policy.Promise) bool { return p.CompareAmounts(q) == 0 })
		})
	}
}

// promisesOf calls visit with every promise of a choice.
func (x *exporter) promisesOf(c choice, visit func(policy.Promise, *answer)) {
	for _, s := range x.data.Services {
		for _, a := range s.Answers {
			if a == nil || a.Entitled == nil {
				continue
			}
			if p, promised := a.Entitled.Promises[c.Members[s.ID]]; promised {
				visit(p, a)
			}
		}
	}
}

// script is the data as a script that assigns it to one constant.
func (d *data) script() ([]byte, error) {
	text, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	return slices.Concat([]byte(`"use strict";`+"\nconst eldercare = "), text, []byte(";\n")), nil
}
