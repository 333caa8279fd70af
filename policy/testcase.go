package policy

// CaseFile holds the cases of a list, or of an amendment of one: catalogs/cases/<Stem>.yaml.
type CaseFile struct {
	Folder string // the name of the source that has it; empty for the lists that come with the module
	Stem   string
	Cases  []*TestCase
	Pos    Position
}

// TestCase is an elder with what a list's text promises to the elder, worked out by hand.
// Attributes that are not given are absent.
type TestCase struct {
	Note  string
	Item  string // the printed item that it is about; may be empty
	Elder map[string]any
	On    Date // zero for the day of the run
	Wants []Expectation
	Pos   Position
	// Given says where each attribute of the elder stands.
	Given map[string]Position
}

// Wanted is the kind of an expectation.
type Wanted string

// What a case may want.
const (
	WantEntitled         Wanted = "entitled"          // the service, with exactly these promises
	WantBundles          Wanted = "bundles"           // the service, with exactly these bundles of linked measures
	WantRefused          Wanted = "refused"           // the service not to be promised
	WantDiscretionary    Wanted = "discretionary"     // the service to be permitted
	WantNotDiscretionary Wanted = "not_discretionary" // the service not to be permitted
	WantMonthly          Wanted = "monthly_cny"       // the cash of a month
)

// Expectation is one thing that a case wants of the answer.
type Expectation struct {
	Wanted  Wanted
	Service string // empty for the cash of a month
	// Promises are those of the service, by measure, as a case writes them: ">=100", "<=4000", "=50",
	// "open", "open minimum_wage_monthly". They are one for what is entitled, several for bundles, and
	// none for the rest.
	Promises []map[string]string
	Amount   string // of the cash of a month, such as ">=170"
	Pos      Position
}
