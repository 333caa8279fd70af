package interview_test

import (
	"context"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/interview"
)

func rulesOf(t testing.TB, jurisdiction string, options ...eldercare.Option) *eldercare.Ruleset {
	t.Helper()
	ctx := context.Background()
	engine, err := eldercare.Load(ctx, options...)
	if err != nil {
		t.Fatal(err)
	}
	r, err := engine.Rules(ctx, jurisdiction, eldercare.Date{Year: 2026, Month: 11, Day: 22})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func encode(t testing.TB, r *eldercare.Ruleset, e eldercare.Elder) elder.Profile {
	t.Helper()
	p, err := r.Encode(e)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func next(t testing.TB, r *eldercare.Ruleset, p elder.Profile) []interview.Question {
	t.Helper()
	questions, err := interview.NextQuestions(context.Background(), r, p)
	if err != nil {
		t.Fatal(err)
	}
	return questions
}

func names(questions []interview.Question) []string {
	var all []string
	for _, q := range questions {
		all = append(all, q.Attribute)
	}
	return all
}

func TestAgeComesFirst(t *testing.T) {
	r := rulesOf(t, "hongtong")
	questions := next(t, r, encode(t, r, eldercare.Elder{}))
	q := questions[0]
	if q.Attribute != "age" || q.Label != "年龄" || q.Min == nil || *q.Max != 130 || len(q.Services) < 20 {
		t.Errorf("got %+v", q)
	}
	want := []interview.Instead{
		{Input: "birth_date", Label: "出生日期", English: "date of birth", Type: "date"},
		{Input: "id_number", Label: "公民身份号码", English: "citizen identity number", Type: "id_number"},
	}
	if diff := cmp.Diff(want, q.Instead); diff != "" {
		t.Error(diff)
	}
}

func TestNotAsked(t *testing.T) {
	r := rulesOf(t, "shuozhou")
	tests := []struct {
		note  string
		elder eldercare.Elder
		asked map[string]bool
	}{
		{"the way of support before it is known who is destitute", eldercare.Elder{"age": 70}, map[string]bool{"support_mode": false, "assistance_category": true}},
		{"the way of support of the destitute", eldercare.Elder{"age": 70, "assistance_category": "tekun"}, map[string]bool{"support_mode": true}},
		{"the way of support of all others", eldercare.Elder{"age": 70, "assistance_category": "dibao"}, map[string]bool{"support_mode": false}},
		{"the household registration, where no clause of Shuozhou's can add anything", eldercare.Elder{"age": 85}, map[string]bool{"local_hukou": false}},
		{"anything but the pension of somebody of 30", eldercare.Elder{"age": 30}, map[string]bool{
			"pension_scheme": true, "self_care": false, "living_alone": false, "economic_hardship": false,
		}},
	}
	for _, test := range tests {
		t.Run(test.note, func(t *testing.T) {
			asked := names(next(t, r, encode(t, r, test.elder)))
			for attribute, want := range test.asked {
				if got := slices.Contains(asked, attribute); got != want {
					t.Errorf("%s asked: got %t, want %t; questions %v", attribute, got, want, asked)
				}
			}
		})
	}
}

// withOpaque returns Huojia's rules with access to public culture depending on 65 years and as many
// as the grade of a disability. The years of contribution are read, too, and make no difference,
// but too many combinations to hold in a table.
func withOpaque(t *testing.T) *eldercare.Ruleset {
	t.Helper()
	const path = "rego/lists/huojia.rego"
	content, err := os.ReadFile("../../" + path)
	if err != nil {
		t.Fatal(err)
	}
	const old = "input.age >= p.public_culture_age"
	if !strings.Contains(string(content), old) {
		t.Fatalf("%s has no %q", path, old)
	}
	changed := strings.Replace(string(content), old, old+" + input.disability_grade + 0 * count([1 | input.pension_contribution_years + 0 > 99])", 1)
	return rulesOf(t, "huojia", eldercare.Replace(path), eldercare.WithFS("local", fstest.MapFS{path: {Data: []byte(changed)}}))
}

// Of a rule that is evaluated as a whole only that is asked which can still matter.
func TestNotAskedForARuleAsAWhole(t *testing.T) {
	r := withOpaque(t)
	tests := []struct {
		note  string
		elder eldercare.Elder
		want  []string
	}{
		{"too young whatever the grade", eldercare.Elder{"age": 64}, nil},
		{"old enough with the right grade", eldercare.Elder{"age": 66}, []string{"disability_grade", "local_hukou"}},
		{"old enough whatever the grade", eldercare.Elder{"age": 69}, []string{"local_hukou"}},
		{"registered elsewhere", eldercare.Elder{"age": 66, "local_hukou": false}, nil},
		{"everything else known", eldercare.Elder{"age": 66, "local_hukou": true}, []string{"disability_grade"}},
		{"all that matters known", eldercare.Elder{"age": 90, "local_hukou": true}, nil},
	}
	for _, test := range tests {
		t.Run(test.note, func(t *testing.T) {
			var asked []string
			for _, q := range next(t, r, encode(t, r, test.elder)) {
				if slices.Contains(q.Services, "public-culture-access") {
					asked = append(asked, q.Attribute)
				}
			}
			slices.Sort(asked)
			if diff := cmp.Diff(test.want, asked); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What is asked is exactly what some answer of the decision still needs.
func TestQuestionsAreTheNeeds(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, r := range []*eldercare.Ruleset{rulesOf(t, "shuozhou"), rulesOf(t, "hongtong"), rulesOf(t, "huojia"), withOpaque(t)} {
		for range 15 {
			p := someone(r, random)
			d, err := r.Decide(context.Background(), &p)
			if err != nil {
				t.Fatal(err)
			}
			needed := map[string][]string{}
			for _, e := range d.Entitled {
				add(needed, e.Needs, e.Service)
			}
			for _, q := range d.Possible {
				add(needed, q.Needs, q.Service)
			}
			for _, e := range d.Discretionary {
				add(needed, e.Needs, e.Service)
			}
			if p.Cells()[mustIndex(t, r, "assistance_category")] == elder.Absent {
				add(needed, []string{"assistance_category"}, needed["support_mode"]...)
				delete(needed, "support_mode") // asked when it is known who is destitute
			}
			asked := map[string][]string{}
			for _, q := range next(t, r, p) {
				asked[q.Attribute] = slices.Sorted(slices.Values(q.Services))
			}
			for attribute := range needed {
				if len(needed[attribute]) == 0 {
					delete(needed, attribute)
					continue
				}
				needed[attribute] = slices.Compact(slices.Sorted(slices.Values(needed[attribute])))
			}
			if diff := cmp.Diff(needed, asked); diff != "" {
				t.Errorf("%s %v: %s", r.Jurisdiction.ID, r.Table.Space.Elder(p.Cells()), diff)
			}
		}
	}
}

func add(to map[string][]string, attributes []string, services ...string) {
	for _, a := range attributes {
		to[a] = append(to[a], services...)
	}
}

func mustIndex(t *testing.T, r *eldercare.Ruleset, attribute string) int {
	t.Helper()
	i, ok := r.Table.Space.Index(attribute)
	if !ok {
		t.Fatalf("no attribute %s", attribute)
	}
	return i
}

// someone returns an elder of whom some things are known, and nothing contradictory.
func someone(r *eldercare.Ruleset, random *rand.Rand) elder.Profile {
	for {
		p := r.Table.Space.Profile(elder.Cells{})
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

// Whoever answers the first question every time is asked only what matters, and in the end nothing
// is possible any more.
func TestInterviewEnds(t *testing.T) {
	r := rulesOf(t, "hongtong")
	random := rand.New(rand.NewPCG(3, 4))
	for range 5 {
		truth := complete(r, random)
		p := r.Table.Space.Profile(elder.Cells{})
		asked := 0
		for questions := next(t, r, p); len(questions) > 0; questions = next(t, r, p) {
			i := mustIndex(t, r, questions[0].Attribute)
			r.Table.Space.Set(&p, i, truth.Cells()[i])
			asked++
		}
		d, err := r.Decide(context.Background(), &p)
		if err != nil {
			t.Fatal(err)
		}
		if len(d.Possible) > 0 || asked >= len(r.Table.Space.Axes) {
			t.Errorf("after %d questions %d services are still possible", asked, len(d.Possible))
		}
	}
}

// complete returns an elder of whom everything is known.
func complete(r *eldercare.Ruleset, random *rand.Rand) elder.Profile {
	for {
		p := r.Table.Space.Profile(elder.Cells{})
		for i := range r.Table.Space.Axes {
			if axis := &r.Table.Space.Axes[i]; r.Table.Space.Asked(i, p.Cells()) {
				r.Table.Space.Set(&p, i, uint8(1+random.IntN(axis.Cells()-1)))
			}
		}
		if len(r.Table.Possible(p.Cells())) > 0 {
			return p
		}
	}
}

func BenchmarkNextQuestions(b *testing.B) {
	r := rulesOf(b, "hongtong")
	for name, e := range map[string]eldercare.Elder{"nothing known": {}, "age known": {"age": 85}} {
		p := encode(b, r, e)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				next(b, r, p)
			}
		})
	}
}
