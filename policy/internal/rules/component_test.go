package rules

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/ast"
)

// compiledRule returns the first rule x of a module, compiled, with what reads it.
func compiledRule(t *testing.T, text string) (*splitter, *ast.Rule) {
	t.Helper()
	c, err := ast.CompileModules(map[string]string{"x.rego": "package lists.own\n\nimport data.parameters as p\n\n" + text})
	if err != nil {
		t.Fatal(err)
	}
	return &splitter{reader: reader{compiler: c}}, c.GetRulesExact(ast.MustParseRef("data.lists.own.x"))[0]
}

// Expressions that share a variable, through however many, are one component; others are components
// of their own.
func TestComponents(t *testing.T) {
	for _, c := range []struct {
		body string
		want []string // of each component, the attributes it reads
	}{
		{"input.a\ninput.b", []string{"a", "b"}},
		{"y := input.a\ny > 1\ninput.b\nnot y == 3", []string{"a", "b"}},
		{"y := input.a\nz := input.b\ny > 1\nz > 2", []string{"a", "b"}},
		{"y := input.a\nz := input.b\nw := y + z\nw > 2\ninput.c", []string{"a b", "c"}},
		{"some y in [1, 2]\ninput.a == y\nsome z in [1, 2]\ninput.b == z", []string{"a", "b"}},
		{"some y in [1, 2]\ninput.a == y\nsome z in [1, 2]\ninput.b == z\ny < z", []string{"a b"}},
		{"input.a + input.b > 2", []string{"a b"}},
		{"y := input.a\ncount([1 | input.b == y]) == 1\ninput.c", []string{"a b", "c"}},
		{"y := input.a\nevery z in [1, 2] { z < y }\nevery z in [1, 2] { z < input.b }", []string{"a", "b"}},
		{"_h\ninput.a", []string{"a b", "a"}}, // what a helper reads belongs to it
	} {
		s, r := compiledRule(t, "x if {\n"+c.body+"\n}\n\n_h if input.a + input.b > 2\n")
		var got []string
		for _, k := range s.clause(r, nil).components {
			got = append(got, strings.Join(attributesOf(k.reads), " "))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.body, diff)
		}
	}
}

func attributesOf(r *reads) []string {
	var names []string
	for name := range r.attributes {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// The component that gives the head its value comes last, and what shares variables with the head
// belongs to it.
func TestValuedComponent(t *testing.T) {
	s, r := compiledRule(t, "x contains y * 10 if {\ny := input.a\ninput.b\n}\n")
	components := s.clause(r, r.Head.Key).components
	if len(components) != 2 || components[0].valued || !components[1].valued {
		t.Fatalf("%d components", len(components))
	}
	if diff := cmp.Diff([]string{"a"}, attributesOf(components[1].reads)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Components that say the same have the same text, whatever OPA named their variables.
func TestComponentText(t *testing.T) {
	s, r := compiledRule(t, "x if {\ny := input.a\ny > 1\nz := input.a\nz > 1\nw := input.a\nw > 2\n}\n")
	components := s.clause(r, nil).components
	if len(components) != 3 || components[0].text != components[1].text || components[1].text == components[2].text {
		t.Errorf("%d components: %q", len(components), components[0].text)
	}
}

// What only looks like a variable that OPA named is not named anew: these are true and false.
func TestComponentTextKeepsTexts(t *testing.T) {
	var texts []string
	for _, text := range []string{`"__local41__"`, `"__local71__"`, `"\"__local41__"`, `"\"__local71__"`} {
		s, r := compiledRule(t, "x if {\ny := "+text+" < \"__local5\"\ny == input.a\n}\n")
		if said := s.clause(r, nil).components[0].text; slices.Contains(texts, said) {
			t.Errorf("%s: %s", text, said)
		} else {
			texts = append(texts, said)
		}
	}
}

// A helper is gone into when it is nothing but a disjunction: true, or else undefined or false.
func TestPlainHelpers(t *testing.T) {
	for _, c := range []struct {
		condition, helper string
		clauses           int // 0 when it is evaluated as a whole
	}{
		{"_h", "_h if input.a\n\n_h if input.b", 2},
		{"not _h", "_h if input.a\n\n_h if input.b", 2},
		{"_h", "default _h := false\n\n_h if input.a", 1},
		{"_h", "default _h := true\n\n_h := false if input.a", 0},
		{"_h", "default _h := true\n\n_h if input.a", 0},
		{"_h", "_h if input.a\n\n_h := false if input.b", 0},
		{"_h", "_h if input.a\nelse if input.b", 0},
		{"_h", "_h := 1 if input.a", 0},
		{"_h == true", "_h if input.a", 0},
		{"_h(1)", "_h(n) if input.a == n", 0},
		{"_h", "_h contains 1 if input.a", 0},
		{"_h.k", "_h.k if input.a", 1},
		{"_h.k", "_h.k if input.a\n\n_h[n] if n := input.b", 0}, // the second may have the key k
		{"_h with input.a as true", "_h if input.a", 0},
		{"input.a", "", 0},
	} {
		s, r := compiledRule(t, "x if "+c.condition+"\n\n"+c.helper+"\n")
		k := s.clause(r, nil).components[0]
		if len(k.helper) != c.clauses || k.negated != strings.HasPrefix(c.condition, "not ") {
			t.Errorf("%s, %s: %d clauses, negated %v", c.condition, c.helper, len(k.helper), k.negated)
		}
	}
}
