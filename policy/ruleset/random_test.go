package ruleset_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/random"
)

// However many cases a table has, it answers like plain OPA: their bits fill words, or leave a word
// with one bit to spare.
func TestManyCases(t *testing.T) {
	for _, n := range []int{1, 9, 63, 64, 65, 127, 128, 129, 200} {
		for _, ofAge := range []int{0, 8} { // so many of the cases are of one age each; all others hold for everybody
			e := must(eldercare.Load(t.Context(), eldercare.WithoutEmbedded(), eldercare.WithFS("", listOfCases(n, min(ofAge, n-1)))))(t)
			r := rulesOn(t, e, "top", "2024-01-01")
			if len(r.Table.Distinct()) != n {
				t.Errorf("%d cases, want %d", len(r.Table.Distinct()), n)
			}
			w := newWorld(r, 5)
			for cell := range uint8(9) {
				w.agree(t, elder.Cells{cell})
			}
			w.checkUnknown(t, elder.Cells{}, 100)
		}
	}
}

// listOfCases returns a list with so many cases, the last of them of one age each, and each with an
// amount of its own.
func listOfCases(n, ofAge int) fstest.MapFS {
	files := randomLists(nil)
	delete(files, "catalogs/low.yaml")
	delete(files, "rego/lists/low.rego")
	var b strings.Builder
	b.WriteString("package lists.top\n\nimport data.grant\nimport data.parameters as p\n")
	rule := func(service, amount int, condition string) {
		fmt.Fprintf(&b, "\n# METADATA\n# title: %s\n# custom:\n#   item: \"%d\"\n", []string{"一", "二"}[service-1], service)
		fmt.Fprintf(&b, `grants contains grant.promise("s%d", {"m": {"bound": "at_least", "value": %d, "unit": "cny_per_month", "parameters": []}}) if {
	%s
}
`, service, amount, condition)
	}
	const always, never = "p.old_age", "p.old_age == 99"
	for i := range n - ofAge {
		rule(1, i, always)
	}
	for i := range ofAge {
		rule(1, 1000+i, fmt.Sprintf("input.age == %d", i))
	}
	rule(2, 1, never)
	files["rego/lists/top.rego"] = &fstest.MapFile{Data: []byte(b.String())}
	return files
}

// Random rules, in and outside of what reduces to boxes: the table answers like plain OPA, whatever
// is known of the elder.
func FuzzRules(f *testing.F) {
	for seed := range effort.Of[uint64](3, 6, 16) {
		f.Add(randomChoices(seed))
	}
	f.Fuzz(func(t *testing.T, choices []byte) {
		files := randomLists(choices)
		e, err := eldercare.Load(t.Context(), eldercare.WithoutEmbedded(), eldercare.WithFS("", files))
		if problems := (eldercare.Diagnostics{}); errors.As(err, &problems) {
			return // refused with a reason
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, jurisdiction := range []string{"top", "low"} {
			checkRandomRules(t, e, jurisdiction)
		}
		if t.Failed() {
			t.Logf("%s\n%s", files["rego/lists/top.rego"].Data, files["rego/lists/low.rego"].Data)
		}
	})
}

func checkRandomRules(t *testing.T, e *eldercare.Engine, jurisdiction string) {
	r, err := e.Rules(t.Context(), jurisdiction, date(t, "2024-01-01"))
	if problems := (eldercare.Diagnostics{}); errors.As(err, &problems) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(r, 4)
	for n := range 12 {
		c := w.elder()
		if n%2 == 1 {
			c = w.partly(c, 3)
		}
		w.agree(t, c)
		w.checkUnknown(t, w.partly(c, n%4), 100)
	}
}

// Random rules mostly load; some of them reduce to boxes, and some do not.
func TestRandomRulesAreOfBothKinds(t *testing.T) {
	loaded, cases, opaque := 0, 0, 0
	for seed := range uint64(40) {
		e, err := eldercare.Load(t.Context(), eldercare.WithoutEmbedded(), eldercare.WithFS("", randomLists(randomChoices(seed))))
		if err != nil {
			t.Logf("seed %d: %v", seed, err)
			continue
		}
		loaded++
		r := rulesOn(t, e, "low", "2024-01-01")
		cases += len(r.Table.Cases)
		opaque += len(r.Table.Opaque)
	}
	if loaded < 30 || cases < 30 || opaque < 10 {
		t.Errorf("of 40, %d load, with %d cases and %d opaque rules", loaded, cases, opaque)
	}
}

// randomLists are the lists of [random.Lists].
func randomLists(choices []byte) fstest.MapFS {
	return random.Lists(must(os.ReadFile("../../rego/grant.rego"))(nil), choices)
}

func randomChoices(seed uint64) []byte { return random.Choices(seed) }
