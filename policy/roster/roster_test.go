package roster_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/random"
	"github.com/basic-eldercare/eldercare/policy/roster"
)

var lists = []string{"shanxi", "shuozhou", "hongtong", "henan", "huojia"}

var today = eldercare.Date{Year: 2026, Month: 11, Day: 22}

func load(t testing.TB, options ...eldercare.Option) *eldercare.Engine {
	t.Helper()
	engine, err := eldercare.Load(context.Background(), options...)
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

func rulesOf(t testing.TB, engine *eldercare.Engine, jurisdiction string) *eldercare.Ruleset {
	t.Helper()
	rules, err := engine.Rules(context.Background(), jurisdiction, today)
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

// elders returns random rows, of whom each attribute is missing with the given chance. They may
// contradict themselves.
func elders(rules *eldercare.Ruleset, random *rand.Rand, n int, missing float64) []elder.Profile {
	axes := rules.Table.Space.Axes
	rows := make([]elder.Profile, n)
	for row := range rows {
		var c elder.Cells
		for i := range axes {
			if random.Float64() >= missing {
				c[i] = uint8(1 + random.IntN(len(axes[i].Values)))
			}
		}
		if random.IntN(4) > 0 { // else the ages around the thresholds are rare
			c[0] = uint8(1 + 55 + random.IntN(50))
		}
		if random.IntN(10) > 0 { // else every other elder contradicts himself
			reconcile(rules.Table.Space, &c)
		}
		agree(rules.Table.Space, &c)
		rows[row] = rules.Table.Space.Profile(c)
	}
	return rows
}

// agree makes what attributes give as encoding makes it.
func agree(space *elder.Space, c *elder.Cells) {
	for _, l := range space.Links {
		if given := l.Given(c[l.From]); given != elder.Absent {
			c[l.To] = given
		}
	}
}

// reconcile takes off what the attributes that can contradict each other say.
func reconcile(space *elder.Space, c *elder.Cells) {
	mode, _ := space.Index("support_mode")
	category, _ := space.Index("assistance_category")
	tekun, _ := space.Axes[category].Cell("tekun")
	if c[category] != tekun {
		c[mode] = elder.Absent
	}
	kind, _ := space.Index("disability_kind")
	grade, _ := space.Index("disability_grade")
	if (c[kind] == 1) != (c[grade] == 1) {
		c[kind], c[grade] = 1, 1
	}
}

// world is how missing attributes are taken.
type world struct {
	name string
	new  func(*eldercare.Ruleset) *roster.Roster
	ask  func(*eldercare.Ruleset, *elder.Profile) (*decide.Decision, error)
}

// newKnown returns a roster of elders whose missing attributes are absent.
func newKnown(r *eldercare.Ruleset) *roster.Roster { return roster.New(r.AssumeKnown(true)) }

var worlds = []world{
	{"unknown", roster.New, func(r *eldercare.Ruleset, p *elder.Profile) (*decide.Decision, error) {
		return r.Decide(context.Background(), p)
	}},
	{"known", newKnown, func(r *eldercare.Ruleset, p *elder.Profile) (*decide.Decision, error) {
		return r.AssumeKnown(true).Decide(context.Background(), p)
	}},
}

// oneByOne asks about every row by itself, and counts and sums the decisions.
func (w world) oneByOne(t *testing.T, rules *eldercare.Ruleset, rows []elder.Profile) ([]*decide.Decision, *roster.Totals) {
	t.Helper()
	decisions := make([]*decide.Decision, len(rows))
	totals := &roster.Totals{}
	for row := range rows {
		if messages := rules.Table.Contradicted(rows[row].Cells()); len(messages) > 0 {
			totals.Errors = append(totals.Errors, &roster.RowError{Row: row})
			continue
		}
		d, err := w.ask(rules, &rows[row])
		var refused *elder.Error
		if errors.As(err, &refused) {
			totals.Errors = append(totals.Errors, &roster.RowError{Row: row})
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		decisions[row] = d
		sum(totals, d)
	}
	return decisions, totals
}

// sum adds a decision to totals, by the plainest code.
func sum(t *roster.Totals, d *decide.Decision) {
	t.Elders++
	t.Monthly.Fen += d.MonthlyCNY.Value.Hundredths()
	if len(d.MonthlyCNY.Open) > 0 {
		t.Monthly.Open++
	}
	for _, e := range d.Entitled {
		s := service(t, e.Service)
		s.Entitled++
		for measure, p := range e.Promises {
			if len(measure) < 4 || measure[len(measure)-4:] != "_cny" || slices.Contains(e.Linked, measure) {
				continue
			}
			c := cash(s, measure)
			if p.Value == nil || p.Bound == "at_most" {
				c.Open++
			} else {
				c.Fen += p.Value.Hundredths()
			}
		}
	}
	for _, e := range d.Discretionary {
		service(t, e.Service).Discretionary++
	}
	for _, p := range d.Possible {
		if !p.Discretionary {
			service(t, p.Service).Possible++
		}
	}
}

func service(t *roster.Totals, id string) *roster.Service {
	for i := range t.Services {
		if t.Services[i].Service == id {
			return &t.Services[i]
		}
	}
	t.Services = append(t.Services, roster.Service{Service: id})
	return &t.Services[len(t.Services)-1]
}

func cash(s *roster.Service, measure string) *roster.Cash {
	for i := range s.Cash {
		if s.Cash[i].Measure == measure {
			return &s.Cash[i]
		}
	}
	s.Cash = append(s.Cash, roster.Cash{Measure: measure})
	return &s.Cash[len(s.Cash)-1]
}

// tidy puts totals into one order and leaves out what is of nobody, so that they can be compared.
func tidy(t *roster.Totals) *roster.Totals {
	for i := range t.Services {
		s := &t.Services[i]
		s.Cash = slices.DeleteFunc(s.Cash, func(c roster.Cash) bool { return c.Fen+c.Open == 0 })
		slices.SortFunc(s.Cash, func(a, b roster.Cash) int { return strings.Compare(a.Measure, b.Measure) })
	}
	t.Services = slices.DeleteFunc(t.Services, func(s roster.Service) bool { return s.Entitled+s.Discretionary+s.Possible == 0 })
	slices.SortFunc(t.Services, func(a, b roster.Service) int { return strings.Compare(a.Service, b.Service) })
	return t
}

// byRow compares the rows of errors, not their texts.
var byRow = cmp.Options{cmpopts.IgnoreFields(roster.RowError{}, "Err"), cmpopts.EquateEmpty()}

func TestRosterAnswersAsTheRulesetDoesElderByElder(t *testing.T) {
	engine := load(t)
	all := []int{0, 1, 63, 64, 65, 511, 512, 513, 1000}
	sizes := effort.Of([]int{0, 1, 64, 65, 513}, all, all)
	for _, jurisdiction := range lists {
		rules := rulesOf(t, engine, jurisdiction)
		for _, w := range worlds {
			for _, n := range sizes {
				missing := []float64{0, 0.01, 0.03}[n%3]
				if w.name == "closed" || n < 64 {
					missing *= 10
				}
				t.Run(fmt.Sprintf("%s/%s/%d", jurisdiction, w.name, n), func(t *testing.T) {
					t.Parallel()
					rows := elders(rules, rand.New(rand.NewPCG(uint64(n), 1)), n, missing)
					check(t, w, rules, rows)
				})
			}
		}
	}
}

// A roster of elders with linked measures: decisions have their bundles, and no total a ceiling
// taken out of one.
func TestRosterOfLinkedMeasures(t *testing.T) {
	engine := load(t, eldercare.WithDir("../source/testdata/linked"))
	for _, jurisdiction := range []string{"liancheng", "lianxian"} {
		rules := rulesOf(t, engine, jurisdiction)
		for _, w := range worlds {
			rows := elders(rules, rand.New(rand.NewPCG(3, 1)), 513, 0.03)
			check(t, w, rules, rows)
			decisions, totals := w.oneByOne(t, rules, rows)
			several := 0
			for _, d := range decisions {
				if d != nil && slices.ContainsFunc(d.Entitled, func(e decide.Entitlement) bool { return len(e.Bundles) > 1 }) {
					several++
				}
			}
			if several < 20 || len(service(totals, "medical-assistance").Cash) > 0 {
				t.Errorf("%d elders have several bundles, and their ceilings are added up to %v", several, service(totals, "medical-assistance").Cash)
			}
		}
	}
}

// A roster adds up what choices pay as decisions do, however they overlap and whatever they choose
// from.
func TestRosterOfChoices(t *testing.T) {
	grant, err := os.ReadFile("../../rego/grant.rego")
	if err != nil {
		t.Fatal(err)
	}
	for seed := range effort.Of[uint64](20, 40, 200) {
		files := random.Choosing(grant, seed, "exactly", "exactly", "at_least", "at_most", "set_locally")
		rules := rulesOf(t, load(t, eldercare.WithoutEmbedded(), eldercare.WithFS("", files)), "top")
		var rows []elder.Profile
		for n := range uint8(81) {
			rows = append(rows, rules.Table.Space.Profile(elder.Cells{n % 3, n / 3 % 3, n / 9 % 3, n / 27}))
		}
		for _, w := range worlds {
			r := w.new(rules)
			for i := range rows {
				add(t, r, &rows[i])
			}
			_, want := w.oneByOne(t, rules, rows)
			got, err := r.Totals(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if got.Elders != want.Elders || got.Monthly != want.Monthly {
				t.Fatalf("seed %d, %s: %d elders, %+v, want %d, %+v", seed, w.name, got.Elders, got.Monthly, want.Elders, want.Monthly)
			}
		}
	}
}

func add(t testing.TB, r *roster.Roster, p *elder.Profile) {
	t.Helper()
	if err := r.Append(p); err != nil {
		t.Fatal(err)
	}
}

// A roster counts what rules promise as decisions do where they raise and fill each other.
func TestRosterOfBounds(t *testing.T) {
	grant, err := os.ReadFile("../../rego/grant.rego")
	if err != nil {
		t.Fatal(err)
	}
	for seed := range effort.Of[uint64](9, 18, 60) {
		files := random.Bounds(grant, seed)
		rules := rulesOf(t, load(t, eldercare.WithoutEmbedded(), eldercare.WithFS("", files)), "low")
		var rows []elder.Profile
		for n := range 243 {
			cells := elder.Cells{}
			for i := range 5 {
				cells[i], n = uint8(n%3), n/3
			}
			rows = append(rows, rules.Table.Space.Profile(cells))
		}
		for _, w := range worlds {
			if check(t, w, rules, rows); t.Failed() {
				t.Fatalf("seed %d, %s\n%s\n%s", seed, w.name, files["rego/lists/top.rego"].Data, files["rego/lists/low.rego"].Data)
			}
		}
	}
}

// check compares a roster of rows with what each row gets by itself.
func check(t *testing.T, w world, rules *eldercare.Ruleset, rows []elder.Profile) {
	t.Helper()
	r := w.new(rules)
	for i := range rows {
		add(t, r, &rows[i])
	}
	wantDecisions, wantTotals := w.oneByOne(t, rules, rows)
	totals, err := r.Totals(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(tidy(wantTotals), tidy(totals), byRow); diff != "" {
		t.Errorf("totals (-one by one, +roster):\n%s", diff)
	}
	decisions, err := r.Decide(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wantTotals.Errors, decisions.Errors, byRow); diff != "" {
		t.Errorf("errors of decisions (-one by one, +roster):\n%s", diff)
	}
	for row, want := range wantDecisions {
		got := decisions.At(row)
		if got == want {
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("decision of row %d (-one by one, +roster):\n%s", row, diff)
		}
	}
}

// compare compares decisions, which two rosters of the same ruleset mostly share.
func compare(t *testing.T, want, got *roster.Decisions) {
	t.Helper()
	if !slices.Equal(want.Of, got.Of) || len(want.Distinct) != len(got.Distinct) {
		t.Fatalf("other decisions: %d distinct, want %d", len(got.Distinct), len(want.Distinct))
	}
	for i := range want.Distinct {
		if want.Distinct[i] != got.Distinct[i] {
			if diff := cmp.Diff(want.Distinct[i], got.Distinct[i]); diff != "" {
				t.Fatalf("decision %d (-want +got):\n%s", i, diff)
			}
		}
	}
	if diff := cmp.Diff(want.Errors, got.Errors, byRow); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}

func TestColumnsAreAsRows(t *testing.T) {
	rules := rulesOf(t, load(t), "huojia")
	axes := rules.Table.Space.Axes
	random := rand.New(rand.NewPCG(2, 2))
	rowwise, byColumn := roster.New(rules), roster.New(rules)
	for _, n := range []int{0, 1, 7, 64, 3, 600, 8, 513} {
		rows := elders(rules, random, n, 0.01)
		columns := map[string][]uint8{}
		for i := range axes {
			if i%7 == 6 { // an attribute without a column
				for row := range rows {
					rules.Table.Space.Set(&rows[row], i, elder.Absent)
				}
				continue
			}
			for row := range rows {
				columns[axes[i].Attribute.Name] = append(columns[axes[i].Attribute.Name], rows[row].Cells()[i])
			}
		}
		for row := range rows {
			cells := rows[row].Cells()
			agree(rules.Table.Space, &cells) // what a column gives need not have one
			rows[row] = rules.Table.Space.Profile(cells)
			add(t, rowwise, &rows[row])
		}
		if err := byColumn.AppendColumns(n, columns); err != nil {
			t.Fatal(err)
		}
	}
	if rowwise.Len() != byColumn.Len() {
		t.Fatalf("%d rows by columns, want %d", byColumn.Len(), rowwise.Len())
	}
	want, err := rowwise.Decide(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got, err := byColumn.Decide(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	compare(t, want, got)
}

func TestColumnsThatAreWrongAddNothing(t *testing.T) {
	rules := rulesOf(t, load(t), "shanxi")
	for name, columns := range map[string]map[string][]uint8{
		"no such attribute": {"agee": {1, 1}},
		"too short":         {"age": {1}},
		"too long":          {"age": {1, 1, 1}},
		"no such value":     {"age": {1, 1}, "retired": {2, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			r := roster.New(rules)
			if err := r.AppendColumns(2, columns); err == nil {
				t.Error("no error")
			}
			if r.Len() != 0 {
				t.Errorf("%d rows were added", r.Len())
			}
		})
	}
	if err := roster.New(rules).AppendColumns(-1, nil); err == nil {
		t.Error("fewer elders than none, and no error")
	}
	var wrong *roster.RowError
	if err := roster.New(rules).AppendColumns(3, map[string][]uint8{"retired": {2, 2, 3}}); !errors.As(err, &wrong) || wrong.Row != 2 {
		t.Errorf("the error %v does not name row 2", err)
	}
}

func TestDecisionsDoNotDependOnTheProcessors(t *testing.T) {
	rules := rulesOf(t, load(t), "hongtong")
	r := roster.New(rules)
	for _, p := range elders(rules, rand.New(rand.NewPCG(3, 3)), 5000, 0.001) {
		add(t, r, &p)
	}
	var want *roster.Decisions
	var wantTotals *roster.Totals
	for _, processors := range []int{1, 2, 3, 8} {
		before := runtime.GOMAXPROCS(processors)
		got, err := r.Decide(t.Context())
		totals, totalsErr := r.Totals(t.Context())
		runtime.GOMAXPROCS(before)
		if err != nil || totalsErr != nil {
			t.Fatal(err, totalsErr)
		}
		if want == nil {
			want, wantTotals = got, totals
			continue
		}
		compare(t, want, got)
		if diff := cmp.Diff(wantTotals, totals, byRow); diff != "" {
			t.Errorf("%d processors (-one, +several):\n%s", processors, diff)
		}
	}
}

func TestBrokenOffWorkIsAnError(t *testing.T) {
	rules := rulesOf(t, load(t), "shanxi")
	r := roster.New(rules)
	for _, p := range elders(rules, rand.New(rand.NewPCG(4, 4)), 10, 0) {
		add(t, r, &p)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Totals(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("totals: %v", err)
	}
	if _, err := r.Decide(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("decisions: %v", err)
	}
}

// What is allocated does not grow with the elders: nothing is in the loops over blocks.
func TestBlocksAllocateNothing(t *testing.T) {
	rules := rulesOf(t, load(t), "shanxi")
	people := population(rules.Table.Space, 200*512)
	allocated := func(blocks int) (totals, decisions float64) {
		r := newKnown(rules)
		for i := range people[:blocks*512] {
			add(t, r, &people[i%512])
		}
		totals = testing.AllocsPerRun(3, func() {
			if _, err := r.Totals(context.Background()); err != nil {
				t.Fatal(err)
			}
		})
		decisions = testing.AllocsPerRun(3, func() {
			if _, err := r.Decide(context.Background()); err != nil {
				t.Fatal(err)
			}
		})
		return totals, decisions
	}
	fewTotals, fewDecisions := allocated(2)
	manyTotals, manyDecisions := allocated(200)
	const slack = 20 // of the runtime
	if manyTotals > fewTotals+slack || manyDecisions > fewDecisions+slack {
		t.Errorf("200 blocks allocate %v and %v times, 2 blocks %v and %v", manyTotals, manyDecisions, fewTotals, fewDecisions)
	}
}

// listOf returns a list of one service with rules of one's own.
func listOf(parameters, rego string) fstest.MapFS {
	return fstest.MapFS{
		"catalogs/many.yaml": {Data: []byte(`jurisdiction: {id: many, code: "990000", name: 试验省, level: province}
document: {title: 试验清单, basis: official}
effective_from: "2024-01-01"
parameters:
  elder_age: {label: 老年人, unit: years, values: [{from: "2024-01-01", value: 60}], cite: [附件 1]}
` + parameters + `services:
  - id: old-age-allowance
    item: "1"
    name: 高龄津贴
    group: 老年人
    type: 物质帮助
    departments: [民政厅]
    access: automatic
    cite: [附件 1]
`)},
		"rego/lists/many.rego": {Data: []byte("# METADATA\n# title: 试验清单\npackage lists.many\n\nimport data.grant\nimport data.parameters as p\n\n" + rego)},
	}
}

const header = "# METADATA\n# title: 高龄津贴\n# custom:\n#   item: \"1\"\n"

// Many cases, and patterns of several words.
func TestManyCases(t *testing.T) {
	var parameters, rules strings.Builder
	flags := []string{"retired", "living_alone", "empty_nest", "left_behind", "homeless"}
	for i := range 300 {
		fmt.Fprintf(&parameters, "  a%d: {label: 标准, unit: cny_per_month, bound: at_least, values: [{from: \"2024-01-01\", value: %d}], cite: [附件 1]}\n", i, 1+i*7%300)
		fmt.Fprintf(&rules, "%sgrants contains grant.promise(\"old-age-allowance\", {\"monthly_cny\": p.a%d}) if {\n\tinput.age >= %d\n\tinput.%s\n}\n\n",
			header, i, 60+i%50, flags[i%5])
	}
	engine := load(t, eldercare.WithFS("many", listOf(parameters.String(), rules.String())), eldercare.WithJurisdictions("many"))
	many := rulesOf(t, engine, "many")
	if cases := len(many.Table.Distinct()); cases < 257 {
		t.Fatalf("the table has %d cases", cases)
	}
	for _, w := range worlds {
		for _, missing := range []float64{0, 0.01} {
			check(t, w, many, elders(many, rand.New(rand.NewPCG(5, 5)), 300, missing))
		}
	}
}

func TestOpaqueRulesAreLeftToOPA(t *testing.T) {
	engine := load(t, eldercare.WithJurisdictions("many"), eldercare.WithFS("many", listOf(
		"  a: {label: 标准, unit: cny_per_month, bound: at_least, values: [{from: \"2024-01-01\", value: 30}], cite: [附件 1]}\n",
		header+"grants contains grant.promise(\"old-age-allowance\", {\"monthly_cny\": p.a}) if {\n\tinput.age - input.pension_contribution_years - 0 * count([1 | input.disability_kind == \"none\"]) >= 60\n}\n",
	)))
	rules := rulesOf(t, engine, "many")
	if len(rules.Table.Opaque) == 0 {
		t.Fatal("no rule is opaque")
	}
	for _, w := range worlds {
		check(t, w, rules, elders(rules, rand.New(rand.NewPCG(6, 6)), 70, 0.02))
	}
}

func TestRowsThatContradictThemselvesAreReported(t *testing.T) {
	rules := rulesOf(t, load(t), "shanxi")
	space := rules.Table.Space
	rows := slices.Repeat([]elder.Profile{space.Profile(elder.Cells{})}, 130)
	for _, row := range []int{0, 63, 64, 129} {
		kind, _ := space.Index("disability_kind")
		grade, _ := space.Index("disability_grade")
		var c elder.Cells
		c[kind], _ = space.Axes[kind].Cell("visual")
		c[grade], _ = space.Axes[grade].Cell(0)
		rows[row] = space.Profile(c)
	}
	for _, w := range worlds {
		r := w.new(rules)
		for i := range rows {
			add(t, r, &rows[i])
		}
		decisions, err := r.Decide(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var got []int
		for _, e := range decisions.Errors {
			got = append(got, e.Row)
			var refused *elder.Error
			if !errors.As(e, &refused) || refused.Problems[0].Code != "contradiction" {
				t.Errorf("row %d: %v", e.Row, e)
			}
			if decisions.At(e.Row) != nil {
				t.Errorf("row %d has a decision", e.Row)
			}
		}
		if diff := cmp.Diff([]int{0, 63, 64, 129}, got); diff != "" {
			t.Errorf("%s: rows refused (-want +got):\n%s", w.name, diff)
		}
	}
}

// Of elders of whom everything is known that is asked of them, a decision that was made before
// takes no allocation.
func TestOneDecisionAllocatesNothing(t *testing.T) {
	engine := load(t)
	for _, jurisdiction := range lists {
		rules := rulesOf(t, engine, jurisdiction)
		people := population(rules.Table.Space, sample)
		for name, ask := range map[string]func(context.Context, *elder.Profile) (*decide.Decision, error){
			"unknown": rules.Decide, "known": rules.AssumeKnown(true).Decide,
		} {
			allocated := testing.AllocsPerRun(2, func() {
				for i := range people {
					if _, err := ask(context.Background(), &people[i]); err != nil {
						t.Fatal(err)
					}
				}
			})
			if allocated > 0 {
				t.Errorf("%s: deciding by %s allocates: %v for %d elders", name, jurisdiction, allocated, len(people))
			}
		}
	}
}
