package register

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/basic-eldercare/eldercare/policy"
)

// File is a file that appears under its name only when it is whole, and then takes the place of the
// one before. What is no file, such as a pipe or a device, is written to as it is.
type File struct {
	*os.File
	name   string
	device bool
}

// CreateFile begins to write a file, beside the one named. The mode is that of the whole file; what
// is no file keeps its own.
func CreateFile(name string, mode fs.FileMode) (*File, error) {
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target
	}
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return nil, cannotWrite(name, err)
		}
		return &File{f, name, true}, nil
	}
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*.part")
	if err != nil {
		return nil, cannotWrite(name, err)
	}
	if err := f.Chmod(mode); err != nil {
		return nil, errors.Join(cannotWrite(name, err), f.Close(), os.Remove(f.Name()))
	}
	return &File{f, name, false}, nil
}

// Write writes; the error names the file.
func (f *File) Write(b []byte) (int, error) {
	n, err := f.File.Write(b)
	if err != nil {
		err = cannotWrite(f.name, err)
	}
	return n, err
}

// Commit puts the file in its place once it is on the disk.
func (f *File) Commit() error {
	if f.device {
		return f.Close()
	}
	defer os.Remove(f.File.Name()) // gone when all went well
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return cannotWrite(f.name, err)
	}
	if err := os.Rename(f.File.Name(), f.name); err != nil {
		return cannotWrite(f.name, err)
	}
	if folder, err := os.Open(filepath.Dir(f.name)); err == nil {
		_ = folder.Sync() // not every system can
		folder.Close()
	}
	return nil
}

// Discard leaves the one before in its place. It does nothing to a file in its place.
func (f *File) Discard() {
	f.Close()
	if !f.device {
		os.Remove(f.File.Name())
	}
}

// cannotWrite names the file that the user knows, not the one beside it.
func cannotWrite(name string, err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		err = path.Err
	case errors.As(err, &link):
		err = link.Err
	}
	return policy.Errorf("cannot-write", "cannot write %s: %w", name, err)
}
