// Package parquet reads and writes registers as Parquet files.
package parquet

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/parquet-go/parquet-go"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/register"
)

// Format is a flat table in Parquet: a column an attribute. Texts, whole numbers, truth values,
// dates, decimals and floating-point numbers are read; columns of lists, groups and other types are
// not. What is written is typed.
type Format struct{}

// errUnreadable says that a file is no Parquet, or broken. What the library says may repeat what is
// in it.
var errUnreadable = policy.Errorf("wrong-file", "cannot be read as Parquet: the file is damaged, or is not Parquet")

// guarded makes a panic an error: the library panics on some damaged files.
func guarded(do func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = errUnreadable
		}
	}()
	return do()
}

// Open reads the schema.
func (Format) Open(_ context.Context, in io.Reader, sheet string) (register.Source, error) {
	if sheet != "" {
		return nil, policy.Errorf("no-sheet", "a Parquet file has no sheets: leave out --sheet")
	}
	s := &source{}
	if err := s.open(in); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// open opens a file. What is none, such as a pipe, is put into one, since the schema stands at the
// end.
func (s *source) open(in io.Reader) error {
	file, ok := in.(*os.File)
	if info, err := statOf(file); !ok || err != nil || !info.Mode().IsRegular() {
		var err error
		if file, err = s.spool(in); err != nil {
			return err
		}
	}
	info, err := file.Stat()
	if err != nil {
		return err
	}
	return guarded(func() error {
		if s.file, err = parquet.OpenFile(file, info.Size(), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true)); err != nil {
			return errUnreadable
		}
		return s.columnsOf(s.file.Root())
	})
}

func statOf(file *os.File) (os.FileInfo, error) {
	if file == nil {
		return nil, os.ErrInvalid
	}
	return file.Stat()
}

// spool copies what is read into a file that nobody else can open, and that is gone in the end.
func (s *source) spool(in io.Reader) (*os.File, error) {
	file, err := os.CreateTemp("", "register-*.parquet")
	if err != nil {
		return nil, err
	}
	s.spooled = file
	_, err = io.Copy(file, in)
	return file, err
}

// columnsOf are the columns of a schema.
func (s *source) columnsOf(root *parquet.Column) error {
	for i, c := range root.Columns() {
		s.header = append(s.header, c.Name())
		text, ok := textOf(c)
		if !ok {
			s.unread = append(s.unread, i)
		}
		s.columns = append(s.columns, column{index: c.Index(), optional: c.Optional(), text: text})
	}
	if len(s.header) == 0 {
		return policy.Errorf("no-header", "the file has no columns")
	}
	return nil
}
