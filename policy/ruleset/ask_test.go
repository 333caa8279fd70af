package ruleset_test

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

// ours returns the rules of the lists that come with the module.
func ours(t *testing.T, jurisdiction string) *ruleset.Ruleset {
	t.Helper()
	engine, err := eldercare.Load(t.Context(), eldercare.WithJurisdictions(jurisdiction))
	if err != nil {
		t.Fatal(err)
	}
	r, err := engine.Rules(t.Context(), jurisdiction, policy.Date{Year: 2026, Month: 11, Day: 22})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// nearly returns an elder of whom up to two things are missing.
func nearly(r *ruleset.Ruleset, random *rand.Rand) elder.Profile {
	for {
		p := r.Table.Space.Profile(elder.Cells{})
		for i := range r.Table.Space.Axes {
			if axis := &r.Table.Space.Axes[i]; r.Table.Space.Asked(i, p.Cells()) {
				r.Table.Space.Set(&p, i, uint8(1+random.IntN(axis.Cells()-1)))
			}
		}
		for range random.IntN(3) {
			r.Table.Space.Set(&p, random.IntN(len(r.Table.Space.Axes)), elder.Absent)
		}
		if len(r.Table.Possible(p.Cells())) > 0 {
			return p
		}
	}
}

// Plain OPA, asked about every completion, says what the table says, in all worlds; so does the
// decision as JSON, and one of one's own.
func TestAskSaysWhatDecideSays(t *testing.T) {
	for _, jurisdiction := range []string{"hongtong", "huojia"} {
		r := ours(t, jurisdiction)
		random := rand.New(rand.NewPCG(11, 22))
		for range effort.Of(8, 8, 60) {
			p := nearly(r, random)
			p.ID = "E-1"
			for _, known := range []bool{false, true} {
				r := r.AssumeKnown(known)
				asked, askErr := r.Ask(t.Context(), &p)
				shared, err := r.Decide(t.Context(), &p)
				if err != nil || askErr != nil {
					t.Fatalf("%s, known %v, %v: %v, %v", jurisdiction, known, r.Table.Space.Elder(p.Cells()), askErr, err)
				}
				if diff := cmp.Diff(asked, shared); diff != "" {
					t.Errorf("%s, known %v, %v (-OPA +table):\n%s", jurisdiction, known, r.Table.Space.Elder(p.Cells()), diff)
				}
				own, ownErr := r.DecideFor(t.Context(), &p)
				text, textErr := r.AppendJSON(t.Context(), []byte("["), &p)
				if err := errors.Join(ownErr, textErr); err != nil {
					t.Fatal(err)
				}
				want := *shared
				want.ID = "E-1"
				if diff := cmp.Diff(&want, own); diff != "" {
					t.Errorf("known %v: %s", known, diff)
				}
				var read, expected any
				line, err := json.Marshal(want)
				if err := errors.Join(err, json.Unmarshal(line, &expected), json.Unmarshal(text[1:], &read)); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(expected, read); diff != "" || text[0] != '[' {
					t.Errorf("known %v, as JSON: %s", known, diff)
				}
			}
		}
	}
}

// Who contradicts himself is refused, by whichever way: with the elder's ID and the attributes'
// names.
func TestContradictionsAreRefused(t *testing.T) {
	r := ours(t, "hongtong")
	e := elder.Elder{"id": "E-1", "disability_kind": "visual", "disability_grade": 0}
	p, err := r.Table.Space.Encode(e, r.Jurisdiction, r.On)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := r.EncodeJSON(raw); ok {
		t.Error("it is encoded from JSON")
	}
	if got, ok := r.EncodeJSON([]byte(`{"id": "E-1", "disability_kind": "visual"}`)); !ok || got.ID != "E-1" {
		t.Errorf("without the grade it is not encoded: %v", got)
	}
	_, encoding := r.Encode(e)
	_, deciding := r.Decide(t.Context(), &p)
	_, known := r.AssumeKnown(true).Decide(t.Context(), &p)
	_, own := r.DecideFor(t.Context(), &p)
	_, text := r.AssumeKnown(true).AppendJSON(t.Context(), nil, &p)
	_, asking := r.Ask(t.Context(), &p)
	_, askingKnown := r.AssumeKnown(true).Ask(t.Context(), &p)
	_, service := r.Service(t.Context(), &p, "old-age-allowance")
	for name, err := range map[string]error{
		"Encode": encoding, "Refuse": r.Refuse(&p), "Decide": deciding, "Decide, known": known, "DecideFor": own, "AppendJSON": text, "Ask": asking,
		"Ask, known": askingKnown, "Service": service,
	} {
		wrong, ok := errors.AsType[*elder.Error](err)
		if !ok || wrong.ID != "E-1" || len(wrong.Problems) != 1 || wrong.Problems[0].Code != "contradiction" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What cannot be absent stays missing: who is known not to be anything but tekun or dibao has a
// category, and a mode if tekun.
func TestClose(t *testing.T) {
	r := ours(t, "hongtong")
	p, err := r.Encode(elder.Elder{"id": "E-1", "age": 80, "disability_kind": "visual"})
	if err != nil {
		t.Fatal(err)
	}
	closed := r.Close(p)
	e := r.Table.Space.Elder(closed.Cells())
	if _, known := e["disability_grade"]; known || e["living_alone"] != false || e["age"] != 80 || closed.ID != "E-1" {
		t.Errorf("%v: the grade cannot be 0, and all else is absent", e)
	}
}

// An oracle answers for all services, for one, or for some layers; made for one service it says the
// same of it.
func TestOracle(t *testing.T) {
	r := ours(t, "hongtong")
	if r.Oracle() == nil || (*ruleset.Ruleset)(nil).Oracle() != nil {
		t.Fatal("a ruleset has an oracle, and none has none")
	}
	input := map[string]any{"age": 100, "local_hukou": true}
	all, err := r.Oracle().Held(t.Context(), input)
	if err != nil {
		t.Fatal(err)
	}
	const service = "old-age-allowance"
	for layers := range 3 {
		want := slices.DeleteFunc(slices.Clone(all), func(h decide.Held) bool { return h.Grant.Service != service || h.Layer >= layers })
		got, err := r.Oracle().Services(t.Context(), input, []string{service}, layers)
		only, onlyErr := r.Oracle().Only(service).Services(t.Context(), input, []string{service}, layers)
		if err != nil || onlyErr != nil || len(got) != len(want) || len(only) != len(want) {
			t.Errorf("the first %d layers have %d, want %d (made for it: %d); %v, %v", layers, len(got), len(want), len(only), err, onlyErr)
		}
		if layers > 0 && len(want) == 0 {
			t.Error("Hongtong grants the allowance to nobody")
		}
	}
}

// What is kept with a ruleset is made once for each key.
func TestKeep(t *testing.T) {
	r := ours(t, "huojia")
	type key struct{ n int }
	made := 0
	work := func() any { made++; return made }
	for _, c := range []struct{ key, want any }{{key{1}, 1}, {key{1}, 1}, {key{2}, 2}, {1, 3}, {key{1}, 1}} {
		if got := r.Keep(c.key, work); got != c.want {
			t.Errorf("%v: %v, want %v", c.key, got, c.want)
		}
	}
}

// An opaque rule is answered by plain OPA, in all worlds: whoever gives more than two things has a
// meal subsidy.
func TestOpaqueRulesAreAsked(t *testing.T) {
	_, r := offering(t, "count([x | some x in [input.retired, input.living_alone, input.empty_nest]; x]) > input.disability_grade")
	random := rand.New(rand.NewPCG(11, 23))
	for range effort.Of(20, 20, 120) {
		p := nearly(r, random)
		for _, known := range []bool{false, true} {
			r := r.AssumeKnown(known)
			asked, askErr := r.Ask(t.Context(), &p)
			decided, err := r.Decide(t.Context(), &p)
			if diff := cmp.Diff(asked, decided); diff != "" || err != nil || askErr != nil {
				t.Errorf("known %v, %v: %v, %v (-OPA +table):\n%s", known, r.Table.Space.Elder(p.Cells()), askErr, err, diff)
			}
		}
	}
}

// A rule is tried on what is missing only; where that is too much nobody can tell.
func TestTry(t *testing.T) {
	_, r := offering(t, "count(input) > 2")
	if len(r.Table.Opaque) != 1 {
		t.Fatalf("%d opaque rules, want that of the meal subsidy", len(r.Table.Opaque))
	}
	rule := r.Table.Opaque[0]
	p := r.Table.Space.Profile(elder.Cells{})
	if cases, ok, err := r.Try(t.Context(), &p, rule); ok || err != nil {
		t.Errorf("of nobody in particular: %v, %v", cases, err)
	}
	p = r.Close(p)
	cases, ok, err := r.AssumeKnown(true).Try(t.Context(), &p, rule)
	if err != nil || !ok || len(cases) != 1 || len(cases[0].Box) != 0 || cases[0].Layer != 1 {
		t.Errorf("of whom all is absent: %v, %v, %v", cases, ok, err)
	}
}
