package rules_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
	"github.com/basic-eldercare/eldercare/policy/source"
)

// loaded returns the Rego of the module's own lists, and each list with its parameters on a day.
func loaded(t *testing.T) (*rules.Set, map[*policy.List]*rules.Parameters) {
	t.Helper()
	files := source.NewFiles(source.Source{FS: os.DirFS("../../..")})
	catalog, err := source.Load(t.Context(), files, nil)
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.Load(t.Context(), files, catalog, rules.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	on := policy.Date{Year: 2026, Month: 11, Day: 22}
	parameters := map[*policy.List]*rules.Parameters{}
	for _, list := range catalog.Lists {
		chain := catalog.Chain(list, on)
		var p *rules.Parameters
		for i := len(chain) - 1; i >= 0; i-- {
			p = rules.NewParameters(chain[i], on, p)
		}
		parameters[list] = p
	}
	return set, parameters
}

// reductionsOf reduces the rules of a module one by one.
func reductionsOf(t *testing.T, rd *rules.Reducer, m *rules.Module, p *rules.Parameters) []*rules.Reduction {
	t.Helper()
	reductions := make([]*rules.Reduction, len(m.Rules))
	for i, r := range m.Rules {
		var err error
		if reductions[i], err = rd.Reduce(t.Context(), r, p); err != nil {
			t.Error(err)
		}
	}
	return reductions
}

// Of our own lists the text alone shows that they are right under all parameters: nothing is
// evaluated when they are loaded.
func TestNothingMayFail(t *testing.T) {
	set, lists := loaded(t)
	for list := range lists {
		for _, r := range set.Module(list.Stem).Rules {
			if r.MayFail() || set.MayFail(list) {
				t.Errorf("%s: the rule of %s may fail", list.Stem, r.Service)
			}
		}
	}
}

func TestBrokenOffReductionIsNotKept(t *testing.T) {
	set, lists := loaded(t)
	for list, parameters := range lists {
		m := set.Module(list.Stem)
		rd := rules.NewReducer(set)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for _, r := range m.Rules {
			if _, err := rd.Reduce(ctx, r, parameters); !errors.Is(err, context.Canceled) {
				t.Errorf("%s, %s: the error is %v", list.Stem, r.Service, err)
			}
		}
		for i, reduction := range reductionsOf(t, rd, m, parameters) {
			if reduction.Opaque != nil {
				t.Errorf("%s, %s: opaque: %s", list.Stem, m.Rules[i].Service, reduction.Opaque.Reason)
			}
		}
	}
}

// To be run with -race: reductions and evaluations share compiled modules, and reductions what they
// have worked out.
func TestReductionsAndEvaluationsAtOnce(t *testing.T) {
	set, lists := loaded(t)
	rd := rules.NewReducer(set)
	var group sync.WaitGroup
	for list, parameters := range lists {
		m := set.Module(list.Stem)
		for _, r := range m.Rules {
			group.Go(func() {
				if _, err := rd.Reduce(t.Context(), r, parameters); err != nil {
					t.Error(err)
				}
			})
		}
		group.Go(func() {
			if _, err := rd.Contradictions(t.Context()); err != nil {
				t.Error(err)
			}
		})
		group.Go(func() {
			evaluator, err := m.Evaluator(t.Context(), parameters)
			if err != nil {
				t.Error(err)
				return
			}
			if _, err := evaluator.Grants(t.Context(), map[string]any{"age": 80, "self_care": "none"}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

// reduced returns the one rule of the list under a condition, with helpers below it, and the
// attributes of the elders.
func reduced(t *testing.T, condition, helpers string) (*rules.Reduction, *elder.Space) {
	t.Helper()
	catalog, set, err := load(t, "\tinput.age >= p.old_age_allowance_age\n}\n", "\t"+condition+"\n}\n\n"+helpers+"\n")
	if err != nil {
		t.Fatalf("%s: %v", condition, err)
	}
	reduction, err := rules.NewReducer(set).Reduce(t.Context(), set.Module("own").Rules[0], parametersOf(t, catalog, set))
	if err != nil {
		t.Fatalf("%s: %v", condition, err)
	}
	return reduction, set.Space
}

// admitted returns the values of an attribute for which a rule may hold, nil being none.
func admitted(t *testing.T, r *rules.Reduction, space *elder.Space, attribute string) []any {
	t.Helper()
	i, ok := space.Index(attribute)
	if !ok {
		t.Fatalf("there is no attribute %s", attribute)
	}
	var values []any
	for cell := range space.Axes[i].Cells() {
		for _, c := range r.Cases {
			if admits, constrained := c.Box.Side(i); !constrained || admits.Has(uint8(cell)) {
				values = append(values, space.Axes[i].Value(uint8(cell)))
				break
			}
		}
	}
	return values
}

// A condition that computes with one attribute is the set of the values for which OPA finds it
// true.
func TestArithmeticOnOneAttribute(t *testing.T) {
	for _, c := range []struct {
		condition, helpers string
		attribute          string
		first, last, count int // of the whole numbers admitted; an age goes up to 130, and the rule is for those of 60 and over
		absent             bool
	}{
		{condition: "input.age + 5 >= 85", attribute: "age", first: 80, last: 130, count: 51},
		{condition: "floor(input.age / 10) == 8", attribute: "age", first: 80, last: 89, count: 10},
		{condition: "input.age % 20 == 0", attribute: "age", first: 60, last: 120, count: 4},
		{condition: "x := (input.age + 5) * 2\n\tx >= 170", attribute: "age", first: 80, last: 130, count: 51},
		{condition: "x := input.age * 2\n\tx >= 170\n\tnot x == 180", attribute: "age", first: 85, last: 130, count: 45},
		{condition: "abs(input.age - 80) <= 1", attribute: "age", first: 79, last: 81, count: 3},
		{condition: "not input.age + 5 >= 85", attribute: "age", first: 60, last: 79, count: 20},
		{condition: "not _old", helpers: "_old if input.pension_contribution_years * 2 >= 30", attribute: "pension_contribution_years", last: 14, count: 15, absent: true},
		{condition: "not input.pension_contribution_years * 2 >= 30", attribute: "pension_contribution_years", last: 14, count: 15},
		{condition: "12 / (input.disability_grade + 1) == 4", attribute: "disability_grade", first: 2, last: 2, count: 1},
	} {
		reduction, space := reduced(t, c.condition, c.helpers)
		if reduction.Opaque != nil {
			t.Errorf("%s: opaque, %+v", c.condition, *reduction.Opaque)
			continue
		}
		values := admitted(t, reduction, space, c.attribute)
		absent := len(values) > 0 && values[0] == nil
		if absent {
			values = values[1:]
		}
		if len(values) != c.count || values[0] != c.first || values[c.count-1] != c.last || absent != c.absent {
			t.Errorf("%s: %v", c.condition, values)
		}
	}
	reduction, space := reduced(t, `upper(input.self_care) != "NONE"`, "")
	if diff := cmp.Diff([]any{"full", "partial"}, admitted(t, reduction, space, "self_care")); diff != "" {
		t.Errorf("a word in capitals (-want +got):\n%s", diff)
	}
}

// contradictionsOf returns the contradictions of the shared module with more rules.
func contradictionsOf(t *testing.T, more string) ([]rules.Contradiction, *elder.Space, error) {
	t.Helper()
	shared, err := os.ReadFile("../../../rego/elder.rego")
	if err != nil {
		t.Fatal(err)
	}
	files := source.NewFiles(source.Source{FS: os.DirFS("../../..")}, source.Source{FS: fstest.MapFS{
		"rego/elder.rego": {Data: append(shared, "\n"+more+"\n"...)},
	}})
	catalog, err := source.Load(t.Context(), files, nil)
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.Load(t.Context(), files, catalog, rules.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	all, err := rules.NewReducer(set).Contradictions(t.Context())
	return all, set.Space, err
}

func TestContradictionsReadLikeRules(t *testing.T) {
	all, space, err := contradictionsOf(t, `contradictions contains "mode" if {
	mode := input.support_mode
	not mode == "concentrated"
	input.age + 5 < 10
}`)
	if err != nil {
		t.Fatal(err)
	}
	age, _ := space.Index("age")
	mode, _ := space.Index("support_mode")
	want := box.Box{{Attribute: age, Admits: box.Range(1, 5)}, {Attribute: mode, Admits: box.SetOf(1)}} // up to 4, dispersed
	for _, c := range all {
		if c.Message == "mode" {
			if diff := cmp.Diff(want, c.Box); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			return
		}
	}
	t.Error("the contradiction is not found")
}

// A contradiction refuses people: what is not exactly known to be one is an error.
func TestContradictionsMustBeExact(t *testing.T) {
	const constant = "the message of a contradiction must be a constant text"
	for rule, says := range map[string]string{
		"contradictions contains 1 if input.age == 0":                                                                     constant,
		"contradictions contains input.self_care if {\n\tnot input.self_care == \"full\"\n\tinput.age == 0\n}":            constant,
		"contradictions contains \"young\" if input.age < p.elder_age":                                                    "it reads a parameter",
		"contradictions contains \"a\\nb\" if input.age == 0":                                                             "must be one line, without the character U+000A",
		"contradictions contains \"young\" if not is_elder":                                                               "it reads a parameter",
		`contradictions contains "much" if count(input) > 40`:                                                             "it reads the elder as a whole",
		"contradictions contains \"two\" if _tier == 1\n\n_tier := 1 if input.age <= 60\n\n_tier := 2 if input.age >= 60": "_tier has several values at once",
		"contradictions contains \"grade\" if 1 / input.disability_grade > 9":                                             "division by zero",
	} {
		_, _, err := contradictionsOf(t, rule)
		if got := places(err); len(got) != 1 || !strings.HasPrefix(got[0], "rego/elder.rego:125:") || !strings.HasSuffix(got[0], " opaque-contradiction") {
			t.Errorf("%s: %v, %v", rule, got, err)
		} else if !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", rule, err)
		}
	}
}

// Attributes that contradict each other by how they compare are told exactly: here 20 years and
// more are paid before the age of 22.
func TestContradictionsOfTwoAttributes(t *testing.T) {
	all, space, err := contradictionsOf(t, "contradictions contains \"years\" if {\n\tinput.pension_contribution_years >= 20\n\tinput.pension_contribution_years > input.age - 2\n\tinput.age < 22\n}")
	if err != nil {
		t.Fatal(err)
	}
	age, _ := space.Index("age")
	years, _ := space.Index("pension_contribution_years")
	var boxes []box.Box
	for _, c := range all {
		if c.Message == "years" {
			boxes = append(boxes, c.Box)
		}
	}
	for a := range 131 {
		for y := range 61 {
			point := box.Box{{Attribute: age, Admits: box.SetOf(uint8(a + 1))}, {Attribute: years, Admits: box.SetOf(uint8(y + 1))}}
			met := slices.ContainsFunc(boxes, func(b box.Box) bool { _, some := b.Intersect(point); return some })
			if want := y >= 20 && y > a-2 && a < 22; met != want {
				t.Fatalf("at the age of %d with %d years: %v", a, y, met)
			}
		}
	}
}
