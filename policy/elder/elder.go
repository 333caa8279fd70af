package elder

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/basic-eldercare/eldercare/internal/lazy"
	"github.com/basic-eldercare/eldercare/policy"
)

// Elder holds what is known of one elder: attributes and inputs by name, such as "age": 80 or
// "birth_date": "1944-02-29". An attribute that is missing or nil is unknown, not false. A date of
// birth may be a month alone, such as "1944-02".
//
// The key "id" names the elder in the answer. Programs get the id unchanged. Text for people masks
// identity numbers in it.
//
// A value is a bool, a string, or a number: any Go integer type, a whole float64, or [json.Number].
// A set takes []string or []any. A date may be a [policy.Date] or a [time.Time], of which the day
// counts on which it falls in its own zone. A named type counts as the type below it, and a pointer
// as what it points to. A nil pointer and a zero date are unknown.
type Elder map[string]any

// Profile is a validated elder, encoded for evaluation in one jurisdiction on one date. A ruleset
// with the same attributes and figures accepts it. A profile with a date or month of birth is for
// its date only, because the age depends on it. A profile with the code of a division is for its
// jurisdiction only. Any other ruleset refuses the profile with a [*ProfileError]. Every ruleset
// refuses the zero Profile.
type Profile struct {
	ID    string
	Birth policy.Date // zero when the day is not known
	// BirthMonth is the first day of the month of birth, when the month is known and the day is
	// not. The age is then known only if everybody born in that month has the same age on the date.
	BirthMonth policy.Date
	// Elsewhere has a bit for each input of the vocabulary, the lowest bit for the first. A bit is
	// set when the input is the code of a division outside the jurisdiction.
	Elsewhere uint64

	cells Cells
	space *Space      // whose cells these are; nil of the zero Profile
	on    policy.Date // the only day it is for; zero when it is for any
	place string      // the only jurisdiction it is for; empty when it is for any
}

// OnAnyDay returns the profile for any day, with the age that it has.
func (p Profile) OnAnyDay() Profile {
	p.on = policy.Date{}
	return p
}

// OnlyBirth returns a profile with the same date of birth and nothing else. It is for any day.
func (p Profile) OnlyBirth() Profile { return Profile{Birth: p.Birth, space: p.space} }

// IsFor reports whether the profile is for a jurisdiction and a day.
func (p *Profile) IsFor(jurisdiction string, on policy.Date) bool {
	return p != nil && (p.on == on || p.on.IsZero()) && (p.place == jurisdiction || p.place == "")
}

// Cells returns what is known of the elder, in the order of the vocabulary. It returns a copy, so
// that nobody can give a profile a cell that its space does not have.
func (p *Profile) Cells() Cells {
	if p == nil {
		return Cells{}
	}
	return p.cells
}

// Cell returns one cell without copying the others.
func (p *Profile) Cell(axis int) uint8 {
	if p == nil || uint(axis) >= MaxAttributes {
		return Absent
	}
	return p.cells[axis]
}

// nowhere is the space of a profile with cells that its space does not have. No ruleset reads it.
var nowhere = &Space{Vocabulary: &policy.Vocabulary{}}

// Profile returns the profile of an elder who is known by cells only. If the space does not have
// the cells, every ruleset refuses the profile.
func (s *Space) Profile(c Cells) Profile { return s.With(Profile{}, c) }

// With returns a profile with other cells. [Space.Profile] says which cells are valid.
func (s *Space) With(p Profile, c Cells) Profile {
	if !s.has(&c) {
		c, s = Cells{}, nowhere
	}
	p.cells, p.space = c, s
	return p
}

// has reports whether the space has all these cells.
func (s *Space) has(c *Cells) bool {
	for i, cell := range c {
		if cell != Absent && !s.hasCell(i, cell) {
			return false
		}
	}
	return true
}

func (s *Space) hasCell(axis int, cell uint8) bool {
	return axis >= 0 && axis < len(s.Axes) && int(cell) < s.Axes[axis].Cells()
}

// Set changes one cell of a profile. If the space does not have the cell, or does not take the
// profile, it reports false and changes nothing.
func (s *Space) Set(p *Profile, axis int, cell uint8) bool {
	if p == nil || !s.hasCell(axis, cell) || !s.Takes(p) {
		return false
	}
	p.cells[axis] = cell
	return true
}

// ProfileError says that a ruleset cannot read a profile: it was not encoded, or it was encoded for
// other attributes or figures, or for another day or jurisdiction.
type ProfileError struct{}

// Error says what to do instead.
func (*ProfileError) Error() string {
	return "the profile was encoded for other attributes or figures, for another day or place, or not at all; encode the elder with the ruleset that is asked"
}

// MarshalJSON writes code and message.
func (e *ProfileError) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}{"other-profile", e.Error()})
}

// Takes reports whether a profile was encoded, and means the same in the space as in the one that
// encoded it.
func (s *Space) Takes(p *Profile) bool { return p.space == s || p.space != nil && s.means(p.space) }

// Notes returns what an answer should add: which codes lie outside the jurisdiction asked about. It
// returns nil when there is nothing to add.
func (s *Space) Notes(p *Profile) []string {
	var notes []string
	for i, in := range s.Vocabulary.Inputs {
		if p.Elsewhere>>i&1 == 1 {
			notes = append(notes, in.Name+" lies outside the jurisdiction asked about")
		}
	}
	return notes
}

// Problem is one thing wrong with an elder's attributes. It names attributes, never their values.
type Problem struct {
	// Code is unknown-attribute, wrong-type, out-of-range, impossible-date, bad-id-number,
	// unknown-division or contradiction.
	Code       string   `json:"code"`
	Attributes []string `json:"attributes"`
	Message    string   `json:"message"`
}

// Error holds everything that is wrong with an elder's attributes.
type Error struct {
	ID       string
	Problems []Problem
}

// Error names the attributes and what is wrong with each, one after another.
func (e *Error) Error() string {
	e = cmp.Or(e, &Error{})
	parts := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		parts[i] = fmt.Sprintf("%s [%s]", p.Message, p.Code)
		if len(p.Attributes) > 0 { // otherwise the message names them
			parts[i] = strings.Join(p.Attributes, ", ") + ": " + parts[i]
		}
	}
	return strings.Join(parts, "; ")
}

// MarshalJSON writes code, message and problems. It leaves out the ID, which belongs to the elder,
// as errors go to logs.
func (e *Error) MarshalJSON() ([]byte, error) {
	e = cmp.Or(e, &Error{})
	return json.Marshal(struct {
		Code     string    `json:"code"`
		Message  string    `json:"message"`
		Problems []Problem `json:"problems"`
	}{"wrong-input", e.Error(), append([]Problem{}, e.Problems...)})
}

// Encode validates and encodes an elder for a jurisdiction and an evaluation date. It derives what
// is given indirectly: age from birth_date or id_number, hukou_place from hukou_code, and whatever
// one attribute implies of another. The error is an [*Error] that holds all problems. Encode does
// not look for contradictions between attributes, as only the rules know them.
func (s *Space) Encode(e Elder, j policy.Jurisdiction, on policy.Date) (Profile, error) {
	if p, ok := s.encodePlain(e, j, on); ok {
		return p, nil
	}
	e = e.Natural()
	enc := encoder{space: s, jurisdiction: j, on: on}
	names := make([]string, 0, len(e))
	for name := range e {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if e[name] == nil {
			continue
		}
		if i, ok := s.index[name]; ok {
			enc.attribute(i, e[name])
		}
	}
	nameless := 0
	for _, name := range names { // after the attributes, which they may contradict
		if _, attribute := s.index[name]; attribute || e[name] == nil || name == "id" {
			continue
		}
		if in := s.Vocabulary.Input(name); in != nil {
			enc.input(in, e[name])
			continue
		}
		if !IsName(name) {
			nameless++
			continue
		}
		enc.problem("unknown-attribute", []string{name}, "no such attribute%s", s.suggest(name))
	}
	enc.derive()
	if nameless > 0 {
		enc.problem("unknown-attribute", nil, "%d of the keys cannot be the name of an attribute: %s", nameless, nameForm)
	}
	if e["id"] != nil && e.ID() == "" && e["id"] != "" {
		enc.problem("wrong-type", []string{"id"}, "must be text or a number")
	}
	if len(enc.problems) > 0 {
		return Profile{}, &Error{ID: e.ID(), Problems: enc.problems}
	}
	return enc.profile(e.ID()), nil
}

// ID returns the elder's "id". It is empty when there is none, or when it is neither text nor a
// number.
func (e Elder) ID() string {
	switch id := reflect.ValueOf(e["id"]); { // json.Number is a string too
	case id.Kind() == reflect.String:
		return id.String()
	case id.CanInt():
		return strconv.FormatInt(id.Int(), 10)
	case id.CanUint():
		return strconv.FormatUint(id.Uint(), 10)
	case id.CanFloat():
		return strconv.FormatFloat(id.Float(), 'f', -1, 64)
	}
	return ""
}

// attributeName matches whatever may be the name of an attribute, except for its length.
var attributeName = lazy.Regexp(`^[A-Za-z_][A-Za-z0-9_]*$`)

const (
	longestName = 64
	nameForm    = "a name has letters, digits and _, at most 64"
)

// IsName reports whether a key of an elder may be an attribute's name, and so may be shown. Any
// other key may be private, such as the elder's own name. An identity number is not a name.
func IsName(key string) bool {
	return len(key) <= longestName && attributeName().MatchString(key) && HideIDNumbers(key) == key
}

func (s *Space) suggest(name string) string {
	known := make([]string, 0, len(s.Axes))
	for _, a := range s.Vocabulary.Attributes {
		known = append(known, a.Name)
	}
	for _, in := range s.Vocabulary.Inputs {
		known = append(known, in.Name)
	}
	if near := policy.Nearest(name, known); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}

type encoder struct {
	space        *Space
	jurisdiction policy.Jurisdiction
	on           policy.Date
	cells        Cells
	derived      [MaxAttributes]origin // what an attribute was derived from
	birth        policy.Date
	month        policy.Date // of birth, its first day, unless the day is known
	birthOf      string      // the input that gave the day or month of birth
	elsewhere    uint64
	place        string // the jurisdiction, once the code of a division is given
	problems     []Problem
}

// origin is what an attribute was derived from: from [ofInput] on an input by its place in the
// vocabulary, below one more than an attribute. Zero is nothing. It is small, as each elder that is
// encoded has one for every attribute.
type origin uint16

const ofInput origin = 1 + MaxAttributes

// profile returns what is encoded.
func (enc *encoder) profile(id string) Profile {
	p := Profile{ID: id, cells: enc.cells, Birth: enc.birth, BirthMonth: enc.month, Elsewhere: enc.elsewhere, space: enc.space, place: enc.place}
	if !p.Birth.IsZero() || !p.BirthMonth.IsZero() {
		p.on = enc.on
	}
	return p
}

func (enc *encoder) problem(code string, attributes []string, format string, args ...any) {
	enc.problems = append(enc.problems, Problem{Code: code, Attributes: attributes, Message: fmt.Sprintf(format, args...)})
}

func (enc *encoder) attribute(i int, value any) {
	axis := &enc.space.Axes[i]
	name := []string{axis.Attribute.Name}
	var ok bool
	switch axis.Type {
	case policy.Boolean:
		if _, isBool := value.(bool); !isBool {
			enc.problem("wrong-type", name, "must be true or false")
			return
		}
		enc.cells[i], _ = axis.Cell(value)
	case policy.Enum:
		text, isText := value.(string)
		if !isText {
			enc.problem("wrong-type", name, "must be one of %s", allowed(axis))
			return
		}
		if enc.cells[i], ok = axis.Cell(text); !ok {
			enc.problem("out-of-range", name, "must be one of %s", allowed(axis))
		}
	case policy.Set:
		if code := enc.set(i, value); code != "" {
			enc.problem(code, name, "must be a list of different names out of %s", allowed(axis))
		}
	case policy.Integer:
		n, isInt := integer(value)
		if !isInt {
			enc.problem("wrong-type", name, "must be a whole number from %d to %d", axis.Min, axis.Max)
			return
		}
		if enc.cells[i], ok = axis.number(n); !ok {
			enc.problem("out-of-range", name, "must be a whole number from %d to %d", axis.Min, axis.Max)
		}
	}
}

func allowed(axis *Axis) string {
	names := make([]string, len(axis.Attribute.Values))
	for i, v := range axis.Attribute.Values {
		names[i] = v.Name
	}
	return strings.Join(names, ", ")
}

// integer returns a whole number of any Go number type, or of JSON. A number outside int64 becomes
// the nearest int64.
func integer(value any) (int64, bool) {
	if n, ok := value.(int); ok {
		return int64(n), true
	}
	switch v := reflect.ValueOf(value); {
	case v.CanInt():
		return v.Int(), true
	case v.CanUint():
		return int64(min(v.Uint(), math.MaxInt64)), true
	case v.CanFloat():
		f := v.Float()
		return int64(max(-1<<53, min(f, 1<<53))), f == math.Trunc(f) // larger floats are far outside every range
	}
	if n, ok := value.(json.Number); ok {
		return policy.ParseWhole(n.String())
	}
	return 0, false
}

func (enc *encoder) input(in *policy.Input, value any) {
	text, ok := value.(string)
	if !ok {
		enc.problem("wrong-type", []string{in.Name}, "must be text in quotes")
		return
	}
	enc.takeInput(in, text)
}

// takeInput derives the attribute that an input gives.
func (enc *encoder) takeInput(in *policy.Input, text string) {
	switch in.Type {
	case policy.BirthDate:
		if birth, err := policy.ParseDate(text); err == nil {
			enc.born(in, birth)
		} else if month, err := policy.ParseDate(text + "-01"); err == nil {
			enc.bornIn(in, month)
		} else {
			enc.noDay(in)
		}
	case policy.IDNumber:
		birth, err := BirthOfID(text)
		if err != nil {
			enc.problem("bad-id-number", []string{in.Name}, "%s", err)
			return
		}
		enc.born(in, birth)
	case policy.DivisionCode:
		if !isDivisionCode(text) {
			enc.problem("wrong-type", []string{in.Name}, "must be a division code of six or nine digits")
			return
		}
		if inNoProvince(text, enc.jurisdiction.Code) {
			enc.problem("unknown-division", []string{in.Name}, "the code is of no province")
			return
		}
		if at := place(text, enc.jurisdiction.Code); at != "" {
			enc.lies(in, at)
		}
	}
}

// noDay refuses what is no day or month of the calendar.
func (enc *encoder) noDay(in *policy.Input) {
	enc.problem("impossible-date", []string{in.Name}, "must be a day of the calendar as YYYY-MM-DD, or a month as YYYY-MM")
}

func (enc *encoder) born(in *policy.Input, birth policy.Date) {
	if birth.After(enc.on) {
		enc.problem("impossible-date", []string{in.Name}, "lies after the evaluation date")
		return
	}
	if !enc.birth.IsZero() && enc.birth != birth || !enc.month.IsZero() && !enc.month.InMonth(birth) {
		enc.otherBirth(in)
		return
	}
	enc.birth, enc.month, enc.birthOf = birth, policy.Date{}, in.Name
	enc.take(in, birth.AgeOn(enc.on))
}

// bornIn takes the month of birth, given by its first day. It gives the age when all who are born
// in that month have the same; otherwise it only limits what the age may be.
func (enc *encoder) bornIn(in *policy.Input, month policy.Date) {
	switch {
	case month.After(enc.on):
		enc.problem("impossible-date", []string{in.Name}, "lies after the evaluation date")
		return
	case !enc.birth.IsZero() && !enc.birth.InMonth(month), !enc.month.IsZero() && enc.month != month:
		enc.otherBirth(in)
		return
	case !enc.birth.IsZero(): // which says more
		return
	}
	enc.month, enc.birthOf = month, in.Name
	i := enc.space.givenBy(in)
	youngest, oldest := AgesIn(month, enc.on)
	least, _ := enc.space.Axes[i].Cell(youngest)
	most, _ := enc.space.Axes[i].Cell(oldest)
	if least == most {
		enc.take(in, oldest)
	} else if age := enc.cells[i]; age != Absent && age != least && age != most {
		enc.contradicts(i, in)
	}
}

// AgesIn returns the least and the greatest age on a day of somebody who was born in a month. Month
// is the first day of that month. The two ages differ by one at most.
func AgesIn(month, on policy.Date) (youngest, oldest int) {
	last := month.EndOfMonth()
	if last.After(on) {
		last = on
	}
	return last.AgeOn(on), month.AgeOn(on)
}

// otherBirth says that an input gives another date of birth than the one before.
func (enc *encoder) otherBirth(in *policy.Input) {
	enc.problem("contradiction", []string{enc.birthOf, in.Name}, "give different dates of birth")
}

// contradicts says that an input contradicts what is known of an attribute.
func (enc *encoder) contradicts(i int, in *policy.Input) {
	enc.problem("contradiction", []string{enc.origin(i), in.Name}, "contradict each other on the evaluation date")
}

// lies sets where a division lies: as a place, or as whether it is local.
func (enc *encoder) lies(in *policy.Input, at policy.Place) {
	enc.place = enc.jurisdiction.ID
	if at != policy.Here {
		enc.elsewhere |= 1 << slices.Index(enc.space.Vocabulary.Inputs, in)
	}
	if enc.space.Axes[enc.space.givenBy(in)].Type == policy.Boolean {
		enc.take(in, at == policy.Here)
		return
	}
	enc.take(in, string(at))
}

// take sets the attribute that in gives. It refuses a value that another input or the attribute
// itself contradicts.
func (enc *encoder) take(in *policy.Input, value any) {
	i := enc.space.givenBy(in)
	cell, ok := enc.space.Axes[i].Cell(value)
	if !ok {
		enc.problem("out-of-range", []string{in.Name}, "gives an impossible %s", in.Gives)
		return
	}
	if enc.cells[i] != Absent && enc.cells[i] != cell {
		enc.contradicts(i, in)
		return
	}
	enc.cells[i], enc.derived[i] = cell, ofInput+origin(slices.Index(enc.space.Vocabulary.Inputs, in))
}
