package sql_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

// people makes random elders of a ruleset: complete ones, ones with blanks, and ones who contradict
// themselves.
type people struct {
	*ruleset.Ruleset
	*rand.Rand
}

func newPeople(rs *ruleset.Ruleset, seed uint64) people {
	return people{rs, rand.New(rand.NewPCG(seed, 14))}
}

// elders returns n elders with the ids E0, E1 and so on.
func (p people) elders(n int) []elder.Elder {
	all := make([]elder.Elder, n)
	for i := range all {
		all[i] = p.elder()
		p.spell(all[i])
		all[i]["id"] = "E" + strconv.Itoa(i)
	}
	return all
}

// elder returns a random elder. Some have a date of birth instead of an age, or beside it.
func (p people) elder() elder.Elder {
	c := p.cells()
	for range p.blanks() {
		first, end := p.Table.Space.Group(p.IntN(len(p.Table.Space.Axes)))
		clear(c[first:end])
	}
	if p.IntN(8) == 0 { // who may contradict himself
		i := p.IntN(len(p.Table.Space.Axes))
		if axis := &p.Table.Space.Axes[i]; axis.Member == nil {
			c[i] = uint8(p.IntN(axis.Cells()))
		}
	}
	e := p.Table.Space.Elder(c)
	for _, in := range p.Table.Space.Vocabulary.Inputs {
		if in.Type != policy.BirthDate || p.IntN(3) > 0 {
			continue
		}
		age, known := e[in.Gives].(int)
		if !known && p.IntN(2) == 0 {
			continue
		}
		switch {
		case p.IntN(3) == 0: // ages that lists name
			age = 60 + 5*p.IntN(9)
			delete(e, in.Gives)
		case !known:
			age = 50 + p.IntN(60)
		}
		e[in.Name] = p.birth(age).String()
		if p.IntN(5) > 0 {
			delete(e, in.Gives)
		}
	}
	return e
}

// spell gives some elders a set as another text than what a program writes: most are no list of
// different values.
func (p people) spell(e elder.Elder) {
	for _, a := range p.Table.Space.Vocabulary.Attributes {
		if a.Type != policy.Set || p.IntN(12) > 0 {
			continue
		}
		one := p.IntN(len(a.Values))
		texts := strings.NewReplacer("one", a.Values[one].Name, "two", a.Values[(one+1)%len(a.Values)].Name)
		e[a.Name] = texts.Replace(spellings[p.IntN(len(spellings))])
	}
}

// spellings are texts for a set that has the values one and two. Only the first four are lists of
// such values.
var spellings = []string{
	` [ ] `, `[ "one"]`, `[ "two" , "one" ]`, `["one", "two"]`,
	`["one "]`, `[" one"]`, `["one", "two "]`, `[,"one""two"]`, `["one""two",]`, `["one" "two"]`, `["one",]`, `["one","one"]`, `["one","two"`, `"one"`,
	`[one]`, `["one"]]`, `["ONE"]`, `["one"two"]`, `["o"two"ne"]`, `["three"]`, `[#]`, `["one",#]`, `["#"]`, `[,]`, `[[]]`, `{}`, ``,
}

// blanks returns how many attributes are taken away: often none, sometimes most.
func (p people) blanks() int {
	switch p.IntN(4) {
	case 0:
		return 0
	case 1:
		return 1 + p.IntN(3)
	case 2:
		return p.IntN(12)
	}
	return p.IntN(3 * len(p.Table.Space.Axes))
}

// cells returns a random elder who agrees with what attributes give of others and with what is
// asked, mostly near the ages where something changes.
func (p people) cells() elder.Cells {
	space := p.Table.Space
	var c elder.Cells
	for i := range space.Axes {
		axis := &space.Axes[i]
		c[i] = uint8(1 + p.IntN(axis.Cells()-1))
		if axis.Type == policy.Integer && len(p.Table.Cases) > 0 && p.IntN(3) > 0 {
			of := p.Table.Cases[p.IntN(len(p.Table.Cases))]
			if side, constrained := of.Box.Side(i); constrained {
				cells := side.Cells()
				edge := int([]uint8{cells[0], cells[0], cells[0], cells[len(cells)-1]}[p.IntN(4)]) + p.IntN(3) - 1
				c[i] = uint8(min(max(1, edge), axis.Cells()-1))
			}
		}
	}
	for i := range space.Links {
		if l := &space.Links[i]; l.Given(c[l.From]) != elder.Absent {
			c[l.To] = l.Given(c[l.From])
		}
	}
	for i := range space.Axes {
		if !space.Asked(i, c) {
			c[i] = elder.Absent
		}
	}
	return c
}

// birth returns a day on which somebody of an age was born, often a birthday on the day itself or
// beside it, or 29 February.
func (p people) birth(age int) policy.Date {
	year := p.On.Year - age
	switch p.IntN(5) {
	case 0, 1, 2:
		return policy.Date{Year: year, Month: p.On.Month, Day: p.On.Day}.AddDays(p.IntN(3) - 1)
	case 3:
		return policy.Date{Year: year - year%4, Month: 2, Day: 28}.AddDays(p.IntN(3))
	}
	return policy.Date{Year: year, Month: 1, Day: 1}.AddDays(p.IntN(365))
}

// columnsOf returns the columns of the table of elders, as the issue names them: id, the
// attributes, and the dates of birth.
func columnsOf(rs *ruleset.Ruleset) []string {
	columns := []string{"id"}
	for _, a := range rs.Table.Space.Vocabulary.Attributes {
		columns = append(columns, a.Name)
	}
	for _, in := range rs.Table.Space.Vocabulary.Inputs {
		if in.Type == policy.BirthDate {
			columns = append(columns, in.Name)
		}
	}
	return columns
}

// cell returns a value of an elder as text for a column, nil for what is unknown. Truth values are
// 0 and 1.
func cell(e elder.Elder, column string) *string {
	var text string
	switch v := e[column].(type) {
	case nil:
		return nil
	case bool:
		text = "0"
		if v {
			text = "1"
		}
	case []any:
		list, _ := json.Marshal(v)
		text = string(list)
	default:
		text = fmt.Sprint(v)
	}
	return &text
}

// withSets returns an elder with the lists of names that texts of sets are. A text that is none is
// refused as a list with a wrong name is.
func withSets(rs *ruleset.Ruleset, e elder.Elder) elder.Elder {
	e = maps.Clone(e)
	for _, a := range rs.Table.Space.Vocabulary.Attributes {
		text, isText := e[a.Name].(string)
		if a.Type != policy.Set || !isText {
			continue
		}
		var list []string
		if err := json.Unmarshal([]byte(text), &list); err != nil {
			list = []string{text}
		}
		e[a.Name] = list
	}
	return e
}

// row is a row of the view of decisions, without what is NULL; or the code of a refused one as
// "refused".
type row map[string]string

// wanted returns the row that Go answers.
func wanted(t testing.TB, rs *ruleset.Ruleset, e elder.Elder) row {
	t.Helper()
	d, refused, err := decide(t, rs, e)
	if err != nil {
		t.Fatal(err)
	}
	return rowOf(rs, d, refused)
}

// decide returns the decision of Go, or the code of the reason why there is none. The error is that
// of a rule that is opaque.
func decide(t testing.TB, rs *ruleset.Ruleset, e elder.Elder) (d *eldercare.Decision, refused string, failed error) {
	t.Helper()
	p, err := rs.Encode(withSets(rs, e))
	if err == nil {
		d, err = rs.DecideFor(t.Context(), &p)
	}
	wrong := new(elder.Error)
	switch {
	case err == nil:
		return d, "", nil
	case errors.As(err, &wrong):
		return nil, wrong.Problems[0].Code, nil
	case errors.As(err, new(*eldercare.EvaluationError)):
		return nil, "", err
	}
	t.Fatal(err)
	return nil, "", err
}

func column(service string) string { return strings.ReplaceAll(service, "-", "_") }

// rowOf returns the row of a decision, or of who is refused.
func rowOf(rs *ruleset.Ruleset, d *eldercare.Decision, refused string) row {
	if refused != "" {
		return row{"refused": refused}
	}
	r := row{"monthly_fen": strconv.FormatInt(d.MonthlyCNY.Value.Hundredths(), 10), "monthly_bound": string(d.MonthlyCNY.Bound)}
	amounts := func(service string, promises map[string]policy.Promise, suffix string) {
		for measure, p := range promises {
			if p.Value == nil {
				continue
			}
			text := p.Value.String()
			if rs.Table.Space.Vocabulary.Measure(measure).Unit.Money() {
				text = strconv.FormatInt(p.Value.Hundredths(), 10)
			}
			r[column(service)+"__"+measure+suffix] = text
		}
	}
	for _, e := range d.Discretionary {
		r[column(e.Service)] = "discretionary"
	}
	for _, p := range d.Possible {
		r[column(p.Service)] = "possible"
		if !p.Discretionary {
			amounts(p.Service, p.UpTo, "__up_to")
		}
	}
	for _, e := range d.Entitled {
		r[column(e.Service)] = "entitled"
		amounts(e.Service, e.Promises, "")
		amounts(e.Service, e.UpTo, "__up_to")
		if len(e.Bundles) > 0 {
			var bundles []policy.Bundle // no column tells which list promises them
			for _, b := range e.Bundles {
				b = maps.Clone(b)
				for measure, p := range b {
					p.List = ""
					b[measure] = p
				}
				bundles = append(bundles, b)
			}
			list, _ := json.Marshal(bundles)
			r[column(e.Service)+"__bundles"] = string(list)
		}
	}
	return r
}

// held is what an elder has of a service.
type held struct {
	status         string
	promises, upTo map[string]policy.Promise
}

// heldOf returns what an elder has, by service.
func heldOf(d *eldercare.Decision) map[string]held {
	all := map[string]held{}
	for _, e := range d.Discretionary {
		all[e.Service] = held{status: "discretionary"}
	}
	for _, p := range d.Possible {
		h := held{status: "possible", upTo: all[p.Service].upTo}
		if !p.Discretionary {
			h.upTo = p.UpTo
		}
		all[p.Service] = h
	}
	for _, e := range d.Entitled {
		all[e.Service] = held{"entitled", e.Promises, e.UpTo}
	}
	return all
}

// longRow is a row of the long form as the query for it gives it: NULL is empty.
type longRow struct{ status, measure, bound, amount, upToBound, upTo string }

// addLong adds the rows of the long form of a decision, by id, service and measure.
func addLong(rs *ruleset.Ruleset, id string, d *eldercare.Decision, add func(place string, r longRow)) {
	text := func(measure string, p policy.Promise) string {
		switch {
		case p.Value == nil:
			return ""
		case rs.Table.Space.Vocabulary.Measure(measure).Unit.Money():
			return strconv.FormatInt(p.Value.Hundredths(), 10)
		}
		return p.Value.String()
	}
	for service, h := range heldOf(d) {
		rows := map[string]longRow{}
		for measure, p := range h.promises {
			rows[measure] = longRow{status: h.status, measure: measure, bound: string(p.Bound), amount: text(measure, p)}
		}
		for measure, p := range h.upTo {
			r := rows[measure]
			r.status, r.measure, r.upToBound, r.upTo = h.status, measure, string(p.Bound), text(measure, p)
			rows[measure] = r
		}
		if len(rows) == 0 {
			rows[""] = longRow{status: h.status}
		}
		for measure, r := range rows {
			add(id+" "+service+" "+measure, r)
		}
	}
}

// addTotal adds a decision to counts and sums.
func addTotal(rs *ruleset.Ruleset, d *eldercare.Decision, to map[string]int64) {
	to["elders"]++
	for service, h := range heldOf(d) {
		to[column(service)+"__"+h.status]++
		for measure, p := range h.promises {
			if p.Value != nil && rs.Table.Space.Vocabulary.Measure(measure).Cash() {
				to[column(service)+"__"+measure+"__sum"] += p.Value.Hundredths()
			}
		}
	}
	to["monthly_fen__sum"] += d.MonthlyCNY.Value.Hundredths()
	if d.MonthlyCNY.Bound == policy.AtLeast {
		to["monthly__at_least"]++
	}
}

// The queries for the long form, by a key that no two rows share, and for the totals.
const (
	longQuery  = "SELECT concat(id, ' ', service, ' ', coalesce(measure, '')) AS place, status, measure, bound, amount, up_to_bound, up_to FROM decision_long"
	totalQuery = "SELECT * FROM decision_total"
)

// differing returns the columns in which two rows differ.
func differing(got, want row) []string {
	var all []string
	for name, text := range want {
		if have, ok := got[name]; !ok || !sameText(have, text) {
			all = append(all, fmt.Sprintf("%s: %q, want %q", name, have, text))
		}
	}
	for name, text := range got {
		if _, ok := want[name]; !ok {
			all = append(all, fmt.Sprintf("%s: %q, want nothing", name, text))
		}
	}
	slices.Sort(all)
	return all
}

// sameText reports whether two texts are the same, or the same number.
func sameText(a, b string) bool {
	if a == b {
		return true
	}
	x, err := strconv.ParseFloat(a, 64)
	y, wrong := strconv.ParseFloat(b, 64)
	return err == nil && wrong == nil && x == y
}
