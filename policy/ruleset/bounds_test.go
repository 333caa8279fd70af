package ruleset_test

import (
	"os"
	"testing"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy/internal/random"
)

// Random rules that raise and fill what other rules promise: the table answers as plain OPA does,
// whatever is known of the elder.
func TestRandomBounds(t *testing.T) {
	grant := must(os.ReadFile("../../rego/grant.rego"))(nil)
	for seed := range effort.Of[uint64](9, 18, 90) {
		files := random.Bounds(grant, seed)
		e, err := eldercare.Load(t.Context(), eldercare.WithoutEmbedded(), eldercare.WithFS("", files))
		if err != nil {
			t.Fatal(err)
		}
		if seed%3 == 2 { // linked measures, of which TestLinkedOverCompletions tells what is certain
			w := newWorld(rulesOn(t, e, "low", "2024-01-01"), seed)
			for range 12 {
				w.agree(t, w.elder())
			}
		} else {
			checkRandomRules(t, e, "low")
		}
		if t.Failed() {
			t.Fatalf("seed %d\n%s\n%s", seed, files["rego/lists/top.rego"].Data, files["rego/lists/low.rego"].Data)
		}
	}
}
