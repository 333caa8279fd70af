package ruleset_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

// Rulesets of different attributes are brought over one space: it has the attributes of both, and
// tells large numbers apart where either does. Each still answers as before. Those of one space are
// left as they are.
func TestAlign(t *testing.T) {
	const income = "\nattributes:\n  income: {label: 收入, english: income, type: integer, min: 0, max: 10000}\n"
	made := func(more, condition string) *eldercare.Ruleset {
		e := loadOver(t, listsOver(income+"  "+more+": {label: 别, english: other, type: boolean}\n", "anything if input."+more+"\n\nanything if input.income == 7\n", condition))
		return rulesOn(t, e, "city", today)
	}
	a := made("alone", "input.income < 300")
	b := made("poor", "input.income < 500")
	x, y, err := ruleset.Align(t.Context(), a, b)
	if err != nil {
		t.Fatal(err)
	}
	if a.Table.Space.Same(b.Table.Space) || !x.Table.Space.Same(y.Table.Space) {
		t.Error("two spaces become one")
	}
	for name, r := range map[string]*eldercare.Ruleset{"first": x, "second": y} {
		var names []string
		for _, attribute := range r.Table.Space.Vocabulary.Attributes {
			names = append(names, attribute.Name)
		}
		if diff := cmp.Diff([]string{"income", "alone", "poor"}, names); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if diff := cmp.Diff([]int{7, 8, 300, 301, 500, 501}, r.Table.Space.Starts("income")); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	for r, limit := range map[*eldercare.Ruleset]int{x: 300, y: 500} {
		for _, n := range []int{0, 299, 300, 499, 500, 10000} {
			p := must(r.Encode(eldercare.Elder{"income": n, "alone": true, "poor": true}))(t)
			d := must(r.Decide(t.Context(), &p))(t)
			if has := len(d.Entitled) == 1; has != (n < limit) {
				t.Errorf("below %d, of %d: %v", limit, n, has)
			}
		}
	}
	if again, _, err := ruleset.Align(t.Context(), x, y); err != nil || again != x {
		t.Errorf("what is over one space is made anew, %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := ruleset.Align(ended, made("alone", "input.income < 300"), b); err == nil {
		t.Error("a context that has ended is not heard")
	}
}
