package rules_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
	"github.com/basic-eldercare/eldercare/policy/source"
)

// The small world has seven attributes, one of them a set, so that plain OPA can be asked about
// every elder there is: 25,920 of them, what they do not tell included.
const (
	smallAttributes = `
attributes:
  age: {label: 年龄, english: age, type: integer, min: 60, max: 66, unit: 岁}
  pension_contribution_years: {label: 年限, english: years, type: integer, min: 0, max: 4, unit: 年}
  economic_hardship: {label: 困难, english: hardship, type: boolean}
  living_alone: {label: 独居, english: alone, type: boolean}
  assistance_category:
    {label: 救助, english: category, type: enum, values: {none: {label: 无, english: none}, dibao: {label: 低保, english: dibao}, dibao_marginal: {label: 边缘, english: marginal}}}
  support_mode: {label: 方式, english: mode, type: enum, values: {dispersed: {label: 散, english: dispersed}, concentrated: {label: 集, english: concentrated}}}
  disabilities: {label: 残疾, english: disabilities, type: set, values: {visual: {label: 视力, english: visual}, hearing: {label: 听力, english: hearing}}}
inputs: {}
`
	smallMeasures = `
measures:
  monthly_cny: {label: 钱, english: money, unit: cny_per_month}
  housing_support: {label: 房, english: housing, unit: flag}
`
	smallServices = `
types: {物质帮助: {english: material}}
services: {meal-subsidy: {name: 助餐, english: meals}}
`
	smallElder = `package elder

import data.parameters as p

is_elder if input.age >= p.elder_age

contradictions contains "nobody is both" if {
	input.assistance_category == "dibao"
	input.assistance_category == "none"
}
`
	// The figures change once, and one has no value from then on.
	smallList = `
jurisdiction: {id: %[1]s, code: "%[2]s", name: %[1]s, level: province}
document: {title: 文, basis: official}
effective_from: "2024-01-01"
parameters:
  elder_age: {label: 岁, unit: years, values: [{from: "2024-01-01", value: 62}, {from: "2025-01-01", value: 64}], cite: [一]}
  amount: {label: 钱, unit: cny_per_month, bound: at_least, values: [{from: "2024-01-01", value: 100}, {from: "2025-01-01", value: 120}], cite: [一]}
  third: {label: 比, unit: multiple, bound: at_least, values: [{from: "2024-01-01", value: 1/3}], cite: [一]}
  per_year: {label: 每年, unit: cny_per_month, bound: at_least, values: [{from: "2024-01-01", value: 10}, {from: "2025-01-01", value: null}], cite: [一]}
services:
  - {id: meal-subsidy, item: "1", name: 助餐, group: 人, type: 物质帮助, departments: [局], access: unstated, cite: [一]}
`
	smallPackage = `package lists.%s

import data.elder
import data.grant
import data.parameters as p

_every_import if {
	elder.is_elder
	p.elder_age
	grant.included
}
`
	smallRule = `
# METADATA
# title: 助餐
# custom:
#   item: "1"
grants contains grant.promise("meal-subsidy", {%s}) if {
	%s
}
`
)

// smallDays are a day before the figures change, and one after.
var smallDays = []policy.Date{{Year: 2024, Month: 6, Day: 1}, {Year: 2025, Month: 6, Day: 1}}

// smallText is a rule of the small world, with its helpers: what is promised, the conditions, and
// what stands below. A second clause, if there is one, promises the usual amount under other
// conditions.
type smallText struct{ measures, conditions, helpers, second string }

// usual is what is usually promised.
const usual = `"monthly_cny": p.amount`

// paid returns a rule that pays the amount under conditions.
func paid(conditions, helpers string) smallText {
	return smallText{measures: usual, conditions: conditions, helpers: helpers}
}

func (s smallText) String() string {
	rule := fmt.Sprintf(smallRule, s.measures, strings.ReplaceAll(s.conditions, "\n", "\n\t"))
	if s.second != "" {
		rule += fmt.Sprintf(smallRule, usual, strings.ReplaceAll(s.second, "\n", "\n\t"))
	}
	if s.helpers != "" {
		rule += "\n" + s.helpers + "\n"
	}
	return rule
}

// small is a catalog of lists in the small world, one rule each. One reducer serves them all.
type small struct {
	texts   map[string]smallText // by list
	catalog *policy.Catalog
	set     *rules.Set
	reducer *rules.Reducer
	refused map[string]error // the lists that do not load
}

// smallFiles returns the files of a catalog in which each rule is a list of its own, named after
// its place: r10, r11 and so on.
func smallFiles(texts []smallText) (fstest.MapFS, error) {
	grant, err := os.ReadFile("../../../rego/grant.rego")
	if err != nil {
		return nil, err
	}
	files := fstest.MapFS{
		"catalogs/attributes.yaml": {Data: []byte(smallAttributes)}, "catalogs/measures.yaml": {Data: []byte(smallMeasures)},
		"catalogs/services.yaml": {Data: []byte(smallServices)},
		"rego/elder.rego":        {Data: []byte(smallElder)}, "rego/grant.rego": {Data: grant},
	}
	for i, text := range texts {
		stem := smallStem(i)
		files["catalogs/"+stem+".yaml"] = &fstest.MapFile{Data: fmt.Appendf(nil, smallList, stem, fmt.Sprintf("%d0000", 11+i))}
		files["rego/lists/"+stem+".rego"] = &fstest.MapFile{Data: fmt.Appendf(nil, smallPackage+"%s", stem, text)}
	}
	return files, nil
}

func smallStem(i int) string { return fmt.Sprintf("r%d", 10+i) }

// loadSmall loads each rule as a list of its own.
func loadSmall(texts []smallText) (*small, error) {
	files, err := smallFiles(texts)
	if err != nil {
		return nil, err
	}
	s := &small{texts: map[string]smallText{}, refused: map[string]error{}}
	for i, text := range texts {
		s.texts[smallStem(i)] = text
	}
	all := source.NewFiles(source.Source{FS: files})
	if s.catalog, err = source.Load(context.Background(), all, nil); err != nil {
		return nil, err
	}
	s.set, err = rules.Load(context.Background(), all, s.catalog, rules.Limits{})
	if err := s.refuse(err); err != nil {
		return nil, err
	}
	s.reducer = rules.NewReducer(s.set)
	return s, nil
}

// refuse notes the lists that an error of loading is about. It returns the error when that is about
// no list.
func (s *small) refuse(err error) error {
	var problems policy.Diagnostics
	if err != nil && !errors.As(err, &problems) {
		return err
	}
	for _, d := range problems {
		stem := strings.TrimSuffix(strings.TrimPrefix(d.Pos.File, "rego/lists/"), ".rego")
		if _, ok := s.texts[stem]; !ok {
			return err
		}
		s.refused[stem] = errors.Join(s.refused[stem], policy.Diagnostics{d})
	}
	return nil
}

// smallRuleOn is a clause of a list on a day: reduced, and as plain OPA answers it.
type smallRuleOn struct {
	clause    int
	others    []*smallRuleOn // of the list
	space     *elder.Space
	text      string
	reduction *rules.Reduction // nil when the rule is refused
	refusal   error
	granted   []string // by each case
	evaluator *rules.Evaluator
}

// on reduces the clauses of a list on a day. A panic is an error.
func (s *small) on(ctx context.Context, stem string, day policy.Date) (clauses []*smallRuleOn, err error) {
	defer func() {
		if said := recover(); said != nil {
			err = fmt.Errorf("panic: %v", said)
		}
	}()
	list, err := s.catalog.InForce(stem, day)
	if err != nil {
		return nil, err
	}
	module, parameters := s.set.Module(stem), rules.NewParameters(list, day, nil)
	evaluator, err := module.Evaluator(ctx, parameters)
	if err != nil {
		return nil, err
	}
	for i, rule := range module.Rules {
		r := &smallRuleOn{clause: i, space: s.set.Space, text: s.texts[stem].String(), evaluator: evaluator}
		if r.reduction, r.refusal = s.reducer.Reduce(ctx, rule, parameters); ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if r.refusal == nil {
			for _, c := range r.reduction.Cases {
				r.granted = append(r.granted, grantText(c.Grant))
			}
		}
		clauses = append(clauses, r)
	}
	for i, r := range clauses {
		r.others = slices.Concat(clauses[:i], clauses[i+1:])
	}
	return clauses, nil
}

// byCases returns what the cases grant an elder, each once, sorted.
func (r *smallRuleOn) byCases(c elder.Cells) []string {
	var all []string
	for i, one := range r.reduction.Cases {
		if one.Box.Contains(func(attribute int) uint8 { return c[attribute] }) {
			all = append(all, r.granted[i])
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// byOPA returns what plain OPA grants an elder, each once, sorted.
func (r *smallRuleOn) byOPA(ctx context.Context, c elder.Cells) ([]string, error) {
	held, err := r.evaluator.Grants(ctx, r.space.Input(c))
	if err != nil {
		return nil, err
	}
	var all []string
	for _, h := range held {
		if h.Rule.Index == r.clause {
			all = append(all, grantText(h.Grant))
		}
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// grantText returns a grant as text, equal for equal grants.
func grantText(g rules.Grant) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %v", g.Service, g.Discretionary)
	for _, name := range slices.Sorted(maps.Keys(g.Measures)) {
		p := g.Measures[name]
		value := "open"
		if p.Value != nil {
			value = p.Value.String()
		}
		fmt.Fprintf(&b, ", %s %s %s %q by %q", name, p.Bound, value, p.Missing, p.Parameters)
	}
	return b.String()
}

// outcome is what is claimed of a rule.
type outcome string

const (
	exact   outcome = "exact"   // cases, and nobody for whom plain OPA cannot answer
	opaque  outcome = "opaque"  // nothing: plain OPA answers
	failing outcome = "failing" // that plain OPA cannot answer for somebody
)

// outcome returns what is claimed of the rule.
func (r *smallRuleOn) outcome() outcome {
	switch {
	case r.refusal != nil || r.reduction.Failing != nil:
		return failing
	case r.reduction.Opaque != nil:
		return opaque
	}
	return exact
}

// verdict is what the comparison of a rule with plain OPA says; the fault is empty when all is
// right.
type verdict struct {
	outcome                   outcome
	compared, granted, failed int // elders
	fault                     string
}

// compare holds what is claimed of a rule against plain OPA, for the elders given; all says that
// they are all there are.
func (r *smallRuleOn) compare(ctx context.Context, elders iter.Seq[elder.Cells], all bool) verdict {
	v := verdict{outcome: r.outcome()}
	for c := range elders {
		want, err := r.byOPA(ctx, c)
		v.compared++
		switch {
		case err != nil:
			v.failed++
		case len(want) > 0:
			v.granted++
		}
		if v.outcome != exact || err != nil && slices.ContainsFunc(r.others, func(o *smallRuleOn) bool { return o.outcome() != exact }) {
			continue // where another clause fails, the list has no answer
		}
		got := r.byCases(c)
		if err != nil {
			v.fault = fmt.Sprintf("%v: plain OPA cannot answer: %v\nthe cases say %q", r.space.Input(c), err, got)
			return v
		}
		if !slices.Equal(got, want) {
			v.fault = fmt.Sprintf("%v: plain OPA grants %q\nthe cases say %q", r.space.Input(c), want, got)
			return v
		}
	}
	if v.outcome == failing && all && v.failed == 0 {
		v.fault = fmt.Sprintf("it is refused, though plain OPA answers every elder: %v", r.refusal)
	}
	return v
}

var inputNamed = regexp.MustCompile(`\binput\b(?:\.([a-z_]+)|, \[?"([a-z_]+)")?`)

// named returns the attributes that the text of the rule names; all when it does more with the
// input.
func (r *smallRuleOn) named() []int {
	named := map[string]bool{"age": strings.Contains(r.text, "elder.")}
	for _, match := range inputNamed.FindAllStringSubmatch(r.text, -1) {
		named[match[1]+match[2]] = true
	}
	var attributes []int
	for i, axis := range r.space.Axes {
		if named[axis.Attribute.Name] || named[""] {
			attributes = append(attributes, i)
		}
	}
	return attributes
}

// elders returns all combinations of what the rule names, beside something random of what it does
// not; at random so many when these are more. It reports whether they are all.
func (r *smallRuleOn) elders(random *rand.Rand, most int) (iter.Seq[elder.Cells], bool) {
	attributes, combinations := r.named(), 1
	for _, a := range attributes {
		combinations *= r.space.Axes[a].Cells()
	}
	return func(yield func(elder.Cells) bool) {
		for n := range min(most, combinations) {
			if combinations > most {
				n = random.IntN(combinations)
			}
			var c elder.Cells
			for i := range r.space.Axes {
				c[i] = uint8(random.IntN(r.space.Axes[i].Cells()))
			}
			for _, a := range attributes {
				c[a] = uint8(n % r.space.Axes[a].Cells())
				n /= r.space.Axes[a].Cells()
			}
			if r.wholly(&c); !yield(c) {
				return
			}
		}
	}, combinations <= most
}

// wholly makes of the set, which random cells give in part, one that is given or missing.
func (r *smallRuleOn) wholly(c *elder.Cells) {
	axes := r.space.Indexes("disabilities")
	for _, i := range axes[1:] {
		switch {
		case c[axes[0]] == elder.Absent:
			c[i] = elder.Absent
		case c[i] == elder.Absent:
			c[i] = 1
		}
	}
}

// allElders are all elders of the small world.
func (r *smallRuleOn) allElders(yield func(elder.Cells) bool) {
	var c elder.Cells
	var each func(attribute int) bool
	each = func(attribute int) bool {
		if attribute == len(r.space.Axes) {
			whole := c
			r.wholly(&whole)
			return whole != c || yield(c)
		}
		for cell := range r.space.Axes[attribute].Cells() {
			c[attribute] = uint8(cell)
			if !each(attribute + 1) {
				return false
			}
		}
		return true
	}
	each(0)
}

// smallOf loads one rule, which must load.
func smallOf(t *testing.T, text smallText, day policy.Date) *smallRuleOn {
	t.Helper()
	s, err := loadSmall([]smallText{text})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.refused[smallStem(0)]; err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	clauses, err := s.on(t.Context(), smallStem(0), day)
	if err != nil {
		t.Fatal(err)
	}
	return clauses[0]
}
