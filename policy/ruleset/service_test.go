package ruleset_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

// outcome is what somebody gets of a service.
type outcome struct {
	Certain        bool
	Promises, UpTo map[string]string
	Needs          []string
}

// Service answers each service as the whole decision does: of elders known in part, in either
// world, and by a rule that no table can hold, too.
func TestService(t *testing.T) {
	sum := fstest.MapFS{"rego/lists/huojia.rego": read(t, "rego/lists/huojia.rego", "input.age >= p.public_culture_age", "input.age >= p.public_culture_age + input.disability_grade")}
	engine, err := eldercare.Load(t.Context(), eldercare.WithFS("own", sum), eldercare.Replace("rego/lists/huojia.rego"))
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(5, 6))
	for _, jurisdiction := range []string{"shuozhou", "hongtong", "huojia"} {
		r, err := engine.Rules(t.Context(), jurisdiction, policy.Date{Year: 2026, Month: 11, Day: 22})
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			p := someone(r, random)
			for _, known := range []bool{false, true} {
				r := r.AssumeKnown(known)
				d, err := r.Decide(context.Background(), &p)
				if err != nil {
					t.Fatal(err)
				}
				want, got := outcomes(d), map[string]outcome{}
				for _, l := range r.Table.Layers {
					for _, s := range l.List.Services {
						awards, err := r.Service(t.Context(), &p, s.ID)
						if err != nil {
							t.Fatal(err)
						}
						for _, a := range awards {
							got[key(a.Service, a.Discretionary)] = outcome{a.Certain, figures(a.Promises), figures(a.UpTo), a.Needs}
						}
					}
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s, known %t, %v (-decision +service):\n%s", jurisdiction, known, r.Table.Space.Elder(p.Cells()), diff)
				}
			}
		}
	}
}

func key(service string, discretionary bool) string {
	if discretionary {
		return service + ", permitted"
	}
	return service
}

func outcomes(d *decide.Decision) map[string]outcome {
	all := map[string]outcome{}
	for _, e := range d.Entitled {
		all[e.Service] = outcome{true, figures(e.Promises), figures(e.UpTo), e.Needs}
	}
	for _, e := range d.Discretionary {
		all[key(e.Service, true)] = outcome{true, figures(e.Promises), figures(e.UpTo), e.Needs}
	}
	for _, p := range d.Possible {
		all[key(p.Service, p.Discretionary)] = outcome{false, figures(nil), figures(p.UpTo), p.Needs}
	}
	return all
}

// figures returns promises without the list that gives them.
func figures(promises map[string]policy.Promise) map[string]string {
	all := map[string]string{}
	for measure, p := range promises {
		all[measure] = string(p.Bound) + " " + p.Missing
		if !p.Open() {
			all[measure] += p.Value.String()
		}
	}
	return all
}

// someone returns an elder of whom some things are known, and nothing contradictory.
func someone(r *ruleset.Ruleset, random *rand.Rand) eldercare.Profile {
	for {
		p := r.Table.Space.Profile([policy.MaxAttributes]uint8{})
		for i := range r.Table.Space.Axes {
			if random.IntN(2) == 0 {
				r.Table.Space.Set(&p, i, uint8(1+random.IntN(r.Table.Space.Axes[i].Cells()-1)))
			}
		}
		if len(r.Table.Possible(p.Cells())) > 0 {
			return p
		}
	}
}
