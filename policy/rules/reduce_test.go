package rules_test

import (
	"context"
	"errors"
	"os"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/rules"
)

// loaded is the Rego of the module's own lists, and each list with its parameters on a day.
func loaded(t *testing.T) (*rules.Set, map[*policy.List]*rules.Parameters) {
	t.Helper()
	files := policy.NewFiles(policy.Source{FS: os.DirFS("../..")})
	catalog, err := policy.Load(files, nil)
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.Load(files, catalog)
	if err != nil {
		t.Fatal(err)
	}
	on := policy.Date{Year: 2026, Month: 11, Day: 22}
	parameters := map[*policy.List]*rules.Parameters{}
	for _, list := range catalog.Lists {
		chain := catalog.Chain(list, on)
		var p *rules.Parameters
		for i := len(chain) - 1; i >= 0; i-- {
			p = rules.NewParameters(chain[i], on, p)
		}
		parameters[list] = p
	}
	return set, parameters
}

// reductionsOf reduces the rules of a module one by one.
func reductionsOf(t *testing.T, rd *rules.Reducer, m *rules.Module, p *rules.Parameters) []*rules.Reduction {
	t.Helper()
	reductions := make([]*rules.Reduction, len(m.Rules))
	for i, r := range m.Rules {
		var err error
		if reductions[i], err = rd.Reduce(t.Context(), r, p); err != nil {
			t.Error(err)
		}
	}
	return reductions
}

var sameRule = cmp.Options{cmp.Comparer(func(a, b *rules.Rule) bool { return a == b }), cmpopts.EquateEmpty()}

func TestWhatIsAnticipatedReducesAlike(t *testing.T) {
	set, lists := loaded(t)
	for list, parameters := range lists {
		m := set.Module(list.Stem)
		alone, together := rules.NewReducer(set), rules.NewReducer(set)
		together.Anticipate(t.Context(), m.Rules, parameters)
		if diff := cmp.Diff(reductionsOf(t, alone, m, parameters), reductionsOf(t, together, m, parameters), sameRule); diff != "" {
			t.Errorf("%s (-one by one, +anticipated):\n%s", list.Stem, diff)
		}
	}
}

// Of our own lists the text alone shows that they are right under all parameters: nothing is evaluated when they are loaded.
func TestNothingMayFail(t *testing.T) {
	set, lists := loaded(t)
	for list, parameters := range lists {
		for _, r := range set.Module(list.Stem).Rules {
			if r.MayFail(parameters) || set.MayFail(list.Stem) {
				t.Errorf("%s: the rule of %s may fail", list.Stem, r.Service)
			}
		}
	}
}

func TestBrokenOffReductionIsNotKept(t *testing.T) {
	set, lists := loaded(t)
	for list, parameters := range lists {
		m := set.Module(list.Stem)
		rd := rules.NewReducer(set)
		ctx, cancel := context.WithCancel(t.Context())
		rd.Anticipate(ctx, m.Rules, parameters)
		cancel()
		for _, r := range m.Rules {
			if _, err := rd.Reduce(ctx, r, parameters); !errors.Is(err, context.Canceled) {
				t.Errorf("%s, %s: the error is %v", list.Stem, r.Service, err)
			}
		}
		for i, reduction := range reductionsOf(t, rd, m, parameters) {
			if reduction.Opaque != nil {
				t.Errorf("%s, %s: opaque: %s", list.Stem, m.Rules[i].Service, reduction.Opaque.Reason)
			}
		}
	}
}

// To be run with -race: OPA's partial evaluation writes to rules that other evaluations read.
func TestReductionsAndEvaluationsAtOnce(t *testing.T) {
	set, lists := loaded(t)
	rd := rules.NewReducer(set)
	var group sync.WaitGroup
	for list, parameters := range lists {
		m := set.Module(list.Stem)
		for _, r := range m.Rules {
			group.Go(func() {
				if _, err := rd.Reduce(t.Context(), r, parameters); err != nil {
					t.Error(err)
				}
			})
		}
		group.Go(func() {
			if _, err := rd.Contradictions(t.Context()); err != nil {
				t.Error(err)
			}
		})
		group.Go(func() {
			evaluator, err := m.Evaluator(t.Context(), parameters)
			if err != nil {
				t.Error(err)
				return
			}
			if _, err := evaluator.Grants(t.Context(), map[string]any{"age": 80, "self_care": "none"}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}
