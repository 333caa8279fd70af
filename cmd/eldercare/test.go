package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/cases"
)

type testOptions struct {
	*common
	jurisdiction string
	coverage     bool
	min          int
	suggest      bool
}

func testCommand(c *common) *cobra.Command {
	o := &testOptions{common: c}
	cmd := &cobra.Command{
		Use:   "test [-j ID]",
		Short: "Run the cases and the Rego tests of lists",
		Long: `Test runs the cases of catalogs/cases and the Rego tests, *_test.rego: those of
the folders of --dir, or of the lists that come along when there is none, and
with -j those of one jurisdiction in any folder. A case is answered by the table
and by plain OPA; where either is not what the case wants, test shows both. A
case that names no day is worked out for that of --on, as far as its list is in
force then.

With --coverage it says what no case reaches that names the service: the ways to
each promise, the numbers below, at and above each threshold, somebody who fails
a condition alone, every answer and refusal, and every figure of the list. It
looks at the services that a list names, and at those for which it states a
figure. A service with a rule that is tested, not proved, counts as not reached.
--min has the command fail below a percentage.

With --suggest it prints cases that reach the rest, with the attributes filled
in. What the elder is owed is for you to work out from the text: until then the
cases are errors.

The exit code is 1 when something fails or too little is reached, and 2 when a
file of tests is wrong, a list has no cases, or there is nothing to test.`,
		Example: `  eldercare test --dir mylists
  eldercare test --dir mylists -j pinglu --coverage --min 100
  eldercare test -j pinglu --dir mylists --suggest >> todo.yaml`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	o.flags(cmd, "text", "json", "junit", "github", "sarif")
	cmd.Flags().StringVarP(&o.jurisdiction, "jurisdiction", "j", "", "`id` of the jurisdiction (default all of the folders)")
	cmd.Flags().BoolVar(&o.coverage, "coverage", false, "show which parts of the lists no case reaches")
	cmd.Flags().IntVar(&o.min, "min", 0, "fail when less than this `percentage` of a list is reached")
	cmd.Flags().BoolVar(&o.suggest, "suggest", false, "print cases for what is not reached, to be completed by hand")
	return cmd
}

func (o *testOptions) run(ctx context.Context) error {
	if o.min < 0 || o.min > 100 {
		return errors.New("--min is a percentage, from 0 to 100")
	}
	if o.suggest && o.format.value != "text" {
		return errors.New("--suggest prints YAML; leave --format out")
	}
	engine, err := o.load(ctx) // all: a list below may state a figure of its own
	if err != nil {
		return err
	}
	report, err := engine.Test(ctx, o.testOptions()...)
	if err != nil {
		return err
	}
	if err := o.write(engine, report); err != nil {
		return err
	}
	if len(report.Failed()) > 0 {
		return errFound
	}
	for _, c := range report.Coverage {
		if c.Percent() < o.min {
			return errFound
		}
	}
	return nil
}

func (o *testOptions) testOptions() []eldercare.TestOption {
	options := []eldercare.TestOption{eldercare.On(eldercare.Date(o.on))}
	if o.jurisdiction != "" {
		options = append(options, eldercare.TestsOf(o.jurisdiction))
	}
	if o.coverage || o.min > 0 || o.suggest {
		options = append(options, eldercare.Cover())
	}
	return options
}

func (o *testOptions) write(engine *eldercare.Engine, report *eldercare.TestReport) error {
	switch {
	case o.suggest:
		return o.writeSuggestions(report)
	case o.format.value == "json":
		return printJSON(o.stdout, []*eldercare.TestReport{o.lang.forPrograms().testReport(report)})
	case o.format.value == "junit":
		return writeJUnit(o.stdout, o.lang.forPrograms().suitesOf(report, o.min))
	case o.format.value == "github":
		return writeGitHub(o.stdout, testProblems(o.lang.forPrograms(), report, o.min))
	case o.format.value == "sarif":
		return writeSARIF(o.stdout, testProblems(o.lang.forPrograms(), report, o.min))
	}
	p := newPage(o.stdout, o.lang)
	for _, t := range report.Failed() {
		p.failedTest(t)
	}
	for _, c := range report.Coverage {
		p.coverage(engine.Catalog().Vocabulary, c)
	}
	p.line("", strong, p.summaryOf(report))
	return p.out.Flush()
}

// summaryOf counts the tests.
func (l language) summaryOf(report *eldercare.TestReport) string {
	byKind := map[cases.Kind]int{}
	for _, t := range report.Tests {
		byKind[t.Kind]++
	}
	inYAML, inRego := l.counted(byKind[cases.InYAML], "case"), l.counted(byKind[cases.InRego], "Rego test")
	if failed := len(report.Failed()); failed > 0 {
		return l.text("%s, %s, %d failed", inYAML, inRego, failed)
	}
	return l.text("%s, %s, all passed", inYAML, inRego)
}

// failedTest writes a test that failed for people: its place, and what is wanted and what is
// answered, as a difference.
func (p *page) failedTest(t cases.Test) {
	p.line("", warning, fmt.Sprintf("%s:%d: %s", t.Pos.File, t.Pos.Line, t.Name))
	if t.Failed != "" {
		p.line("  ", plain, p.sentence(t.Failed))
	}
	for _, d := range t.Differences {
		p.line("  ", faint, fmt.Sprintf("%s:%d%s", d.Pos.File, d.Pos.Line, p.text(answeredBy[d.By])))
		p.line("  - ", plain, named(d.Service)+p.sentence(d.Want))
		p.line("  + ", plain, named(d.Service)+p.sentence(d.Got))
	}
}

// answeredBy says whose answer a difference is, where it is not that of both.
var answeredBy = map[string]string{
	cases.ByOPA:    ": by plain OPA, the table agrees with the case",
	cases.ByEither: ": the table answers -, plain OPA +; report this as a fault of the program",
}

// named is a service before what is said of it; the cash of a month has none.
func named(service string) string {
	if service == "" {
		service = "monthly_cny"
	}
	return service + " "
}

// coverage writes what of a list no case reaches, for people.
func (p *page) coverage(v *policy.Vocabulary, c cases.Coverage) {
	look := strong
	if len(c.Missing) > 0 {
		look = warning
	}
	p.line("", look, p.text("%s: %d of %d reached, %d %%", c.List, c.Reached, c.Of, c.Percent()))
	before := ""
	for _, g := range c.Missing {
		if g.Service != before {
			p.line("  ", plain, g.Service+p.choose("", " "+v.Service(g.Service).Name))
			before = g.Service
		}
		p.line("    "+pad(p.text(string(g.Kind)), 9)+" ", plain, p.sentence(g.What))
		p.line("              ", faint, fmt.Sprintf("%s:%d", g.Pos.File, g.Pos.Line))
	}
}

// writeSuggestions writes cases that are to be completed by hand, as YAML.
func (o *testOptions) writeSuggestions(report *eldercare.TestReport) error {
	for _, t := range report.Failed() {
		o.tell("%s:%d: %s failed", t.Pos.File, t.Pos.Line, t.Name)
	}
	for _, c := range report.Coverage {
		if len(c.Suggestions) > 0 {
			fmt.Fprintf(o.stdout, "# catalogs/cases/%s.yaml\n# %s\n", c.List,
				o.lang.text("Work out what each elder is owed from the text, never from an answer of the program."))
		}
		for _, s := range c.Suggestions {
			if err := s.WriteYAML(o.stdout); err != nil {
				return err
			}
		}
	}
	return nil
}

// testProblems are the tests that failed and what is not reached, for other programs. Below the
// least percentage they are errors.
func testProblems(in language, report *eldercare.TestReport, least int) []problem {
	var problems []problem
	add := func(code string, severity policy.Severity, pos policy.Position, say func(language) string) {
		problems = append(problems, problem{code: code, severity: severity, pos: pos, message: say(language{value: "en"}), said: say(in)})
	}
	for _, t := range report.Failed() {
		if t.Failed != "" {
			add("failed-test", policy.SeverityError, t.Pos, func(l language) string { return t.Name + ": " + l.sentence(t.Failed) })
		}
		for _, d := range t.Differences {
			add("failed-case", policy.SeverityError, d.Pos, func(l language) string { return l.differenceOf(t, d) })
		}
	}
	for _, c := range report.Coverage {
		severity := policy.SeverityWarning
		if c.Percent() < least {
			severity = policy.SeverityError
		}
		for _, g := range c.Missing {
			add("not-covered", severity, g.Pos, func(l language) string { return l.notReached(g) })
		}
	}
	return problems
}

func (l language) differenceOf(t cases.Test, d cases.Difference) string {
	if d.By == cases.ByEither {
		return l.text("%s: %sthe table answers %s, plain OPA %s; report this as a fault of the program",
			t.Name, named(d.Service), l.sentence(d.Want), l.sentence(d.Got))
	}
	return l.text("%s: %swanted %s, got %s", t.Name, named(d.Service), l.sentence(d.Want), l.sentence(d.Got))
}

func (l language) notReached(g cases.Gap) string {
	if g.Kind == cases.Opaque {
		return g.Service + ": " + l.sentence(g.What)
	}
	return strings.TrimSpace(l.text("%s: no case reaches this %s: %s", g.Service, l.text(string(g.Kind)), l.sentence(g.What)))
}

// testReport returns a report for other programs, with its messages in the language.
func (l language) testReport(r *eldercare.TestReport) *eldercare.TestReport {
	if l.english() {
		return r
	}
	said := *r
	said.Tests, said.Coverage = slices.Clone(r.Tests), slices.Clone(r.Coverage)
	for i, t := range said.Tests {
		said.Tests[i].Failed, said.Tests[i].Differences = l.sentence(t.Failed), slices.Clone(t.Differences)
		for j, d := range t.Differences {
			said.Tests[i].Differences[j].Want, said.Tests[i].Differences[j].Got = l.sentence(d.Want), l.sentence(d.Got)
		}
	}
	for i, c := range said.Coverage {
		said.Coverage[i].Missing = slices.Clone(c.Missing)
		for j, g := range c.Missing {
			said.Coverage[i].Missing[j].What = l.sentence(g.What)
		}
	}
	return &said
}
