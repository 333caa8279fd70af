package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy/interview"
)

// Of a set several values may be named, each by its place or its name; 0 is none of them.
func TestUnderstandSets(t *testing.T) {
	q := interview.Question{Attribute: "disabilities", Type: "set", Values: []interview.Value{
		{Value: "visual", Label: "视力", English: "sight"}, {Value: "hearing", Label: "听力", English: "hearing"}, {Value: "speech", Label: "言语", English: "speech"},
	}}
	for text, want := range map[string][]any{
		"0": {}, "无": {}, "1": {"visual"}, "3,1": {"speech", "visual"}, "视力、听力": {"visual", "hearing"}, "hearing, 2": {"hearing"},
		"4": nil, "": nil, ",": nil, "1,x": nil, "0,1": nil,
	} {
		key, value, ok := new(dialogue).understand(q, text)
		if ok != (want != nil) {
			t.Errorf("%q: %v", text, ok)
			continue
		}
		if ok && (key != "disabilities" || cmp.Diff(any(want), value) != "") {
			t.Errorf("%q: %s %v, want %v", text, key, value, want)
		}
	}
	if got, want := (&dialogue{page: &page{language: language{value: "zh"}}}).choices(q), "1 视力  2 听力  3 言语  0 无（可多选，以逗号分隔）"; got != want {
		t.Errorf("choices: %s, want %s", got, want)
	}
}
