package check

import (
	"context"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
)

// calendar compares how two lists pay for a service.
type calendar struct {
	want, have *policy.Payment      // as owed above, and as the child declares; nil where no list has a calendar
	short      []policy.PaymentPart // by which the child may leave out months
	stated     bool                 // a list above states one of them
}

// calendar compares how the child pays for a service with how the service is owed above. The result
// is the same for all elders.
func (c *checker) calendar(service string) calendar {
	k, known := c.calendars[service]
	if !known {
		k = c.compared(service)
		c.calendars[service] = k
	}
	return k
}

// Payments returns both payment calendars of a service, and those parts by which the child may
// leave out months that the parent pays for the same elder. The child's calendar is that of all
// that its residents are owed. The two sides need not know the same facts of elders.
func Payments(child, parent Side, service string) (short []policy.PaymentPart, want, have *policy.Payment) {
	c := newChecker(context.Background(), child, parent)
	c.effective = true
	k := c.compared(service)
	return k.short, paymentOf(k.want), paymentOf(k.have)
}

func (c *checker) compared(service string) calendar {
	above, below := c.parent.Table.Layers, c.child.Table.Layers
	k := calendar{want: layer.Payment(above, service), have: layer.DeclaredPayment(below, service)}
	if c.effective {
		k.have = layer.Payment(below, service)
	}
	want := policy.Paid{Payment: k.want, CountingDay: layer.CountingDay(above)}
	have := policy.Paid{Payment: k.have, CountingDay: layer.CountingDay(below)}
	if k.want == nil && k.have == nil && want.CountingDay == have.CountingDay {
		return k
	}
	monthly, gifts := c.dues(service)
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
// and something that is due once. A measure that is linked with others follows the service.
func (c *checker) dues(service string) (monthly, gifts bool) {
	monthly = len(c.opaque(service)) > 0
	linked := layer.Linked(c.parent.Table.Layers, service)
	for _, k := range c.cases(c.parent, service) {
		monthly = monthly || len(k.Grant.Measures) == 0
		for name := range k.Grant.Measures {
			once := c.vocabulary.Measure(name).Once() && !slices.Contains(linked, name)
			gifts, monthly = gifts || once, monthly || !once
		}
	}
	return monthly, gifts
}

// loss returns the loss of a service that is paid for fewer months, or nil when it is not.
func (k calendar) loss(service string) *loss {
	if len(k.short) == 0 {
		return nil
	}
	return &loss{kind: Shorter, service: service, calendar: k}
}

// shortened returns the region in which elders have a service on both sides and are paid for fewer
// months of it.
func (c *checker) shortened(service string, upper, lower []table.Case) []lostRegion {
	l := c.calendar(service).loss(service)
	if l == nil {
		return nil
	}
	region := within(c.subtract(table.Boxes(upper), nil), table.Boxes(lower), c.space.Values)
	if len(region) == 0 {
		return nil
	}
	return []lostRegion{{*l, region, upper}}
}

// paidLess returns the loss of an elder who has a service on both sides and is paid for fewer
// months of it, by plain OPA.
func (c *checker) paidLess(service string, owed, has []decide.Held) []loss {
	if l := c.calendar(service).loss(service); l != nil && len(owed) > 0 && len(has) > 0 {
		return []loss{*l}
	}
	return nil
}

// paymentOf returns a calendar as findings show it, or nil when it says nothing.
func paymentOf(p *policy.Payment) *policy.Payment {
	if p == nil {
		return &policy.Payment{}
	}
	return p
}

// samePayment reports whether two calendars, or none, say the same.
func samePayment(p, q *policy.Payment) bool {
	if p == nil || q == nil {
		return p == q
	}
	return p.From == q.From && p.Until == q.Until && p.BackPayMonths == q.BackPayMonths && p.Once == q.Once && slices.Equal(p.Suspended, q.Suspended)
}
