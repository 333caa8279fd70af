package rules

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/box"
)

// loadedInternally is the Rego of the module's own lists, and the parameters of one of them on a day. In the Rego of that list, what comes
// first of each two is replaced by the second.
func loadedInternally(t *testing.T, stem string, replace ...string) (*Set, *Parameters) {
	t.Helper()
	own := os.DirFS("../..")
	rego, err := fs.ReadFile(own, regoPath(stem))
	if err != nil {
		t.Fatal(err)
	}
	files := policy.NewFiles(policy.Source{FS: own}, policy.Source{FS: fstest.MapFS{
		regoPath(stem): {Data: []byte(strings.NewReplacer(replace...).Replace(string(rego)))},
	}})
	catalog, err := policy.Load(files, nil)
	if err != nil {
		t.Fatal(err)
	}
	set, err := Load(files, catalog)
	if err != nil {
		t.Fatal(err)
	}
	on := policy.Date{Year: 2026, Month: 11, Day: 22}
	list, err := catalog.InForce(stem, on)
	if err != nil {
		t.Fatal(err)
	}
	var parameters *Parameters
	chain := catalog.Chain(list, on)
	for i := len(chain) - 1; i >= 0; i-- {
		parameters = NewParameters(chain[i], on, parameters)
	}
	return set, parameters
}

// What partial evaluation could leave is not trusted: what a helper is that is not understood makes the rule opaque.
func TestRegionOfUntrustedResiduals(t *testing.T) {
	set, _ := loadedInternally(t, "shanxi")
	age, _ := set.Space.Index("age")
	alone, _ := set.Space.Index("living_alone")
	old := box.Box{{Attribute: age, Admits: box.Range(61, 131)}} // the first cell after Absent is of age 0
	young := box.Box{{Attribute: age, Admits: box.Range(0, 60)}}
	both := box.Box{old[0], {Attribute: alone, Admits: box.SetOf(2)}}
	for _, c := range []struct {
		name, body, support string
		want                []box.Box
		opaque              string
	}{
		{name: "no condition", body: "true == true", opaque: "it reads no attribute"},
		{name: "a condition", body: "input.age >= 60", want: []box.Box{old}},
		{name: "a helper", body: "data.partial.h; input.living_alone", support: "h if input.age >= 60", want: []box.Box{both}},
		{name: "the opposite of a helper", body: "not data.partial.h", support: "h if input.age >= 60", want: []box.Box{young}},
		{name: "a helper with a default", body: "data.partial.h", support: "default h := false\n\nh if input.age >= 60", want: []box.Box{old}},
		{name: "a helper that is true by default", body: "data.partial.h", support: "default h := true\n\nh if input.age >= 60", want: []box.Box{{}}},
		{name: "not a helper that is true by default", body: "not data.partial.h", support: "default h := true\n\nh if input.age >= 60"},
		{
			name: "a helper that is false under a condition", body: "data.partial.h",
			support: "default h := true\n\nh := false if input.age >= 60", opaque: "a helper is false under a condition",
		},
		{
			name: "a helper with else", body: "data.partial.h", support: "h if {\n\tinput.age >= 60\n} else := false",
			opaque: "a helper has values other than true",
		},
		{name: "a helper with a value", body: "data.partial.h", support: "h := 1 if input.age >= 60", opaque: "a helper has values other than true"},
		{name: "a function", body: "data.partial.h", support: "h(x) if x == 1", opaque: "a helper has values other than true"},
		{
			name: "a set", body: "not data.partial.h", support: "h contains 1 if input.age >= 60",
			opaque: "a helper is a set, which is there even when it is empty",
		},
		{
			name: "a member of an object with other members", body: "not data.partial.h.a",
			support: "h.a if input.age >= 60\n\nh[x] if {\n\tsome x in [\"a\", \"b\"]\n\tinput.living_alone\n}",
			opaque:  "it uses a helper that partial evaluation could not resolve",
		},
		{name: "a member of an object", body: "data.partial.h.a", support: "h.a if input.age >= 60\n\nh.b if input.living_alone", want: []box.Box{old}},
		{
			name: "a helper with another input", body: "data.partial.h with input as {\"age\": 90}", support: "h if input.age >= 60",
			opaque: "it replaces the input",
		},
		{name: "a condition with another input", body: "input.age >= 60 with input.living_alone as true", opaque: "it replaces the input"},
		{name: "a helper that is not there", body: "data.partial.h", opaque: "it uses a helper that partial evaluation could not resolve"},
		{
			name: "two attributes in a helper", body: "data.partial.h", support: "h if input.living_alone == input.left_behind",
			opaque: "it relates two attributes",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			support := []*ast.Module{ast.MustParseModule("package partial\n\n" + c.support)}
			region, _, opaque := NewReducer(set).region(t.Context(), ast.MustParseBody(c.body), support)
			var got []box.Box
			for _, p := range region {
				got = append(got, p.box)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if reason := reasonOf(opaque); reason != c.opaque {
				t.Errorf("opaque %q, want %q", reason, c.opaque)
			}
		})
	}
}

func reasonOf(c *obstacle) string {
	if c == nil {
		return ""
	}
	return c.reason
}

// Cases that say something else than plain OPA are not believed, wherever a rule gives reason to doubt them.
func TestCasesAreConfirmed(t *testing.T) {
	set, parameters := loadedInternally(t, "shanxi")
	rd := NewReducer(set)
	var rule *Rule
	for _, r := range set.Module("shanxi").Of("old-age-allowance") {
		rule = r // those of 80 and over with local hukou
	}
	right, err := rd.Reduce(t.Context(), rule, parameters)
	if err != nil {
		t.Fatal(err)
	}
	if rule.doubt != nil {
		t.Fatalf("a rule that only joins conditions is in doubt: %v", rule.doubt)
	}
	doubt := rule.compiled.Body[0].Location
	rule.doubt = doubt
	if c := rd.confirm(t.Context(), rule, parameters, right.Cases); c != nil {
		t.Errorf("the right cases are not confirmed: %s", c.reason)
	}
	hukou, _ := set.Space.Index("local_hukou")
	age, _ := set.Space.Index("age")
	for name, wrong := range map[string][]Case{
		"none":                       nil,
		"also one who does not tell": {changed(right.Cases[0], hukou, box.SetOf(0, 2))},
		"also one of 79":             {changed(right.Cases[0], age, box.Range(80, 131))},
		"only from 81":               {changed(right.Cases[0], age, box.Range(82, 131))},
		"another amount":             {{Rule: rule, Box: right.Cases[0].Box, Grant: Grant{Service: rule.Service}}},
	} {
		if rd.confirm(t.Context(), rule, parameters, wrong) == nil {
			t.Errorf("confirmed: %s", name)
		}
	}
}

// What partial evaluation leaves out is noticed even where we do not keep it from doing so.
func TestWhatIsLeftOutIsNotBelieved(t *testing.T) {
	for _, spelledOut := range []bool{true, false} {
		set, parameters := loadedInternally(t, "shanxi",
			"input.age >= p.old_age_allowance_age\n\tinput.local_hukou", "mode := input.support_mode\n\tnot mode == \"concentrated\"")
		m := set.Module("shanxi")
		if !spelledOut {
			m.explicit = nil
		}
		reduction, err := NewReducer(set).Reduce(t.Context(), m.Of("old-age-allowance")[0], parameters)
		if err != nil {
			t.Fatal(err)
		}
		if spelledOut {
			if reduction.Opaque != nil {
				t.Errorf("opaque: %+v", *reduction.Opaque)
			}
			continue
		}
		want := &Opacity{
			Reason: "OPA decides otherwise than its conditions taken one by one", Expression: "mode := input.support_mode",
			Pos: policy.Position{File: "rego/lists/shanxi.rego", Line: 97, Column: 2},
		}
		if diff := cmp.Diff(want, reduction.Opaque); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// changed is a case with another side.
func changed(c Case, attribute int, admits box.Set) Case {
	c.Box, _ = c.Box.Without(attribute).With(attribute, admits)
	return c
}
