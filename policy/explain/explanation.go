// Package explain gives the reasons for a decision: which clause grants a service and by which
// facts of the elder, which conditions fail where it is refused, what would change that, and how an
// amount was computed.
//
// An [Explanation] is data and the same in every language. [Explanation.Write] puts it into words.
package explain

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
)

// Answer is the answer that is explained.
type Answer string

// The answers.
const (
	Entitled              Answer = "entitled"               // holds for every completion of the missing attributes
	Possible              Answer = "possible"               // holds for some completions
	Discretionary         Answer = "discretionary"          // not promised, but permitted by the text
	PossiblyDiscretionary Answer = "possibly_discretionary" // not promised, and permitted for some completions
	NotEntitled           Answer = "not_entitled"           // neither promised nor permitted for any completion
)

// Explanation gives the reasons for one answer about one service. What one that [Explain] returns
// points to is shared between explanations and must not be changed. In JSON it is data without
// words: of one that is read from JSON, [Explanation.Write] is an error.
type Explanation struct {
	ID           string      `json:"id,omitempty"`
	Jurisdiction string      `json:"jurisdiction"`
	On           policy.Date `json:"on"`
	Service      string      `json:"service"`
	Answer       Answer      `json:"answer"`
	// Grounds holds the clauses that promise the service. Those of the nearest list come first, and
	// then for each measure the clause that promises most. When no single clause is certain to
	// hold, Grounds holds the clauses that may hold.
	Grounds []Branch `json:"grounds"`
	// Nearest are the clauses with the fewest failing conditions, when nothing is promised.
	Nearest []Branch `json:"nearest"`
	// EligibleFrom is the first day from which the service is due when only time is missing. It is
	// a birthday, or a day on which a list or a figure comes into force.
	EligibleFrom *policy.Date `json:"eligible_from,omitempty"`
	// EligibleAge is the age in years from which the service is due when only time is missing. It
	// is nil when EligibleFrom is not a birthday.
	EligibleAge *int `json:"eligible_age,omitempty"`
	// Ended is the last day of a service that no list has any longer. It is nil for every other
	// service.
	Ended *policy.Date `json:"ended,omitempty"`
	// PossibleFrom and PossibleAge say the same of a service that time makes possible. It is then
	// due if the attributes in PossibleNeeds have the right values. They are nil when nothing else
	// must be known.
	PossibleFrom  *policy.Date `json:"possible_from,omitempty"`
	PossibleAge   *int         `json:"possible_age,omitempty"`
	PossibleNeeds []string     `json:"possible_needs,omitempty"`
	// WouldDo holds facts, any one of which would suffice if it were declared. Each is the only
	// failing condition of a clause.
	WouldDo []Condition `json:"would_do,omitempty"`
	// DeniedBy holds services that exclude this one. The elder is entitled to them, so a clause
	// that holds grants nothing.
	DeniedBy []Denial `json:"denied_by,omitempty"`
	// Needs names the missing attributes that settle whether a possible service, or a higher
	// amount, is due.
	Needs   []string `json:"needs,omitempty"`
	Amounts []Amount `json:"amounts"`
	// Bundles holds promises of linked measures, each promised as a whole, when there are several.
	// A single one is among Amounts.
	Bundles []policy.Bundle `json:"bundles,omitempty"`
	// UpToBundles is what missing attributes could add to Bundles.
	UpToBundles []policy.Bundle `json:"up_to_bundles,omitempty"`
	// Permitted is what the text permits but does not promise. It is nil when that is nothing.
	Permitted *Permitted `json:"permitted,omitempty"`
	// Sources are the lists of the jurisdiction and of those above it that have the service, the
	// nearest first.
	Sources []Source `json:"sources"`
	// Opaque holds the rules that cannot be split into conditions. Plain OPA evaluates each as a
	// whole.
	Opaque []Opaque `json:"opaque,omitempty"`
	Note   string   `json:"note,omitempty"`
	Digest string   `json:"digest"`

	place      policy.Jurisdiction
	vocabulary *policy.Vocabulary
}

// Denial names a service whose recipients do not get another one.
type Denial struct {
	Service string            `json:"service"`
	Layer   Layer             `json:"layer"` // whose clause grants nothing
	Reason  string            `json:"reason"`
	Cite    []policy.Citation `json:"cite"`
}

// Permitted is what the text permits of a service but does not promise.
type Permitted struct {
	Certain bool     `json:"certain"` // true for every completion of the missing attributes, false for only some
	Needs   []string `json:"needs,omitempty"`
	Grounds []Branch `json:"grounds"` // the clauses that permit it, in the order of [Explanation.Grounds]
	Amounts []Amount `json:"amounts"`
	// Bundles and UpToBundles are of linked measures, like those of [Explanation].
	Bundles     []policy.Bundle `json:"bundles,omitempty"`
	UpToBundles []policy.Bundle `json:"up_to_bundles,omitempty"`
	Note        string          `json:"note,omitempty"`
}

// Layer is the list that declares a clause.
type Layer struct {
	List  string       `json:"list"` // the jurisdiction's id
	Name  string       `json:"name"`
	Level policy.Level `json:"level"`
}

// Clause is the rule behind a branch, with the item of the list that applies it and the place where
// it is written.
type Clause struct {
	Item string `json:"item"`
	Name string `json:"name"` // as the layer's list prints it
	File string `json:"file"`
	Line int    `json:"line"`
	// Title comes from the rule's METADATA. Inherited names the list above from which the rule is
	// inherited. It is nil when the rule is the layer's own.
	Title     string     `json:"title"`
	Inherited *Inherited `json:"inherited,omitempty"`
}

// Inherited names the list above whose rule applies, and its item there.
type Inherited struct {
	List string `json:"list"` // the stem of the list
	Name string `json:"name"` // the name of the jurisdiction
	Item string `json:"item"`
}

// Status says whether a condition holds for the elder.
type Status string

// The states of a condition.
const (
	Met      Status = "met"
	Failed   Status = "failed"
	NotGiven Status = "not_given" // the attribute is missing: unknown, or without a value in a closed world
)

// Branch is one way to be granted a service: a clause, its conditions, and what it promises.
type Branch struct {
	Layer         Layer  `json:"layer"`
	Clause        Clause `json:"clause"`
	Discretionary bool   `json:"discretionary,omitempty"`
	// Whole says that plain OPA evaluates the rule as a whole. Conditions then lists the attributes
	// that the rule reads. A single attribute need not decide anything.
	Whole      bool        `json:"whole,omitempty"`
	Conditions []Condition `json:"conditions"`
	// Promises are what the branch promises, by measure.
	Promises map[string]policy.Promise `json:"promises"`
	// Parameters are the numbers that its conditions and promises read.
	Parameters []*Parameter `json:"parameters"`

	missing int // the number of conditions that wait for a missing attribute
}

// Condition is what a branch requires of one attribute, and what the elder has.
type Condition struct {
	Attribute string `json:"attribute"`
	// Member is the value of a set that the condition is about; it is empty for every other
	// attribute. Needs and Has then say whether the elder has it.
	Member string `json:"member,omitempty"`
	Needs  Values `json:"needs"`
	// Has is the elder's value, or nil when it is not given.
	Has any `json:"has"`
	// Assumed says that Has was not given, and was taken as absent because the world is closed.
	Assumed bool   `json:"assumed,omitempty"`
	Status  Status `json:"status"`
	// Parameters names the parameters that the condition reads.
	Parameters []string `json:"parameters,omitempty"`

	axis  *elder.Axis
	side  box.Side
	cell  uint8
	whole bool // true when the rule is evaluated as a whole
	asked bool // true when the attribute may apply to the elder at all
}

// Values are the values of an attribute that a condition admits: ranges of an integer, or else a
// list.
type Values struct {
	Ranges []Range `json:"ranges,omitempty"`
	Values []any   `json:"values,omitempty"`
	// Missing says that the condition also admits a missing attribute.
	Missing bool `json:"missing,omitempty"`
}

// Range is a range of integers, both ends included. An end that is nil is the end of the
// attribute's own range.
type Range struct {
	From *int `json:"from,omitempty"`
	To   *int `json:"to,omitempty"`
}

// Parameter is a number that a clause reads, as it is in force on the day.
type Parameter struct {
	Name  string  `json:"name"`
	Label string  `json:"label"`
	Value *Number `json:"value"` // nil when no text states it, or when it was repealed
	// Was is the value that ended on the day From. It is nil when no value was repealed.
	Was   *Number      `json:"was,omitempty"`
	Unit  policy.Unit  `json:"unit"`
	Bound policy.Bound `json:"bound,omitempty"`
	From  *policy.Date `json:"from,omitempty"` // the day since which the value is in force
	// Assumed says that From is the assumed first day of a list whose text prints no date.
	Assumed bool      `json:"from_assumed,omitempty"`
	List    string    `json:"list"` // the jurisdiction whose list states it
	Cite    Citations `json:"cite"`
}

// Citations are places in official documents. In JSON each is a text: document, space, place.
type Citations []policy.Citation

// UnmarshalJSON reads an array of texts. Where the document ends in them is not known: it is all.
func (c *Citations) UnmarshalJSON(b []byte) error {
	var texts []string
	if err := json.Unmarshal(b, &texts); err != nil || c == nil {
		return err
	}
	*c = make(Citations, len(texts))
	for i, text := range texts {
		(*c)[i] = policy.Citation{Document: text}
	}
	return nil
}

// MarshalJSON writes an array of texts.
func (c Citations) MarshalJSON() ([]byte, error) { return json.Marshal(decide.Strings(c)) }

// Number is an exact number. In JSON it is a number if it is decimal, and otherwise a text such as
// "1/3".
type Number struct{ *big.Rat }

// String returns the number as a decimal if it has at most four places, and otherwise as a
// fraction.
func (n Number) String() string {
	if n.Rat == nil {
		return ""
	}
	if d := policy.Round(n.Rat, 4, false); n.Rat.Cmp(rat(d)) == 0 {
		return d.String()
	}
	return n.Rat.RatString()
}

// MarshalJSON writes a number, or a text for a fraction.
func (n Number) MarshalJSON() ([]byte, error) {
	if n.Rat == nil {
		return []byte("null"), nil
	}
	text := n.String()
	if n.Rat.Cmp(rat(policy.Round(n.Rat, 4, false))) != 0 {
		return json.Marshal(text)
	}
	return []byte(text), nil
}

// UnmarshalJSON reads what MarshalJSON writes.
func (n *Number) UnmarshalJSON(b []byte) error {
	var fraction string
	if n == nil || string(b) == "null" {
		return nil
	}
	if json.Unmarshal(b, &fraction) != nil {
		var d policy.Decimal
		if err := d.UnmarshalJSON(b); err != nil {
			return err
		}
		n.Rat = rat(d)
		return nil
	}
	read, ok := new(big.Rat), strings.Trim(fraction, "-/0123456789") == "" // and so without an exponent
	if ok {
		read, ok = read.SetString(fraction)
	}
	if !ok {
		return policy.Errorf("wrong-number", "not a fraction")
	}
	n.Rat = read
	return nil
}

func rat(d policy.Decimal) *big.Rat {
	r, _ := new(big.Rat).SetString(d.String()) // a Decimal writes a decimal number
	return r
}

// Amount tells how the promise of one measure was computed.
type Amount struct {
	Measure string         `json:"measure"`
	Promise policy.Promise `json:"promise"`
	// Parameters are the parameters that the promise was computed from.
	Parameters []*Parameter `json:"parameters"`
	// Product is the computation where the promise is a multiple of another standard.
	Product *Product `json:"product,omitempty"`
	// Offers are the best promises of each list that promises the measure, the nearest first; the
	// best of them counts.
	Offers []Offer `json:"offers"`
	// UpTo is what missing attributes could raise the promise to.
	UpTo *policy.Promise `json:"up_to,omitempty"`
	// Certain says that the promise holds whatever the missing attributes are.
	Certain bool `json:"certain"`
	// Missing is the parameter without a value that an open amount waits for.
	Missing *Parameter `json:"missing,omitempty"`
	// InsteadOf names services whose promises are not added because this one is higher. InFavourOf
	// names a service because of which this promise is not added, or may not be.
	InsteadOf  []Choice `json:"instead_of,omitempty"`
	InFavourOf *Choice  `json:"in_favour_of,omitempty"`
}

// Product is a base multiplied by a factor or a percentage. A ceiling is rounded down to the fen,
// and any other amount up.
type Product struct {
	Base     *Parameter `json:"base"`
	Multiple *Parameter `json:"multiple"`
	Exact    *Number    `json:"exact"` // nil while the base or the multiple has no value
	Rounded  bool       `json:"rounded"`
}

// Offer is what one list promises of a measure.
type Offer struct {
	Layer   Layer          `json:"layer"`
	Promise policy.Promise `json:"promise"`
	Best    bool           `json:"best"`
}

// Choice is another service in a group of which only the highest amount is paid.
type Choice struct {
	Service string `json:"service"`
	Measure string `json:"measure"`
	// Possibly says that the choice is not certain: missing attributes decide, or amounts that may
	// turn out higher.
	Possibly bool     `json:"possibly,omitempty"`
	Reason   string   `json:"reason"`
	Cite     []string `json:"cite"`
}

// Source is one list that has the service.
type Source struct {
	Layer         Layer           `json:"layer"`
	Document      string          `json:"document"` // its number, or its title when it has none
	Title         string          `json:"title"`
	Basis         policy.Basis    `json:"basis"`
	EffectiveFrom policy.Date     `json:"effective_from"`
	Assumed       string          `json:"effective_from_assumed,omitempty"`
	Item          string          `json:"item"`
	Name          string          `json:"name"` // as printed
	Access        policy.Access   `json:"access"`
	Departments   []string        `json:"departments"`
	Cite          Citations       `json:"cite"`
	Readings      []SourceReading `json:"readings"`

	// Unnamed says that the list inherits the service without naming it, and has the citations of
	// the list above.
	Unnamed bool `json:"-"`
}

// SourceReading is a choice made where the text is ambiguous or wrong.
type SourceReading struct {
	Question string    `json:"question"`
	Answer   string    `json:"answer"`
	Why      string    `json:"why"`
	Cite     Citations `json:"cite"`
}

// Opaque is a rule that cannot be split into conditions. Plain OPA evaluates it as a whole.
type Opaque struct {
	Layer      Layer    `json:"layer"`
	Clause     Clause   `json:"clause"`
	Reason     string   `json:"reason"`
	Attributes []string `json:"attributes"` // attributes that it reads
	Holds      bool     `json:"holds"`      // true for every completion of the missing attributes
	MayHold    bool     `json:"may_hold"`   // true for some
	// Untried says that there are too many completions to try them all, so the rule may hold.
	Untried bool `json:"untried,omitempty"`
}

// NotListedError says that no list of a jurisdiction has a service.
type NotListedError struct {
	Service      string
	Jurisdiction string
	Suggestion   string // an id that was probably meant, or empty
}

// Error names the service and the jurisdiction.
func (e *NotListedError) Error() string {
	e = cmp.Or(e, &NotListedError{})
	text := fmt.Sprintf("no list of %s or above has a service %q", e.Jurisdiction, e.Service)
	if e.Suggestion != "" {
		text += fmt.Sprintf("; did you mean %q?", e.Suggestion)
	}
	return text
}

// MarshalJSON writes code, message, service and jurisdiction, and the suggestion if there is one.
func (e *NotListedError) MarshalJSON() ([]byte, error) {
	e = cmp.Or(e, &NotListedError{})
	return json.Marshal(struct {
		Code         string `json:"code"`
		Message      string `json:"message"`
		Service      string `json:"service"`
		Jurisdiction string `json:"jurisdiction"`
		Suggestion   string `json:"suggestion,omitempty"`
	}{"not-listed", e.Error(), e.Service, e.Jurisdiction, e.Suggestion})
}
