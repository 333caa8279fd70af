package check_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy/check"
	"github.com/basic-eldercare/eldercare/policy/internal/random"
)

// The proof of random lists, in which rules raise and fill what others say and choices overlap,
// names exactly those who lose by plain OPA.
func TestProofOfRandomLists(t *testing.T) {
	grant, err := os.ReadFile("../../rego/grant.rego")
	if err != nil {
		t.Fatal(err)
	}
	lost, kept := 0, 0
	for seed := range effort.Of[uint64](15, 30, 60) {
		for _, files := range []fstest.MapFS{random.Bounds(grant, seed), choosingTwice(grant, seed)} {
			e, err := eldercare.Load(t.Context(), eldercare.WithoutEmbedded(), eldercare.WithFS("", files))
			if err != nil {
				t.Fatal(err)
			}
			child, parent := sides(t, e, "low", "top")
			var checker check.Checker
			report, err := checker.At(t.Context(), child, parent)
			if err != nil {
				t.Fatal(err)
			}
			if report, err = check.Verify(t.Context(), child, parent, report); err != nil {
				t.Fatal(err)
			}
			for _, f := range report.Findings {
				if f.Kind == check.Disagreement {
					t.Errorf("%s, %s: %v, want %s, have %s", f.Service, f.Region, f.Witness, f.Want, f.Have)
				}
			}
			if t.Failed() {
				for _, name := range []string{"catalogs/top.yaml", "rego/lists/top.rego", "catalogs/low.yaml", "rego/lists/low.rego"} {
					t.Logf("%s", files[name].Data)
				}
				t.Fatalf("seed %d", seed)
			}
			lost, kept = lost+len(report.Findings), kept+report.Proved
		}
	}
	if lost < 20 || kept < 10 {
		t.Errorf("%d findings, and %d services are proved", lost, kept)
	}
}

// choosingTwice is one random list with choices below another. Of each second seed only the choices
// differ.
func choosingTwice(grant []byte, seed uint64) fstest.MapFS {
	bounds := []string{"exactly", "exactly", "at_least", "at_most", "set_locally"}
	files, below := random.Choosing(grant, seed, bounds...), random.Choosing(grant, seed+1_000_000, bounds...)
	if seed%2 == 0 {
		below["rego/lists/top.rego"] = files["rego/lists/top.rego"]
	}
	lower := strings.NewReplacer(`id: top, code: "140000", name: 省, level: province`, `id: low, code: "140100", name: 市, level: city, parent: top`, "package lists.top", "package lists.low")
	for _, name := range []string{"catalogs/top.yaml", "rego/lists/top.rego"} {
		files[strings.Replace(name, "top", "low", 1)] = &fstest.MapFile{Data: []byte(lower.Replace(string(below[name].Data)))}
	}
	return files
}
