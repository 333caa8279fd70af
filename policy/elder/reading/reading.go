// Package reading understands how registers write elders: headers, and the values below them.
package reading

import (
	"strconv"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
)

// Reader understands the words of one vocabulary. It is immutable and safe for concurrent use.
type Reader struct{ vocabulary *policy.Vocabulary }

// New returns the reader of a vocabulary.
func New(v *policy.Vocabulary) *Reader { return &Reader{v} }

// Field is what a column holds: an attribute, an input, or the id when both are nil.
type Field struct {
	Name      string // the key of an elder; "id" for the id
	Attribute *policy.Attribute
	Input     *policy.Input
}

// Problem says why a value cannot be read. It never repeats the value.
type Problem struct{ Code, Message string }

// Field finds what a header names: an attribute or an input by name or label, or the id.
func (r *Reader) Field(header string) (Field, bool) {
	header = strings.TrimSpace(header)
	if strings.EqualFold(header, "id") || header == "编号" {
		return Field{Name: "id"}, true
	}
	for _, a := range r.vocabulary.Attributes {
		if header == a.Name || header == a.Label {
			return Field{Name: a.Name, Attribute: a}, true
		}
	}
	for _, i := range r.vocabulary.Inputs {
		if header == i.Name || header == i.Label {
			return Field{Name: i.Name, Input: i}, true
		}
	}
	return Field{}, false
}

// Value reads a cell of a field. A blank is unknown: nil.
func (r *Reader) Value(f Field, cell string) (value any, problem *Problem) {
	cell = strings.TrimSpace(cell)
	switch {
	case cell == "":
		return nil, nil
	case f.Attribute == nil:
		return cell, nil
	}
	switch f.Attribute.Type {
	case policy.Boolean:
		return boolean(cell)
	case policy.Integer:
		n, err := strconv.Atoi(cell)
		if err != nil {
			return nil, &Problem{"wrong-type", "not a whole number"}
		}
		return n, nil
	}
	for _, v := range f.Attribute.Values {
		if cell == v.Name || cell == v.Label {
			return v.Name, nil
		}
	}
	return nil, &Problem{"unknown-value", "not a value of " + f.Name}
}

func boolean(cell string) (any, *Problem) {
	switch strings.ToLower(cell) {
	case "true", "是":
		return true, nil
	case "false", "否":
		return false, nil
	}
	return nil, &Problem{"wrong-type", "neither yes nor no"}
}

// Number reads a number of a spreadsheet; of a date it is a serial.
func (r *Reader) Number(f Field, n float64, _ bool) (any, *Problem) {
	return r.Value(f, strconv.FormatFloat(n, 'f', -1, 64))
}
