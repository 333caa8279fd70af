package check

import (
	"context"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
	"github.com/basic-eldercare/eldercare/policy/internal/union"
)

// calendar compares how two lists pay for a service, or for one measure of it.
type calendar struct {
	measure    string               // one that a parameter with a calendar of its own promises; empty for all others
	scheduled  []string             // of all others: those with a calendar of their own
	want, have *policy.Payment      // as owed above, and as the child declares; nil where no list has a calendar
	own        *policy.Payment      // that the child's list itself states, nil when it states none
	short      []policy.PaymentPart // by which the child may leave out months
	stated     bool                 // a list above states one of them
}

// paying returns how the child pays for a service compared with how it is owed above: for the
// measures without a calendar of their own together, then for each that has one on either side. The
// result is the same for all elders.
func (c *checker) paying(service string) []calendar {
	all, known := c.calendars[service]
	if !known {
		all = c.compared(service)
		c.calendars[service] = all
	}
	return all
}

// Paying compares the payment calendars of a service, or of one measure of it.
type Paying struct {
	Measure    string               // empty for all that has no calendar of its own
	Short      []policy.PaymentPart // by which the child may leave out months that the parent pays
	Want, Have *policy.Payment      // the parent's and the child's
}

// Payments compares the payment calendars of a service on both sides. It names the parts by which
// the child may leave out months that the parent pays for the same elder. The child's calendars
// cover all that its residents are owed. The two sides need not know the same facts of elders. The
// first comparison covers all measures without a calendar of their own. The others follow, sorted
// by measure.
func Payments(child, parent Side, service string) []Paying {
	c := newChecker(context.Background(), child, parent)
	c.effective = true
	var all []Paying
	for _, k := range c.compared(service) {
		all = append(all, Paying{k.measure, k.short, paymentOf(k.want), paymentOf(k.have)})
	}
	return all
}

func (c *checker) compared(service string) []calendar {
	above, below := c.parent.Table.Layers, c.child.Table.Layers
	scheduled := union.Of(layer.Scheduled(above, service), layer.Scheduled(below, service))
	slices.Sort(scheduled)
	monthly, gifts := c.dues(service, scheduled)
	rest := c.compare(service, "", monthly, gifts)
	rest.scheduled = scheduled
	all := []calendar{rest}
	for _, name := range scheduled {
		gift := c.vocabulary.Measure(name).Once()
		all = append(all, c.compare(service, name, !gift, gift))
	}
	return all
}

// compare compares the calendars of a measure, or without one of all that has no calendar of its
// own, of which something is paid from month to month, or due once.
func (c *checker) compare(service, measure string, monthly, gifts bool) calendar {
	above, below := c.parent.Table.Layers, c.child.Table.Layers
	k := calendar{
		measure: measure, want: layer.Payment(above, service, measure), have: layer.DeclaredPayment(below, service, measure),
		own: layer.Stated(below[:1], service, measure),
	}
	if c.effective {
		k.have = layer.Payment(below, service, measure)
	}
	want := policy.Paid{Payment: k.want, CountingDay: layer.CountingDay(above)}
	have := policy.Paid{Payment: k.have, CountingDay: layer.CountingDay(below)}
	if k.want == nil && k.have == nil && want.CountingDay == have.CountingDay {
		return k
	}
	add := func(parts []policy.PaymentPart) {
		for _, part := range parts {
			if !slices.Contains(k.short, part) {
				k.short = append(k.short, part)
				k.stated = k.stated || want.States(part)
			}
		}
	}
	if monthly {
		add(have.Short(want))
	}
	if gifts {
		have.Gift, want.Gift = true, true
		add(have.Short(want))
	}
	return k
}

// dues reports whether the parent promises something of a service that is paid from month to month,
// and something that is due once, besides the scheduled measures. A measure that is linked with
// others follows the service.
func (c *checker) dues(service string, scheduled []string) (monthly, gifts bool) {
	monthly = len(c.opaque(service)) > 0
	linked := layer.Linked(c.parent.Table.Layers, service)
	for _, k := range c.cases(c.parent, service) {
		monthly = monthly || len(k.Grant.Measures) == 0
		for name := range k.Grant.Measures {
			if slices.Contains(scheduled, name) {
				continue
			}
			once := c.vocabulary.Measure(name).Once() && !slices.Contains(linked, name)
			gifts, monthly = gifts || once, monthly || !once
		}
	}
	return monthly, gifts
}

// promises reports whether what is granted is paid by the calendar, at least in part.
func (k calendar) promises(g rules.Grant) bool {
	if k.measure != "" {
		_, ok := g.Measures[k.measure]
		return ok
	}
	for name := range g.Measures {
		if !slices.Contains(k.scheduled, name) {
			return true
		}
	}
	return len(g.Measures) == 0
}

// takes reports whether what the child grants is had instead: of a measure that measure, of all
// else whatever it grants.
func (k calendar) takes(g rules.Grant) bool { return k.measure == "" || k.promises(g) }

// loss returns the loss of a service, or of a measure of it, that is paid for fewer months.
func (k calendar) loss(service string) loss {
	return loss{kind: Shorter, service: service, measure: k.measure, calendar: k}
}

// shortened returns the regions in which elders have a service on both sides and are paid for fewer
// months of it, or of a measure of it.
func (c *checker) shortened(service string, upper, lower []table.Case) []lostRegion {
	var all []lostRegion
	for _, k := range c.paying(service) {
		if len(k.short) == 0 {
			continue
		}
		owed := slices.DeleteFunc(slices.Clone(upper), func(x table.Case) bool { return !k.promises(x.Grant) })
		has := slices.DeleteFunc(slices.Clone(lower), func(x table.Case) bool { return !k.takes(x.Grant) })
		if region := within(c.subtract(table.Boxes(owed), nil), table.Boxes(has), c.space.Values); len(region) > 0 {
			all = append(all, lostRegion{k.loss(service), region, owed})
		}
	}
	return all
}

// paidLess returns the losses of an elder who has a service on both sides and is paid for fewer
// months of it, or of a measure of it, by plain OPA.
func (c *checker) paidLess(service string, owed, has []decide.Held) []loss {
	var all []loss
	for _, k := range c.paying(service) {
		owes := func(h decide.Held) bool { return k.promises(h.Grant) }
		gives := func(h decide.Held) bool { return k.takes(h.Grant) }
		if len(k.short) > 0 && slices.ContainsFunc(owed, owes) && slices.ContainsFunc(has, gives) {
			all = append(all, k.loss(service))
		}
	}
	return all
}

// paymentOf returns a calendar as findings show it, or nil when it says nothing.
func paymentOf(p *policy.Payment) *policy.Payment {
	if p == nil {
		return &policy.Payment{}
	}
	return p
}
