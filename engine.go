// Package eldercare turns official basic eldercare service lists (基本养老服务清单) into decisions. An
// elder's attributes go in; the services that the elder is entitled to come out, with amounts,
// reasons and citations.
//
// [Load] reads the lists that come with the module, and any of your own laid over them. An [Engine]
// then answers
//
//   - for one elder: [Engine.Evaluate], [Engine.Explain], [Engine.NextQuestions], [Engine.Notice]
//     and [Engine.Timeline];
//   - for many elders: [Engine.Roster] for counts, sums and decisions at once; [Engine.Rules] for
//     the [Ruleset] of a jurisdiction and day, which decides one elder after another; and [Bind]
//     for elders in structs of your own;
//   - about lists: [Engine.Check], [Engine.Diff], [Engine.Lint], [Engine.Test],
//     [Engine.Jurisdictions] and [Engine.List].
//
// [On] names the day, and [AssumeKnown] takes missing facts as absent. A [Ruleset] or a [Course]
// hands on how it takes them to whatever is made from it; see [Ruleset.AssumeKnown]. An answer
// belongs to the caller, who may change it, unless its documentation says what is shared.
//
// # One elder
//
//	engine, err := eldercare.Load(ctx)
//	elder := eldercare.Elder{"age": 100, "local_hukou": true}
//	decision, err := engine.Evaluate(ctx, "hongtong", elder, eldercare.OnDate("2026-11-22"))
//	for _, e := range decision.Entitled {
//		fmt.Println(e.Item, e.Name, e.Promises, e.Cite)
//	}
//
// # Many elders
//
//	roster, err := engine.Roster(ctx, "hongtong", eldercare.AssumeKnown())
//	for _, elder := range elders {
//		err = roster.Add(elder)
//	}
//	totals, err := roster.Totals(ctx)    // counts and sums
//	decisions, err := roster.Decide(ctx) // one for each elder: decisions.At(row)
//
// # Lists
//
//	report, err := engine.Check(ctx, "hongtong") // against the list above
//	for _, f := range report.Findings {
//		fmt.Println(f.Service, f.Kind, f.Region, f.Witness)
//	}
//	compared, err := engine.Diff(ctx, "shuozhou", "hongtong")
//
// The types of answers are aliases, which go doc shows in one line. Their comments say where their
// fields and methods are, such as
//
//	go doc github.com/basic-eldercare/eldercare/policy/ruleset.Ruleset
package eldercare

import (
	"context"
	"embed"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/basic-eldercare/eldercare/internal/own"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/cases"
	"github.com/basic-eldercare/eldercare/policy/check"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/explain"
	"github.com/basic-eldercare/eldercare/policy/interview"
	"github.com/basic-eldercare/eldercare/policy/lint"
	"github.com/basic-eldercare/eldercare/policy/notice"
	"github.com/basic-eldercare/eldercare/policy/roster"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
	"github.com/basic-eldercare/eldercare/policy/source"
	"github.com/basic-eldercare/eldercare/policy/timeline"
	"github.com/basic-eldercare/eldercare/policy/trace"
)

//go:embed catalogs/*.yaml catalogs/cases/*.yaml rego/*.rego rego/lists/*.rego
var embedded embed.FS

// Engine answers from the lists that it was loaded with. It is immutable and safe for concurrent
// use. It compiles each jurisdiction at its first use and keeps the result.
type Engine struct {
	files    *source.Files
	folders  []string // the names of those laid over, or "" for the embedded lists alone
	replaced []Replacement
	catalog  *policy.Catalog
	library  *ruleset.Library
	limits   Limits
	clock    func() time.Time

	mu      sync.Mutex
	courses map[string]*Course
}

var (
	errNoEngine  = policy.CallError("the engine is nil; make one with Load")
	errNoContext = policy.CallError("the context is nil")
	errNoOption  = policy.CallError("an option is nil")
	errNoWriter  = policy.CallError("the writer is nil")
	errNoKey     = policy.CallError("the key is empty")
	errNoBinding = policy.CallError("the binding is empty; make one with Bind")
	errNoRuleset = policy.CallError("the ruleset is empty; get one from Engine.Rules")
	errSince     = policy.CallError("Since goes without Against and Verify")
	errNoText    = policy.CallError("the text is nil; make one with trace.Read")

	errOtherRuleset = policy.CallError("the ruleset is of an engine with other attributes or figures; call Bind with that engine")
)

// ready returns an error when the engine was not loaded or the context is nil.
func (e *Engine) ready(ctx context.Context) error {
	switch {
	case !e.loaded():
		return errNoEngine
	case ctx == nil:
		return errNoContext
	}
	return nil
}

func (e *Engine) loaded() bool { return e != nil && e.catalog != nil }

// Option configures [Load].
type Option func(*config) error

type config struct {
	sources []source.Source
	replace []string
	only    []string
	clock   func() time.Time
	limits  Limits
}

// WithDir lays a folder with catalogs/ and rego/ over the lists that come with the module, and over
// those of earlier options. The folder adds to them. If it changes them, that is an error of
// [Load], unless [Replace] allows it. No link in the folder may lead out of it. A folder that
// cannot be read is an error.
func WithDir(dir string) Option {
	return func(c *config) error {
		info, err := os.Stat(dir)
		if errors.Is(err, fs.ErrNotExist) {
			return policy.Errorf("wrong-folder", "the folder of lists: %w: name one that holds catalogs/ or rego/", err)
		}
		if err != nil {
			return policy.Errorf("wrong-folder", "the folder of lists: %w", err)
		}
		if !info.IsDir() {
			return policy.Errorf("wrong-folder", "the folder of lists: %s is not a folder", dir)
		}
		folder, err := source.Dir(dir)
		if err != nil {
			return policy.Errorf("wrong-folder", "the folder of lists: %w", err)
		}
		c.sources = append(c.sources, folder)
		return nil
	}
}

// WithFS is [WithDir] for any file system. Messages put name before the paths of its files.
func WithFS(name string, fsys fs.FS) Option {
	return func(c *config) error {
		if fsys == nil {
			return policy.CallError("the folder of lists: the file system is nil")
		}
		c.sources = append(c.sources, source.Source{Name: name, FS: fsys})
		return nil
	}
}

// Replace allows folders to change something of another folder or of ours. Each path names a file
// that does so, such as rego/elder.rego: it takes the place of an earlier file, or holds the rules
// of a list in another folder. [Engine.Replaced] and every [Report] name these files. It is an
// error of [Load] if a path replaces nothing.
func Replace(paths ...string) Option {
	return func(c *config) error {
		for _, p := range paths {
			c.replace = append(c.replace, path.Clean(filepath.ToSlash(p)))
		}
		return nil
	}
}

// WithoutEmbedded leaves out the lists that come with the module. The vocabularies and the shared
// rules must then come from another option.
func WithoutEmbedded() Option {
	return func(c *config) error {
		c.sources = slices.DeleteFunc(c.sources, func(s source.Source) bool { return s.FS == fs.FS(embedded) })
		return nil
	}
}

// WithJurisdictions loads only the named jurisdictions and those above them, which is faster. An id
// that no list has is an error when it is used.
func WithJurisdictions(ids ...string) Option {
	return func(c *config) error {
		c.only = append(c.only, ids...)
		return nil
	}
}

// WithClock sets the clock that gives today's date where none is named. By default it is
// [time.Now].
func WithClock(now func() time.Time) Option {
	return func(c *config) error {
		if now == nil {
			return policy.CallError("the clock is nil")
		}
		c.clock = now
		return nil
	}
}

// WithLimits bounds what each evaluation of rules may use. Zero means the default. A number below
// zero is an error of [Load].
func WithLimits(limits Limits) Option {
	return func(c *config) error {
		if limits.Steps < 0 || limits.RuleSteps < 0 || limits.Time < 0 || limits.Size < 0 {
			return policy.CallError("a limit is below zero")
		}
		c.limits = limits
		return nil
	}
}

func configure(options []Option) (config, error) {
	c := config{sources: []source.Source{{FS: embedded}}, clock: time.Now}
	for _, option := range options {
		if option == nil {
			return c, errNoOption
		}
		if err := option(&c); err != nil {
			return c, err
		}
	}
	return c, nil
}

// LoadVocabulary reads the vocabularies alone, for example to make schemas for lists. It ignores
// errors in lists and rules. Errors in the vocabularies are returned as [Diagnostics].
func LoadVocabulary(options ...Option) (*policy.Vocabulary, error) {
	c, err := configure(options)
	if err != nil {
		return nil, err
	}
	return source.LoadVocabulary(source.NewFiles(c.sources...))
}

// LoadCatalog reads the vocabularies and lists alone, without the rules. Errors in them are
// returned as [Diagnostics]. The catalog then holds what is known in spite of the errors, for
// example to help an author who is in the middle of a change. It is nil when there is nothing to
// read. When ctx ends first, the error is that of ctx.
func LoadCatalog(ctx context.Context, options ...Option) (*policy.Catalog, error) {
	c, err := configure(options)
	if err != nil {
		return nil, err
	}
	if ctx == nil {
		return nil, errNoContext
	}
	return source.Load(ctx, source.NewFiles(c.sources...), c.only)
}

// Load reads and checks lists and rules. Errors in them are returned as one [Diagnostics] with all
// problems. When ctx ends first, the error is that of ctx.
func Load(ctx context.Context, options ...Option) (*Engine, error) {
	c, err := configure(options)
	if err != nil {
		return nil, err
	}
	if ctx == nil {
		return nil, errNoContext
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	e := &Engine{
		files: source.NewFiles(c.sources...), folders: tested(c.sources), clock: c.clock, limits: c.limits,
		courses: map[string]*Course{},
	}
	if err := e.load(ctx, c); err != nil {
		return nil, err
	}
	return e, nil
}

// tested are the folders whose tests are run: those laid over, or else the lists that come with the
// module.
func tested(sources []source.Source) []string {
	if len(sources) < 2 {
		return nil
	}
	var names []string
	for _, s := range sources {
		if s.FS != fs.FS(embedded) {
			names = append(names, s.Name)
		}
	}
	return names
}

// load reads the catalog and the rules. It looks at each as far as the errors of the other allow,
// so that one run reports everything.
func (e *Engine) load(ctx context.Context, c config) error {
	e.replaced = e.files.Replacements()
	wrong := append(source.Unasked(e.replaced, c.replace), source.Idle(e.replaced, c.replace)...)
	catalog, err := source.Load(ctx, e.files, c.only)
	if err := collect(&wrong, err); err != nil {
		return err
	}
	if catalog == nil || catalog.Vocabulary.Axes() > policy.MaxAttributes { // its error is reported
		return wrong.Err()
	}
	e.catalog = catalog
	e.library, err = ruleset.NewLibrary(ctx, e.files, catalog, c.limits)
	if err := collect(&wrong, err); err != nil {
		return err
	}
	return wrong.Err()
}

// collect adds the problems in an error to others. It returns an error of any other kind.
func collect(problems *Diagnostics, err error) error {
	var more Diagnostics
	if !errors.As(err, &more) {
		return err
	}
	*problems = append(*problems, more...)
	return nil
}

// Jurisdictions returns the jurisdictions that have a list, sorted by code: a province before its
// cities, a city before its counties.
func (e *Engine) Jurisdictions() []Jurisdiction {
	if !e.loaded() {
		return nil
	}
	var all []Jurisdiction
	for _, l := range e.catalog.Lists { // lists of one jurisdiction stand together
		if len(all) == 0 || all[len(all)-1].ID != l.Jurisdiction.ID {
			all = append(all, l.Jurisdiction)
		}
	}
	slices.SortStableFunc(all, func(a, b Jurisdiction) int { return strings.Compare(a.Code, b.Code) })
	return all
}

// Replaced returns the files that [Replace] allowed to change something outside their folder.
func (e *Engine) Replaced() []Replacement {
	if !e.loaded() {
		return nil
	}
	return slices.Clone(e.replaced)
}

// Catalog returns the vocabularies and lists as loaded. It must not be changed.
func (e *Engine) Catalog() *policy.Catalog {
	if !e.loaded() {
		return nil
	}
	return e.catalog
}

// Source returns the content of a file that the engine was loaded with, by a path such as
// catalogs/huojia.yaml. Of several folders with the file, the last one counts. The error is
// [fs.ErrNotExist] when none has it.
func (e *Engine) Source(path string) ([]byte, error) {
	if !e.loaded() {
		return nil, errNoEngine
	}
	file, err := e.files.Read(path)
	if err != nil {
		return nil, unread(err)
	}
	return slices.Clone(file.Content), nil
}

// unread gives an error of reading a file a code.
func unread(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return &policy.CodedError{Code: "no-file", Err: err}
	}
	return &policy.CodedError{Code: "unreadable-file", Err: err}
}

// Warnings returns what was left out of the folders although perhaps nothing is wrong with it, such
// as files that editors leave beside a list.
func (e *Engine) Warnings() Diagnostics {
	if !e.loaded() {
		return nil
	}
	return slices.Clone(e.catalog.Warnings)
}

// List returns the list of a jurisdiction in force on a day. It is shared and must not be changed.
// Errors are those of [Engine.Rules].
func (e *Engine) List(jurisdiction string, on Date) (*policy.List, error) {
	switch {
	case !e.loaded():
		return nil, errNoEngine
	case !on.Exists():
		return nil, &DateError{Date: on}
	}
	return e.catalog.InForce(jurisdiction, on)
}

// Digest identifies the lists, vocabularies and rules behind the decisions for a jurisdiction on a
// day. Every decision carries it. Errors are those of [Engine.List].
func (e *Engine) Digest(jurisdiction string, on Date) (string, error) {
	list, err := e.List(jurisdiction, on)
	if err != nil {
		return "", err
	}
	return e.library.Digest(e.catalog.Chain(list, on))
}

// Listings describes, in the order of [Engine.Jurisdictions], the list of each jurisdiction that is
// in force on a day, or its first one where none is. It describes none on a day that does not
// exist.
func (e *Engine) Listings(on Date) []Listing {
	if !on.Exists() {
		return nil
	}
	var all []Listing
	for _, j := range e.Jurisdictions() {
		list, err := e.List(j.ID, on)
		if err != nil {
			list = e.catalog.ListsOf(j.ID)[0]
		}
		all = append(all, policy.NewListing(list, on))
	}
	return all
}

// Revision identifies everything that the engine answers from: all lists with their vocabularies
// and rules, whatever their day. Bundles carry it.
func (e *Engine) Revision() (string, error) {
	if !e.loaded() {
		return "", errNoEngine
	}
	return e.library.Digest(e.catalog.Lists)
}

// Today returns the current date in China, UTC+8, by the engine's clock. It returns the zero Date
// for an engine that was not loaded.
func (e *Engine) Today() Date {
	if !e.loaded() {
		return Date{}
	}
	return policy.DateOf(e.clock().In(time.FixedZone("Asia/Shanghai", 8*60*60)))
}

// Rules returns what is in force in a jurisdiction on a day. The ruleset is shared with all who ask
// for it, and its fields must not be changed. The error is an
// [*UnknownJurisdictionError] or a [*NotInForceError], or [Diagnostics] when rules cannot be
// evaluated with the parameters of that day.
func (e *Engine) Rules(ctx context.Context, jurisdiction string, on Date) (*Ruleset, error) {
	if err := e.ready(ctx); err != nil {
		return nil, err
	}
	if !on.Exists() {
		return nil, &DateError{Date: on}
	}
	return e.library.Rules(ctx, jurisdiction, on)
}

// Course returns the rules of a jurisdiction over time, from its first list on. It belongs to the
// caller; its rulesets are those of [Engine.Rules]. The error is an [*UnknownJurisdictionError].
func (e *Engine) Course(jurisdiction string) (*Course, error) {
	if !e.loaded() {
		return nil, errNoEngine
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if known := e.courses[jurisdiction]; known != nil {
		return callersCourse(known), nil
	}
	days := e.catalog.Turns(jurisdiction)
	if len(days) == 0 {
		_, err := e.catalog.InForce(jurisdiction, Date{})
		return nil, err
	}
	c := &Course{
		Days:  days,
		Rules: func(ctx context.Context, on Date) (*Ruleset, error) { return e.Rules(ctx, jurisdiction, on) },
		Ended: func(service string, on Date) (*policy.List, *policy.Service, Date) {
			return e.catalog.Ended(jurisdiction, service, on)
		},
	}
	e.courses[jurisdiction] = c
	return callersCourse(c), nil
}

// callersCourse makes a course its caller's own.
func callersCourse(c *Course) *Course {
	own := *c
	own.Days = slices.Clone(c.Days)
	return &own
}

// request is what the options of a question ask for.
type request struct {
	on      Date // zero when no day is named
	closed  bool
	plain   bool
	against string
	verify  bool
	of      []string
	cover   bool

	otherDay Date    // of b, in a comparison; zero when it is that of a
	other    *Engine // of b, nil when it is that of a
	earlier  *Engine // to check against; nil to check against a list
}

// setting is an option that sets its part of a request.
type setting func(*request) error

func (s setting) set(r *request) error {
	if s == nil {
		return errNoOption
	}
	return s(r)
}

// requested returns what options ask for together.
func requested[O interface{ set(*request) error }](options []O) (request, error) {
	var r request
	for _, option := range options {
		if v := reflect.ValueOf(option); !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
			return r, errNoOption
		}
		if err := option.set(&r); err != nil {
			return r, err
		}
	}
	return r, nil
}

// EvalOption configures a question about one elder on a day: [Engine.Evaluate], [Engine.Explain],
// [Engine.NextQuestions] and [Engine.Notice].
type EvalOption interface {
	set(*request) error
	evaluates()
}

// TimelineOption configures [Engine.Timeline].
type TimelineOption interface {
	set(*request) error
	projects()
}

// RosterOption configures [Engine.Roster].
type RosterOption interface {
	set(*request) error
	lines()
}

// CheckOption configures [Engine.Check] and [Engine.CheckAll].
type CheckOption interface {
	set(*request) error
	checks()
}

// LintOption configures [Engine.Lint].
type LintOption interface {
	set(*request) error
	lints()
}

// TestOption configures [Engine.Test].
type TestOption interface {
	set(*request) error
	tests()
}

// DayOption names the day of a question. It is an [EvalOption], [RosterOption], [CheckOption],
// [LintOption] and [TestOption].
type DayOption struct{ setting }

func (DayOption) evaluates() {}
func (DayOption) lines()     {}
func (DayOption) checks()    {}
func (DayOption) lints()     {}
func (DayOption) tests()     {}

// On names the day of a question. Without it, or with the zero Date, questions about elders are
// answered for [Engine.Today], and lists are looked at on every day on which something changes. A
// day that does not exist is a [*DateError].
func On(date Date) DayOption {
	return DayOption{func(r *request) error { return takeDay(&r.on, date) }}
}

// takeDay sets a day of a request, which may be zero. One that does not exist is an error.
func takeDay(day *Date, date Date) error {
	if !date.IsZero() && !date.Exists() {
		return &DateError{Date: date}
	}
	*day = date
	return nil
}

// OnDate names the day as [On] does, written YYYY-MM-DD. Any other text is a [*DateError].
func OnDate(date string) DayOption {
	return DayOption{func(r *request) (err error) {
		r.on, err = policy.ParseDate(date)
		if wrong, ok := errors.AsType[*DateError](err); ok {
			wrong.Text = date // it is that of a question, and no elder's
		}
		return err
	}}
}

// WorldOption says how to take missing attributes. It is an [EvalOption], [TimelineOption] and
// [RosterOption].
type WorldOption struct{ setting }

func (WorldOption) evaluates() {}
func (WorldOption) projects()  {}
func (WorldOption) lines()     {}

// AssumeKnown takes every missing attribute as absent instead of unknown: false, or the value that
// the vocabulary names (none, 0). Where the vocabulary names no such value, as for age, the
// attribute has no value and no comparison with it holds. Nothing is possible then. An attribute
// that cannot be absent, such as the grade of a disability whose kind is given, stays unknown: only
// what holds for all its values counts.
func AssumeKnown() WorldOption {
	return WorldOption{func(r *request) error {
		r.closed = true
		return nil
	}}
}

type engineOption struct{ setting }

func (engineOption) evaluates() {}

// PlainOPA answers by OPA's own evaluation instead of the decision table. This is slow: it is the
// reference that the table is tested against. It tries all values of missing attributes. Where that
// takes too many evaluations, the service is possible, with a note. See [Ruleset.Ask]. Only
// [Engine.Evaluate] heeds this option.
func PlainOPA() EvalOption {
	return engineOption{func(r *request) error {
		r.plain = true
		return nil
	}}
}

type proofOption struct{ setting }

func (proofOption) checks() {}

// Against checks against the list of the named jurisdiction instead of the one above. With
// [Since] it is an error.
func Against(jurisdiction string) CheckOption {
	return proofOption{func(r *request) error {
		r.against = jurisdiction
		return nil
	}}
}

// Verify repeats the proof without the table. For each service plain OPA evaluates every
// combination of boundary values of the attributes that the rules of either side read.
// [check.Verify] says what happens when the two disagree. With [Since] it is an error.
func Verify() CheckOption {
	return proofOption{func(r *request) error {
		r.verify = true
		return nil
	}}
}

type testOption struct{ setting }

func (testOption) tests() {}

// TestsOf runs the tests of some jurisdictions, in whatever folder they are.
func TestsOf(jurisdictions ...string) TestOption {
	return testOption{func(r *request) error {
		r.of = append(r.of, jurisdictions...)
		return nil
	}}
}

// Cover makes [Engine.Test] report which parts of each list no case reaches.
func Cover() TestOption {
	return testOption{func(r *request) error {
		r.cover = true
		return nil
	}}
}

// Evaluate returns what an elder is owed in a jurisdiction. The errors are those of [Engine.Rules],
// an [*InputError] when the attributes are wrong, and an [*EvaluationError] when OPA fails at a
// rule for this elder. No error repeats an attribute's value. The decision, its lists and their
// elements belong to the caller. The promises and citations in them are shared and must not be
// changed.
func (e *Engine) Evaluate(ctx context.Context, jurisdiction string, el Elder, options ...EvalOption) (*Decision, error) {
	opt, r, p, err := e.prepare(ctx, jurisdiction, el, options)
	if err != nil {
		return nil, err
	}
	return opt.decide(ctx, r, p)
}

// callers makes an answer its caller's own, who may change it.
func callers[T any](answer T, err error) (T, error) { return own.Copy(answer), err }

// Explain tells why an elder has a service, or does not have it. It gives the clause with its
// conditions, the figures with their sources, what fails, and which fact or which day would change
// the answer. [PlainOPA] makes no difference. The errors are those of [Engine.Evaluate], and a
// [*NotListedError] when no list of the jurisdiction has the service.
func (e *Engine) Explain(ctx context.Context, jurisdiction string, el Elder, service string, options ...EvalOption) (*Explanation, error) {
	_, r, p, err := e.prepare(ctx, jurisdiction, el, options)
	if err != nil {
		return nil, err
	}
	c, err := e.Course(jurisdiction)
	if err != nil {
		return nil, err
	}
	return callers(explain.Explain(ctx, c, r, timeline.Claim{Profile: p, Service: service}))
}

// NextQuestions returns the questions that would settle what is possible for an elder, starting
// with the one that settles most. It returns none when no missing attribute matters. Errors are
// those of [Engine.Evaluate].
func (e *Engine) NextQuestions(ctx context.Context, jurisdiction string, el Elder, options ...EvalOption) ([]Question, error) {
	_, r, p, err := e.prepare(ctx, jurisdiction, el, options)
	if err != nil {
		return nil, err
	}
	return callers(interview.NextQuestions(ctx, r, p))
}

// Notice returns what an elder is owed as a notice, for the elder or for the file. [notice.HTML]
// and [notice.Markdown] print it. Errors are those of [Engine.Evaluate].
func (e *Engine) Notice(ctx context.Context, jurisdiction string, el Elder, options ...EvalOption) (*Notice, error) {
	_, r, p, err := e.prepare(ctx, jurisdiction, el, options)
	if err != nil {
		return nil, err
	}
	c, err := e.Course(jurisdiction)
	if err != nil {
		return nil, err
	}
	return callers(notice.New(ctx, c, r, p))
}

// Timeline returns what an elder is owed in each month from one to another, both included.
// Birthdays and dated figures change it. It needs the date of birth. Errors are those of
// [timeline.Project].
func (e *Engine) Timeline(
	ctx context.Context, jurisdiction string, el Elder, from, to Month, options ...TimelineOption,
) (*Timeline, error) {
	if err := e.ready(ctx); err != nil {
		return nil, err
	}
	opt, err := requested(options)
	if err != nil {
		return nil, err
	}
	c, err := e.Course(jurisdiction)
	if err != nil {
		return nil, err
	}
	return callers(timeline.Project(ctx, c.AssumeKnown(opt.closed), el, from, to))
}

// Roster returns an empty roster, which answers for many elders at once. Errors are those of
// [Engine.Rules].
func (e *Engine) Roster(ctx context.Context, jurisdiction string, options ...RosterOption) (*Roster, error) {
	opt, err := requested(options)
	if err != nil {
		return nil, err
	}
	if opt.on.IsZero() {
		opt.on = e.Today()
	}
	r, err := e.Rules(ctx, jurisdiction, opt.on)
	if err != nil {
		return nil, err
	}
	return roster.New(r.AssumeKnown(opt.closed)), nil
}

// prepare resolves the options, rules and elder of one evaluation.
func (e *Engine) prepare(ctx context.Context, jurisdiction string, el Elder, options []EvalOption) (opt request, r *Ruleset, p Profile, err error) {
	if err := e.ready(ctx); err != nil {
		return opt, nil, p, err
	}
	if opt, err = requested(options); err != nil {
		return opt, nil, p, err
	}
	if opt.on.IsZero() {
		opt.on = e.Today()
	}
	if r, err = e.Rules(ctx, jurisdiction, opt.on); err != nil {
		return opt, nil, p, err
	}
	p, err = r.Encode(el)
	return opt, r.AssumeKnown(opt.closed), p, err
}

func (o request) decide(ctx context.Context, r *Ruleset, p Profile) (d *Decision, err error) {
	if !o.plain {
		return r.DecideFor(ctx, &p)
	}
	if d, err = r.Ask(ctx, &p); err == nil {
		d.ID, d.Notes = p.ID, r.Table.Space.Notes(&p)
	}
	return d, err
}

// Check compares what a jurisdiction's list declares with what residents of the jurisdiction above
// are owed. It proves that no elder who can exist gets less, or finds those who do. It looks at
// every day on which a list or a parameter of either side changes, from the first day on which both
// have a list. With [On] it looks at that day only. The report is empty for a jurisdiction with
// none above it.
func (e *Engine) Check(ctx context.Context, jurisdiction string, options ...CheckOption) (*Report, error) {
	if err := e.ready(ctx); err != nil {
		return nil, err
	}
	opt, err := requested(options)
	if err != nil {
		return nil, err
	}
	if opt.earlier != nil && (opt.against != "" || opt.verify) {
		return nil, errSince
	}
	if opt.earlier != nil {
		return callers(e.checkSince(ctx, jurisdiction, opt))
	}
	lists := e.catalog.ListsOf(jurisdiction)
	if len(lists) == 0 {
		_, err := e.catalog.InForce(jurisdiction, e.Today())
		return nil, err
	}
	if opt.against == "" {
		opt.against = lists[0].Jurisdiction.Parent
	}
	if opt.against == "" {
		return e.report(jurisdiction, "", nil), nil
	}
	above := e.catalog.ListsOf(opt.against)
	if len(above) == 0 {
		_, err := e.catalog.InForce(opt.against, e.Today())
		return nil, err
	}
	days := []Date{opt.on}
	if opt.on.IsZero() {
		days = e.catalog.Days(jurisdiction, opt.against)
	}
	var reports []*Report
	var checker check.Checker
	for _, day := range days {
		report, err := e.checkOn(ctx, &checker, jurisdiction, opt, day)
		if err != nil {
			return nil, err
		}
		reports = append(reports, report)
	}
	return own.Copy(e.report(jurisdiction, opt.against, reports)), nil
}

// report joins the reports of single days, and says which files are replaced.
func (e *Engine) report(jurisdiction, against string, days []*Report) *Report {
	r := check.Merge(jurisdiction, against, days)
	r.Replaced = e.Replaced()
	return r
}

// CheckAll runs [Engine.Check] with the same options on every jurisdiction, several at a time. The
// reports are in the order of [Engine.Jurisdictions]. Those at the top are empty, and with [On] so
// are those with no list in force on the day.
func (e *Engine) CheckAll(ctx context.Context, options ...CheckOption) ([]*Report, error) {
	if err := e.ready(ctx); err != nil {
		return nil, err
	}
	opt, err := requested(options)
	if err != nil {
		return nil, err
	}
	all := e.Jurisdictions()
	for _, j := range opt.earlier.Jurisdictions() { // which may have had more
		if !slices.ContainsFunc(all, func(k Jurisdiction) bool { return j.ID == k.ID }) {
			all = append(all, j)
		}
	}
	reports := make([]*Report, len(all))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, j := range all {
		group.Go(func() (err error) {
			reports[i], err = e.Check(ctx, j.ID, options...)
			if notYet := new(NotInForceError); errors.As(err, &notYet) {
				reports[i], err = e.report(j.ID, j.Parent, nil), nil
				reports[i].Skipped = notYet.Error()
			}
			return err
		})
	}
	return reports, group.Wait()
}

func (e *Engine) checkOn(ctx context.Context, checker *check.Checker, jurisdiction string, opt request, day Date) (*Report, error) {
	child, err := e.Rules(ctx, jurisdiction, day)
	if err != nil {
		return nil, err
	}
	parent, err := e.Rules(ctx, opt.against, day)
	if err != nil {
		return nil, err
	}
	report, err := checker.At(ctx, child, parent)
	if err != nil || !opt.verify {
		return report, err
	}
	return check.Verify(ctx, child, parent, report)
}

// Lint finds what is probably wrong in the lists of a jurisdiction, on every day on which something
// changes. With [On] it looks at that day only. Findings that a list accepts are marked. A
// parameter that no rule reads, and an acceptance without a finding, are reported only if they are
// so on every day.
func (e *Engine) Lint(ctx context.Context, jurisdiction string, options ...LintOption) ([]LintFinding, error) {
	if err := e.ready(ctx); err != nil {
		return nil, err
	}
	opt, err := requested(options)
	if err != nil {
		return nil, err
	}
	lists := e.catalog.ListsOf(jurisdiction)
	if len(lists) == 0 {
		_, err := e.catalog.InForce(jurisdiction, e.Today())
		return nil, err
	}
	changes, used := e.catalog.Days(jurisdiction), e.used(jurisdiction)
	days := changes
	if !opt.on.IsZero() {
		days = []Date{opt.on}
	}
	findings, err := e.lintOn(ctx, jurisdiction, days, used)
	if err != nil {
		return nil, err
	}
	due := e.reviews(jurisdiction, opt.on)
	findings = append(findings, due...)
	ever := findings
	if !opt.on.IsZero() {
		list, err := e.catalog.InForce(jurisdiction, opt.on)
		if err != nil {
			return nil, err
		}
		lists = []*policy.List{list}
		if len(list.Accepted) > 0 {
			if ever, err = e.lintOn(ctx, jurisdiction, changes, used); err != nil {
				return nil, err
			}
			ever = append(ever, due...)
		}
	}
	return own.Copy(lint.Accept(lists, findings, ever)), nil
}

// reviews are the findings on figures that were to be looked at again before a day, or before today
// when it is zero.
func (e *Engine) reviews(jurisdiction string, on Date) []LintFinding {
	if on.IsZero() {
		on = e.Today()
	}
	list, err := e.catalog.InForce(jurisdiction, on)
	if err != nil {
		return nil // no list is in force then
	}
	return lint.Reviews(list, on)
}

// Trace compares the list of a jurisdiction that is in force on a day with the text of its
// document. [trace.Read] reads the text.
func (e *Engine) Trace(jurisdiction string, on Date, text *trace.Text) (*TraceReport, error) {
	if text == nil {
		return nil, errNoText
	}
	list, err := e.List(jurisdiction, on)
	if err != nil {
		return nil, err
	}
	return own.Copy(trace.List(e.catalog.Chain(list, on), text)), nil
}

// Test runs the cases and the Rego tests of the folders laid over ours, or of our own lists when
// there are none. With [TestsOf] it runs those of some jurisdictions in any folder. A case that
// names no day is worked out for the day of [On], or for [Engine.Today]. If its list is not in
// force then, the nearest day counts on which it is. The error is a [Diagnostics] when a file of
// tests is wrong, a list has none, or there is nothing to test.
func (e *Engine) Test(ctx context.Context, options ...TestOption) (*TestReport, error) {
	if err := e.ready(ctx); err != nil {
		return nil, err
	}
	opt, err := requested(options)
	if err != nil {
		return nil, err
	}
	if opt.on.IsZero() {
		opt.on = e.Today()
	}
	for _, id := range opt.of {
		if len(e.catalog.ListsOf(id)) == 0 {
			_, err := e.catalog.InForce(id, opt.on)
			return nil, err
		}
	}
	r := cases.Runner{
		Files: e.files, Catalog: e.catalog, Rules: e.Rules, Today: opt.on, Folders: e.folders, Jurisdictions: opt.of, Cover: opt.cover,
		Limits: e.limits,
	}
	if opt.of != nil {
		r.Folders = nil
	}
	return callers(r.Run(ctx))
}

// lintOn returns the findings of a jurisdiction on some days, sorted.
func (e *Engine) lintOn(ctx context.Context, jurisdiction string, days []Date, used map[*policy.Parameter]bool) ([]LintFinding, error) {
	found := make([][]LintFinding, len(days))
	for i, day := range days {
		own, err := e.Rules(ctx, jurisdiction, day)
		if err != nil {
			return nil, err
		}
		var above *Ruleset
		if parent := own.Jurisdiction.Parent; parent != "" {
			if above, err = e.Rules(ctx, parent, day); err != nil && !errors.As(err, new(*NotInForceError)) {
				return nil, err
			}
		}
		found[i] = append(lint.List(own, above, used), lint.Figures(own, e.catalog.ListsOf(jurisdiction))...)
	}
	return lint.Merge(days, found), nil
}

// used returns the parameters that the rules of a jurisdiction, or of one below it, read on any
// day.
func (e *Engine) used(jurisdiction string) map[*policy.Parameter]bool {
	used := map[*policy.Parameter]bool{}
	for _, j := range e.Jurisdictions() {
		if !e.isWithin(j, jurisdiction) {
			continue
		}
		for _, day := range e.catalog.Days(j.ID) {
			list, _ := e.catalog.InForce(j.ID, day) // the days begin with its first one
			lint.Used(e.library.Layers(list, day), e.library.Required(), used)
		}
	}
	return used
}

// isWithin reports whether j is the jurisdiction or lies below it.
func (e *Engine) isWithin(j Jurisdiction, jurisdiction string) bool {
	for j.ID != jurisdiction {
		above := e.catalog.ListsOf(j.Parent)
		if len(above) == 0 {
			return false
		}
		j = above[0].Jurisdiction
	}
	return true
}

// WriteBundle writes all lists and rules as a bundle for stock OPA, which answers from it as
// data.eldercare.decision, for an input {"jurisdiction": id, "on": "YYYY-MM-DD", "elder":
// {attribute: value}}. The same lists make the same bundle, byte for byte, and its revision is
// their digest.
func (e *Engine) WriteBundle(w io.Writer) error { return e.writeBundle(w, nil) }

// WriteSignedBundle is [Engine.WriteBundle] with a signature. The key is a private key in PEM, of
// RSA or of an elliptic curve. Stock OPA verifies the signature with the public key, and refuses a
// bundle that somebody changed.
func (e *Engine) WriteSignedBundle(w io.Writer, key []byte) error {
	if len(key) == 0 {
		return errNoKey
	}
	return e.writeBundle(w, key)
}

func (e *Engine) writeBundle(w io.Writer, key []byte) error {
	switch {
	case !e.loaded():
		return errNoEngine
	case w == nil:
		return errNoWriter
	}
	revision, err := e.Revision()
	if err != nil {
		return err
	}
	return e.library.WriteBundle(w, revision, key)
}

// Binding makes profiles from elders that a program keeps in its own structs. It is immutable and
// safe for concurrent use.
type Binding[T any] struct{ fields *elder.Binding[T] }

// Bind maps the fields of the struct T to attributes by tags such as `eldercare:"birth_date"`.
// [elder.Bind] says which Go types fit which attribute, and which values mean unknown. The error is
// a [*BindError] that names every field that does not fit.
func Bind[T any](e *Engine) (*Binding[T], error) {
	if err := e.ready(context.Background()); err != nil {
		return nil, err
	}
	fields, err := elder.Bind[T](e.library.Space())
	if err != nil {
		return nil, err
	}
	return &Binding[T]{fields}, nil
}

// Profile validates and encodes an elder for a ruleset. The error is an [*InputError] that holds
// all problems. The ruleset must come from the engine given to [Bind], or from one with the same
// attributes and figures. Otherwise the error is a [CallError]. A program that loads its lists anew
// calls [Bind] anew.
func (b *Binding[T]) Profile(r *Ruleset, v *T) (Profile, error) {
	switch {
	case b == nil || b.fields == nil:
		return Profile{}, errNoBinding
	case r == nil || r.Lasting == nil || r.Table == nil:
		return Profile{}, errNoRuleset
	case !b.fields.Fits(r.Table.Space):
		return Profile{}, errOtherRuleset
	}
	p, err := b.fields.EncodeIn(r.Table.Space, v, r.Jurisdiction, r.On)
	if err != nil {
		return p, err
	}
	return p, r.Refuse(&p)
}
