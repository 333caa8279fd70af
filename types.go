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

// These are the types of the interface; each has documentation of its own. Errors marshal to JSON
// in one form: an object with a stable "code", a "message" and the details of that kind of error,
// in snake_case. [Diagnostics] marshal to an array of such objects.
type (
	// Elder holds what is known of one elder, by attribute name. A missing attribute is unknown,
	// not false.
	Elder = elder.Elder
	// Profile is a validated elder, encoded for one [Ruleset]. Another that tells elders apart in
	// another way answers it with a [*ProfileError].
	Profile = elder.Profile
	// InputError tells everything that is wrong with an elder's attributes.
	InputError = elder.Error
	// ProfileError says that a [Ruleset] cannot read a [Profile], because it was encoded for other
	// attributes or figures.
	ProfileError = elder.ProfileError
	// BindError tells everything that is wrong with a struct given to [Bind].
	BindError = elder.BindError
	// Problem is one thing wrong with an elder's attributes.
	Problem = elder.Problem
	// EvaluationError says that OPA cannot evaluate a rule for one elder.
	EvaluationError = ruleset.EvaluationError
	// Limits bound what rules may use. A limit of zero is the default.
	Limits = ruleset.Limits
	// Date is a day of the calendar.
	Date = policy.Date
	// Decision tells what one elder is owed in one jurisdiction on one day.
	Decision = decide.Decision
	// Entitlement is one service of a decision.
	Entitlement = decide.Entitlement
	// Granted is the data of an [Entitlement].
	Granted = decide.Granted
	// Possibility is a service that depends on attributes that are missing.
	Possibility = decide.Possibility
	// Unsettled is the data of a [Possibility].
	Unsettled = decide.Unsettled
	// Promise is what is promised of one measure.
	Promise = policy.Promise
	// Bundle is what one grant promises of linked measures, by measure.
	Bundle = policy.Bundle
	// Explanation tells why an elder has a service, or does not have it.
	Explanation = explain.Explanation
	// Question is a question to ask next of an elder.
	Question = interview.Question
	// Report is the outcome of a check.
	Report = check.Report
	// Finding is one way in which a list falls short of another.
	Finding = check.Finding
	// LintFinding is one thing that lint found.
	LintFinding = lint.Finding
	// TraceReport says what came of holding a list against the text of its document.
	TraceReport = trace.Report
	// TestReport is the outcome of the tests of lists.
	TestReport = cases.Report
	// Replacement is a file of a folder that changes something outside that folder.
	Replacement = source.Replacement
	// Listing describes a list without its services.
	Listing = policy.Listing
	// Jurisdiction is an administrative division that publishes a list.
	Jurisdiction = policy.Jurisdiction
	// Diagnostics is an error that holds everything wrong with the lists and rules, sorted by
	// place.
	Diagnostics = policy.Diagnostics
	// Ruleset is what is in force in one jurisdiction on one day.
	Ruleset = ruleset.Ruleset
	// Offer is what a list offers of one service: every promise that somebody could have.
	Offer = ruleset.Offer
	// OfferReading is a choice made in reading the text of a service.
	OfferReading = ruleset.OfferReading
	// Notice tells in a notice what an elder is owed.
	Notice = notice.Notice
	// Month is a month of the calendar.
	Month = timeline.Month
	// Timeline tells what one elder is owed, month by month.
	Timeline = timeline.Timeline
	// Roster is a list of elders who are answered all at once.
	Roster = roster.Roster
	// Course holds the rules of one jurisdiction over time.
	Course = timeline.Course
	// NotListedError says that no list of a jurisdiction has a service.
	NotListedError = explain.NotListedError
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
	// Total is the monthly cash of a [Decision].
	Total = decide.Total
	// NotAdded is a promise that a [Total] leaves out, as another one is higher or may be.
	NotAdded = decide.NotAdded
	// Decimal is an exact number with at most four decimal places, as of yuan.
	Decimal = policy.Decimal
	// Citation is a place in a document.
	Citation = policy.Citation
	// Payment says from and until when something is paid.
	Payment = policy.Payment
	// Diagnostic is one thing wrong with lists or rules.
	Diagnostic = policy.Diagnostic
	// Position is a place in a file.
	Position = policy.Position
	// BindProblem is one thing wrong with a struct given to [Bind].
	BindProblem = elder.BindProblem
	// Severity says whether a [Diagnostic] is an error.
	Severity = policy.Severity
	// Level is the administrative level of a [Jurisdiction].
	Level = policy.Level
	// Bound says how a number in a [Promise] or [Total] is meant.
	Bound = policy.Bound
	// Access says how an elder comes to a service.
	Access = policy.Access
	// AttributeType is the type of what a [Question] asks.
	AttributeType = policy.AttributeType
	// Answer says what an elder has of the service that an [Explanation] is about.
	Answer = explain.Answer
	// FindingKind says in which way a list falls short.
	FindingKind = check.Kind
	// Method says how a check or a comparison knows.
	Method = check.Method
	// Relation says how two lists compare in one service.
	Relation = diff.Relation
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
)
