// Package register answers whole registers of elders: a table or JSON in, a table out, row by row
// in the same order.
//
// A register is read in chunks, answered on all cores, and written in order. Memory does not grow
// with its length, except for what is kept to find duplicate ids. A row that cannot be read is
// refused with all its problems, and the others go on.
package register

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder/reading"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

// Options say how a register is read and answered.
type Options struct {
	Map       map[string]string // attributes of columns by header; an empty one leaves the column out
	Keep      []string          // headers of columns that go to the output
	Long      bool              // one row an elder, service and measure, instead of one an elder
	English   bool              // the names of services
	MaxErrors int               // how many rows may be refused before the run stops; below 0 any number
	Seen      func(Tally)       // hears how far the run is; may be nil
	// Hear is called once for each goroutine that answers, and returns a function that is called
	// for each elder answered there, in no order. It may be nil.
	Hear func() func(Answered) error
	// Places are jurisdictions whose names a cell may use for a division, such as those of an
	// engine.
	Places []policy.Jurisdiction
}

// Tally counts the rows of a register.
type Tally struct {
	Rows       int // read
	Answered   int
	Refused    int
	Blank      int // with nothing in them
	Duplicates int // answered, and a row before has their id
}

// Register is a register that is open for one answer. It is read once.
type Register struct {
	Options
	rules      *ruleset.Ruleset
	reader     *reading.Reader
	in         Source
	understood *columns
	layout     *layout
	shown      []int // columns besides those that are kept
}

// New reads the header of a register and finds out what each column means. The error joins a
// [*ColumnError] for each column that cannot be used as asked. New then still returns the register:
// it can be planned, but not answered. A first line that is an elder and not a header has an
// identity number, or a number or a day that Map does not name. New then returns no register, and
// one error with the code [NoHeader].
func New(rules *ruleset.Ruleset, in Source, o Options) (*Register, error) {
	if err := rules.Usable(context.Background()); err != nil {
		return nil, err
	}
	if in == nil {
		return nil, policy.CallError("the source is nil; open one")
	}
	if err := noHeader(in.Header(), o.Map); err != nil {
		return nil, err
	}
	r := &Register{Options: o, rules: rules, in: in, layout: newLayout(rules, o.Long, o.English)}
	r.reader = reading.New(rules.Table.Space.Vocabulary, o.Places...)
	var err error
	if r.understood, err = newColumns(r.reader, in, o.Map, o.Keep); err != nil {
		return r, err
	}
	if !r.understood.known() {
		return r, &ColumnError{Code: NoAttribute, text: "no column names an attribute; say what they are with --map, such as --map 列名=age"}
	}
	return r, r.writtenTwice()
}

// Show makes [Answered.Cell] return a cell of a column as the source shows it, such as a formatted
// number in a workbook. Call it before the register answers.
func (r *Register) Show(column int) { r.shown = append(r.shown, column) }

// tellShown tells the source which columns are shown.
func (r *Register) tellShown() error {
	var columns []int
	for i := range r.understood.all {
		if r.understood.all[i].kept >= 0 || slices.Contains(r.shown, i) {
			columns = append(columns, i)
		}
	}
	if len(columns) == 0 {
		return nil
	}
	return r.in.Show(columns)
}

// writtenTwice says which kept columns are named as others of the answers are.
func (r *Register) writtenTwice() error {
	var wrong []error
	named := map[string]bool{}
	for _, c := range r.Columns() {
		if named[c.Name] {
			wrong = append(wrong, &ColumnError{
				Code: TakenName,
				text: fmt.Sprintf("--keep: the answers have a column %q of their own: leave it out, or rename it in the register", c.Name),
			})
		}
		named[c.Name] = true
	}
	return policy.Join(wrong...)
}

// Columns returns the columns of the answers.
func (r *Register) Columns() []Column { return r.layout.columns(r.understood.keptHeaders()) }

// Ignored returns the headers of the columns whose meaning is unknown.
func (r *Register) Ignored() []string { return r.understood.ignored() }

// Column returns the place of a column of a table by its header, or by the attribute that it holds.
// The column must be one that is read.
func (r *Register) Column(name string) (int, error) {
	if !r.understood.table {
		return 0, policy.CallError("JSON has no columns; do not name one")
	}
	return r.understood.findRead(name)
}

// Attribute returns what a column holds: the name of an attribute or input, or "id". It is empty
// where that is unknown, and for a column that asks yes or no about one value.
func (r *Register) Attribute(column int) string {
	if f := r.understood.all[column].field; f != nil {
		return f.Name
	}
	return ""
}

// TooManyError says that more rows were refused than Options.MaxErrors allows.
type TooManyError struct{ Allowed int }

// Error says how many refused rows were allowed.
func (e *TooManyError) Error() string {
	return fmt.Sprintf("stopped: more than %d rows were refused", cmp.Or(e, &TooManyError{}).Allowed)
}

// MarshalJSON writes code, message and how many refused rows were allowed.
func (e *TooManyError) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Code    string `json:"code"`
		Message string `json:"message"`
		Allowed int    `json:"allowed"`
	}{"too-many-refused", e.Error(), cmp.Or(e, &TooManyError{}).Allowed})
}

// Answer answers every row. Answers go to out and problems to wrong, both in the order of the rows.
// It stops when ctx ends, when out or wrong fails, or with a [*TooManyError]. The tally then says
// how far it came.
func (r *Register) Answer(ctx context.Context, out Sink, wrong func(Problem) error) (Tally, error) {
	switch {
	case r == nil || r.in == nil:
		return Tally{}, policy.CallError("the register is empty; get one from register.New")
	case ctx == nil:
		return Tally{}, policy.CallError("the context is nil")
	case out == nil || wrong == nil:
		return Tally{}, policy.CallError("answers or problems go nowhere; give a sink and a function")
	}
	if err := r.tellShown(); err != nil {
		return Tally{}, err
	}
	group, ctx := errgroup.WithContext(ctx)
	workers := runtime.GOMAXPROCS(0)
	run := &run{
		Register: r, out: out, wrong: wrong, ids: newSeen(), seed: maphash.MakeSeed(),
		todo: make(chan *chunk, workers), ordered: make(chan *chunk, 2*workers), free: make(chan *chunk, 4*workers),
	}
	var read int
	reading := make(chan error, 1)
	go func() { reading <- guarded(func() error { return run.read(ctx, &read) }) }() // may wait for a pipe when all else has ended
	group.Go(func() error {
		select {
		case err := <-reading:
			return err
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	})
	for range workers {
		group.Go(func() error { return guarded(func() error { return run.work(ctx) }) })
	}
	group.Go(func() error { return guarded(func() error { return run.write(ctx) }) })
	err := group.Wait()
	t := run.tally
	if err == nil && (t.Rows != read || t.Rows != t.Answered+t.Refused+t.Blank) {
		err = policy.Errorf("internal", "internal error: %d rows were read, and %d answered, %d refused and %d blank", read, t.Answered, t.Refused, t.Blank)
	}
	return t, err
}

// guarded makes a panic an error: its message could repeat an elder's data.
func guarded(do func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = policy.Errorf("internal", "internal error")
		}
	}()
	return do()
}

// A chunk is some rows on their way.
type chunk struct {
	rows    []Row
	results []result
	page    Page
	done    chan struct{} // closed when they are answered
}

// How many rows and bytes a chunk has. A cell has some bytes even if it is empty.
const chunkRows, chunkBytes, cellBytes = 512, 1 << 18, 16

// run is a register being answered.
type run struct {
	*Register
	out           Sink
	wrong         func(Problem) error
	ids           *seen
	seed          maphash.Seed // of the hashes of ids
	todo, ordered chan *chunk
	free          chan *chunk
	tally         Tally
}

// read cuts the register into chunks.
func (r *run) read(ctx context.Context, rows *int) error {
	defer close(r.todo)
	defer close(r.ordered)
	for {
		c := r.chunk()
		err := c.fill(r.in)
		*rows += len(c.rows)
		for _, queue := range []chan *chunk{r.ordered, r.todo} {
			select {
			case queue <- c:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// chunk returns an empty chunk, with the room of one that was written.
func (r *run) chunk() *chunk {
	c := new(chunk)
	select {
	case c = <-r.free:
	default:
	}
	if c.page == nil {
		c.page = r.out.Page()
	}
	c.rows, c.done = c.rows[:0], make(chan struct{})
	return c
}

// fill reads rows until the chunk is full.
func (c *chunk) fill(in Source) error {
	size := 0
	for len(c.rows) < chunkRows && size < chunkBytes {
		if len(c.rows) < cap(c.rows) {
			c.rows = c.rows[:len(c.rows)+1]
		} else {
			c.rows = append(c.rows, Row{})
		}
		row := &c.rows[len(c.rows)-1]
		row.reset()
		if err := in.Read(row); err != nil {
			c.rows = c.rows[:len(c.rows)-1]
			return err
		}
		size += len(row.Text)
		for _, cell := range row.Cells {
			size += cellBytes + len(cell)
		}
		for _, word := range row.Words {
			if word != nil {
				size += cellBytes + len(word.Text)
			}
		}
	}
	return nil
}

// work answers chunks.
func (r *run) work(ctx context.Context) error {
	w := newWorker(r.Register, r.out, r.seed)
	for {
		c, err := next(ctx, r.todo)
		if c == nil {
			return err
		}
		if err := w.answer(ctx, c); err != nil {
			return err
		}
		close(c.done)
	}
}

// next returns the next chunk of a queue, nil when there is none any more.
func next(ctx context.Context, queue <-chan *chunk) (*chunk, error) {
	select {
	case c := <-queue:
		return c, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// write writes chunks in order.
func (r *run) write(ctx context.Context) error {
	for {
		c, err := next(ctx, r.ordered)
		if c == nil {
			return err
		}
		select {
		case <-c.done:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if err := r.out.Write(c.page); err != nil {
			return err
		}
		for i := range c.results {
			if err := r.put(&c.results[i]); err != nil {
				return err
			}
		}
		if r.Seen != nil {
			r.Seen(r.tally)
		}
		select {
		case r.free <- c:
		default:
		}
	}
}

// put writes what came of a row.
func (r *run) put(a *result) error {
	r.tally.Rows++
	for _, p := range a.problems {
		p.Row, p.ID = a.number, a.id
		if err := r.wrong(p); err != nil {
			return err
		}
	}
	again := a.id != "" && !a.garbled && r.ids.again(a.hash)
	if again {
		err := r.wrong(Problem{Row: a.number, ID: a.id, Column: r.idColumn(), Code: DuplicateID, Message: "an earlier row has this id"})
		if err != nil {
			return err
		}
	}
	switch {
	case a.blank:
		r.tally.Blank++
		return nil
	case len(a.problems) > 0:
		r.tally.Refused++
		if r.MaxErrors >= 0 && r.tally.Refused > r.MaxErrors {
			return &TooManyError{r.MaxErrors}
		}
		return nil
	}
	r.tally.Answered++
	if again {
		r.tally.Duplicates++
	}
	return nil
}

// DuplicateID is the code of the one problem that does not refuse a row: an earlier row has the
// same id. The earlier row may itself be refused.
const DuplicateID = "duplicate-id"

// idColumn returns the header of the column with the id.
func (r *Register) idColumn() string {
	if r.understood.id < 0 {
		return idField
	}
	return r.understood.all[r.understood.id].header
}
