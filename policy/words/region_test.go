package words_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/words"
)

func space(t *testing.T) *elder.Space {
	t.Helper()
	category := []*policy.EnumValue{
		{Name: "none", Label: "无", English: "none"}, {Name: "dibao", Label: "低保", English: "dibao"},
		{Name: "tekun", Label: "特困", English: "destitute"}, {Name: "marginal", Label: "低保边缘", English: "margin"},
	}
	s, err := elder.NewSpace(&policy.Vocabulary{Attributes: []*policy.Attribute{
		{Name: "age", Label: "年龄", English: "age", Type: policy.Integer, Max: 130, Unit: "周岁"},
		{Name: "local_hukou", Label: "本地户籍", English: "registered locally", Type: policy.Boolean},
		{Name: "category", Label: "救助类别", English: "assistance", Type: policy.Enum, Values: category},
		{Name: "grade", Label: "残疾等级", English: "disability grade", Type: policy.Integer, Max: 4, Unit: "级"},
		{Name: "kinds", Label: "残疾类别", English: "disabilities", Type: policy.Set, Values: []*policy.EnumValue{
			{Name: "visual", Label: "视力", English: "sight"}, {Name: "hearing", Label: "听力", English: "hearing"},
		}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestBox(t *testing.T) {
	ages := func(from, to uint8) box.Set { return box.Range(from+1, to+1) }
	tests := []struct {
		note                    string
		box                     box.Box
		names, chinese, english string
	}{
		{"no side is everybody", nil, "everybody", "所有人", "everybody"},
		{"a side that admits all values is left out", box.Box{{Attribute: 1, Admits: box.Range(1, 2)}}, "everybody", "所有人", "everybody"},
		{"an age upwards", box.Box{{Attribute: 0, Admits: ages(65, 130)}}, "age ≥ 65", "年龄 ≥ 65周岁", "age ≥ 65"},
		{"an age downwards", box.Box{{Attribute: 0, Admits: ages(0, 59)}}, "age ≤ 59", "年龄 ≤ 59周岁", "age ≤ 59"},
		{"one age", box.Box{{Attribute: 0, Admits: ages(90, 90)}}, "age 90", "年龄 90周岁", "age 90"},
		{
			"two runs of ages", box.Box{{Attribute: 0, Admits: ages(60, 64).Or(ages(80, 130))}},
			"age 60–64 or ≥ 80", "年龄 60–64周岁或≥ 80周岁", "age 60–64 or ≥ 80",
		},
		{
			"two sides", box.Box{{Attribute: 0, Admits: ages(60, 64)}, {Attribute: 1, Admits: box.SetOf(1)}},
			"age 60–64, local_hukou false", "年龄 60–64周岁，本地户籍 否", "age 60–64, registered locally: no",
		},
		{"some of an enum", box.Box{{Attribute: 2, Admits: box.SetOf(2, 3)}}, "category dibao|tekun", "救助类别 低保或特困", "assistance: dibao or destitute"},
		{"most of an enum", box.Box{{Attribute: 2, Admits: box.SetOf(2, 3, 4)}}, "category not none", "救助类别 除无外均可", "assistance: any but none"},
		{"most of an enum, or missing", box.Box{{Attribute: 2, Admits: box.SetOf(0, 1, 3, 4)}}, "category not dibao", "救助类别 不是低保", "assistance: not dibao"},
		{"not true", box.Box{{Attribute: 1, Admits: box.SetOf(0, 1)}}, "local_hukou not true", "本地户籍 否或未提供", "registered locally: no or not given"},
		{"only missing", box.Box{{Attribute: 1, Admits: box.SetOf(0)}}, "local_hukou not given", "本地户籍 未提供", "registered locally: not given"},
		{"a value of a set", box.Box{{Attribute: 4, Admits: box.SetOf(2)}}, "kinds with visual", "残疾类别 含视力", "disabilities: with sight"},
		{
			"a set is named once", box.Box{{Attribute: 1, Admits: box.SetOf(2)}, {Attribute: 4, Admits: box.SetOf(1)}, {Attribute: 5, Admits: box.SetOf(2)}},
			"local_hukou true, kinds without visual and with hearing", "本地户籍 是，残疾类别 不含视力且含听力",
			"registered locally: yes, disabilities: without sight and with hearing",
		},
		{"a set without a value, or missing", box.Box{{Attribute: 5, Admits: box.SetOf(0, 1)}}, "kinds without hearing or not given", "残疾类别 不含听力或未提供", "disabilities: without hearing or not given"},
		{"few integers keep both ends", box.Box{{Attribute: 3, Admits: box.Range(2, 5)}}, "grade 1–4", "残疾等级 1–4级", "disability grade 1–4"},
	}
	s := space(t)
	for _, test := range tests {
		t.Run(test.note, func(t *testing.T) {
			got := []string{words.Box(s, test.box, words.Names), words.Box(s, test.box, words.Chinese), words.Box(s, test.box, words.English)}
			if diff := cmp.Diff([]string{test.names, test.chinese, test.english}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
