// Package summary counts what the elders of a register are owed, by service, by age and by any
// column. It says what that costs a month, and which missing facts keep elders undecided. It keeps
// counts, and no elder.
package summary

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/register"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

// Summary holds the counts and sums of a register. All money is the list's monthly cash, in yuan a
// month.
type Summary struct {
	Jurisdiction string      `json:"jurisdiction"`
	Name         string      `json:"name"` // of the jurisdiction
	On           policy.Date `json:"on"`
	AssumeKnown  bool        `json:"assume_known"` // what is missing was taken as absent
	Digest       string      `json:"digest"`
	Rows         Rows        `json:"rows"`
	Total        Group       `json:"total"`
	ByAge        []Group     `json:"by_age"`
	By           []Breakdown `json:"by,omitempty"`
	Missing      []Missing   `json:"missing"` // the facts that keep most elders undecided first
}

// Rows counts the rows of a register. Only those that were answered are summed up.
type Rows struct {
	Read       int            `json:"read"`
	Answered   int            `json:"answered"`
	Refused    int            `json:"refused"`
	Blank      int            `json:"blank"`
	Duplicates int            `json:"duplicates"` // answered with an id that was there before, and counted each time
	Problems   map[string]int `json:"problems"`   // by code; a row may have several
}

// Breakdown groups the elders by their values in a column.
type Breakdown struct {
	Column string  `json:"column"`
	Groups []Group `json:"groups"`
}

// Group is the elders of one group, with what they are owed.
type Group struct {
	// Name is a range of ages, or the value of the column with identity numbers masked. It is empty
	// for all elders, and for elders without a value.
	Name      string    `json:"name"`
	Elders    int64     `json:"elders"`
	Undecided int64     `json:"undecided"` // of whom missing facts may still bring more
	Monthly   Money     `json:"monthly_cny"`
	Services  []Service `json:"services"` // in printed order
}

// Service counts what the elders of a group have of a service. Each elder is in one of the first
// four counts: entitled, even if missing facts may bring more; otherwise possible; otherwise only
// permitted (discretionary); otherwise not.
type Service struct {
	Service       string `json:"service"`
	Item          string `json:"item"`
	Name          string `json:"name"`
	Entitled      int64  `json:"entitled"`
	Possible      int64  `json:"possible"`
	Discretionary int64  `json:"discretionary"`
	Not           int64  `json:"not"`
	Cash          bool   `json:"cash"` // the lists promise monthly cash of it
	Monthly       Money  `json:"monthly_cny"`
}

// Money is cash per month. No sum includes an amount that a total leaves out in favour of a higher
// one.
type Money struct {
	Certain policy.Decimal `json:"certain"` // amounts with a number that is sure
	// UpTo is the sum if every missing fact is as favourable as it can be, although not all may be
	// so at once. For one service, it counts only the certain amounts of the others. Where only the
	// highest of several is paid, the services may therefore add up to more than the group.
	UpTo policy.Decimal `json:"up_to"`
	Paid int64          `json:"elders"` // to whom a certain amount is due
	May  int64          `json:"may"`    // to whom an amount is or may be due
	Open int64          `json:"open"`   // of whom a certain amount has no number, and is left out
}

// Missing is an attribute that is missing for some elders and matters to them.
type Missing struct {
	Attribute string `json:"attribute"`
	Label     string `json:"label"`
	English   string `json:"english"`
	Elders    int64  `json:"elders"` // whom it keeps undecided, maybe with other facts
	Alone     int64  `json:"alone"`  // of them, those of whom nothing else that matters is missing
}

// Options say what to count.
type Options struct {
	By      []string // headers of columns by which elders are counted, too
	English bool
}

// Counter counts the elders of a register while the register answers them.
type Counter struct {
	Options
	rules    *ruleset.Ruleset
	register *register.Register
	columns  []int
	scale    *scale
	mu       sync.Mutex
	parts    []*part
	names    []map[string]bool // of the groups of each column
	problems map[string]int
}

// SingleError says that elders cannot be counted by a column, because its values identify single
// elders.
type SingleError struct {
	Column int // from 1
	header string
}

// Error names the column, and says what kind of column to use instead.
func (e *SingleError) Error() string {
	return fmt.Sprintf("--by: the column %q names single elders: take one that many share", cmp.Or(e, &SingleError{}).header)
}

// MarshalJSON writes code, message and column.
func (e *SingleError) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Code    string `json:"code"`
		Message string `json:"message"`
		Column  int    `json:"column"`
	}{"names-elders", e.Error(), cmp.Or(e, &SingleError{}).Column})
}

// New returns a counter for a register. Call it before the register answers. The error may be a
// [*SingleError].
func New(rules *ruleset.Ruleset, r *register.Register, o Options) (*Counter, error) {
	if err := rules.Usable(context.Background()); err != nil {
		return nil, err
	}
	if r == nil {
		return nil, policy.CallError("the register is empty; get one from register.New")
	}
	c := &Counter{Options: o, rules: rules, register: r, scale: newScale(rules, o.English), problems: map[string]int{}}
	var wrong []error
	for _, header := range o.By {
		column, err := r.Column(header)
		if err != nil {
			wrong = append(wrong, policy.Errorf("no-column", "--by: %w", err))
			continue
		}
		switch r.Attribute(column) {
		case "id", "id_number":
			wrong = append(wrong, &SingleError{column + 1, header})
		}
		if i := slices.Index(c.columns, column); i >= 0 {
			wrong = append(wrong, policy.Errorf("same-column", "--by: %q and %q are one column: name it once", o.By[i], header))
		}
		r.Show(column)
		c.columns, c.names = append(c.columns, column), append(c.names, map[string]bool{})
	}
	r.Hear = c.Hear
	return c, policy.Join(wrong...)
}

// Problem counts a problem of a row.
func (c *Counter) Problem(p register.Problem) { c.problems[p.Code]++ }

// Hear begins a part of the count. One goroutine may use the function that it returns.
func (c *Counter) Hear() func(register.Answered) error {
	p := newPart(c)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.parts = append(c.parts, p)
	return p.add
}

// Sum returns the summary after the register has answered.
func (c *Counter) Sum(t register.Tally) *Summary {
	all := newPart(c)
	for _, p := range c.parts {
		all.join(p)
	}
	s := &Summary{
		Jurisdiction: c.rules.Jurisdiction.ID, Name: c.rules.Jurisdiction.Name, On: c.rules.On, Digest: c.rules.Digest,
		AssumeKnown: c.rules.AssumesKnown(), Total: c.scale.group("", all.total), Missing: c.scale.missing(all),
		Rows: Rows{t.Rows, t.Answered, t.Refused, t.Blank, t.Duplicates, c.problems},
	}
	for band, counts := range all.bands {
		if counts.elders > 0 {
			s.ByAge = append(s.ByAge, c.scale.group(bandName(band, c.English), counts))
		}
	}
	for i, header := range c.By {
		b := Breakdown{Column: header}
		for _, name := range slices.Sorted(maps.Keys(all.by[i])) {
			b.Groups = append(b.Groups, c.scale.group(elder.HideIDNumbers(name), all.by[i][name]))
		}
		slices.SortStableFunc(b.Groups, func(x, y Group) int {
			return cmp.Or(cmp.Compare(y.Elders, x.Elders), cmp.Compare(x.Name, y.Name)) // in no order of what is masked
		})
		s.By = append(s.By, b)
	}
	return s
}

// bands holds the first age of each band. One more band, after these, is for elders whose age is
// not known.
var bands = []int{0, 60, 65, 70, 75, 80, 85, 90, 95, 100}

// bandOf returns the band of an age.
func bandOf(age any) int {
	years, known := age.(int)
	if !known {
		return len(bands)
	}
	band := 0
	for i, first := range bands {
		if years >= first {
			band = i
		}
	}
	return band
}

func bandName(band int, english bool) string {
	pick := func(en, zh string) string {
		if english {
			return en
		}
		return zh
	}
	switch {
	case band == len(bands):
		return pick("age unknown", "年龄不详")
	case band == 0:
		return pick("below 60", "60岁以下")
	case band == len(bands)-1:
		return pick("100 and over", "100岁及以上")
	}
	return fmt.Sprintf(pick("%d–%d", "%d–%d岁"), bands[band], bands[band+1]-1)
}

// groupName returns the name by which a cell's group is counted: extra blanks make no difference.
func groupName(cell string) string { return strings.Join(strings.Fields(cell), " ") }

// ageAxis returns the axis of the age.
func ageAxis(s *elder.Space) int {
	i, ok := s.Index("age")
	if !ok {
		return -1
	}
	return i
}
