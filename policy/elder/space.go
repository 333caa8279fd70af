// Package elder validates the attributes of an elder and encodes them for evaluation.
//
// No function of this package puts an attribute's value into an error.
package elder

import (
	"math/big"
	"slices"
	"sort"
	"strconv"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
)

// MaxAttributes is the greatest number of axes that a vocabulary may have.
const MaxAttributes = policy.MaxAttributes

// Absent is the cell of an attribute that is not given. Before evaluation it means unknown. A rule
// sees no value.
const Absent = 0

// Cells holds an elder's attributes in the order of the vocabulary. Each is a cell of its Space:
// Absent, or one more than the index of the value.
type Cells [MaxAttributes]uint8

// Space is the set of all elders that a vocabulary can describe. It has one finite axis for each
// attribute, and for a set one axis for each value. It is immutable and safe for concurrent use.
type Space struct {
	Vocabulary *policy.Vocabulary
	Axes       []Axis
	Links      []Link         // in the order of the attributes that give others
	index      map[string]int // by an attribute's first axis
	given      []int          // the axes that the inputs of the vocabulary give
}

// Axis is one attribute with its values, or one value of a set: whether the elder has it. Cell i+1
// stands for Values[i].
//
// The axes of a set are given together or not at all: an elder for whom some values are named has
// no other values.
type Axis struct {
	*policy.Attribute
	// Member is the value of a set that the axis is about. It is nil for every other attribute.
	Member *policy.EnumValue
	// Values are bool, int or string, as a rule sees them. In a large whole number
	// ([policy.Attribute.IsLarge]), a cell is an interval within which no rule tells numbers apart.
	// Its value is the least number of the interval.
	Values []any
	// AskedOf is the index of the attribute that decides whether this one is asked. It is -1 when
	// this one is always asked.
	AskedOf int
	// AskedCells are the cells of that attribute for which this one is asked.
	AskedCells []uint8
}

// NewSpace returns the space of a vocabulary that was loaded without error. A whole number with too
// many values for a cell each is one interval.
func NewSpace(v *policy.Vocabulary) (*Space, error) { return NewSpaceOf(v, nil) }

// NewSpaceOf is [NewSpace] with intervals for such numbers: starts says, by attribute, where they
// begin. See [Starts].
func NewSpaceOf(v *policy.Vocabulary, starts map[string][]int) (*Space, error) {
	if v == nil {
		return nil, policy.CallError("the vocabulary is nil")
	}
	s := &Space{Vocabulary: v, index: make(map[string]int, len(v.Attributes))}
	for _, a := range v.Attributes {
		s.index[a.Name] = len(s.Axes)
		if a.Type != policy.Set {
			s.Axes = append(s.Axes, Axis{Attribute: a, Values: valuesOf(a, starts[a.Name]), AskedOf: -1})
			continue
		}
		for _, member := range a.Values {
			s.Axes = append(s.Axes, Axis{Attribute: a, Member: member, Values: []any{false, true}, AskedOf: -1})
		}
	}
	if len(s.Axes) > MaxAttributes {
		return nil, policy.Errorf("too-many-attributes", "the vocabulary has %d attributes, more than the %d supported", len(s.Axes), MaxAttributes)
	}
	for i := range s.Axes {
		axis := &s.Axes[i]
		if axis.Attribute.AskedOf == nil {
			continue
		}
		axis.AskedOf = s.index[axis.Attribute.AskedOf.Attribute]
		for _, value := range axis.Attribute.AskedOf.Values {
			cell, _ := s.Axes[axis.AskedOf].Cell(value)
			axis.AskedCells = append(axis.AskedCells, cell)
		}
	}
	for _, in := range v.Inputs {
		s.given = append(s.given, s.index[in.Gives])
	}
	s.link()
	return s, nil
}

// givenBy returns the axis that an input of the vocabulary gives.
func (s *Space) givenBy(in *policy.Input) int {
	return s.given[slices.Index(s.Vocabulary.Inputs, in)]
}

func valuesOf(a *policy.Attribute, starts []int) []any {
	var values []any
	switch {
	case a.Type == policy.Boolean:
		values = []any{false, true}
	case a.Type == policy.Enum:
		for _, v := range a.Values {
			values = append(values, v.Name)
		}
	case a.IsLarge():
		values = append(values, a.Min)
		for _, n := range starts {
			values = append(values, n)
		}
	default:
		for n := a.Min; n <= a.Max; n++ {
			values = append(values, n)
		}
	}
	return values
}

// MaxIntervals is the greatest number of intervals that an attribute may have.
const MaxIntervals = box.MaxCells - 2

// Starts returns the first number of each interval of an attribute that rules compare with
// constants. It leaves out the first interval. An interval begins at each constant and just after
// it, because a number may be below, at or above a constant.
func Starts(a *policy.Attribute, constants []*big.Rat) []int {
	var starts []int
	for _, c := range constants {
		floor := new(big.Int).Div(c.Num(), c.Denom()) // rounded down
		for _, n := range []*big.Int{new(big.Int).Neg(new(big.Int).Div(new(big.Int).Neg(c.Num()), c.Denom())), floor.Add(floor, big.NewInt(1))} {
			if n.IsInt64() && n.Int64() > int64(a.Min) && n.Int64() <= int64(a.Max) {
				starts = append(starts, int(n.Int64()))
			}
		}
	}
	slices.Sort(starts)
	return slices.Compact(starts)
}

// Starts returns where the intervals of a large whole number begin, without the first. For any
// other attribute it returns nil.
func (s *Space) Starts(attribute string) []int {
	i, ok := s.index[attribute]
	if !ok || !s.Axes[i].IsLarge() {
		return nil
	}
	var starts []int
	for _, n := range s.Axes[i].Values[1:] {
		starts = append(starts, n.(int))
	}
	return starts
}

// Index returns the place of an attribute in the space; for a set, that of its first axis.
func (s *Space) Index(attribute string) (int, bool) {
	i, ok := s.index[attribute]
	return i, ok
}

// Indexes returns the places of all axes of an attribute, or none for an unknown attribute.
func (s *Space) Indexes(attribute string) []int {
	first, ok := s.index[attribute]
	if !ok {
		return nil
	}
	_, end := s.Group(first)
	all := make([]int, 0, end-first)
	for i := first; i < end; i++ {
		all = append(all, i)
	}
	return all
}

// Group returns the places of all axes of the attribute that an axis belongs to: several for a set,
// else one.
func (s *Space) Group(axis int) (first, end int) {
	a := s.Axes[axis].Attribute
	first = s.index[a.Name]
	return first, first + a.Axes()
}

// First reports whether an axis is the first of its attribute. Callers use it to do something once
// for each attribute.
func (s *Space) First(axis int) bool { return s.index[s.Axes[axis].Attribute.Name] == axis }

// All returns the set of all cells of an attribute, Absent included.
func (s *Space) All(attribute int) box.Set {
	return box.Range(0, uint8(s.Axes[attribute].Cells()-1))
}

// Values returns the cells of an attribute for elders of whom everything is known: its values, and
// Absent if it is asked only of some elders.
func (s *Space) Values(attribute int) box.Set {
	if s.Axes[attribute].AskedOf >= 0 {
		return s.All(attribute)
	}
	return box.Range(1, uint8(s.Axes[attribute].Cells()-1))
}

// Cells returns the number of cells of the axis, Absent included.
func (a *Axis) Cells() int { return len(a.Values) + 1 }

// Cell returns the cell of a value.
func (a *Axis) Cell(value any) (uint8, bool) {
	if n, ok := value.(int); ok && a.Type == policy.Integer {
		return a.number(int64(n))
	}
	for i, v := range a.Values {
		if v == value {
			return uint8(i + 1), true
		}
	}
	return Absent, false
}

// number returns the cell of a whole number, and false when there is none.
func (a *Axis) number(n int64) (uint8, bool) {
	switch {
	case n < int64(a.Min) || n > int64(a.Max):
		return Absent, false
	case !a.IsLarge():
		return uint8(n-int64(a.Min)) + 1, true
	}
	beyond := sort.Search(len(a.Values), func(i int) bool { return int64(a.Values[i].(int)) > n })
	return uint8(beyond), true
}

// Numbers returns the least and the greatest number in a cell of whole numbers.
func (a *Axis) Numbers(cell uint8) (low, high int) {
	low = a.Values[cell-1].(int)
	switch {
	case !a.IsLarge():
		return low, low
	case int(cell) == len(a.Values):
		return low, a.Max
	}
	return low, a.Values[cell].(int) - 1
}

// Value returns the value of a cell, or nil for Absent and for a cell that the axis does not have.
func (a *Axis) Value(cell uint8) any {
	if cell == Absent || int(cell) >= a.Cells() {
		return nil
	}
	return a.Values[cell-1]
}

// Words returns a cell in words, as an official reads it: 是, 80岁, 低保, 含视力.
func (a *Axis) Words(cell uint8, english bool) string {
	if cell == Absent {
		return pick(english, "not given", "未提供")
	}
	switch v := a.Values[cell-1].(type) {
	case bool:
		if a.Member != nil {
			return a.has(v, english)
		}
		if v {
			return pick(english, "yes", "是")
		}
		return pick(english, "no", "否")
	case int:
		_, high := a.Numbers(cell)
		unit := pick(english, "", a.Unit)
		switch {
		case v == high:
			return strconv.Itoa(v) + unit
		case high == a.Max:
			return "≥ " + strconv.Itoa(v) + unit
		case v == a.Min:
			return "≤ " + strconv.Itoa(high) + unit
		}
		return strconv.Itoa(v) + "–" + strconv.Itoa(high) + unit
	default:
		e := a.Attribute.Values[cell-1]
		return pick(english, e.English, e.Label)
	}
}

// has says in words whether a set has the value of the axis.
func (a *Axis) has(has, english bool) string {
	if has {
		return pick(english, "with "+a.Member.English, "含"+a.Member.Label)
	}
	return pick(english, "without "+a.Member.English, "不含"+a.Member.Label)
}

// Name returns the attribute's label in Chinese or English.
func (a *Axis) Name(english bool) string { return pick(english, a.English, a.Label) }

func pick(english bool, en, zh string) string {
	if english {
		return en
	}
	return zh
}

// AbsentCell returns the cell that stands for a missing attribute in a closed world: false, no
// value of a set, or the value that the vocabulary names. It returns Absent where no value means
// "nothing", as for an age, and for the ability to care for oneself.
func (a *Axis) AbsentCell() uint8 {
	if a.Type == policy.Boolean || a.Type == policy.Set {
		return 1
	}
	cell, _ := a.Cell(a.Absent)
	return cell
}

// Close returns c with every missing attribute taken as absent: false, an empty set, or the value
// that the vocabulary names. An attribute without such a value stays missing.
func (s *Space) Close(c Cells) Cells {
	for i := range s.Axes {
		if c[i] == Absent {
			c[i] = s.Axes[i].AbsentCell()
		}
	}
	return c
}

// Input returns the elder as rules see it: the given attributes by name. A set is the list of the
// values that the elder has, in the order of the vocabulary.
func (s *Space) Input(c Cells) map[string]any {
	input := make(map[string]any, len(s.Axes))
	for i := range s.Axes {
		axis := &s.Axes[i]
		switch {
		case c[i] == Absent:
		case axis.Member == nil:
			input[axis.Attribute.Name] = axis.Values[c[i]-1]
		default:
			has, _ := input[axis.Attribute.Name].([]any)
			if has == nil {
				has = []any{}
			}
			if c[i] == held {
				has = append(has, axis.Member.Name)
			}
			input[axis.Attribute.Name] = has
		}
	}
	return input
}

// These are the cells of an axis of a set.
const (
	notHeld = 1
	held    = 2
)

// Elder returns c as an Elder, to show a witness.
func (s *Space) Elder(c Cells) Elder { return Elder(s.Input(c)) }

// Asked reports whether attribute i may apply to an elder of whom c is known.
func (s *Space) Asked(i int, c Cells) bool {
	axis := &s.Axes[i]
	if axis.AskedOf < 0 || c[axis.AskedOf] == Absent {
		return true
	}
	for _, cell := range axis.AskedCells {
		if c[axis.AskedOf] == cell {
			return true
		}
	}
	return false
}

// Plainest returns the elder in the boxes who has the fewest values other than false, none and 0.
func (s *Space) Plainest(boxes []box.Box) Cells {
	var best Cells
	fewest := -1
	for _, b := range boxes {
		var cells Cells
		unusual := 0
		for i := range s.Axes {
			admits, constrained := b.Side(i)
			if !constrained {
				admits = s.Values(i)
			}
			if cells[i] = s.Axes[i].AbsentCell(); !admits.Has(cells[i]) {
				cells[i] = admits.Cells()[0]
				unusual++
			}
		}
		s.Fit(&cells)
		if fewest < 0 || unusual < fewest {
			best, fewest = cells, unusual
		}
	}
	return best
}
