package policy

import (
	"math/big"
	"slices"
)

// Promise is what a grant promises of one measure.
type Promise struct {
	Bound Bound `json:"bound"`
	// Value is nil when the amount is open: left to a lower level, or dependent on a number that is
	// missing.
	Value *Decimal `json:"value"`
	// Missing names the parameter that an open amount depends on, if there is one.
	Missing string `json:"missing,omitempty"`
	// List is the jurisdiction whose list gives this promise, where it differs from that of the
	// whole entitlement.
	List string `json:"list,omitempty"`

	// Parameters names the parameters that the promise was computed from.
	Parameters []string `json:"-"`
	// Less says that less of the measure is better, as with a waiting time.
	Less bool `json:"-"`
	// Share says of which parameter the amount is a share; it is nil when it is not one. An open
	// amount whose parameter has no number is a share of it too: the whole.
	Share *Share `json:"-"`
}

// Share is a fraction of the number of a parameter, such as a third of the minimum wage, plus what
// is added to it.
type Share struct {
	Of    string // a parameter, or a whole computation over several without a number
	Ratio *big.Rat
	Plus  *big.Rat // nil when nothing is added
}

// plus returns what is added to the fraction.
func (s Share) plus() *big.Rat {
	if s.Plus == nil {
		return new(big.Rat)
	}
	return s.Plus
}

// String returns the share as 1/3 × minimum_wage_monthly, or 1/3 × minimum_wage_monthly + 50.
func (s Share) String() string {
	text := s.Ratio.RatString() + " × " + s.Of
	if s.plus().Sign() != 0 {
		text += " + " + Round(s.Plus, decimalPlaces, false).String()
	}
	return text
}

// Amount returns the share of a number. It is rounded up to the fen before anything is added.
func (s Share) Amount(of *big.Rat) Decimal {
	return Round(new(big.Rat).Mul(of, s.Ratio), 2, true).Add(Round(s.plus(), decimalPlaces, true))
}

// atLeast reports whether the share is no less than another share of the same number, whatever that
// number is.
func (s Share) atLeast(t Share) bool {
	return s.Of == t.Of && s.Ratio.Cmp(t.Ratio) >= 0 && s.plus().Cmp(t.plus()) >= 0
}

// Equal reports whether two shares are the same, or both nil.
func (s *Share) Equal(t *Share) bool {
	if s == nil || t == nil {
		return s == t
	}
	return s.atLeast(*t) && t.atLeast(*s)
}

// OpenShare returns what an open amount is a share of. It returns nil when the amount is set
// locally or is open for another reason.
func (p Promise) OpenShare() *Share {
	switch {
	case !p.Open():
		return nil
	case p.Share != nil:
		return p.Share
	case p.Share == nil && p.Missing != "" && len(p.Parameters) == 1:
		return &Share{Of: p.Missing, Ratio: big.NewRat(1, 1)}
	}
	return nil
}

// Open reports whether the promise has no number.
func (p Promise) Open() bool { return p.Value == nil }

// Sure reports whether the elder can rely on the number: it is exact, or it is the worst that may
// happen. A ceiling of money is not sure, and neither is a floor of days to wait.
func (p Promise) Sure() bool { return !p.Open() && !p.Unsure() }

// Unsure reports whether the amount, even if open, may turn out worse than its number: it is a
// ceiling where more is better, or a floor where less is better.
func (p Promise) Unsure() bool { return p.Bound == p.unsure() }

// unsure returns the bound of numbers that may turn out worse by any amount.
func (p Promise) unsure() Bound {
	if p.Less {
		return AtLeast
	}
	return AtMost
}

// better compares two numbers of the promise's measure by which is better for the elder.
func (p Promise) better(d, e Decimal) int {
	if p.Less {
		return e.Cmp(d)
	}
	return d.Cmp(e)
}

// rank orders the kinds of promise: open lowest, then not sure, then sure.
func (p Promise) rank() int {
	switch {
	case p.Open():
		return 0
	case !p.Sure():
		return 1
	default:
		return 2
	}
}

// Compare compares the promises of one measure. A sure number beats one that is not sure, such as a
// ceiling, and that beats an open amount. Among sure numbers, and among unsure ones, more is
// better, or less where the measure says so. Of equal numbers, one that may turn out better beats
// an exact one.
func (p Promise) Compare(q Promise) int {
	if c := p.CompareAmounts(q); c != 0 || p.Open() {
		return c
	}
	return boolInt(p.Sure() && p.Bound != Exactly) - boolInt(q.Sure() && q.Bound != Exactly)
}

// CompareAmounts compares as [Promise.Compare] does, except that equal numbers are equal if both
// are sure or both are not: a promise that may turn out better may also be exactly its number.
func (p Promise) CompareAmounts(q Promise) int {
	if p.rank() != q.rank() {
		return p.rank() - q.rank()
	}
	if p.Open() {
		return 0
	}
	return p.better(*p.Value, *q.Value)
}

// Exceeds reports whether p could bring more than q: its number is better, whatever its bound, or
// it is equal and binds better. So a ceiling of 4,000 yuan exceeds an amount of 1,000, as "up to"
// means.
func (p Promise) Exceeds(q Promise) bool {
	if !p.Open() && !q.Open() && !p.Value.Equal(*q.Value) {
		return p.better(*p.Value, *q.Value) > 0
	}
	return p.Compare(q) > 0
}

// MayExceed reports whether p could turn out better than the number of q. It could if it has no
// number, or if its number is better, even if unsure. It could even if p is a floor below that
// number.
func (p Promise) MayExceed(q Promise) bool {
	if p.Open() || q.Open() {
		return p.Open() && !q.Open()
	}
	return p.better(*p.Value, *q.Value) > 0
}

// MayRise reports whether p could turn out better than its number by any amount: it is a sure
// number that is not exact, or has none.
func (p Promise) MayRise() bool { return p.Open() || p.Sure() && p.Bound != Exactly }

// Knows reports whether p is computed from all the parameters that q is computed from. Of two lists
// the lower one then states the number that the upper one misses.
func (p Promise) Knows(q Promise) bool {
	return !slices.ContainsFunc(q.Parameters, func(name string) bool { return !slices.Contains(p.Parameters, name) })
}

// OrBetter returns p as a promise of its number or better.
func (p Promise) OrBetter() Promise {
	if p.Bound = AtLeast; p.Less {
		p.Bound = AtMost
	}
	return p
}

// Meets reports whether p promises at least as much as want.
//
// An open promise meets no number, and a ceiling meets no floor. An amount that is set locally is
// met by every other open one. It is also met by every sure number, if that is above 0 where more
// is better. An amount that depends on a missing number is met only by an open one that depends on
// the same number, or by a share of it that is not less.
func (p Promise) Meets(want Promise) bool {
	if want.Open() {
		return p.meetsOpen(want)
	}
	return p.rank() >= want.rank() && p.better(*p.Value, *want.Value) >= 0
}

func (p Promise) meetsOpen(want Promise) bool {
	if want.Missing == "" {
		return p.Open() || p.Sure() && (p.Less || p.Value.Cmp(Decimal{}) > 0)
	}
	have, wanted := p.OpenShare(), want.OpenShare()
	switch {
	case p.Open() && p.Unsure() && !want.Unsure():
		return false
	case have == nil || wanted == nil:
		return p.Open() && have == wanted && p.Missing == want.Missing
	case p.Less:
		return wanted.atLeast(*have)
	}
	return have.atLeast(*wanted)
}

// Same reports whether two promises have the same bound and number.
func (p Promise) Same(q Promise) bool {
	return p.Bound == q.Bound && p.Missing == q.Missing && p.Open() == q.Open() && (p.Open() || p.Value.Equal(*q.Value))
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
