package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/register"
	"github.com/basic-eldercare/eldercare/policy/register/excel"
	"github.com/basic-eldercare/eldercare/policy/register/parquet"
	"github.com/basic-eldercare/eldercare/policy/summary"
)

// rosterOptions are the flags of roster.
type rosterOptions struct {
	rows
	registerFlags
	out, errors string
	to          choice
	keep        []string
	long, plan  bool
	maxErrors   int
	summary     choice
	by          []string
	minGroup    int
}

// registerFormats lists the formats of registers by name.
var registerFormats = map[string]register.Format{
	"csv": register.CSV{}, "tsv": register.CSV{Comma: '\t'}, "ndjson": register.NDJSON{}, "xlsx": excel.Format{},
	"parquet": parquet.Format{},
}

// registerEndings lists the formats by the ending of a file's name.
var registerEndings = map[string]string{
	".csv": "csv", ".txt": "csv", ".tsv": "tsv", ".ndjson": "ndjson", ".jsonl": "ndjson", ".json": "ndjson",
	".xlsx": "xlsx", ".parquet": "parquet", ".pq": "parquet",
}

func rosterCommand(c *common) *cobra.Command {
	o := &rosterOptions{
		rows: rows{common: c}, registerFlags: newRegisterFlags(), to: choice{of: slices.Sorted(maps.Keys(registerFormats))},
		summary: choice{of: []string{"table", "json", "html"}},
	}
	cmd := &cobra.Command{
		Use:   "roster -j ID [IN|-] -o OUT",
		Short: "Answer a whole register",
		Long: `Roster reads a register, a table with one row for each elder. It writes a table
of what each is owed, with a column for each service (entitled, possible,
discretionary or blank) and the amounts that are certain. With --long it writes
a row for each elder, service and measure instead. The first row of the register
names the columns: attributes by name or label. A blank cell is unknown. --plan
shows how each column is understood. Services are named as the list prints them,
and with --lang en in English.

The format follows from the ending of the name:
` + strings.Join(slices.Sorted(maps.Keys(registerEndings)), ", ") + `.
CSV may be in UTF-8 or GB18030, separated by commas, tabs or semicolons.

A column may also be headed by a value, such as 低保, with yes or no below. On a
terminal a bar shows how far it is.

--summary says on standard output what the register comes to: who has what, what
it costs a month, by age and by any column, and which missing facts matter most.
Then no OUT is needed. The page of html may be given to others: it hides figures
of fewer than --min-group elders, and those from which they could be worked out,
and puts groups of fewer into one row without their names.

A row that is refused goes to OUT.errors.csv with row, column and reason.
The others are answered, and the exit code is 1. The output file appears only
when it is complete.`,
		Example: `  eldercare roster -j hongtong register.csv -o owed.csv
  eldercare roster -j hongtong register.csv --plan
  eldercare roster -j hongtong register.csv --summary html --by 乡镇 > sum.html
  eldercare roster -j shuozhou --map 岁数=age --keep 乡镇 in.csv -o owed.csv`,
		Args: atMostOneFile,
		RunE: c.interruptible(o.run),
	}
	o.rows.flags(cmd, "table", "json")
	o.registerFlags.flags(cmd)
	f := cmd.Flags()
	f.StringVarP(&o.out, "output", "o", "", "`file` to write, or - for standard output")
	f.StringVar(&o.errors, "errors", "", "`file` for rows that are refused (default OUT.errors.csv)")
	f.Var(&o.to, "to", "format of the output, if its name does not tell")
	f.StringArrayVar(&o.keep, "keep", nil, "`header` of a column to copy after the id; an identity number is copied only this way")
	f.BoolVar(&o.long, "long", false, "write a row for each elder, service and measure")
	f.BoolVar(&o.plan, "plan", false, "show how the columns are understood, from the first rows, and stop; --format says how")
	f.Var(&o.summary, "summary", "print what the register comes to")
	f.StringArrayVar(&o.by, "by", nil, "`header` of a column that the summary also counts by")
	f.IntVar(&o.minGroup, "min-group", summary.DefaultMinGroup, "the smallest group of elders that a summary in html shows")
	f.IntVar(&o.maxErrors, "max-errors", -1, "stop when more than `N` rows are refused (default never)")
	return cmd
}

func (o *rosterOptions) run(ctx context.Context, args []string) error {
	if err := o.agree(); err != nil {
		return err
	}
	f, err := o.openRegister(ctx, o.common, args, o.out, o.errorsName())
	if err != nil {
		return err
	}
	defer f.Close()
	if to, _ := formatOf(o.out, o.to.value, "--to"); f.format != registerFormats["xlsx"] && to != registerFormats["xlsx"] {
		boundHeap() // workbooks are held as a whole
	}
	engine, err := o.engine(ctx)
	if err != nil {
		return err
	}
	rules, err := o.rules(ctx, engine)
	if err != nil {
		return err
	}
	if err := f.begin(ctx); err != nil {
		return err
	}
	seen, hide := o.progress(f.in, f.source)
	defer hide()
	err = f.understand(ctx, rules, register.Options{
		Keep: o.keep, Long: o.long, English: o.lang.forData("zh") == "en", MaxErrors: o.maxErrors,
		Places: engine.Jurisdictions(), Seen: seen,
	})
	if err != nil {
		return err
	}
	if o.plan {
		return o.printPlan(ctx, f.Register)
	}
	if o.summary.value == "" {
		return o.answer(ctx, f, nil, hide)
	}
	counter, err := summary.New(rules, f.Register, summary.Options{By: o.by, English: o.lang.namedInEnglish(o.summary.value)})
	if err != nil {
		return f.failed(err)
	}
	f.used = o.by
	return o.answer(ctx, f, counter, hide)
}

// planned is the number of rows that a plan looks at.
const planned = 10_000

// printPlan shows how the columns are understood.
func (o *rosterOptions) printPlan(ctx context.Context, r *register.Register) error {
	columns, err := r.Plan(ctx, planned)
	if err != nil {
		return err
	}
	if o.format.value == "json" {
		return printJSON(o.stdout, columns)
	}
	p := newPage(o.stdout, o.lang)
	for _, c := range columns {
		what, look := c.Attribute, plain
		switch {
		case what == "" && c.Kept:
			what = p.text("kept as it is")
		case c.Refused:
			what, look = p.text("refused: name it with --map"), warning
		case what == "":
			what, look = p.text("ignored"), warning
		case c.Label != "":
			what += p.choose("", " "+c.Label)
		}
		p.line("", look, pad(policy.Printable(c.Header), 20)+" → "+what)
		if c.Rows > 0 {
			p.line("  ", faint, p.text("%s blank, %s unreadable of %d rows; such as %s",
				share(c.Blank, c.Rows), share(c.Unreadable, c.Rows), c.Rows, strings.Join(c.Examples, " | ")))
		}
		if c.Months > 0 {
			p.line("  ", faint, p.text("%d with the month of birth only, of whom %d have an open age on the day", c.Months, c.AgeOpen))
		}
	}
	return p.out.Flush()
}

// share returns a part of a whole as a percentage. Anything above nothing is never 0%.
func share(part, whole int) string {
	if part > 0 && 100*part < whole {
		return "<1%"
	}
	return fmt.Sprintf("%d%%", 100*part/whole)
}

// agree refuses flags that do not go together.
func (o *rosterOptions) agree() error {
	switch {
	case o.jurisdiction == "":
		return needJurisdiction("")
	case o.summary.value == "" && len(o.by) > 0:
		return errors.New("--by is for a summary: say how with --summary")
	case o.minGroup < 1:
		return errors.New("--min-group must be at least 1")
	case o.summary.value != "" && o.out == "-":
		return errors.New("answers and summary cannot both go to standard output: name a file with -o, or leave it out")
	case o.out == "" && o.summary.value == "" && !o.plan:
		return errors.New("name a file to write with -o, or - for standard output")
	case o.out == "-" && o.to.value == "":
		return errors.New("say in which format to write with --to")
	}
	return nil
}

// mapped returns the columns that --map names.
func mapped(flags []string) (map[string]string, error) {
	named := map[string]string{}
	var wrong []error
	for _, f := range flags {
		header, attribute, ok := cutLast(f, "=")
		if !ok {
			wrong = append(wrong, errors.New("--map: write HEADER=ATTRIBUTE"))
			continue
		}
		header = strings.Join(strings.Fields(header), " ")
		if _, again := named[header]; again {
			wrong = append(wrong, fmt.Errorf("--map: the column %q is named twice: say once what it is", header))
		}
		named[header] = strings.TrimSpace(attribute)
	}
	return named, errors.Join(wrong...)
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// apart refuses to write over the input, and to write two outputs into one file. An output without
// a name is none.
func apart(in *input, outs ...string) error {
	var input os.FileInfo
	if f, ok := in.Reader.(*os.File); ok {
		var err error
		if input, err = f.Stat(); err != nil {
			return err
		}
	}
	written := map[string]bool{}
	for _, out := range outs {
		if out == "" {
			continue
		}
		info, err := os.Stat(out)
		switch place := placeOf(out); {
		case err == nil && !info.Mode().IsRegular(): // such as a device, which takes them all
		case err == nil && out != "-" && input != nil && os.SameFile(input, info):
			return fmt.Errorf("%s is the input: write to another file", out)
		case written[place]:
			return fmt.Errorf("two outputs would go to %s: write one of them to another file", out)
		default:
			written[place] = true
		}
	}
	return nil
}

// placeOf returns where a file stands, or would stand, whatever links lead there.
func placeOf(name string) string {
	if name == "-" {
		return name
	}
	if all, err := filepath.Abs(name); err == nil {
		name = all
	}
	if target, err := filepath.EvalSymlinks(name); err == nil {
		return target
	}
	if folder, err := filepath.EvalSymlinks(filepath.Dir(name)); err == nil {
		return filepath.Join(folder, filepath.Base(name))
	}
	return name
}

// formatOf returns the named format, or that of a file's name.
func formatOf(file, named, flag string) (register.Format, error) {
	if named == "" {
		named = registerEndings[strings.ToLower(filepath.Ext(file))]
	}
	if f, ok := registerFormats[named]; ok {
		return f, nil
	}
	return nil, fmt.Errorf("%s: say in which format it is with %s %s", file, flag, strings.Join(slices.Sorted(maps.Keys(registerFormats)), "|"))
}

// answer answers the register, and sums it up if there is a counter. Its output files appear only
// when they are complete.
func (o *rosterOptions) answer(ctx context.Context, f *registerFile, counter *summary.Counter, hide func()) error {
	to, err := o.answers()
	if err != nil {
		return err
	}
	out, err := o.create(o.out)
	if err != nil {
		return err
	}
	defer out.Discard()
	refused, err := o.create(o.errorsName())
	if err != nil {
		return err
	}
	defer refused.Discard()
	tally, err := f.answer(ctx, to, out, refused, func(p register.Problem) {
		if counter != nil {
			counter.Problem(p)
		}
	})
	hide()
	if err != nil {
		return o.stopped(ctx, tally, err, refused)
	}
	if err := errors.Join(refused.Commit(), out.Commit()); err != nil {
		return err
	}
	if counter != nil {
		if err := o.printSummary(counter.Sum(tally)); err != nil {
			return err
		}
	}
	o.say(o.summed(tally))
	if tally.Refused > 0 {
		return errFound
	}
	return nil
}

// wholeFile is a file that appears only when it is complete.
type wholeFile interface {
	io.Writer
	Commit() error
	Discard()
}

// stream stands for output that is not a file. It is written at once.
type stream struct{ io.Writer }

func (stream) Commit() error { return nil }
func (stream) Discard()      {}

// answers returns the format of the answers. None are written where only a summary is asked for.
func (o *rosterOptions) answers() (register.Format, error) {
	if o.out == "" {
		return register.CSV{}, nil
	}
	return formatOf(o.out, o.to.value, "--to")
}

// create begins a file. "-" is standard output, and an empty name is standard error. Where only a
// summary is asked for, what has no file goes nowhere.
func (o *rosterOptions) create(name string) (wholeFile, error) {
	switch {
	case name == "-":
		return stream{o.stdout}, nil
	case name == "" && o.out == "":
		return stream{io.Discard}, nil
	case name == "":
		return stream{o.stderr}, nil
	}
	return register.CreateFile(name, 0o600)
}

// errorsName returns the name of the file for errors. It is empty when there is no output file to
// put it next to.
func (o *rosterOptions) errorsName() string {
	if o.errors != "" || o.out == "-" || o.out == "" {
		return o.errors
	}
	if info, err := os.Stat(o.out); err == nil && !info.Mode().IsRegular() {
		return ""
	}
	return o.out + ".errors.csv"
}

// stopped says how far a run came that did not finish. When only some errors were allowed, it shows
// those that were too many.
func (o *rosterOptions) stopped(ctx context.Context, t register.Tally, err error, refused wholeFile) error {
	o.tell("stopped after %s, %d answered, %d refused; no answers are written", o.lang.counted(t.Rows, "row"), t.Answered, t.Refused)
	if ctx.Err() != nil {
		return errReported
	}
	if errors.As(err, new(*register.TooManyError)) {
		err = errors.Join(err, refused.Commit())
	}
	return err
}

// summed tells in the language what became of the rows.
func (o *rosterOptions) summed(t register.Tally) string {
	text := o.lang.text("%d answered, %d refused", t.Answered, t.Refused)
	if t.Blank > 0 {
		text += o.lang.text(", %d blank", t.Blank)
	}
	if t.Duplicates > 0 {
		text += o.lang.text(", %d answered with an id that an earlier row has", t.Duplicates)
	}
	if name := o.errorsName(); name != "" && name != "-" && t.Refused+t.Duplicates > 0 {
		text += o.lang.text("; see %s", name)
	}
	return text
}
