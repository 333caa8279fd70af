package elder

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unsafe"

	"github.com/basic-eldercare/eldercare/policy"
)

// Binding encodes elders that a program keeps in its own structs. It is immutable and safe for
// concurrent use.
type Binding[T any] struct {
	space  *Space
	fields []field
}

// field is a field of the struct that is an attribute, an input, or the id.
type field struct {
	name    string
	offset  uintptr
	pointer bool
	of      reflect.Type
	axis    int           // index of an attribute, else -1
	input   *policy.Input // nil for an attribute, and for the id
}

// Bind maps the fields of the struct T to attributes and inputs of a vocabulary by their tags:
// `eldercare:"age"`. A field without a tag is left out. Fields of embedded structs count as fields
// of T. As in Go, a field of T hides a field of the same name in an embedded struct. Two embedded
// structs must not both have a field of one name if either field has a tag.
//
// These types fit:
//
//   - a bool for an attribute that is true or false;
//   - any integer type for a whole number;
//   - any string type for an enum;
//   - a []string, or a slice of any string type, for a set;
//   - a string of the form YYYY-MM-DD or YYYY-MM, a [time.Time] or a [policy.Date] for a date;
//   - a string or an integer for "id".
//
// A named type fits if its underlying type does. A pointer to any of these fits too. A [time.Time]
// stands for its day in its own zone: convert a time in UTC to China's zone first. A nil pointer, a
// nil slice, an empty string and a zero date are unknown. A zero number, false and an empty slice
// are values.
//
// The error is a [*BindError] that names every field that does not fit.
func Bind[T any](space *Space) (*Binding[T], error) {
	t := reflect.TypeFor[T]()
	if t.Kind() != reflect.Struct {
		return nil, &BindError{[]BindProblem{{Message: fmt.Sprintf("%s is not a struct", t)}}}
	}
	if space == nil || space.Vocabulary == nil {
		return nil, &BindError{[]BindProblem{{Message: "there are no attributes to bind to: give the space of a ruleset"}}}
	}
	b := &Binding[T]{space: space}
	seen := map[string]string{}
	wrong := unreachable(t)
	for _, f := range reflect.VisibleFields(t) {
		name, tagged := tagOf(f)
		if !tagged {
			continue
		}
		bound, err := bindField(space, t, f, name)
		if other := seen[name]; err == nil && other != "" {
			err = fmt.Errorf("field %s has this tag already", other)
		}
		seen[name] = f.Name
		if err != nil {
			wrong = append(wrong, BindProblem{f.Name, name, err.Error()})
			continue
		}
		b.fields = append(b.fields, bound)
	}
	if len(seen)+len(wrong) == 0 {
		wrong = append(wrong, BindProblem{Message: fmt.Sprintf(`%s has no field with a tag such as eldercare:"age"`, t)})
	}
	if len(wrong) > 0 {
		return nil, &BindError{wrong}
	}
	return b, nil
}

// tagOf returns what a field is, and false when it is left out.
func tagOf(f reflect.StructField) (name string, tagged bool) {
	name, tagged = f.Tag.Lookup("eldercare")
	return name, tagged && name != "-"
}

// unreachable names the fields of embedded structs that have a tag, but cannot be reached, because
// another as deep has the same name.
func unreachable(t reflect.Type) (wrong []BindProblem) {
	all := map[string][]embedded{}
	var names []string
	collect(t, 0, "", map[reflect.Type]bool{}, func(f embedded) {
		if all[f.Name] == nil {
			names = append(names, f.Name)
		}
		all[f.Name] = append(all[f.Name], f)
	})
	for _, name := range names {
		if _, reached := t.FieldByName(name); reached {
			continue // and it hides the others
		}
		of := all[name]
		slices.SortStableFunc(of, func(f, g embedded) int { return cmp.Compare(f.depth, g.depth) })
		for _, f := range of {
			if tag, tagged := tagOf(f.StructField); tagged {
				other := of[0]
				if other.path == f.path {
					other = of[1]
				}
				wrong = append(wrong, BindProblem{f.path, tag, fmt.Sprintf(
					"%s has the same name, so that neither can be reached; give one of them another name", other.path)})
				break
			}
		}
	}
	return wrong
}

// embedded is a field of a struct, or of one embedded in it.
type embedded struct {
	reflect.StructField
	path  string
	depth int
}

// collect passes on all fields of a struct and of those embedded in it, but none of a struct within
// itself.
func collect(t reflect.Type, depth int, path string, within map[reflect.Type]bool, found func(embedded)) {
	if within[t] {
		return
	}
	within[t] = true
	defer delete(within, t)
	for i := range t.NumField() {
		f := t.Field(i)
		found(embedded{f, path + f.Name, depth})
		of := f.Type
		if of.Kind() == reflect.Pointer {
			of = of.Elem()
		}
		if f.Anonymous && of.Kind() == reflect.Struct {
			collect(of, depth+1, path+f.Name+".", within, found)
		}
	}
}

// BindError holds everything that is wrong with a struct that was to be bound.
type BindError struct{ Problems []BindProblem }

// BindProblem is one thing wrong with a struct.
type BindProblem struct {
	Field   string `json:"field,omitempty"` // empty when it is about the struct as a whole
	Tag     string `json:"tag,omitempty"`
	Message string `json:"message"`
}

// Error says what is wrong, one field a line.
func (e *BindError) Error() string {
	var lines []string
	for _, p := range cmp.Or(e, &BindError{}).Problems {
		if p.Field == "" {
			lines = append(lines, p.Message)
			continue
		}
		lines = append(lines, fmt.Sprintf("field %s, %q: %s", p.Field, p.Tag, p.Message))
	}
	return strings.Join(lines, "\n")
}

// MarshalJSON writes code, message and problems.
func (e *BindError) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Code     string        `json:"code"`
		Message  string        `json:"message"`
		Problems []BindProblem `json:"problems"`
	}{"wrong-binding", e.Error(), append([]BindProblem{}, cmp.Or(e, &BindError{}).Problems...)})
}

func bindField(space *Space, t reflect.Type, f reflect.StructField, name string) (field, error) {
	bound := field{name: name, of: f.Type, axis: -1}
	if !f.IsExported() {
		return bound, errors.New("the field is not exported")
	}
	offset, ok := offsetOf(t, f.Index)
	if !ok {
		return bound, errors.New("the field lies behind a pointer to an embedded struct; embed the struct itself")
	}
	if bound.offset = offset; f.Type.Kind() == reflect.Pointer {
		bound.pointer, bound.of = true, f.Type.Elem()
	}
	if i, isAttribute := space.Index(name); isAttribute {
		bound.axis = i
		return bound, bound.takes(wants[space.Axes[i].Type])
	}
	if bound.input = space.Vocabulary.Input(name); bound.input != nil {
		return bound, bound.takes(wants[policy.AttributeType(bound.input.Type)])
	}
	if name == "id" {
		return bound, bound.takes(want{"a string or an integer", func(t reflect.Type) bool { return isText(t) || isInteger(t) }})
	}
	return bound, fmt.Errorf("there is no such attribute%s", space.suggest(name))
}

// offsetOf returns where a field lies in its struct, or in a struct embedded in it.
func offsetOf(t reflect.Type, index []int) (uintptr, bool) {
	offset := uintptr(0)
	for _, i := range index {
		if t.Kind() != reflect.Struct {
			return 0, false
		}
		f := t.Field(i)
		offset += f.Offset
		t = f.Type
	}
	return offset, true
}

// want says which Go types can hold something.
type want struct {
	words string
	is    func(reflect.Type) bool
}

// wants lists the Go types that fit each type of attribute or input.
var wants = map[policy.AttributeType]want{
	policy.Boolean:                        {"a bool", func(t reflect.Type) bool { return t.Kind() == reflect.Bool }},
	policy.Integer:                        {"an integer type", isInteger},
	policy.Set:                            {"[]string", isTexts},
	policy.Enum:                           {"a string type", isText},
	policy.AttributeType(policy.IDNumber): {"a string type", isText},
	policy.AttributeType(policy.DivisionCode): {"a string type", isText},
	policy.AttributeType(policy.BirthDate): {"a string type, time.Time or Date", func(t reflect.Type) bool {
		return isText(t) || isOf(t, timeType) || isOf(t, dateType)
	}},
}

var timeType, dateType, textsType = reflect.TypeFor[time.Time](), reflect.TypeFor[policy.Date](), reflect.TypeFor[[]string]()

func isText(t reflect.Type) bool { return t.Kind() == reflect.String }

func isInteger(t reflect.Type) bool {
	return t.Kind() >= reflect.Int && t.Kind() <= reflect.Uint64
}

func isTexts(t reflect.Type) bool { return t.Kind() == reflect.Slice && isText(t.Elem()) }

// isOf reports whether a type is a struct, or has it as its underlying type.
func isOf(t, structure reflect.Type) bool {
	return t.Kind() == reflect.Struct && t.ConvertibleTo(structure)
}

// takes returns an error unless the field can hold what is wanted. A list, a time or a date of a
// named type is read as what it is of, which lies in memory alike.
func (f *field) takes(w want) error {
	if w.is == nil || !w.is(f.of) {
		return fmt.Errorf("the attribute needs %s, but the field is %s", w.words, f.of)
	}
	switch {
	case isTexts(f.of):
		f.of = textsType
	case isOf(f.of, timeType):
		f.of = timeType
	case isOf(f.of, dateType):
		f.of = dateType
	}
	return nil
}

// Fits reports whether what the binding encodes means the same in a space.
func (b *Binding[T]) Fits(s *Space) bool {
	return b.space == s || b.space.means(s)
}

// Encode validates and encodes an elder as [Space.Encode] does, with the same errors. It allocates
// nothing for an elder without a problem whose id is a string.
func (b *Binding[T]) Encode(v *T, j policy.Jurisdiction, on policy.Date) (Profile, error) {
	return b.EncodeIn(b.space, v, j, on)
}

// EncodeIn is [Binding.Encode] for another space. [Binding.Fits] must report true for it.
func (b *Binding[T]) EncodeIn(s *Space, v *T, j policy.Jurisdiction, on policy.Date) (Profile, error) {
	if v == nil {
		return Profile{}, policy.CallError("the elder is nil")
	}
	enc := encoder{space: b.space, jurisdiction: j, on: on}
	id := ""
	for i := range b.fields {
		f := &b.fields[i]
		at := f.at(unsafe.Pointer(v))
		if at == nil || f.input != nil {
			continue
		}
		if f.axis < 0 {
			id = f.id(at)
			continue
		}
		if f.of == textsType {
			if list := *(*[]string)(at); list != nil && enc.hold(f.axis, list) != "" {
				return b.slowly(s, v, j, on)
			}
			continue
		}
		cell, ok := f.cell(at, &b.space.Axes[f.axis])
		if !ok {
			return b.slowly(s, v, j, on)
		}
		enc.cells[f.axis] = cell
	}
	for i := range b.fields { // after the attributes, which they may contradict
		f := &b.fields[i]
		if at := f.at(unsafe.Pointer(v)); at != nil && f.input != nil {
			f.give(&enc, at)
		}
	}
	if len(enc.problems) > 0 || !b.space.derive(&enc.cells) {
		return b.slowly(s, v, j, on)
	}
	p := enc.profile(id)
	p.space = s
	return p, nil
}

// slowly encodes an elder that has a problem, so that all problems are reported.
func (b *Binding[T]) slowly(s *Space, v *T, j policy.Jurisdiction, on policy.Date) (Profile, error) {
	e := Elder{}
	for i := range b.fields {
		f := &b.fields[i]
		at := f.at(unsafe.Pointer(v))
		if at == nil {
			continue
		}
		switch value := reflect.NewAt(f.of, at).Elem(); {
		case isText(f.of):
			if value.String() != "" {
				e[f.name] = value.String()
			}
		case f.of == timeType, f.of == dateType:
			if d := f.date(at); !d.IsZero() {
				e[f.name] = d.String()
			}
		case f.of.Kind() == reflect.Bool:
			e[f.name] = value.Bool()
		default:
			e[f.name] = value.Interface()
		}
	}
	return s.Encode(e, j, on)
}

// at returns a pointer to the field's value in a struct, or nil when the field is a nil pointer.
func (f *field) at(structure unsafe.Pointer) unsafe.Pointer {
	at := unsafe.Add(structure, f.offset)
	if f.pointer {
		return *(*unsafe.Pointer)(at)
	}
	return at
}

func (f *field) id(at unsafe.Pointer) string {
	if isText(f.of) {
		return *(*string)(at)
	}
	if n, fits := f.whole(at); fits {
		return strconv.FormatInt(n, 10)
	}
	return strconv.FormatUint(*(*uint64)(at), 10)
}

// cell returns the cell of a value, and false when there is none.
func (f *field) cell(at unsafe.Pointer, axis *Axis) (uint8, bool) {
	switch axis.Type {
	case policy.Boolean:
		if *(*bool)(at) {
			return 2, true
		}
		return 1, true
	case policy.Enum:
		text := *(*string)(at)
		if text == "" {
			return Absent, true
		}
		cell := axis.named(text)
		return cell, cell != Absent
	default:
		n, ok := f.whole(at)
		if !ok {
			return Absent, false
		}
		return axis.number(n)
	}
}

// whole returns the whole number in a field, and false when it does not fit into an int64.
func (f *field) whole(at unsafe.Pointer) (int64, bool) {
	switch f.of.Kind() {
	case reflect.Int:
		return int64(*(*int)(at)), true
	case reflect.Int8:
		return int64(*(*int8)(at)), true
	case reflect.Int16:
		return int64(*(*int16)(at)), true
	case reflect.Int32:
		return int64(*(*int32)(at)), true
	case reflect.Int64:
		return *(*int64)(at), true
	case reflect.Uint8:
		return int64(*(*uint8)(at)), true
	case reflect.Uint16:
		return int64(*(*uint16)(at)), true
	case reflect.Uint32:
		return int64(*(*uint32)(at)), true
	case reflect.Uint:
		n := uint64(*(*uint)(at)) // int may have 32 bits
		return int64(n), n <= 1<<63-1
	default:
		n := *(*uint64)(at)
		return int64(n), n <= 1<<63-1
	}
}

// date returns the date in a field, or the zero Date when none is given.
func (f *field) date(at unsafe.Pointer) policy.Date {
	if f.of == dateType {
		return *(*policy.Date)(at)
	}
	if t := *(*time.Time)(at); !t.IsZero() {
		return policy.DateOf(t)
	}
	return policy.Date{}
}

// give passes an input to the encoder unless it is empty.
func (f *field) give(enc *encoder, at unsafe.Pointer) {
	if isText(f.of) {
		if text := *(*string)(at); text != "" {
			enc.takeInput(f.input, text)
		}
		return
	}
	switch d := f.date(at); {
	case d.IsZero():
	case !d.Exists():
		enc.noDay(f.input)
	default:
		enc.born(f.input, d)
	}
}
