package rules_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
)

// mistake is the list of these tests with parts replaced in its Rego, or in its YAML when the Rego
// does not have them, and with more Rego behind.
type mistake struct {
	name string
	edit []string // old, new, old, new …
	more string
	want []string // all that is said
}

func (m mistake) files(t *testing.T) fstest.MapFS {
	t.Helper()
	yaml, rego := ownYAML, ownRego
	for i := 0; i < len(m.edit); i += 2 {
		switch {
		case strings.Contains(rego, m.edit[i]):
			rego = strings.Replace(rego, m.edit[i], m.edit[i+1], 1)
		case strings.Contains(yaml, m.edit[i]):
			yaml = strings.Replace(yaml, m.edit[i], m.edit[i+1], 1)
		default:
			t.Fatalf("nothing to replace: %q", m.edit[i])
		}
	}
	return fstest.MapFS{"catalogs/own.yaml": {Data: []byte(yaml)}, "rego/lists/own.rego": {Data: []byte(rego + m.more)}}
}

func testMistakes(t *testing.T, all []mistake) {
	t.Helper()
	for _, m := range all {
		t.Run(m.name, func(t *testing.T) {
			_, err := eldercare.Load(t.Context(), eldercare.WithFS("", m.files(t)), eldercare.WithJurisdictions("own"))
			if diff := cmp.Diff(m.want, messages(t, err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// messages returns the diagnostics of an error, each on its line.
func messages(t *testing.T, err error) []string {
	t.Helper()
	var problems policy.Diagnostics
	if err == nil {
		return nil
	}
	if !errors.As(err, &problems) {
		t.Fatal(err)
	}
	var all []string
	for _, d := range problems {
		all = append(all, d.String())
	}
	return all
}

// What of the list the tests replace.
const (
	ageCondition   = "input.age >= p.old_age_allowance_age"
	ownPromise     = `{"monthly_cny": p.own_monthly}`
	missingMETA    = "# METADATA\n# title: 助餐\n# custom:\n#   item: \"2\"\n"
	misspeltAge    = `rego/lists/own.rego:13:2: error: there is no attribute "agee"; use an attribute of catalogs/attributes.yaml; did you mean "age"? [unknown-attribute]`
	unknownMontly  = `rego/lists/own.rego:11:63: error: neither own nor the lists above it have a parameter "own_montly"; add it under parameters in catalogs/own.yaml; did you mean "own_monthly"? [unknown-parameter]`
	unlistedMeal   = `rego/lists/own.rego:11:1: error: the rule grants "meal-subsidi", but catalogs/own.yaml does not list it; add the service to the YAML, or correct the id; did you mean "meal-subsidy"? [service-not-listed]`
	forbiddenClock = `rego/lists/own.rego:13:2: error: the builtin time.now_ns is forbidden (clock): a rule may depend only on the elder, the list and the date; state the fact as an attribute or a parameter [forbidden-builtin]`
	noRule         = `catalogs/own.yaml:8:5: error: service "old-age-allowance" has no rule and is not inherited; write a rule for it in rego/lists/own.rego, or inherits: true [no-rule]`
)

// One mistake hides no other.
func TestMistakesAtOnce(t *testing.T) {
	testMistakes(t, []mistake{
		{name: "none"},
		{
			name: "unlisted service, unknown parameter, forbidden builtin, misspelt attribute",
			edit: []string{`"meal-subsidy"`, `"meal-subsidi"`, "p.own_monthly", "p.own_montly", "	" + ageCondition, "	time.now_ns() > 0\n	input.agee >= 80"},
			want: []string{
				unlistedMeal, unknownMontly, forbiddenClock,
				strings.Replace(misspeltAge, ":13:2", ":14:2", 1),
			},
		},
		{
			name: "misspelt attribute and unknown parameter",
			edit: []string{"p.own_monthly", "p.own_montly", "input.age", "input.agee"},
			want: []string{unknownMontly, misspeltAge},
		},
		{
			name: "METADATA and misspelt attribute",
			edit: []string{"title: 助餐\n", "title: 助餐补贴\n", "input.age", "input.agee"},
			want: []string{
				`rego/lists/own.rego:7:1: error: the METADATA title "助餐补贴" is not the name in the YAML; write above the rule: # METADATA, # title: 助餐, # custom:, #   item: "2" [metadata]`,
				misspeltAge,
			},
		},
		{
			name: "a METADATA item of two lines",
			edit: []string{"#   item: \"2\"\n", "#   item: \"2\\n\"\n"},
			want: []string{
				`rego/lists/own.rego:7:1: error: a title or an item in METADATA must be one line, without the character U+000A; write above the rule: # METADATA, # title: 助餐, # custom:, #   item: "2" [metadata]`,
				`rego/lists/own.rego:7:1: error: the METADATA item "2\n" is not the item in the YAML; write above the rule: # METADATA, # title: 助餐, # custom:, #   item: "2" [metadata]`,
			},
		},
		{
			name: "unknown key of the YAML and unknown parameter",
			edit: []string{"cite: [附件 2]}", "cite: [附件 2], cost: 3}", "p.own_monthly", "p.own_montly"},
			want: []string{
				`catalogs/own.yaml:9:121: error: a service has no key "cost"; remove it; a service has the keys id, item, name, group, type, departments, spending, access, inherits, until, linked, payment, cite, readings [unknown-key]`,
				unknownMontly,
			},
		},
		{
			name: "missing citation, and a service neither ruled nor inherited",
			edit: []string{", inherits: true", "", "value: 10}], cite: [附件 1]", "value: 10}]"},
			want: []string{
				`catalogs/own.yaml:5:3: error: the parameter own_monthly has no citation; add cite: [clause or item of the document] [missing-citation]`,
				noRule,
			},
		},
		{
			name: "a service neither ruled nor inherited, and a misspelt attribute",
			edit: []string{", inherits: true", "", "input.age", "input.agee"},
			want: []string{noRule, misspeltAge},
		},
		{
			name: "a service that the YAML spells wrong is not said again of the rule",
			edit: []string{"id: meal-subsidy", "id: meal-subsidi", "input.age", "input.agee"},
			want: []string{
				`catalogs/own.yaml:9:10: error: unknown service "meal-subsidi"; did you mean "meal-subsidy"? [unknown-service]`,
				misspeltAge,
			},
		},
		{
			name: "a variable that OPA cannot go on with, and a wrong type in another rule",
			edit: []string{"	" + ageCondition, "	input.age >= oldness"},
			more: "\n_other if startswith(input.age, \"8\")\n",
			want: []string{
				`rego/lists/own.rego:13:2: error: oldness has no value; assign it with :=, or correct its spelling [rego-unsafe-var-error]`,
				`rego/lists/own.rego:16:11: error: startswith is given a number and a text, but takes a text and a text; give it what it takes [rego-type-error]`,
			},
		},
		{
			name: "rules in a circle, and a misspelt attribute",
			edit: []string{"	" + ageCondition, "	_one"},
			more: "\n_one if _two\n\n_two if {\n	input.agee\n	_one\n}\n",
			want: []string{
				`rego/lists/own.rego:16:1: error: _one depends on itself: _one -> _two -> _one; define it without itself [rego-recursion-error]`,
				`rego/lists/own.rego:18:1: error: _two depends on itself: _two -> _one -> _two; define it without itself [rego-recursion-error]`,
				strings.Replace(misspeltAge, ":13:2", ":19:2", 1),
			},
		},
		{
			name: "grants of another shape, and a misspelt attribute in them",
			edit: []string{"grants contains", "grants :=", "input.age", "input.agee"},
			want: []string{
				`rego/lists/own.rego:11:1: error: grants must be a set of promises; write grants contains grant.promise("service-id", {"measure": p.parameter}) if { … } [grant-shape]`,
				misspeltAge,
			},
		},
		{
			name: "another package, and a misspelt attribute",
			edit: []string{"package lists.own", "package lists.owm", "input.age", "input.agee"},
			want: []string{
				`rego/lists/own.rego:1:1: error: package lists.owm does not mirror the path of its file; write package lists.own [package-mismatch]`,
				misspeltAge,
			},
		},
		{
			name: "two defaults, and a misspelt attribute",
			edit: []string{"input.age", "input.agee"},
			more: "\ndefault _old := false\n\ndefault _old := true\n",
			want: []string{
				misspeltAge,
				`rego/lists/own.rego:18:1: error: _old already has a default in line 16; keep one [rego-type-error]`,
			},
		},
		{
			name: "without its YAML the Rego is checked by itself",
			edit: []string{`id: own, code: "149900"`, `id: own, kode: "149900"`, `"monthly_cny"`, `"montly_cny"`, missingMETA, "", ownRego[:len("package lists.own\n")], "package lists.own\n"},
			want: []string{
				`catalogs/own.yaml:1:25: error: a jurisdiction has no key "kode"; did you mean "code"? [unknown-key]`,
				`rego/lists/own.rego:7:48: error: there is no measure "montly_cny"; use a measure of catalogs/measures.yaml; did you mean "monthly_cny"? [unknown-measure]`,
			},
		},
	})
}

// Rego of a list in another folder is one mistake, which names the place where it belongs.
func TestRulesInWrongFolder(t *testing.T) {
	for from, to := range map[string]string{
		"rego/own.rego":                "rego/lists/own.rego",
		"catalogs/own.rego":            "rego/lists/own.rego",
		"rules/mine.rego":              "rego/lists/own.rego",
		"rego/contradictions/own.rego": "rego/lists/own.rego",
		"rego/own_test.rego":           "rego/lists/own_test.rego",
		"catalogs/own_test.rego":       "rego/lists/own_test.rego",
	} {
		files := mistake{}.files(t)
		moved := files["rego/lists/own.rego"]
		if strings.HasSuffix(from, "_test.rego") {
			moved = &fstest.MapFile{Data: []byte("# Tests.\n\npackage lists.own_test\n\ntest_it if true\n")}
		} else {
			delete(files, to)
		}
		files[from] = moved
		_, err := eldercare.Load(t.Context(), eldercare.WithFS("", files), eldercare.WithJurisdictions("own"))
		want := []string{from + ":1:1: error: the rules are not read in this folder; move it to " + to + ", or remove it [wrong-folder]"}
		if diff := cmp.Diff(want, messages(t, err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", from, diff)
		}
	}
}

// What is not known of YAML is not held against the Rego, and what can be found without it is.
func TestMistakesBesideUnknown(t *testing.T) {
	const low = `jurisdiction: {id: low, code: "149901", name: 本县, level: county, parent: own}
document: {title: 本县清单, basis: official}
effective_from: "2024-06-01"
services:
  - {id: meal-subsidy, item: "1", name: 助餐, group: 老年人, type: 物质帮助, departments: [民政局], access: unstated, cite: [附件 1]}
`
	for _, c := range []struct {
		name       string
		edit       []string
		path, text string // a file beside
		want       []string
	}{
		{
			name: "of the list above", edit: []string{"parameters:", "parametres:", "input.age", "input.agee"}, path: "catalogs/low.yaml", text: low,
			want: []string{`catalogs/own.yaml:4:1: error: a list has no key "parametres"; did you mean "parameters"? [unknown-key]`, misspeltAge},
		},
		{
			name: "of the measures", edit: []string{`"monthly_cny"`, `"montly_cny"`, "input.age", "input.agee"}, path: "catalogs/measures.yaml", text: "measures: [\n",
			want: []string{`catalogs/measures.yaml:1:11: error: this is not YAML: did not find expected node content; close the bracket, and put a comma between any two of what it holds [yaml-syntax]`, misspeltAge},
		},
		{
			name: "of a shared module", edit: []string{"elder.is_elder", "elder.is_eldr", "input.age", "input.agee"}, path: "rego/elder.rego", text: "package elder\n\nis_elder if\n",
			want: []string{`rego/elder.rego:4:1: error: the file ends in the middle of a rule; close what is open: }, ) or ] [rego-parse-error]`, misspeltAge},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := mistake{edit: c.edit}.files(t)
			files[c.path] = &fstest.MapFile{Data: []byte(c.text)}
			jurisdiction := "own"
			if c.path == "catalogs/low.yaml" {
				jurisdiction = "low"
			}
			options := []eldercare.Option{eldercare.WithFS("", files), eldercare.WithJurisdictions(jurisdiction)}
			if jurisdiction == "own" && c.path != "catalogs/measures.yaml" { // a vocabulary adds
				options = append(options, eldercare.Replace(c.path))
			}
			_, err := eldercare.Load(t.Context(), options...)
			if diff := cmp.Diff(c.want, messages(t, err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What does not exist, or can never be, is refused: OPA takes it for a condition that nobody meets.
func TestMeaningless(t *testing.T) {
	at := func(place, says string) []string {
		return []string{"rego/lists/own.rego:" + place + ": error: " + says}
	}
	condition := func(name, condition string, want []string) mistake {
		return mistake{name: name, edit: []string{"	" + ageCondition, "	" + condition}, want: want}
	}
	testMistakes(t, []mistake{
		{
			name: "helper of a shared module",
			edit: []string{"elder.is_elder", "elder.is_eldr"},
			want: at("12:2", `nothing is loaded as data.elder.is_eldr, so the rule could never hold; lists read data.parameters and the shared modules only; did you mean "data.elder.is_elder"? [unknown-document]`),
		},
		{
			name: "imported module, said once",
			edit: []string{"import data.elder", "import data.eldr as elder"},
			want: at("3:8", `nothing is loaded as data.eldr, so the rule could never hold; lists read data.parameters and the shared modules only; did you mean "data.elder"? [unknown-document]`),
		},
		{
			name: "imported parameter",
			edit: []string{"import data.elder", "import data.elder\nimport data.parameters.old_age_allowance_age as begins", "	" + ageCondition, "	input.age >= begins"},
		},
		{
			name: "imported parameter that is not there",
			edit: []string{"import data.elder", "import data.elder\nimport data.parameters.old_age_allowance_agee as begins", "	" + ageCondition, "	input.age >= begins"},
			want: at("14:15", `neither own nor the lists above it have a parameter "old_age_allowance_agee"; add it under parameters in catalogs/own.yaml; did you mean "old_age_allowance_age"? [unknown-parameter]`),
		},
		condition("document", "data.region.own", at("13:2", `nothing is loaded as data.region.own, so the rule could never hold; lists read data.parameters and the shared modules only [unknown-document]`)),
		condition("module that is not imported", "grants_to.all", at("13:2", `grants_to has no value; assign it with :=, or correct its spelling [rego-unsafe-var-error]`)),
		condition("function", "old(input.age)", at("13:2", `there is no function old; call a builtin of OPA or a function of this file or a shared module [unknown-function]`)),
		condition("function that is near another", "grant.time(p.own_monthly, p.own_monthly).value > 3", at("13:2", `nothing is loaded as data.grant.time, so the rule could never hold; lists read data.parameters and the shared modules only; did you mean "data.grant.times"? [unknown-document]`)),
		condition("rule that is no function", "elder.unable(input)", at("13:2", `elder.unable is not a function; write it without parentheses [unknown-function]`)),
		condition("attribute by name", `object.get(input, "agee", 0) >= 80`, at("13:20", `there is no attribute "agee"; use an attribute of catalogs/attributes.yaml; did you mean "age"? [unknown-attribute]`)),
		condition("attribute of an alias", "them := input\n\tthem.agee >= 80", at("14:2", `there is no attribute "agee"; use an attribute of catalogs/attributes.yaml; did you mean "age"? [unknown-attribute]`)),
		condition("part of an attribute", "input.age.years >= 80", at("13:2", `input.age has no parts; write input.age [rego-type-error]`)),
		condition("number with a text", `input.age >= "80"`, at("13:15", `age is a number, but this is a text; compare it with a number [wrong-type]`)),
		condition("number with a text, by ==, which OPA finds, too", `"80" == input.age`, at("13:2", `age is a number, but this is a text; compare it with a number [wrong-type]`)),
		condition("number with a text, by a variable", "years := input.age\n\tyears >= \"80\"", at("14:11", `age is a number, but this is a text; compare it with a number [wrong-type]`)),
		condition("number with a text, by object.get", `object.get(input, "age", 0) >= "80"`, at("13:33", `age is a number, but this is a text; compare it with a number [wrong-type]`)),
		condition("truth with a text", `input.retired == "true"`, at("13:19", `retired is true or false, but this is a text; compare it with true or false [wrong-type]`)),
		condition("null", "input.age != null", at("13:15", `age is a number, but this is null; remove the condition: an attribute that is not given has no value, and no condition on it holds [wrong-type]`)),
		condition("set", `input.self_care == {"none", "partial"}`, at("13:21", `self_care is a text, but this is a set; write "in" instead of a comparison [wrong-type]`)),
		condition("two attributes", "input.self_care != input.age", at("13:21", `self_care is a text, but this is a number; compare attributes of the same type [wrong-type]`)),
		condition("promise", "input.age >= p.own_monthly", at("13:15", `age is a number, but this is the promise own_monthly; compare it with the promised number, own_monthly.value, or with a parameter without a bound, a threshold [wrong-type]`)),
		condition("text with a threshold", "input.self_care >= p.elder_age", at("13:21", `self_care is a text, but this is a number; compare it with a text [wrong-type]`)),
		condition("value", `not input.self_care == "partly"`, at("13:25", `self_care has no value "partly"; use one of full, partial, none [unknown-value]`)),
		condition("value of a set", `input.self_care in {"none", "partal"}`, at("13:30", `self_care has no value "partal"; use one of full, partial, none; did you mean "partial"? [unknown-value]`)),
		condition("value of a list", "some care in [\"none\", \"partal\"]\n\tinput.self_care == care", at("13:24", `self_care has no value "partal"; use one of full, partial, none; did you mean "partial"? [unknown-value]`)),
		condition("number of a promise", "input.age >= p.own_monthly.value", nil),
		condition("attributes of one type", "input.self_care != input.disability_kind", nil),
		condition("an attribute by a variable of another scope", "every kind in [1, 2] { kind > 0 }\n\tkind := input.disability_kind\n\tkind == \"visual\"", nil),
	})
}

// What OPA says is said in our words.
func TestWordings(t *testing.T) {
	at := func(place, says string) []string {
		return []string{"rego/lists/own.rego:" + place + ": error: " + says}
	}
	for _, c := range []struct {
		name, rego string
		want       []string
	}{
		{"empty", "", at("1:1", `the file is empty; write its package and rules, or remove the file [rego-parse-error]`)},
		{"only a comment", "# nothing\n", at("1:1", `the file is empty; write its package and rules, or remove the file [rego-parse-error]`)},
		{"no package", "x := 1\n", at("1:1", `the file does not begin with its package; write the package first [rego-parse-error]`)},
		{"open set", "package lists.own\n\nx if input.self_care in {\"none\" \"partial\"}\n", at("3:33", `the set is not closed, or two of its elements have no comma between them; close it with }, and separate elements by commas [rego-parse-error]`)},
		{"open text", "package lists.own\n\nx if input.self_care == \"none\n", at("3:25", `the text is not closed; close the quotes [rego-parse-error]`)},
		{"open body", "package lists.own\n\nx if {\n\tinput.retired\n", at("5:1", `the file ends in the middle of a rule; close what is open: }, ) or ] [rego-parse-error]`)},
		{"two conditions on a line", "package lists.own\n\nx if {\n\tinput.retired input.age > 3\n}\n", at("4:16", `two conditions stand on one line; put each condition on a line of its own, and close the body with } [rego-parse-error]`)},
		{"another language", "package lists.own\n\nx if {\n\tinput.retired && input.age > 3\n}\n", at("4:17", `"and" cannot stand here; write it as the rules of the other lists are written [rego-parse-error]`)},
		{"no if", "package lists.own\n\nx { input.retired }\n", at("3:1", `there is no if between the head of a rule and its body; write name if { … } [rego-parse-error]`)},
		{"a word", "package lists.own\n\nretired\n", at("3:1", `this is not a rule; write name := value, or name if { … }; a condition belongs inside the braces of a rule [rego-parse-error]`)},
		{"foreign import", "package lists.own\n\nimport elder.is_elder\n", at("3:8", `nothing can be imported from elder; import data.elder, data.grant or data.parameters [rego-parse-error]`)},
		{"METADATA that is no YAML", "package lists.own\n\n# METADATA\n# title: [\nx := 1\n", at("4:1", `the METADATA is not YAML; write # key: value, and quote a text that YAML could read differently [rego-parse-error]`)},
		{"arity", "package lists.own\n\n_f(n) if n > 3\n\n_g if _f(input.age, 3, 4)\n", at("5:7", `_f is given 3 arguments, but takes 1; give it what it takes [rego-type-error]`)},
		{"arity of a builtin", "package lists.own\n\n_g if startswith(input.self_care)\n", at("3:7", `startswith is given too few arguments, or too many; give it a text and a text [rego-type-error]`)},
		{"never equal", "package lists.own\n\n_g if [input.age] == \"80\"\n", at("3:7", `an array and a text are never equal; compare values of the same type [rego-type-error]`)},
		{"two kinds", "package lists.own\n\n_g := 1\n\n_g contains 2\n", at("3:1", `_g is defined in two ways: as a value, a set or a function; give one of them another name [rego-type-error]`)},
		{"a name twice", "package lists.own\n\n_g if {\n\tx := input.age\n\tx := 3\n\tx > 3\n}\n", at("5:2", `the variable x is already defined; take another name [rego-compile-error]`)},
		{"a name for nothing", "package lists.own\n\n_g if x := input.age\n", at("3:7", `the variable x is not used; remove it, or write _ in its place [rego-compile-error]`)},
		{"an argument for nothing", "package lists.own\n\n_g(n) if input.retired\n", at("3:1", `the argument n is not used; write _ in its place [rego-compile-error]`)},
		{
			"figures written into the rules", "package lists.own\n\nimport data.parameters as p\n\n_g if input.age >= 60\n",
			at("3:1", `import data.parameters as p is not used; use a parameter for the figures of the rules, or remove the import [rego-compile-error]`),
		},
		{
			"parameters for nothing", "package lists.own\n\nimport data.parameters\n\n_g if input.retired\n",
			at("3:1", `import data.parameters is not used; use a parameter for the figures of the rules, or remove the import [rego-compile-error]`),
		},
		{"an import for nothing", "package lists.own\n\nimport data.elder\n\n_g if input.retired\n", at("3:1", `import data.elder is not used; remove it [rego-compile-error]`)},
		{"no import", "package lists.own\n\n_g if elder.is_elder\n", at("3:7", `elder has no value; write import data.elder at the top of the file [rego-unsafe-var-error]`)},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := fstest.MapFS{
				"catalogs/own.yaml":   {Data: []byte(strings.Replace(ownYAML, "助餐, group", "助餐, inherits: true, group", 1))},
				"rego/lists/own.rego": {Data: []byte(c.rego)},
			}
			_, err := eldercare.Load(t.Context(), eldercare.WithFS("", files), eldercare.WithJurisdictions("own"))
			if diff := cmp.Diff(c.want, messages(t, err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
