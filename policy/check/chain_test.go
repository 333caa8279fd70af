package check_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/basic-eldercare/eldercare"
)

// made is a list made up for a test, of a province tp, a city tc below it, or a county tk below
// that.
type made struct {
	parameters []string
	inherits   []string // services without a rule of its own
	linked     []string // measures of every service
	payment    string   // calendar of every service
	rules      []rule
	helpers    string // Rego
	rest       string // YAML
	measures   string // that the folder adds, YAML
	never      string // who cannot exist, as the folder says: an expression of Rego
}

// rule grants a service under a condition, expressions one a line; with "may" before the service it
// only permits it.
type rule struct{ service, measures, condition string }

// The figures of a made list: an amount in yuan a month that binds so, and a threshold in years,
// since 2024 or from each of the days.
func yuan(name, bound string, values ...any) string {
	return fmt.Sprintf("%s: {label: %s, unit: cny_per_month, bound: %s, values: %s, cite: [A]}", name, name, bound, dated(values))
}

func years(name string, values ...any) string {
	return fmt.Sprintf("%s: {label: %s, unit: years, values: %s, cite: [A]}", name, name, dated(values))
}

// dated writes a value, or days and values in turn.
func dated(values []any) string {
	if len(values) == 1 {
		values = slices.Insert(values, 0, any("2024-01-01"))
	}
	var all []string
	for day := range slices.Chunk(values, 2) {
		all = append(all, fmt.Sprintf("{from: %q, value: %v}", day[0], day[1]))
	}
	return "[" + strings.Join(all, ", ") + "]"
}

// put writes the list as a jurisdiction of a level.
func (m made) put(files fstest.MapFS, id, code, level, parent string) {
	var yaml, rego strings.Builder
	if parent != "" {
		parent = ", parent: " + parent
	}
	fmt.Fprintf(&yaml, "jurisdiction: {id: %s, code: %q, name: %s, level: %s%s}\ndocument: {title: %s, basis: official}\neffective_from: \"2024-01-01\"\n",
		id, code, id, level, parent, id)
	if len(m.parameters) > 0 {
		fmt.Fprintf(&yaml, "parameters:\n  %s\n", strings.Join(m.parameters, "\n  "))
	}
	yaml.WriteString("services:\n")
	linked := ""
	if len(m.linked) > 0 {
		linked = fmt.Sprintf(", linked: [%s]", strings.Join(m.linked, ", "))
	}
	if m.payment != "" {
		linked += ", payment: " + m.payment
	}
	var services []string
	list := func(service string, inherits bool) string {
		i := slices.Index(services, service)
		if i < 0 {
			services = append(services, service)
			i = len(services) - 1
			fmt.Fprintf(&yaml, "  - {id: %s, item: \"%d\", name: %s, group: g, type: 物质帮助, departments: [d], access: automatic, inherits: %v, cite: [A]%s}\n",
				service, i+1, service, inherits, linked)
		}
		return fmt.Sprint(i + 1)
	}
	for _, service := range m.inherits {
		list(service, true)
	}
	for _, r := range m.rules {
		service, may := strings.CutPrefix(r.service, "may ")
		promise := map[bool]string{false: "promise", true: "discretionary"}[may]
		fmt.Fprintf(&rego, "\n# METADATA\n# title: %s\n# custom:\n#   item: %q\ngrants contains grant.%s(%q, {%s}) if {\n\t%s\n}\n",
			service, list(service, false), promise, service, r.measures, strings.ReplaceAll(r.condition, "\n", "\n\t"))
	}
	yaml.WriteString(m.rest)
	if m.measures != "" {
		files["catalogs/measures.yaml"] = &fstest.MapFile{Data: []byte("measures:\n" + m.measures)}
	}
	if m.never != "" {
		module := fmt.Sprintf("package contradictions.%s\n\n# METADATA\n# title: c\ncontradictions contains \"nobody is so\" if {\n\t%s\n}\n", id, m.never)
		files["rego/contradictions/"+id+".rego"] = &fstest.MapFile{Data: []byte(module)}
	}
	files["catalogs/"+id+".yaml"] = &fstest.MapFile{Data: []byte(yaml.String())}
	if len(m.rules) > 0 {
		module := "package lists." + id + "\n\nimport data.grant\n"
		if strings.Contains(rego.String()+m.helpers, "p.") {
			module += "import data.parameters as p\n"
		}
		files["rego/lists/"+id+".rego"] = &fstest.MapFile{Data: []byte(module + rego.String() + m.helpers)}
	}
}

// chain loads a province, a city and perhaps a county.
func chain(t testing.TB, lists ...made) *eldercare.Engine {
	t.Helper()
	files := fstest.MapFS{}
	lists[0].parameters = append(slices.Clip(lists[0].parameters), years("elder_age", 60))
	lists[0].put(files, "tp", "990000", "province", "")
	lists[1].put(files, "tc", "990100", "city", "tp")
	ids := []string{"tp", "tc"}
	if len(lists) > 2 {
		lists[2].put(files, "tk", "990121", "county", "tc")
		ids = append(ids, "tk")
	}
	engine, err := eldercare.Load(t.Context(), eldercare.WithFS("made", files), eldercare.WithJurisdictions(ids...))
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

// checked checks a list of a chain against the one above, and replays the proof.
func checked(t testing.TB, engine *eldercare.Engine, jurisdiction string) *eldercare.Report {
	t.Helper()
	report, err := engine.Check(t.Context(), jurisdiction, eldercare.Verify())
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// The allowances of the tests.
const (
	old     = "old-age-allowance"
	nursing = "nursing-subsidy"
	monthly = "monthly_cny"
)

// paying returns a rule for an allowance of so much.
func paying(service, parameter, condition string) rule {
	return rule{service, fmt.Sprintf(`"monthly_cny": p.%s`, parameter), condition}
}
