package policy

import (
	"slices"
	"strings"
)

// Unit is the unit of a parameter or a measure, such as cny_per_month, percent or days. It says
// what is counted, and per what.
type Unit string

// These units are used by the lists. [UnitOf] makes others from what a measure counts, and per
// what.
const (
	CNYPerMonth   Unit = "cny_per_month"
	CNYPerYear    Unit = "cny_per_year"
	CNY           Unit = "cny" // once
	Percent       Unit = "percent"
	TimesPerMonth Unit = "times_per_month"
	TimesPerYear  Unit = "times_per_year"
	Multiple      Unit = "multiple" // share of another standard; may be written as a fraction such as 1/3
	Flag          Unit = "flag"     // 1 means promised
	Years         Unit = "years"    // years of age or of contribution; always a threshold, never promised
	Fen           Unit = "fen"      // a hundredth of a yuan, which an attribute may count; no measure has it
)

// MeasureKind is the kind of quantity that a measure is.
type MeasureKind string

// The kinds of measures.
const (
	KindCash  MeasureKind = "cash"  // money paid to the elder; the only kind that is added up
	KindWorth MeasureKind = "worth" // the worth in money of a voucher or a service
	KindCap   MeasureKind = "cap"   // the most money that something brings or costs
	KindShare MeasureKind = "share" // a percentage, or a multiple of another standard
	KindCount MeasureKind = "count" // times, days, persons or anything else that is counted
	KindFlag  MeasureKind = "flag"  // a thing that is included
)

// MeasureKinds lists all kinds of measures.
func MeasureKinds() []MeasureKind {
	return []MeasureKind{KindCash, KindWorth, KindCap, KindShare, KindCount, KindFlag}
}

// money reports whether measures of the kind are in yuan.
func (k MeasureKind) money() bool { return k == KindCash || k == KindWorth || k == KindCap }

// Per says what an amount is for: a period, an occasion or a household.
type Per string

// These are the things that an amount may be for.
const (
	PerDay       Per = "day"
	PerMeal      Per = "meal"
	PerHour      Per = "hour"
	PerVisit     Per = "visit"
	PerWeek      Per = "week"
	PerMonth     Per = "month"
	PerYear      Per = "year"
	PerOnce      Per = "once"
	PerHousehold Per = "household"
)

// Pers lists all values of [Per].
func Pers() []Per {
	return []Per{PerDay, PerMeal, PerHour, PerVisit, PerWeek, PerMonth, PerYear, PerOnce, PerHousehold}
}

// Counted lists the words for things counted that answers show by a sign of their own. A count may
// use any other word.
func Counted() []string {
	return []string{"times", "days", "working_days", "hours", "minutes", "months", "persons", "square_metres"}
}

const perJoint = "_per_"

// Better says in which direction a measure is better.
type Better string

// The two directions.
const (
	More Better = "more"
	Less Better = "less"
)

// UnitOf returns the unit of a measure from its kind, what it counts, and per what. The argument of
// matters for shares and counts only.
func UnitOf(kind MeasureKind, of string, per Per) Unit {
	switch {
	case kind == KindFlag:
		return Flag
	case kind == KindShare:
		return Unit(of)
	case kind.money():
		of = string(CNY)
	}
	if per == PerOnce || per == "" {
		return Unit(of)
	}
	return Unit(of + perJoint + string(per))
}

// Parts returns what a unit counts, and per what: cny and month for cny_per_month, days and once
// for days.
func (u Unit) Parts() (of string, per Per) {
	if i := strings.LastIndex(string(u), perJoint); i > 0 {
		if per = Per(u[i+len(perJoint):]); per != PerOnce && slices.Contains(Pers(), per) {
			return string(u[:i]), per
		}
	}
	return string(u), PerOnce
}

// Money reports whether the unit is in yuan.
func (u Unit) Money() bool {
	of, _ := u.Parts()
	return of == string(CNY)
}

// Fits reports whether an attribute whose unit is a Chinese sign, such as 岁, can be compared with
// a number of the unit. An unknown sign fits every unit.
func (u Unit) Fits(sign string) bool {
	fitting := unitsOfSign(sign)
	of, _ := u.Parts()
	return fitting == nil || slices.Contains(fitting, of)
}

// unitsOfSign returns the units written with a sign, nil for a sign that is not known.
func unitsOfSign(sign string) []string {
	switch sign {
	case "元":
		return []string{string(CNY)}
	case "万元":
		return []string{} // no unit is of ten thousand yuan
	case "分":
		return []string{string(Fen)}
	case "岁", "周岁", "年":
		return []string{string(Years)}
	case "个月", "月":
		return []string{"months"}
	case "天", "日":
		return []string{"days", "working_days"}
	case "工作日":
		return []string{"working_days"}
	case "小时":
		return []string{"hours"}
	case "分钟":
		return []string{"minutes"}
	case "人":
		return []string{"persons"}
	case "次":
		return []string{"times"}
	case "平方米":
		return []string{"square_metres"}
	}
	return nil
}

// Counts reports whether the unit is that of a count, and not of yuan, a share, a flag or years.
func (u Unit) Counts() bool {
	return !u.Money() && !slices.Contains([]Unit{Percent, Multiple, Flag, Years, ""}, u)
}

// Measure is a quantity that a grant can promise.
type Measure struct {
	Name    string
	Label   string
	English string
	Kind    MeasureKind
	Per     Per
	Unit    Unit // follows from Kind, Of and Per
	Less    bool // true when less is better, as with a waiting time
	Pos     Position
}

// NewMeasure returns a measure with the kind that its unit suggests, for folders written before
// measures had kinds. A unit in yuan means cash.
func NewMeasure(name, label, english string, unit Unit) *Measure {
	m := &Measure{Name: name, Label: label, English: english, Unit: unit, Kind: KindCount}
	_, m.Per = unit.Parts()
	switch {
	case unit.Money():
		m.Kind = KindCash
	case unit == Percent || unit == Multiple:
		m.Kind = KindShare
	case unit == Flag:
		m.Kind = KindFlag
	}
	return m
}

// Cash reports whether the measure is money paid to the elder.
func (m *Measure) Cash() bool { return m.Kind == KindCash }

// Monthly reports whether the measure is cash paid each month. Totals add up only such measures.
func (m *Measure) Monthly() bool { return m.Cash() && m.Per == PerMonth }

// thresholdUnits returns further units that a parameter may have, beside those of measures and of
// counted things.
func thresholdUnits() []Unit { return []Unit{Years, Percent, Multiple, Flag, Fen} }

// Units returns the units of the measures, each once and in file order, and then the others that a
// parameter may have.
func (v *Vocabulary) Units() []Unit {
	var all []Unit
	add := func(u Unit) {
		if u != "" && !slices.Contains(all, u) {
			all = append(all, u)
		}
	}
	for _, m := range v.Measures {
		add(m.Unit)
	}
	for _, u := range thresholdUnits() {
		add(u)
	}
	return all
}

// HasUnit reports whether a parameter may have the unit. It may if a measure has the unit, or if
// the unit is yuan or a counted word, with or without a per.
func (v *Vocabulary) HasUnit(u Unit) bool {
	of, _ := u.Parts()
	return slices.Contains(v.Units(), u) || u.Money() || slices.Contains(Counted(), of)
}
