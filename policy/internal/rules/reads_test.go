package rules

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// An attribute of which all places are comparisons with constants is cut at these, and only there.
func TestUsage(t *testing.T) {
	for _, c := range []struct {
		body, more string
		want       string // the constants that a is compared with, or "otherwise"
	}{
		{body: "input.a >= 60", want: "60"},
		{body: "60 <= input.a", want: "60"},
		{body: "input.a >= p.age", want: "data.parameters.age"},
		{body: "input.a >= p.age.value", want: "data.parameters.age.value"},
		{body: "y := input.a\ny >= 60\nnot y == 80", want: "60 80"},
		{body: "n := 60\ninput.a >= n", want: "60"},
		{body: "input.a in {60, 70}", want: "60 70"},
		{body: "input.a == 60\ncount([1 | input.a < 70]) == 1", want: "60 70"},
		{body: "y := input.a\nz := y\nz >= 60", want: "otherwise"},
		{body: "input.a", want: "otherwise"},
		{body: "input.a + 1 >= 60", want: "otherwise"},
		{body: "input.a >= 60\ninput.a % 2 == 0", want: "otherwise"},
		{body: "input.a >= input.b", want: "otherwise"},
		{body: "input.a >= 60\ninput.a == input.b", want: "otherwise"},
		{body: "y := input.a\n1 / (y - 63) > 0\ny == 65", want: "otherwise"}, // at 63 OPA fails, before it comes to 65
		{body: "some n in [60, 70]\ninput.a >= n", want: "otherwise"},
		{body: "input.a >= p[input.b]", want: "otherwise"},
		{body: "input.a == null", want: "null"},
		{body: "_h", more: "_h if {\ninput.a > 60\ninput.a < p.age\n}", want: "60 data.parameters.age"},
		{body: "_h(input.a)", more: "_h(n) if n > 60", want: "otherwise"},
		{body: "_h == 61", more: "_h := n if {\nn := input.a\nn > 60\n}", want: "otherwise"},
		{body: "y := input.a\ny > 60\n[y] == [61]", want: "otherwise"},
		{body: "object.get(input, \"a\", 0) >= 60", want: "otherwise"},
		{body: "_h with p.age as 70", more: "_h if input.a >= p.age", want: "otherwise"},
		{body: "_h with input.a as 70", more: "_h if input.a >= 60", want: "otherwise"},
		{body: "_h with gte as _g", more: "_h if input.a >= 60\n\n_g(n, _) := n > 90", want: "otherwise"},
		{body: "_g", more: "_g if _h with p.age as 70\n\n_h if input.a >= p.age", want: "otherwise"},
		{body: "_h with p.age as 70", more: "_h if _g\n\n_g if input.a >= p.age", want: "otherwise"},
	} {
		s, r := compiledRule(t, "x if {\n"+c.body+"\n}\n\n"+c.more+"\n")
		u := s.all(r).attributes["a"]
		if u == nil {
			t.Errorf("%s: it is not read", c.body)
			continue
		}
		var with []string
		for _, constant := range u.with {
			if constant.parameter != nil {
				with = append(with, constant.parameter.String())
			} else {
				with = append(with, constant.scalar.String())
			}
		}
		slices.Sort(with)
		got := strings.Join(with, " ")
		if u.otherwise {
			got = "otherwise"
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", c.body, c.more, diff)
		}
	}
}

// What is read is what is named, with all that helpers name, however deep.
func TestReads(t *testing.T) {
	for _, c := range []struct {
		body, more      string
		attributes      string
		parameters      string
		whole, fallible bool
	}{
		{body: "input.a", attributes: "a"},
		{body: `input["a"]`, attributes: "a"},
		{body: "not input.a", attributes: "a"},
		{body: "every n in [1] { input.a == n }", attributes: "a"},
		{body: "count([1 | input.a]) == 1", attributes: "a", fallible: true},
		{body: "_h == 1", more: "_h := 1 if input.a\nelse := 2 if input.b >= p.age", attributes: "a b", parameters: "age", fallible: true},
		{body: "not _h", more: "_h if _g\n\n_g if input.a >= p.age", attributes: "a", parameters: "age"},
		{body: "_h[_] == 1", more: "_h.k := 1 if input.a\n\n_h.l := 2 if input.b", attributes: "a b", fallible: true},
		{body: "input.a with input.b as input.c", attributes: "a b c"},
		{body: "input.a + 1 > 2", attributes: "a", fallible: true},
		{body: "{k: 1 | k := input.a} == {}", attributes: "a", fallible: true},
		{body: "input[_]", whole: true},
		{body: "count(input) > 2", whole: true, fallible: true},
		{body: "y := input\ny.a", whole: true},
		{body: "y := input\nobject.get(y, \"a\", 0) > 1", attributes: "a"},
		{body: "y := input\nobject.get(y, \"a\", 0) > 1\ny == {}", attributes: "a", whole: true},
		{body: "_h with input as {}", more: "_h if input.a", attributes: "a", whole: true},
		{body: "object.get(input, _h, 0) > 1", more: "_h := \"a\"", whole: true, fallible: true},
	} {
		s, r := compiledRule(t, "x if {\n"+c.body+"\n}\n\n"+c.more+"\n")
		got := s.all(r.Body)
		var parameters []string
		for name := range got.parameters {
			parameters = append(parameters, name)
		}
		if a := strings.Join(attributesOf(got), " "); a != c.attributes || strings.Join(parameters, " ") != c.parameters {
			t.Errorf("%s: it reads %q and %q", c.body, a, parameters)
		}
		if got.whole != nil != c.whole || got.fallible != c.fallible {
			t.Errorf("%s: as a whole %v, fallible %v", c.body, got.whole, got.fallible)
		}
	}
}
