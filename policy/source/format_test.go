package source_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/source"
)

func TestFormatYAML(t *testing.T) {
	for _, tt := range []struct{ note, path, before, after string }{
		{"a list keeps its comments, blank lines and quotes with the keys", "catalogs/a.yaml", `# head of the file

effective_from: "2024-01-01"   
# of the jurisdiction
jurisdiction: {parent: p, id: a, name: "甲, {县}", code: '140699', level: county} # behind

# of the services
services:
  # of the first
  - name: 甲
    # of the id
    id: a # behind it
    readings:
      - why: 因为
        question: |
          第一行

          id: 不是键
        answer: 答
  - {name: 乙, id: b}
# of the parameters
parameters:
  x:
    values:
    - {value: 1, from: "2024-01-01"}
    label: 某数
# the end


`, `# head of the file

# of the jurisdiction
jurisdiction: {id: a, code: '140699', name: "甲, {县}", level: county, parent: p} # behind
effective_from: "2024-01-01"
# of the parameters
parameters:
  x:
    label: 某数
    values:
    - {from: "2024-01-01", value: 1}

# of the services
services:
  # of the first
    # of the id
  - id: a # behind it
    name: 甲
    readings:
      - question: |
          第一行

          id: 不是键
        answer: 答
        why: 因为
  - {id: b, name: 乙}
# the end
`},
		{"cases", "catalogs/cases/a.yaml", "- refused: [x]\r\n  elder: {b: 1, a: 2}\r\n  note: n\r\n", "- note: n\n  elder: {b: 1, a: 2}\n  refused: [x]\n"},
		{"a vocabulary stands as it is", "catalogs/measures.yaml", "measures:\n  b: {unit: flag, label: 乙}\n  a: {label: 甲}\n", "measures:\n  b: {unit: flag, label: 乙}\n  a: {label: 甲}\n"},
		{"a flow of several lines stays", "catalogs/a.yaml", "document: {basis: official,\n  title: 甲}\n", "document: {basis: official,\n  title: 甲}\n"},
		{"quotes within texts", "catalogs/a.yaml", "document: {title: 'a''}, b', basis: x}\n", "document: {title: 'a''}, b', basis: x}\n"},
		{"quotes within texts, moved", "catalogs/a.yaml", "document: {basis: it 's, title: 'a''}, b'}\n", "document: {title: 'a''}, b', basis: it 's}\n"},
		{"an unknown key comes last", "catalogs/a.yaml", "more: 1\namends: a\n", "amends: a\nmore: 1\n"},
	} {
		got, err := source.FormatYAML(source.File{Path: tt.path, Display: tt.path, Content: []byte(tt.before)})
		if err != nil {
			t.Errorf("%s: %v", tt.note, err)
			continue
		}
		if diff := cmp.Diff(tt.after, string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.note, diff)
		}
		again, err := source.FormatYAML(source.File{Path: tt.path, Display: tt.path, Content: got})
		if err != nil || string(again) != string(got) {
			t.Errorf("%s: a second time it is otherwise: %v\n%s", tt.note, err, again)
		}
	}
	if _, err := source.FormatYAML(source.File{Path: "catalogs/a.yaml", Display: "a", Content: []byte("a: [")}); err == nil {
		t.Error("what is no YAML is not refused")
	}
}

// What cannot be put into order is named where it stands, and not written.
func TestFormatYAMLSaysWhere(t *testing.T) {
	content := "effective_from: x\ndocument: {title: a}\nservices:\n- id: a\n- ? name\n  : 甲\n  ? id\n  : a\n"
	_, err := source.FormatYAML(source.File{Path: "catalogs/a.yaml", Display: "a.yaml", Content: []byte(content)})
	want := policy.Diagnostics{{
		Code: "not-formatted", Severity: policy.SeverityError, Pos: policy.Position{File: "a.yaml", Line: 5, Column: 3},
		Summary: "the keys cannot be put into order", Remedy: "write each key on a line of its own",
	}}
	var got policy.Diagnostics
	if !errors.As(err, &got) {
		t.Fatalf("%v", err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
