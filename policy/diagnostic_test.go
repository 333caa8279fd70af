package policy_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
)

func TestRender(t *testing.T) {
	for _, tt := range []struct {
		note         string
		source       string
		line, column int
		want         string
	}{
		{"first column", "abc\n", 1, 1, "abc\n^\n"},
		{"narrow characters", "a\nname: x\n", 2, 7, "name: x\n      ^\n"},
		{"wide characters take two columns", "name: 朔州市, x\n", 1, 12, "name: 朔州市, x\n              ^\n"},
		{"wide brackets", "〔2023〕x", 1, 7, "〔2023〕x\n        ^\n"},
		{"tabs are kept", "\t\tx: y", 1, 6, "\t\tx: y\n\t\t   ^\n"},
		{"behind the end of the line", "ab\n", 1, 9, "ab\n  ^\n"},
		{"carriage returns are no part of the line", "ab\r\ncd\r\n", 1, 2, "ab\n ^\n"},
		{"the last line without an end", "ab\ncd", 2, 2, "cd\n ^\n"},
		{"escape sequences do not reach the terminal", "a\x1b[31mb\u202ec", 1, 6, "a�[31mb�c\n     ^\n"},
		{"a byte order mark is no part of the line", "\ufeffab\n", 1, 2, "ab\n ^\n"},
		{"an empty line", "a\n\nb\n", 2, 1, "\n^\n"},
		{"no such line", "ab\n", 3, 1, ""},
		{"the place is a whole file", "ab\n", 0, 0, ""},
	} {
		t.Run(tt.note, func(t *testing.T) {
			d := policy.Diagnostic{Code: "some-code", Severity: policy.SeverityError, Summary: "it is wrong", Remedy: "better it",
				Pos: policy.Position{File: "x.yaml", Line: tt.line, Column: tt.column}}
			var b strings.Builder
			d.Render(&b, []byte(tt.source))
			if diff := cmp.Diff(d.String()+"\n"+tt.want, b.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestDiagnosticString(t *testing.T) {
	d := policy.Diagnostic{Code: "some-code", Severity: policy.SeverityWarning, Summary: "it is wrong"}
	for _, tt := range []struct {
		pos          policy.Position
		remedy, want string
	}{
		{policy.Position{File: "x.yaml", Line: 3, Column: 5}, "better it", "x.yaml:3:5: warning: it is wrong; better it [some-code]"},
		{policy.Position{File: "x.yaml"}, "", "x.yaml: warning: it is wrong [some-code]"},
		{policy.Position{}, "", "warning: it is wrong [some-code]"},
	} {
		d.Pos, d.Remedy = tt.pos, tt.remedy
		if diff := cmp.Diff(tt.want, d.String()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestDiagnosticsSort(t *testing.T) {
	at := func(file string, line, column int, code string) policy.Diagnostic {
		return policy.Diagnostic{Code: code, Pos: policy.Position{File: file, Line: line, Column: column}}
	}
	ds := policy.Diagnostics{at("b", 1, 1, "a"), at("a", 10, 1, "a"), at("a", 9, 2, "a"), at("a", 9, 1, "b"), at("a", 9, 1, "a"), at("b", 1, 1, "a")}
	want := policy.Diagnostics{at("a", 9, 1, "a"), at("a", 9, 1, "b"), at("a", 9, 2, "a"), at("a", 10, 1, "a"), at("b", 1, 1, "a")}
	if diff := cmp.Diff(error(want), ds.Err()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := (policy.Diagnostics{}).Err(); err != nil {
		t.Errorf("no diagnostics are the error %v", err)
	}
}

func TestNearest(t *testing.T) {
	ids := []string{"hongtong", "huojia", "shanxi", "shuozhou", "age", "nursing-subsidy"}
	for _, tt := range []struct{ name, want string }{
		{"shuzhou", "shuozhou"},
		{"Shanxi", "shanxi"},
		{"hoojia", "huojia"},
		{"agee", "age"},
		{"nursing-subsidies", "nursing-subsidy"},
		{"nothing-like-it", ""},
		{"x", ""},
		{"", ""},
		{"age", ""}, // the name itself is no near miss
		{strings.Repeat("a", 1000), ""},
	} {
		if got := policy.Nearest(tt.name, ids); got != tt.want {
			t.Errorf("Nearest(%q) = %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := policy.Nearest("朔洲市", []string{"大同市", "朔州市"}); got != "朔州市" {
		t.Errorf("Chinese names: %q", got)
	}
}

// Signs such as < are escaped in diagnostics where their writer escapes them, and only there.
func TestDiagnosticsAreEscapedByTheirWriter(t *testing.T) {
	for escaped, want := range map[bool]string{
		false: `[{"code":"","severity":"","position":{"file":"","line":0,"column":0},"message":"a < b"}]` + "\n",
		true:  `[{"code":"","severity":"","position":{"file":"","line":0,"column":0},"message":"a \u003c b"}]` + "\n",
	} {
		var out bytes.Buffer
		encoder := json.NewEncoder(&out)
		encoder.SetEscapeHTML(escaped)
		if err := encoder.Encode(policy.Diagnostics{{Summary: "a < b"}}); err != nil || out.String() != want {
			t.Errorf("escaped %v: %s, %v, want %s", escaped, out.String(), err, want)
		}
	}
}
