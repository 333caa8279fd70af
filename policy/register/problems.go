package register

import (
	"io"
	"strconv"
)

// Problems writes what is wrong with rows, as CSV.
type Problems struct{ rows *Writer }

// NewProblems begins to write problems.
func NewProblems(out io.Writer) (*Problems, error) {
	sink, err := CSV{}.Create(out, []Column{{"row", Whole}, {"id", Text}, {"column", Text}, {"code", Text}, {"message", Text}})
	if err != nil {
		return nil, err
	}
	return &Problems{NewWriter(sink)}, nil
}

// Write writes a problem.
func (p *Problems) Write(one Problem) error {
	return p.rows.Write([]Cell{{Text: strconv.Itoa(one.Row)}, {Text: one.ID}, {Text: one.Column}, {Text: one.Code}, {Text: one.Message}})
}

// Close writes what is not written yet.
func (p *Problems) Close() error { return p.rows.Flush() }
