package rules

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/ast"
)

// doubled writes n+1 definitions, each of which holds the one before twice: the last has 2^(n+1)-1
// parts, as the first has one, and each is itself one beside the two. A value may have 2^18.
func doubled(n int) string {
	body := "a0 := []\n"
	for i := range n {
		body += fmt.Sprintf("a%d := [a%d, a%d]\n", i+1, i, i)
	}
	return body
}

// doubledRules writes n+1 rules as [doubled] writes definitions; the first stands on line 3. A
// document is one part beside what its rules come to, so that the last has 2^(n+2)-3.
func doubledRules(n int) string {
	text := "h0 := []\n"
	for i := range n {
		text += fmt.Sprintf("h%d := [h%d, h%d]\n", i+1, i, i)
	}
	return text
}

// oversizedLines returns the lines of the clauses that are too large.
func oversizedLines(t *testing.T, text string) []int {
	t.Helper()
	c := ast.NewCompiler().WithStageAfterID(ast.StageCheckRecursion, ast.CompilerStageDefinition{Name: "oversized", MetricName: "oversized", Stage: refuseOversized})
	c.Compile(map[string]*ast.Module{"x.rego": ast.MustParseModule("package x\n\n" + text)})
	var lines []int
	for _, e := range c.Errors {
		if e.Message != "oversized" {
			t.Fatal(errors.Join(c.Errors))
		}
		lines = append(lines, e.Location.Row)
	}
	return lines
}

// A clause may write a value of 2^18 parts, and none of more.
func TestOversized(t *testing.T) {
	for name, tt := range map[string]struct {
		body string
		want bool
	}{
		"2^18-1 parts":                  {doubled(17), false},
		"2^18 parts":                    {doubled(17) + "b := [a17]", false},
		"2^18+1 parts":                  {doubled(17) + "b := [[a17]]", true},
		"2^18+1 in a set":               {doubled(17) + "b := {1, a17}", true},
		"in a value under a key":        {doubled(17) + "b := {1: a17}", true},
		"in a key":                      {doubled(17) + "b := {a17: 1}", true},
		"2^18-1 in a key and a value":   {doubled(16) + "b := {a16: a16}", false},
		"behind a function":             {doubled(17) + "b := [[count(a17)]]", false},
		"a part of it":                  {doubled(17) + "b := [a17[0], 1, 1]", true}, // it counts as the whole
		"what it is compared with":      {doubled(17) + "b := input.b\nb = a17\nc := [b, b, b]", false},
		"by unification":                {doubled(17) + "b = a17\nc := [b, b, b]", true},
		"the right side":                {doubled(17) + "a17 = b\nc := [b, b, b]", true},
		"members of members":            {"b := [1 | true]\nc := [b | true]", false},                 // 1 + 64 × (1 + 64)
		"members of those":              {"b := [1 | true]\nc := [b | true]\nd := [c | true]", true}, // 1 + 64 × 4,161
		"members of those, of sets":     {"b := {1 | true}\nc := {b | true}\nd := {c | true}", true}, // the same
		"members of those, under keys":  {"b := {1: 1 | true}\nc := {1: b | true}\nd := {1: c | true}", true},
		"members of those, as keys":     {"b := {1: 1 | true}\nc := {b: 1 | true}\nd := {c: 1 | true}", true},
		"what is only in a condition":   {doubled(17) + "[[a17]] != input.b", true},
		"what is only in a denial":      {doubled(17) + "not [[a17]] == input.b", true},
		"nothing of what is not spoken": {doubled(17) + "input.a == 1", false},
	} {
		var want []int
		if tt.want {
			want = []int{3}
		}
		if diff := cmp.Diff(want, oversizedLines(t, "x if {\n"+tt.body+"\n}\n")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// The clause that is too large is to blame, once; what refers to it counts it as one part.
func TestOversizedIsBlamedOnce(t *testing.T) {
	// The 17th behind the first is too large. It counts as one, as the first does: so is the 17th
	// behind it.
	if diff := cmp.Diff([]int{20, 37}, oversizedLines(t, doubledRules(40))); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
	for name, text := range map[string]string{
		"in its head and its body": "x := [[a17]] if {\n" + doubled(18) + "}\n",
		"in an else":               "x := 1 if { input.a } else := [[a17]] if {\n" + doubled(17) + "}\n",
		"as a key":                 "x contains [[a17]] if {\n" + doubled(17) + "}\n",
	} {
		if diff := cmp.Diff([]int{3}, oversizedLines(t, text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	// Each rule of the document comes to 2^17-2 parts.
	for rules, want := range map[int][]int{2: nil, 3: {22}} {
		all := strings.Repeat("all contains h15 if input.a\n", rules)
		if diff := cmp.Diff(want, oversizedLines(t, doubledRules(15)+all+"x := all\n")); diff != "" {
			t.Errorf("a document of %d rules (-want +got):\n%s", rules, diff)
		}
	}
}
