package answers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
)

// vocabulary has attributes of all types, one of which is asked only of some.
func vocabulary() *policy.Vocabulary {
	enum := func(names ...string) (values []*policy.EnumValue) {
		for _, name := range names {
			values = append(values, &policy.EnumValue{Name: name})
		}
		return values
	}
	return &policy.Vocabulary{
		Attributes: []*policy.Attribute{
			{Name: "age", Type: policy.Integer, Max: 3},
			{Name: "category", Type: policy.Enum, Values: enum("none", "poor", "tekun"), Absent: "none"},
			{Name: "mode", Type: policy.Enum, Values: enum("home", "away"), AskedOf: &policy.AskedOf{Attribute: "category", Values: []any{"tekun"}}},
			{Name: "grade", Type: policy.Integer, Max: 2},
			{Name: "alone", Type: policy.Boolean},
		},
		Measures: []*policy.Measure{
			policy.NewMeasure("monthly", "", "", policy.CNYPerMonth), policy.NewMeasure("once", "", "", policy.CNY), policy.NewMeasure("visits", "", "", policy.TimesPerMonth),
		},
	}
}

var services = []string{"a", "b", "c", "d", "e", "f"}

// chain returns a list with all services but the last, and one above it that has that too.
func chain() []layer.Layer {
	var layers []layer.Layer
	for i, id := range []string{"county", "city"} {
		list := &policy.List{
			Jurisdiction: policy.Jurisdiction{ID: id},
			ChooseHigher: []*policy.ChooseHigher{
				{Members: []policy.Member{{Service: "a", Measure: "monthly"}, {Service: "c", Measure: "monthly"}}, Reason: "higher"},
				{Members: []policy.Member{{Service: "c", Measure: "once"}, {Service: "d", Measure: "once"}}, Reason: "<once>"},
			},
		}
		l := layer.Layer{List: list}
		for n, service := range services[:len(services)-1+i] {
			s := &policy.Service{ID: service, Name: "服务" + service, Item: fmt.Sprint(n), Access: policy.Access("application"), Cite: []policy.Citation{{At: "附件"}}}
			list.Services = append(list.Services, s)
			for discretionary := range 2 {
				r := &rules.Rule{Stem: id, Index: 2*n + discretionary, Service: service, Discretionary: discretionary == 1, Attributes: []string{"age", "grade", "mode"}}
				l.Rules = append(l.Rules, layer.Applied{Rule: r, Service: s, Reads: r.Attributes})
			}
		}
		layers = append(layers, l)
	}
	return layers
}

// random makes tables.
type random struct{ *rand.Rand }

func (r random) table(t *testing.T) *table.Table {
	t.Helper()
	space, err := elder.NewSpace(vocabulary())
	if err != nil {
		t.Fatal(err)
	}
	layers := chain()
	var cases []table.Case
	for i, l := range layers {
		for _, applied := range l.Rules {
			if applied.Discretionary && r.IntN(4) > 0 {
				continue
			}
			for range r.IntN(4) {
				grant := rules.Grant{Service: applied.Service.ID, Discretionary: applied.Discretionary, Measures: r.measures()}
				cases = append(cases, table.Case{Case: rules.Case{Rule: applied.Rule, Grant: grant, Box: r.box(space, 3)}, Layer: i, Applied: applied})
			}
		}
	}
	var contradictions []rules.Contradiction
	for range r.IntN(3) {
		if b := r.given(space); len(b) > 1 {
			contradictions = append(contradictions, rules.Contradiction{Message: "impossible", Box: b})
		}
	}
	return table.New(space, layers, cases, contradictions)
}

func (r random) measures() map[string]policy.Promise {
	measures := map[string]policy.Promise{}
	for _, measure := range []string{"monthly", "once", "visits"} {
		amount := policy.DecimalOf(int64(1 + r.IntN(3)))
		switch r.IntN(6) {
		case 0:
			measures[measure] = policy.Promise{Bound: policy.Exactly, Value: &amount}
		case 1:
			measures[measure] = policy.Promise{Bound: policy.AtLeast, Value: &amount, Parameters: []string{"p"}}
		case 2:
			measures[measure] = policy.Promise{Bound: policy.SetLocally, Missing: "wage"}
		}
	}
	return measures
}

// box returns a box with some sides.
func (r random) box(space *elder.Space, in int) box.Box {
	var b box.Box
	for a := range space.Axes {
		if r.IntN(in) > 0 {
			continue
		}
		var admits box.Set
		for cell := range space.Axes[a].Cells() {
			if r.IntN(2) == 0 {
				admits.Add(uint8(cell))
			}
		}
		if with, some := b.With(a, admits); some {
			b = with
		}
	}
	return b
}

// given returns a box of values.
func (r random) given(space *elder.Space) box.Box {
	var values box.Box
	for _, side := range r.box(space, 2) {
		if some := side.Admits.Minus(box.SetOf(elder.Absent)); !some.Empty() {
			values = append(values, box.Side{Attribute: side.Attribute, Admits: some})
		}
	}
	return values
}

// everybody yields all that may be said of an elder.
func everybody(space *elder.Space, yield func(elder.Cells)) {
	var c elder.Cells
	var next func(a int)
	next = func(a int) {
		if a == len(space.Axes) {
			yield(c)
			return
		}
		for cell := range space.Axes[a].Cells() {
			c[a] = uint8(cell)
			next(a + 1)
		}
	}
	next(0)
}

var of = decide.Decision{Jurisdiction: "county", On: policy.Date{Year: 2026, Month: 11, Day: 22}, Digest: "sha256:0"}

// exactly decides over the whole space at once: by the region of all that an elder may be, or,
// where the world is not open, on each of those.
func exactly(t *table.Table, opaque *opaque, w World, c elder.Cells) *decide.Decision {
	var awards []decide.Award
	cases := t.Distinct()
	if opaque != nil {
		cases = append(cases, opaque.cases...)
		SortAsDeclared(t.Layers, cases, func(c table.Case) (int, layer.Applied) { return c.Layer, c.Applied })
	}
	switch w {
	case Open:
		region := t.Possible(c)
		if len(region) == 0 {
			return nil
		}
		awards = t.Awards(region, cases)
		for i := range awards {
			t.Needs(&awards[i], region, cases, c)
		}
	case Closed:
		if len(t.Possible(c)) == 0 {
			return nil
		}
		awards = decide.InAll(closedAwards(t, cases, c))
	}
	d := decide.Compose(t.Space.Vocabulary, t.Layers, awards)
	d.On, d.Digest = of.On, of.Digest
	return d
}

func containing(cases []table.Case, c elder.Cells) []table.Case {
	return slices.DeleteFunc(slices.Clone(cases), func(of table.Case) bool {
		return !of.Box.Contains(func(a int) uint8 { return c[a] })
	})
}

// closedAwards returns the awards for every value of what cannot be absent: what is missing is
// absent, as long as some elder is left.
func closedAwards(t *table.Table, cases []table.Case, c elder.Cells) [][]decide.Award {
	closed := t.Space.Close(c)
	if len(t.Possible(closed)) == 0 {
		closed = c
		for a := range t.Space.Axes {
			if absent := closed; absent[a] == elder.Absent {
				absent[a] = t.Space.Axes[a].AbsentCell()
				if len(t.Possible(absent)) > 0 {
					closed = absent
				}
			}
		}
	}
	var left []string
	for a := range t.Space.Axes {
		if axis := &t.Space.Axes[a]; closed[a] == elder.Absent && axis.AbsentCell() != elder.Absent {
			left = append(left, axis.Attribute.Name)
		}
	}
	if len(left) == 0 {
		return [][]decide.Award{decide.Awards(t.Layers, table.Held(containing(cases, closed)))}
	}
	completions, _ := t.Combinations(closed, left, 1<<20)
	var all [][]decide.Award
	for _, completion := range completions {
		all = append(all, decide.Awards(t.Layers, table.Held(containing(cases, completion.Cells))))
	}
	return all
}

// opaque stands for plain OPA: its rule holds in cases that the table does not know.
type opaque struct {
	table *table.Table
	cases []table.Case
	asked int
	mu    sync.Mutex
}

var errOPA = errors.New("OPA fails")

func (o *opaque) Held(_ context.Context, c elder.Cells, service string) ([]decide.Held, error) {
	if o == nil || service != o.cases[0].Grant.Service {
		return nil, errOPA
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.asked++
	return table.Held(containing(o.cases, c)), nil
}

func (o *opaque) Tried(context.Context, elder.Cells, string) ([]table.Case, []Rule, error) {
	if o == nil {
		return nil, nil, errOPA
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.asked++
	return o.cases, nil, nil
}

// withOpaque gives a table a rule that it does not hold.
func (r random) withOpaque(t *table.Table) *opaque {
	applied := t.Layers[0].Rules[2*r.IntN(len(services)-1)]
	o := &opaque{table: t}
	t.Opaque = []table.Opaque{{Applied: applied}}
	for range 1 + r.IntN(3) {
		b := box.Box{}
		for _, name := range applied.Attributes {
			a, _ := t.Space.Index(name)
			if r.IntN(2) == 0 {
				b, _ = b.With(a, box.SetOf(uint8(1+r.IntN(len(t.Space.Axes[a].Values)))))
			}
		}
		grant := rules.Grant{Service: applied.Service.ID, Measures: r.measures()}
		o.cases = append(o.cases, table.Case{Case: rules.Case{Rule: applied.Rule, Grant: grant, Box: b}, Applied: applied})
	}
	return o
}

// Answers of single services make the decision that the whole table makes at once, of everybody of
// whom anything can be said, in every world; also where a rule is left to plain OPA. As JSON they
// are the decision's.
func TestAnswersAreThoseOfTheWholeTable(t *testing.T) {
	for n := range effort.Of(6, 9, 24) {
		r := random{rand.New(rand.NewPCG(uint64(n), 8))}
		tab := r.table(t)
		var o *opaque
		if n%3 == 0 {
			o = r.withOpaque(tab)
		}
		d := NewDecider(New(tab, o), of, NewRecent())
		everybody(tab.Space, func(c elder.Cells) {
			for w := range World(worlds) {
				got, err := d.Decide(t.Context(), w, &c)
				if wrong, ok := errors.AsType[*elder.Error](err); ok != (len(tab.Possible(c)) == 0) || !ok && err != nil {
					t.Fatalf("table %d, world %d, %v: %v, %v", n, w, tab.Space.Elder(c), err, wrong)
				}
				want := exactly(tab, o, w, c)
				if !reflect.DeepEqual(want, got) {
					t.Fatalf("table %d, world %d, %v (-whole table +answers):\n%s", n, w, tab.Space.Elder(c), cmp.Diff(want, got))
				}
				if got != nil && r.IntN(10) == 0 {
					checkJSON(t, d, w, &c, got)
				}
			}
		})
	}
}

func checkJSON(t *testing.T, d *Decider, w World, c *elder.Cells, of *decide.Decision) {
	t.Helper()
	for _, id := range []string{"", "E-<1>\"\n", "\n", "\"", "\\", "七"} {
		want := *of
		want.ID = id
		got, err := d.AppendJSON(t.Context(), []byte("before"), w, id, c)
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		encoder := json.NewEncoder(&out)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff("before"+out.String(), string(got)+"\n"); diff != "" {
			t.Fatalf("JSON (-decision +answers):\n%s", diff)
		}
	}
}
