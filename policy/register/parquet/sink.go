package parquet

import (
	"context"
	"io"
	"reflect"
	"slices"
	"strconv"
	"unsafe"

	"github.com/parquet-go/parquet-go"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/register"
)

// groupRows is how many rows a group has: its columns are held in memory.
const groupRows = 1 << 17

// Decimals are written with so many digits, four of them behind the point.
const digits, places = 18, 4

// sink writes a file, a column of a group after the other.
type sink struct {
	file    *parquet.GenericWriter[any]
	columns []*parquet.ColumnWriter
	kinds   []register.Kind
	rows    int               // of the group
	shared  [][]parquet.Value // of the rows of a page, at one place
	buffer  []parquet.Value   // of a column of them
}

// table is a schema whose columns stay in their order.
type table struct {
	parquet.Group
	columns []parquet.Field
}

// Fields returns the columns.
func (t table) Fields() []parquet.Field { return t.columns }

// field is a column of a table.
type field struct {
	parquet.Node
	name string
}

// Name returns the name of the column.
func (f field) Name() string { return f.name }

// Value is never called, because columns are written one by one.
func (f field) Value(reflect.Value) reflect.Value { return reflect.Value{} }

// Create writes the schema.
func (Format) Create(_ context.Context, out io.Writer, columns []register.Column) (register.Sink, error) {
	t, s := table{Group: parquet.Group{}}, &sink{}
	for _, c := range columns {
		if t.Group[c.Name] != nil {
			return nil, policy.Errorf("wrong-name", "two columns are named %q, which Parquet cannot hold", c.Name)
		}
		t.Group[c.Name] = nodeOf(c)
		t.columns = append(t.columns, field{t.Group[c.Name], c.Name})
		s.kinds = append(s.kinds, c.Kind)
	}
	options := []parquet.WriterOption{
		parquet.Compression(&parquet.Snappy), parquet.DictionaryMaxBytes(1 << 20), parquet.CreatedBy("eldercare", "", ""),
	}
	for _, c := range columns {
		options = append(options, parquet.SkipPageBounds(c.Name), parquet.SkipPageStatistics(c.Name)) // of few different texts they say nothing
	}
	err := guarded(func() error {
		s.file = parquet.NewGenericWriter[any](out, append(options, parquet.NewSchema("register", t))...)
		return nil
	})
	if err != nil {
		return nil, policy.Errorf("wrong-name", "a column has a name that Parquet cannot hold")
	}
	s.columns = s.file.ColumnWriters()
	return s, nil
}

// nodeOf is how a column is typed. An id stands in one row, and needs no dictionary.
func nodeOf(c register.Column) parquet.Node {
	switch {
	case c.Kind == register.Whole:
		return parquet.Optional(parquet.Int(64))
	case c.Kind == register.Truth:
		return parquet.Optional(parquet.Leaf(parquet.BooleanType))
	case c.Kind == register.Amount:
		return parquet.Encoded(parquet.Optional(parquet.Decimal(places, digits, parquet.Int64Type)), &parquet.RLEDictionary)
	case c.Name == "id":
		return parquet.Optional(parquet.String())
	}
	return parquet.Encoded(parquet.Optional(parquet.String()), &parquet.RLEDictionary)
}

// prepared are values of columns from one on.
type prepared struct {
	from   int
	values []parquet.Value
}

// Prepare makes values of cells.
func (s *sink) Prepare(from int, cells []register.Cell) any {
	p := &prepared{from, make([]parquet.Value, len(cells))}
	for i, c := range cells {
		p.values[i] = s.value(from+i, c)
	}
	return p
}

// value is a cell as its column holds it. A text where the column has numbers or truth values is
// none of them, and left out.
func (s *sink) value(column int, c register.Cell) parquet.Value {
	v := parquet.NullValue()
	switch kind := s.kinds[column]; {
	case c.Number != nil && kind == register.Amount:
		v = parquet.Int64Value(c.Number.TenThousandths())
	case c.Number != nil && kind == register.Whole:
		v = whole(c.Number.String())
	case c.Number != nil:
		v = parquet.ByteArrayValue([]byte(c.Number.String()))
	case c.Text == "":
	case kind == register.Whole:
		v = whole(c.Text)
	case kind == register.Truth && (c.Text == "true" || c.Text == "false"):
		v = parquet.BooleanValue(c.Text == "true")
	case kind == register.Text || kind == register.List:
		v = parquet.ByteArrayValue(unsafe.Slice(unsafe.StringData(c.Text), len(c.Text))) // it is only read
	}
	if v.IsNull() {
		return v.Level(0, 0, column)
	}
	return v.Level(0, 1, column)
}

func whole(text string) parquet.Value {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return parquet.NullValue()
	}
	return parquet.Int64Value(n)
}

// page is rows on their way to columns.
type page struct {
	*sink
	own    [][]parquet.Value // by column
	shared []*prepared       // of a row after the other
	rows   int
}

// Page returns an empty page.
func (s *sink) Page() register.Page {
	return &page{sink: s, own: make([][]parquet.Value, len(s.columns))}
}

// Add adds a row. All rows of a page have as many prepared cells, which begin at the same columns.
func (p *page) Add(own []register.Cell, shared ...any) {
	for i, c := range own {
		p.own[i] = append(p.own[i], p.value(i, c))
	}
	for _, cells := range shared {
		p.shared = append(p.shared, cells.(*prepared))
	}
	p.rows++
}

// Write writes the rows of a page.
func (s *sink) Write(of register.Page) error {
	p := of.(*page)
	for i, values := range p.own {
		if _, err := s.columns[i].WriteRowValues(values); err != nil {
			return err
		}
		clear(values) // they are the elders'
		p.own[i] = values[:0]
	}
	each := len(p.shared) / max(1, p.rows)
	for i := range each {
		if err := s.writeShared(p.shared[i:], each); err != nil {
			return err
		}
	}
	p.shared = p.shared[:0]
	s.rows += p.rows
	p.rows = 0
	if s.rows < groupRows {
		return nil
	}
	s.rows = 0
	return s.file.Flush()
}

// writeShared writes the columns of the first cells and of every so many behind them, which are
// those of the next rows.
func (s *sink) writeShared(cells []*prepared, each int) error {
	s.shared = s.shared[:0]
	for row := 0; row < len(cells); row += each {
		s.shared = append(s.shared, cells[row].values)
	}
	s.buffer = slices.Grow(s.buffer[:0], len(s.shared))[:len(s.shared)]
	for i := range cells[0].values {
		for row, values := range s.shared {
			s.buffer[row] = values[i]
		}
		if _, err := s.columns[cells[0].from+i].WriteRowValues(s.buffer); err != nil {
			return err
		}
	}
	return nil
}

// Close ends the file.
func (s *sink) Close() error { return s.file.Close() }

// Discard has nothing to let go of but memory.
func (s *sink) Discard() {}
