package source

import (
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
)

// maxBackPay bounds the months of back pay: ten years.
const maxBackPay = 120

// figurePayment reads the calendar of a parameter; nil when it has none.
func (r listReader) figurePayment(m *mapping) *policy.Payment {
	n, ok := m.optional("payment")
	if !ok {
		return nil
	}
	return r.payment(n)
}

// checkPayment reports a calendar of a threshold.
func checkPayment(d *policy.Diagnostics, p *policy.Parameter) {
	if p.Payment != nil && p.Threshold() {
		d.Errorf("payment", p.Payment.Pos, "remove payment, or write a bound", "%s has no bound: it is a threshold, and is not paid", p.Name)
	}
}

// payment reads the calendar of a service or of a parameter.
func (r listReader) payment(n node) *policy.Payment {
	m := n.mapping("a payment calendar")
	p := &policy.Payment{Pos: n.pos()}
	from, hasFrom := m.optional("from")
	if hasFrom {
		p.From = wordOf(from, "unknown-payment", policy.PaidFroms()...)
	}
	until, hasUntil := m.optional("until")
	if hasUntil {
		p.Until = wordOf(until, "unknown-payment", policy.PaidUntils()...)
	}
	backPay, hasBackPay := m.optional("back_pay_months")
	if hasBackPay {
		p.BackPayMonths = months(backPay)
	}
	p.Once = m.boolean("once")
	if n, ok := m.optional("suspended"); ok {
		p.Suspended = r.suspended(n)
	}
	switch {
	case p.Once && hasUntil:
		until.errorf("payment", "remove until, or once", "a single payment ends with its month")
	case hasBackPay && !p.From.Applied() && (!hasFrom || p.From != ""):
		backPay.errorf("payment", "write from: month_of_application or month_after_application, or remove it",
			"back pay covers months before an application, but this payment waits for none")
	case n.kind() == "a mapping" && len(n.yaml.Content) == 0:
		n.errorf("payment", "write from, until, once or suspended, or remove it", "the calendar says nothing")
	}
	m.close()
	return p
}

// yesNo returns the attributes that can suspend payment.
func yesNo(v *policy.Vocabulary) []*policy.Attribute {
	return slices.DeleteFunc(slices.Clone(v.Attributes), func(a *policy.Attribute) bool { return a.Type != policy.Boolean })
}

// months reads a number of months of back pay.
func months(n node) int {
	months, ok := n.integer()
	if ok && (months < 1 || months > maxBackPay) {
		n.errorf("payment", "write a number of months from 1 to 120", "back pay cannot cover %d months", months)
	}
	return months
}

// suspended reads the attributes while which nothing is paid.
func (r listReader) suspended(all node) []string {
	var attributes []string
	for _, n := range all.items() {
		name, ok := n.text()
		a := r.vocabulary.Attribute(name)
		switch {
		case !ok || r.noAttributes:
		case a == nil:
			n.errorf("unknown-attribute", didYouMean(name, r.attributes, "add it to catalogs/attributes.yaml"), "unknown attribute %q", name)
		case a.Type != policy.Boolean && a.Type != "":
			n.errorf("payment", "name a yes-no attribute, or add one", "%s is not a yes-no attribute, so it cannot suspend payment", name)
		case slices.Contains(attributes, name):
			n.errorf("payment", "name each attribute once", "%q is named twice", name)
		default:
			attributes = append(attributes, name)
		}
	}
	if len(all.yaml.Content) == 0 && all.kind() == "a list" {
		all.errorf("payment", "name the attributes, or remove it", "nothing suspends payment")
	}
	return attributes
}
