package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/register"
	"github.com/basic-eldercare/eldercare/policy/source"
)

// common holds what all commands share: the streams, where lists come from, and the flags that
// every command has.
type common struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	lists          opener

	lang    language
	format  choice
	dirs    []string
	replace []string
	on      dateFlag
}

// flags adds the flags that every command has. The first of the formats is the default.
func (c *common) flags(cmd *cobra.Command, formats ...string) {
	c.formatFlag(cmd, formats...)
	cmd.Flags().StringArrayVar(&c.dirs, "dir", nil, "`folder` of your own with catalogs/ and rego/, laid over the lists that come with the program")
	cmd.Flags().StringArrayVar(&c.replace, "replace", nil, "let a folder replace the file with this `path`, such as rego/elder.rego")
	cmd.Flags().Var(&c.on, "on", "the day to answer for, as `YYYY-MM-DD` (default today in China)")
}

func (c *common) formatFlag(cmd *cobra.Command, formats ...string) {
	flag := &choice{of: formats, value: formats[0]}
	cmd.Flags().Var(flag, "format", "form of the output")
	before := cmd.PreRunE
	cmd.PreRunE = func(cmd *cobra.Command, args []string) error {
		c.format = *flag
		if before == nil {
			return nil
		}
		return before(cmd, args)
	}
}

// load loads the lists of some jurisdictions and of those above them, or all lists when none is
// named. A jurisdiction without a list is an error that suggests another.
func (c *common) load(ctx context.Context, jurisdictions ...string) (*eldercare.Engine, error) {
	engine, err := c.lists(ctx, c.dirs, c.replace, jurisdictions)
	if err != nil {
		return nil, err
	}
	for _, r := range engine.Replaced() {
		c.say(r.String())
	}
	for _, w := range engine.Warnings() {
		c.say(c.lang.diagnostic(w).String())
	}
	for _, id := range jurisdictions {
		var unknown *eldercare.UnknownJurisdictionError
		if _, err := engine.List(id, c.day(engine)); !errors.As(err, &unknown) {
			continue
		}
		all, err := c.lists(ctx, c.dirs, c.replace, nil) // to find it by its name or code
		if err != nil {
			return nil, err
		}
		_, err = all.List(id, c.day(all))
		return nil, err
	}
	return engine, nil
}

// opener loads the lists of some jurisdictions, or of all when none is named, with folders laid
// over them that may replace some files.
type opener func(ctx context.Context, dirs, replace, jurisdictions []string) (*eldercare.Engine, error)

// openLists is the opener of the program.
func openLists(ctx context.Context, dirs, replace, jurisdictions []string) (*eldercare.Engine, error) {
	return eldercare.Load(ctx, append(layers(dirs, replace), eldercare.WithJurisdictions(jurisdictions...))...)
}

func (c *common) options() []eldercare.Option { return layers(c.dirs, c.replace) }

func layers(dirs, replace []string) []eldercare.Option {
	options := []eldercare.Option{eldercare.Replace(replace...)}
	for _, dir := range dirs {
		options = append(options, eldercare.WithDir(dir))
	}
	return options
}

// day returns the day to answer for.
func (c *common) day(engine *eldercare.Engine) eldercare.Date {
	if day := eldercare.Date(c.on); !day.IsZero() {
		return day
	}
	return engine.Today()
}

// report prints an error. It prints each problem of lists and rules with its line of the source,
// and anything else on one line. Other programs also get it on standard output, in the format asked
// for: what concerns lists from every command, and anything else from those that look for faults.
func (c *common) report(err error) {
	var problems eldercare.Diagnostics
	if errors.As(err, &problems) {
		own := newSources(c.dirs)
		for _, p := range problems {
			var text strings.Builder
			c.lang.diagnostic(p).Render(&text, own.content(p.Pos.File))
			fmt.Fprint(c.stderr, elder.HideIDNumbers(text.String()))
		}
		if n := len(problems); n > 1 {
			c.say(c.lang.counted(n, "problem"))
		}
	} else {
		problem := problemWith(err)
		if problem.Remedy == "" {
			c.say(problem.Summary)
		} else {
			c.say(strings.Join([]string{problem.Summary, problem.Remedy}, "; "))
		}
		if problem.Code == otherwise && !slices.Contains(c.format.of, "sarif") {
			return
		}
		problems = eldercare.Diagnostics{problem}
	}
	// Standard output that cannot be written to is said once.
	if failed := c.reportTo(problems); failed != nil && failed.Error() != err.Error() {
		c.say(failed.Error())
	}
}

// otherwise is the code of a problem that concerns no list.
const otherwise = "failed"

// problemWith returns as a problem what is wrong with no file of lists.
func problemWith(err error) policy.Diagnostic {
	problem := policy.Diagnostic{Code: otherwise, Severity: policy.SeverityError, Summary: err.Error()}
	if unknown, is := errors.AsType[*eldercare.UnknownJurisdictionError](err); is {
		problem.Code = "unknown-jurisdiction"
		if unknown.Suggestion == "" {
			problem.Remedy = `"eldercare list" shows them`
		}
	}
	if _, is := errors.AsType[*eldercare.NotInForceError](err); is {
		problem.Code = "not-in-force"
	}
	return problem
}

// reportTo writes problems for other programs: as JSON in one line {"error": […]}, for JUnit, as
// annotations, or as a SARIF log. A command without a choice of formats, such as schema, writes
// what was asked for or nothing.
func (c *common) reportTo(problems eldercare.Diagnostics) error {
	if len(c.format.of) < 2 {
		return nil
	}
	in := c.lang.forPrograms()
	problems = hideIDNumbers(problems)
	switch c.format.value {
	case "json":
		type failure struct {
			Error eldercare.Diagnostics `json:"error"`
		}
		return printJSON(c.stdout, []failure{{in.messages(problems)}})
	case "junit":
		return writeJUnit(c.stdout, problemSuites(in.messages(problems)))
	case "github":
		return writeGitHub(c.stdout, loadProblems(in, problems))
	case "sarif":
		return writeSARIF(c.stdout, loadProblems(in, problems))
	}
	return nil
}

// hideIDNumbers returns problems without the identity numbers in their messages, which repeat what
// somebody wrote. The names of files in which something is wrong stay: programs find these by them,
// and a code of a township with a day behind it has the form of such a number.
func hideIDNumbers(problems eldercare.Diagnostics) eldercare.Diagnostics {
	hidden := slices.Clone(problems)
	for i := range hidden {
		hidden[i].Summary, hidden[i].Remedy = elder.HideIDNumbers(hidden[i].Summary), elder.HideIDNumbers(hidden[i].Remedy)
		if hidden[i].Pos.Line == 0 { // no place, but a name that somebody gave
			hidden[i].Pos.File = elder.HideIDNumbers(hidden[i].Pos.File)
		}
	}
	return hidden
}

// nothingChecked returns the error of a command that was to check lists but found none.
func nothingChecked(why string) error {
	return eldercare.Diagnostics{{
		Code: "nothing-checked", Severity: policy.SeverityError, Summary: "nothing was checked: " + why,
		Remedy: "name a day on which lists are in force, or lists to check",
	}}
}

// tell writes a line to standard error: an English format, with what it is about, in the language.
func (c *common) tell(format string, args ...any) { c.toStderr(c.lang.text(format, args...)) }

// say writes a line to standard error, in the language: a finished English sentence, or one that is
// said in the language already.
func (c *common) say(sentence string) { c.toStderr(c.lang.sentence(sentence)) }

// toStderr writes a line to standard error, cut where it is too long. It hides identity numbers,
// which may be in whatever it repeats of the arguments: names of files, values of flags. Nothing
// else that is told here has as many digits in a row, but for a seed that somebody gave.
func (c *common) toStderr(text string) {
	line := elder.HideIDNumbers(strings.Join(strings.Fields(text), " "))
	fmt.Fprintln(c.stderr, "eldercare:", policy.Printable(policy.Brief(line, longestLine)))
}

// longestLine is the greatest number of characters in a line to standard error.
const longestLine = 4000

// sources reads the files of the user's own folders, each once, when lists are read.
type sources map[string]*source.Files

// newSources returns the sources of folders. A folder that cannot be read has none.
func newSources(dirs []string) sources {
	s := sources{}
	for _, dir := range dirs {
		if own, err := source.Dir(dir); err == nil {
			s[dir] = source.NewFiles(own)
		}
	}
	return s
}

// content returns the text of a file of the user's own. It returns nil for any other file, whose
// text only the program has.
func (s sources) content(file string) []byte {
	for dir, files := range s {
		relative, err := filepath.Rel(dir, filepath.FromSlash(file))
		if err != nil || !filepath.IsLocal(relative) {
			continue
		}
		if f, err := files.Read(filepath.ToSlash(relative)); err == nil {
			return f.Content
		}
	}
	return nil
}

// writeFile writes a file that replaces the named one once it is complete. See [register.File].
func writeFile(name string, mode fs.FileMode, write func(io.Writer) error) error {
	f, err := register.CreateFile(name, mode)
	if err != nil {
		return err
	}
	if err := write(f); err != nil {
		f.Discard()
		return err
	}
	return f.Commit()
}

// writeInto writes a file as [writeFile] does, and the folders that it lies in.
func writeInto(file string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return writeFile(file, 0o644, func(to io.Writer) error {
		_, err := to.Write(content)
		return err
	})
}

// isTerminal reports whether a stream is a terminal.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// needJurisdiction returns the error of a command that needs -j but was given none.
func needJurisdiction(id string) error {
	if id == "" {
		return errors.New(`name a jurisdiction with -j; "eldercare list" shows them`)
	}
	return nil
}

// choice is a flag with a fixed set of values.
type choice struct {
	of    []string
	value string
}

// String returns the chosen value.
func (c *choice) String() string { return c.value }

// Type returns the values as help shows them.
func (c *choice) Type() string { return strings.Join(c.of, "|") }

// Set refuses what is not among the values.
func (c *choice) Set(value string) error {
	if !slices.Contains(c.of, value) {
		return fmt.Errorf("must be %s", strings.Join(c.of, " or "))
	}
	c.value = value
	return nil
}

// dateFlag is a flag with a day.
type dateFlag eldercare.Date

// String returns the day as YYYY-MM-DD. It is empty when there is none.
func (d *dateFlag) String() string {
	if date := eldercare.Date(*d); !date.IsZero() {
		return date.String()
	}
	return ""
}

// Type returns what help calls the value.
func (d *dateFlag) Type() string { return "date" }

// Set refuses days that do not exist.
func (d *dateFlag) Set(value string) (err error) {
	*(*eldercare.Date)(d), err = policy.ParseDate(value)
	return err
}
