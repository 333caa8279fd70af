package source_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/source"
)

const (
	amends  = "amends: south\ndocument: {title: 补充, basis: official}\n"
	another = `{id: bus-concession, item: "9", name: 公交, group: 老年人, type: 物质帮助, departments: [交通局], access: automatic, cite: [一]}`
)

// TestAmendmentAdds adds to a list what stands in lists of it, and a parameter that is new.
func TestAmendmentAdds(t *testing.T) {
	c := load(t, nil, good, source.Source{FS: folder(map[string]string{"catalogs/south_more.yaml": amends +
		"parameters: {fee: {label: 费, unit: cny, bound: exactly, values: [{from: \"2020-01-01\", value: 5}], cite: [二]}}\n" +
		"services:\n  - " + another + "\nnot_modelled:\n  - {what: 甲, why: 乙}\naccepted:\n  - {code: gap, subject: bus-concession, reason: 丙}\n"})})
	bare := load(t, nil, good).ListsOf("south")[0]
	l := c.ListsOf("south")[0]
	if s := l.Service("bus-concession"); s == nil || s.Cite[0].Document != "补充" || s.Pos.File != "catalogs/south_more.yaml" {
		t.Errorf("the service: %+v", s)
	}
	i := slices.IndexFunc(l.Parameters, func(p *policy.Parameter) bool { return p.Name == "fee" })
	if p := l.Parameters[max(i, 0)]; i < 0 || len(p.Values) != 1 || p.Values[0].Printed != nil {
		t.Errorf("the parameter: %+v", p)
	}
	if len(l.Accepted) != len(bare.Accepted)+1 || len(l.NotModelled) != len(bare.NotModelled)+1 || len(l.Services) != len(bare.Services)+1 {
		t.Errorf("%d accepted, %d not modelled, %d services", len(l.Accepted), len(l.NotModelled), len(l.Services))
	}
	if diff := cmp.Diff([]string{"south", "south_more", "south_wages"}, l.Stems()); diff != "" {
		t.Errorf("stems (-want +got):\n%s", diff)
	}
}

func TestAmendmentAddsWrongly(t *testing.T) {
	for _, tt := range []struct{ name, content, want string }{
		{"a service twice", amends + "services:\n  - {id: allowance, item: \"9\", name: 津贴, group: 老, type: 物质帮助, departments: [局], access: automatic, cite: [一]}\n",
			"catalogs/south_more.yaml:4:5: error: south already has the service allowance, in catalogs/south.yaml:"},
		{"an unknown service", amends + "services:\n  - " + strings.Replace(another, "bus-", "buss-", 1) + "\n",
			`catalogs/south_more.yaml:4:10: error: unknown service "buss-concession"; did you mean "bus-concession"?`},
		{"a number of another unit", amends + "parameters: {fee: {label: 费, unit: percent, bound: exactly, values: [{from: \"2020-01-01\", value: 5000}], cite: [二]}}\n",
			`catalogs/south_more.yaml:3:98: error: a value of unit percent must be a number from 0 to 1000`},
		{"a parent that is not below the old one", amends + "parent: north\n", `catalogs/south_more.yaml:3:9: error: south lies below middle, but north does not;`},
		{"an unknown parent", amends + "parent: norht\n", `catalogs/south_more.yaml:3:9: error: no list of the parent "norht"; did you mean "north"?`},
		{"itself", amends + "parent: south\n", `catalogs/south_more.yaml:3:9: error: south is above itself`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := source.Load(t.Context(), source.NewFiles(good, source.Source{FS: folder(map[string]string{"catalogs/south_more.yaml": tt.content})}), nil)
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got %v\nwant %s", err, tt.want)
			}
		})
	}
}

// TestAmendmentPutsAParent puts a nation above a province of ours, and a city between a county and
// its province, also when only the county is asked for.
func TestAmendmentPutsAParent(t *testing.T) {
	files := source.Source{FS: folder(map[string]string{
		"catalogs/china.yaml":        division{"nation", "100000", ""}.file("china"),
		"catalogs/north_above.yaml":  "amends: north\nparent: china\n",
		"catalogs/far.yaml":          division{"county", "990301", "north"}.file("far"),
		"catalogs/third.yaml":        division{"city", "990300", "north"}.file("third"),
		"catalogs/far_above.yaml":    "amends: far\nparent: third\n",
		"catalogs/middle_above.yaml": "amends: middle\nparent: north\n", // as it is
	})}
	for _, only := range [][]string{nil, {"far"}} {
		c := load(t, only, good, files)
		got := stems(c.Chain(c.ListsOf("far")[0], date(t, "2024-06-01")))
		if diff := cmp.Diff([]string{"far", "third", "north", "china"}, got); diff != "" {
			t.Errorf("only %v (-want +got):\n%s", only, diff)
		}
	}
}
