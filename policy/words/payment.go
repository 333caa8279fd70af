package words

import (
	"fmt"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
)

// Payment says by what calendar a service is paid. It is empty when the calendar says nothing of
// months, or is nil.
func Payment(p *policy.Payment, style Style) string {
	if p == nil {
		return ""
	}
	var parts []string
	add := func(english, chinese string) {
		if english != "" {
			parts = append(parts, style.pick(english, chinese))
		}
	}
	add(paidFrom(p.From))
	if p.BackPayMonths > 0 {
		add(fmt.Sprintf("back pay for at most %d months before it", p.BackPayMonths), fmt.Sprintf("最多补发此前%d个月", p.BackPayMonths))
	}
	add(paidUntil(p.Until))
	if p.Once {
		add("paid once", "一次性发放")
	}
	return strings.Join(parts, style.pick("; ", "，"))
}

func paidFrom(from policy.PaidFrom) (english, chinese string) {
	switch from {
	case policy.FromCountingDay:
		return "from the first month on whose counting day the conditions are met", "自符合条件后的首个计算月起发放"
	case policy.FromMonth:
		return "from the month in which the conditions are met", "自符合条件当月起发放"
	case policy.FromNextMonth:
		return "from the month after the one in which the conditions are met", "自符合条件次月起发放"
	case policy.FromMonthOfApplication:
		return "from the month of the application", "自申请当月起发放"
	case policy.FromMonthAfterApplication:
		return "from the month after the application", "自申请次月起发放"
	}
	return "", ""
}

func paidUntil(until policy.PaidUntil) (english, chinese string) {
	switch until {
	case policy.UntilCountingDay:
		return "until the last month on whose counting day the conditions are met", "至最后一个符合条件的计算月止"
	case policy.UntilMonthBefore:
		return "until the last month at whose end the conditions are met", "至最后一个整月符合条件的月份止"
	case policy.UntilMonth:
		return "until the month in which the conditions end", "至不再符合条件的当月止"
	case policy.UntilNextMonth:
		return "until the month after the one in which the conditions end", "至不再符合条件的次月止"
	}
	return "", ""
}

// Calendar says all that a calendar says, also when nothing is paid meanwhile.
func Calendar(p *policy.Payment, v *policy.Vocabulary, style Style) string {
	var parts []string
	if text := Payment(p, style); text != "" {
		parts = append(parts, text)
	}
	if p != nil && len(p.Suspended) > 0 {
		labels := slices.Clone(p.Suspended)
		for i, name := range labels {
			if known := v.Attribute(name); known != nil {
				labels[i] = style.pick(known.English, known.Label)
			}
		}
		parts = append(parts, Suspended(labels, style))
	}
	if len(parts) == 0 {
		return style.pick("no calendar stated", "未规定发放期间")
	}
	return strings.Join(parts, style.pick("; ", "，"))
}

// Suspended says that nothing is paid, and names the reasons by the labels of attributes.
func Suspended(labels []string, style Style) string {
	return style.pick("suspended, nothing is paid meanwhile: ", "暂停发放，期间为0元：") + strings.Join(labels, style.pick("; ", "、"))
}

// MaybeSuspended says that perhaps nothing is paid, and names the reasons by the labels of the
// unknown attributes.
func MaybeSuspended(labels []string, style Style) string {
	return style.pick("suspended if this is so, which is not known: ", "如有以下情形则暂停发放，尚待核实：") + strings.Join(labels, style.pick("; ", "、"))
}
