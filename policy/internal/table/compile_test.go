package table_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
)

// lists returns a made-up province tp and its city tc, which inherits the one service. Each clause
// of the province has its own condition.
func lists(amounts string, conditions ...string) fstest.MapFS {
	files := fstest.MapFS{}
	for id, of := range map[string][2]string{"tp": {"code: \"990000\", level: province", ""}, "tc": {"code: \"990100\", level: city, parent: tp", ", inherits: true"}} {
		files["catalogs/"+id+".yaml"] = &fstest.MapFile{Data: fmt.Appendf(nil, `jurisdiction: {id: %[1]s, name: %[1]s, %[2]s}
document: {title: %[1]s, issued: "2024-01-01", basis: official}
effective_from: "2024-01-01"
services:
  - {id: old-age-allowance, item: "1", name: 高龄津贴, group: 老年人, type: 物质帮助, departments: [民政], access: unstated, cite: [附件 1]%[3]s}
parameters:
  elder_age: {label: 年龄, unit: years, values: [{from: "2024-01-01", value: 60}], cite: [附件 1]}
  amount: {label: 标准, unit: cny_per_month, bound: at_least, values: [%[4]s], cite: [附件 1]}
`, id, of[0], of[1], amounts)}
	}
	var rego strings.Builder
	rego.WriteString("package lists.tp\n\nimport data.grant\nimport data.parameters as p\n")
	for _, condition := range conditions {
		fmt.Fprintf(&rego, `
# METADATA
# title: 高龄津贴
# custom:
#   item: "1"
grants contains grant.promise("old-age-allowance", {"monthly_cny": p.amount}) if {
	%s
}
`, condition)
	}
	files["rego/lists/tp.rego"] = &fstest.MapFile{Data: []byte(rego.String())}
	return files
}

// steady is an amount that stays.
const steady = `{from: "2024-01-01", value: 50}`

func compiled(t *testing.T, jurisdiction string, files fstest.MapFS) (*table.Table, error) {
	t.Helper()
	engine, err := eldercare.Load(t.Context(), eldercare.WithFS("", files), eldercare.WithJurisdictions("tp", "tc"))
	if err != nil {
		return nil, err
	}
	r, err := engine.Rules(t.Context(), jurisdiction, policy.Date{Year: 2026, Month: 11, Day: 22})
	if err != nil {
		t.Fatal(err)
	}
	return r.Table, nil
}

// A table has the rules of every layer: as cases, or as what plain OPA must answer, and names what
// cannot hold.
func TestCompile(t *testing.T) {
	tab, err := compiled(t, "tc", lists(
		steady,
		"input.age >= p.elder_age",
		"count(input) > 2",
		"input.age > 130",
		"10 / input.disability_grade > 3",
	))
	if err != nil {
		t.Fatal(err)
	}
	type place struct{ layer, rule int }
	of := func(layer int, applied int) place { return place{layer, applied} }
	var cases, opaque, failing, dead, unreached []place
	for _, c := range tab.Cases {
		cases = append(cases, of(c.Layer, c.Applied.Index))
		if a, ok := tab.Space.Index("age"); !ok || !c.Box.Contains(func(int) uint8 { return 61 }) || c.Box.Contains(func(int) uint8 { return 60 }) || c.Box[0].Attribute != a {
			t.Errorf("%v is not of those of 60 and over", c.Box)
		}
	}
	for _, o := range tab.Opaque {
		opaque = append(opaque, of(o.Layer, o.Applied.Index))
	}
	for _, f := range tab.Failing {
		failing = append(failing, of(f.Layer, f.Applied.Index))
	}
	for _, d := range tab.Dead {
		dead = append(dead, of(d.Layer, d.Applied.Index))
	}
	for _, u := range tab.Unreached {
		unreached = append(unreached, of(u.Layer, u.Applied.Index))
	}
	want := [][]place{{{0, 0}, {1, 0}}, {{0, 1}, {0, 3}, {1, 1}, {1, 3}}, {{0, 3}, {1, 3}}, {{0, 2}, {1, 2}}, {{0, 2}, {1, 2}}}
	if diff := cmp.Diff(want, [][]place{cases, opaque, failing, dead, unreached}, cmp.AllowUnexported(place{})); diff != "" {
		t.Errorf("cases, opaque, failing, dead and unreached rules: %s", diff)
	}
	if got := tab.Distinct(); len(got) != 1 || got[0].Layer != 0 {
		t.Errorf("%d cases are distinct, want the city's", len(got))
	}
	if !tab.IsOpaque("old-age-allowance") || !tab.Declares("old-age-allowance") {
		t.Error("the city declares the service, and a rule of it is opaque")
	}
	kind, _ := tab.Space.Index("disability_kind")
	grade, _ := tab.Space.Index("disability_grade")
	for _, c := range []struct {
		kind, grade uint8
		want        bool
	}{{1, 1, true}, {1, 2, false}, {2, 1, false}, {2, 2, true}} { // none, visual; 0, 1
		var cells elder.Cells
		cells[kind], cells[grade] = c.kind, c.grade
		if got := len(tab.Possible(cells)) > 0; got != c.want {
			t.Errorf("kind %d with grade %d: possible %v", c.kind-1, c.grade-1, got)
		}
	}
}

// What is wrong with rules on some days only is found when they load, without a table: each list
// and day by itself.
func TestTry(t *testing.T) {
	repealed := steady + `, {from: "2025-07-01", value: null}, {from: "2025-08-01", value: 60}, {from: "2025-09-01", value: null}`
	_, err := compiled(t, "tc", lists(repealed, "input.age >= p.elder_age\n\tp.amount.value + input.age > 5"))
	wrong, ok := errors.AsType[policy.Diagnostics](err)
	if !ok {
		t.Fatalf("%v, want diagnostics", err)
	}
	for _, where := range []string{"in tp on 2025-07-01", "in tc on 2025-07-01"} {
		if !strings.Contains(wrong.Error(), where) {
			t.Errorf("%v, want one %s", wrong, where)
		}
	}
	if len(wrong) != 2 {
		t.Errorf("%d diagnostics, want those of the first day only", len(wrong))
	}
	for _, d := range wrong {
		if d.Code != "null-parameter" || d.Pos.File != "rego/lists/tp.rego" || d.Pos.Line != 12 {
			t.Errorf("%s at %s:%d, want null-parameter at rego/lists/tp.rego:12", d.Code, d.Pos.File, d.Pos.Line)
		}
	}
}

// Who is in a hurry gets the error of the deadline, and no table.
func TestCompileHearsItsContext(t *testing.T) {
	engine, err := eldercare.Load(t.Context(), eldercare.WithFS("", lists(steady, "input.age >= p.elder_age")), eldercare.WithJurisdictions("tp", "tc"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	if _, err := engine.Rules(ctx, "tc", policy.Date{Year: 2026, Month: 11, Day: 22}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, want the error of the deadline", err)
	}
}
