package register

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"strconv"
)

// ColumnError says why a column cannot be used as asked. Its text is for the owner of the register,
// as it has headers; its fields have nothing of the register.
type ColumnError struct {
	Code      string
	Columns   []int  // their numbers, from 1; none where the code says all
	Attribute string // what they are, if that matters
	text      string
}

// The codes of a [ColumnError].
const (
	NoHeader         = "no-header"         // the first line is that of an elder, so it names no columns
	NoAttribute      = "no-attribute"      // no column is an attribute
	SameAttribute    = "same-attribute"    // two columns are one attribute
	UnknownAttribute = "unknown-attribute" // a column, or a key of JSON, is what there is not
	TakenName        = "taken-name"        // a column to keep is named as one of the answers
)

// Error says what is wrong, and how to change it by flags of the command.
func (e *ColumnError) Error() string { return cmp.Or(e, &ColumnError{}).text }

// MarshalJSON writes code and message, and the columns and the attribute if there are any.
func (e *ColumnError) MarshalJSON() ([]byte, error) {
	e = cmp.Or(e, &ColumnError{})
	return json.Marshal(struct {
		Code      string `json:"code"`
		Message   string `json:"message"`
		Columns   []int  `json:"columns,omitempty"`
		Attribute string `json:"attribute,omitempty"`
	}{e.Code, e.text, e.Columns, e.Attribute})
}

// Problems writes what is wrong with rows, as CSV.
type Problems struct{ rows *Writer }

// NewProblems begins to write problems.
func NewProblems(out io.Writer) (*Problems, error) {
	sink, err := CSV{}.Create(context.Background(), out, []Column{{"row", Whole}, {"id", Text}, {"column", Text}, {"code", Text}, {"message", Text}})
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
