package ruleset_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

// What is answered with attributes missing is what plain OPA answers for all their values together:
// entitled when it holds for every elder who agrees with what is known, possible when it holds for
// one; promised what the worst off of them is promised, and up to what the best off is.
func TestThreeValued(t *testing.T) {
	over := must(eldercare.Load(t.Context(), eldercare.WithDir(layered)))(t)
	elders := effort.Of(4, 4, 20)
	for _, r := range []*eldercare.Ruleset{
		rulesOn(t, engine(), "shanxi", today), rulesOn(t, engine(), "shuozhou", today), rulesOn(t, engine(), "hongtong", today),
		rulesOn(t, engine(), "henan", today), rulesOn(t, engine(), "huojia", today), rulesOn(t, over, "xuxian", today),
	} {
		t.Run(r.Jurisdiction.ID, func(t *testing.T) {
			t.Parallel()
			w := newWorld(r, 3)
			for n := range elders {
				w.checkUnknown(t, w.partly(w.elder(), 10*(n%8)), 200)
			}
			for range elders / 4 {
				c := w.elder()
				partly := w.partly(c, 4)
				partly[0] = c[0] // an age has too many values to be slow with
				w.agreeOnUnknown(t, partly)
			}
		})
	}
}

// agreeOnUnknown compares the answer on what is known with the one for which plain OPA tries every
// rule.
func (w *world) agreeOnUnknown(t *testing.T, c elder.Cells) {
	t.Helper()
	p := w.Table.Space.Profile(c)
	byTable := must(w.Decide(t.Context(), &p))(t)
	byOPA := must(w.Ask(t.Context(), &p))(t)
	noted := func(p eldercare.Possibility) bool { return p.Note != "" }
	if slices.ContainsFunc(byOPA.Possible, noted) { // too much was missing to try a rule
		return
	}
	if diff := cmp.Diff(plain(t, byOPA), plain(t, byTable)); diff != "" {
		t.Errorf("%v: the table (+) is not plain OPA (-):\n%s", w.Table.Space.Input(c), diff)
	}
}

// checkUnknown compares the answer on what is known with plain OPA's on all completions, for some
// of the services, where there are at most so many.
func (w *world) checkUnknown(t *testing.T, c elder.Cells, most int) {
	t.Helper()
	failed := new(eldercare.EvaluationError)
	got, err := w.Decide(t.Context(), new(w.Table.Space.Profile(c)))
	if errors.As(err, &failed) {
		return // as plain OPA does, for one of those whom c may be
	}
	if err != nil {
		t.Fatal(err)
	}
	services := w.services()
	for range 6 {
		service := services[w.random.IntN(len(services))]
		completions := w.completions(c, w.depends(service))
		if len(completions) == 0 || len(completions) > most {
			continue
		}
		granted := make([]map[claim]map[string]eldercare.Promise, len(completions))
		for i, d := range completions {
			decision, err := w.plainly(t.Context(), d)
			if errors.As(err, &failed) {
				return // of a rule that was not tried, since too much is missing
			}
			if err != nil {
				t.Fatal(err)
			}
			granted[i] = claims(decision)
		}
		w.checkClaim(t, c, got, claim{service, false}, completions, granted)
		w.checkClaim(t, c, got, claim{service, true}, completions, granted)
	}
}

func (w *world) checkClaim(t *testing.T, c elder.Cells, d *eldercare.Decision, k claim, completions []elder.Cells, granted []map[claim]map[string]eldercare.Promise) {
	t.Helper()
	got := answerOf(d, k)
	want := joined(k, granted)
	// too much was missing to try a rule that only OPA can evaluate: then less may be certain, and
	// more possible
	if got.note != "" {
		if got.Certain && !want.Certain || !got.Certain && len(got.needs) == 0 {
			t.Errorf("%v, %v: %v, and by plain OPA %v", w.Table.Space.Input(c), k, got, want)
		}
		return
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(threeValued{})); diff != "" {
		t.Errorf("%v, %v, %d completions (-plain OPA +table):\n%s", w.Table.Space.Input(c), k, len(completions), diff)
	}
	w.checkNeeds(t, c, k, got, completions, granted)
}

// depends returns the attributes that the rules of a service read, and those that decide whether
// these are asked.
func (w *world) depends(service string) []int {
	read := w.read(service)
	for _, i := range read {
		if on := w.Table.Space.Axes[i].AskedOf; on >= 0 && !slices.Contains(read, on) {
			read = append(read, on)
		}
	}
	return read
}

// completions returns the elders who agree with what is known, and of whom all the named attributes
// are known; other attributes stay missing.
func (w *world) completions(c elder.Cells, attributes []int) []elder.Cells {
	all := []elder.Cells{c}
	for _, i := range attributes {
		if c[i] != elder.Absent {
			continue
		}
		var next []elder.Cells
		for _, d := range all {
			for _, cell := range w.representatives(i) {
				d[i] = cell
				next = append(next, d)
			}
		}
		if all = next; len(all) > 20_000 {
			return nil
		}
	}
	return slices.DeleteFunc(all, func(d elder.Cells) bool {
		return !w.exists(d, attributes) || len(w.Table.Contradicted(d)) > 0
	})
}

// exists reports whether each of the attributes has a value, but for those that are not asked of
// the elder, which have none, as little as any other attribute that is not asked; and whether none
// disagrees with what it gives.
func (w *world) exists(c elder.Cells, attributes []int) bool {
	if derived := w.Table.Space.Profile(c); !w.Table.Space.Derive(&derived) {
		return false
	}
	for i := range w.Table.Space.Axes {
		asked, known := w.Table.Space.Asked(i, c), c[i] != elder.Absent
		if known && !asked || !known && asked && slices.Contains(attributes, i) {
			return false
		}
	}
	return true
}

// A claim is a service, promised or at discretion.
type claim struct {
	service       string
	discretionary bool
}

func claims(d *eldercare.Decision) map[claim]map[string]eldercare.Promise {
	all := map[claim]map[string]eldercare.Promise{}
	for _, e := range d.Entitled {
		all[claim{e.Service, false}] = e.Promises
	}
	for _, e := range d.Discretionary {
		all[claim{e.Service, true}] = e.Promises
	}
	return all
}

// A threeValued is what is certain of a claim, and up to what it could rise; promises are in words,
// as cases have them.
type threeValued struct {
	Possible bool
	Certain  bool
	Promises map[string]string
	UpTo     map[string]string

	needs     []string
	settledBy [][]string
	note      string
}

// joined returns the answer over all completions; nothing when it never holds.
func joined(k claim, granted []map[claim]map[string]eldercare.Promise) threeValued {
	v := threeValued{Certain: true, Promises: map[string]string{}, UpTo: map[string]string{}}
	worst, best, in := map[string]eldercare.Promise{}, map[string]eldercare.Promise{}, map[string]int{}
	rises := map[string]bool{}
	for _, of := range granted {
		measures, ok := of[k]
		v.Certain, v.Possible = v.Certain && ok, v.Possible || ok
		for measure, p := range measures {
			if in[measure]++; in[measure] == 1 {
				worst[measure], best[measure] = p, p
			}
			if p.Compare(worst[measure]) < 0 {
				worst[measure] = p
			}
			if p.Exceeds(best[measure]) {
				best[measure] = p
			}
			rises[measure] = rises[measure] || p.MayRise()
		}
	}
	for measure, p := range best {
		if rises[measure] && !p.MayRise() {
			best[measure] = p.OrBetter()
		}
	}
	if !v.Certain {
		v.UpTo = figures(best)
		return v
	}
	for measure, n := range in {
		certain := n == len(granted)
		if !certain {
			delete(worst, measure)
		}
		if certain && !best[measure].Exceeds(worst[measure]) {
			delete(best, measure)
		}
	}
	v.Promises, v.UpTo = figures(worst), figures(best)
	return v
}

func answerOf(d *eldercare.Decision, k claim) threeValued {
	for _, p := range d.Possible {
		if k == (claim{p.Service, p.Discretionary}) {
			return threeValued{Possible: true, Promises: map[string]string{}, UpTo: figures(p.UpTo), needs: p.Needs, settledBy: p.SettledBy, note: p.Note}
		}
	}
	granted := d.Entitled
	if k.discretionary {
		granted = d.Discretionary
	}
	for _, e := range granted {
		if e.Service == k.service {
			return threeValued{Possible: true, Certain: true, Promises: figures(e.Promises), UpTo: figures(e.UpTo), needs: e.Needs, note: e.Note}
		}
	}
	return threeValued{Promises: map[string]string{}, UpTo: map[string]string{}}
}

// checkNeeds checks that knowing all that is needed settles a claim, that the sets of settledBy are
// the smallest for which some values show it to be granted, and that what is needed is missing.
func (w *world) checkNeeds(t *testing.T, c elder.Cells, k claim, got threeValued, completions []elder.Cells, granted []map[claim]map[string]eldercare.Promise) {
	t.Helper()
	for _, name := range got.needs {
		if i, ok := w.Table.Space.Index(name); !ok || c[i] != elder.Absent {
			t.Errorf("%v: %s needs %s, which is known", w.Table.Space.Input(c), k.service, name)
		}
	}
	if got.Certain && len(got.UpTo) == 0 {
		return // nothing to settle
	}
	all := func(n int) string { return fmt.Sprint(granted[n][k] != nil, figures(granted[n][k])) }
	for known, outcomes := range w.grouped(got.needs, completions, all) {
		if len(outcomes) > 1 {
			t.Errorf("%v: with %v known as %v, %s is still not settled: %v", w.Table.Space.Input(c), got.needs, []byte(known), k.service, outcomes)
		}
	}
	if got.Certain {
		return
	}
	grants := func(set []string) bool {
		for _, outcomes := range w.grouped(set, completions, func(n int) string { return fmt.Sprint(granted[n][k] != nil) }) {
			if outcomes["true"] && !outcomes["false"] {
				return true
			}
		}
		return false
	}
	within := func(set []string) func([]string) bool {
		return func(smaller []string) bool {
			return !slices.ContainsFunc(smaller, func(name string) bool { return !slices.Contains(set, name) })
		}
	}
	for _, set := range w.askable(c, got.needs) {
		settles, listed := grants(set), slices.ContainsFunc(got.settledBy, within(set))
		if settles != listed {
			t.Errorf("%v: %v settles %s: %v, and settled by %v", w.Table.Space.Input(c), set, k.service, settles, got.settledBy)
		}
	}
}

// askable returns the sets of up to three of some missing attributes, each with the one that
// decides whether it is asked.
func (w *world) askable(c elder.Cells, names []string) [][]string {
	sets := [][]string{nil}
	for _, name := range names {
		for _, set := range sets {
			i, _ := w.Table.Space.Index(name)
			of := w.Table.Space.Axes[i].AskedOf
			free := of < 0 || c[of] != elder.Absent || slices.Contains(set, w.Table.Space.Axes[of].Attribute.Name)
			if len(set) < 3 && free {
				sets = append(sets, append(slices.Clone(set), name))
			}
		}
	}
	return sets[1:]
}

// grouped returns the outcomes by the values of some attributes.
func (w *world) grouped(names []string, completions []elder.Cells, outcome func(n int) string) map[string]map[string]bool {
	groups := map[string]map[string]bool{}
	for n, c := range completions {
		var values []byte
		for _, name := range names {
			for _, i := range w.Table.Space.Indexes(name) {
				values = append(values, c[i])
			}
		}
		if groups[string(values)] == nil {
			groups[string(values)] = map[string]bool{}
		}
		groups[string(values)][outcome(n)] = true
	}
	return groups
}

// With little known: what is certain, what is possible and what it needs, and nothing silently
// refused.
func TestMustShowUnknown(t *testing.T) {
	t.Run("only that she is 85, in Shuozhou", func(t *testing.T) {
		d := must(engine().Evaluate(t.Context(), "shuozhou", eldercare.Elder{"age": 85}, eldercare.OnDate(today)))(t)
		if diff := cmp.Diff(map[string]string{"monthly_cny": "at_least 30"}, answerOf(d, claim{"old-age-allowance", false}).Promises); diff != "" {
			t.Errorf("old-age allowance (-want +got):\n%s", diff)
		}
		nursing := answerOf(d, claim{"nursing-subsidy", false})
		if diff := cmp.Diff([]string{"economic_hardship", "assistance_category", "self_care"}, nursing.needs); diff != "" || nursing.Certain {
			t.Errorf("nursing subsidy: certain %v, needs (-want +got):\n%s", nursing.Certain, diff)
		}
		if diff := cmp.Diff(map[string]string{"monthly_cny": "at_least 100"}, nursing.UpTo); diff != "" {
			t.Errorf("nursing subsidy up to (-want +got):\n%s", diff)
		}
		list := must(engine().List("shuozhou", date(t, today)))(t)
		for _, s := range list.Services {
			if !answerOf(d, claim{s.ID, false}).Possible {
				t.Errorf("%s is refused, though an elder of 85 may have it", s.ID)
			}
		}
	})
	t.Run("special difficulty known, self-care not", func(t *testing.T) {
		d := must(engine().Evaluate(t.Context(), "shuozhou", eldercare.Elder{"age": 70, "living_alone": true}, eldercare.OnDate(today)))(t)
		want := threeValued{
			Possible: true, Certain: true, Promises: map[string]string{"visits_per_month": "at_least 1"}, UpTo: map[string]string{"extra_visits": "exactly 1"},
		}
		got := answerOf(d, claim{"visiting-service", false})
		if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(threeValued{})); diff != "" {
			t.Errorf("visiting service (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"self_care"}, got.needs); diff != "" {
			t.Errorf("needs (-want +got):\n%s", diff)
		}
	})
	t.Run("the old-age allowance begins on the 80th birthday", func(t *testing.T) {
		for on, want := range map[string]bool{"2026-11-22": false, "2027-02-28": false, "2027-03-01": true} {
			d := must(engine().Evaluate(t.Context(), "shuozhou", eldercare.Elder{"birth_date": "1947-03-01"}, eldercare.OnDate(on)))(t)
			if got := answerOf(d, claim{"old-age-allowance", false}); got.Certain != want || got.Possible != want {
				t.Errorf("on %s: certain %v, possible %v, want %v", on, got.Certain, got.Possible, want)
			}
		}
	})
}
