package table_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
)

// denying are a province, of which who has nursing gets no allowance, and who has an allowance no
// meals; and a city of the same services that inherits them, and grants who is 90 an allowance of
// its own. Rules are conditions, by service, two of them with ";".
func denying(rules map[string]string) fstest.MapFS {
	const service = "  - {id: %s, item: \"%d\", name: 名, group: g, type: 物质帮助, departments: [d], access: unstated, cite: [A]%s}\n"
	order := []string{"old-age-allowance", "nursing-subsidy", "meal-subsidy"}
	files := fstest.MapFS{}
	for id, of := range map[string][2]string{"tp": {`code: "990000", level: province`, ""}, "tc": {`code: "990100", level: city, parent: tp`, ", inherits: true"}} {
		list := fmt.Sprintf("jurisdiction: {id: %[1]s, name: 名, %[2]s}\ndocument: {title: t, basis: official}\neffective_from: \"2024-01-01\"\nservices:\n", id, of[0])
		for i, s := range order {
			list += fmt.Sprintf(service, s, i+1, of[1])
		}
		if id == "tp" {
			list += "parameters:\n  elder_age: {label: l, unit: years, values: [{from: \"2024-01-01\", value: 60}], cite: [A]}\n" +
				"excludes:\n  - {has: old-age-allowance, without: [meal-subsidy], reason: r, cite: [A]}\n" +
				"  - {has: nursing-subsidy, without: [old-age-allowance], reason: r, cite: [A]}\n"
		}
		files["catalogs/"+id+".yaml"] = &fstest.MapFile{Data: []byte(list)}
	}
	const rule = "\n# METADATA\n# title: 名\n# custom:\n#   item: \"%d\"\ngrants contains grant.%s(%q, {}) if {\n\t%s\n}\n"
	own := "package lists.tp\n\nimport data.grant\n"
	for i, s := range order {
		for condition := range strings.SplitSeq(rules[s], ";") {
			kind := "promise"
			if after, permitted := strings.CutPrefix(condition, "may "); permitted {
				kind, condition = "discretionary", after
			}
			own += fmt.Sprintf(rule, i+1, kind, s, condition)
		}
	}
	files["rego/lists/tp.rego"] = &fstest.MapFile{Data: []byte(own)}
	files["rego/lists/tc.rego"] = &fstest.MapFile{Data: fmt.Appendf([]byte("package lists.tc\n\nimport data.grant\n"), rule, 1, "promise", order[0], "input.age >= 90")}
	return files
}

// Who has a service that denies another does not have that by any case, be the first denied to some
// itself: what is permitted denies nothing. The city's own rule falls under no exclusion of the
// province's.
func TestExclusions(t *testing.T) {
	tab, err := compiled(t, "tc", denying(map[string]string{
		"nursing-subsidy": "input.living_alone;may input.local_hukou", "old-age-allowance": "input.age >= 80", "meal-subsidy": "input.age >= 70",
	}))
	if err != nil {
		t.Fatal(err)
	}
	of := func(name string) int { i, _ := tab.Space.Index(name); return i }
	for _, tt := range []struct {
		age          int
		alone, hukou uint8 // 1 is no
		want         string
	}{
		{70, 1, 1, "meal 0, meal 1"},
		{80, 1, 1, "old 0, old 1"}, // and so no meals
		{80, 1, 2, "old 0, nursing 0 permitted, old 1, nursing 1 permitted"},
		{80, 2, 1, "nursing 0, meal 0, nursing 1, meal 1"}, // no allowance, and so meals
		{90, 2, 1, "old 0, nursing 0, nursing 1, meal 1"},  // the city's own allowance, and so no meals by the city
	} {
		var cells elder.Cells
		cells[of("age")], cells[of("living_alone")], cells[of("local_hukou")] = uint8(1+tt.age), tt.alone, tt.hukou
		var got []string
		for _, c := range tab.Cases {
			if c.Box.Contains(func(a int) uint8 { return cells[a] }) {
				name, _, _ := strings.Cut(c.Grant.Service, "-")
				name = fmt.Sprint(name, " ", c.Layer)
				if c.Grant.Discretionary {
					name += " permitted"
				}
				got = append(got, name)
			}
		}
		if diff := cmp.Diff(tt.want, strings.Join(got, ", ")); diff != "" {
			t.Errorf("%+v: %s", tt, diff)
		}
	}
	var denied []string
	for _, d := range tab.Denied {
		denied = append(denied, fmt.Sprint(d.Layer, " ", d.Grant.Service, " by ", d.By.Has, ": ", len(d.Whom)))
	}
	// Meals are denied by the allowance of the province without nursing, and, in the city, by its own,
	// too.
	want := []string{
		"1 old-age-allowance by nursing-subsidy: 1", "1 meal-subsidy by old-age-allowance: 1",
		"0 old-age-allowance by nursing-subsidy: 2", "0 meal-subsidy by old-age-allowance: 3",
	}
	if diff := cmp.Diff(want, denied); diff != "" {
		t.Errorf("denied: %s", diff)
	}
}

// Where a rule is opaque that gives what denies, nobody knows whom it leaves: each rule that it
// denies is opaque once, because of it. One that is only permitted denies nothing.
func TestExclusionsByOpaqueRules(t *testing.T) {
	for condition, want := range map[string]string{
		"count(input) > 2":     "tp 0 nursing, tp 1 nursing, tp 1 old, tp 1 meal, tp 0 old, tp 0 meal",
		"may count(input) > 2": "tp 0 nursing, tp 1 nursing",
	} {
		files := denying(map[string]string{"nursing-subsidy": condition, "old-age-allowance": "input.age >= 80", "meal-subsidy": "input.age >= 70"})
		engine, err := eldercare.Load(t.Context(), eldercare.WithFS("", files), eldercare.WithJurisdictions("tp", "tc"))
		if err != nil {
			t.Fatal(err)
		}
		r, err := engine.Rules(t.Context(), "tc", policy.Date{Year: 2026, Month: 11, Day: 22})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, strings.Join(opaqueOf(r.Table), ", ")); diff != "" {
			t.Errorf("%s: %s", condition, diff)
		}
	}
}

func opaqueOf(t *table.Table) (all []string) {
	for _, o := range t.Opaque {
		name, _, _ := strings.Cut(o.Applied.Service.ID, "-")
		all = append(all, fmt.Sprint(o.Applied.Stem, " ", o.Layer, " ", name))
	}
	return all
}
