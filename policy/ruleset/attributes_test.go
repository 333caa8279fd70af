package ruleset_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
)

// listsOver returns a folder with a city's list and one of a county below it, over a vocabulary of
// these attributes. Each list grants its service to whom its condition holds of; shared is the rest
// of rego/elder.rego.
func listsOver(attributes, shared string, conditions ...string) fstest.MapFS {
	files := randomLists(nil)
	files["catalogs/attributes.yaml"] = &fstest.MapFile{Data: []byte(attributes)}
	files["rego/elder.rego"] = &fstest.MapFile{Data: []byte("package elder\n\n" + shared)}
	for i, id := range []string{"city", "county"} {
		files["catalogs/"+id+".yaml"] = &fstest.MapFile{Data: fmt.Appendf(nil, `
jurisdiction: {id: %s, code: "%s", name: %[1]s, level: %[1]s%[3]s}
document: {title: 文, basis: official}
effective_from: "2024-01-01"
parameters:
  limit: {label: 限, unit: years, values: [{from: "2024-01-01", value: 50}], cite: [一]}
services:
  - {id: s1, item: "1", name: 一, group: 人, type: 物质帮助, departments: [局], access: unstated, cite: [一]}
`, id, []string{"140100", "140121"}[i], []string{"", ", parent: city"}[i])}
		files["rego/lists/"+id+".rego"] = &fstest.MapFile{Data: fmt.Appendf(nil, `package lists.%s

import data.elder
import data.grant
import data.parameters as p

_every_import if {
	elder.anything
	p.limit
}

# METADATA
# title: 一
# custom:
#   item: "1"
grants contains grant.promise("s1", {"f": grant.included}) if {
	%s
}
`, id, conditions[min(i, len(conditions)-1)])}
	}
	for _, old := range []string{"top", "low"} {
		delete(files, "catalogs/"+old+".yaml")
		delete(files, "rego/lists/"+old+".rego")
	}
	return files
}

// loadOver loads the lists of listsOver alone.
func loadOver(t testing.TB, files fstest.MapFS) *eldercare.Engine {
	t.Helper()
	files["rego/eldercare.rego"] = &fstest.MapFile{Data: must(os.ReadFile("../../rego/eldercare.rego"))(t)}
	return must(eldercare.Load(t.Context(), eldercare.WithoutEmbedded(), eldercare.WithFS("", files)))(t)
}

// services returns the services that an elder has, or may have.
func services(d *eldercare.Decision) (entitled, possible []string) {
	for _, e := range d.Entitled {
		entitled = append(entitled, e.Service)
	}
	for _, p := range d.Possible {
		possible = append(possible, p.Service)
	}
	return entitled, possible
}

// decided says in a word what an elder has of the one service: yes, maybe, or no.
func decided(t testing.TB, e *eldercare.Engine, jurisdiction string, person eldercare.Elder, options ...eldercare.EvalOption) string {
	t.Helper()
	d := must(e.Evaluate(t.Context(), jurisdiction, person, append(options, eldercare.OnDate(today))...))(t)
	switch entitled, possible := services(d); {
	case slices.Contains(entitled, "s1"):
		return "yes"
	case slices.Contains(possible, "s1"):
		return "maybe"
	}
	return "no"
}

// A missing number is 0 only where the vocabulary says so: nobody is poor for not having said what
// they earn.
func TestAbsentNumbers(t *testing.T) {
	const attributes = `
attributes:
  income: {label: 收入, english: income, type: integer, min: 0, max: 100, unit: 元}
  years: {label: 年限, english: years, type: integer, min: 0, max: 60, unit: 年, absent: 0}
`
	for _, c := range []struct {
		condition string
		elder     eldercare.Elder
		want      string
	}{
		{"input.income <= p.limit", eldercare.Elder{}, "no"},
		{"input.income <= p.limit", eldercare.Elder{"income": 50}, "yes"},
		{"input.income <= p.limit", eldercare.Elder{"income": 51}, "no"},
		{"input.years < 15", eldercare.Elder{}, "yes"},
		{"input.years < 15", eldercare.Elder{"years": 15}, "no"},
	} {
		e := loadOver(t, listsOver(attributes, "anything if input.years >= 0\n", c.condition))
		for _, options := range [][]eldercare.EvalOption{{eldercare.AssumeKnown()}, {eldercare.AssumeKnown(), eldercare.PlainOPA()}} {
			if diff := cmp.Diff(c.want, decided(t, e, "city", c.elder, options...)); diff != "" {
				t.Errorf("%s, %v (-want +got):\n%s", c.condition, c.elder, diff)
			}
		}
	}
}

// places is a vocabulary of where one is registered.
const places = `
attributes:
  local_hukou: {label: 本地, english: local, type: boolean}
  hukou_place:
    label: 户籍地
    english: registered
    type: enum
    values:
      here: {label: 本地, english: here}
      city: {label: 同市, english: city}
      province: {label: 同省, english: province}
      outside: {label: 省外, english: outside}
    gives: {local_hukou: {here: true, city: false, province: false, outside: false}}
inputs:
  hukou_code: {label: 代码, english: code, type: division_code, gives: hukou_place}
`

// registered are the shared predicates of where one is registered.
const registered = `anything if input.local_hukou

registered_here if input.local_hukou

registered_in_city if registered_here

registered_in_city if input.hukou_place in {"here", "city"}
`

// A county that takes only those registered there undercuts a city that takes all of the city; one
// that says the same as the city does not.
func TestRegisteredInTheCity(t *testing.T) {
	for _, c := range []struct {
		county  string
		witness map[string]any // nil when the county undercuts nothing
	}{
		{"elder.registered_in_city", nil},
		{"elder.registered_here", map[string]any{"hukou_place": "city", "local_hukou": false}},
	} {
		e := loadOver(t, listsOver(places, registered, "elder.registered_in_city", c.county))
		report := must(e.Check(t.Context(), "county"))(t)
		if c.witness == nil {
			if report.Proved != 1 || len(report.Findings) > 0 {
				t.Errorf("%s: %d proved, findings %v", c.county, report.Proved, report.Findings)
			}
			continue
		}
		if len(report.Findings) != 1 {
			t.Fatalf("%s: findings %v, want one", c.county, report.Findings)
		}
		f := report.Findings[0]
		if f.Kind != "narrower" || f.Witness["hukou_place"] != "city" {
			t.Errorf("%s: %s, witness %v", c.county, f.Kind, f.Witness)
		}
		for name, want := range f.Witness {
			if c.witness[name] != want {
				t.Errorf("%s: the witness has %s %v", c.county, name, want)
			}
		}
	}
}

// Who is registered elsewhere in the city has what the city's list gives to all of the city, asked
// for the city and for the county.
func TestRegisteredElsewhereInTheCity(t *testing.T) {
	e := loadOver(t, listsOver(places, registered, "elder.registered_in_city"))
	for _, c := range []struct {
		jurisdiction string
		elder        eldercare.Elder
		want         string
	}{
		{"city", eldercare.Elder{"hukou_code": "140122"}, "yes"},
		{"county", eldercare.Elder{"hukou_code": "140122"}, "yes"},
		{"county", eldercare.Elder{"hukou_code": "140121"}, "yes"},
		{"county", eldercare.Elder{"hukou_code": "140222"}, "no"},
		{"city", eldercare.Elder{"hukou_code": "140222"}, "no"},
		{"county", eldercare.Elder{"local_hukou": true}, "yes"},
		{"county", eldercare.Elder{"local_hukou": false}, "maybe"},
		{"county", eldercare.Elder{"local_hukou": false, "hukou_place": "city"}, "yes"},
		{"county", eldercare.Elder{"hukou_code": "140100"}, "maybe"}, // the city's own: the county, or elsewhere
		{"county", eldercare.Elder{}, "maybe"},
	} {
		for _, options := range [][]eldercare.EvalOption{nil, {eldercare.PlainOPA()}} {
			if got := decided(t, e, c.jurisdiction, c.elder, options...); got != c.want {
				t.Errorf("%v in the %s: %s, want %s", c.elder, c.jurisdiction, got, c.want)
			}
		}
	}
}

// An elder whose code lies elsewhere is told so, in every form, by the name of the input alone.
func TestElsewhereIsNoted(t *testing.T) {
	e := loadOver(t, listsOver(places, registered, "elder.registered_in_city"))
	rules := rulesOn(t, e, "county", today)
	for code, noted := range map[string]bool{"140122": true, "410000": true, "140121": false, "140100": false} {
		var want []string
		if noted {
			want = []string{"hukou_code lies outside the jurisdiction asked about"}
		}
		d := must(e.Evaluate(t.Context(), "county", eldercare.Elder{"hukou_code": code}, eldercare.OnDate(today)))(t)
		byOPA := must(e.Evaluate(t.Context(), "county", eldercare.Elder{"hukou_code": code}, eldercare.OnDate(today), eldercare.PlainOPA()))(t)
		p, ok := rules.EncodeJSON([]byte(`{"hukou_code":"` + code + `"}`))
		if !ok {
			t.Fatal("the elder is not read")
		}
		var written eldercare.Decision
		if err := json.Unmarshal(must(rules.AppendJSON(t.Context(), nil, &p))(t), &written); err != nil {
			t.Fatal(err)
		}
		for _, got := range [][]string{d.Notes, byOPA.Notes, written.Notes} {
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", code, diff)
			}
		}
	}
}

// A service that reads what is given answers alike for who gives it and for who gives what gives
// it; to questions, too.
func TestGivenAttributes(t *testing.T) {
	e := loadOver(t, listsOver(places, registered, "input.local_hukou", "not input.local_hukou"))
	for _, c := range []struct {
		elder eldercare.Elder
		want  string // of the city: the county has what the city has, or the opposite
	}{
		{eldercare.Elder{"hukou_place": "here"}, "yes"}, {eldercare.Elder{"hukou_place": "outside"}, "no"}, {eldercare.Elder{}, "maybe"},
	} {
		if got := decided(t, e, "city", c.elder); got != c.want {
			t.Errorf("%v: %s, want %s", c.elder, got, c.want)
		}
		if got := decided(t, e, "county", c.elder); got != "yes" && c.want != "maybe" {
			t.Errorf("%v in the county: %s", c.elder, got)
		}
	}
}

// A folder adds contradictions in a file of its own, without a copy of ours; a message that is no
// constant text is reported in its place.
func TestAddedContradictions(t *testing.T) {
	const mine = `package contradictions.meals

contradictions contains "uses_meal_service is true, and homeless, too" if {
	input.uses_meal_service
	input.homeless
}
`
	folder := fstest.MapFS{"rego/contradictions/meals.rego": {Data: []byte(mine)}}
	e := must(eldercare.Load(t.Context(), eldercare.WithFS("mine", folder)))(t)
	query := stock(t, e, union{os.DirFS("../.."), folder})
	for _, c := range []struct {
		elder map[string]any
		want  []any
	}{
		{map[string]any{"age": 80, "uses_meal_service": true}, []any{}},
		{map[string]any{"age": 80, "uses_meal_service": true, "homeless": true}, []any{"uses_meal_service is true, and homeless, too"}},
	} {
		_, err := e.Evaluate(t.Context(), "hongtong", c.elder, eldercare.OnDate(today))
		if (err == nil) != (len(c.want) == 0) {
			t.Errorf("%v: %v", c.elder, err)
		}
		if diff := cmp.Diff(c.want, ask(t, query, "hongtong", today, c.elder).contradictions); diff != "" {
			t.Errorf("%v: stock OPA (-want +got):\n%s", c.elder, diff)
		}
	}
	_, err := engine().Evaluate(t.Context(), "hongtong", eldercare.Elder{"homeless": true, "uses_meal_service": true}, eldercare.OnDate(today))
	if err != nil {
		t.Errorf("ours alone: %v", err)
	}
	folder["rego/contradictions/meals.rego"] = &fstest.MapFile{Data: []byte(strings.Replace(mine, `contains "uses_meal_service is true, and homeless, too"`, "contains input.age", 1))}
	var wrong eldercare.Diagnostics
	if _, err := eldercare.Load(t.Context(), eldercare.WithFS("mine", folder)); !errors.As(err, &wrong) || len(wrong) != 1 ||
		wrong[0].Code != "opaque-contradiction" || wrong[0].Pos.File != "mine/rego/contradictions/meals.rego" || wrong[0].Pos.Line != 3 {
		t.Errorf("a message that is not constant: %v", err)
	}
}

// What is wrong with the vocabulary is told alone: no rule that reads its attributes is blamed.
func TestUnreadableVocabulary(t *testing.T) {
	folder := fstest.MapFS{"catalogs/attributes.yaml": {Data: []byte("attributes:\n  a: [\n")}}
	_, err := eldercare.Load(t.Context(), eldercare.WithFS("mine", folder))
	var wrong eldercare.Diagnostics
	if !errors.As(err, &wrong) || len(wrong) != 1 || wrong[0].Code != "yaml-syntax" || wrong[0].Pos.File != "mine/catalogs/attributes.yaml" {
		t.Error(err)
	}
}

// An attribute may be asked of those for whom another is true, or a number.
func TestAskedOfTruthsAndNumbers(t *testing.T) {
	const attributes = `
attributes:
  at_home: {label: 在家, english: at home, type: boolean}
  grade: {label: 级, english: grade, type: integer, min: 0, max: 2, absent: 0}
  alone: {label: 独居, english: alone, type: boolean, asked_of: {at_home: [true]}}
  kind: {label: 类, english: kind, type: enum, values: {a: {label: 甲, english: a}, b: {label: 乙, english: b}}, asked_of: {grade: [1, 2]}}
`
	e := loadOver(t, listsOver(attributes, "anything if input.at_home\n", `input.kind == "a"`, "not input.alone"))
	for _, c := range []struct {
		jurisdiction string
		elder        eldercare.Elder
		want         string
	}{
		{"city", eldercare.Elder{"grade": 0}, "no"}, {"city", eldercare.Elder{"grade": 1}, "maybe"}, {"city", eldercare.Elder{"grade": 2, "kind": "a"}, "yes"},
		{"county", eldercare.Elder{"at_home": false}, "yes"}, {"county", eldercare.Elder{"at_home": true}, "maybe"},
	} {
		if got := decided(t, e, c.jurisdiction, c.elder); got != c.want {
			t.Errorf("%v in the %s: %s, want %s", c.elder, c.jurisdiction, got, c.want)
		}
	}
	if _, err := e.Evaluate(t.Context(), "city", eldercare.Elder{"grade": 0, "kind": "a"}, eldercare.OnDate(today)); err == nil {
		t.Error("who is not asked may have no value")
	}
}

// A list whose rules come to no shared predicate on the age needs no parameter for it.
func TestParametersOfIdlePredicates(t *testing.T) {
	const attributes = "attributes:\n  age: {label: 年龄, english: age, type: integer, min: 0, max: 130}\n"
	const shared = "import data.parameters as p\n\nanything if input.age >= 0\n\nis_elder if input.age >= p.elder_age\n\nold if is_elder\n"
	if got := decided(t, loadOver(t, listsOver(attributes, shared, "input.age >= p.limit")), "city", eldercare.Elder{"age": 50}); got != "yes" {
		t.Errorf("without an elder's age: %s", got)
	}
	files := listsOver(attributes, shared, "elder.old")
	var wrong eldercare.Diagnostics
	_, err := eldercare.Load(t.Context(), eldercare.WithoutEmbedded(), eldercare.WithFS("", files))
	if !errors.As(err, &wrong) || len(wrong) == 0 || wrong[0].Code != "unknown-parameter" || wrong[0].Pos.File != "rego/elder.rego" {
		t.Errorf("a predicate that another one reads: %v", err)
	}
}

// One attribute too many is reported where it stands.
func TestTooManyAttributes(t *testing.T) {
	var attributes strings.Builder
	attributes.WriteString("attributes:\n")
	for i := range 65 {
		fmt.Fprintf(&attributes, "  a%d: {label: 甲, english: a, type: boolean}\n", i)
	}
	var wrong eldercare.Diagnostics
	_, err := eldercare.Load(t.Context(), eldercare.WithoutEmbedded(), eldercare.WithFS("", listsOver(attributes.String(), "anything if input.a0\n", "input.a64")))
	if !errors.As(err, &wrong) || wrong[0].Code != "too-many-attributes" || wrong[0].Pos.Line != 66 {
		t.Errorf("65 attributes: %v", err)
	}
}

// incomes is a vocabulary with a number of ten million values.
const incomes = `
attributes:
  income: {label: 收入, english: income, type: integer, min: 0, max: 10000000, unit: 元}
  alone: {label: 独居, english: alone, type: boolean}
`

// An income is compared exactly with figures, whatever their date; between two of them nothing
// differs. At and above each by hand.
func TestLargeNumbers(t *testing.T) {
	files := listsOver(incomes, "anything if input.income >= 0\n", "input.income < 2100", "input.income <= p.limit.value")
	for _, id := range []string{"city", "county"} { // from 2026 on 1999, before it 2099
		text := strings.NewReplacer("unit: years", "unit: cny_per_month, bound: exactly", "value: 50}", `value: 2099}, {from: "2026-01-01", value: 1999}`).
			Replace(string(files["catalogs/"+id+".yaml"].Data))
		files["catalogs/"+id+".yaml"] = &fstest.MapFile{Data: []byte(text)}
	}
	e := loadOver(t, files)
	query := stock(t, e, files)
	for _, c := range []struct {
		on     string
		income any
		want   string // of the city, and so of the county, which has what the city has
	}{
		{"2025-12-31", 0, "yes"}, {"2025-12-31", 2098, "yes"}, {"2025-12-31", 2099, "yes"}, {"2025-12-31", 2100, "no"},
		{"2026-01-01", 1999, "yes"}, {"2026-01-01", 2000, "yes"}, {"2026-01-01", 2099, "yes"}, {"2026-01-01", 2100, "no"},
		{"2026-01-01", 10_000_000, "no"}, {"2026-01-01", json.Number("2.099e3"), "yes"},
	} {
		for _, id := range []string{"city", "county"} {
			d := must(e.Evaluate(t.Context(), id, eldercare.Elder{"income": c.income}, eldercare.OnDate(c.on)))(t)
			byOPA := must(e.Evaluate(t.Context(), id, eldercare.Elder{"income": c.income}, eldercare.OnDate(c.on), eldercare.PlainOPA()))(t)
			entitled, _ := services(d)
			if (len(entitled) > 0) != (c.want == "yes") {
				t.Errorf("%v in the %s on %s: %v, want %s", c.income, id, c.on, entitled, c.want)
			}
			if diff := cmp.Diff(plain(t, byOPA), plain(t, d)); diff != "" {
				t.Errorf("%v: the table (+) is not plain OPA (-):\n%s", c.income, diff)
			}
			if diff := cmp.Diff(ask(t, query, id, c.on, map[string]any{"income": c.income}).decision, plain(t, d)); diff != "" {
				t.Errorf("%v: the table (+) is not stock OPA (-):\n%s", c.income, diff)
			}
		}
	}
	report := must(e.Check(t.Context(), "county"))(t)
	if len(report.Findings) != 1 || report.Findings[0].Witness["income"] != 2000 || report.Findings[0].Region != "income 2000–2099" {
		t.Errorf("the county takes incomes of 2000 to 2099 out from 2026 on: %+v", report.Findings)
	}
	for _, income := range []any{-1, 10_000_001, int64(4_294_967_296)} {
		if _, err := e.Evaluate(t.Context(), "city", eldercare.Elder{"income": income}, eldercare.OnDate(today)); err == nil {
			t.Error("a number outside the range is taken")
		}
	}
}

// What is not exact by intervals is refused where it stands: arithmetic, a computed name, and too
// many figures.
func TestLargeNumbersThatAreNotCompared(t *testing.T) {
	figures := make([]string, 200)
	for i := range figures {
		figures[i] = fmt.Sprint(1000 + 10*i)
	}
	for condition, want := range map[string]string{
		"input.income * 12 < 30000":                             "large-number rego/lists/city.rego:17",
		"count(input) > 1":                                      "large-number rego/lists/city.rego:17",
		"input.income in {" + strings.Join(figures, ", ") + "}": "too-many-intervals catalogs/attributes.yaml:3",
	} {
		files := listsOver(incomes, "anything if input.income >= 0\n", condition, "input.alone")
		var wrong eldercare.Diagnostics
		_, err := eldercare.Load(t.Context(), eldercare.WithoutEmbedded(), eldercare.WithFS("", files))
		if !errors.As(err, &wrong) || len(wrong) != 1 || fmt.Sprintf("%s %s:%d", wrong[0].Code, wrong[0].Pos.File, wrong[0].Pos.Line) != want {
			t.Errorf("%.40s: %v", condition, err)
		}
	}
}
