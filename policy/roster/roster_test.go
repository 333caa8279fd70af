package roster_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
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

// elders are random rows, of whom each attribute is missing with the given chance. They may contradict themselves.
func elders(rules *eldercare.Ruleset, random *rand.Rand, n int, missing float64) []elder.Profile {
	axes := rules.Table.Space.Axes
	rows := make([]elder.Profile, n)
	for row := range rows {
		for i := range axes {
			if random.Float64() >= missing {
				rows[row].Cells[i] = uint8(1 + random.IntN(len(axes[i].Values)))
			}
		}
		if random.IntN(4) > 0 { // else the ages around the thresholds are rare
			rows[row].Cells[0] = uint8(1 + 55 + random.IntN(50))
		}
		if random.IntN(10) > 0 { // else every other elder contradicts himself
			reconcile(rules.Table.Space, &rows[row].Cells)
		}
	}
	return rows
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

var worlds = []world{
	{"unknown", roster.New, func(r *eldercare.Ruleset, p *elder.Profile) (*decide.Decision, error) {
		return r.Decide(context.Background(), p)
	}},
	{"closed", roster.NewClosed, func(r *eldercare.Ruleset, p *elder.Profile) (*decide.Decision, error) {
		closed := r.Close(*p)
		return r.DecideClosed(context.Background(), &closed)
	}},
}

// oneByOne asks about every row by itself, and counts and sums the decisions.
func (w world) oneByOne(t *testing.T, rules *eldercare.Ruleset, rows []elder.Profile) ([]*decide.Decision, *roster.Totals) {
	t.Helper()
	decisions := make([]*decide.Decision, len(rows))
	totals := &roster.Totals{}
	for row := range rows {
		if messages := rules.Table.Contradicted(rows[row].Cells); len(messages) > 0 {
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
			if len(measure) < 4 || measure[len(measure)-4:] != "_cny" {
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
	for _, jurisdiction := range lists {
		rules := rulesOf(t, engine, jurisdiction)
		for _, w := range worlds {
			for _, n := range []int{0, 1, 63, 64, 65, 511, 512, 513, 1000} {
				missing := []float64{0, 0.02, 0.3}[n%3]
				if w.name == "closed" {
					missing *= 2
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

// check compares a roster of rows with what each row gets by itself.
func check(t *testing.T, w world, rules *eldercare.Ruleset, rows []elder.Profile) {
	t.Helper()
	r := w.new(rules)
	for i := range rows {
		r.Append(&rows[i])
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
