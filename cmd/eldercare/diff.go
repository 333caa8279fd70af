package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/diff"
	"github.com/basic-eldercare/eldercare/policy/register"
	"github.com/basic-eldercare/eldercare/policy/simulate"
)

// diffOptions are the flags of diff.
type diffOptions struct {
	*common
	registerFlags
	jurisdiction string
	roster       string
}

func diffCommand(c *common) *cobra.Command {
	o := &diffOptions{common: c, registerFlags: newRegisterFlags()}
	cmd := &cobra.Command{
		Use:   "diff A B",
		Short: "Compare two lists, service by service",
		Long: `Diff compares what the residents of B are owed with what those of A are: of each
service whether it is equivalent, stronger, weaker, different (both), added or
omitted, for whom, and from which amount to which. It is proved over all elders,
with one of them as an example that plain OPA confirms. A service with a rule
that cannot be proved is tested, and says so.

A and B are two jurisdictions; or two versions of a folder with catalogs/ and
rego/, which is laid over the lists that come with the program: a path, or
git:REV or git:REV:PATH for the folder as it was at a revision of git. Each may
have a day behind it, as in hongtong@2024-06-01, if it is not that of --on. Of
two versions every list that differs is compared, or the one that -j names.`,
		Example: `  eldercare diff shuozhou hongtong
  eldercare diff hongtong@2024-06-01 hongtong
  eldercare diff shuozhou hongtong --format html > diff.html
  eldercare diff old new -j hongtong
  eldercare diff git:main:lists lists --format markdown`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return fmt.Errorf("give two lists or folders, A and B, not %d", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), args[0], args[1]) },
	}
	o.common.flags(cmd, "text", "json", "markdown", "html")
	cmd.Flags().StringVar(&o.roster, "roster", "", "register, as a `file`: how many of it lose, and what it costs")
	o.registerFlags.flags(cmd)
	cmd.Flags().StringVarP(&o.jurisdiction, "jurisdiction", "j", "", "`id` of the jurisdiction, of two folders or revisions")
	return cmd
}

// operand is one side as it was named: a jurisdiction, or a version of a folder.
type operand struct {
	*eldercare.Engine // once it is loaded
	name              string
	jurisdiction      string
	version           eldercare.Option // nil for a jurisdiction
	on                eldercare.Date   // zero when no day is named
}

// operand reads ID, FOLDER or git:REV[:FOLDER], each with @DAY behind it or without.
func (o *diffOptions) operand(ctx context.Context, text string) (of operand, err error) {
	if at := strings.LastIndex(text, "@"); at >= 0 && of.on.UnmarshalText([]byte(text[at+1:])) == nil {
		text = text[:at]
	}
	of.name = text
	if rev, isRevision := strings.CutPrefix(text, "git:"); isRevision {
		rev, folder, _ := strings.Cut(rev, ":")
		files, err := revision(ctx, rev, cmp.Or(folder, "."))
		of.version = eldercare.WithFS(text, files)
		return of, err
	}
	switch {
	case hasLists(text):
		of.version = eldercare.WithDir(text)
	case text == "":
		return of, errors.New("name two jurisdictions, folders or revisions")
	case strings.ContainsAny(text, `/\.`):
		return of, fmt.Errorf("%s has neither catalogs/ nor rego/ in it", text)
	default:
		of.jurisdiction, _, _ = strings.Cut(text, "@")
		if of.jurisdiction != text {
			return of, of.on.UnmarshalText([]byte(text[len(of.jurisdiction)+1:]))
		}
	}
	return of, nil
}

func (o *diffOptions) run(ctx context.Context, textA, textB string) error {
	a, err := o.operand(ctx, textA)
	if err != nil {
		return err
	}
	b, err := o.operand(ctx, textB)
	if err != nil {
		return err
	}
	var reports []*eldercare.Diff
	switch {
	case (a.version == nil) != (b.version == nil):
		return errors.New("compare two jurisdictions, or two folders or revisions")
	case a.version != nil:
		reports, err = o.versions(ctx, a, b)
	case o.jurisdiction != "":
		return errors.New("-j goes with two folders or revisions")
	default:
		reports, err = o.places(ctx, a, b)
	}
	if err != nil {
		return err
	}
	return o.print(reports)
}

// places compares two jurisdictions, or one on two days.
func (o *diffOptions) places(ctx context.Context, a, b operand) ([]*eldercare.Diff, error) {
	engine, err := o.load(ctx, a.jurisdiction, b.jurisdiction)
	if err != nil {
		return nil, err
	}
	a.Engine, b.Engine = engine, engine
	r, err := o.compare(ctx, a, b)
	return []*eldercare.Diff{r}, err
}

// versions compares two versions of a folder: one jurisdiction, or all whose lists or rules are not
// the same.
func (o *diffOptions) versions(ctx context.Context, a, b operand) ([]*eldercare.Diff, error) {
	var only []string
	if o.jurisdiction != "" {
		only = []string{o.jurisdiction}
	}
	var err error
	if a.Engine, err = o.over(ctx, a.name, a.version, only...); err != nil {
		return nil, err
	}
	if b.Engine, err = o.over(ctx, b.name, b.version, only...); err != nil {
		return nil, err
	}
	if only == nil {
		if only = o.changed(a, b); len(only) == 0 {
			o.say("the lists that both sides have are all the same")
		}
	}
	var reports []*eldercare.Diff
	for _, id := range only {
		a.jurisdiction, b.jurisdiction = id, id
		r, err := o.compare(ctx, a, b)
		if err != nil {
			return nil, err
		}
		r.A.From, r.B.From = a.name, b.name
		reports = append(reports, r)
	}
	return reports, nil
}

// compare compares two operands, and a register by them if one is given.
func (o *diffOptions) compare(ctx context.Context, a, b operand) (*eldercare.Diff, error) {
	dayA, dayB := o.dayOf(a), o.dayOf(b)
	r, err := a.Diff(ctx, a.jurisdiction, b.jurisdiction, eldercare.On(dayA), eldercare.BOn(dayB), eldercare.BIn(b.Engine))
	if err != nil || o.roster == "" {
		return r, err
	}
	before, err := a.Rules(ctx, a.jurisdiction, dayA)
	if err != nil {
		return nil, err
	}
	after, err := b.Rules(ctx, b.jurisdiction, dayB)
	if err != nil {
		return nil, err
	}
	r.Roster, err = o.counted(ctx, before, after, b.Jurisdictions())
	return r, err
}

// counted answers the register by both sides.
func (o *diffOptions) counted(ctx context.Context, before, after *eldercare.Ruleset, places []eldercare.Jurisdiction) (*diff.Roster, error) {
	f, err := o.openRegister(ctx, o.common, []string{o.roster})
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if err := f.understand(ctx, after, register.Options{MaxErrors: -1, Places: places}); err != nil {
		return nil, err
	}
	s, err := simulate.New(ctx, before, after, f.Register, simulate.Options{English: o.lang.english()})
	if err != nil {
		return nil, err
	}
	tally, err := f.answer(ctx, register.CSV{}, io.Discard, io.Discard, s.Problem)
	if err != nil {
		return nil, err
	}
	of := s.Report(tally)
	return &diff.Roster{
		Elders: of.Elders, Winners: of.Winners, Losers: of.Losers, Both: of.Both, Undecided: of.Undecided, Unchanged: of.Unchanged,
		Refused: int64(of.Rows.Refused) + of.NotBefore, MonthlyA: of.Monthly.Before.Certain, MonthlyB: of.Monthly.After.Certain,
	}, nil
}

// changed are the jurisdictions whose lists or rules are not the same in both versions. It says
// which have a list in one only.
func (o *diffOptions) changed(a, b operand) []string {
	var ids []string
	for _, j := range a.Jurisdictions() {
		before, errA := a.Digest(j.ID, o.dayOf(a))
		after, errB := b.Digest(j.ID, o.dayOf(b))
		switch {
		case errB != nil && errA == nil:
			o.tell("in B %s", o.lang.sentence(errB.Error()))
		case errA == nil && (before != after || o.dayOf(a) != o.dayOf(b)):
			ids = append(ids, j.ID)
		}
	}
	for _, j := range b.Jurisdictions() {
		if _, err := a.Digest(j.ID, o.dayOf(a)); err != nil {
			o.tell("in A %s", o.lang.sentence(err.Error()))
		}
	}
	return ids
}

// dayOf returns the day that an operand names, else that of the command.
func (o *diffOptions) dayOf(of operand) eldercare.Date {
	if of.on.IsZero() {
		return o.day(of.Engine)
	}
	return of.on
}

func (o *diffOptions) print(reports []*eldercare.Diff) error {
	switch o.format.value {
	case "json":
		return printJSON(o.stdout, reports)
	case "html":
		if len(reports) != 1 {
			return fmt.Errorf("there are %d lists to compare, and a page shows one; name it with -j", len(reports))
		}
		return diff.HTML(o.stdout, reports[0], o.lang.value)
	}
	for i, r := range reports {
		if i > 0 {
			fmt.Fprintln(o.stdout)
		}
		var err error
		if o.format.value == "markdown" {
			err = diff.Markdown(o.stdout, r, o.lang.value)
		} else {
			err = printRecords(o.stdout, r.Page(o.lang.value))
		}
		if err != nil {
			return err
		}
	}
	return nil
}
