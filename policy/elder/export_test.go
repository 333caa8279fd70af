package elder

import (
	"io"
	"iter"
)

// Read reads each elder that [ReadRaw] cuts out.
func Read(r io.Reader) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for raw, err := range ReadRaw(r) {
			row := Row{Line: raw.Line}
			if err == nil {
				row, err = raw.Row()
			}
			if !yield(row, err) {
				return
			}
		}
	}
}
