package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/serve"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/elder/reading"
	"github.com/basic-eldercare/eldercare/policy/timeline"
)

// rows holds what the commands share that go through elders row by row.
type rows struct {
	*common
	jurisdiction string
	assumeKnown  bool
	words        *reading.Reader // the words of the lists, once they are loaded
	// instead writes who is refused in the place of an answer; nil when people read the answers
	instead func(serve.Refused) error
}

func (r *rows) flags(cmd *cobra.Command, formats ...string) {
	r.common.flags(cmd, formats...)
	cmd.Flags().StringVarP(&r.jurisdiction, "jurisdiction", "j", "", "`id` of the jurisdiction")
	cmd.Flags().BoolVar(&r.assumeKnown, "assume-known", false, "take missing attributes as false, or as the absent value that the vocabulary names (none, 0), instead of unknown")
}

// engine loads the lists of the named jurisdiction.
func (r *rows) engine(ctx context.Context) (*eldercare.Engine, error) {
	if err := needJurisdiction(r.jurisdiction); err != nil {
		return nil, err
	}
	engine, err := r.load(ctx, r.jurisdiction)
	if err == nil {
		r.words = wordsOf(engine)
	}
	return engine, err
}

// wordsOf reads elders in the words of the vocabulary, and the names of the loaded jurisdictions.
func wordsOf(engine *eldercare.Engine) *reading.Reader {
	catalog := engine.Catalog()
	jurisdictions := make([]policy.Jurisdiction, len(catalog.Lists))
	for i, list := range catalog.Lists {
		jurisdictions[i] = list.Jurisdiction
	}
	return reading.New(catalog.Vocabulary, jurisdictions...)
}

// rules returns the rules of the named jurisdiction on the day to answer for.
func (r *rows) rules(ctx context.Context, engine *eldercare.Engine) (*eldercare.Ruleset, error) {
	rules, err := engine.Rules(ctx, r.jurisdiction, r.day(engine))
	return rules.AssumeKnown(r.assumeKnown), err
}

// inTime returns the rules of the named jurisdiction, on the day to answer for and over time.
func (r *rows) inTime(ctx context.Context) (*eldercare.Ruleset, *eldercare.Course, error) {
	engine, err := r.engine(ctx)
	if err != nil {
		return nil, nil, err
	}
	rules, err := r.rules(ctx, engine)
	if err != nil {
		return nil, nil, err
	}
	course, err := engine.Course(r.jurisdiction)
	return rules, course, err
}

// profiles goes through the elders of an input, encoded for the rules.
func (r *rows) profiles(in *input, rules *eldercare.Ruleset, do func(elder.Profile) error) error {
	return r.each(in, func() error { return nil }, r.read(func(row elder.Row) error {
		p, err := rules.Encode(row.Elder)
		if err != nil {
			return err
		}
		return do(p)
	}))
}

// read does something with an elder once it is read.
func (r *rows) read(do func(elder.Row) error) func(elder.Raw) error {
	return func(raw elder.Raw) error {
		row, err := r.words.Row(raw)
		if err != nil {
			return err
		}
		return do(row)
	}
}

// each goes through the rows of an input. It writes what is wrong with a row to standard error,
// after what flush still writes, and goes on with the others. It stops at an error that is not a
// row's fault. When a row is refused, the last line tells how many were answered.
func (r *rows) each(in *input, flush func() error, do func(elder.Raw) error) error {
	answered, refused := 0, 0
	defer func() {
		if refused > 0 {
			r.tell("%d answered, %d refused", answered, refused)
		}
	}()
	for row, err := range elder.ReadRaw(in) {
		if err == nil {
			err = do(row)
		}
		problem, err := r.refuse(in.name, row, answered+refused+1, err)
		if err == nil && (problem != "" || in.piped) {
			err = flush()
		}
		if err != nil {
			return err
		}
		if problem == "" {
			answered++
			continue
		}
		refused++
		r.say(problem)
	}
	if err := flush(); err != nil {
		return err
	}
	if refused > 0 {
		return errReported
	}
	return nil
}

// refuse returns what is wrong with the n-th elder of a file, or "" when nothing is. Where answers
// are JSON, it writes that in the place of the answer too. It returns an error that is not the
// elder's fault.
func (r *rows) refuse(file string, raw elder.Raw, n int, err error) (problem string, other error) {
	line, problem, other := problemOf(raw.Line, err)
	switch {
	case other != nil && raw.Line == 0: // the input cannot be read
		return "", fmt.Errorf("%s: %w", file, other)
	case problem == "":
		return "", other
	case raw.Line == 0: // elders cannot be told from each other any more
		return fmt.Sprintf("%s:%d: %s", file, line, problem), nil
	}
	told := serve.RefusedRow(n, raw.Line, err)
	if row, err := r.words.Row(raw); err == nil {
		told.ID = row.Elder.ID()
	}
	if r.instead != nil {
		for i, cause := range told.Error {
			told.Error[i].Message = r.lang.forPrograms().sentence(cause.Message)
		}
		other = r.instead(told)
	}
	if told.ID != "" {
		id := policy.Brief(elder.HideIDNumbers(told.ID), longestShownID)
		return fmt.Sprintf("%s:%d: elder %d (%s): %s", file, line, n, id, problem), other
	}
	return fmt.Sprintf("%s:%d: elder %d: %s", file, line, n, problem), other
}

// longestShownID is the greatest number of characters of an id in a message.
const longestShownID = 40

// problemOf returns what is wrong with a row that begins on a line, with the line of the problem,
// or "" when nothing is. It returns an error that is not the row's fault.
func problemOf(begins int, err error) (line int, problem string, other error) {
	var unreadable *elder.RowError
	var wrong *eldercare.InputError
	var failed *eldercare.EvaluationError
	switch {
	case errors.As(err, &unreadable) && unreadable.Err != nil:
		return begins, "", unreadable.Err
	case errors.As(err, &unreadable):
		return unreadable.Line, unreadable.Problem, nil
	case errors.As(err, &wrong):
		return begins, wrong.Error(), nil
	case errors.As(err, &failed):
		return begins, failed.Error(), nil
	case errors.Is(err, timeline.ErrAgeOnly):
		return begins, err.Error(), nil
	}
	return begins, "", err
}
