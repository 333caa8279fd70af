package register

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder/reading"
)

// columns is how the columns of a register are understood.
type columns struct {
	header  []string
	fields  []*reading.Field // nil of a column that is ignored
	kept    []int            // columns that go to the output as they are
	id      int              // -1 when there is none
	reader  *reading.Reader
	dates   bool // numbers stand for days
	since04 bool
}

// newColumns understands a header. Names in by win over what a header says, and an empty name
// leaves a column out.
func newColumns(reader *reading.Reader, in Source, by map[string]string, keep []string) (*columns, error) {
	c := &columns{header: clean(in.Header()), id: -1, reader: reader}
	c.dates, c.since04 = in.Serials()
	c.fields = make([]*reading.Field, len(c.header))
	var wrong []error
	for header := range by {
		if !slices.Contains(c.header, header) {
			wrong = append(wrong, fmt.Errorf("--map: there is no column %q; the columns are %s", header, strings.Join(c.header, ", ")))
		}
	}
	for i, header := range c.header {
		wrong = append(wrong, c.understand(i, header, by))
	}
	for _, header := range keep {
		i, err := c.find(header)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("--keep: %w", err))
			continue
		}
		c.kept = append(c.kept, i)
	}
	return c, errors.Join(wrong...)
}

// clean returns headers without the blanks around them.
func clean(header []string) []string {
	out := make([]string, len(header))
	for i, h := range header {
		out[i] = strings.Join(strings.Fields(h), " ")
	}
	return out
}

// understand finds the field of a column, and refuses one that another column has.
func (c *columns) understand(i int, header string, by map[string]string) error {
	name, mapped := by[header]
	if !mapped {
		name = header
	}
	if name == "" {
		return nil
	}
	field, ok := c.reader.Field(name)
	if !ok && mapped {
		return fmt.Errorf("--map: %q is no attribute", name)
	}
	if !ok {
		return nil
	}
	for other, f := range c.fields[:i] {
		if f != nil && f.Name == field.Name {
			return fmt.Errorf("the columns %d, %q, and %d, %q, both are %s; leave one out with --map %q", other+1,
				c.header[other], i+1, header, field.Name, header+"=")
		}
	}
	c.fields[i] = &field
	if field.Name == idField {
		c.id = i
	}
	return nil
}

// idField is the name of the column that names the elder.
const idField = "id"

// find returns the column that a header, or the name of its field, stands for.
func (c *columns) find(name string) (int, error) {
	if i := slices.Index(c.header, name); i >= 0 {
		return i, nil
	}
	for i, f := range c.fields {
		if f != nil && f.Name == name {
			return i, nil
		}
	}
	return 0, fmt.Errorf("there is no column %q; the columns are %s", name, strings.Join(c.header, ", "))
}

// known reports whether any column says something of an elder.
func (c *columns) known() bool {
	return slices.ContainsFunc(c.fields, func(f *reading.Field) bool { return f != nil && f.Name != idField })
}

// ignored returns the headers of the columns that nothing is known of, and that are not kept.
func (c *columns) ignored() []string {
	var all []string
	for i, f := range c.fields {
		if f == nil && c.header[i] != "" && !slices.Contains(c.kept, i) {
			all = append(all, c.header[i])
		}
	}
	return all
}

// named returns the headers of the columns of attributes; of one without a column its name.
func (c *columns) named(attributes []string) string {
	names := slices.Clone(attributes)
	for n, name := range names {
		for i, f := range c.fields {
			if f != nil && f.Name == name {
				names[n] = c.header[i]
			}
		}
	}
	return strings.Join(names, ";")
}

// value reads a cell of a column.
func (c *columns) value(i int, cell string) (any, *reading.Problem) {
	f := *c.fields[i]
	if !utf8.ValidString(cell) {
		return nil, &reading.Problem{Code: "not-utf8", Message: "contains bytes that are no text"}
	}
	if c.dates && f.Input != nil && f.Input.Type == policy.BirthDate {
		if n, err := strconv.ParseFloat(cell, 64); err == nil && n <= lastSerial {
			return c.reader.Number(f, n, c.since04)
		}
	}
	return c.reader.Value(f, cell)
}

// lastSerial is the number of the last day of the year 9999 in a spreadsheet.
const lastSerial = 2958465

// speller writes rows as the JSON of elders. It remembers how values are read, and serves one
// goroutine.
type speller struct {
	*columns
	known []map[string]spelled // by column
}

// spelled is a cell as it stands in the JSON of an elder; empty when it is unknown.
type spelled struct {
	json    []byte
	problem *reading.Problem
}

// remembered is how many values of a column are remembered, and how long each may be.
const remembered, rememberedLength = 4096, 48

func newSpeller(c *columns) *speller {
	s := &speller{columns: c, known: make([]map[string]spelled, len(c.header))}
	for i := range s.known {
		s.known[i] = map[string]spelled{}
	}
	return s
}

// spell appends the JSON of an elder. What cannot be read is among the problems.
func (s *speller) spell(out []byte, cells []string) ([]byte, []Problem) {
	var problems []Problem
	out = append(out, '{')
	begin := len(out)
	for i, f := range s.fields {
		if f == nil {
			continue
		}
		cell := s.cell(i, cells[i])
		if cell.problem != nil {
			problems = append(problems, Problem{Column: s.header[i], Code: cell.problem.Code, Message: cell.problem.Message})
		}
		if len(cell.json) == 0 {
			continue
		}
		if len(out) > begin {
			out = append(out, ',')
		}
		out = append(out, cell.json...)
	}
	return append(out, '}'), problems
}

func (s *speller) cell(i int, text string) spelled {
	if found, ok := s.known[i][text]; ok {
		return found
	}
	var made spelled
	value, problem := s.value(i, text)
	if made.problem = problem; value != nil && problem == nil {
		name, _ := json.Marshal(s.fields[i].Name) // texts can be written
		spelt, err := json.Marshal(value)
		if err != nil {
			made.problem = &reading.Problem{Code: "wrong-type", Message: "cannot be read"}
		} else {
			made.json = append(append(name, ':'), spelt...)
		}
	}
	if len(text) <= rememberedLength && len(s.known[i]) < remembered {
		s.known[i][strings.Clone(text)] = made
	}
	return made
}
