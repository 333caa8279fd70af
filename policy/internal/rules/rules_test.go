package rules_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
	"github.com/basic-eldercare/eldercare/policy/source"
)

// The list of the tests below, one of whose services is its own. Each test replaces a part.
const (
	ownYAML = `jurisdiction: {id: own, code: "149900", name: 本市, level: city, parent: shanxi}
document: {title: 本市清单, basis: official}
effective_from: "2024-01-01"
parameters:
  own_monthly: {label: 标准, unit: cny_per_month, bound: at_least, values: [{from: "2024-01-01", value: 10}], cite: [附件 1]}
  open_monthly: {label: 未定, unit: cny_per_month, bound: set_locally, values: [{from: "2024-01-01", value: null}], cite: [附件 1]}
services:
  - {id: old-age-allowance, item: "1", name: 高龄津贴, group: 老年人, type: 物质帮助, departments: [民政局], access: unstated, inherits: true, cite: [附件 1]}
  - {id: meal-subsidy, item: "2", name: 助餐, group: 老年人, type: 物质帮助, departments: [民政局], access: unstated, cite: [附件 2]}
`
	ownRego = `package lists.own

import data.elder
import data.grant
import data.parameters as p

# METADATA
# title: 助餐
# custom:
#   item: "2"
grants contains grant.promise("meal-subsidy", {"monthly_cny": p.own_monthly}) if {
	elder.is_elder
	input.age >= p.old_age_allowance_age
}
`
)

func TestLoadErrors(t *testing.T) {
	for _, c := range []struct {
		name     string
		old, new string   // in the Rego, or in the YAML when the Rego does not have it
		want     []string // file:line:column code
		says     string   // part of the message
	}{
		{name: "nothing wrong"},
		{
			name: "misspelt attribute", old: "input.age", new: "input.agee",
			want: []string{"rego/lists/own.rego:13:2 unknown-attribute"}, says: `did you mean "age"?`,
		},
		{
			name: "misspelt attribute that is like none", old: "input.age", new: "input.astrological_sign",
			want: []string{"rego/lists/own.rego:13:2 unknown-attribute"}, says: "use an attribute of catalogs/attributes.yaml",
		},
		{
			name: "value of another type", old: "input.age >= p.old_age_allowance_age", new: `startswith(input.age, "8")`,
			want: []string{"rego/lists/own.rego:13:2 rego-type-error"},
		},
		{
			name: "network", old: "input.age >=", new: `http.send({"url": "", "method": "get"}).status_code >=`,
			want: []string{"rego/lists/own.rego:13:2 forbidden-builtin"}, says: "http.send",
		},
		{
			name: "clock", old: "input.age >=", new: "time.now_ns() >=",
			want: []string{"rego/lists/own.rego:13:2 forbidden-builtin"}, says: "time.now_ns",
		},
		{
			name: "environment", old: "input.age >=", new: "opa.runtime().env.AGE >=",
			want: []string{"rego/lists/own.rego:13:2 forbidden-builtin"}, says: "opa.runtime",
		},
		{
			name: "randomness", old: "input.age >=", new: `rand.intn("a", 9) >=`,
			want: []string{"rego/lists/own.rego:13:2 forbidden-builtin"}, says: "rand.intn",
		},
		{
			name: "texts joined that are not written out", old: "input.age >= p.old_age_allowance_age",
			new:  `concat("x", [t | some t in [input.self_care]]) != ""`,
			want: []string{"rego/lists/own.rego:13:2 forbidden-builtin"}, says: "write the texts as literals",
		},
		{
			name: "a text repeated in one step", old: "input.age >= p.old_age_allowance_age", new: `replace(input.self_care, "a", "aa") != ""`,
			want: []string{"rego/lists/own.rego:13:2 forbidden-builtin"}, says: "replace",
		},
		{
			name: "grant for a service that is not listed", old: `promise("meal-subsidy"`, new: `promise("meal-subsidies"`,
			want: []string{"rego/lists/own.rego:11:1 service-not-listed"}, says: `did you mean "meal-subsidy"?`,
		},
		{
			name: "service neither ruled nor inherited", old: ", inherits: true", new: "",
			want: []string{"catalogs/own.yaml:8:5 no-rule"}, says: "has no rule and is not inherited",
		},
		{
			name: "METADATA with a typo in its key", old: "#   item:", new: "#   itm:",
			want: []string{"rego/lists/own.rego:7:1 metadata"}, says: `did you mean "item"?`,
		},
		{
			name: "METADATA with another title", old: "# title: 助餐\n", new: "# title: 助餐补贴\n",
			want: []string{"rego/lists/own.rego:7:1 metadata"}, says: "is not the name",
		},
		{
			name: "wrong item", old: `item: "2"` + "\ngrants", new: `item: "1"` + "\ngrants",
			want: []string{"rego/lists/own.rego:7:1 metadata"}, says: "is not the item",
		},
		{
			name: "unknown parameter", old: "p.own_monthly", new: "p.own_montly",
			want: []string{"rego/lists/own.rego:11:63 unknown-parameter"}, says: `did you mean "own_monthly"?`,
		},
		{
			name: "parameter looked up", old: "p.own_monthly", new: "p[input.self_care]",
			want: []string{"rego/lists/own.rego:11:63 parameter-name"},
		},
		{
			name: "all parameters at once", old: "p.own_monthly", new: `object.get(p, "own_monthly", 0)`,
			want: []string{"rego/lists/own.rego:11:1 parameter-name"},
		},
		{
			name: "all parameters at once, in a helper", old: "	elder.is_elder\n", new: "	elder.is_elder\n	_all\n}\n\n_all if {\n	count(p) > 3\n",
			want: []string{"rego/lists/own.rego:11:1 parameter-name"},
		},
		{
			name: "another list's rules", old: "elder.is_elder", new: "elder.is_elder\n\tcount(data.lists.shanxi.grants) > 0",
			want: []string{"rego/lists/own.rego:13:8 other-list"},
		},
		{
			name: "a document that nobody loads", old: "elder.is_elder", new: "elder.is_elder\n\tdata.regions.own",
			want: []string{"rego/lists/own.rego:13:2 unknown-document"},
		},
		{
			name: "package of another list", old: "package lists.own", new: "package lists.shanxi",
			want: []string{"rego/lists/own.rego:1:1 package-mismatch"}, says: "write package lists.own",
		},
		{
			name: "package at the wrong place", old: "package lists.own", new: "package own",
			want: []string{"rego/lists/own.rego:1:1 package-mismatch"},
		},
		{
			name: "grants that are no set", old: "grants contains grant.promise", new: "grants := grant.promise",
			want: []string{"rego/lists/own.rego:11:1 grant-shape"},
		},
		{
			name: "service id that is computed", old: `grant.promise("meal-subsidy"`, new: `grant.promise(concat("-", ["meal", "subsidy"])`,
			want: []string{"rego/lists/own.rego:11:1 grant-shape"},
		},
		{
			name: "unused import", old: "	elder.is_elder\n", new: "",
			want: []string{"rego/lists/own.rego:3:1 rego-compile-error"},
		},
		{
			name: "unknown measure", old: `"monthly_cny"`, new: `"montly_cny"`,
			want: []string{"rego/lists/own.rego:11:48 unknown-measure"}, says: `did you mean "monthly_cny"?`,
		},
		{
			name: "amount in another unit", old: `"monthly_cny"`, new: `"annual_cny"`,
			want: []string{"rego/lists/own.rego:11:62 measure-unit"}, says: `"cny_per_month"`,
		},
		{
			name: "threshold promised", old: "p.own_monthly", new: "p.old_age_allowance_age",
			want: []string{"rego/lists/own.rego:11:63 promise-shape"},
		},
		{
			name: "syntax", old: "elder.is_elder", new: "elder.is_elder &&",
			want: []string{"rego/lists/own.rego:12:18 rego-parse-error"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := load(t, c.old, c.new)
			if diff := cmp.Diff(c.want, places(err)); diff != "" {
				t.Errorf("(-want +got):\n%s\n%v", diff, err)
			}
			if c.says != "" && !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v\ndoes not say %q", err, c.says)
			}
		})
	}
}

// What only shows when the numbers are known.
func TestReduceErrors(t *testing.T) {
	for _, c := range []struct {
		name     string
		old, new string
		want     []string
		says     string
	}{
		{name: "nothing wrong"},
		{
			name: "arithmetic on a parameter without a value", old: "p.own_monthly", new: amount("p.open_monthly.value * 2", "cny_per_month"),
			want: []string{"rego/lists/own.rego:11:94 null-parameter"}, says: "grant.times",
		},
		{
			name: "comparison computed from a parameter without a value", old: "p.old_age_allowance_age", new: "p.open_monthly.value + 1",
			want: []string{"rego/lists/own.rego:13:15 null-parameter"}, says: "grant.times",
		},
		{
			name: "unknown measure of a helper", old: `{"monthly_cny": p.own_monthly}) if {`, new: "_measures) if {\n\t_measures := {\"montly_cny\": p.own_monthly}",
			want: []string{"rego/lists/own.rego:11:1 unknown-measure"}, says: `did you mean "monthly_cny"?`,
		},
		{
			name: "amount that is no number", old: "p.own_monthly", new: amount(`"10"`, "cny_per_month"),
			want: []string{"rego/lists/own.rego:11:1 promise-shape"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			catalog, set, err := load(t, c.old, c.new)
			if err != nil {
				t.Fatal(err)
			}
			err = reduce(t, catalog, set)
			if diff := cmp.Diff(c.want, places(err)); diff != "" {
				t.Errorf("(-want +got):\n%s\n%v", diff, err)
			}
			if c.says != "" && !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v\ndoes not say %q", err, c.says)
			}
		})
	}
}

// A rule that reads the elder as a whole reads every attribute; one that gets an attribute from the
// elder reads that one.
func TestAttributesRead(t *testing.T) {
	for condition, want := range map[string][]string{
		"input.age >= 60":                        {"age"},
		"elder.unable":                           {"age", "self_care"},
		"not input.self_care in {\"none\"}":      {"age", "self_care"},
		"count(input) > 3":                       nil,
		"some name\n\tinput[name] == true":       nil,
		"object.get(input, \"age\", 0) >= 60":    {"age"},
		"input.age > input.disability_grade * 9": {"age", "disability_grade"},
	} {
		catalog, set, err := load(t, "input.age >= p.old_age_allowance_age", condition)
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			for _, a := range catalog.Vocabulary.Attributes {
				want = append(want, a.Name)
			}
		}
		got := map[string]bool{}
		for _, name := range set.Module("own").Rules[0].Attributes {
			got[name] = true
		}
		all := map[string]bool{}
		for _, name := range want {
			all[name] = true
		}
		if diff := cmp.Diff(all, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", condition, diff)
		}
	}
}

func amount(value, unit string) string {
	return fmt.Sprintf(`{"bound": "at_least", "value": %s, "unit": %q, "parameters": []}`, value, unit)
}

// load loads the list with a part replaced, over the lists that come with the module.
func load(t *testing.T, old, replacement string) (*policy.Catalog, *rules.Set, error) {
	t.Helper()
	yaml, rego := ownYAML, ownRego
	switch {
	case strings.Contains(rego, old):
		rego = strings.Replace(rego, old, replacement, 1)
	case strings.Contains(yaml, old):
		yaml = strings.Replace(yaml, old, replacement, 1)
	default:
		t.Fatalf("nothing to replace: %q", old)
	}
	files := source.NewFiles(source.Source{FS: os.DirFS("../../..")}, source.Source{FS: fstest.MapFS{
		"catalogs/own.yaml": {Data: []byte(yaml)}, "rego/lists/own.rego": {Data: []byte(rego)},
	}})
	catalog, err := source.Load(t.Context(), files, []string{"own"})
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.Load(t.Context(), files, catalog, rules.Limits{})
	return catalog, set, err
}

// parametersOf returns the parameters of the list.
func parametersOf(t *testing.T, catalog *policy.Catalog, set *rules.Set) *rules.Parameters {
	t.Helper()
	on := policy.Date{Year: 2026, Month: 11, Day: 22}
	list, err := catalog.InForce("own", on)
	if err != nil {
		t.Fatal(err)
	}
	return layer.NewResolver(set, catalog).Resolve(catalog.Chain(list, on), on)[0].Parameters
}

func reduce(t *testing.T, catalog *policy.Catalog, set *rules.Set) error {
	t.Helper()
	parameters := parametersOf(t, catalog, set)
	reducer := rules.NewReducer(set)
	for _, r := range set.Module("own").Rules {
		if _, err := reducer.Reduce(t.Context(), r, parameters); err != nil {
			return err
		}
	}
	return nil
}

// places returns the diagnostics of an error as file:line:column code.
func places(err error) []string {
	var problems policy.Diagnostics
	if !errors.As(err, &problems) {
		if err != nil {
			return []string{err.Error()}
		}
		return nil
	}
	var all []string
	for _, d := range problems {
		all = append(all, fmt.Sprintf("%s:%d:%d %s", d.Pos.File, d.Pos.Line, d.Pos.Column, d.Code))
	}
	return all
}
