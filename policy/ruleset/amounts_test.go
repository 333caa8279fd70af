package ruleset_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/lint"
	"github.com/basic-eldercare/eldercare/policy/words"
)

// amounts is a list of one jurisdiction in which all services are promised to elders of 60 and
// over: parameters, and rules.
type amounts struct {
	parameters string
	rules      []string // service, measure, amount, and conditions
	inherits   bool
	of         []string // the rules inherited
}

// has reports whether the list has a service.
func (a amounts) has(service string) bool {
	return slices.ContainsFunc(append(slices.Clone(a.rules), a.of...), func(rule string) bool { return strings.HasPrefix(rule, service+" ") })
}

// amountServices are the services of lists of amounts.
var amountServices = []string{"allowance", "voucher", "assessment", "relief"}

// amountLists returns the files of a city and its county, with measures of every kind.
func amountLists(city, county amounts) fstest.MapFS {
	files := fstest.MapFS{
		"catalogs/attributes.yaml": {Data: []byte(`
attributes:
  age: {label: 年龄, english: age, type: integer, min: 0, max: 130, unit: 岁}
  income: {label: 收入, english: income, type: integer, min: 0, max: 150, unit: 百元}
inputs: {}
`)},
		"catalogs/measures.yaml": {Data: []byte(`
measures:
  cash_monthly: {label: 每月现金, english: monthly cash, kind: cash, per: month}
  cash_yearly: {label: 每年现金, english: yearly cash, unit: cny_per_year}
  voucher_monthly: {label: 每月消费券, english: monthly voucher, kind: worth, per: month}
  meal_worth: {label: 每餐补贴, english: subsidy a meal, kind: worth, per: meal}
  wait: {label: 评估时限, english: time to assess, kind: count, of: working_days, better: less}
  quilts: {label: 棉被（床）, english: quilts, kind: count, of: quilts, per: year}
`)},
		"catalogs/services.yaml": {Data: []byte("types:\n  物质帮助: {english: material}\nservices:\n")},
		"rego/elder.rego":        {Data: []byte("package elder\n\nimport data.parameters as p\n\nis_elder if input.age >= p.elder_age\n\ncontradictions contains \"none\" if {\n\tinput.age == 0\n\tinput.income == 150\n}\n")},
	}
	for _, shared := range []string{"rego/grant.rego", "rego/eldercare.rego"} {
		files[shared] = &fstest.MapFile{Data: must(os.ReadFile("../../" + shared))(nil)}
	}
	for _, id := range amountServices {
		files["catalogs/services.yaml"].Data = fmt.Appendf(files["catalogs/services.yaml"].Data, "  %s: {name: %[1]s, english: %[1]s}\n", id)
	}
	city.put(files, "tcity", "140100", "city")
	if county.inherits {
		county.of = city.rules
	}
	county.put(files, "tcounty", "140101", "county, parent: tcity")
	return files
}

func (a amounts) put(files fstest.MapFS, id, code, level string) {
	list := fmt.Sprintf(`jurisdiction: {id: %s, code: "%s", name: %[1]s, level: %[3]s}
document: {title: 文, basis: official}
effective_from: "2024-01-01"
parameters:
  elder_age: {label: 岁, unit: years, values: [{from: "2024-01-01", value: 60}], cite: [一]}
%[4]sservices:
`, id, code, level, a.parameters)
	module := fmt.Sprintf("package lists.%s\n\nimport data.elder\nimport data.grant\nimport data.parameters as p\n", id)
	for i, service := range amountServices {
		inherits := ""
		if !a.has(service) {
			continue
		}
		if a.inherits {
			inherits = ", inherits: true"
		}
		list += fmt.Sprintf("  - {id: %s, item: \"%d\", name: %[1]s, group: 人, type: 物质帮助, departments: [局], access: unstated, cite: [一]%[3]s}\n", service, i+1, inherits)
		for _, rule := range a.rules {
			if parts := strings.SplitN(rule, " | ", 3); parts[0] == service {
				module += fmt.Sprintf("\n# METADATA\n# title: %s\n# custom:\n#   item: \"%d\"\ngrants contains grant.promise(\"%[1]s\", {%[3]s}) if {\n\telder.is_elder\n\t%s\n}\n",
					service, i+1, parts[1], strings.Join(parts[2:], ""))
			}
		}
	}
	module += "\n_imports if {\n\tp.elder_age\n\tgrant.included\n}\n"
	files["catalogs/"+id+".yaml"] = &fstest.MapFile{Data: []byte(list)}
	if len(a.rules) > 0 {
		files["rego/lists/"+id+".rego"] = &fstest.MapFile{Data: []byte(module)}
	}
}

func loadAmounts(t *testing.T, files fstest.MapFS) *eldercare.Engine {
	t.Helper()
	return must(eldercare.Load(t.Context(), eldercare.WithoutEmbedded(), eldercare.WithFS("", files)))(t)
}

// evaluated returns a decision of Go, with which stock OPA agrees.
func evaluated(t *testing.T, e *eldercare.Engine, files fstest.MapFS, jurisdiction, on string, person eldercare.Elder) *eldercare.Decision {
	t.Helper()
	d := must(e.Evaluate(t.Context(), jurisdiction, person, eldercare.OnDate(on), eldercare.AssumeKnown()))(t)
	if diff := cmp.Diff(ask(t, stock(t, e, files), jurisdiction, on, person).decision, plain(t, d)); diff != "" {
		t.Errorf("Go (+) is not stock OPA (-):\n%s", diff)
	}
	return d
}

// granted returns the services of a decision with what they promise.
func granted(d *eldercare.Decision) map[string]map[string]string {
	all := map[string]map[string]string{}
	for _, e := range d.Entitled {
		all[e.Service] = promises(e.Promises)
	}
	return all
}

var bounds = map[policy.Bound]string{policy.AtLeast: ">=", policy.AtMost: "<=", policy.Exactly: "="}

// promises writes promises as cases do: ">=100", "<=4000", "=50", "open", "open
// minimum_wage_monthly".
func promises(all map[string]eldercare.Promise) map[string]string {
	out := map[string]string{}
	for measure, p := range all {
		if p.Open() {
			out[measure] = strings.TrimSpace("open " + p.Missing)
			continue
		}
		out[measure] = bounds[p.Bound] + p.Value.String()
	}
	return out
}

// amount returns a parameter of a list, with one value or with dated ones.
func amount(name, unit, bound, values string) string {
	if bound != "" {
		bound = "bound: " + bound + ", "
	}
	if !strings.Contains(values, "from") {
		values = `{from: "2024-01-01", value: ` + values + `}`
	}
	return fmt.Sprintf("  %s: {label: %[1]s, unit: %s, %svalues: [%s], cite: [一]}\n", name, unit, bound, values)
}

// Only cash adds up: a voucher of 300 is no cash of 300.
func TestWorthIsNoCash(t *testing.T) {
	files := amountLists(amounts{
		parameters: amount("cash", "cny_per_month", "exactly", "50") + amount("worth", "cny_per_month", "exactly", "300") + amount("meal", "cny_per_meal", "at_most", "3"),
		rules: []string{
			`allowance | "cash_monthly": p.cash`, `voucher | "voucher_monthly": p.worth, "meal_worth": p.meal`,
		},
	}, amounts{inherits: true})
	e := loadAmounts(t, files)
	d := evaluated(t, e, files, "tcounty", "2024-06-01", eldercare.Elder{"age": 60})
	want := map[string]map[string]string{"allowance": {"cash_monthly": "=50"}, "voucher": {"voucher_monthly": "=300", "meal_worth": "<=3"}}
	if diff := cmp.Diff(want, granted(d)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := words.Total(d.MonthlyCNY, words.Chinese); got != "每月50元" {
		t.Errorf("the total is %s", got)
	}
	totals := must(e.Rules(t.Context(), "tcounty", date(t, "2024-06-01")))(t)
	for _, m := range totals.Table.Space.Vocabulary.Measures {
		if m.Monthly() != (m.Name == "cash_monthly") {
			t.Errorf("%s adds up each month: %v", m.Name, m.Monthly())
		}
	}
}

// checkedAmounts returns the findings of a county against its city: kind, measure, wanted and had.
func checkedAmounts(t *testing.T, e *eldercare.Engine) []string {
	t.Helper()
	var all []string
	report := must(e.Check(t.Context(), "tcounty"))(t)
	for _, f := range report.Findings {
		all = append(all, fmt.Sprintf("%s %s %v %s %v %s", f.Service, f.Kind, f.Want, f.WantOf, f.Have, f.HaveOf))
	}
	if len(report.Opaque) > 0 {
		t.Errorf("opaque: %v", report.Opaque)
	}
	return all
}

// A county with 20 days against a city's 15 is lower, one with 10 is proved.
func TestWaitingTimes(t *testing.T) {
	rule := []string{`assessment | "wait": p.days`}
	for _, tt := range []struct {
		name, bound, days string
		want              []string
		effective         string // for a resident of the county: the better of both
	}{
		{"longer", "at_most", "20", []string{"assessment lower 15  20 "}, "<=15"},
		{"as long", "at_most", "15", nil, "<=15"},
		{"shorter", "at_most", "10", nil, "<=10"},
		{"exactly ten", "exactly", "10", nil, "=10"},
		{"ten or more", "at_least", "10", []string{"assessment lower 15  10 "}, "<=15"},
		{"open", "set_locally", "null", []string{"assessment open 15  <nil> "}, "<=15"},
	} {
		files := amountLists(amounts{parameters: amount("days", "working_days", "at_most", "15"), rules: rule},
			amounts{parameters: amount("days", "working_days", tt.bound, tt.days), rules: rule})
		e := loadAmounts(t, files)
		if diff := cmp.Diff(tt.want, checkedAmounts(t, e)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		d := evaluated(t, e, files, "tcounty", "2024-06-01", eldercare.Elder{"age": 60})
		if got := granted(d)["assessment"]["wait"]; got != tt.effective {
			t.Errorf("%s: %s days, want %s", tt.name, got, tt.effective)
		}
	}
}

// A threshold of any unit is a number for rules, and holds for nobody on the days on which it is
// null or has not begun.
func TestThresholds(t *testing.T) {
	rules := []string{
		`relief | "cash_monthly": p.cash | input.income * 100 <= p.limit`, `voucher | "cash_monthly": p.cash | input.age >= p.great`,
		`assessment | "cash_monthly": p.cash | not input.income * 100 > p.limit`,
	}
	parameters := amount("cash", "cny_per_month", "exactly", "50") +
		amount("limit", "cny_per_month", "", `{from: "2024-01-01", value: 1200.5}, {from: "2024-03-01", value: null}`) +
		amount("great", "years", "", `{from: "2024-02-01", value: 90}`)
	files := amountLists(amounts{parameters: parameters, rules: rules}, amounts{inherits: true})
	e := loadAmounts(t, files)
	for _, tt := range []struct {
		on          string
		age, income int
		want        []string
	}{
		{"2024-02-29", 60, 12, []string{"assessment", "relief"}}, // 1,200 is not above 1,200.50
		{"2024-02-29", 60, 13, nil},
		{"2024-03-01", 60, 12, nil}, // nothing is compared with null
		{"2024-03-01", 60, 0, nil},
		{"2024-02-01", 90, 13, []string{"voucher"}},
		{"2024-01-31", 90, 13, nil}, // the age has not begun
		{"2024-01-31", 130, 13, nil},
	} {
		d := evaluated(t, e, files, "tcounty", tt.on, eldercare.Elder{"age": tt.age, "income": tt.income})
		var got []string
		for _, e := range d.Entitled {
			got = append(got, e.Service)
		}
		slices.Sort(got)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s, %d, %d (-want +got):\n%s", tt.on, tt.age, tt.income, diff)
		}
	}
	if got := checkedAmounts(t, e); len(got) > 0 {
		t.Errorf("the county undercuts: %v", got)
	}
	var got []string
	for _, f := range must(e.Lint(t.Context(), "tcity"))(t) {
		if f.Code == lint.NullFigure || f.Code == lint.LateFigure {
			got = append(got, fmt.Sprint(f.Code, " ", f.Subject, " ", f.From, " ", f.Until))
		}
		if f.Code == lint.LateFigure && strings.Contains(f.Message, "null") {
			t.Errorf("a null threshold holds for nobody, and lint says %q", f.Message)
		}
	}
	if diff := cmp.Diff([]string{"null-figure limit 2024-03-01 0000-00-00", "late-figure great 2024-01-01 2024-02-01"}, got); diff != "" {
		t.Errorf("lint (-want +got):\n%s", diff)
	}
}

// A grant that promises a threshold is an error at its place.
func TestThresholdsAreNotPromised(t *testing.T) {
	files := amountLists(amounts{
		parameters: amount("limit", "cny_per_month", "", "1000") + amount("half", "multiple", "exactly", "1/2"),
		rules:      []string{`relief | "cash_monthly": p.limit`, `allowance | "cash_monthly": grant.times(p.limit, p.half)`},
	}, amounts{inherits: true})
	_, err := eldercare.Load(t.Context(), eldercare.WithoutEmbedded(), eldercare.WithFS("", files))
	problems, _ := errors.AsType[eldercare.Diagnostics](err)
	var got []string
	for _, d := range problems {
		got = append(got, fmt.Sprint(d.Pos.Line, ":", d.Pos.Column, " ", d.Code, ": ", d.Summary))
	}
	want := []string{
		"11:73 promise-shape: limit has no bound: it is a threshold and cannot be promised",
		"20:58 promise-shape: limit has no bound: it is a threshold and cannot be promised",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A figure of any bound may begin later: until then nobody has what needs it, or that of the list
// above counts.
func TestLateFigures(t *testing.T) {
	rules := []string{`allowance | "cash_monthly": p.cash`}
	city := amounts{parameters: amount("cash", "cny_per_month", "exactly", `{from: "2024-02-01", value: 50}`), rules: rules}
	county := amounts{parameters: amount("cash", "cny_per_month", "exactly", `{from: "2024-03-01", value: 60}`), rules: rules}
	files := amountLists(city, county)
	e := loadAmounts(t, files)
	for on, want := range map[string]string{"2024-01-31": "", "2024-02-01": "=50", "2024-02-29": "=50", "2024-03-01": "=60"} {
		d := evaluated(t, e, files, "tcounty", on, eldercare.Elder{"age": 60})
		if got := granted(d)["allowance"]["cash_monthly"]; got != want {
			t.Errorf("%s: %q, want %q", on, got, want)
		}
	}
	if got := checkedAmounts(t, e); len(got) > 0 {
		t.Errorf("the county undercuts: %v", got)
	}
	for jurisdiction, want := range map[string]int{"tcity": 1, "tcounty": 1} {
		late := 0
		for _, f := range must(e.Lint(t.Context(), jurisdiction))(t) {
			if f.Code == lint.LateFigure && f.Subject == "cash" {
				late++
			}
		}
		if late != want {
			t.Errorf("%s: %d late figures", jurisdiction, late)
		}
	}
}

// Amounts that are computed, by hand: 80 and a top-up of half of it; 150 % of 80; a third of 100
// exactly, rounded up to the fen.
func TestComputedAmounts(t *testing.T) {
	parameters := amount("base", "cny_per_month", "exactly", "80") + amount("hundred", "cny_per_month", "exactly", "100") +
		amount("most", "cny_per_month", "at_most", "20") + amount("half", "percent", "exactly", "50") +
		amount("more", "percent", "exactly", "150") + amount("third", "multiple", "exactly", "1/3")
	rules := []string{
		`allowance | "cash_monthly": grant.plus(p.base, grant.percent(p.base, p.half))`,
		`voucher | "cash_monthly": grant.percent(p.base, p.more), "voucher_monthly": grant.plus(p.base, p.most)`,
		`assessment | "voucher_monthly": grant.percent(p.most, p.half)`,
		`relief | "cash_monthly": grant.times(p.hundred, p.third)`,
	}
	files := amountLists(amounts{parameters: parameters, rules: rules}, amounts{inherits: true})
	e := loadAmounts(t, files)
	d := evaluated(t, e, files, "tcounty", "2024-06-01", eldercare.Elder{"age": 60})
	want := map[string]map[string]string{
		"allowance": {"cash_monthly": "=120"}, "voucher": {"cash_monthly": "=120", "voucher_monthly": ">=80"},
		"assessment": {"voucher_monthly": "<=10"}, "relief": {"cash_monthly": "=33.34"},
	}
	if diff := cmp.Diff(want, granted(d)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := words.Total(d.MonthlyCNY, words.Chinese); got != "每月273.34元" {
		t.Errorf("the total is %s", got)
	}
	if got := checkedAmounts(t, e); len(got) > 0 {
		t.Errorf("the county undercuts: %v", got)
	}
}

// Top-ups on a wage that nobody knows yet are compared by what they add, and by their share of the
// wage.
func TestOpenTopUps(t *testing.T) {
	const city = `allowance | "cash_monthly": grant.plus(grant.times(p.wage, p.third), p.top)`
	parameters := amount("wage", "cny_per_month", "at_least", "null") + amount("third", "multiple", "exactly", "1/3") +
		amount("half", "percent", "exactly", "50") + amount("top", "cny_per_month", "exactly", "50")
	for _, tt := range []struct{ name, rule, parameters, want string }{
		{"the same", city, "", ""},
		{"a smaller top-up", city, amount("top", "cny_per_month", "exactly", "49.99"), "lower <nil> 1/3 × wage + 50 <nil> 1/3 × wage + 49.99"},
		{"a greater top-up", city, amount("top", "cny_per_month", "exactly", "50.01"), ""},
		{"a half", `allowance | "cash_monthly": grant.plus(grant.percent(p.wage, p.half), p.top)`, "", ""},
		{"a half without a top-up", `allowance | "cash_monthly": grant.percent(p.wage, p.half)`, "", "lower <nil> 1/3 × wage + 50 <nil> 1/2 × wage"},
		{"a number", `allowance | "cash_monthly": p.top`, amount("top", "cny_per_month", "exactly", "5000"), "lower <nil> 1/3 × wage + 50 5000 "},
		{ // a third of 1,800 and 50 are 650
			"a known wage", `allowance | "cash_monthly": p.mine`,
			amount("wage", "cny_per_month", "at_least", "1800") + amount("mine", "cny_per_month", "exactly", "650"), "",
		},
		{
			"a known wage, and a fen less", `allowance | "cash_monthly": p.mine`,
			amount("wage", "cny_per_month", "at_least", "1800") + amount("mine", "cny_per_month", "exactly", "649.99"),
			"lower <nil> 1/3 × wage + 50 649.99 ",
		},
	} {
		files := amountLists(amounts{parameters: parameters, rules: []string{city}}, amounts{parameters: tt.parameters, rules: []string{tt.rule}})
		e := loadAmounts(t, files)
		var want []string
		if tt.want != "" {
			want = []string{"allowance " + tt.want}
		}
		if diff := cmp.Diff(want, checkedAmounts(t, e)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		evaluated(t, e, files, "tcounty", "2024-06-01", eldercare.Elder{"age": 60})
	}
}

// An amount is multiplied by what is a multiple or a percentage, and summed in one unit: anything
// else is an error at its place.
func TestUnitsOfComputations(t *testing.T) {
	files := amountLists(amounts{
		parameters: amount("base", "cny_per_month", "exactly", "80") + amount("half", "percent", "exactly", "50") +
			amount("third", "multiple", "exactly", "1/3") + amount("yearly", "cny_per_year", "exactly", "80"),
		rules: []string{
			`allowance | "cash_monthly": grant.times(p.base, p.half)`, `voucher | "cash_monthly": grant.percent(p.base, p.third)`,
			`assessment | "cash_monthly": grant.plus(p.base, p.yearly)`, `relief | "cash_monthly": _sum`,
		},
	}, amounts{inherits: true})
	files["rego/lists/tcity.rego"].Data = append(files["rego/lists/tcity.rego"].Data, "\n_sum := grant.plus(p.base, p.yearly)\n"...)
	_, err := eldercare.Load(t.Context(), eldercare.WithoutEmbedded(), eldercare.WithFS("", files))
	problems, _ := errors.AsType[eldercare.Diagnostics](err)
	var got []string
	for _, d := range problems {
		if d.Pos.File == "rego/lists/tcity.rego" {
			got = append(got, d.Code+": "+d.Summary)
		}
	}
	want := []string{
		"measure-unit: an amount is multiplied by a number in multiple here, but this is in percent",
		"measure-unit: an amount is multiplied by a number in percent here, but this is in multiple",
		`measure-unit: measure cash_monthly is in cny_per_month, but the promised amount is in "cny_per_year"`,
		`measure-unit: measure cash_monthly is in cny_per_month, but the promised amount is in "cny_per_month and cny_per_year"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// An explanation shows how an amount was computed: 2.5 % of 333 are 8.325, of which a ceiling is
// 8.32 and an exact amount 8.33.
func TestComputationsAreExplained(t *testing.T) {
	files := amountLists(amounts{
		parameters: amount("exact", "cny_per_month", "exactly", "333") + amount("most", "cny_per_month", "at_most", "333") +
			amount("rate", "percent", "exactly", "2.5") + amount("days", "working_days", "at_most", "15"),
		rules: []string{
			`allowance | "cash_monthly": grant.percent(p.exact, p.rate)`, `voucher | "cash_monthly": grant.percent(p.most, p.rate)`,
			`relief | "cash_monthly": grant.plus(p.exact, p.most)`, `assessment | "wait": p.days`,
		},
	}, amounts{inherits: true})
	e := loadAmounts(t, files)
	for service, want := range map[string]string{
		"allowance":  "exact × rate：333 × 2.5%，进位到分：8.33元",
		"voucher":    "most × rate：333 × 2.5%，舍去不足一分：8.32元",
		"relief":     "每月现金 不低于333元",
		"assessment": "评估时限 不超过15个工作日",
	} {
		x := must(e.Explain(t.Context(), "tcity", eldercare.Elder{"age": 60}, service, eldercare.OnDate("2024-06-01")))(t)
		if text := x.Text("zh"); !strings.Contains(text, want) {
			t.Errorf("%s: no %q in\n%s", service, want, text)
		}
	}
}
