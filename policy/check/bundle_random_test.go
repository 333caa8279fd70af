package check_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/check"
)

// TestBundlesOfEverybody holds proofs on random bundles against plain OPA: for every elder of a
// small space it decides on the parent's list and on the child's standing alone, and who has no
// bundle as good as one of the parent's must be in a finding.
func TestBundlesOfEverybody(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 11))
	pair := []string{share, ceiling}
	losing, keeping := 0, 0
	for range effort.Of(6, 12, 100) {
		parent := made{parameters: shares(), linked: pair, rules: randomBundles(random)}
		child := made{parameters: shares(), linked: pair, rules: randomBundles(random)}
		alone := made{parameters: shares(), linked: pair, rules: child.rules}
		engine := chain(t, parent, child)
		standing := chain(t, alone, made{inherits: []string{aid}})
		report := checked(t, engine, "tc")
		for elder := range smallSpace {
			owed, has := bundlesOf(t, engine, elder), bundlesOf(t, standing, elder)
			lost := owed != nil && has == nil || slices.ContainsFunc(owed, func(want policy.Bundle) bool {
				return !slices.ContainsFunc(has, func(b policy.Bundle) bool { return asGood(b, want) })
			})
			if lost {
				losing++
			} else {
				keeping++
			}
			if got := inFinding(t, engine, report, elder); got != lost {
				t.Fatalf("%v: owed %v, has %v: lost %v, found %v\nparent %v\nchild %v", elder, owed, has, lost, got, parent.rules, child.rules)
			}
		}
	}
	if losing < 20 || keeping < 20 {
		t.Errorf("%d elders lost and %d did not: the test sees too little", losing, keeping)
	}
}

func randomBundles(random *rand.Rand) []rule {
	pick := func(from ...string) string { return from[random.IntN(len(from))] }
	rules := []rule{sharing("s50", "up300", pick(over70, over80))}
	for range 1 + random.IntN(3) {
		condition := pick(over70, over80, alone, "input.empty_nest", alone+"\ninput.empty_nest", alone+"\n"+over80)
		percent := pick("s40", "s50", "s80", "s100", "")
		most := pick("up299", "up300", "up800", "up900")
		rules = append(rules, sharing(percent, most, condition))
	}
	return rules
}

// smallSpace yields all elders who can be told apart.
func smallSpace(yield func(eldercare.Elder) bool) {
	for _, age := range []int{69, 70, 79, 80} {
		for _, alone := range []bool{false, true} {
			for _, nest := range []bool{false, true} {
				if !yield(eldercare.Elder{"age": age, "living_alone": alone, "empty_nest": nest}) {
					return
				}
			}
		}
	}
}

// bundlesOf returns the bundles that the province's list promises an elder, by plain OPA; nil when
// it does not promise the service.
func bundlesOf(t *testing.T, engine *eldercare.Engine, e eldercare.Elder) []policy.Bundle {
	t.Helper()
	d, err := engine.Evaluate(t.Context(), "tp", e, eldercare.AssumeKnown(), eldercare.PlainOPA())
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case len(d.Entitled) == 0:
		return nil
	case len(d.Entitled[0].Bundles) > 0:
		return d.Entitled[0].Bundles
	}
	return []policy.Bundle{d.Entitled[0].Promises}
}

// asGood reports whether a bundle has all numbers of another, and none below.
func asGood(b, want policy.Bundle) bool {
	for measure, q := range want {
		if p, promised := b[measure]; !promised || p.Value.Cmp(*q.Value) < 0 {
			return false
		}
	}
	return true
}

func inFinding(t *testing.T, engine *eldercare.Engine, report *eldercare.Report, e eldercare.Elder) bool {
	t.Helper()
	child, _ := sides(t, engine, "tc", "tp")
	profile, err := child.Encode(e)
	if err != nil {
		t.Fatal(err)
	}
	closed := child.Close(profile)
	cells := closed.Cells()
	return slices.ContainsFunc(report.Findings, func(f check.Finding) bool {
		for _, b := range f.Boxes {
			if b.Contains(func(a int) uint8 { return cells[a] }) {
				return true
			}
		}
		return false
	})
}
