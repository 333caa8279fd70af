package elder_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
)

// linked returns a space in which a grade gives whether somebody is disabled. The cells of the
// grade are those of none, one and two, which is 1 to 3; of disabled, false is 1 and true is 2.
func linked(t *testing.T, gives ...policy.Given) *elder.Space {
	t.Helper()
	s, err := elder.NewSpace(&policy.Vocabulary{
		Attributes: []*policy.Attribute{
			{Name: "disabled", Type: policy.Boolean},
			{
				Name: "grade", Type: policy.Enum, Values: []*policy.EnumValue{{Name: "none"}, {Name: "one"}, {Name: "two"}},
				Gives: &policy.Gives{Attribute: "disabled", Values: gives},
			},
			{Name: "age", Type: policy.Integer, Max: 120},
		},
		Inputs: []*policy.Input{{Name: "birth_date", Type: policy.BirthDate, Gives: "age"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var (
	gradesGive = []policy.Given{{Value: "one", Gives: true}, {Value: "two", Gives: true}}
	allGive    = append([]policy.Given{{Value: "none", Gives: false}}, gradesGive...)
)

// Who has a grade and is not known to be disabled disagrees; and, where none gives false, who has
// none and is not known not to be.
func TestDisagreeing(t *testing.T) {
	sides := func(disabled, grade box.Set) box.Box {
		return box.Box{{Attribute: 0, Admits: disabled}, {Attribute: 1, Admits: grade}}
	}
	ofGrades := sides(box.SetOf(0, 1), box.SetOf(2, 3))
	for _, tt := range []struct {
		gives []policy.Given
		want  []box.Box
	}{
		{gradesGive, []box.Box{ofGrades}},
		{allGive, []box.Box{sides(box.SetOf(0, 2), box.SetOf(1)), ofGrades}},
		{nil, nil},
	} {
		s := linked(t, tt.gives...)
		if len(s.Links) != 1 {
			t.Fatalf("%d links, want one", len(s.Links))
		}
		if diff := cmp.Diff(tt.want, s.Links[0].Disagreeing(s)); diff != "" {
			t.Errorf("%v: %s", tt.gives, diff)
		}
	}
	l := linked(t, gradesGive...).Links[0]
	if l.Given(elder.Absent) != elder.Absent || l.Given(1) != elder.Absent || l.Given(2) != 2 || l.Given(3) != 2 {
		t.Error("a grade gives that somebody is disabled, and nothing else gives anything")
	}
}

// What disagrees with what it gives becomes the first value that agrees. All else stays.
func TestFit(t *testing.T) {
	for _, tt := range []struct {
		note       string
		gives      []policy.Given
		cells, fit elder.Cells
	}{
		{"a grade of who is not disabled", gradesGive, elder.Cells{1, 2}, elder.Cells{1, 1}},
		{"the same, where none gives false", allGive, elder.Cells{1, 3}, elder.Cells{1, 1}},
		{"no grade of who is disabled", allGive, elder.Cells{2, 1}, elder.Cells{2, 2}},
		{"a grade of who is disabled", allGive, elder.Cells{2, 3}, elder.Cells{2, 3}},
		{"no grade, which gives nothing", gradesGive, elder.Cells{2, 1}, elder.Cells{2, 1}},
		{"nothing is known", allGive, elder.Cells{2, 0}, elder.Cells{2, 0}},
	} {
		got := tt.cells
		linked(t, tt.gives...).Fit(&got)
		if got != tt.fit {
			t.Errorf("%s: %v, want %v", tt.note, got[:2], tt.fit[:2])
		}
	}
}

// Beside another problem, what agrees with what it gives is no problem, nor what gives nothing.
func TestAgreeingBesideAProblem(t *testing.T) {
	s := linked(t, gradesGive...)
	for _, tt := range []struct {
		note  string
		elder elder.Elder
		want  int
	}{
		{"agrees", elder.Elder{"grade": "one", "disabled": true, "age": 999}, 1},
		{"gives nothing", elder.Elder{"grade": "none", "disabled": true, "age": 999}, 1},
		{"derived", elder.Elder{"grade": "one", "age": 999}, 1},
		{"disagrees", elder.Elder{"grade": "one", "disabled": false, "age": 999}, 2},
		{"disagrees by itself", elder.Elder{"grade": "one", "disabled": false}, 1},
	} {
		if _, err := s.Encode(tt.elder, hongtong, day); len(problems(err)) != tt.want {
			t.Errorf("%s: %v, want %d problems", tt.note, err, tt.want)
		}
	}
}

// A contradiction names what somebody gave, not what was derived from it.
func TestContradictionNamesWhatWasGiven(t *testing.T) {
	places := []*policy.EnumValue{{Name: "here"}, {Name: "city"}, {Name: "province"}, {Name: "outside"}}
	answers := []*policy.EnumValue{{Name: "yes"}, {Name: "no"}}
	s, err := elder.NewSpace(&policy.Vocabulary{
		Attributes: []*policy.Attribute{
			{Name: "age", Type: policy.Integer, Max: 120},
			{
				Name: "hukou", Type: policy.Enum, Values: places,
				Gives: &policy.Gives{Attribute: "registered", Values: []policy.Given{{Value: "here", Gives: "yes"}}},
			},
			{
				Name: "registered", Type: policy.Enum, Values: answers,
				Gives: &policy.Gives{Attribute: "known", Values: []policy.Given{{Value: "yes", Gives: true}}},
			},
			{Name: "known", Type: policy.Boolean},
		},
		Inputs: []*policy.Input{
			{Name: "birth_date", Type: policy.BirthDate, Gives: "age"}, {Name: "hukou_code", Type: policy.DivisionCode, Gives: "hukou"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		elder elder.Elder
		want  []string
	}{
		{elder.Elder{"birth_date": "1946-11-22", "age": 70}, []string{"age", "birth_date"}},
		{elder.Elder{"hukou_code": "141024", "hukou": "outside"}, []string{"hukou", "hukou_code"}},
		{elder.Elder{"hukou_code": "141024", "registered": "no"}, []string{"registered", "hukou_code"}},
		{elder.Elder{"hukou_code": "141024", "known": false}, []string{"known", "hukou_code"}},
		{elder.Elder{"hukou": "here", "registered": "no"}, []string{"registered", "hukou"}},
		{elder.Elder{"hukou": "here", "known": false}, []string{"known", "hukou"}},
	} {
		_, err := s.Encode(tt.elder, hongtong, policy.Date{Year: 2026, Month: 11, Day: 22})
		if found := problems(err); len(found) != 1 || !slices.Equal(found[0].Attributes, tt.want) {
			t.Errorf("%v: %v, want a problem of %v", tt.elder, err, tt.want)
		}
	}
}

// One attribute or input is encoded like an elder who has no other.
func TestEncodeValue(t *testing.T) {
	s := linked(t, gradesGive...)
	for _, tt := range []struct {
		name  string
		value any
		want  elder.Cells
		ok    bool
	}{
		{"grade", "two", elder.Cells{2, 3}, true}, {"grade", "none", elder.Cells{0, 1}, true}, {"disabled", false, elder.Cells{1}, true},
		{"age", 80, elder.Cells{0, 0, 81}, true}, {"birth_date", "1946-11-22", elder.Cells{0, 0, 81}, true},
		{"grade", "three", elder.Cells{}, false}, {"disabled", "yes", elder.Cells{}, false}, {"age", 121, elder.Cells{}, false},
		{"birth_date", "1946-02-30", elder.Cells{}, false}, {"unknown", true, elder.Cells{}, false},
	} {
		p, ok := s.EncodeValue(tt.name, tt.value, hongtong, policy.Date{Year: 2026, Month: 11, Day: 22})
		if ok != tt.ok || ok && (p.Cells() != tt.want || !s.Takes(&p)) {
			t.Errorf("%s %v: %v, %v", tt.name, tt.value, p.Cells(), ok)
		}
	}
}
