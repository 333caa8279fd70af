package sql

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
)

// answers returns the query for the number of each service's outcome.
func (c *compiler) answers() string {
	columns := []string{c.identifier("id")}
	for _, s := range c.services {
		columns = append(columns, c.number(s)+" AS "+c.outcomeColumn(s))
	}
	return "SELECT\n  " + strings.Join(columns, ",\n  ") + "\nFROM " + c.identifier(checkedView) + "\nWHERE " + c.identifier(codeColumn) + " IS NULL\n"
}

// outcomeColumn returns the column of the number of a service's outcome.
func (c *compiler) outcomeColumn(s *service) string { return c.column(columnOf(s.id), "outcome") }

// number returns the expression for the number of an elder's outcome: that of the first step with a
// box that holds.
func (c *compiler) number(s *service) string {
	var whens string
	last := len(s.steps) - 1
	for _, x := range s.steps[:last] {
		whens += fmt.Sprintf("\n    WHEN %s THEN %d", c.anyOf(x.boxes), x.number)
	}
	if whens == "" {
		return strconv.Itoa(s.steps[last].number)
	}
	return fmt.Sprintf("CASE%s\n    ELSE %d END", whens, s.steps[last].number)
}

// column is a column of the view of decisions.
type column struct {
	name string
	text string
}

// decisionNames returns the names of the columns of the view of decisions.
func (c *compiler) decisionNames() []string {
	var names []string
	for _, x := range c.decisionColumns() {
		names = append(names, x.name)
	}
	return names
}

// decisionColumns returns the columns of decisions: for each service, what an elder has of it, and
// its amounts.
func (c *compiler) decisionColumns() []column {
	all := []column{{"id", c.identifier("id")}}
	for _, s := range c.services {
		status := func(o outcome) string {
			if o.status == Nothing {
				return ""
			}
			return c.text(string(o.status))
		}
		all = append(all, column{name(columnOf(s.id)), c.lookUp(s, status, "CAST(NULL AS "+c.castText()+")")})
		for _, measure := range s.measures {
			certain := func(o outcome) string { return c.amount(measure, o.promises) }
			all = append(all, column{name(columnOf(s.id), measure), c.lookUp(s, certain, c.noAmount())})
			upTo := func(o outcome) string { return c.amount(measure, o.upTo) }
			if slices.ContainsFunc(s.outcomes, func(o outcome) bool { return upTo(o) != "" }) {
				all = append(all, column{name(columnOf(s.id), measure, "up_to"), c.lookUp(s, upTo, c.noAmount())})
			}
		}
		if slices.ContainsFunc(s.outcomes, func(o outcome) bool { return len(o.bundles) > 0 }) {
			all = append(all, column{name(columnOf(s.id), "bundles"), c.lookUp(s, c.bundles, "")})
		}
	}
	return append(all, column{"monthly_fen", c.monthlyFen()}, column{"monthly_bound", c.monthlyBound(c.text(string(policy.Exactly)), c.text(string(policy.AtLeast)))})
}

// castText returns the type of a text in a CAST.
func (c *compiler) castText() string {
	switch c.Dialect {
	case MySQL:
		return "CHAR"
	case ClickHouse:
		return "Nullable(String)"
	}
	return "text"
}

// decision returns the query for one row an elder.
func (c *compiler) decision() string {
	var columns []string
	for _, x := range c.decisionColumns() {
		columns = append(columns, as(x.text, c.identifier(x.name)))
	}
	return "SELECT\n  " + strings.Join(columns, ",\n  ") + "\nFROM " + c.identifier(answerView) + "\n"
}

// as returns an expression under a name, or the expression alone if it is that name.
func as(text, name string) string {
	if text == name {
		return name
	}
	return text + " AS " + name
}

// lookUp returns the expression for what the outcomes of a service have of something, by number. An
// empty text means NULL. Where no outcome has anything, it returns none.
func (c *compiler) lookUp(s *service, of func(outcome) string, none string) string {
	var order []string
	numbers := map[string][]int{}
	for i, o := range s.outcomes {
		text := of(o)
		if text == "" {
			continue
		}
		if numbers[text] == nil {
			order = append(order, text)
		}
		numbers[text] = append(numbers[text], i+1)
	}
	if len(order) == 0 {
		return none
	}
	text := "CASE"
	for _, value := range order {
		text += " WHEN " + isOneOf(c.outcomeColumn(s), numbers[value], len(s.outcomes)) + " THEN " + value
	}
	return text + " END"
}

// amount returns the literal of a promise's number, in fen where it is money. It is empty when
// there is no number.
func (c *compiler) amount(measure string, promises map[string]policy.Promise) string {
	p, promised := promises[measure]
	if !promised || p.Open() {
		return ""
	}
	return c.quantity(measure, *p.Value)
}

// quantity returns the literal of a number of a measure.
func (c *compiler) quantity(measure string, n policy.Decimal) string {
	if c.isMoney(measure) {
		return fmt.Sprint(n.Hundredths())
	}
	return c.decimal(n)
}

func (c *compiler) isMoney(measure string) bool {
	m := c.space.Vocabulary.Measure(measure)
	return m != nil && m.Unit.Money()
}

// bundles returns the bundles of an outcome as JSON, with amounts in yuan. It is empty when there
// are none.
func (c *compiler) bundles(o outcome) string {
	if len(o.bundles) == 0 {
		return ""
	}
	text, _ := json.Marshal(o.bundles) // of numbers and strings
	return c.text(string(text))
}

// isMonthly reports whether a measure is part of the monthly sum.
func (c *compiler) isMonthly(measure string) bool {
	return decide.IsMonthlyCash(c.space.Vocabulary, measure)
}

// payment says that some outcomes of a service pay an amount of a measure each month, unless others
// are paid instead.
type payment struct {
	service *service
	measure string
	numbers []int
	unless  string // a condition that must hold besides, empty for none
	fen     int64  // 0 for what is counted without a sure amount
}

// payments returns all monthly payments, counted as [decide.MonthlyCash] counts them.
func (c *compiler) payments() []payment {
	var all []payment
	for _, s := range c.services {
		for _, measure := range s.measures {
			if !c.isMonthly(measure) || c.maybeLeftOut(s.id, measure) {
				continue
			}
			all = append(all, c.paymentsOf(s, measure)...)
		}
	}
	return all
}

func (c *compiler) paymentsOf(s *service, measure string) []payment {
	var all []payment
	for i, o := range s.outcomes {
		p, promised := o.promises[measure]
		if !promised {
			continue
		}
		of := payment{service: s, measure: measure, numbers: []int{i + 1}, unless: c.notBeaten(s, measure, p)}
		if !p.Open() && p.Bound != policy.AtMost {
			of.fen = p.Value.Hundredths()
		}
		same := slices.IndexFunc(all, func(q payment) bool { return q.unless == of.unless && q.fen == of.fen })
		if same >= 0 {
			all[same].numbers = append(all[same].numbers, i+1)
			continue
		}
		all = append(all, of)
	}
	return all
}

// maybeLeftOut reports whether a service that is left out may be paid instead of another. The other
// is then not counted.
func (c *compiler) maybeLeftOut(service, measure string) bool {
	for _, l := range c.rs.Table.Layers {
		for _, group := range l.List.ChooseHigher {
			if group.Measure(service) != measure {
				continue
			}
			for _, m := range group.Members {
				if c.isLeftOut(m.Service) {
					return true
				}
			}
		}
	}
	return false
}

// notBeaten returns the condition that no other service of a choice has a higher promise, nor an
// equal one that comes before it; nor could have one, of what is not monthly cash.
func (c *compiler) notBeaten(s *service, measure string, p policy.Promise) string {
	var all []string
	for _, r := range c.rivals(s, measure, p) {
		numbers := r.certainly
		if !c.isMonthly(r.measure) { // cash in the place of cash is no less
			numbers = append(numbers, r.possibly...)
		}
		if len(numbers) > 0 {
			if none := c.noneOf(r.service, numbers); !slices.Contains(all, none) {
				all = append(all, none)
			}
		}
	}
	return strings.Join(all, " AND ")
}

// rival is another service of a choice, with the outcomes of which a promise is paid instead of
// that of a service, and those of which it is so possibly.
type rival struct {
	service             *service
	measure             string
	certainly, possibly []int
}

// rivals are the other services of all choices that a service belongs to by a measure.
func (c *compiler) rivals(s *service, measure string, than policy.Promise) []rival {
	var all []rival
	for _, l := range c.rs.Table.Layers {
		for _, group := range l.List.ChooseHigher {
			if group.Measure(s.id) != measure {
				continue
			}
			for i, other := range c.services {
				of := group.Measure(other.id)
				if of == "" || other == s {
					continue
				}
				all = append(all, rivalOf(other, of, than, i < slices.Index(c.services, s)))
			}
		}
	}
	return all
}

// rivalOf is a service as the rival of a promise, which it stands before or not.
func rivalOf(s *service, measure string, than policy.Promise, before bool) rival {
	beats := func(order int) bool { return order > 0 || order == 0 && before }
	mayBeat := func(promises map[string]policy.Promise) bool {
		p, promised := promises[measure]
		return promised && than.Sure() && (p.MayRise() || beats(p.Value.Cmp(*than.Value)))
	}
	r := rival{service: s, measure: measure}
	for i, o := range s.outcomes {
		if p, promised := o.promises[measure]; promised && beats(p.CompareAmounts(than)) {
			r.certainly = append(r.certainly, i+1)
		} else if mayBeat(o.promises) || mayBeat(o.upTo) {
			r.possibly = append(r.possibly, i+1)
		}
	}
	return r
}

// maybeBeaten are the conditions that a monthly payment counts but for what is not monthly cash,
// and may be had instead.
func (c *compiler) maybeBeaten() (all []string) {
	for _, s := range c.services {
		for i, o := range s.outcomes {
			for _, measure := range slices.Sorted(maps.Keys(o.promises)) {
				p := o.promises[measure]
				if !c.isMonthly(measure) || !p.Sure() {
					continue
				}
				rivals := c.rivals(s, measure, p)
				has := isOneOf(c.outcomeColumn(s), []int{i + 1}, len(s.outcomes))
				for _, r := range rivals {
					if len(r.certainly) > 0 {
						has += " AND " + c.noneOf(r.service, r.certainly)
					}
				}
				for _, r := range rivals {
					if !c.isMonthly(r.measure) && len(r.possibly) > 0 {
						all = append(all, has+" AND "+isOneOf(c.outcomeColumn(r.service), r.possibly, len(r.service.outcomes)))
					}
				}
			}
		}
	}
	return all
}

// noneOf returns the condition that a service has none of some outcomes. Its number is never NULL.
func (c *compiler) noneOf(s *service, numbers []int) string {
	var others []int
	for i := range s.outcomes {
		if !slices.Contains(numbers, i+1) {
			others = append(others, i+1)
		}
	}
	if len(others) == 0 {
		return "1 = 0"
	}
	return isOneOf(c.outcomeColumn(s), others, len(s.outcomes))
}

// paid returns the condition on which a payment is made.
func (c *compiler) paid(p payment) string {
	is := isOneOf(c.outcomeColumn(p.service), p.numbers, len(p.service.outcomes))
	if p.unless == "" {
		return is
	}
	return is + " AND " + p.unless
}

// monthlyFen returns the sum of the monthly payments that are sure, with a term for each measure of
// a service.
func (c *compiler) monthlyFen() string {
	terms := []string{}
	var last payment
	for _, p := range c.payments() {
		if p.fen == 0 {
			continue
		}
		if p.service != last.service || p.measure != last.measure {
			terms = append(terms, "CASE")
			last = p
		}
		terms[len(terms)-1] += fmt.Sprintf(" WHEN %s THEN %d", c.paid(p), p.fen)
	}
	if len(terms) == 0 {
		return "0"
	}
	return strings.Join(terms, " ELSE 0 END\n    + ") + " ELSE 0 END"
}

// monthlyBound returns the expression for how the sum binds, with the texts for either. It is exact
// if something is counted, nothing else may be added to it, and all parts are exact. Else it is a
// floor.
func (c *compiler) monthlyBound(exactly, atLeast string) string {
	if len(c.leftOut) > 0 {
		return atLeast
	}
	floors, counted := c.maybeBeaten(), []string{}
	for _, s := range c.services {
		var numbers []int
		for i, o := range s.outcomes {
			if c.isFloor(o) {
				numbers = append(numbers, i+1)
			}
		}
		if len(numbers) > 0 {
			floors = append(floors, isOneOf(c.outcomeColumn(s), numbers, len(s.outcomes)))
		}
	}
	for _, p := range counts(c.payments()) {
		counted = append(counted, c.paid(p))
	}
	if len(counted) == 0 {
		return atLeast
	}
	text := "CASE"
	if len(floors) > 0 {
		text += " WHEN " + strings.Join(floors, " OR ") + " THEN " + atLeast
	}
	return text + "\n    WHEN " + strings.Join(counted, " OR ") + " THEN " + exactly + " ELSE " + atLeast + " END"
}

// counts returns payments of whatever amount: those of a service that depend on the same other
// services are one.
func counts(all []payment) []payment {
	var few []payment
	for _, p := range all {
		same := slices.IndexFunc(few, func(q payment) bool { return q.service == p.service && q.unless == p.unless })
		if same < 0 {
			few = append(few, p)
			continue
		}
		numbers := slices.Concat(few[same].numbers, p.numbers)
		slices.Sort(numbers)
		few[same].numbers = slices.Compact(numbers)
	}
	return few
}

// isFloor reports whether an outcome makes the monthly sum a floor, whatever else there is.
func (c *compiler) isFloor(o outcome) bool {
	for measure, p := range o.promises {
		if c.isMonthly(measure) && p.Bound != policy.Exactly {
			return true
		}
	}
	for measure := range o.upTo {
		if c.isMonthly(measure) {
			return true
		}
	}
	return false
}
