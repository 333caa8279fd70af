package register

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"strconv"
)

// ColumnError says why a column cannot be used as asked. Its message is for the owner of the
// register, because it contains headers. Its fields contain nothing of the register.
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
	UnreadColumn     = "unread-column"     // a column that the source cannot read is an attribute, or to be kept
)

// Error says what is wrong, and which flag of the command mends it.
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

// Close writes what is still in the buffer.
func (p *Problems) Close() error { return p.rows.Flush() }
