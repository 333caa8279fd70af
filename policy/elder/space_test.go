package elder_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
)

// small returns a space with an attribute of each type, one of which does not begin at 0 and
// another is asked only of some.
func small(t *testing.T) *elder.Space {
	t.Helper()
	s, err := elder.NewSpace(&policy.Vocabulary{Attributes: []*policy.Attribute{
		{Name: "grade", Label: "等级", English: "grade", Type: policy.Integer, Min: -1, Max: 2, Unit: "级", Absent: 0},
		{
			Name: "kind", Label: "类别", English: "kind", Type: policy.Enum, Absent: "none",
			Values: []*policy.EnumValue{{Name: "x", Label: "甲", English: "ex"}, {Name: "none", Label: "无", English: "none"}, {Name: "y", Label: "乙", English: "why"}},
		},
		{Name: "alone", Label: "独居", English: "living alone", Type: policy.Boolean},
		{
			Name: "mode", Label: "方式", English: "mode", Type: policy.Enum, Values: []*policy.EnumValue{{Name: "p"}},
			AskedOf: &policy.AskedOf{Attribute: "kind", Values: []any{"x", "y"}},
		},
		{Name: "from", Type: policy.Integer, Min: 3, Max: 5},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const grade, kind, alone, mode, from = 0, 1, 2, 3, 4

// Cells count the values from 1; 0 is absence.
func TestCells(t *testing.T) {
	s := small(t)
	for _, c := range []struct {
		axis  int
		value any
		cell  uint8
		is    bool
	}{
		{grade, -1, 1, true}, {grade, 0, 2, true}, {grade, 2, 4, true}, {grade, 3, 5, false}, {grade, -2, 0, false}, {grade, "x", 0, false},
		{kind, "x", 1, true}, {kind, "y", 3, true}, {kind, "z", 0, false}, {kind, 1, 0, false},
		{alone, false, 1, true}, {alone, true, 2, true}, {alone, "true", 0, false},
	} {
		cell, is := s.Axes[c.axis].Cell(c.value)
		if is != c.is || is && cell != c.cell {
			t.Errorf("%s %v: cell %d, %v", s.Axes[c.axis].Attribute.Name, c.value, cell, is)
		}
		if is && s.Axes[c.axis].Value(cell) != c.value {
			t.Errorf("%s %v: value %v", s.Axes[c.axis].Attribute.Name, c.value, s.Axes[c.axis].Value(cell))
		}
	}
	if s.Axes[grade].Value(elder.Absent) != nil || s.Axes[grade].Cells() != 5 || s.Axes[alone].Cells() != 3 {
		t.Error("absence has no value, and counts as a cell")
	}
	if s.All(grade) != box.SetOf(0, 1, 2, 3, 4) || s.Values(grade) != box.SetOf(1, 2, 3, 4) || s.Values(mode) != box.SetOf(0, 1) {
		t.Error("an attribute asked of all has a value, one asked only of some may have none")
	}
	if i, ok := s.Index("alone"); i != alone || !ok {
		t.Errorf("alone stands at %d", i)
	}
	if _, ok := s.Index("aloof"); ok {
		t.Error("there is no aloof")
	}
}

// Values are put as officials read them, in either language.
func TestWords(t *testing.T) {
	s := small(t)
	for _, c := range []struct {
		axis             int
		cell             uint8
		english, chinese string
	}{
		{grade, elder.Absent, "not given", "未提供"},
		{grade, 4, "2", "2级"},
		{kind, 3, "why", "乙"},
		{alone, 1, "no", "否"},
		{alone, 2, "yes", "是"},
	} {
		axis := &s.Axes[c.axis]
		if got := [2]string{axis.Words(c.cell, true), axis.Words(c.cell, false)}; got != [2]string{c.english, c.chinese} {
			t.Errorf("%s %d: %q", axis.Attribute.Name, c.cell, got)
		}
	}
	if axis := &s.Axes[alone]; axis.Name(true) != "living alone" || axis.Name(false) != "独居" {
		t.Errorf("%q, %q", axis.Name(true), axis.Name(false))
	}
}

// Where the world is closed, what is missing is false, or what the attribute says stands for
// nothing; else it stays missing.
func TestClose(t *testing.T) {
	s := small(t)
	for name, c := range map[string]struct{ of, want elder.Elder }{
		"nothing is known": {elder.Elder{}, elder.Elder{"grade": 0, "kind": "none", "alone": false}},
		"what is known":    {elder.Elder{"grade": 2, "kind": "x", "alone": true, "mode": "p", "from": 5}, elder.Elder{"grade": 2, "kind": "x", "alone": true, "mode": "p", "from": 5}},
	} {
		p, err := s.Encode(c.of, hongtong, bindingDay)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, s.Elder(s.Close(p.Cells()))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if s.Axes[mode].AbsentCell() != elder.Absent {
		t.Error("no mode stands for none")
	}
}

// What is asked only of some may be asked as long as it is not known whether it is.
func TestAsked(t *testing.T) {
	s := small(t)
	for _, c := range []struct {
		axis  int
		cells elder.Cells
		want  bool
	}{
		{alone, elder.Cells{kind: 2}, true},
		{mode, elder.Cells{}, true},
		{mode, elder.Cells{kind: 1}, true},
		{mode, elder.Cells{kind: 2}, false},
		{mode, elder.Cells{kind: 3}, true},
	} {
		if got := s.Asked(c.axis, c.cells); got != c.want {
			t.Errorf("%d of %v: asked %v", c.axis, c.cells[:5], got)
		}
	}
	if got := s.Axes[mode].AskedCells; !cmp.Equal(got, []uint8{1, 3}) || s.Axes[mode].AskedOf != kind || s.Axes[alone].AskedOf != -1 {
		t.Errorf("mode is asked of cells %v of %d", got, s.Axes[mode].AskedOf)
	}
}
