package reading_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder/reading"
)

// A cell of a set names several values, or says that there are none.
func TestSets(t *testing.T) {
	v := &policy.Vocabulary{Attributes: []*policy.Attribute{{Name: "disabilities", Label: "残疾类别", English: "disabilities", Type: policy.Set, Values: []*policy.EnumValue{
		{Name: "visual", Label: "视力", English: "sight"}, {Name: "hearing", Label: "听力", English: "hearing"},
	}}}}
	r := reading.New(v)
	f, ok := r.Field("残疾类别")
	if !ok {
		t.Fatal("no such field")
	}
	for cell, want := range map[string]any{
		"": nil, "视力": []any{"visual"}, "听力、视力": []any{"hearing", "visual"}, "visual, hearing": []any{"visual", "hearing"}, "无": []any{}, "视力、视力": []any{"visual"},
	} {
		if got, problem := r.Value(f, cell); problem != nil || cmp.Diff(want, got) != "" {
			t.Errorf("%q: %v, %v", cell, got, problem)
		}
	}
	if got, problem := r.Value(f, "视力、别的"); problem == nil || problem.Code != "unreadable" {
		t.Errorf("%v, %v", got, problem)
	}
}
