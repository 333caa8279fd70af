package ruleset_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
)

// read returns a file of the lists that come along, with replacements.
func read(t *testing.T, path string, replace ...string) *fstest.MapFile {
	t.Helper()
	content, err := os.ReadFile("../../" + path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(replace); i += 2 {
		if !strings.Contains(string(content), replace[i]) {
			t.Fatalf("%s has no %q", path, replace[i])
		}
	}
	return &fstest.MapFile{Data: []byte(strings.NewReplacer(replace...).Replace(string(content)))}
}

// A jurisdiction may have several documents: each answers from its first day until the next one's.
func TestDocumentsOverTime(t *testing.T) {
	later := fstest.MapFS{
		"catalogs/hongtong_2027.yaml": read(t, "catalogs/hongtong.yaml",
			`effective_from: "2024-01-01"`, `effective_from: "2027-01-01"`, `{from: "2024-01-01", value: 300}`, `{from: "2024-01-01", value: 400}`),
		"rego/lists/hongtong_2027.rego": read(t, "rego/lists/hongtong.rego", "package lists.hongtong", "package lists.hongtong_2027"),
	}
	engine, err := eldercare.Load(t.Context(), eldercare.WithFS("later", later))
	if err != nil {
		t.Fatal(err)
	}
	for on, want := range map[string]string{"2024-01-01": "300", "2026-12-31": "300", "2027-01-01": "400", "2030-06-01": "400"} {
		d, err := engine.Evaluate(t.Context(), "hongtong", eldercare.Elder{"age": 100, "local_hukou": true}, eldercare.OnDate(on), eldercare.AssumeKnown())
		if err != nil {
			t.Fatal(err)
		}
		if got := d.MonthlyCNY.Value.String(); got != want {
			t.Errorf("on %s: %s yuan a month, want %s", on, got, want)
		}
		if d.On.String() != on {
			t.Errorf("the decision is of %s, want %s", d.On, on)
		}
	}
	var early *eldercare.NotInForceError
	_, err = engine.Evaluate(t.Context(), "hongtong", eldercare.Elder{"age": 100}, eldercare.OnDate("2023-12-31"))
	if !errors.As(err, &early) || early.First.String() != "2024-01-01" {
		t.Errorf("on 2023-12-31: %v, want an error that names 2024-01-01", err)
	}
}

// The digest names the content that a decision came from: the same for the same files however they
// were loaded, another when a file of the jurisdiction or above it changes, and the same when one
// of another jurisdiction does.
func TestDigest(t *testing.T) {
	digest := func(options ...eldercare.Option) string {
		engine, err := eldercare.Load(t.Context(), options...)
		if err != nil {
			t.Fatal(err)
		}
		on, err := policy.ParseDate("2026-11-22")
		if err != nil {
			t.Fatal(err)
		}
		r, err := engine.Rules(t.Context(), "hongtong", on)
		if err != nil {
			t.Fatal(err)
		}
		return r.Digest
	}
	changed := func(path string) []eldercare.Option {
		file := read(t, path)
		file.Data = append(file.Data, "\n# changed\n"...)
		options := []eldercare.Option{eldercare.WithFS("own", fstest.MapFS{path: file})}
		if !strings.HasSuffix(path, "_test.rego") && path != "catalogs/measures.yaml" { // what is not loaded, and what adds, replaces nothing
			options = append(options, eldercare.Replace(path))
		}
		return options
	}
	ours := digest()
	if !strings.HasPrefix(ours, "sha256:") || len(ours) != len("sha256:")+64 {
		t.Errorf("digest %q", ours)
	}
	if got := digest(eldercare.WithJurisdictions("hongtong")); got != ours {
		t.Error("loading one jurisdiction gives another digest than loading all")
	}
	for path, same := range map[string]bool{
		"catalogs/hongtong.yaml": false, "rego/lists/shanxi.rego": false, "rego/elder.rego": false, "catalogs/measures.yaml": false,
		"catalogs/huojia.yaml": true, "rego/lists/shuozhou.rego": true, "rego/elder_test.rego": true,
	} {
		if got := digest(changed(path)...); (got == ours) != same {
			t.Errorf("with %s changed the digest is the same: %v, want %v", path, got == ours, same)
		}
	}
}

// An engine is what it was loaded from: a file that changes later changes neither its answers nor
// their digest nor its bundle.
func TestFilesThatChangeLater(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "rego", "lists", "huojia.rego")
	content := read(t, "rego/lists/huojia.rego").Data
	write := func(content []byte) {
		t.Helper()
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, content, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	on := policy.Date{Year: 2026, Month: 11, Day: 22}
	load := func() *eldercare.Engine {
		t.Helper()
		engine, err := eldercare.Load(t.Context(), eldercare.WithDir(dir), eldercare.Replace("rego/lists/huojia.rego"))
		if err != nil {
			t.Fatal(err)
		}
		return engine
	}
	answers := func(engine *eldercare.Engine) string {
		t.Helper()
		digest, err := engine.Digest("huojia", on)
		if err != nil {
			t.Fatal(err)
		}
		var bundle bytes.Buffer
		if err := engine.WriteBundle(&bundle); err != nil {
			t.Fatal(err)
		}
		return digest + " " + bundle.String()
	}
	write(append(content, "\n# first\n"...))
	before, later := load(), load()
	want := answers(before)
	write(append(content, "\n# changed\n"...))
	if answers(later) != want {
		t.Error("an engine answers for files that it was not loaded from")
	}
	if answers(load()) == want {
		t.Error("a new engine does not see the change")
	}
}

// A rule of which too much is missing leaves its service possible, and says so; what the other
// rules grant is told all the same, and once the rest is known the rule is answered.
func TestJumble(t *testing.T) {
	const rule = "grants contains grant.promise(\"community-home-care\", {}) if {\n\telder.is_elder\n}"
	engine, err := eldercare.Load(t.Context(), eldercare.Replace("rego/lists/hongtong.rego"), eldercare.WithFS("own", fstest.MapFS{
		"rego/lists/hongtong.rego": read(t, "rego/lists/hongtong.rego", rule, `grants contains grant.promise("community-home-care", {}) if {
	elder.is_elder
	count([x |
		some x in [
			input.local_resident, input.retired, input.receives_other_pension, input.economic_hardship, input.hardship_after_dibao,
			input.housing_hardship, input.long_term_care_need, input.living_alone, input.empty_nest, input.left_behind,
		]
		x
	]) >= 5
}`),
	}))
	if err != nil {
		t.Fatal(err)
	}
	person := eldercare.Elder{"age": 70, "hospitalised": true, "only_child_parent": true}
	evaluate := func() (status, note string) {
		t.Helper()
		d, err := engine.Evaluate(t.Context(), "hongtong", person, eldercare.OnDate("2026-11-22"))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(d.Entitled, func(e eldercare.Entitlement) bool { return e.Service == "only-child-care-leave" }) {
			t.Error("the care leave is not granted")
		}
		for _, p := range d.Possible {
			if p.Service == "community-home-care" {
				return "possible", p.Note
			}
		}
		if slices.ContainsFunc(d.Entitled, func(e eldercare.Entitlement) bool { return e.Service == "community-home-care" }) {
			return "entitled", ""
		}
		return "", ""
	}
	if status, note := evaluate(); status != "possible" || note == "" {
		t.Errorf("with ten missing: %q %q", status, note)
	}
	for _, name := range []string{"local_resident", "retired", "receives_other_pension", "economic_hardship"} {
		person[name] = true
	}
	if status, note := evaluate(); status != "possible" || note != "" {
		t.Errorf("with four of ten: %q %q", status, note)
	}
	person["empty_nest"] = true
	if status, note := evaluate(); status != "entitled" || note != "" {
		t.Errorf("with five of ten: %q %q", status, note)
	}
}
