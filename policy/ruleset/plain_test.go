package ruleset_test

import (
	"context"
	"errors"
	"flag"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/answers"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
)

// The table and plain OPA agree on every combination of what a service's rules read, an attribute
// that has no value included: on all values where the combinations are few; else with ages and
// years of contribution only at and next to where a list names one; else on random combinations.
func TestTableMatchesPlainOPA(t *testing.T) {
	over := must(eldercare.Load(t.Context(), eldercare.WithDir(layered)))(t)
	for _, r := range []*eldercare.Ruleset{
		rulesOn(t, engine(), "shanxi", today), rulesOn(t, engine(), "shuozhou", today), rulesOn(t, engine(), "hongtong", today),
		rulesOn(t, engine(), "henan", today), rulesOn(t, engine(), "huojia", today), rulesOn(t, over, "xuxian", today),
	} {
		w := newWorld(r, 1)
		for _, service := range w.services() {
			t.Run(r.Jurisdiction.ID+"/"+service, func(t *testing.T) {
				t.Parallel()
				w := newWorld(r, 2)
				w.agreeOn(t, w.read(service))
			})
		}
	}
}

func (w *world) services() []string {
	var ids []string
	for _, l := range w.Table.Layers {
		for _, a := range l.Rules {
			if !slices.Contains(ids, a.Service.ID) {
				ids = append(ids, a.Service.ID)
			}
		}
	}
	return ids
}

// read returns the attributes that the rules of a service read, in all layers.
func (w *world) read(service string) []int {
	var read []int
	for _, l := range w.Table.Layers {
		for _, a := range l.Rules {
			for _, name := range a.Attributes {
				if indexes := w.Table.Space.Indexes(name); a.Service.ID == service && !slices.Contains(read, indexes[0]) {
					read = append(read, indexes...)
				}
			}
		}
	}
	return read
}

var exhaustive = flag.Bool("exhaustive", false, "try up to 200,000 combinations for each service, which takes minutes")

// limits returns up to how many combinations every value is tried, up to how many every
// representative is, and how many random ones are tried beyond.
func limits() (everyValue, everyRepresentative, random int) {
	if *exhaustive {
		return 200_000, 200_000, 20_000
	}
	return effort.Of(0, 100, 500), effort.Of(0, 200, 2_000), effort.Of(50, 50, 500)
}

func (w *world) agreeOn(t *testing.T, attributes []int) {
	everyValue, everyRepresentative, random := limits()
	values := make([][]uint8, len(attributes))
	for i, a := range attributes {
		values[i] = w.Table.All(a).Cells()
	}
	if combinations(values) > everyValue {
		for i, a := range attributes {
			values[i] = w.representatives(a)
		}
	}
	all := combinations(values)
	if all > max(everyValue, everyRepresentative) {
		for range random {
			w.agree(t, pick(attributes, values, w.random.IntN(all)))
		}
		return
	}
	for n := range all {
		w.agree(t, pick(attributes, values, n))
	}
}

func combinations(values [][]uint8) int {
	n := 1
	for _, v := range values {
		n *= len(v)
	}
	return n
}

// pick returns the n-th combination of values.
func pick(attributes []int, values [][]uint8, n int) elder.Cells {
	var c elder.Cells
	for i, a := range attributes {
		c[a] = values[i][n%len(values[i])]
		n /= len(values[i])
	}
	return c
}

// representatives returns all cells of an attribute, but of an integer with many values those at
// and next to the thresholds of the lists and at the ends.
func (w *world) representatives(attribute int) []uint8 {
	axis := &w.Table.Space.Axes[attribute]
	if axis.Type != policy.Integer || axis.Cells() < 10 {
		return w.Table.All(attribute).Cells()
	}
	cells := []uint8{elder.Absent, 1, uint8(axis.Cells() - 1)}
	for _, n := range w.ages {
		if cell, ok := axis.Cell(n); ok {
			cells = append(cells, cell)
		}
	}
	slices.Sort(cells)
	return slices.Compact(cells)
}

// agree compares the table with plain OPA on cells as they are: whatever has no cell has no value.
// Where nothing is missing, it compares the decision, too.
func (w *world) agree(t *testing.T, c elder.Cells) {
	t.Helper()
	decided, err := w.Decide(t.Context(), new(w.Table.Space.Profile(c)))
	complete := !slices.Contains(c[:len(w.Table.Space.Axes)], elder.Absent)
	held, errOPA := w.Oracle().Held(t.Context(), w.Table.Space.Input(c))
	if failed := new(eldercare.EvaluationError); errors.As(errOPA, &failed) {
		if complete && !errors.As(err, &failed) {
			t.Fatalf("%v: plain OPA fails, and the table does not: %v", w.Table.Space.Input(c), errOPA)
		}
		return
	}
	if errOPA != nil {
		t.Fatal(errOPA)
	}
	byOPA := w.composed(held)
	if byTable := w.composed(w.byTable(c, held)); !reflect.DeepEqual(byTable, byOPA) {
		t.Fatalf("%v: the table (+) is not plain OPA (-):\n%s", w.Table.Space.Input(c), cmp.Diff(byOPA, byTable))
	}
	if complete && len(w.Table.Possible(c)) > 0 && (err != nil || !reflect.DeepEqual(decided, byOPA)) {
		t.Fatalf("%v: the decision (+) is not that of plain OPA (-): %v\n%s", w.Table.Space.Input(c), err, cmp.Diff(byOPA, decided))
	}
}

// byTable returns the rules that hold by the table, and those of plain OPA that no table can hold.
func (w *world) byTable(c elder.Cells, byOPA []decide.Held) []decide.Held {
	held := table.Held(slices.DeleteFunc(slices.Clone(w.Table.Distinct()), func(of table.Case) bool {
		return !of.Box.Contains(func(a int) uint8 { return c[a] })
	}))
	for _, h := range byOPA {
		if slices.ContainsFunc(w.Table.Opaque, func(o table.Opaque) bool { return o.Layer == h.Layer && o.Applied.Rule == h.Applied.Rule }) {
			held = append(held, h)
		}
	}
	answers.SortAsDeclared(w.Table.Layers, held, func(h decide.Held) (int, layer.Applied) { return h.Layer, h.Applied })
	return held
}

// plainly decides by plain OPA, once, on cells as they are.
func (w *world) plainly(ctx context.Context, c elder.Cells) (*eldercare.Decision, error) {
	held, err := w.Oracle().Held(ctx, w.Table.Space.Input(c))
	if err != nil {
		return nil, err
	}
	return w.composed(held), nil
}

// composed is the decision of the rules that hold.
func (w *world) composed(held []decide.Held) *eldercare.Decision {
	d := decide.Compose(w.Table.Space.Vocabulary, w.Table.Layers, decide.Awards(w.Table.Layers, held))
	d.On, d.Digest = w.On, w.Digest
	return d
}
