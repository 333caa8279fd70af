package source

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/basic-eldercare/eldercare/internal/lazy"
	"github.com/basic-eldercare/eldercare/policy"
)

// Cases reads the files of cases for which wanted returns true, given the name of the source and
// the stem of the file. The error is [policy.Diagnostics] with everything wrong with them: an
// unknown word, a case that wants nothing, or a file that belongs to no list.
func Cases(files *Files, v *policy.Vocabulary, wanted func(folder, stem string) bool) ([]*policy.CaseFile, error) {
	r := caseReader{vocabulary: v, files: files}
	var found []*policy.CaseFile
	for i, s := range files.sources {
		l := files.listed(i, casesFolder)
		if l.err != nil {
			r.wrong.Errorf("unreadable", policy.Position{File: s.display(casesFolder)}, "make it a folder that can be read", "cannot be read: %v", reason(l.err))
		}
		for _, name := range l.names {
			stem, isYAML := strings.CutSuffix(name, ".yaml")
			switch {
			case isYAML && wanted(s.Name, stem):
				found = append(found, r.read(i, stem))
			case !isYAML && suffixOf(name) != "" && wanted(s.Name, strings.TrimSuffix(name, path.Ext(name))):
				fileError(&r.wrong, "wrong-suffix", s.display(path.Join(casesFolder, name)), "rename it to end in .yaml, or remove it", "only files ending in .yaml are read")
			}
		}
	}
	return found, r.wrong.Err()
}

// caseReader reads files of cases.
type caseReader struct {
	vocabulary *policy.Vocabulary
	files      *Files
	wrong      policy.Diagnostics
}

func (r *caseReader) read(source int, stem string) *policy.CaseFile {
	file, err := r.files.readFrom(source, path.Join(casesFolder, stem+".yaml"))
	found := &policy.CaseFile{Folder: r.files.sources[source].Name, Stem: stem, Pos: policy.Position{File: file.Display, Line: 1, Column: 1}}
	if err != nil {
		reportUnreadable(&r.wrong, file, err)
		return found
	}
	if _, err := r.files.Read(catalogPath(stem)); err != nil {
		fileError(&r.wrong, "no-list", file.Display, "name it as the list is named, or add "+catalogPath(stem), "there is no list with these cases")
	}
	root, ok := parse(file)
	if ok {
		notes := map[string]int{}
		for _, n := range root.items() {
			found.Cases = append(found.Cases, r.testCase(n, notes))
		}
		if len(found.Cases) == 0 && len(root.document.diagnostics) == 0 {
			root.errorf("no-cases", "write cases, or remove the file", "the file holds no case")
		}
	}
	r.wrong = append(r.wrong, root.document.diagnostics...)
	return found
}

func (r *caseReader) testCase(n node, notes map[string]int) *policy.TestCase {
	n.allowOn()
	m := n.mapping("a case")
	c := &policy.TestCase{Note: m.text("note"), Item: m.optionalText("item"), Pos: n.pos()}
	if first, again := notes[c.Note]; again && c.Note != "" {
		n.errorf("duplicate-note", "give each case a note of its own", "the note of this case stands already in line %d", first)
	}
	notes[c.Note] = c.Pos.Line
	r.elder(m, c)
	if on, ok := m.optional("on"); ok {
		c.On, _ = on.date()
	} else {
		r.aging(c)
	}
	before := len(n.document.diagnostics)
	r.wants(m, c)
	m.close()
	if len(c.Wants) == 0 && m.isOne() && len(n.document.diagnostics) == before {
		n.errorf("wants-nothing", "add entitled, refused, discretionary, not_discretionary, bundles or monthly_cny, worked out from the text", "the case expects nothing, and could never fail")
	}
	return c
}

// allowOn takes the key on as it is: to some readers of YAML it means true, and of cases there is
// no reader but this.
func (n node) allowOn() {
	for i := 0; n.yaml.Kind == yaml.MappingNode && i < len(n.yaml.Content); i += 2 {
		if key := n.yaml.Content[i]; key.Value == "on" {
			key.Style = yaml.DoubleQuotedStyle
		}
	}
}

// elder reads what is given of the elder. A value of another type than the attribute's is left to
// the validation of elders.
func (r *caseReader) elder(m *mapping, c *policy.TestCase) {
	given, ok := m.required("elder")
	if !ok {
		return
	}
	known := append(names(r.vocabulary.Attributes, func(a *policy.Attribute) string { return a.Name }),
		names(r.vocabulary.Inputs, func(in *policy.Input) string { return in.Name })...)
	c.Elder, c.Given = map[string]any{}, map[string]policy.Position{}
	for _, v := range given.entries() {
		if !slices.Contains(known, v.name) {
			v.document.diagnostics.Errorf("unknown-attribute", v.at, didYouMean(v.name, known, "use an attribute of catalogs/attributes.yaml"), "there is no attribute %q", v.name)
			continue
		}
		c.Given[v.name] = v.pos()
		c.Elder[v.name] = v.value()
	}
	if given.isMapping() && len(given.yaml.Content) == 0 {
		given.errorf("no-elder", "give at least an age", "nothing is given of the elder")
	}
}

// aging reports an elder who is given by a date of birth in a case that names no day: as time goes
// by, the case would fail.
func (r *caseReader) aging(c *policy.TestCase) {
	for _, in := range r.vocabulary.Inputs {
		if at, given := c.Given[in.Name]; given && in.Type != policy.DivisionCode {
			r.wrong.Errorf("undated-case", at, `add on: "YYYY-MM-DD", the day on which the age counts`, "the age that %s gives depends on the day, and the case names none", in.Name)
		}
	}
}

// value is a value of an elder as JSON has it: a truth value, a whole number, a text or a list of
// texts.
func (n node) value() any {
	switch {
	case n.yaml.Kind == yaml.SequenceNode:
		list := []any{}
		for _, item := range n.items() {
			list = append(list, item.value())
		}
		return list
	case n.yaml.Tag == "!!bool":
		return n.boolean()
	case n.yaml.Tag == "!!int":
		i, _ := n.integer()
		return i
	}
	if n.yaml.Tag != "!!str" {
		n.errorf("wrong-type", "write a text or a date in quotes, and a whole number or true or false without", "%s is %s", n.name, n.kind())
	}
	return n.yaml.Value
}

// wants reads what the case wants, in the order of the file.
func (r *caseReader) wants(m *mapping, c *policy.TestCase) {
	for _, wanted := range []policy.Wanted{policy.WantEntitled, policy.WantBundles} {
		v, ok := m.optional(string(wanted))
		if !ok {
			continue
		}
		for _, of := range v.entries() {
			r.service(of.at, of.name, of.document)
			e := policy.Expectation{Wanted: wanted, Service: of.name, Pos: of.at}
			if wanted == policy.WantEntitled {
				e.Promises = append(e.Promises, r.promises(of))
			} else {
				for _, item := range of.items() {
					e.Promises = append(e.Promises, r.promises(item))
				}
			}
			c.Wants = append(c.Wants, e)
		}
	}
	for _, wanted := range []policy.Wanted{policy.WantRefused, policy.WantDiscretionary, policy.WantNotDiscretionary} {
		for _, item := range m.optionalItems(string(wanted)) {
			if s, ok := item.text(); ok {
				r.service(item.at, s, item.document)
				c.Wants = append(c.Wants, policy.Expectation{Wanted: wanted, Service: s, Pos: item.at})
			}
		}
	}
	if v, ok := m.optional(string(policy.WantMonthly)); ok {
		if s, ok := v.amount(numbered(), `write ">=170", "<=170" or "=170", in quotes`); ok {
			c.Wants = append(c.Wants, policy.Expectation{Wanted: policy.WantMonthly, Amount: s, Pos: v.at})
		}
	}
}

func (r *caseReader) service(at policy.Position, id string, d *document) {
	if r.vocabulary.Service(id) != nil {
		return
	}
	ids := names(r.vocabulary.Services, func(s *policy.ServiceName) string { return s.ID })
	d.diagnostics.Errorf("unknown-service", at, didYouMean(id, ids, "use an id of catalogs/services.yaml"), "there is no service %q", id)
}

// promises reads the promises of a service, by measure.
func (r *caseReader) promises(n node) map[string]string {
	all := map[string]string{}
	measures := names(r.vocabulary.Measures, func(m *policy.Measure) string { return m.Name })
	for _, v := range n.entries() {
		if !slices.Contains(measures, v.name) {
			v.document.diagnostics.Errorf("unknown-measure", v.at, didYouMean(v.name, measures, "use a measure of catalogs/measures.yaml"), "there is no measure %q", v.name)
		}
		if s, ok := v.amount(promised(), `write ">=100", "<=100" or "=100" in quotes, open, or open and the parameter that is missing`); ok {
			all[v.name] = s
		}
	}
	return all
}

const figureForm = `^(>=|<=|=)[0-9]+(\.[0-9]+)?$`

var (
	numbered = lazy.Regexp(figureForm)
	promised = lazy.Regexp(figureForm + `|^open( [a-z0-9_]+)?$`)
)

// amount is an amount as cases write it.
func (n node) amount(form *regexp.Regexp, remedy string) (string, bool) {
	s, ok := n.text()
	if ok && !form.MatchString(s) {
		n.errorf("wrong-amount", remedy, "%s is not an amount", n.name)
		return "", false
	}
	return s, ok
}
