package register

import "io"

// Problems writes what is wrong with rows, as CSV.
type Problems struct{ sink Sink }

// NewProblems begins to write problems.
func NewProblems(out io.Writer) (*Problems, error) {
	sink, err := CSV{}.Create(out, []Column{{"row", Whole}, {"id", Text}, {"column", Text}, {"code", Text}, {"message", Text}})
	if err != nil {
		return nil, err
	}
	return &Problems{sink}, nil
}

// Write writes a problem.
func (p *Problems) Write(one Problem) error {
	rest := p.sink.Prepare([][]Cell{{{Text: one.ID}, {Text: one.Column}, {Text: one.Code}, {Text: one.Message}}})
	return p.sink.Write([]Cell{number(one.Row)}, rest)
}

// Close writes what is buffered.
func (p *Problems) Close() error { return p.sink.Close() }
