package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
)

// writeNew writes files into a folder that has none of them. When it cannot write all of them, it
// removes what it made.
func writeNew(folder string, files map[string][]byte) (err error) {
	_, missing := os.Stat(folder)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer root.Close()
	var made []string
	defer func() {
		if err == nil {
			return
		}
		for _, name := range slices.Backward(made) {
			_ = root.Remove(name) // the first error is told
		}
		if missing != nil {
			_ = os.Remove(folder)
		}
	}()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if made, err = writeOne(root, name, files[name], made); err != nil {
			return fmt.Errorf("%s: %w; nothing was written", filepath.Join(folder, name), err)
		}
	}
	return nil
}

// writeOne writes a file that is not there yet, and the folders that it lies in. The file appears
// under its name only when it is whole. It adds what it makes to what is made.
func writeOne(root *os.Root, name string, content []byte, made []string) ([]string, error) {
	for i, r := range path.Clean(name) {
		if r != '/' {
			continue
		}
		switch err := root.Mkdir(name[:i], 0o755); {
		case err == nil:
			made = append(made, name[:i])
		case !errors.Is(err, fs.ErrExist):
			return made, err
		}
	}
	if _, err := root.Lstat(name); err == nil {
		return made, fs.ErrExist
	}
	part := name + ".part"
	if err := writeWhole(root, part, content); err != nil {
		return made, err
	}
	if err := root.Rename(part, name); err != nil {
		return append(made, part), err
	}
	return append(made, name), nil
}

// writeWhole writes a file that is not there yet, and returns once it is on the disk; or leaves
// none.
func writeWhole(root *os.Root, name string, content []byte) error {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		_ = root.Remove(name) // the first error is told
	}
	return err
}
