package register

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/elder/reading"
)

// column is how a column of a table, or a key of JSON, is understood.
type column struct {
	header string
	field  *reading.Field // nil when it names no attribute, input or id
	asked  *reading.Asked // of yes and no under a value of an attribute
	kept   int            // its place among those that go to the output; -1 when it does not
	left   bool           // out, by Map
	unread bool           // by the source, see [Partial]
}

// isID reports whether a column names the elder.
func (c *column) isID() bool { return c.field != nil && c.field.Name == idField }

// says reports whether a column says something of an elder.
func (c *column) says() bool { return c.asked != nil || c.field != nil && !c.isID() }

// idField is the name of the column that names the elder.
const idField = "id"

// columns is how the columns of a register are understood.
type columns struct {
	all     []column // of a table; none of JSON
	headers map[string]bool
	id      int      // -1 when there is none
	kept    []string // headers of columns that go to the output, or keys
	by      map[string]string
	reader  *reading.Reader
	table   bool // each row has a cell a column; else it is JSON
	dates   bool // numbers stand for days
	since04 bool
}

// newColumns understands a header, or prepares to understand keys. Names in by win over what a
// header says, and an empty name leaves a column out.
func newColumns(reader *reading.Reader, in Source, by map[string]string, keep []string) (*columns, error) {
	c := &columns{id: -1, by: by, kept: keep, reader: reader, table: in.Header() != nil, headers: map[string]bool{}}
	for _, header := range in.Header() {
		c.headers[clean(header)] = true
	}
	c.dates, c.since04 = in.Serials()
	var wrong []error
	for header, name := range by {
		if name != "" {
			_, err := c.named(name)
			wrong = append(wrong, err)
		}
		if c.table && !slices.ContainsFunc(in.Header(), func(h string) bool { return clean(h) == header }) {
			wrong = append(wrong, policy.Errorf("no-column", "--map: %w", noColumn(header, in.Header())))
		}
	}
	for _, header := range in.Header() {
		wrong = append(wrong, c.add(clean(header)))
	}
	if p, ok := in.(Partial); ok {
		for _, i := range p.Unread() {
			wrong = append(wrong, c.setUnread(i))
		}
	}
	for _, name := range keep {
		if _, err := c.findRead(name); c.table && err != nil {
			wrong = append(wrong, policy.Errorf("no-column", "--keep: %w", err))
		}
	}
	return c, policy.Join(append(wrong, c.keptTwice())...)
}

// noHeader returns an error when a header has an identity number, or a number or a day that names
// no column. Then it is the line of an elder, of whom no message may say anything.
func noHeader(header []string, by map[string]string) error {
	for i, h := range header {
		if _, mapped := by[clean(h)]; elder.HideIDNumbers(h) != h || !mapped && isAnswer(clean(h)) {
			return &ColumnError{
				Code: NoHeader, Columns: []int{i + 1},
				text: fmt.Sprintf("column %d: the first line is that of an elder, as it has a number or a day here; put a line of names above it", i+1),
			}
		}
	}
	return nil
}

// isAnswer reports whether a text is an age, or another number of two or three digits, or a day.
// Columns are named by years and codes, and are numbered.
func isAnswer(header string) bool {
	if number, err := strconv.ParseFloat(header, 64); err == nil {
		return 10 <= number && number < 1000
	}
	_, err := policy.ParseDate(header)
	return err == nil
}

// keptTwice says which names of kept columns stand for one column, or of kept keys for one key.
func (c *columns) keptTwice() error {
	var wrong []error
	named := map[string]string{}
	for _, name := range c.kept {
		what := clean(name)
		if i, err := c.find(name); err == nil {
			what = c.all[i].header
		} else if k := c.understand(what); k.field != nil {
			what = k.field.Name
		}
		if before, again := named[what]; again {
			wrong = append(wrong, policy.Errorf("same-column", "--keep: %q and %q are one column: name it once", before, name))
		}
		named[what] = name
	}
	return policy.Join(wrong...)
}

// clean returns a header without the blanks around it.
func clean(header string) string { return strings.Join(strings.Fields(header), " ") }

// noColumn says which columns there are instead of one that is missing.
func noColumn(missing string, header []string) error {
	cleaned := make([]string, len(header))
	for i, h := range header {
		cleaned[i] = clean(h)
	}
	return policy.Errorf("no-column", "there is no column %q; the columns are %s", missing, strings.Join(cleaned, ", "))
}

// find returns the column that a header, or the name of its field, stands for.
func (c *columns) find(name string) (int, error) {
	i := slices.IndexFunc(c.all, func(k column) bool { return k.header == clean(name) })
	if i < 0 {
		i = slices.IndexFunc(c.all, func(k column) bool { return k.field != nil && k.field.Name == name })
	}
	if i >= 0 {
		return i, nil
	}
	var header []string
	for _, k := range c.all {
		header = append(header, k.header)
	}
	return 0, noColumn(name, header)
}

// findRead returns the column that a header, or the name of its field, stands for, if it is read.
func (c *columns) findRead(name string) (int, error) {
	i, err := c.find(name)
	if err == nil && c.all[i].unread {
		err = &ColumnError{
			Code: UnreadColumn, Columns: []int{i + 1},
			text: fmt.Sprintf("the column %d, %q, is a list, a group, or of a type that cannot be read", i+1, c.all[i].header),
		}
	}
	return i, err
}

// setUnread notes that the source cannot read a column, and refuses one that says something of an
// elder.
func (c *columns) setUnread(i int) error {
	k := &c.all[i]
	k.unread = true
	if k.field == nil && k.asked == nil {
		return nil
	}
	return &ColumnError{
		Code: UnreadColumn, Columns: []int{i + 1},
		text: fmt.Sprintf("the column %d, %q, is a list, a group, or of a type that no attribute has: leave it out with --map %q", i+1, k.header, k.header+"="),
	}
}

// add understands a column, and refuses one that says what another says.
func (c *columns) add(header string) error {
	k := c.understand(header)
	i := slices.IndexFunc(c.all, func(other column) bool {
		return other.field != nil && k.field != nil && other.field.Name == k.field.Name
	})
	if k.kept >= 0 && slices.ContainsFunc(c.all, func(other column) bool { return other.kept == k.kept }) {
		k.kept = -1 // of two with one header the first
	}
	c.all = append(c.all, k)
	if i >= 0 {
		text := fmt.Sprintf("the columns %d, %q, and %d, %q, both are %s; leave one out with --map %q", i+1,
			c.all[i].header, len(c.all), header, k.field.Name, header+"=")
		if c.all[i].header == header { // which would leave out both
			text = fmt.Sprintf("the columns %d and %d, %q, both are %s; give one of them another name in the file", i+1, len(c.all), header, k.field.Name)
		}
		return &ColumnError{Code: SameAttribute, Columns: []int{i + 1, len(c.all)}, Attribute: k.field.Name, text: text}
	}
	if k.isID() {
		c.id = len(c.all) - 1
	}
	return nil
}

// understand says what a column is, by its header or key.
func (c *columns) understand(header string) column {
	k := column{header: header, kept: -1}
	name, mapped := c.by[header]
	if !mapped {
		name = header
	}
	if k.left = name == ""; !k.left {
		named, _ := c.named(name) // unknown is nothing
		k.field, k.asked = named.field, named.asked
	}
	k.kept = slices.IndexFunc(c.kept, func(keep string) bool {
		return clean(keep) == header || k.field != nil && k.field.Name == keep && !c.headers[clean(keep)]
	})
	return k
}

// named is what a name stands for.
func (c *columns) named(name string) (column, error) {
	if field, ok := c.reader.Field(name); ok {
		return column{field: &field}, nil
	}
	if asked, ok := c.reader.Asked(name); ok {
		return column{asked: &asked}, nil
	}
	text := fmt.Sprintf("--map: %q is not an attribute; \"eldercare schema elder\" shows all", name)
	if near := c.reader.Nearest(name); near != "" {
		text = fmt.Sprintf("--map: %q is not an attribute; did you mean %q?", name, near)
	}
	return column{}, &ColumnError{Code: UnknownAttribute, text: text}
}

// keptHeaders are the headers of the columns that go to the output, or the keys asked for.
func (c *columns) keptHeaders() []string {
	names := slices.Clone(c.kept)
	for i := range c.all {
		if k := &c.all[i]; k.kept >= 0 {
			names[k.kept] = k.header
		}
	}
	return names
}

// known reports whether any column says something of an elder.
func (c *columns) known() bool {
	return !c.table || slices.ContainsFunc(c.all, func(k column) bool { return k.says() })
}

// ignored returns the headers of the columns that nothing is known of, and that are not kept.
func (c *columns) ignored() []string {
	var all []string
	for i := range c.all {
		if k := &c.all[i]; k.header != "" && k.kept < 0 && k.field == nil && k.asked == nil {
			all = append(all, k.header)
		}
	}
	return all
}

// headersOf are the headers of the columns of attributes; of one without a column its name.
func (c *columns) headersOf(attributes []string) string {
	names := slices.Clone(attributes)
	for n, name := range names {
		for i := range c.all {
			if f := c.all[i].field; f != nil && f.Name == name {
				names[n] = c.all[i].header
			}
		}
	}
	return strings.Join(names, ";")
}

// value reads a cell of a column: what the elder has, or of a column that asks for a value, yes or
// no.
func (c *columns) value(k *column, cell string) (any, *reading.Problem) {
	if !utf8.ValidString(cell) {
		return nil, &reading.Problem{Code: "not-utf8", Message: "contains bytes that are not text"}
	}
	if k.asked != nil {
		return c.reader.Answer(*k.asked, cell)
	}
	f := *k.field
	if f.Input != nil && f.Input.Type == policy.BirthDate {
		if n, ok := c.number(strings.TrimSpace(cell)); ok {
			return c.reader.Number(f, n, c.since04)
		}
	}
	return c.reader.Value(f, cell)
}

// number returns the number that a date of birth is, or was before it became a text: a cell does
// not say so. 1946.1 may have been 1946.10, which no number is written as.
func (c *columns) number(cell string) (float64, bool) {
	n, err := strconv.ParseFloat(cell, 64)
	if err != nil || n > lastSerial || strings.HasSuffix(cell, ".10") {
		return 0, false
	}
	return n, c.dates || strings.HasSuffix(cell, ".1")
}

// lastSerial is the number of the last day of the year 9999 in a spreadsheet.
const lastSerial = 2958465
