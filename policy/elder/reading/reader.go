// Package reading reads what people write about an elder: the headers of a register's columns, and
// its cells as text or numbers. It knows the words of a vocabulary, and no file formats.
//
// What may mean two things is a [Problem], and not guessed. A blank is unknown, and so is a word
// that says so, such as 不详. Blanks around a cell do not matter, and neither do width and case
// (Unicode's NFKC).
//
// A date is a day, with a year of four digits: 1946-03-01, 1946/3/1, 1946.3.1, 19460301,
// 1946年3月1日. It may be a month alone: 1946-03, 1946/3, 1946.3, 194603, 1946年3月. Digits that
// may be the day number of a spreadsheet are not a date, unless the spreadsheet holds them as a
// number ([Reader.Number]).
//
// A division code is checked against the table of present and former codes (GB/T 2260), and against
// the jurisdictions given to [New]. Of a township's code the first six digits are checked. The
// known names of divisions are those of the table and of these jurisdictions.
package reading

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/basic-eldercare/eldercare/policy"
)

// Reader reads headers and cells in the words of one vocabulary. It is immutable and safe for
// concurrent use.
type Reader struct {
	fields map[string]Field             // by folded header
	asked  map[string]Asked             // by folded header
	words  map[*policy.Attribute]values // of yes-no and enum attributes
	places func() *places
}

// values returns the values of an attribute by folded cell. They are made at first use, as few of
// all words are ever read.
type values func() map[string]any

// of returns the value that a folded cell means. It is nil when it means none, or the attribute has
// no words.
func (v values) of(cell string) any {
	if v == nil {
		return nil
	}
	return v()[cell]
}

// Field is what a column holds: an attribute, an input, or the elder's id when both are nil.
type Field struct {
	Name      string // the key of an elder
	Attribute *policy.Attribute
	Input     *policy.Input
}

// Problem says why a cell cannot be read. Neither its code nor its message repeats the cell.
type Problem struct {
	Code    string // unreadable, out-of-range, impossible-date, bad-id-number, unknown-division or ambiguous-division
	Message string
}

// These are the codes of problems.
const (
	Unreadable        = "unreadable"
	OutOfRange        = "out-of-range"
	ImpossibleDate    = "impossible-date"
	BadIDNumber       = "bad-id-number"
	UnknownDivision   = "unknown-division"
	AmbiguousDivision = "ambiguous-division"
)

func unreadable(message string) *Problem { return &Problem{Unreadable, message} }

// idHeaders lists headers of the column that names an elder; the vocabulary's own words come first.
var idHeaders = []string{"编号", "人员编号", "老人编号", "老年人编号", "档案编号"}

// New makes a reader for a vocabulary; without one it knows no word but "id". It reads the names of
// the jurisdictions as divisions.
func New(v *policy.Vocabulary, jurisdictions ...policy.Jurisdiction) *Reader {
	v = cmp.Or(v, &policy.Vocabulary{})
	r := &Reader{
		words:  map[*policy.Attribute]values{},
		places: sync.OnceValue(func() *places { return newPlaces(jurisdictions) }),
	}
	names, labels, aliases := glossary[Field]{}, glossary[Field]{}, glossary[Field]{}
	names.add(Field{Name: "id"}, foldHeader, "id")
	for _, a := range v.Attributes {
		f := Field{Name: a.Name, Attribute: a}
		names.add(f, foldHeader, a.Name)
		labels.add(f, foldHeader, a.Label, a.English)
		aliases.add(f, foldHeader, a.Aliases...)
		switch a.Type {
		case policy.Boolean:
			r.words[a] = sync.OnceValue(func() map[string]any { return yesNo(a) })
		case policy.Enum, policy.Set:
			r.words[a] = sync.OnceValue(func() map[string]any { return named(a) })
		}
	}
	for _, in := range v.Inputs {
		f := Field{Name: in.Name, Input: in}
		names.add(f, foldHeader, in.Name)
		labels.add(f, foldHeader, in.Label, in.English)
		aliases.add(f, foldHeader, in.Aliases...)
	}
	ids := glossary[Field]{}
	ids.add(Field{Name: "id"}, foldHeader, idHeaders...)
	r.fields = join(names, labels, aliases, ids)
	r.asked = r.askedOf(v)
	return r
}

// glossary says what words mean. A word with two meanings has none of them: its entry is the zero
// value.
type glossary[T comparable] map[string]T

func (g glossary[T]) add(meaning T, fold func(string) string, words ...string) {
	for _, word := range words {
		word = fold(word)
		if before, taken := g[word]; taken && before != meaning {
			var none T
			g[word] = none
			continue
		}
		g[word] = meaning
	}
}

// join makes one glossary of several. An earlier one takes precedence.
func join[T comparable](glossaries ...glossary[T]) map[string]T {
	all := map[string]T{}
	for _, g := range slices.Backward(glossaries) {
		for word, meaning := range g {
			all[word] = meaning
		}
	}
	delete(all, "")
	return all
}

// named returns the words for the values of an enum attribute.
func named(a *policy.Attribute) map[string]any {
	names, labels, aliases := glossary[any]{}, glossary[any]{}, glossary[any]{}
	for _, v := range a.Values {
		names.add(v.Name, foldCell, v.Name)
		labels.add(v.Name, foldCell, v.Label, v.English)
		aliases.add(v.Name, foldCell, v.Aliases...)
	}
	return join(names, labels, aliases)
}

// yesNo returns the words for the values of a yes-no attribute: those that fit every one, and its
// own label with or without a no before it.
func yesNo(a *policy.Attribute) map[string]any {
	words, own := glossary[any]{}, glossary[any]{}
	words.add(true, foldCell, "true", "t", "yes", "y", "1", "是", "是的", "对", "属于", "符合", "√", "✓", "✔", "☑")
	words.add(false, foldCell, "false", "f", "no", "n", "0", "否", "不是", "不属于", "不符合", "×", "✕", "✖", "✗", "✘", "╳", "☒")
	if !strings.HasPrefix(a.Label, "无") { // nobody knows whether 无 says yes to 无赡养人
		words.add(true, foldCell, "有")
		words.add(false, foldCell, "无", "没有")
	}
	for _, word := range append([]string{a.Label}, a.Aliases...) {
		own.add(true, foldCell, word, "是"+word, "已"+word)
		own.add(false, foldCell, "不"+word, "非"+word, "未"+word, "不是"+word)
	}
	return join(words, own)
}

// remarks lists what may stand in brackets after a header, beside a unit.
var remarks = []string{"岁", "周岁", "必填", "选填", "是/否", "有/无", "y/n"}

// askingPrefixes may stand before what is asked.
var askingPrefixes = []string{"是否属于", "是否为", "是否"}

// undressed returns a clean header without the stars, colons and question marks around it.
func undressed(text string) string { return strings.Trim(text, "*:? ") }

// Field returns what a column header or a key means. It reports false when that is unknown. It
// accepts the name of an attribute or input, its Chinese and English labels, and its aliases. It
// ignores 是否 before a yes-no attribute, a unit in brackets, a star and a colon.
func (r *Reader) Field(header string) (Field, bool) {
	if len(header) > longestCell {
		return Field{}, false
	}
	text := clean(header)
	if f := r.fields[foldHeader(text)]; f.Name != "" {
		return f, true
	}
	text = undressed(text)
	if before, remark, ok := strings.Cut(strings.TrimSuffix(text, ")"), "("); ok && len(before)+len(remark)+2 == len(text) {
		f, found := r.Field(before)
		remark = foldCell(remark)
		if found && (slices.Contains(remarks, remark) || f.Attribute != nil && remark != "" && remark == foldCell(f.Attribute.Unit)) {
			return f, true
		}
		return Field{}, false
	}
	for _, prefix := range askingPrefixes {
		if asked, ok := strings.CutPrefix(text, prefix); ok {
			f := r.fields[foldHeader(asked)]
			if f.Attribute != nil && f.Attribute.Type == policy.Boolean {
				return f, true
			}
		}
	}
	f := r.fields[foldHeader(text)]
	return f, f.Name != ""
}

// Nearest returns the name or label that an unknown header most likely means, or "" when none is
// near.
func (r *Reader) Nearest(header string) string {
	var known []string
	for _, f := range r.fields {
		known = append(known, f.Name)
		switch {
		case f.Attribute != nil:
			known = append(known, f.Attribute.Label)
		case f.Input != nil:
			known = append(known, f.Input.Label)
		}
	}
	slices.Sort(known) // of two that are as near the first
	return policy.Nearest(clean(header), known)
}

// longestCell is the greatest number of bytes of a cell or a header that may mean something.
const longestCell = 256

// Value reads a cell. It returns nil for a blank, and otherwise a value that [elder.Elder] takes:
// true or false, an int, or text. Text may be a date as YYYY-MM-DD, a month of birth as YYYY-MM, an
// identity number of 18 characters, or a division code. What cannot be read is a problem.
func (r *Reader) Value(f Field, cell string) (any, *Problem) {
	if f.Attribute == nil && f.Input == nil {
		if id := strings.TrimSpace(cell); id != "" {
			return id, nil
		}
		return nil, nil
	}
	if len(cell) > longestCell {
		return nil, unread(f)
	}
	set := f.Attribute != nil && f.Attribute.Type == policy.Set
	if value := r.words[f.Attribute].of(cell); value != nil && !set { // most cells are written so
		return value, nil
	}
	text := clean(cell)
	if set && text != "" {
		return r.set(f, text)
	}
	if text == "" {
		return nil, nil
	}
	value, problem := r.read(f, text)
	// somebody without an identity number has not told a date
	if problem != nil && (isBlank(text) || f.Input != nil && slices.Contains(nothing, text)) {
		return nil, nil
	}
	return value, problem
}

// set reads several values of a set, or a word that says there are none.
func (r *Reader) set(f Field, text string) (any, *Problem) {
	list := []any{}
	if slices.Contains(nothing, text) {
		return list, nil
	}
	for part := range strings.FieldsFuncSeq(text, func(c rune) bool { return strings.ContainsRune("、,，;；/", c) }) {
		value := r.words[f.Attribute].of(foldCell(strings.TrimSpace(part)))
		if value == nil {
			return nil, unread(f)
		}
		if !slices.Contains(list, value) {
			list = append(list, value)
		}
	}
	return list, nil
}

// read reads a clean cell that is not empty.
func (r *Reader) read(f Field, text string) (any, *Problem) {
	switch {
	case f.Attribute != nil && f.Attribute.Type == policy.Integer:
		return integer(f.Attribute, text)
	case f.Attribute != nil:
		if value := r.words[f.Attribute].of(foldCell(text)); value != nil {
			return value, nil
		}
		return nil, unread(f)
	case f.Input.Type == policy.BirthDate:
		return date(text)
	case f.Input.Type == policy.IDNumber:
		return idNumber(text)
	}
	return r.places().division(text)
}

// unread returns the problem of a cell that means nothing known, with what can be written instead.
func unread(f Field) *Problem {
	switch {
	case f.Attribute == nil:
		return unreadable("cannot be read")
	case f.Attribute.Type == policy.Boolean:
		return unreadable("write 是 or 否")
	case f.Attribute.Type == policy.Integer:
		return unreadable(wholeNumber(f.Attribute))
	}
	labels := make([]string, len(f.Attribute.Values))
	for i, v := range f.Attribute.Values {
		labels[i] = v.Label
	}
	return unreadable("write one of " + strings.Join(labels, ", "))
}

// Number reads a cell that a spreadsheet holds as a number. A date is a number of days, in the date
// system of the workbook. Eight digits are year, month and day. 1946.3 is a month, but 1946.1 is
// not, because it may have been written 1946.10.
func (r *Reader) Number(f Field, n float64, date1904 bool) (any, *Problem) {
	if f.Input != nil && f.Input.Type == policy.BirthDate {
		return serialDate(n, date1904)
	}
	if f.Input != nil && f.Input.Type == policy.IDNumber && n >= 1<<53 {
		return nil, &Problem{BadIDNumber, "a spreadsheet keeps only 15 digits of a number: format the column as text, and write it again"}
	}
	return r.Value(f, strconv.FormatFloat(n, 'f', -1, 64))
}
