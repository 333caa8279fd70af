// Package policy models basic eldercare service lists (基本养老服务清单): the vocabularies, the lists with their dated
// parameters and citations, promises, and the diagnostics that all stages report.
//
// The model is plain data. It reads no files, and knows nothing of YAML, of Rego and of reports.
package policy

import (
	"math/big"
	"slices"
)

// Position is a place in a source file. Line and Column start at 1; both are 0 for a folder, or when only the file is known.
type Position struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// Catalog is everything that was loaded: the vocabularies and the lists. It is immutable after loading.
type Catalog struct {
	Vocabulary *Vocabulary
	Lists      []*List // sorted by jurisdiction id, then by EffectiveFrom
	// Left are the stems of the lists that were read and are left out, since it is not known what they hold; none in a catalog
	// that loaded without an error.
	Left []string
	// Warnings are of files that were left out without being wrong, sorted.
	Warnings Diagnostics
	// Known holds the ids of the jurisdictions that have a file, loaded or not: an unknown id is compared with them.
	Known []string

	index catalogIndex // built on first use
}

// Vocabulary is the set of words that lists and inputs may use.
type Vocabulary struct {
	Attributes   []*Attribute // in file order, which is the order of questions
	Inputs       []*Input     // what may be given instead of an attribute
	Measures     []*Measure
	Services     []*ServiceName
	ServiceTypes []*ServiceType

	index index // built on first use
}

// MaxAttributes is the greatest number of attributes a vocabulary may have, each value of a set counted as one: an elder is one word of
// bits and some more.
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

// Attribute is a fact about an elder that rules may read as input.<name>.
type Attribute struct {
	Name    string
	Label   string // Chinese
	English string
	Type    AttributeType
	Min     int          // integer attributes: the least value allowed
	Max     int          // integer attributes: the greatest value allowed
	Unit    string       // integer attributes: the Chinese unit behind a number, such as 岁; may be empty
	Values  []*EnumValue // enum and set attributes, in file order
	Absent  any          // the value that means "nothing", such as none or 0: a string of an enum, an int; nil when no value does
	AskedOf *AskedOf     // nil when the attribute is asked of everybody
	Gives   *Gives       // enum attributes: what it says of another attribute; nil when it says nothing
	Aliases []string     // further words for it in the headers of registers
	Pos     Position
}

// Axes is how many attributes of [MaxAttributes] it counts as: a set has one yes or no for each of its values.
func (a *Attribute) Axes() int {
	if a.Type == Set {
		return len(a.Values)
	}
	return 1
}

// Axes is how many of [MaxAttributes] all attributes count as.
func (v *Vocabulary) Axes() int {
	n := 0
	for _, a := range v.Attributes {
		n += a.Axes()
	}
	return n
}

// MaxEnumerated is how many values a whole number may have that are told apart one by one. Of one with more only the intervals are
// between the constants that rules compare it with.
const MaxEnumerated = 250

// IsLarge reports whether the attribute is a whole number with more than [MaxEnumerated] values.
func (a *Attribute) IsLarge() bool { return a.Type == Integer && a.Max-a.Min >= MaxEnumerated }

// EnumValue is one value of an enum or set attribute.
type EnumValue struct {
	Name    string
	Label   string // Chinese
	English string
	Aliases []string // further words for it in the cells of registers
}

// AskedOf limits an attribute to the elders whose other attribute has one of the values; for all others it has none.
type AskedOf struct {
	Attribute string
	Values    []any // bool, int or string, as a rule sees them
	Pos       Position
}

// Gives derives another attribute: who has one of the values, has of the other attribute the value beside it.
type Gives struct {
	Attribute string
	Values    []Given
	Pos       Position
}

// Given is a value of an attribute, and the value of another that it gives.
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
	DivisionCode InputType = "division_code" // GB/T 2260, six digits, or GB/T 10114, nine
)

// Input is what may be given instead of an attribute, and from which the engine derives it.
type Input struct {
	Name    string
	Label   string
	English string
	Type    InputType
	Gives   string   // the attribute derived
	Aliases []string // further words for it in the headers of registers
	Pos     Position
}

// Place says where a division lies, seen from the jurisdiction that is asked about.
type Place string

// The places.
const (
	Here       Place = "here"     // the jurisdiction, or a division below it
	InCity     Place = "city"     // elsewhere in the same city
	InProvince Place = "province" // in another city of the same province
	Outside    Place = "outside"  // in another province
)

// Places are all places.
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

// The levels, from the top down. A district (市辖区) stands beside a county, and a county-level city is one.
const (
	Nation   Level = "nation"
	Province Level = "province"
	City     Level = "city"
	County   Level = "county"
	District Level = "district"
	Township Level = "township" // a town, a township or a subdistrict
)

// Levels are all levels, from the top down.
func Levels() []Level { return []Level{Nation, Province, City, County, District, Township} }

// Above reports whether a level is a higher one than another.
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
	Code   string `json:"code"` // GB/T 2260, six digits; of a township GB/T 10114, nine
	Name   string `json:"name"`
	Level  Level  `json:"level"`
	Parent string `json:"parent,omitempty"` // id of the jurisdiction above, empty at the top
}

// Basis says where a list's text comes from.
type Basis string

// The bases of a list.
const (
	Official      Basis = "official"      // the published text
	Reconstructed Basis = "reconstructed" // inferred from the lists below it, the text not being at hand
)

// Bases are all bases.
func Bases() []Basis { return []Basis{Official, Reconstructed} }

// Document is the official document that carries a list.
type Document struct {
	Title  string
	Number string // as printed, such as 朔政办发〔2023〕36号; empty when the text prints none
	Issued *Date  // nil when the text prints no date
	Basis  Basis
	Note   string
}

// Citation is a place in an official document.
type Citation struct {
	Document string // number, or title where there is no number
	At       string // clause or list item, such as 附件 12
}

// String is the citation as an official reads it: document, space, place.
func (c Citation) String() string {
	if c.At == "" {
		return c.Document
	}
	return c.Document + " " + c.At
}

// List is one document's list for one jurisdiction, with what amendments add to it. Its file catalogs/<Stem>.yaml goes with
// rego/lists/<Stem>.rego, package lists.<Stem>, and so does each amendment's; a Rego file may be missing where no rule is needed.
type List struct {
	Stem         string
	Amendments   []string // the stems of the files that amend it, sorted
	Jurisdiction Jurisdiction
	Document     Document
	// EffectiveFrom is the first day on which the list answers. It answers until the next list of the same
	// jurisdiction takes effect.
	EffectiveFrom        Date
	EffectiveFromAssumed string // why the date is assumed; empty when the text gives it
	// Until is the last day on which the list answers, zero when it has no end but the next list.
	Until Date
	// CountingDay is the day of the month, 1 to 28, on which an elder's state decides what the whole month is owed. 0 is the
	// default, the first: one is paid from the first of the month after a condition is met, and for the very month when it
	// is met on the first.
	CountingDay  int
	Parameters   []*Parameter
	Services     []*Service // in printed order
	ChooseHigher []*ChooseHigher
	Excludes     []*Exclusion
	NotModelled  []*Omission
	Accepted     []*Acceptance
	Pos          Position // of the file
}

// Stems are those of the list's file and of the files that amend it: each may have Rego of its own.
func (l *List) Stems() []string { return append([]string{l.Stem}, l.Amendments...) }

// Bound says how a number binds.
type Bound string

// The bounds.
const (
	AtLeast    Bound = "at_least"    // 不低于
	AtMost     Bound = "at_most"     // 不超过
	Exactly    Bound = "exactly"     // a stated amount
	SetLocally Bound = "set_locally" // left to a lower level; no number yet
)

// Bounds are all bounds.
func Bounds() []Bound { return []Bound{AtLeast, AtMost, Exactly, SetLocally} }

// Parameter is a number that a text states, or that it leaves to a lower level, with the history of its values.
type Parameter struct {
	Name   string
	Label  string
	Unit   Unit
	Bound  Bound // empty for a threshold, which rules compare with and nobody is promised
	Values []*DatedValue
	Cite   []Citation
	Pos    Position
}

// DatedValue is the value of a parameter from a day on. Value is nil when no text states the number, and when it is repealed.
type DatedValue struct {
	From  Date
	Value *big.Rat
	Cite  []Citation // empty: the parameter's
	// Printed is the number that the list's own text states for the day, where an amendment states this value instead; nil otherwise.
	Printed *DatedValue
	Pos     Position
}

// Threshold reports whether rules compare with the parameter: it has no bound, and cannot be promised.
func (p *Parameter) Threshold() bool { return p.Bound == "" }

// At is the value in force on a day, nil before the first.
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

// Access says how an elder comes by a service.
type Access string

// The ways of access.
const (
	Automatic    Access = "automatic"    // 免申即享
	Application  Access = "application"  // 依申请
	Presentation Access = "presentation" // 凭有效证件当场享受
	Unstated     Access = "unstated"     // the text does not say
)

// Accesses are all ways of access.
func Accesses() []Access { return []Access{Automatic, Application, Presentation, Unstated} }

// Service is one service of a list.
type Service struct {
	ID          string
	Item        string // the printed item number; two services may share one
	Name        string // as printed
	Group       string // the printed group of recipients
	Type        string // as printed
	Departments []string
	Spending    string // spending responsibility in our words, where printed
	Access      Access
	Inherits    bool // the nearest ancestor's rule applies, with this list's parameters
	Unnamed     bool // the list does not name it: it inherits it with the rest
	// Linked are measures that belong together, in the order given: what one grant promises of them is one bundle, and no answer
	// joins parts of two. Empty when each measure stands by itself.
	Linked []string
	// Payment is the calendar by which the service is paid, nil for that of the nearest list above that has one, else the default:
	// from the first month on whose counting day the condition is met to the last.
	Payment *Payment
	// From is the first day of a service that the list inherits with all it does not name, zero when that is the list's; Until is the last day of
	// the service, zero when it has no end but the list's.
	From     Date
	Until    Date
	Cite     []Citation
	Readings []*Reading
	// Doubtful says that what the service is called, or whether it is inherited, is not known, as something reported is wrong
	// with it. It is false in a catalog that loaded without an error.
	Doubtful bool
	Pos      Position
}

// On reports whether the list has the service on a day on which the list is in force.
func (s *Service) On(day Date) bool {
	return !day.Before(s.From) && (s.Until.IsZero() || !day.After(s.Until))
}

// Reading records a choice made where the text is ambiguous or slips.
type Reading struct {
	Question string
	Answer   string
	Why      string
	Cite     []Citation
}

// Service is the service of the list with an id, nil when the list does not have it.
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
	Members []Member // each of another service
	Reason  string
	Cite    []Citation
	Pos     Position
}

// Member is what a service of a choice promises there.
type Member struct {
	Service string
	Measure string
}

// Measure returns the measure by which a service is a member of the choice, or "" when it is none.
func (c *ChooseHigher) Measure(service string) string {
	for _, m := range c.Members {
		if m.Service == service {
			return m.Measure
		}
	}
	return ""
}

// Exclusion denies whoever has a service others: who has one does not get the other. To have a service is to be promised it by the list
// or by one above it, and not to be denied it. The list's own promises are denied so, and those that a list below inherits from it.
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

// Acceptance silences what lint finds of one kind in one service or parameter, with the reason.
type Acceptance struct {
	Code    string
	Subject string // a service id or a parameter name
	Reason  string
	Pos     Position
}
