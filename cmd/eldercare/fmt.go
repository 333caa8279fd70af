package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/format"
	"github.com/basic-eldercare/eldercare/policy/source"
)

type fmtOptions struct {
	*common
	check bool
}

func fmtCommand(c *common) *cobra.Command {
	o := &fmtOptions{common: c}
	cmd := &cobra.Command{
		Use:   "fmt [--check] [DIR…]",
		Short: "Bring the files of folders of lists into one form",
		Long: `Fmt rewrites the Rego of a folder as OPA's formatter does, and puts the keys of
its YAML into one order, each with the comments above it. It prints which files
it changed. With --check it changes nothing, prints which it would change, and
ends with 1 when there are any. Without DIR it is the folder that you are in.`,
		Example: `  eldercare fmt mylists
  eldercare fmt --check`,
		RunE: func(_ *cobra.Command, args []string) error { return o.run(args) },
	}
	o.formatFlag(cmd, "text", "json", "github", "sarif")
	cmd.Flags().StringArrayVar(&c.dirs, "dir", nil, "`folder` as an argument names it")
	cmd.Flags().BoolVar(&o.check, "check", false, "change nothing, and fail when something would be changed")
	return cmd
}

func (o *fmtOptions) run(folders []string) error {
	o.dirs = append(o.dirs, folders...)
	if len(o.dirs) == 0 {
		o.dirs = []string{"."}
	}
	var wrong eldercare.Diagnostics
	var changed []string
	for _, folder := range o.dirs {
		files, err := format.Files(folder)
		if err != nil {
			return err
		}
		if len(files) == 0 {
			return fmt.Errorf("%s has no lists", folder)
		}
		for _, f := range files {
			is, err := o.file(folder, f)
			var more eldercare.Diagnostics
			if errors.As(err, &more) {
				wrong = append(wrong, more...)
			} else if err != nil {
				return err
			}
			if is {
				changed = append(changed, f.Display)
			}
		}
	}
	if err := o.write(changed); err != nil {
		return err
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	if o.check && len(changed) > 0 {
		return errFound
	}
	return nil
}

// file formats a file, and reports whether that changes it.
func (o *fmtOptions) file(folder string, f source.File) (changed bool, err error) {
	name := filepath.Join(folder, filepath.FromSlash(f.Path))
	before, err := os.ReadFile(name) // as it is, with whatever ends its lines
	if err != nil {
		return false, err
	}
	after, err := format.File(f)
	if err != nil || bytes.Equal(before, after) || o.check {
		return err == nil && !bytes.Equal(before, after), err
	}
	info, err := os.Stat(name)
	if err != nil {
		return false, err
	}
	return true, writeFile(name, info.Mode().Perm(), func(to io.Writer) error {
		_, err := to.Write(after)
		return err
	})
}

func (o *fmtOptions) write(changed []string) error {
	const message = "the file is not in its form; run eldercare fmt"
	said := o.lang.forPrograms().sentence(message)
	var problems []problem
	for _, file := range changed {
		problems = append(problems, problem{
			code: "not-formatted", severity: policy.SeverityError, pos: policy.Position{File: file, Line: 1, Column: 1}, message: message, said: said,
		})
	}
	switch o.format.value {
	case "json":
		return printJSON(o.stdout, changed)
	case "github":
		return writeGitHub(o.stdout, problems)
	case "sarif":
		return writeSARIF(o.stdout, problems)
	}
	for _, file := range changed {
		fmt.Fprintln(o.stdout, file)
	}
	return nil
}
