package mcp

import (
	"context"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
)

// tool is what an assistant can call.
type tool struct {
	name, title, about string
	needs, takes       []string // arguments: those that must be given, and those that may
	answer             func(context.Context, *server, call) (any, error)
}

// tools are all of them. docs/mcp.md has a line for each.
var tools = []tool{
	{
		name: "jurisdictions", title: "Who has a list",
		about: "Lists the provinces, cities and counties whose lists are known: id, name, the one above, the document. " +
			"A list is in force only where in_force is true, and reconstructed where basis says so.",
		takes: []string{"on"}, answer: jurisdictions,
	},
	{
		name: "questions", title: "What to ask next",
		about: "Tells what to ask next of an elder, the question that settles most services first. " +
			"No questions: all is settled.",
		needs: []string{"jurisdiction"}, takes: []string{"elder", "on"}, answer: questions,
	},
	{
		name: "decision", title: "What an elder is owed",
		about: "Decides what an elder is owed: the services to which the elder is certainly entitled, with amounts and citations; " +
			"those that are possible, and what would settle them; those that are at discretion; and the cash of a month.",
		needs: []string{"jurisdiction", "elder"}, takes: []string{"on", "assume_known"}, answer: decision,
	},
	{
		name: "explanation", title: "Why, or why not",
		about: "Explains the answer on one service: the clause, each condition, the figures with dates and citations. " +
			"For a no: which conditions fail, what would do, and from which day time alone makes it a yes.",
		needs: []string{"jurisdiction", "elder", "service"}, takes: []string{"on", "assume_known"}, answer: explanation,
	},
	{
		name: "check", title: "What a list takes away",
		about: "Proves over all elders that a list gives at least what the list above gives, or shows who would lose, with an example. " +
			"Without a day it looks at all days on which anything changes.",
		needs: []string{"jurisdiction"}, takes: []string{"against", "on"}, answer: check,
	},
}

// whole are the jurisdictions on a day.
type whole struct {
	On            eldercare.Date   `json:"on"`
	Jurisdictions []policy.Listing `json:"jurisdictions"`
}

func jurisdictions(_ context.Context, s *server, c call) (any, error) {
	on := s.day(c)
	return whole{on, s.Engine.Listings(on)}, nil
}

// day returns the day to answer for.
func (s *server) day(c call) eldercare.Date {
	switch {
	case !c.on.IsZero():
		return c.on
	case !s.On.IsZero():
		return s.On
	}
	return s.Engine.Today()
}

// options are those by which an elder is answered.
func (s *server) options(c call) []eldercare.EvalOption {
	options := []eldercare.EvalOption{eldercare.On(s.day(c))}
	if c.assumeKnown {
		options = append(options, eldercare.AssumeKnown())
	}
	return options
}

// asked are the questions about one elder.
type asked struct {
	ID        string               `json:"id,omitempty"`
	Questions []eldercare.Question `json:"questions"`
}

func questions(ctx context.Context, s *server, c call) (any, error) {
	next, err := s.Engine.NextQuestions(ctx, c.jurisdiction, c.elder, s.options(c)...)
	if next == nil {
		next = []eldercare.Question{}
	}
	return asked{c.elder.ID(), next}, err
}

func decision(ctx context.Context, s *server, c call) (any, error) {
	return s.Engine.Evaluate(ctx, c.jurisdiction, c.elder, s.options(c)...)
}

func explanation(ctx context.Context, s *server, c call) (any, error) {
	return s.Engine.Explain(ctx, c.jurisdiction, c.elder, c.service, s.options(c)...)
}

// check looks at all days unless one is named.
func check(ctx context.Context, s *server, c call) (any, error) {
	if c.on.IsZero() {
		c.on = s.On
	}
	options := []eldercare.CheckOption{eldercare.On(c.on)}
	if c.against != "" {
		options = append(options, eldercare.Against(c.against))
	}
	report, err := s.Engine.Check(ctx, c.jurisdiction, options...)
	switch {
	case err != nil:
		return nil, err
	case report.Against == "":
		return nil, &problem{"nothing-checked", "there is no list above to check against"}
	}
	return report, nil
}
