package eldercare

import (
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/cases"
	"github.com/basic-eldercare/eldercare/policy/check"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/diff"
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

// These types stand for types of the packages below policy, so that a program need not import them.
// Fields and methods are at the type that each stands for.
//
// One elder: what goes in, and the answers.
type (
	// Elder holds what is known of one elder, by attribute name. A missing attribute is unknown,
	// not false.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy/elder.Elder
	Elder = elder.Elder
	// Profile is a validated elder, encoded for one [Ruleset]. Another ruleset may refuse it with a
	// [*ProfileError].
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy/elder.Profile
	Profile = elder.Profile
	// Decision tells what one elder is owed in one jurisdiction on one day: what is certain, what
	// is possible, and the cash a month.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy/decide.Decision
	Decision = decide.Decision
	// Entitlement is one service of a [Decision].
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy/decide.Entitlement
	Entitlement = decide.Entitlement
	// Granted is the data of an [Entitlement].
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy/decide.Granted
	Granted = decide.Granted
	// Possibility is a service that depends on missing attributes.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy/decide.Possibility
	Possibility = decide.Possibility
	// Unsettled is the data of a [Possibility].
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy/decide.Unsettled
	Unsettled = decide.Unsettled
	// Promise is what is promised of one measure.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy.Promise
	Promise = policy.Promise
	// Share states an amount without a number as a fraction of a figure.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy.Share
	Share = policy.Share
	// Bundle is what one grant promises of linked measures, by measure.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy.Bundle
	Bundle = policy.Bundle
	// Total is the monthly cash of a [Decision].
	Total = decide.Total
	// NotAdded is a promise that a [Total] leaves out, because another one is or may be higher.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy/decide.NotAdded
	NotAdded = decide.NotAdded
	// Question is a question to ask next about an elder, with the services that the answer bears
	// on.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy/interview.Question
	Question = interview.Question
	// QuestionValue is a possible answer to a [Question].
	QuestionValue = interview.Value
	// QuestionInput is an input that may be given instead of the attribute of a [Question].
	QuestionInput = interview.Instead
	// Notice tells an elder, or the file, what the elder is owed. Package notice prints it.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy/notice.Notice
	Notice = notice.Notice
	// NoticeItem is one service of a [Notice].
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy/notice.Item
	NoticeItem = notice.Item
	// NoticeMeasure is a measure of a [NoticeItem] that has a payment calendar of its own.
	NoticeMeasure = notice.Apart
	// Timeline tells what one elder is owed, month by month.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy/timeline.Timeline
	Timeline = timeline.Timeline
	// TimelineMonth is what is owed in one month of a [Timeline].
	TimelineMonth = timeline.State
	// TimelinePayment says how a service is paid in a [TimelineMonth], if not as usual.
	TimelinePayment = timeline.Payment
	// TimelineBefore covers the months of a [Timeline] before the first list.
	TimelineBefore = timeline.Before
	// TimelineAfter covers the months of a [Timeline] after the last list.
	TimelineAfter = timeline.After
	// Change is one thing that differs from the month before.
	Change = timeline.Change
	// ChangeKind says how a service changes.
	ChangeKind = timeline.Kind
	// ChangeCause says why a service changes.
	ChangeCause = timeline.Cause
	// Standing says whether a service that changes is entitled, possible or only permitted.
	Standing = timeline.Standing
	// Suspension says why a service that the elder has is not paid.
	Suspension = timeline.Suspension
)

// Why an elder has a service, or does not have it.
type (
	// Explanation tells why an elder has a service, or does not have it. Its method Write puts it
	// into words.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy/explain.Explanation
	Explanation = explain.Explanation
	// Answer says what an elder has of the service that an [Explanation] is about.
	Answer = explain.Answer
	// ExplainedBranch is one way to be granted the service: a clause, its conditions, and what it
	// promises.
	ExplainedBranch = explain.Branch
	// ExplainedClause is the rule behind an [ExplainedBranch].
	ExplainedClause = explain.Clause
	// ExplainedLayer is the list that declares a clause.
	ExplainedLayer = explain.Layer
	// ExplainedSource is one list that has the service.
	ExplainedSource = explain.Source
	// ExplainedReading is a choice made in reading the text of an [ExplainedSource].
	ExplainedReading = explain.SourceReading
	// InheritedClause names the list above from which a clause is inherited.
	InheritedClause = explain.Inherited
	// Condition is what a branch requires of one attribute, and what the elder has.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy/explain.Condition
	Condition = explain.Condition
	// ConditionStatus says whether the elder meets a [Condition].
	ConditionStatus = explain.Status
	// ConditionValues are the values that a [Condition] admits.
	ConditionValues = explain.Values
	// ConditionRange is a range of numbers that a [Condition] admits.
	ConditionRange = explain.Range
	// ExplainedAmount tells how the promise of one measure was computed.
	ExplainedAmount = explain.Amount
	// ExplainedParameter is a number that a clause reads, with its source.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy/explain.Parameter
	ExplainedParameter = explain.Parameter
	// ExplainedProduct is a number multiplied by a factor or a percentage.
	ExplainedProduct = explain.Product
	// ExplainedOffer is what one list promises of a measure.
	ExplainedOffer = explain.Offer
	// ExplainedChoice is another service in a group of which only the highest amount is paid.
	ExplainedChoice = explain.Choice
	// ExplainedOpaque is a rule that plain OPA evaluates as a whole.
	ExplainedOpaque = explain.Opaque
	// Permitted is what the text permits of a service but does not promise.
	Permitted = explain.Permitted
	// Denial names a service whose recipients do not get another one.
	Denial = explain.Denial
	// Citations are the places in documents that an [Explanation] cites.
	Citations = explain.Citations
)

// Many elders.
type (
	// Ruleset is what is in force in one jurisdiction on one day. Get it from [Engine.Rules],
	// encode each elder, and decide one after another.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy/ruleset.Ruleset
	Ruleset = ruleset.Ruleset
	// Offer is what a [Ruleset] offers of one service: every promise that somebody could have.
	Offer = ruleset.Offer
	// OfferPayment is the payment calendar of an [Offer], or of one measure of it.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy/ruleset.OfferPayment
	OfferPayment = ruleset.OfferPayment
	// OfferReading is a choice made in reading the text of a service.
	OfferReading = ruleset.OfferReading
	// Roster is a list of elders who are answered all at once. Get it from [Engine.Roster], add
	// elders, and ask for decisions, or for counts and sums.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy/roster.Roster
	Roster = roster.Roster
	// RosterDecisions are the decisions on the elders of a [Roster].
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy/roster.Decisions
	RosterDecisions = roster.Decisions
	// RosterTotals are counts and sums over the elders of a [Roster].
	RosterTotals = roster.Totals
	// RosterService holds the counts and sums of one service.
	RosterService = roster.Service
	// RosterCash is a sum of money promised to several elders.
	RosterCash = roster.Cash
	// RowError says why an elder of a [Roster] has no decision.
	RowError = roster.RowError
	// Course holds the rules of one jurisdiction over time. [Engine.Course] makes it, for the
	// packages timeline, explain and notice.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy/timeline.Course
	Course = timeline.Course
	// Claim is the claim of an elder to one service, which a [Course] follows through time.
	Claim = timeline.Claim
	// Arrival tells when the passing of time makes a service due.
	Arrival = timeline.Arrival
)

// Checks and tests of lists.
type (
	// Report is the outcome of a check: what is proved, and the findings.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy/check.Report
	Report = check.Report
	// Finding is one way in which a list falls short of another.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy/check.Finding
	Finding = check.Finding
	// FindingKind says in which way a list falls short.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy/check.Kind
	FindingKind = check.Kind
	// Method says whether a check or a comparison is a proof or a test.
	Method = check.Method
	// OpaqueRule is a rule because of which a service is tested and not proved.
	OpaqueRule = check.Opaque
	// Amendment is a place where an amendment replaces what the text of a list above says.
	Amendment = check.Amended
	// AmendmentKind says what an [Amendment] changes.
	AmendmentKind = check.Change
	// Diff compares what two sides are owed, service by service.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy/diff.Report
	Diff = diff.Report
	// DiffSide is one side of a [Diff].
	DiffSide = diff.Side
	// DiffService says how the sides of a [Diff] compare in one service.
	DiffService = diff.Service
	// DiffTogether says how the sides of a [Diff] compare in what several services come to.
	DiffTogether = diff.Together
	// DiffRoster counts the elders of a register by what changes for them.
	DiffRoster = diff.Roster
	// DiffAmount is what a side promises of a measure.
	DiffAmount = diff.Amount
	// Difference is one way in which one side gives less than the other.
	Difference = diff.Difference
	// Relation says how two lists compare in one service.
	Relation = diff.Relation
	// LintFinding is one thing that is probably wrong in a list.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy/lint.Finding
	LintFinding = lint.Finding
	// TraceText is the text of a document. [trace.Read] reads it, for [Engine.Trace].
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy/trace.Text
	TraceText = trace.Text
	// TraceReport says where a list and the text of its document differ.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy/trace.Report
	TraceReport = trace.Report
	// TraceFinding is one difference between a list and its text.
	TraceFinding = trace.Finding
	// TestReport is the outcome of the tests of lists.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy/cases.Report
	TestReport = cases.Report
	// TestResult is one test with its outcome.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy/cases.Test
	TestResult = cases.Test
	// TestDifference is one thing in which the answer differs from what a case wants.
	TestDifference = cases.Difference
	// TestKind is the language of a test.
	TestKind = cases.Kind
	// Coverage says which parts of a list its cases reach.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy/cases.Coverage
	Coverage = cases.Coverage
	// CoverageGap is something that no case reaches.
	CoverageGap = cases.Gap
	// GapKind says what kind of thing no case reaches.
	GapKind = cases.GapKind
	// CoverageCase suggests an elder for a case that would reach what is missing.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy/cases.Suggestion
	CoverageCase = cases.Suggestion
)

// Lists as data. Package policy has the types of all their parts.
type (
	// Catalog holds the vocabularies and all lists.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy.Catalog
	Catalog = policy.Catalog
	// Vocabulary holds the words that all lists share: attributes, measures and services.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy.Vocabulary
	Vocabulary = policy.Vocabulary
	// List is one list as its document gives it, with its parameters and services.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy.List
	List = policy.List
	// Document is the official document of a [List].
	Document = policy.Document
	// Service is one service of a [List].
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy.Service
	Service = policy.Service
	// Parameter is a figure of a [List], with its values over time.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy.Parameter
	Parameter = policy.Parameter
	// Listing describes a list without its services.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy.Listing
	Listing = policy.Listing
	// Jurisdiction is an administrative division that publishes a list.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy.Jurisdiction
	Jurisdiction = policy.Jurisdiction
	// Replacement is a file by which a folder changes something outside it.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy/source.Replacement
	Replacement = source.Replacement
	// Citation is a place in a document.
	Citation = policy.Citation
	// Payment is a payment calendar: from when and until when something is paid.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy.Payment
	Payment = policy.Payment
	// PaidFrom says from which month on a service is paid.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy.PaidFrom
	PaidFrom = policy.PaidFrom
	// PaidUntil says up to which month a service is paid.
	PaidUntil = policy.PaidUntil
	// PaymentPart is a part of a [Payment], by its key in a list.
	PaymentPart = policy.PaymentPart
	// Level is the administrative level of a [Jurisdiction].
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy.Level
	Level = policy.Level
	// Basis says where the text of a list comes from.
	Basis = policy.Basis
	// Bound says how a number in a [Promise] or [Total] is meant.
	Bound = policy.Bound
	// Access says how an elder comes to a service.
	Access = policy.Access
	// Unit is the unit of a parameter or a measure.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy.Unit
	Unit = policy.Unit
	// Per says what a quantity is counted for, such as a month.
	Per = policy.Per
	// MeasureKind says what a measure is: cash, a share, a count and so on.
	MeasureKind = policy.MeasureKind
	// AttributeType is the type of what a [Question] asks.
	AttributeType = policy.AttributeType
	// InputType is the form of an input from which an attribute is derived.
	InputType = policy.InputType
	// Date is a day of the calendar.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy.Date
	Date = policy.Date
	// Month is a month of the calendar.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy/timeline.Month
	Month = timeline.Month
	// Decimal is an exact number with at most four decimal places, such as an amount in yuan.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy.Decimal
	Decimal = policy.Decimal
	// Limits bound what the evaluation of rules may use. A limit of zero is the default.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy/ruleset.Limits
	Limits = ruleset.Limits
)

// Errors. They marshal to JSON in one form: an object with a stable "code", a "message" and the
// details of that kind of error, in snake_case. [Diagnostics] marshal to an array of such objects.
type (
	// InputError holds everything that is wrong with an elder's attributes.
	InputError = elder.Error
	// Problem is one thing wrong with an elder's attributes.
	Problem = elder.Problem
	// ProfileError says that a [Ruleset] cannot read a [Profile], because it was not encoded for
	// it.
	ProfileError = elder.ProfileError
	// BindError holds everything that is wrong with a struct given to [Bind].
	BindError = elder.BindError
	// BindProblem is one thing wrong with a struct given to [Bind].
	BindProblem = elder.BindProblem
	// EvaluationError says that OPA cannot evaluate a rule for one elder.
	EvaluationError = ruleset.EvaluationError
	// NotListedError says that no list of a jurisdiction has a service.
	NotListedError = explain.NotListedError
	// NotComparableError says that an attribute or a measure does not mean the same on both sides
	// of a [Diff].
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy/diff.NotComparableError
	NotComparableError = diff.NotComparableError
	// UnknownJurisdictionError says that no list of a jurisdiction is loaded.
	UnknownJurisdictionError = policy.UnknownJurisdictionError
	// NotInForceError says that a jurisdiction has no list on a day: not yet, or no longer.
	NotInForceError = policy.NotInForceError
	// DateError says that a day is missing, or that something is not a day of the calendar.
	DateError = policy.DateError
	// MonthError says that a month is missing, or that something is not a month of the calendar. It
	// wraps a [*DateError].
	MonthError = timeline.MonthError
	// CodedError is an error with a code by which a program knows it, such as wrong-folder.
	CodedError = policy.CodedError
	// CallError says what is wrong with how a program called a function: a nil context, an empty
	// ruleset, or options that contradict each other.
	CallError = policy.CallError
	// Diagnostics is an error that holds everything wrong with the lists and rules, sorted by
	// place.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy.Diagnostics
	Diagnostics = policy.Diagnostics
	// Diagnostic is one thing wrong with lists or rules.
	// Fields and methods: go doc github.com/basic-eldercare/eldercare/policy.Diagnostic
	Diagnostic = policy.Diagnostic
	// Severity says whether a [Diagnostic] is an error.
	Severity = policy.Severity
	// Position is a place in a file.
	Position = policy.Position
)

// The values of the types above that are words.
const (
	SeverityError   = policy.SeverityError
	SeverityWarning = policy.SeverityWarning

	LevelNation   = policy.Nation
	LevelProvince = policy.Province
	LevelCity     = policy.City
	LevelCounty   = policy.County
	LevelDistrict = policy.District
	LevelTownship = policy.Township

	BoundAtLeast    = policy.AtLeast    // 不低于
	BoundAtMost     = policy.AtMost     // 不超过
	BoundExactly    = policy.Exactly    // a stated amount
	BoundSetLocally = policy.SetLocally // left to a lower level; there is no number yet

	AccessAutomatic    = policy.Automatic    // 免申即享
	AccessApplication  = policy.Application  // 依申请
	AccessPresentation = policy.Presentation // 凭有效证件当场享受
	AccessUnstated     = policy.Unstated     // the text does not say

	AttributeBoolean = policy.Boolean
	AttributeEnum    = policy.Enum
	AttributeInteger = policy.Integer
	AttributeSet     = policy.Set // none, one or several of the values

	AnswerEntitled              = explain.Entitled              // holds for every completion of the missing attributes
	AnswerPossible              = explain.Possible              // holds for some completions
	AnswerDiscretionary         = explain.Discretionary         // not promised, but permitted by the text
	AnswerPossiblyDiscretionary = explain.PossiblyDiscretionary // not promised, and permitted for some completions
	AnswerNotEntitled           = explain.NotEntitled           // neither promised nor permitted for any completion

	FindingOmitted      = check.Omitted      // the service is absent from the list
	FindingNarrower     = check.Narrower     // somebody loses the service
	FindingLower        = check.Lower        // somebody gets less of a measure
	FindingOpen         = check.Open         // a number is left open: the upper floor still holds
	FindingCombined     = check.Combined     // several services together come to less
	FindingShorter      = check.Shorter      // it is paid for fewer months
	FindingAssumed      = check.Assumed      // nobody loses, but only by an assumption
	FindingDisagreement = check.Disagreement // the decision table and plain OPA differ: a fault of this program
	FindingUnanswered   = check.Unanswered   // plain OPA cannot evaluate a rule for somebody

	MethodProof  = check.Proof  // over all elders
	MethodTested = check.Tested // on many elders: a rule is opaque

	RelationEquivalent = diff.Equivalent // nobody loses, either way
	RelationStronger   = diff.Stronger   // by B nobody loses, and somebody gains
	RelationWeaker     = diff.Weaker     // by B somebody loses, and nobody gains
	RelationDifferent  = diff.Different  // by B somebody loses, and somebody gains
	RelationAdded      = diff.Added      // only B has the service
	RelationOmitted    = diff.Omitted    // only A has it
	RelationUnknown    = diff.Unknown    // nobody was found who loses or gains, and it is not proved

	ConditionMet      = explain.Met
	ConditionFailed   = explain.Failed
	ConditionNotGiven = explain.NotGiven

	ChangeBegins    = timeline.Begins
	ChangeEnds      = timeline.Ends
	ChangeRises     = timeline.Rises
	ChangeFalls     = timeline.Falls
	ChangeByAge     = timeline.ByAge
	ChangeByRules   = timeline.ByRules
	ChangeByPayment = timeline.ByPayment

	StandingEntitled              = timeline.Entitled
	StandingPossible              = timeline.Possible
	StandingDiscretionary         = timeline.Discretionary
	StandingPossiblyDiscretionary = timeline.PossiblyDiscretionary

	AmendmentNumber  = check.AmendedNumber
	AmendmentBound   = check.AmendedBound
	AmendmentPayment = check.AmendedPayment
	AmendmentGroup   = check.AmendedGroup

	TestInYAML = cases.InYAML
	TestInRego = cases.InRego

	GapBranch    = cases.Branch
	GapBoundary  = cases.Boundary
	GapCondition = cases.Condition
	GapAnswer    = cases.Answer
	GapRefusal   = cases.Refusal
	GapParameter = cases.Parameter
	GapOpaque    = cases.Opaque

	BasisOfficial      = policy.Official
	BasisReconstructed = policy.Reconstructed

	PaidFromCountingDay           = policy.FromCountingDay
	PaidFromMonth                 = policy.FromMonth
	PaidFromNextMonth             = policy.FromNextMonth
	PaidFromMonthOfApplication    = policy.FromMonthOfApplication
	PaidFromMonthAfterApplication = policy.FromMonthAfterApplication

	PaidUntilCountingDay = policy.UntilCountingDay
	PaidUntilMonthBefore = policy.UntilMonthBefore
	PaidUntilMonth       = policy.UntilMonth
	PaidUntilNextMonth   = policy.UntilNextMonth

	PaymentPartFrom      = policy.PartFrom
	PaymentPartBackPay   = policy.PartBackPay
	PaymentPartUntil     = policy.PartUntil
	PaymentPartOnce      = policy.PartOnce
	PaymentPartSuspended = policy.PartSuspended

	UnitCNYPerMonth   = policy.CNYPerMonth
	UnitCNYPerYear    = policy.CNYPerYear
	UnitCNY           = policy.CNY
	UnitPercent       = policy.Percent
	UnitTimesPerMonth = policy.TimesPerMonth
	UnitTimesPerYear  = policy.TimesPerYear
	UnitMultiple      = policy.Multiple
	UnitFlag          = policy.Flag
	UnitYears         = policy.Years
	UnitFen           = policy.Fen

	PerDay       = policy.PerDay
	PerMeal      = policy.PerMeal
	PerHour      = policy.PerHour
	PerVisit     = policy.PerVisit
	PerWeek      = policy.PerWeek
	PerMonth     = policy.PerMonth
	PerYear      = policy.PerYear
	PerOnce      = policy.PerOnce
	PerHousehold = policy.PerHousehold

	MeasureCash  = policy.KindCash
	MeasureWorth = policy.KindWorth
	MeasureCap   = policy.KindCap
	MeasureShare = policy.KindShare
	MeasureCount = policy.KindCount
	MeasureFlag  = policy.KindFlag

	InputBirthDate    = policy.BirthDate
	InputIDNumber     = policy.IDNumber
	InputDivisionCode = policy.DivisionCode
)

// The codes of a [LintFinding].
const (
	LintOverlap             = lint.Overlap             // two branches promise different amounts to the same elders
	LintRedundantBranch     = lint.RedundantBranch     // other branches promise as much to all of its elders
	LintDeadBranch          = lint.DeadBranch          // no elder can reach it
	LintGap                 = lint.Gap                 // elders between the branches of a service are left out
	LintNeverTogether       = lint.NeverTogether       // no rule promises linked measures together
	LintUnusedParameter     = lint.UnusedParameter     // no rule reads it
	LintUnusedFigure        = lint.UnusedFigure        // it counts on no day
	LintLateFigure          = lint.LateFigure          // it begins after the list
	LintNullFigure          = lint.NullFigure          // it is null, though the text does not leave it to a lower level
	LintHardCoded           = lint.HardCoded           // a figure stands in a rule instead of a parameter
	LintUnitMismatch        = lint.UnitMismatch        // an attribute is compared with a figure of another unit
	LintOpaqueRule          = lint.OpaqueRule          // evaluated by plain OPA: tested, not proved
	LintUnanswered          = lint.Unanswered          // OPA cannot evaluate it for some elders
	LintUntitled            = lint.Untitled            // the rule has no title in METADATA
	LintReviewDue           = lint.ReviewDue           // nobody has looked at it again by the day set
	LintAmendedFigure       = lint.AmendedFigure       // an amendment states a different number from the text
	LintOpenAmount          = lint.OpenAmount          // the list above states a number, and this one does not
	LintIdleChoice          = lint.IdleChoice          // a group to choose from leaves nothing out
	LintAmendedGroup        = lint.AmendedGroup        // an amendment chooses between services that the text pays, or denies one
	LintOverlappingChoice   = lint.OverlappingChoice   // two groups to choose from have a member in common
	LintIdleExclusion       = lint.IdleExclusion       // an exclusion denies nobody anything
	LintUnusedAcceptance    = lint.UnusedAcceptance    // an acceptance matches no finding
	LintDuplicateAcceptance = lint.DuplicateAcceptance // the list already accepts the same
)

// The codes of a [TraceFinding].
const (
	TraceNoPlace          = trace.NoPlace          // the text has no such item or clause
	TraceNoFigure         = trace.NoFigure         // none of the cited places states the number
	TraceOtherName        = trace.OtherName        // the item does not print the service's name
	TraceNoParameter      = trace.NoParameter      // a figure of an item stands in no parameter
	TraceUnusedAcceptance = trace.UnusedAcceptance // the list accepts what trace does not find
)

// The values of By in a [TestDifference]: whose answer it is about.
const (
	TestByTable  = cases.ByTable  // of the decision table, and perhaps of plain OPA, too
	TestByOPA    = cases.ByOPA    // of plain OPA alone
	TestByEither = cases.ByEither // the two ways to answer differ, and the case is silent
)

// The errors of [Engine.Timeline] that need no details.
var (
	// ErrAgeOnly says that a timeline needs a date of birth: an age or a month of birth is not
	// enough.
	ErrAgeOnly = timeline.ErrAgeOnly
	// ErrOrder says that the last month is before the first, or too far after it.
	ErrOrder = timeline.ErrOrder
)
