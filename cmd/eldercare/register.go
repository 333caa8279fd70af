package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/register"
)

// registerFlags say how a register is read.
type registerFlags struct {
	from  choice
	sheet string
	maps  []string
}

func newRegisterFlags() registerFlags {
	return registerFlags{from: choice{of: slices.Sorted(maps.Keys(registerFormats))}}
}

func (r *registerFlags) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.Var(&r.from, "from", "format of the register, where its name does not say")
	f.StringVar(&r.sheet, "sheet", "", "`name` of the sheet to read (default the first)")
	f.StringArrayVar(&r.maps, "map", nil, "what a column is, as `HEADER=ATTRIBUTE`; HEADER= leaves it out")
}

// registerFile is a register that a command goes through.
type registerFile struct {
	*common
	*register.Register // once its columns are understood
	flags              *registerFlags
	in                 *input
	named              map[string]string
	format             register.Format
	source             register.Source // once it is begun
	used               []string        // headers of columns that are used, though no attribute is in them
}

// openRegister opens the register that the arguments name. None of the outputs may be in its place,
// or in that of another.
func (r *registerFlags) openRegister(c *common, args []string, outs ...string) (*registerFile, error) {
	f := &registerFile{common: c, flags: r}
	var err error
	if f.named, err = mapped(r.maps); err != nil {
		return nil, err
	}
	if f.in, err = c.open(args); err != nil {
		return nil, err
	}
	if err = apart(f.in, outs...); err == nil {
		f.format, err = formatOf(f.in.name, r.from.value, "--from")
	}
	if err != nil {
		return nil, errors.Join(err, f.in.Close())
	}
	return f, nil
}

// begin reads what stands before the rows.
func (f *registerFile) begin() (err error) {
	if f.source, err = f.format.Open(f.in.Reader, f.flags.sheet); err != nil {
		return f.failed(err)
	}
	return nil
}

// understand understands the columns, for rules that are to answer.
func (f *registerFile) understand(rules *eldercare.Ruleset, o register.Options) (err error) {
	if f.source == nil {
		if err := f.begin(); err != nil {
			return err
		}
	}
	o.Map = f.named
	if f.Register, err = register.New(rules, f.source, o); err != nil {
		return f.failed(err)
	}
	return nil
}

// failed names the file that an error is about.
func (f *registerFile) failed(err error) error { return fmt.Errorf("%s: %w", f.in.name, err) }

// answer answers the rows. It says which columns are ignored, writes what is wrong with rows, and
// lets hear know of it.
func (f *registerFile) answer(ctx context.Context, to register.Format, out, refused io.Writer, hear func(register.Problem)) (register.Tally, error) {
	f.sayIgnored()
	wrong, err := register.NewProblems(refused)
	if err != nil {
		return register.Tally{}, err
	}
	sink, err := to.Create(out, f.Columns())
	if err != nil {
		return register.Tally{}, err
	}
	tally, err := f.Answer(ctx, sink, func(p register.Problem) error {
		hear(p)
		return wrong.Write(p)
	})
	if err == nil {
		err = sink.Close()
	}
	return tally, errors.Join(err, wrong.Close())
}

// sayIgnored says which columns are ignored.
func (f *registerFile) sayIgnored() {
	ignored := slices.DeleteFunc(f.Ignored(), func(header string) bool { return slices.Contains(f.used, header) })
	if len(ignored) > 0 {
		f.say("ignored, as their meaning is unknown: " + strings.Join(ignored, ", ") + "; name it with --map")
	}
}

// Close ends reading.
func (f *registerFile) Close() error {
	var err error
	if f.source != nil {
		err = f.source.Close()
	}
	return errors.Join(err, f.in.Close())
}
