package words_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/words"
)

// What a list says of itself and its services has words in both languages; what it does not say has
// none, and a value that nobody knows is shown as it is written.
func TestWordsOfLists(t *testing.T) {
	for _, tt := range []struct {
		is              string
		style           words.Style
		got, wantedText string
	}{
		{"automatic", words.Chinese, words.Access(policy.Automatic, words.Chinese), "免申即享"},
		{"automatic", words.English, words.Access(policy.Automatic, words.English), "without application"},
		{"application", words.Chinese, words.Access(policy.Application, words.Chinese), "依申请"},
		{"presentation", words.English, words.Access(policy.Presentation, words.English), "on showing a certificate"},
		{"unstated", words.Chinese, words.Access(policy.Unstated, words.Chinese), ""},
		{"nation", words.Chinese, words.Level(policy.Nation, words.Chinese), "国家级"},
		{"province", words.English, words.Level(policy.Province, words.English), "province"},
		{"city", words.Chinese, words.Level(policy.City, words.Chinese), "市级"},
		{"county", words.Chinese, words.Level(policy.County, words.Chinese), "县级"},
		{"district", words.English, words.Level(policy.District, words.English), "district"},
		{"township", words.Chinese, words.Level(policy.Township, words.Chinese), "乡镇级"},
		{"a level that nobody knows", words.Chinese, words.Level("village", words.Chinese), "village"},
		{"official", words.Chinese, words.Basis(policy.Official, words.Chinese), "原文"},
		{"reconstructed", words.English, words.Basis(policy.Reconstructed, words.English), "reconstructed"},
		{"a basis that nobody knows", words.English, words.Basis("hearsay", words.English), "hearsay"},
	} {
		if tt.got != tt.wantedText {
			t.Errorf("%s, style %d: %q, want %q", tt.is, tt.style, tt.got, tt.wantedText)
		}
	}
}

// Where the amount is stated is said after where the service is, once.
func TestFigures(t *testing.T) {
	list, order := policy.Citation{Document: "朔政办发〔2023〕36号", At: "附件 12"}, policy.Citation{Document: "晋民发〔2022〕5号"}
	more := policy.Citation{Document: list.Document, At: "主要措施 4"}
	if diff := cmp.Diff([]policy.Citation{order, more}, words.Beside([]policy.Citation{list}, []policy.Citation{list, order, more, order})); diff != "" {
		t.Error(diff)
	}
	if got, want := words.Figures([]policy.Citation{order, more, list}, words.Chinese), "；金额：晋民发〔2022〕5号；朔政办发〔2023〕36号 主要措施 4、附件 12"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := words.Figures([]policy.Citation{list}, words.English), "; the amount: 朔政办发〔2023〕36号 附件 12"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := words.Figures(nil, words.Chinese); got != "" {
		t.Errorf("without citations: %q", got)
	}
}

// Linked measures are named in the order of the vocabulary.
func TestBundle(t *testing.T) {
	percent, yuan := policy.DecimalOf(50), policy.DecimalOf(900)
	v := &policy.Vocabulary{Measures: []*policy.Measure{
		{Name: "percent", Label: "资助比例", English: "share", Unit: "percent"}, {Name: "yearly", Label: "每年现金", English: "cash a year", Unit: "cny/year"},
	}}
	b := policy.Bundle{"yearly": {Bound: policy.AtMost, Value: &yuan}, "percent": {Bound: policy.Exactly, Value: &percent}}
	if got, want := words.Bundle(v, b, words.Chinese, nil), words.Promise(v.Measures[0], b["percent"], words.Chinese, nil)+" ＋ "+words.Promise(v.Measures[1], b["yearly"], words.Chinese, nil); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := words.Bundle(v, nil, words.English, nil); got != "" {
		t.Errorf("of nothing: %q", got)
	}
}

// A region names its boxes, twelve of them at most.
func TestRegion(t *testing.T) {
	s := space(t)
	var boxes []box.Box
	for age := range uint8(14) {
		boxes = append(boxes, box.Box{{Attribute: 0, Admits: box.SetOf(age + 1)}})
	}
	for n, want := range map[int]string{
		0: "", 1: "年龄 0周岁", 2: "年龄 0周岁；或年龄 1周岁",
		12: "年龄 0周岁；或年龄 1周岁；或年龄 2周岁；或年龄 3周岁；或年龄 4周岁；或年龄 5周岁；或年龄 6周岁；或年龄 7周岁；或年龄 8周岁；或年龄 9周岁；或年龄 10周岁；或年龄 11周岁",
		14: "年龄 0周岁；或年龄 1周岁；或年龄 2周岁；或年龄 3周岁；或年龄 4周岁；或年龄 5周岁；或年龄 6周岁；或年龄 7周岁；或年龄 8周岁；或年龄 9周岁；或年龄 10周岁；或年龄 11周岁；或另外2种情形之一",
	} {
		if got := words.Region(s, boxes[:n], words.Chinese); got != want {
			t.Errorf("%d boxes: %q, want %q", n, got, want)
		}
	}
	for lang, want := range map[string]string{"en": "age 3", "zh": "年龄 3周岁", "": "年龄 3周岁", "fr": "年龄 3周岁"} {
		if got := words.Cell(&s.Axes[0], 4, words.In(lang)); got != want {
			t.Errorf("in %q: %q, want %q", lang, got, want)
		}
	}
	if got := words.Cell(&s.Axes[2], 0, words.English); got != "assistance: not given" {
		t.Error(got)
	}
}
