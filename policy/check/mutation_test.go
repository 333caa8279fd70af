package check_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"golang.org/x/sync/errgroup"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/check"
)

// The reasons why a mutant that is worse in words takes nothing from anybody. That it does not is
// tested by plain OPA.
const (
	permission = "a permission promises nothing"
	unread     = "no rule of the list reads the number"
	overlap    = "at 90 the higher bracket holds"
	dibao      = "who receives dibao has as much by the clause of dibao"
)

// equivalents are the mutants, by list, with such a reason; besides those of discretionary rules
// and of numbers that no rule reads.
var equivalents = map[string]map[string]string{
	"henan": {
		`medical-assistance, clause 36: _not_destitute with input.assistance_category in {"dibao_marginal", "expenditure_hardship", "none"}`: dibao,
		`medical-assistance, clause 37: _not_destitute with input.assistance_category in {"dibao_marginal", "expenditure_hardship", "none"}`: dibao,
		"old_age_allowance_eighties_to from 2023-06-01: 89":                        overlap,
		"old-age-allowance, clause 5: input.age < p.old_age_allowance_eighties_to": overlap,
	},
	"huojia": {
		"old_age_allowance_eighties_to from 2023-06-01: 89": overlap,
	},
}

// TestMutants tests the check itself. It worsens every number, condition, measure and grant of
// every list, one at a time, and checks the copy against the list: the check must find every one,
// with an elder who really loses, as plain OPA confirms. It must find nothing in an unchanged copy,
// and nothing in one that was strengthened. Not in a long test, it takes [some].
func TestMutants(t *testing.T) {
	var mu sync.Mutex
	var total tally
	t.Run("lists", func(t *testing.T) {
		for _, j := range load(t).Jurisdictions() {
			t.Run(j.ID, func(t *testing.T) {
				t.Parallel()
				sum := originalOf(t, j.ID).test(t)
				t.Logf("%v", sum)
				mu.Lock()
				defer mu.Unlock()
				total = total.plus(sum)
			})
		}
	})
	t.Logf("all lists: %v", total)
}

// TestMutantsOfShares finds, once the local figures are given, the mutants of shares of them.
func TestMutantsOfShares(t *testing.T) {
	given := eldercare.WithFS("figures", fstest.MapFS{
		"catalogs/henan_figures.yaml": {Data: []byte(`amends: henan
parameters:
  minimum_wage_monthly: {values: [{from: "2023-06-01", value: 1800}], cite: [{document: made up}]}
  dibao_standard_monthly: {values: [{from: "2023-06-01", value: 500}], cite: [{document: made up}]}
`)},
	})
	for _, list := range []string{"henan", "huojia"} {
		t.Run(list, func(t *testing.T) {
			o := originalOf(t, list, given)
			var sum tally
			o.each(t, []mutant{o.copied()}, func(tr trial) { o.sound(t, tr, &sum) })
			shares := slices.DeleteFunc(o.worsened(), func(m mutant) bool { return !strings.HasPrefix(m.name, "nursing_share_") })
			o.each(t, shares, func(tr trial) { o.killed(t, tr, &sum) })
			if sum.worse != 4 {
				t.Errorf("%d mutants of shares, want 4", sum.worse)
			}
			t.Logf("%v", sum)
		})
	}
}

// tally counts mutants.
type tally struct {
	better     int
	worse      int
	killed     int
	equivalent map[string]int // by reason
	elders     int            // tried on equivalent mutants
}

func (a tally) plus(b tally) tally {
	sum := tally{
		better: a.better + b.better, worse: a.worse + b.worse, killed: a.killed + b.killed, elders: a.elders + b.elders,
		equivalent: map[string]int{},
	}
	for _, side := range []tally{a, b} {
		for reason, n := range side.equivalent {
			sum.equivalent[reason] += n
		}
	}
	return sum
}

func (a tally) String() string {
	return fmt.Sprintf("%d mutants for the worse, %d found; equivalent %v, tried on %d elders; %d unchanged or for the better, nothing found",
		a.worse, a.killed, a.equivalent, a.elders, a.better)
}

// test makes all mutants of a list and judges them.
func (o *original) test(t *testing.T) tally {
	t.Helper()
	var sum tally
	worse := o.worsened()
	o.known(t, worse)
	every := effort.Of(24, 24, 1)
	o.each(t, append(sample(o.strengthened(), every), o.copied()), func(tr trial) { o.sound(t, tr, &sum) })
	found := slices.DeleteFunc(slices.Clone(worse), func(m mutant) bool { return o.reason(m) != "" })
	o.each(t, sample(found, every), func(tr trial) { o.killed(t, tr, &sum) })
	harmless := slices.DeleteFunc(worse, func(m mutant) bool { return o.reason(m) == "" })
	o.each(t, sample(harmless, every), func(tr trial) { o.harmless(t, tr, &sum) })
	return sum
}

// sample returns every n-th of some mutants.
func sample(mutants []mutant, every int) []mutant {
	var chosen []mutant
	for n := 0; n < len(mutants); n += every {
		chosen = append(chosen, mutants[n])
	}
	return chosen
}

// known checks that the mutants said to be equivalent exist.
func (o *original) known(t *testing.T, mutants []mutant) {
	t.Helper()
	for name := range equivalents[o.Stem] {
		if !slices.ContainsFunc(mutants, func(m mutant) bool { return m.name == name }) {
			t.Errorf("there is no mutant %q", name)
		}
	}
}

// reason returns why a mutant that is worse in words takes nothing from anybody, empty when it
// does.
func (o *original) reason(m mutant) string {
	if m.reason != "" {
		return m.reason
	}
	return equivalents[o.Stem][m.name]
}

// trial is the check of one mutant against its original.
type trial struct {
	mutant
	id     string
	engine *eldercare.Engine
	report *eldercare.Report
}

// batchSize is how many mutants are loaded at once.
const batchSize = 100

// each loads mutants in batches, checks them against the list, and judges each.
func (o *original) each(t *testing.T, mutants []mutant, judge func(trial)) {
	t.Helper()
	for batch := range slices.Chunk(mutants, batchSize) {
		for _, tr := range o.check(t, batch) {
			judge(tr)
		}
	}
}

func (o *original) check(t *testing.T, mutants []mutant) []trial {
	t.Helper()
	files := fstest.MapFS{}
	ids := make([]string, len(mutants))
	for n, m := range mutants {
		var err error
		if ids[n], err = o.put(files, n, m); err != nil {
			t.Fatal(err)
		}
	}
	options := append(slices.Clone(o.options), eldercare.WithFS("mutants", files), eldercare.WithJurisdictions(append(ids, o.Jurisdiction.ID)...))
	engine := load(t, options...)
	trials := make([]trial, len(mutants))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, m := range mutants {
		group.Go(func() error {
			report, err := engine.Check(t.Context(), ids[i], eldercare.Against(o.Jurisdiction.ID))
			if err != nil {
				return fmt.Errorf("%s: %w", m.name, err)
			}
			trials[i] = trial{m, ids[i], engine, report}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	return trials
}

// sound judges a mutant that is no worse: nothing may be found.
func (o *original) sound(t *testing.T, tr trial, sum *tally) {
	sum.better++
	for _, f := range tr.report.Findings {
		t.Errorf("%s: %s %s %s is found, though nobody loses: %s", tr.name, f.Service, f.Kind, f.Measure, f.Note)
	}
}

// killed judges a mutant that is worse: it must be found, and each witness must lose.
func (o *original) killed(t *testing.T, tr trial, sum *tally) {
	sum.worse++
	if len(tr.report.Findings) == 0 {
		t.Errorf("survived: %s", tr.name)
		return
	}
	sum.killed++
	for _, f := range tr.report.Findings {
		if f.Kind == check.Combined { // of several services
			o.paysLess(t, tr, f)
			continue
		}
		loss, err := o.loss(t.Context(), tr, f.Service, f.Witness, f.From)
		if err != nil {
			t.Fatalf("%s: %v", tr.name, err)
		}
		want := loss.kind(f.Measure)
		if f.Kind == check.Omitted {
			want = strings.Replace(want, string(check.Narrower), string(check.Omitted), 1)
		}
		if string(f.Kind) != want {
			t.Errorf("%s: %s %s %s is found with witness %v, plain OPA says %q", tr.name, f.Service, f.Kind, f.Measure, f.Witness, want)
		}
		if open := f.Kind == check.Open; open != (f.Severity == policy.SeverityWarning) {
			t.Errorf("%s: %s %s is a finding of severity %s", tr.name, f.Service, f.Kind, f.Severity)
		}
	}
}

// harmless judges a mutant that is said to take nothing from anybody: nothing may be found, and
// nobody loses by plain OPA.
func (o *original) harmless(t *testing.T, tr trial, sum *tally) {
	*sum = sum.plus(tally{equivalent: map[string]int{o.reason(tr.mutant): 1}})
	for _, f := range tr.report.Findings {
		t.Errorf("%s: %s %s %s is found, though %s", tr.name, f.Service, f.Kind, f.Measure, o.reason(tr.mutant))
	}
	limit := 0
	if o.reason(tr.mutant) == permission {
		limit = maxPermitted
	}
	for _, service := range tr.services {
		for e := range o.elders(service, limit) {
			loss, err := o.loss(t.Context(), tr, service, e, o.rules.On)
			var impossible *eldercare.InputError
			if errors.As(err, &impossible) {
				continue
			}
			if err != nil {
				t.Fatalf("%s: %v", tr.name, err)
			}
			sum.elders++
			if loss != nil {
				t.Fatalf("%s: %v loses %v, though %s", tr.name, e, loss, o.reason(tr.mutant))
			}
		}
	}
}

// loss is what an elder loses of a service: by measure lower or open, or by the empty name
// narrower.
type loss map[string]check.Kind

func (l loss) kind(measure string) string { return string(l[measure]) }

// loss compares what plain OPA grants an elder of a service: all lists of the original's chain
// together, and what the mutant itself declares. It is nil when nothing is lost.
func (o *original) loss(ctx context.Context, tr trial, service string, e eldercare.Elder, on policy.Date) (loss, error) {
	owed, err := o.engine.Evaluate(ctx, o.Jurisdiction.ID, e, eldercare.On(on), eldercare.AssumeKnown(), eldercare.PlainOPA())
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(owed.Entitled, func(e eldercare.Entitlement) bool { return e.Service == service })
	if i < 0 {
		return nil, nil
	}
	r, err := tr.engine.Rules(ctx, tr.id, on)
	if err != nil {
		return nil, err
	}
	p, err := r.Encode(e)
	if err != nil {
		return nil, err
	}
	p = r.Close(p)
	held, err := r.Oracle().Services(ctx, r.Table.Space.Input(p.Cells()), []string{service}, 1)
	if err != nil {
		return nil, err
	}
	var granted []map[string]eldercare.Promise
	for _, h := range held {
		if !h.Grant.Discretionary {
			granted = append(granted, h.Grant.Measures)
		}
	}
	if granted == nil {
		return loss{"": check.Narrower}, nil
	}
	var lost loss
	for measure, want := range owed.Entitled[i].Promises {
		if kind := lostOf(want, granted, measure); kind != "" {
			if lost == nil {
				lost = loss{}
			}
			lost[measure] = kind
		}
	}
	return lost, nil
}

// lostOf returns how the best of some grants falls short of a promise: a number counts for a
// number, a ceiling for a ceiling. An amount that depends on a missing number is met by no less a
// share of it, and one that is set locally by every amount that is sure.
func lostOf(want eldercare.Promise, granted []map[string]eldercare.Promise, measure string) check.Kind {
	kind := check.Lower
	numbered := false
	for _, g := range granted {
		have, ok := g[measure]
		switch {
		case !ok:
		case want.Value == nil:
			if meetsOpen(have, want) {
				return ""
			}
		case have.Value == nil:
			if !numbered {
				kind = check.Open
			}
		default:
			kind, numbered = check.Lower, true
			if have.Value.Cmp(*want.Value) >= 0 && (have.Bound != policy.AtMost || want.Bound == policy.AtMost) {
				return ""
			}
		}
	}
	return kind
}

func meetsOpen(have, want eldercare.Promise) bool {
	switch {
	case want.Missing == "":
		return have.Value == nil || have.Bound != policy.AtMost && have.Value.Cmp(policy.Decimal{}) > 0
	case have.Value != nil || have.Missing != want.Missing:
		return false
	case want.Share == nil || have.Share == nil:
		return want.Share == have.Share
	}
	return have.Share.Of == want.Share.Of && have.Share.Ratio.Cmp(want.Share.Ratio) >= 0
}

// maxPermitted bounds the elders that a mutant of a discretionary rule is tried on: these are many
// and alike.
const maxPermitted = 300

// elders returns all combinations of values of the attributes that the rules of a service read, of
// an age those at and beside the thresholds of its rules. Where there is a limit, and they are
// more, so many of them at random.
func (o *original) elders(service string, limit int) func(yield func(eldercare.Elder) bool) {
	values := map[string][]any{}
	space := o.rules.Table.Space
	for _, l := range o.rules.Table.Layers {
		for _, a := range l.Rules {
			if a.Service.ID != service {
				continue
			}
			for _, name := range a.Attributes {
				i, _ := space.Index(name)
				if axis := &space.Axes[i]; axis.Type != policy.Integer || axis.Cells() < 16 {
					values[name] = axis.Values
					if axis.AskedOf >= 0 {
						values[name] = append(slices.Clone(axis.Values), nil)
					}
					continue
				}
				for _, n := range l.Parameters.Thresholds(a.Parameters) {
					for _, beside := range []any{n - 1, n, n + 1} {
						if !slices.Contains(values[name], beside) {
							values[name] = append(values[name], beside)
						}
					}
				}
			}
		}
	}
	var names []string
	total := 1
	for name := range values {
		names = append(names, name)
		total *= len(values[name])
	}
	slices.Sort(names)
	return func(yield func(eldercare.Elder) bool) {
		random := rand.New(rand.NewPCG(1, 1))
		tried := total
		if limit > 0 {
			tried = min(total, limit)
		}
		for n := range tried {
			if tried < total {
				n = random.IntN(total)
			}
			e := eldercare.Elder{}
			for _, name := range names {
				if v := values[name][n%len(values[name])]; v != nil {
					e[name] = v
				}
				n /= len(values[name])
			}
			if !yield(e) {
				return
			}
		}
	}
}
