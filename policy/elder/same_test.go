package elder_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

// described returns a vocabulary with an attribute of each type. One is asked only of some, and
// one gives another.
func described() *policy.Vocabulary {
	named := func(names ...string) (values []*policy.EnumValue) {
		for _, name := range names {
			values = append(values, &policy.EnumValue{Name: name, Label: name})
		}
		return values
	}
	return &policy.Vocabulary{
		Attributes: []*policy.Attribute{
			{Name: "disabled", Type: policy.Boolean},
			{Name: "kind", Type: policy.Enum, Values: named("none", "visual"), Absent: "none"},
			{Name: "grade", Type: policy.Integer, Min: 1, Max: 4, AskedOf: &policy.AskedOf{Attribute: "kind", Values: []any{"visual"}}},
			{Name: "helps", Type: policy.Set, Values: named("glasses", "stick")},
		},
		Inputs: []*policy.Input{{Name: "hukou_code", Type: policy.DivisionCode, Gives: "disabled"}},
	}
}

func spaceOf(t *testing.T, v *policy.Vocabulary) *elder.Space {
	t.Helper()
	s, err := elder.NewSpace(v)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Spaces are the same if they tell the same elders apart. A profile is taken where it means the
// same, which takes the same inputs as well.
func TestSameSpaces(t *testing.T) {
	for note, tt := range map[string]struct {
		change      func(v *policy.Vocabulary)
		same, taken bool
	}{
		"nothing":                  {func(*policy.Vocabulary) {}, true, true},
		"another label":            {func(v *policy.Vocabulary) { v.Attributes[1].Label = "种类" }, true, true},
		"another name":             {func(v *policy.Vocabulary) { v.Attributes[0].Name = "ill" }, false, false},
		"another absent value":     {func(v *policy.Vocabulary) { v.Attributes[1].Absent = nil }, false, false},
		"another least number":     {func(v *policy.Vocabulary) { v.Attributes[2].Min = 0 }, false, false},
		"another greatest number":  {func(v *policy.Vocabulary) { v.Attributes[2].Max = 5 }, false, false},
		"another value":            {func(v *policy.Vocabulary) { v.Attributes[1].Values[0].Name = "no" }, false, false},
		"another value of the set": {func(v *policy.Vocabulary) { v.Attributes[3].Values[1].Name = "wheelchair" }, false, false},
		"one value more": {func(v *policy.Vocabulary) {
			v.Attributes[1].Values = append(v.Attributes[1].Values, &policy.EnumValue{Name: "x"})
		}, false, false},
		"asked of everybody": {func(v *policy.Vocabulary) { v.Attributes[2].AskedOf = nil }, false, false},
		"asked of others":    {func(v *policy.Vocabulary) { v.Attributes[2].AskedOf.Values = []any{"none"} }, false, false},
		"one attribute less": {func(v *policy.Vocabulary) { v.Attributes = v.Attributes[:3] }, false, false},
		"a value that gives another": {func(v *policy.Vocabulary) {
			v.Attributes[1].Gives = &policy.Gives{Attribute: "disabled", Values: []policy.Given{{Value: "visual", Gives: true}}}
		}, false, false},
		"no inputs":                {func(v *policy.Vocabulary) { v.Inputs = nil }, true, false},
		"another input":            {func(v *policy.Vocabulary) { v.Inputs[0].Name = "home_code" }, true, false},
		"an input of another type": {func(v *policy.Vocabulary) { v.Inputs[0].Type = policy.IDNumber }, true, false},
		"an input gives another":   {func(v *policy.Vocabulary) { v.Inputs[0].Gives = "kind" }, true, false},
	} {
		s := spaceOf(t, described())
		other := described()
		tt.change(other)
		o := spaceOf(t, other)
		if s.Same(o) != tt.same || o.Same(s) != tt.same {
			t.Errorf("%s: the same %v, want %v", note, s.Same(o), tt.same)
		}
		p, err := s.Encode(elder.Elder{"disabled": true}, hongtong, day)
		if err != nil {
			t.Fatal(err)
		}
		if s.Takes(&p) != true || o.Takes(&p) != tt.taken {
			t.Errorf("%s: taken %v, want %v", note, o.Takes(&p), tt.taken)
		}
		type onlyDisabled struct {
			Disabled bool `eldercare:"disabled"`
		}
		b, err := elder.Bind[onlyDisabled](s)
		if err != nil {
			t.Fatal(err)
		}
		if !b.Fits(s) || b.Fits(o) != tt.taken {
			t.Errorf("%s: a binding fits %v, want %v", note, b.Fits(o), tt.taken)
		}
	}
}

// A profile of cells is taken if each of its cells has a value. The space
// has five axes: disabled, kind, grade and two of the set.
func TestFilledProfiles(t *testing.T) {
	s := spaceOf(t, described())
	for _, tt := range []struct {
		cells elder.Cells
		want  bool
	}{
		{elder.Cells{}, true}, {elder.Cells{2, 2, 4, 2, 2}, true}, {elder.Cells{3}, false}, {elder.Cells{0, 3}, false}, {elder.Cells{0, 0, 5}, false},
		{elder.Cells{0, 0, 0, 0, 3}, false}, {elder.Cells{0, 0, 0, 0, 0, 1}, false},
	} {
		p := s.Profile(tt.cells)
		if got := s.Takes(&p); got != tt.want {
			t.Errorf("%v is taken: %v", tt.cells[:6], got)
		}
	}
}

// Notes name the inputs whose code lies elsewhere, by their place in the vocabulary.
func TestNotes(t *testing.T) {
	s := spaceOf(t, &policy.Vocabulary{
		Attributes: []*policy.Attribute{{Name: "local", Type: policy.Boolean}},
		Inputs:     []*policy.Input{{Name: "id_number"}, {Name: "hukou_code"}, {Name: "home_code"}},
	})
	for bits, want := range map[uint64][]string{
		0: nil, 0b010: {"hukou_code lies outside the jurisdiction asked about"},
		0b101:  {"id_number lies outside the jurisdiction asked about", "home_code lies outside the jurisdiction asked about"},
		0b1000: nil,
	} {
		if diff := cmp.Diff(want, s.Notes(&elder.Profile{Elsewhere: bits})); diff != "" {
			t.Errorf("%b: %s", bits, diff)
		}
	}
}

// Errors say in JSON what is wrong, by a code and a message, and keep silent about who it is.
func TestErrorsAsJSON(t *testing.T) {
	var bound *elder.BindError
	for want, err := range map[string]error{
		`{"code":"other-profile","message":"the profile was encoded for other attributes or figures, for another day or place, or not at all; encode the elder with the ruleset that is asked"}`: &elder.ProfileError{},
		`{"code":"wrong-binding","message":"it has no fields\nfield Age, \"age\": is odd","problems":[{"message":"it has no fields"},{"field":"Age","tag":"age","message":"is odd"}]}`: &elder.BindError{
			Problems: []elder.BindProblem{{Message: "it has no fields"}, {Field: "Age", Tag: "age", Message: "is odd"}},
		},
		`{"code":"wrong-binding","message":"","problems":[]}`:               bound,
		`{"code":"malformed","message":"line 3: it is cut off","line":3}`:   &elder.RowError{Line: 3, Problem: "it is cut off"},
		`{"code":"unreadable","message":"line 4: it is not read","line":4}`: &elder.RowError{Line: 4, Problem: "it is not read", Err: errors.New("secret")},
	} {
		got, jsonErr := json.Marshal(err)
		if errors.Is(err, bound) {
			got, jsonErr = bound.MarshalJSON()
		}
		if diff := cmp.Diff(want, string(got)); diff != "" || jsonErr != nil {
			t.Errorf("%v: %s", jsonErr, diff)
		}
	}
}
