package diff

import (
	"testing"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

// facts returns a vocabulary with an attribute of each sort.
func facts() *policy.Vocabulary {
	values := func() []*policy.EnumValue { return []*policy.EnumValue{{Name: "one"}, {Name: "two"}} }
	return &policy.Vocabulary{
		Attributes: []*policy.Attribute{
			{Name: "living_alone", Type: policy.Boolean, Absent: false},
			{Name: "category", Type: policy.Enum, Values: values(), Gives: &policy.Gives{
				Attribute: "living_alone", Values: []policy.Given{{Value: "one", Gives: true}},
			}},
			{Name: "illnesses", Type: policy.Set, Values: values()},
			{Name: "income", Type: policy.Integer, Max: 100_000},
			{Name: "grade", Type: policy.Integer, Min: 1, Max: 4, AskedOf: &policy.AskedOf{Attribute: "category", Values: []any{"one"}}},
		},
		Measures: []*policy.Measure{policy.NewMeasure("waiting_days", "等待天数", "days of waiting", "days")},
	}
}

// Two sides can be proved against each other only if a cell stands for the same elders in both, and
// a number for the same promise.
func TestComparable(t *testing.T) {
	spaceOf := func(v *policy.Vocabulary) *elder.Space {
		space, err := elder.NewSpace(v)
		if err != nil {
			t.Fatal(err)
		}
		return space
	}
	a := spaceOf(facts())
	for _, tt := range []struct {
		name   string
		change func(v *policy.Vocabulary)
		want   bool
	}{
		{"nothing", func(*policy.Vocabulary) {}, true},
		{"a label", func(v *policy.Vocabulary) { v.Attributes[0].Label = "独居" }, true},
		{"a further measure", func(v *policy.Vocabulary) {
			v.Measures = append(v.Measures, policy.NewMeasure("meals", "餐", "meals", "times"))
		}, true},
		{"a name", func(v *policy.Vocabulary) { v.Attributes[3].Name = "pension" }, false},
		{"a value", func(v *policy.Vocabulary) { v.Attributes[1].Values[1].Name = "three" }, false},
		{"a member of a set", func(v *policy.Vocabulary) { v.Attributes[2].Values[1].Name = "three" }, false},
		{"the order of members", func(v *policy.Vocabulary) {
			of := v.Attributes[2].Values
			of[0], of[1] = of[1], of[0]
		}, false},
		{"what is absent", func(v *policy.Vocabulary) { v.Attributes[0].Absent = nil }, false},
		{"the greatest value", func(v *policy.Vocabulary) { v.Attributes[3].Max = 50_000 }, false},
		{"of whom it is asked", func(v *policy.Vocabulary) { v.Attributes[4].AskedOf.Values = []any{"two"} }, false},
		{"that it is asked of all", func(v *policy.Vocabulary) { v.Attributes[4].AskedOf = nil }, false},
		{"what a value gives", func(v *policy.Vocabulary) { v.Attributes[1].Gives.Values[0].Gives = false }, false},
		{"that a value gives something", func(v *policy.Vocabulary) { v.Attributes[1].Gives = nil }, false},
		{"which way is better", func(v *policy.Vocabulary) { v.Measures[0].Less = true }, false},
		{"the unit of a measure", func(v *policy.Vocabulary) { v.Measures[0].Unit = "days_per_month" }, false},
	} {
		v := facts()
		tt.change(v)
		if b := spaceOf(v); alike(a, b) != tt.want || alike(b, a) != tt.want {
			t.Errorf("%s changes: comparable is not %v", tt.name, tt.want)
		}
	}
}
