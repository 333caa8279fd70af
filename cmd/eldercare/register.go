package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/speech"
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
func (r *registerFlags) openRegister(ctx context.Context, c *common, args []string, outs ...string) (*registerFile, error) {
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
	f.in.Reader = hearing(ctx, f.in.Reader)
	return f, nil
}

// hearing is a stream whose reading ends when ctx does, though nothing more comes of it. A file
// never waits, and stays as it is.
func hearing(ctx context.Context, in io.Reader) io.Reader {
	if f, ok := in.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			return in
		}
	}
	out, pipe := io.Pipe()
	go func() {
		_, err := io.Copy(pipe, in)
		pipe.CloseWithError(err)
	}()
	context.AfterFunc(ctx, func() { pipe.CloseWithError(context.Cause(ctx)) })
	return out
}

// interruptible runs a command that hears of being interrupted, and cleans up. A second interrupt
// ends it at once.
func (c *common) interruptible(run func(context.Context, []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		context.AfterFunc(ctx, stop)
		err := run(ctx, args)
		if err != nil && ctx.Err() != nil && !errors.Is(err, errReported) && !errors.Is(err, errFound) {
			c.say("interrupted; no file is written")
			return errReported
		}
		return err
	}
}

// begin reads what stands before the rows.
func (f *registerFile) begin(ctx context.Context) (err error) {
	if f.source, err = f.format.Open(ctx, f.in.Reader, f.flags.sheet); err != nil {
		return f.failed(err)
	}
	return nil
}

// understand understands the columns, for rules that are to answer.
func (f *registerFile) understand(ctx context.Context, rules *eldercare.Ruleset, o register.Options) (err error) {
	if f.source == nil {
		if err := f.begin(ctx); err != nil {
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
	sink, err := to.Create(ctx, out, f.Columns())
	if err != nil {
		return register.Tally{}, err
	}
	defer sink.Discard()
	write := f.explained(wrong.Write)
	tally, err := f.Answer(ctx, sink, func(p register.Problem) error {
		hear(p)
		return write(p)
	})
	if err == nil {
		err = sink.Close()
	}
	return tally, errors.Join(err, wrong.Close())
}

// explained has problems written in the language, for whoever mends the register.
func (c *common) explained(write func(register.Problem) error) func(register.Problem) error {
	said := speech.Repeated(c.lang.style())
	return func(p register.Problem) error {
		p.Message = said(p.Message)
		return write(p)
	}
}

// sayIgnored says which columns are ignored.
func (f *registerFile) sayIgnored() {
	ignored := slices.DeleteFunc(f.Ignored(), func(header string) bool { return slices.Contains(f.used, header) })
	for i, header := range ignored {
		ignored[i] = strconv.Quote(header)
	}
	if len(ignored) > 0 {
		f.tell("ignored, as their meaning is unknown: %s; name it with --map", strings.Join(ignored, ", "))
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
