package policy

// Promise is what a grant promises of one measure.
type Promise struct {
	Bound Bound `json:"bound"`
	// Value is nil when the amount is open: left to a lower level, or depending on a number that is missing.
	Value *Decimal `json:"value"`
	// Missing names the parameter on whose value an open amount depends, if one does.
	Missing string `json:"missing,omitempty"`
	// List is the jurisdiction whose list gives this promise, where it is not the one of the whole entitlement.
	List string `json:"list,omitempty"`

	// Parameters are the parameters that the promise was computed from.
	Parameters []string `json:"-"`
}

// Open reports whether the promise has no number.
func (p Promise) Open() bool { return p.Value == nil }

// rank orders the kinds of promise: an open amount below a ceiling, a ceiling below a promised amount.
func (p Promise) rank() int {
	switch {
	case p.Open():
		return 0
	case p.Bound == AtMost:
		return 1
	default:
		return 2
	}
}

// Compare orders the promises of one measure: a promised amount beats a ceiling, a ceiling an open amount; of the same
// kind more is better, and of equal amounts a floor beats an exact amount.
func (p Promise) Compare(q Promise) int {
	if p.rank() != q.rank() {
		return p.rank() - q.rank()
	}
	if p.Open() {
		return 0
	}
	if c := p.Value.Cmp(*q.Value); c != 0 {
		return c
	}
	return boolInt(p.Bound == AtLeast) - boolInt(q.Bound == AtLeast)
}

// Exceeds reports whether p could bring more than q: it has the greater number, whatever its bound, or an equal one that binds
// better. So a ceiling of 4,000 yuan exceeds an amount of 1,000, which is what "up to" means.
func (p Promise) Exceeds(q Promise) bool {
	if !p.Open() && !q.Open() && !p.Value.Equal(*q.Value) {
		return p.Value.Cmp(*q.Value) > 0
	}
	return p.Compare(q) > 0
}

// Meets reports whether p promises at least as much as want. Any promise meets an open one; an open one meets no number;
// a ceiling meets no floor.
func (p Promise) Meets(want Promise) bool {
	if want.Open() {
		return true
	}
	return p.rank() >= want.rank() && p.Value.Cmp(*want.Value) >= 0
}

// Same reports whether the two promise the same bound and number.
func (p Promise) Same(q Promise) bool {
	return p.Bound == q.Bound && p.Missing == q.Missing && p.Open() == q.Open() && (p.Open() || p.Value.Equal(*q.Value))
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
