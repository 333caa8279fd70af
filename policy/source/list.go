package source

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
)

// listFile is one file of catalogs/ as read on its own: a list or an amendment, with the places
// that checks across files point at.
type listFile struct {
	stem     string
	document *document

	list      *policy.List // nil when the file is an amendment or could not be read
	amendment *amendment   // nil when the file is a list

	parentAt, codeAt, effectiveAt policy.Position
	untilAt, restAt               policy.Position
	inheritsRest                  bool     // it inherits every service that it does not name
	members                       [][]node // of each choice
	excludes                      [][]node // the services of each exclusion
	services                      map[string]*policy.Service
	partial                       bool // which services or parameters the list has is not known
	orphan                        bool // it has a parent, which is not known
}

// amendment is what a file with the key amends says.
type amendment struct {
	amends     node
	readable   bool // what it amends
	parameters []*amended
	adds       policy.List // services and whatever else is written as a list
	parent     node        // the jurisdiction to be put above, if there is one
	adopts     bool
}

// amended is a parameter of an amendment. Label, unit and bound are empty when the amended
// parameter's hold.
type amended struct {
	policy.Parameter
	values []statedValue
}

// statedValue is a dated value with what its text looked like.
type statedValue struct {
	*policy.DatedValue
	node     node // of the number
	readable bool
}

// complete reports whether checks across files can place the list.
func (f *listFile) complete() bool {
	return f.list != nil && f.list.Jurisdiction.ID != "" && !f.list.EffectiveFrom.IsZero()
}

// above returns the parent that the file names, of a jurisdiction that is wanted or, in an
// amendment, of any.
func (f *listFile) above(wanted map[string]bool) string {
	switch {
	case f.list != nil && wanted[f.list.Jurisdiction.ID]:
		return f.list.Jurisdiction.Parent
	case f.amendment != nil && f.amendment.adopts:
		return f.amendment.parent.yaml.Value
	}
	return ""
}

// mayList reports whether the list has a service, or may have it under an id that is reported.
func (f *listFile) mayList(service string) bool {
	return f.partial || f.services[service] != nil || slices.ContainsFunc(f.list.Services, func(s *policy.Service) bool { return f.services[s.ID] != s })
}

// listReader reads a list. The vocabularies whose file could not be read are not looked into.
type listReader struct {
	parse                    func(File) (node, bool)
	vocabulary               *policy.Vocabulary
	noServices, noMeasures   bool
	noAttributes             bool
	misplaced                map[string]bool // stems of the lists of which rules lie in a wrong folder
	serviceIDs, measureNames []string
	attributes               []string // those that are yes or no
	types                    []string

	own        string // how the file cites its own document
	noDocument bool   // the file has no document of its own
}

func (r listReader) read(stem string, file File) *listFile {
	root, ok := r.parse(file)
	f := &listFile{stem: stem, document: root.document, services: map[string]*policy.Service{}}
	if !snakeCase.MatchString(stem) {
		root.document.badName(root.at, stem, snakeCase)
	}
	if !ok {
		return f
	}
	m := root.mapping("a list")
	if m.amends() {
		m.what = "an amendment"
		r.amendment(f, m)
	} else {
		r.list(f, m)
	}
	m.close()
	if _, ok := m.value("parameters"); !ok && slices.ContainsFunc(m.order, m.mayHoldParameters) {
		f.partial = true
	}
	return f
}

// amends reports whether a file is an amendment: it has the key amends, or one so misspelt and none
// of a list alone.
func (m *mapping) amends() bool {
	if _, ok := m.value("amends"); ok {
		return true
	}
	_, list := m.value("jurisdiction")
	return !list && slices.ContainsFunc(m.order, func(n node) bool { return policy.Nearest(n.name, []string{"amends"}) != "" })
}

// mayHoldParameters reports whether the key of an entry is unknown, and may be meant for
// parameters.
func (m *mapping) mayHoldParameters(entry node) bool {
	return !slices.Contains(m.asked, entry.name) && entry.kind() == "a mapping"
}

func (r listReader) list(f *listFile, m *mapping) {
	l := &policy.List{Stem: f.stem, Pos: m.at}
	f.list = l
	if n, ok := m.required("jurisdiction"); ok {
		l.Jurisdiction = r.jurisdiction(f, n)
	}
	if n, ok := m.required("document"); ok {
		l.Document = r.document(n)
	}
	if n, ok := m.required("effective_from"); ok {
		f.effectiveAt = n.pos()
		l.EffectiveFrom, _ = n.date()
	}
	l.EffectiveFromAssumed = m.optionalText("effective_from_assumed")
	if n, ok := m.optional("until"); ok {
		f.untilAt = n.pos()
		l.Until = lastDay(n, l.EffectiveFrom)
	}
	if n, ok := m.optional("inherits_rest"); ok {
		f.restAt, f.inheritsRest = n.pos(), n.boolean()
	}
	if n, ok := m.optional("counting_day"); ok {
		l.CountingDay = r.countingDay(n)
	}
	if n, ok := m.optional("parameters"); ok {
		f.partial = n.kind() != "a mapping"
		for _, n := range n.named(snakeCase) {
			l.Parameters = append(l.Parameters, r.parameter(n))
		}
	}
	services := m.items("services")
	f.partial = f.partial || services == nil
	r.entries(f, m, l, services)
	r.datesOfDocument(f)
}

// entries reads the services of a list, or those that an amendment adds, and whatever else is
// written as a list.
func (r listReader) entries(f *listFile, m *mapping, l *policy.List, services []node) {
	for _, n := range services {
		r.service(f, l, n)
	}
	for _, n := range m.optionalItems("choose_higher") {
		r.chooseHigher(f, l, n)
	}
	for _, n := range m.optionalItems("excludes") {
		r.exclusion(f, l, n)
	}
	for _, n := range m.optionalItems("not_modelled") {
		m := n.mapping("an omission")
		l.NotModelled = append(l.NotModelled, &policy.Omission{What: m.text("what"), Why: m.text("why")})
		m.close()
	}
	for _, n := range m.optionalItems("accepted") {
		m := n.mapping("an accepted finding")
		l.Accepted = append(l.Accepted, &policy.Acceptance{Code: m.text("code"), Subject: m.text("subject"), Reason: m.text("reason"), Pos: n.pos()})
		m.close()
	}
}

// lastDay reads the last day of a list, or of a service of one, that is in force from a day on.
func lastDay(n node, from policy.Date) policy.Date {
	day, ok := n.date()
	if ok && day.Before(from) {
		n.errorf("dates-order", "write the last day on which it holds", "it ends on %s, before the list comes into force, on %s", day, from)
	}
	return day
}

// countingDay reads a day that every month has.
func (r listReader) countingDay(n node) int {
	day, ok := n.integer()
	if ok && (day < 1 || day > 28) {
		n.errorf("counting-day", "write a day from 1 to 28, which every month has", "there is no day %d in every month", day)
	}
	return day
}

// datesOfDocument refuses a list in force long before its document was issued, which is a slip of
// one of the dates. A few months are not: many notices are issued in spring and hold from the first
// of January.
func (r listReader) datesOfDocument(f *listFile) {
	l := f.list
	if l.Document.Issued == nil || l.EffectiveFrom.IsZero() || l.EffectiveFromAssumed != "" {
		return
	}
	if l.Document.Issued.After(l.EffectiveFrom.AddDays(366)) {
		f.document.diagnostics.Errorf("dates-order", f.effectiveAt, "check both dates; if the text gives no date in force, say so with effective_from_assumed",
			"the list is in force from %s, but its document was issued over a year later, on %s", l.EffectiveFrom, l.Document.Issued)
	}
}

// CheckID returns an error when the id of a jurisdiction cannot name the files of a new list.
func CheckID(id string) error {
	switch {
	case !snakeCase.MatchString(id):
		return policy.Errorf("wrong-id", "%q is not an id; use small letters a-z and digits, with words joined by _", id)
	case slices.Contains([]string{attributesStem, measuresStem, servicesStem}, id):
		return policy.Errorf("wrong-id", "%s is the file of a vocabulary; choose another id", catalogPath(id))
	case strings.HasSuffix(id, "_test"):
		return policy.Errorf("wrong-id", "rego/lists/%s.rego would be a file of tests; choose another id", id)
	}
	return nil
}

func (r listReader) jurisdiction(f *listFile, n node) policy.Jurisdiction {
	m := n.mapping("a jurisdiction")
	j := policy.Jurisdiction{Name: m.text("name"), Level: word(m, "level", "unknown-level", policy.Levels()...)}
	if n, ok := m.required("id"); ok {
		if id, ok := n.text(); ok {
			if !snakeCase.MatchString(id) {
				n.document.badName(n.pos(), id, snakeCase)
			} else if j.ID = id; !stemOf(f.stem, id) {
				n.errorf("stem-mismatch", fmt.Sprintf("name the file %s.yaml or %[1]s_….yaml", id), "the file %s.yaml holds a list of %s", f.stem, id)
			}
		}
	}
	if n, ok := m.required("code"); ok {
		f.codeAt = n.pos()
		if code, ok := n.text(); ok {
			j.Code = code
			if !isCodeOf(code, j.Level) {
				n.errorf("division-code", codeRemedy(j.Level), "%q is not the division code of a %s", code, strings.TrimSpace(string(j.Level)+" jurisdiction"))
				j.Code = ""
			}
		}
	}
	if n, ok := m.optional("parent"); ok {
		f.parentAt = n.pos()
		parent, ok := n.text()
		if f.orphan = !ok; ok {
			j.Parent = parent
		}
	}
	m.close()
	return j
}

// stemOf reports whether a file with that stem may hold a list of the jurisdiction.
func stemOf(stem, id string) bool { return stem == id || strings.HasPrefix(stem, id+"_") }

// document reads the document block, and from then on plain citations are of that document.
func (r *listReader) document(n node) policy.Document {
	m := n.mapping("a document")
	d := policy.Document{
		Title:  m.text("title"),
		Number: m.optionalText("number"),
		Basis:  word(m, "basis", "unknown-basis", policy.Bases()...),
		Note:   m.optionalText("note"),
	}
	if n, ok := m.optional("issued"); ok {
		if issued, ok := n.date(); ok {
			d.Issued = &issued
		}
	}
	m.close()
	r.own = d.Number
	if r.own == "" {
		r.own = d.Title
	}
	return d
}

// cite reads the key cite, which must be there and hold something.
func (r listReader) cite(m *mapping) []policy.Citation {
	n, ok := m.optional("cite")
	if !ok || len(n.yaml.Content) == 0 && n.kind() == "a list" {
		m.missing("cite", "missing-citation", "add cite: [clause or item of the document]", "%s %shas no citation", m.what, subject(m))
		return nil
	}
	var cited []policy.Citation
	for _, n := range n.items() {
		if n.kind() == "a mapping" {
			m := n.mapping("a citation")
			cited = append(cited, policy.Citation{Document: m.text("document"), At: m.optionalText("at")})
			m.close()
		} else if at, ok := n.text(); ok {
			if r.noDocument {
				n.errorf("missing-citation", "write {document: …, at: …}, or add a document block to the file", "%q is a place without a document", at)
			}
			cited = append(cited, policy.Citation{Document: r.own, At: at})
		}
	}
	return cited
}

// subject returns the name of a mapping that stands under its name, with a space behind.
func subject(m *mapping) string {
	if m.at == m.pos() {
		return ""
	}
	return m.name + " "
}

func (r listReader) parameter(n node) *policy.Parameter {
	m := n.mapping("the parameter")
	p := &policy.Parameter{Name: n.name, Label: m.text("label"), Pos: n.at}
	if n, ok := m.required("unit"); ok {
		p.Unit = r.unit(n)
	}
	p.Bound = readBound(m, p.Unit)
	p.Payment = r.figurePayment(m)
	p.ReviewBy = readReviewBy(m)
	p.Cite = r.cite(m)
	values := r.values(m)
	if meant := m.close(); slices.Contains(meant, "bound") && p.Unit != policy.Years {
		p.Bound = anyBound
	}
	checkPayment(&n.document.diagnostics, p)
	checkValues(p.Unit, p.Bound, values)
	for _, v := range values {
		p.Values = append(p.Values, v.DatedValue)
	}
	return p
}

// unit reads the unit of a parameter. What is none has no near name that could be meant: days are
// not years.
func (r listReader) unit(n node) policy.Unit {
	text, ok := n.text()
	if !ok {
		return ""
	}
	unit := policy.Unit(text)
	unknown := func(m *policy.Measure) bool { return m.Unit == "" } // it may be the one
	if r.noMeasures || r.vocabulary.HasUnit(unit) || slices.ContainsFunc(r.vocabulary.Measures, unknown) {
		return unit
	}
	n.errorf("unknown-unit", fmt.Sprintf("write one of %s; or one of %s, alone or with one of %s; or the unit of a measure that you add",
		list(r.vocabulary.Units()), list(append([]string{string(policy.CNY)}, policy.Counted()...)), perSuffixes()), "unknown unit %q", text)
	return ""
}

// list returns words with commas between them.
func list[T ~string](words []T) string {
	return strings.Join(names(words, func(w T) string { return string(w) }), ", ")
}

// perSuffixes returns the ends of units that say per what.
func perSuffixes() string {
	var all []string
	for _, per := range policy.Pers() {
		if per != policy.PerOnce {
			all = append(all, "_per_"+string(per))
		}
	}
	return list(all)
}

// readReviewBy reads the day by which a number is to be looked at again; zero when there is none.
func readReviewBy(m *mapping) policy.Date {
	n, ok := m.optional("review_by")
	if !ok {
		return policy.Date{}
	}
	day, _ := n.date()
	return day
}

// anyBound is the bound of a number whose bound is reported: it goes with every number and with
// null.
const anyBound = policy.AtLeast

// readBound reads how a number binds. A threshold has no bound, and years are always one.
func readBound(m *mapping, unit policy.Unit) policy.Bound {
	n, ok := m.optional("bound")
	switch {
	case !ok:
		return ""
	case unit == policy.Years:
		n.errorf("threshold-bound", "remove the bound", "%s is a threshold, and a threshold cannot be promised", m.name)
		return ""
	}
	return cmp.Or(wordOf(n, "unknown-bound", policy.Bounds()...), anyBound)
}

// values reads the history of a parameter, which must ascend.
func (r listReader) values(m *mapping) []statedValue {
	n, ok := m.required("values")
	if !ok {
		return nil
	}
	items := n.items()
	if len(items) == 0 && n.kind() == "a list" {
		m.missing("values", "missing-key", `add {from: "YYYY-MM-DD", value: …}`, "%s %s has no values", m.what, m.name)
	}
	var values []statedValue
	for _, n := range items {
		m := n.mapping("a value")
		v := statedValue{DatedValue: &policy.DatedValue{Pos: n.pos()}, node: n}
		from, ok := m.date("from")
		v.From = from
		if n, ok := m.required("value"); ok {
			v.node = n
			v.Value, v.readable = n.number()
		}
		if _, ok := m.value("cite"); ok {
			v.Cite = r.cite(m)
		}
		m.asked = append(m.asked, "cite")
		m.close()
		if !ok {
			continue
		}
		if last := len(values) - 1; last >= 0 && !v.From.After(values[last].From) {
			n.document.diagnostics.Errorf("dates-order", v.Pos, "put the values in the order of their dates, one for each date",
				"the value from %s comes after the one from %s", v.From, values[last].From)
			continue
		}
		values = append(values, v)
	}
	return values
}

// checkValues reports numbers that do not go with the unit or the bound.
func checkValues(unit policy.Unit, bound policy.Bound, values []statedValue) {
	needed := bound == policy.Exactly || bound == policy.AtMost
	stated := slices.ContainsFunc(values, func(v statedValue) bool { return v.Value != nil || !v.readable })
	for _, v := range values {
		switch {
		case !v.readable:
		case v.Value == nil && needed && !stated:
			v.node.errorf("bound-null", "state the number, or write bound: set_locally", "the bound %s needs a number", bound)
		case v.Value == nil:
		case bound == policy.SetLocally:
			v.node.errorf("bound-null", "write null, or the bound of the number: at_least, at_most or exactly", "an amount that is set locally has no number here")
		default:
			if want := wantOf(unit, v); want != "" {
				v.node.errorf("number-unit", "write such a number, or correct the unit", "a value of unit %s must be %s, but %s is not", unit, want, v.node.yaml.Value)
			} else if bound == "" && !policy.ExactDecimal(v.Value) {
				v.node.errorf("number-unit", "write a decimal with at most four places, or the bound of an amount", "%s cannot be a threshold, which rules compare with as a decimal", v.node.yaml.Value)
			}
		}
	}
}

// hundredths reports whether a number is an amount exact in two decimals.
func hundredths(n *big.Rat) bool {
	return policy.FitsAmount(n) && new(big.Rat).Mul(n, big.NewRat(100, 1)).IsInt()
}

// wantOf returns what a unit wants of its numbers, or "" when the value is right.
func wantOf(unit policy.Unit, v statedValue) string {
	whole := func(most int64) bool {
		return v.Value.IsInt() && v.Value.Sign() >= 0 && v.Value.Cmp(big.NewRat(most, 1)) <= 0
	}
	ok, want := true, ""
	counted, _ := unit.Parts()
	switch {
	case unit == "":
	case unit == policy.Percent:
		ok, want = hundredths(v.Value) && v.Value.Cmp(big.NewRat(1000, 1)) <= 0, "a number from 0 to 1000, with at most two decimals"
	case unit == policy.Years:
		ok, want = whole(150), "a whole number from 0 to 150"
	case unit == policy.Flag:
		ok, want = v.Value.Cmp(big.NewRat(1, 1)) == 0, "1"
	case unit == policy.Multiple:
		ok, want = v.Value.Sign() > 0 && policy.FitsAmount(v.Value), "a number above 0 and below a billion, such as 1.3 or 1/3"
	case counted == "times" || counted == "persons":
		ok, want = whole(10_000), "a whole number from 0"
	case unit.Money():
		ok, want = hundredths(v.Value), "yuan from 0 to below a billion, with at most two decimals"
	default:
		ok, want = hundredths(v.Value), "a number from 0 to below a billion, with at most two decimals"
	}
	if ok && unit != "" && unit != policy.Multiple && strings.Contains(v.node.yaml.Value, "/") {
		ok, want = false, "not a fraction"
	}
	if ok {
		return ""
	}
	return want
}

func (r listReader) service(f *listFile, l *policy.List, n node) {
	m := n.mapping("a service")
	s := &policy.Service{Pos: n.pos()}
	if n, ok := m.required("id"); ok {
		if id, ok := n.text(); ok {
			s.ID = id
			if r.knownService(n, id) {
				if first := f.services[id]; first != nil {
					n.errorf("duplicate-service", "put both items into one service, or take another id", "the service %s is already in line %d", id, first.Pos.Line)
				} else {
					f.services[id] = s
				}
			}
		}
	}
	s.Item, s.Name, s.Group = m.text("item"), m.text("name"), m.text("group")
	if n, ok := m.required("type"); ok {
		if name, ok := n.text(); ok {
			s.Type = name
			if !r.noServices && r.vocabulary.ServiceType(name) == nil {
				n.errorf("unknown-service-type", didYouMean(name, r.types, "add it to the types in catalogs/services.yaml"), "unknown type of service %q", name)
			}
		}
	}
	s.Departments = m.texts("departments")
	s.Spending = m.optionalText("spending")
	s.Access = word(m, "access", "unknown-access", policy.Accesses()...)
	before := len(n.document.diagnostics)
	s.Inherits = m.boolean("inherits")
	if n, ok := m.optional("until"); ok {
		s.Until = lastDay(n, l.EffectiveFrom)
	}
	s.Doubtful = len(n.document.diagnostics) > before || f.services[s.ID] != s || s.Item == "" || s.Name == "" || r.misplaced[f.stem]
	if n, ok := m.optional("linked"); ok {
		s.Linked = r.linked(n)
	}
	if n, ok := m.optional("payment"); ok {
		s.Payment = r.payment(n)
	}
	s.Cite = r.cite(m)
	for _, n := range m.optionalItems("readings") {
		m := n.mapping("a reading")
		s.Readings = append(s.Readings, &policy.Reading{Question: m.text("question"), Answer: m.text("answer"), Why: m.text("why"), Cite: r.cite(m)})
		m.close()
	}
	s.Doubtful = slices.Contains(m.close(), "inherits") || s.Doubtful
	l.Services = append(l.Services, s)
}

func (r listReader) knownService(n node, id string) bool {
	if r.noServices || r.vocabulary.Service(id) != nil {
		return true
	}
	n.errorf("unknown-service", didYouMean(id, r.serviceIDs, "add it to catalogs/services.yaml"), "unknown service %q", id)
	return false
}

func (r listReader) chooseHigher(f *listFile, l *policy.List, n node) {
	m := n.mapping("a group to choose from")
	c := &policy.ChooseHigher{Pos: n.pos()}
	var services []node
	if all, ok := m.optional("members"); ok {
		services = r.members(c, all)
	} else {
		services = r.membersOfOneMeasure(c, m)
	}
	c.Reason = m.text("reason")
	c.Cite = r.cite(m)
	m.close()
	l.ChooseHigher = append(l.ChooseHigher, c)
	f.members = append(f.members, services)
}

// members reads the members of a choice, each with a measure of its own. It returns where known
// services stand.
func (r listReader) members(c *policy.ChooseHigher, all node) (services []node) {
	for _, n := range all.items() {
		m := n.mapping("a member of a choice")
		service, ok := m.required("service")
		measure := r.measure(m)
		if ok && r.member(c, service, measure) {
			services = append(services, service)
		}
		r.comparable(c, m)
		m.close()
	}
	r.enough(all)
	return services
}

// comparable reports the last member of a choice when its amount is in another unit than the first
// one's: none is the higher.
func (r listReader) comparable(c *policy.ChooseHigher, m *mapping) {
	n, named := m.value("measure")
	if !named || len(c.Members) == 0 {
		return
	}
	first, of := r.vocabulary.Measure(c.Members[0].Measure), r.vocabulary.Measure(n.yaml.Value)
	if first != nil && of != nil && first.Unit != of.Unit && first.Unit != "" && of.Unit != "" {
		n.errorf("choose-higher", "name measures of one unit", "%s is in %s and %s in %s, so that none is the higher", of.Name, of.Unit, first.Name, first.Unit)
	}
}

// membersOfOneMeasure reads the services of a choice and the measure that they share. It returns
// where known services stand.
func (r listReader) membersOfOneMeasure(c *policy.ChooseHigher, m *mapping) (services []node) {
	all, ok := m.required("services")
	measure := r.measure(m)
	if !ok {
		return nil
	}
	for _, n := range all.items() {
		if r.member(c, n, measure) {
			services = append(services, n)
		}
	}
	r.enough(all)
	return services
}

// measure reads the measure of a choice.
func (r listReader) measure(m *mapping) string {
	n, ok := m.required("measure")
	if !ok {
		return ""
	}
	name, _ := r.knownMeasure(n)
	if measure := r.vocabulary.Measure(name); measure != nil && measure.Less {
		n.errorf("choose-higher", "name a measure of which more is better", "for %s less is better, but a choice pays the highest", name)
	}
	return name
}

// knownMeasure reads the name of a measure, and reports whether there is such a measure, as far as
// is known.
func (r listReader) knownMeasure(n node) (string, bool) {
	name, ok := n.text()
	if ok && !r.noMeasures && r.vocabulary.Measure(name) == nil {
		n.errorf("unknown-measure", didYouMean(name, r.measureNames, "add it to catalogs/measures.yaml"), "unknown measure %q", name)
		ok = false
	}
	return name, ok
}

// member adds a service to a choice, and reports whether the service is known.
func (r listReader) member(c *policy.ChooseHigher, n node, measure string) bool {
	id, ok := n.text()
	if !ok {
		return false
	}
	if slices.ContainsFunc(c.Members, func(m policy.Member) bool { return m.Service == id }) {
		n.errorf("choose-higher", "name each service once", "%q is named twice", id)
		return false
	}
	c.Members = append(c.Members, policy.Member{Service: id, Measure: measure})
	return r.knownService(n, id)
}

// enough refuses a choice that leaves nothing to choose.
func (r listReader) enough(all node) {
	if len(all.yaml.Content) < 2 && all.kind() == "a list" {
		all.errorf("choose-higher", "name the services of which only the higher is paid", "a choice needs at least two services")
	}
}

// exclusion reads who is denied which services.
func (r listReader) exclusion(f *listFile, l *policy.List, n node) {
	m := n.mapping("an exclusion")
	e := &policy.Exclusion{Pos: n.pos()}
	var services []node
	if has, ok := m.required("has"); ok {
		if e.Has, ok = has.text(); ok && r.knownService(has, e.Has) {
			services = append(services, has)
		}
	}
	if all, ok := m.required("without"); ok && all.kind() == "a list" && len(all.yaml.Content) == 0 {
		all.errorf("excludes", "name the services that are denied", "the exclusion denies nothing")
	}
	for _, n := range m.items("without") {
		id, ok := n.text()
		switch {
		case !ok:
		case id == e.Has || slices.Contains(e.Without, id):
			n.errorf("excludes", "name each service once", "%q is named twice", id)
		default:
			e.Without = append(e.Without, id)
			if r.knownService(n, id) {
				services = append(services, n)
			}
		}
	}
	e.Reason = m.text("reason")
	e.Cite = r.cite(m)
	m.close()
	l.Excludes = append(l.Excludes, e)
	f.excludes = append(f.excludes, services)
}

// amendment reads a file that adds to a list without copying it: figures, services, and whatever
// else is written as a list. Its document block may be missing; then each citation names its
// document.
func (r listReader) amendment(f *listFile, m *mapping) {
	f.amendment = &amendment{}
	if n, ok := m.required("amends"); ok {
		f.amendment.amends = n
		_, f.amendment.readable = n.text()
	}
	if n, ok := m.optional("document"); ok {
		r.document(n)
	} else {
		r.noDocument = true
	}
	if n, ok := m.optional("parent"); ok {
		f.amendment.parent = n
		_, f.amendment.adopts = n.text()
	}
	parameters, _ := m.optional("parameters")
	r.entries(f, m, &f.amendment.adds, m.optionalItems("services"))
	if !slices.ContainsFunc(m.order, func(n node) bool { return n.name != "amends" && n.name != "document" }) {
		m.missing("parameters", "missing-key", "add parameters: …, services: … or another key", "the amendment adds nothing")
	}
	if parameters.yaml == nil {
		return
	}
	for _, n := range parameters.named(snakeCase) {
		m := n.mapping("the parameter")
		p := &amended{Parameter: policy.Parameter{Name: n.name, Label: m.optionalText("label"), Pos: n.at}}
		if n, ok := m.optional("unit"); ok {
			p.Unit = r.unit(n)
		}
		p.Bound = readBound(m, p.Unit)
		p.Payment = r.figurePayment(m)
		p.ReviewBy = readReviewBy(m)
		p.Cite = r.cite(m)
		p.values = r.values(m)
		m.close()
		f.amendment.parameters = append(f.amendment.parameters, p)
	}
}
