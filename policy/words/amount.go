// Package words puts amounts, conditions and citations into words, in Chinese and English.
package words

import (
	"cmp"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
)

// Labels returns the label of a parameter, such as 最低工资标准. Where it returns "", the parameter's
// name is shown.
type Labels func(parameter string) string

// Amount returns a promise in full, with its unit and period: "每月不低于100元", "at least 100 yuan a
// month", "100%". For an open promise it says why there is no number, and names the missing
// parameter. Labels may be nil.
func Amount(p policy.Promise, unit policy.Unit, style Style, labels Labels) string {
	if p.Open() || unit == policy.Flag {
		return Figure(p, unit, style, labels)
	}
	if style == Chinese {
		return period(unit, style) + Figure(p, unit, style, labels)
	}
	return Figure(p, unit, style, labels) + period(unit, style)
}

// Figure returns [Amount] without the period, to stand after a label that tells the period:
// "不低于100元".
func Figure(p policy.Promise, unit policy.Unit, style Style, labels Labels) string {
	switch {
	case p.Open():
		return open(p, unit, style, labels)
	case unit == policy.Flag && *p.Value == policy.Decimal{}:
		return style.pick("not included", "不含")
	case unit == policy.Flag:
		return style.pick("included", "包含")
	}
	return bound(p.Bound, unit, style) + Number(*p.Value, unit, style)
}

// Promise returns what is promised of a measure, with its label: "每月现金 不低于100元". For a flag it
// returns the label alone: "办理丧葬".
func Promise(m *policy.Measure, p policy.Promise, style Style, labels Labels) string {
	m = cmp.Or(m, &policy.Measure{})
	label := m.Label
	switch style {
	case Names:
		label = m.Name
	case English:
		label = m.English
	}
	if m.Unit == policy.Flag && !p.Open() && *p.Value != (policy.Decimal{}) {
		return label
	}
	return label + " " + Figure(p, m.Unit, style, labels)
}

// Number returns a value with the sign of its unit: "100元", "100%", "1.3倍", "15个工作日". Years, and
// counts of a list's own, have no sign here; the label tells what they are.
func Number(value policy.Decimal, unit policy.Unit, style Style) string {
	n := value.String()
	of, _ := unit.Parts()
	switch {
	case unit.Money():
		return n + style.pick(" yuan", "元")
	case unit == policy.Percent:
		return n + "%"
	case unit == policy.Multiple:
		return n + style.pick(" times", "倍")
	}
	sign := signs[of]
	if n == "1" {
		sign.english = strings.TrimSuffix(sign.english, "s")
	}
	return n + sign.in(style)
}

// inBoth is a text in both languages.
type inBoth struct{ english, chinese string }

func (t inBoth) in(style Style) string { return style.pick(t.english, t.chinese) }

// signs follow numbers of what is counted.
var signs = map[string]inBoth{
	"times": {"", "次"}, "days": {" days", "天"}, "working_days": {" working days", "个工作日"}, "hours": {" hours", "小时"},
	"minutes": {" minutes", "分钟"}, "months": {" months", "个月"}, "persons": {" persons", "人"}, "square_metres": {" square metres", "平方米"},
}

// periods say what an amount is for.
var periods = map[policy.Per]inBoth{
	policy.PerDay: {" a day", "每天"}, policy.PerMeal: {" a meal", "每餐"}, policy.PerHour: {" an hour", "每小时"},
	policy.PerVisit: {" a visit", "每次"}, policy.PerWeek: {" a week", "每周"}, policy.PerMonth: {" a month", "每月"},
	policy.PerYear: {" a year", "每年"}, policy.PerHousehold: {" a household", "每户"},
}

func period(unit policy.Unit, style Style) string {
	if unit == policy.CNY {
		return style.pick(" once", "一次性")
	}
	_, per := unit.Parts()
	return periods[per].in(style)
}

func bound(b policy.Bound, unit policy.Unit, style Style) string {
	switch {
	case b == policy.AtMost:
		return style.pick("up to ", "不超过")
	case b != policy.AtLeast:
		return ""
	case unit.Counts():
		return style.pick("at least ", "不少于")
	}
	return style.pick("at least ", "不低于")
}

func open(p policy.Promise, unit policy.Unit, style Style, labels Labels) string {
	what := quantity(unit, style)
	if p.Missing == "" {
		if p.Bound == policy.SetLocally {
			return what + style.pick(" set locally", "由当地确定")
		}
		return what + style.pick(" open", "未定")
	}
	missing := p.Missing
	if labels != nil {
		if label := labels(p.Missing); label != "" {
			missing = label
		}
	}
	return what + style.pick(" open: no value for "+missing, "未定（尚缺："+missing+"）")
}

// quantity returns what a number of the unit is called.
func quantity(unit policy.Unit, style Style) string {
	of, _ := unit.Parts()
	switch {
	case unit.Money():
		return style.pick("amount", "金额")
	case unit == policy.Percent:
		return style.pick("share", "比例")
	case unit == policy.Multiple:
		return style.pick("multiple", "倍数")
	case of == "times":
		return style.pick("number", "次数")
	case unit.Counts():
		return style.pick("number", "数量")
	}
	return style.pick("value", "数值")
}

// Total returns a monthly total: "每月不低于300元". A total without any number is open when something
// without a number is due, and nothing otherwise.
func Total(t decide.Total, style Style) string {
	switch {
	case t.Value != (policy.Decimal{}):
		return Amount(policy.Promise{Bound: t.Bound, Value: &t.Value}, policy.CNYPerMonth, style, nil)
	case len(t.Open) > 0:
		return style.pick("amount open", "金额未定")
	}
	return style.pick("no amount stated", "清单未写金额")
}

// Part names what a service promises of one measure: "分散供养的每月照料护理费".
func Part(service string, m *policy.Measure, style Style) string {
	return service + style.pick(" ("+m.English+")", "的"+m.Label)
}

// NotAdded names what a total leaves out, and what counts instead. It names the services, and the
// measures where these differ.
func NotAdded(n decide.NotAdded, v *policy.Vocabulary, name func(service string) string, style Style) (left, counted string) {
	left, counted = name(n.Service), name(n.InFavourOf)
	if n.Measure != n.InFavourOfMeasure {
		left, counted = Part(left, v.Measure(n.Measure), style), Part(counted, v.Measure(n.InFavourOfMeasure), style)
	}
	return left, counted
}

// Access says how an elder obtains a service. It is empty when the text does not say.
func Access(a policy.Access, style Style) string {
	switch a {
	case policy.Automatic:
		return style.pick("without application", "免申即享")
	case policy.Application:
		return style.pick("on application", "依申请")
	case policy.Presentation:
		return style.pick("on showing a certificate", "凭有效证件")
	}
	return ""
}

// Level returns the level of a jurisdiction.
func Level(l policy.Level, style Style) string {
	switch l {
	case policy.Nation:
		return style.pick("nation", "国家级")
	case policy.Province:
		return style.pick("province", "省级")
	case policy.City:
		return style.pick("city", "市级")
	case policy.County:
		return style.pick("county", "县级")
	case policy.District:
		return style.pick("district", "区级")
	case policy.Township:
		return style.pick("township", "乡镇级")
	}
	return string(l)
}

// Basis says where a list's text comes from.
func Basis(b policy.Basis, style Style) string {
	switch b {
	case policy.Official:
		return style.pick("official", "原文")
	case policy.Reconstructed:
		return style.pick("reconstructed", "推定")
	}
	return string(b)
}

// Beside returns the citations, each once, that are not among others.
func Beside(others, all []policy.Citation) []policy.Citation {
	var beside []policy.Citation
	for _, c := range all {
		if !slices.Contains(others, c) && !slices.Contains(beside, c) {
			beside = append(beside, c)
		}
	}
	return beside
}

// Figures says where the amounts of a service are stated, after where the service is. It is empty
// where there are no citations.
func Figures(all []policy.Citation, style Style) string {
	if len(all) == 0 {
		return ""
	}
	return style.pick("; the amount: ", "；金额：") + Citations(all, style)
}

// Citations returns citations with the places of one document joined: "朔政办发〔2023〕36号 附件 12、主要措施 4".
func Citations(all []policy.Citation, style Style) string {
	var documents []string
	places := map[string][]string{}
	for _, c := range all {
		if _, known := places[c.Document]; !known {
			documents = append(documents, c.Document)
			places[c.Document] = nil
		}
		if c.At != "" {
			places[c.Document] = append(places[c.Document], c.At)
		}
	}
	for i, d := range documents {
		if len(places[d]) > 0 {
			documents[i] = d + " " + strings.Join(places[d], style.pick(", ", "、"))
		}
	}
	return strings.Join(documents, style.pick("; ", "；"))
}
