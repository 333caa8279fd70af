package register

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/basic-eldercare/eldercare/policy"
)

// File is a file that appears under its name only when it is complete. It then replaces the earlier
// file of that name. A pipe or a device is written to directly.
type File struct {
	*os.File
	name   string
	device bool
}

// CreateFile begins to write a file under another name beside the one given. The complete file has
// the mode. A pipe or a device keeps its own.
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

// Write writes to the file. An error names the file.
func (f *File) Write(b []byte) (int, error) {
	n, err := f.File.Write(b)
	if err != nil {
		err = cannotWrite(f.name, err)
	}
	return n, err
}

// Commit waits until the content is on the disk, and gives the file its name.
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

// Discard removes what was written and keeps the earlier file. After Commit it does nothing.
func (f *File) Discard() {
	f.Close()
	if !f.device {
		os.Remove(f.File.Name())
	}
}

// cannotWrite names the file that the user asked for, not the one beside it.
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
