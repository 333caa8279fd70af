package ruleset_test

import (
	"os"
	"slices"
	"testing"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/random"
)

// Whatever the missing facts turn out to be, plain OPA adds up no less than the total that was
// certain, however choices overlap; and just that, where it was exact.
func TestTotalIsCertain(t *testing.T) {
	grant := must(os.ReadFile("../../rego/grant.rego"))(t)
	asked, exact, least, possibly := 0, 0, 0, 0
	for seed := range effort.Of[uint64](20, 20, 150) { // the first 40 leave a fault of two equal measures unseen, all do not
		var bounds []string
		if seed%2 == 1 {
			bounds = []string{"exactly", "at_least", "at_most", "set_locally"}
		}
		files := random.Choosing(grant, seed, bounds...)
		e := must(eldercare.Load(t.Context(), eldercare.WithoutEmbedded(), eldercare.WithFS("", files)))(t)
		w := newWorld(rulesOn(t, e, "top", "2024-01-01"), seed)
		if seed%2 == 1 {
			conform(t, e, stock(t, e, union{files, os.DirFS("../..")}), "top", "2024-01-01", 16, seed)
		}
		sums := w.sums(t)
		for n := range 81 {
			c := elder.Cells{uint8(n % 3), uint8(n / 3 % 3), uint8(n / 9 % 3), uint8(n / 27)} // unknown, false or true
			total, reached := w.checkTotal(t, c, sums)
			asked++
			if total.Bound == policy.Exactly {
				exact++
			}
			if reached {
				least++
			}
			if slices.ContainsFunc(total.NotAdded, func(left decide.NotAdded) bool { return left.Possibly }) {
				possibly++
			}
			if n%5 == 0 {
				w.agreeOnUnknown(t, c)
			}
		}
		if t.Failed() {
			t.Fatalf("seed %d\n%s\n%s", seed, files["catalogs/top.yaml"].Data, files["rego/lists/top.rego"].Data)
		}
	}
	t.Logf("of %d totals %d are exact, %d the least, %d leave out what is possibly not paid", asked, exact, least, possibly)
	if exact < asked/10 || least < asked*9/10 || possibly < asked/100 {
		t.Error("that is too few to try anything")
	}
}

// sums are the totals by plain OPA of all elders of whom everything is known.
func (w *world) sums(t *testing.T) map[elder.Cells]policy.Decimal {
	t.Helper()
	all := map[elder.Cells]policy.Decimal{}
	for _, c := range w.completions(elder.Cells{}, w.axes()) {
		all[c] = must(w.plainly(t.Context(), c))(t).MonthlyCNY.Value
	}
	return all
}

// axes are the places of all attributes.
func (w *world) axes() []int {
	all := make([]int, len(w.Table.Space.Axes))
	for i := range all {
		all[i] = i
	}
	return all
}

// checkTotal compares the total on what is known with the sums of all completions, and returns it,
// and whether one of them is no more.
func (w *world) checkTotal(t *testing.T, c elder.Cells, sums map[elder.Cells]policy.Decimal) (total decide.Total, reached bool) {
	t.Helper()
	total = must(w.Decide(t.Context(), new(w.Table.Space.Profile(c))))(t).MonthlyCNY
	for _, d := range w.completions(c, w.axes()) {
		order := total.Value.Cmp(sums[d])
		reached = reached || order == 0
		if order > 0 || order < 0 && total.Bound == policy.Exactly {
			t.Errorf("%v: %s %s is certain, and plain OPA adds up %s of %v",
				w.Table.Space.Input(c), total.Bound, total.Value, sums[d], w.Table.Space.Input(d))
		}
	}
	return total, reached
}
