// Package policy models basic eldercare service lists (基本养老服务清单): the vocabularies, the lists with
// their dated parameters and citations, promises, and the diagnostics that all stages report.
//
// The model is plain data. It reads no files and knows nothing of YAML, Rego or reports.
package policy

import (
	"math/big"
	"slices"
)

// Position is a place in a source file. Line and Column start at 1. Both are 0 for a folder, or
// when only the file is known.
type Position struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// Catalog holds everything that was loaded: the vocabularies and the lists. It is immutable after
// loading.
type Catalog struct {
	Vocabulary *Vocabulary
	Lists      []*List // sorted by jurisdiction id, then by EffectiveFrom
	// Left holds the stems of lists that were read but left out, as their content is not known. It
	// is empty in a catalog that loaded without an error.
	Left []string
	// Warnings tell of files that were left out although perhaps nothing is wrong with them. They
	// are sorted.
	Warnings Diagnostics
	// Known holds the ids of the jurisdictions that have a file, loaded or not. An unknown id is
	// compared with them to suggest one.
	Known []string

	index catalogIndex // built on first use
}

// Vocabulary is the set of words that lists and inputs may use.
type Vocabulary struct {
	Attributes   []*Attribute // in file order, which is the order of questions
	Inputs       []*Input     // may be given instead of an attribute
	Measures     []*Measure
	Services     []*ServiceName
	ServiceTypes []*ServiceType

	index index // built on first use
}

// MaxAttributes is the greatest number of attributes in a vocabulary; each value of a set counts as
// one. An elder is one word of bits and a little more.
const MaxAttributes = 64

// AttributeType is the type of an attribute's values.
type AttributeType string

// The types of attributes.
const (
	Boolean AttributeType = "boolean"
	Enum    AttributeType = "enum"
	Integer AttributeType = "integer"
	Set     AttributeType = "set" // none, one or several of the values
)

// Attribute is a fact about an elder, which rules read as input.<name>.
type Attribute struct {
	Name    string
	Label   string // the Chinese label
	English string
	Type    AttributeType
	Min     int          // the least value allowed of an integer
	Max     int          // the greatest value allowed of an integer
	Unit    string       // the Chinese unit written after an integer, such as 岁; may be empty
	Values  []*EnumValue // values of an enum or a set, in file order
	// the value that means "nothing", such as none or 0: a string for an enum, an int for an
	// integer; nil when there is none
	Absent  any
	AskedOf *AskedOf // nil when the attribute is asked of everybody
	Gives   *Gives   // what a value of an enum says of another attribute; nil when it says nothing
	Aliases []string // further words for it in the headers of registers
	Starts  []int    // of a large integer, from which further numbers on it is told apart; see elder.Starts
	Pos     Position
}

// Same reports whether two attributes of one name are the same facts, whatever they are called and
// in whatever order their values are listed.
func (a *Attribute) Same(b *Attribute) bool {
	return a.Name == b.Name && a.Type == b.Type && a.Min == b.Min && a.Max == b.Max && a.Absent == b.Absent && sameValues(a.Values, b.Values) &&
		a.AskedOf.same(b.AskedOf) && a.Gives.same(b.Gives)
}

func sameValues(a, b []*EnumValue) bool {
	return slices.Equal(namesOf(a), namesOf(b))
}

func namesOf(values []*EnumValue) []string {
	names := make([]string, len(values))
	for i, v := range values {
		names[i] = v.Name
	}
	slices.Sort(names)
	return names
}

// Axes returns how many attributes of [MaxAttributes] it counts as. A set counts as one yes or no
// for each value.
func (a *Attribute) Axes() int {
	if a.Type == Set {
		return len(a.Values)
	}
	return 1
}

// Axes returns how many of [MaxAttributes] all attributes use.
func (v *Vocabulary) Axes() int {
	n := 0
	for _, a := range v.Attributes {
		n += a.Axes()
	}
	return n
}

// maxEnumerated is the greatest number of values of a whole number of which each is told apart.
const maxEnumerated = 250

// IsLarge reports whether the attribute is a whole number with more than 250 values. Then only
// intervals of it are told apart, between the constants that rules compare it with.
func (a *Attribute) IsLarge() bool { return a.Type == Integer && a.Max-a.Min >= maxEnumerated }

// EnumValue is one value of an enum or set attribute.
type EnumValue struct {
	Name    string
	Label   string // Chinese
	English string
	Aliases []string // further words for it in the cells of registers
}

// AskedOf limits an attribute to elders whose other attribute has one of the values. All other
// elders have no value of it.
type AskedOf struct {
	Attribute string
	Values    []any // bool, int or string, as a rule sees them
	Pos       Position
}

func (a *AskedOf) same(b *AskedOf) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Attribute == b.Attribute && sameSet(a.Values, b.Values)
}

func (g *Gives) same(h *Gives) bool {
	return g == nil && h == nil || g != nil && h != nil && g.Attribute == h.Attribute && sameSet(g.Values, h.Values)
}

// sameSet reports whether two lists without repetitions have the same in them.
func sameSet[T comparable](a, b []T) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(x T) bool { return !slices.Contains(b, x) })
}

// Gives derives another attribute: each value listed here implies a value of that attribute.
type Gives struct {
	Attribute string
	Values    []Given
	Pos       Position
}

// Given is a value of an attribute, and the value that it implies of another.
type Given struct {
	Value string
	Gives any // bool, int or string, as a rule sees it
}

// InputType is the form of an input from which an attribute is derived.
type InputType string

// The forms of inputs.
const (
	BirthDate    InputType = "date"          // YYYY-MM-DD
	IDNumber     InputType = "id_number"     // GB 11643-1999
	DivisionCode InputType = "division_code" // GB/T 2260 with six digits, or GB/T 10114 with nine
)

// Input may be given instead of an attribute; the engine derives the attribute from it.
type Input struct {
	Name    string
	Label   string
	English string
	Type    InputType
	Gives   string   // the attribute derived
	Aliases []string // further words for it in the headers of registers
	Pos     Position
}

// Place says where a division lies, as seen from the jurisdiction that is asked about.
type Place string

// The places.
const (
	Here       Place = "here"     // the jurisdiction, or a division below it
	InCity     Place = "city"     // elsewhere in the same city
	InProvince Place = "province" // in another city of the same province
	Outside    Place = "outside"  // in another province
)

// Places lists all places.
func Places() []Place { return []Place{Here, InCity, InProvince, Outside} }

// ServiceName is a service id with its official name.
type ServiceName struct {
	ID      string
	Name    string
	English string
	Pos     Position
}

// ServiceType is a type of service as the lists print it, such as 物质帮助.
type ServiceType struct {
	Name    string
	English string
}

// Level is the administrative level of a jurisdiction.
type Level string

// These are the levels, from the top down. A district (市辖区) stands beside a county. A county-level
// city counts as a county.
const (
	Nation   Level = "nation"
	Province Level = "province"
	City     Level = "city"
	County   Level = "county"
	District Level = "district"
	Township Level = "township" // a town, a township or a subdistrict
)

// Levels lists all levels, from the top down.
func Levels() []Level { return []Level{Nation, Province, City, County, District, Township} }

// Above reports whether a level is higher than another.
func (l Level) Above(other Level) bool { return l.rank() < other.rank() }

func (l Level) rank() int {
	if l == District {
		l = County
	}
	return slices.Index(Levels(), l)
}

// Jurisdiction is an administrative division that publishes a list.
type Jurisdiction struct {
	ID     string `json:"id"`
	Code   string `json:"code"` // GB/T 2260 with six digits; for a township GB/T 10114 with nine
	Name   string `json:"name"`
	Level  Level  `json:"level"`
	Parent string `json:"parent,omitempty"` // id of the jurisdiction above, empty at the top
}

// Basis says where a list's text comes from.
type Basis string

// The bases of a list.
const (
	Official      Basis = "official"      // the published text
	Reconstructed Basis = "reconstructed" // inferred from the lists below it, as the text is not at hand
)

// Bases lists all bases.
func Bases() []Basis { return []Basis{Official, Reconstructed} }

// Document is the official document that carries a list.
type Document struct {
	Title  string
	Number string // as printed, such as 朔政办发〔2023〕36号; empty when the text prints none
	Issued *Date  // nil when the text prints no date
	Basis  Basis
	Note   string
}

// Citation names a place in an official document.
type Citation struct {
	Document string // the number, or the title where there is no number
	At       string // a clause or list item, such as 附件 12
}

// String returns the citation as an official reads it: document, space, place.
func (c Citation) String() string {
	if c.At == "" {
		return c.Document
	}
	return c.Document + " " + c.At
}

// List is the list that one document gives for one jurisdiction, with what amendments add to it.
// Its file catalogs/<Stem>.yaml goes with rego/lists/<Stem>.rego, package lists.<Stem>. The same
// holds for each amendment. The Rego file may be missing where no rule is needed.
type List struct {
	Stem         string
	Amendments   []string // the stems of the files that amend it, sorted
	Jurisdiction Jurisdiction
	Document     Document
	// EffectiveFrom is the first day on which the list is in force. It stays in force until the
	// next list of the same jurisdiction.
	EffectiveFrom        Date
	EffectiveFromAssumed string // why the date is assumed; empty when the text gives it
	// Until is the last day on which the list is in force. It is zero when only the next list ends
	// it.
	Until Date
	// CountingDay is the day of the month, 1 to 28, on which an elder's state decides what the
	// whole month is owed. 0 is the default and means the first. Payment then starts on the first
	// of the month after a condition is met, or in the same month when it is met on the first.
	CountingDay  int
	Parameters   []*Parameter
	Services     []*Service // in printed order
	ChooseHigher []*ChooseHigher
	Excludes     []*Exclusion
	NotModelled  []*Omission
	Accepted     []*Acceptance
	Pos          Position // of the file
}

// Stems returns the stems of the list's file and of the files that amend it. Each may have Rego of
// its own.
func (l *List) Stems() []string { return append([]string{l.Stem}, l.Amendments...) }

// Bound says how a number binds.
type Bound string

// The bounds.
const (
	AtLeast    Bound = "at_least"    // 不低于
	AtMost     Bound = "at_most"     // 不超过
	Exactly    Bound = "exactly"     // a stated amount
	SetLocally Bound = "set_locally" // left to a lower level; there is no number yet
)

// Bounds lists all bounds.
func Bounds() []Bound { return []Bound{AtLeast, AtMost, Exactly, SetLocally} }

// Parameter is a number that a text states, or leaves to a lower level, with the history of its
// values.
type Parameter struct {
	Name   string
	Label  string
	Unit   Unit
	Bound  Bound // empty for a threshold, which rules compare with and never promise
	Values []*DatedValue
	// ReviewBy is the day by which somebody is to see whether the number still holds; zero when no
	// day is set.
	ReviewBy Date
	// Payment is the calendar by which amounts from the parameter are paid, in place of the
	// calendar of the service. It is nil when the parameter has none, and for every threshold.
	// Lists below inherit it unless they have one of their own for the parameter.
	Payment *Payment
	// Printed is the parameter as the list's own text states it, where an amendment states it anew. It
	// is nil otherwise.
	Printed *Parameter
	Cite    []Citation
	Pos     Position
}

// Rebound reports whether an amendment states another bound than the text for an amount that the
// text does not leave open.
func (p *Parameter) Rebound() bool {
	return p.Printed != nil && p.Bound != p.Printed.Bound && p.Printed.Bound != SetLocally
}

// Repaid reports whether an amendment states another calendar than the text.
func (p *Parameter) Repaid() bool { return p.Printed != nil && !p.Payment.Same(p.Printed.Payment) }

// DatedValue is the value of a parameter from a day on. Value is nil when no text states the
// number, or when it is repealed.
type DatedValue struct {
	From  Date
	Value *big.Rat
	Cite  []Citation // empty when it is the parameter's bound
	// Printed is the number that the list's own text states for the day, where an amendment states
	// Value instead. It is nil otherwise.
	Printed *DatedValue
	Pos     Position
}

// Threshold reports whether the parameter is a threshold: it has no bound, rules compare with it,
// and it cannot be promised.
func (p *Parameter) Threshold() bool { return p.Bound == "" }

// At returns the value in force on a day, or nil before the first.
func (p *Parameter) At(on Date) *DatedValue {
	var in *DatedValue
	for _, v := range p.Values {
		if v.From.After(on) {
			break
		}
		in = v
	}
	return in
}

// Access says how an elder obtains a service.
type Access string

// The ways of access.
const (
	Automatic    Access = "automatic"    // 免申即享
	Application  Access = "application"  // 依申请
	Presentation Access = "presentation" // 凭有效证件当场享受
	Unstated     Access = "unstated"     // the text does not say
)

// Accesses lists all ways of access.
func Accesses() []Access { return []Access{Automatic, Application, Presentation, Unstated} }

// Service is one service of a list.
type Service struct {
	ID          string
	Item        string // the printed item number; two services may share one
	Name        string // as printed
	Group       string // the printed group of recipients
	Type        string // as printed
	Departments []string
	Spending    string // spending responsibility, in our words, where printed
	Access      Access
	Inherits    bool // the nearest ancestor's rule applies, with this list's parameters
	Unnamed     bool // the list does not name it: it inherits it with the rest
	// Linked names measures that belong together, in the order given. What one grant promises of
	// them is one bundle, and no answer joins parts of two bundles. It is empty when each measure
	// stands by itself.
	Linked []string
	// Payment is the calendar by which the service is paid. When it is nil, the calendar of the
	// nearest list above that has one holds. Failing that, the default holds: from the first month
	// on whose counting day the condition is met to the last.
	Payment *Payment
	// From is the first day of a service that the list takes over by inheriting the rest; it is
	// zero when it is the list's first day. Until is the last day of the service; it is zero when
	// only the list ends it.
	From     Date
	Until    Date
	Cite     []Citation
	Readings []*Reading
	// Doubtful says that a reported error leaves it unknown what the service is called, whether it
	// is inherited, or which rules it has. It is false in a catalog that loaded without an error.
	Doubtful bool
	Pos      Position
}

// On reports whether the list has the service on a day on which the list is in force.
func (s *Service) On(day Date) bool {
	return !day.Before(s.From) && (s.Until.IsZero() || !day.After(s.Until))
}

// Reading records a choice made where the text is ambiguous or wrong.
type Reading struct {
	Question string
	Answer   string
	Why      string
	Cite     []Citation
}

// Service returns the service with an id, or nil when the list does not have it.
func (l *List) Service(id string) *Service {
	for _, s := range l.Services {
		if s.ID == id {
			return s
		}
	}
	return nil
}

// ChooseHigher is a group of promises of which only the highest is paid.
type ChooseHigher struct {
	Members []Member // each from a different service
	Reason  string
	Cite    []Citation
	Pos     Position
}

// Member is one promise in such a group: a service and its measure.
type Member struct {
	Service string
	Measure string
}

// Measure returns the measure by which a service is a member of the choice, or "" when it is not a
// member.
func (c *ChooseHigher) Measure(service string) string {
	for _, m := range c.Members {
		if m.Service == service {
			return m.Measure
		}
	}
	return ""
}

// Exclusion denies services to anyone who has a certain other one. To have a service is to be
// promised it, by the list or by one above it, and not to be denied it. An exclusion applies to the
// list's own promises, and to those that a list below inherits from it.
type Exclusion struct {
	Has     string
	Without []string
	Reason  string
	Cite    []Citation
	Pos     Position
}

// Omission is a part of the text that is not modelled, with the reason.
type Omission struct {
	What string
	Why  string
}

// Acceptance silences one kind of finding for one service or parameter, and gives the reason. The
// finding is one of lint or of trace.
type Acceptance struct {
	Code    string
	Subject string // a service id or a parameter name
	Reason  string
	Pos     Position
}

// These are the codes of what trace finds: differences between a list and its text.
const (
	NoPlace     = "no-place"     // the text has no such item or clause
	NoFigure    = "no-figure"    // none of the cited places states the number
	OtherName   = "other-name"   // the item does not print the service's name
	NoParameter = "no-parameter" // a figure of an item stands in no parameter
)

// OfTrace reports whether the finding that is accepted is one of trace, and not of lint.
func (a *Acceptance) OfTrace() bool {
	return slices.Contains([]string{NoPlace, NoFigure, OtherName, NoParameter}, a.Code)
}
