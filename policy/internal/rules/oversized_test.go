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
// parts, as the first has one, and each is itself one beside the two. A value may have 2^10.
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

// collected collects one in a collection, that in another, and so on, n times.
func collected(in string, n int) string {
	body := "c0 := 1\n"
	for i := range n {
		body += fmt.Sprintf("c%d := %s\n", i+1, strings.ReplaceAll(in, "@", fmt.Sprintf("c%d", i)))
	}
	return body
}

// oversizedLines returns the lines of the clauses that are too large.
func oversizedLines(t *testing.T, text string) []int {
	t.Helper()
	c := bounding(ast.NewCompiler(), ofRules)
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

// A clause may write a value of 2^10 parts, and none of more.
func TestOversized(t *testing.T) {
	for name, tt := range map[string]struct {
		body string
		want bool
	}{
		"2^10-1 parts":                  {doubled(9), false},
		"2^10 parts":                    {doubled(9) + "b := [a9]", false},
		"2^10+1 parts":                  {doubled(9) + "b := [[a9]]", true},
		"2^10+1 in a set":               {doubled(9) + "b := {1, a9}", true},
		"in a value under a key":        {doubled(9) + "b := {1: a9}", true},
		"in a key":                      {doubled(9) + "b := {a9: 1}", true},
		"2^10-1 in a key and a value":   {doubled(8) + "b := {a8: a8}", false},
		"behind a function":             {doubled(9) + "b := [[count(a9)]]", false},
		"a part of it":                  {doubled(9) + "b := [a9[0], 1, 1]", true}, // it counts as the whole
		"what it is compared with":      {doubled(9) + "b := input.b\nb = a9\nc := [b, b, b]", false},
		"by unification":                {doubled(9) + "b = a9\nc := [b, b, b]", true},
		"the right side":                {doubled(9) + "a9 = b\nc := [b, b, b]", true},
		"members, four times":           {collected("[@ | true]", 4), false}, // 1 + 64 + 64² + 64³ + 64⁴: a quarter of 2^26
		"members, five times":           {collected("[@ | true]", 5), true},
		"members of sets":               {collected("{@ | true}", 5), true},
		"members under keys":            {collected("{1: @ | true}", 5), true},
		"members as keys":               {collected("{@: 1 | true}", 5), true},
		"members within members":        {"b := [[[[1 | true] | true] | true] | true]", false},
		"what is only in a condition":   {doubled(9) + "[[a9]] != input.b", true},
		"what is only in a denial":      {doubled(9) + "not [[a9]] == input.b", true},
		"nothing of what is not spoken": {doubled(9) + "input.a == 1", false},
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
	// The 9th behind the first is too large. It counts as one, as the first does: so is the 9th
	// behind it.
	if diff := cmp.Diff([]int{12, 21, 30, 39}, oversizedLines(t, doubledRules(40))); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
	for name, text := range map[string]string{
		"in its head and its body": "x := [[a9]] if {\n" + doubled(10) + "}\n",
		"in an else":               "x := 1 if { input.a } else := [[a9]] if {\n" + doubled(9) + "}\n",
		"as a key":                 "x contains [[a9]] if {\n" + doubled(9) + "}\n",
	} {
		if diff := cmp.Diff([]int{3}, oversizedLines(t, text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	// Each rule of the document comes to 2^9-2 parts.
	for rules, want := range map[int][]int{2: nil, 3: {14}} {
		all := strings.Repeat("all contains h7 if input.a\n", rules)
		if diff := cmp.Diff(want, oversizedLines(t, doubledRules(7)+all+"x := all\n")); diff != "" {
			t.Errorf("a document of %d rules (-want +got):\n%s", rules, diff)
		}
	}
}
