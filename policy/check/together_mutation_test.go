package check_test

import (
	"fmt"
	"slices"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/check"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
)

// TestMutantsTogether adds to each list, one at a time, an exclusion between any two of its
// services and a choice between any two payments. Where somebody has both, the check must find it,
// and each witness must lose by plain OPA; where nobody has, it must find nothing. A list without
// its choices is no worse.
func TestMutantsTogether(t *testing.T) {
	for _, j := range load(t).Jurisdictions() {
		t.Run(j.ID, func(t *testing.T) {
			t.Parallel()
			o := originalOf(t, j.ID)
			var worse, harmless []mutant
			for _, p := range o.pairs() {
				m := p.mutant(o)
				if o.somebodyHas(p) {
					worse = append(worse, m)
				} else {
					harmless = append(harmless, m)
				}
			}
			free := o.copied()
			free.name, free.catalog = "without choices", func(root *yaml.Node) { drop(root, "choose_higher") }
			var sum tally
			o.each(t, append(sample(harmless, effort.Of(60, 60, 1)), free), func(tr trial) { o.sound(t, tr, &sum) })
			o.each(t, sample(worse, effort.Of(60, 60, 1)), func(tr trial) { o.killedTogether(t, tr, &sum) })
			t.Logf("%v", sum)
		})
	}
}

// pair are two promises of which one is not to be had beside the other.
type pair struct {
	has, denied policy.Member
	choice      bool
}

// pairs returns all exclusions between two services of a list, and all choices between two monthly
// payments of which it has none yet: what is left out already is not lost again.
func (o *original) pairs() []pair {
	var services, payments []policy.Member
	for _, c := range o.rules.Table.Cases {
		if c.Grant.Discretionary || o.List.Service(c.Grant.Service) == nil {
			continue
		}
		services = append(services, policy.Member{Service: c.Grant.Service})
		for measure := range c.Grant.Measures {
			if decide.IsMonthlyCash(o.rules.Table.Space.Vocabulary, measure) {
				payments = append(payments, policy.Member{Service: c.Grant.Service, Measure: measure})
			}
		}
	}
	var all []pair
	for _, of := range [][]policy.Member{services, payments} {
		for _, a := range of {
			for _, b := range of {
				p := pair{a, b, a.Measure != ""}
				if a.Service != b.Service && !slices.Contains(all, p) && !slices.Contains(all, pair{b, a, true}) && !(p.choice && (o.chooses(a) || o.chooses(b))) {
					all = append(all, p)
				}
			}
		}
	}
	return all
}

// chooses reports whether a list, or one above it, may leave out a payment already.
func (o *original) chooses(m policy.Member) bool {
	for _, l := range o.rules.Table.Layers {
		for _, c := range l.List.ChooseHigher {
			if slices.Contains(c.Members, m) {
				return true
			}
		}
	}
	return false
}

// somebodyHas reports whether an elder who can exist has both promises.
func (o *original) somebodyHas(p pair) bool {
	table := o.rules.Table
	boxes := func(m policy.Member) (all []box.Box) {
		for _, c := range table.Cases {
			_, promises := c.Grant.Measures[m.Measure]
			if known, some := table.Known(c.Box); some && c.Grant.Service == m.Service && !c.Grant.Discretionary && (promises || m.Measure == "") {
				all = append(all, known)
			}
		}
		return all
	}
	for _, a := range boxes(p.has) {
		for _, b := range boxes(p.denied) {
			if both, some := a.Intersect(b); some && !box.Covered([]box.Box{both}, table.Impossible(), table.Space.Values) {
				return true
			}
		}
	}
	return false
}

// mutant returns the list with the pair added.
func (p pair) mutant(o *original) mutant {
	m := o.copied()
	m.services = []string{p.has.Service, p.denied.Service}
	key, entry := "excludes", fmt.Sprintf("{has: %s, without: [%s], reason: r, cite: [A]}", p.has.Service, p.denied.Service)
	if p.choice {
		key, entry = "choose_higher", fmt.Sprintf("{members: [{service: %s, measure: %s}, {service: %s, measure: %s}], reason: r, cite: [A]}",
			p.has.Service, p.has.Measure, p.denied.Service, p.denied.Measure)
	}
	m.name = key + ": " + entry
	m.catalog = func(root *yaml.Node) {
		var added yaml.Node
		if err := yaml.Unmarshal([]byte(entry), &added); err != nil {
			panic(err)
		}
		if list := get(root, key); list != nil {
			list.Content = append(list.Content, added.Content[0])
			return
		}
		root.Content = append(root.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, &yaml.Node{Kind: yaml.SequenceNode, Content: added.Content})
	}
	return m
}

// killedTogether judges a mutant that pays less together, or denies a service: it must be found,
// and each witness must lose.
func (o *original) killedTogether(t *testing.T, tr trial, sum *tally) {
	sum.worse++
	if len(tr.report.Findings) == 0 {
		t.Errorf("survived: %s", tr.name)
		return
	}
	sum.killed++
	for _, f := range tr.report.Findings {
		if f.Kind == check.Combined {
			o.paysLess(t, tr, f)
			continue
		}
		lost, err := o.loss(t.Context(), tr, f.Service, f.Witness, f.From)
		if err != nil {
			t.Fatalf("%s: %v", tr.name, err)
		}
		if f.Kind != check.Narrower || lost.kind("") != string(check.Narrower) {
			t.Errorf("%s: %s %s is found with witness %v, plain OPA says %v", tr.name, f.Service, f.Kind, f.Witness, lost)
		}
	}
}

// paysLess judges a finding on what is paid together: its witness has less in all, by plain OPA.
func (o *original) paysLess(t *testing.T, tr trial, f eldercare.Finding) {
	options := []eldercare.EvalOption{eldercare.On(f.From), eldercare.AssumeKnown(), eldercare.PlainOPA()}
	total := func(engine *eldercare.Engine, jurisdiction string) decide.Total {
		d, err := engine.Evaluate(t.Context(), jurisdiction, f.Witness, options...)
		if err != nil {
			t.Fatalf("%s: %v", tr.name, err)
		}
		return d.MonthlyCNY
	}
	owed, has := total(o.engine, o.Jurisdiction.ID), total(tr.engine, tr.id)
	if order := has.Value.Cmp(owed.Value); order > 0 || order == 0 && len(has.NotAdded) <= len(owed.NotAdded) {
		t.Errorf("%s: %v is owed %+v and has %+v", tr.name, f.Witness, owed, has)
	}
}
