package sql

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/diagram"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
)

// dates returns the inputs that give an age, by name.
func (c *compiler) dates() []*policy.Input {
	var dates []*policy.Input
	for _, in := range c.space.Vocabulary.Inputs {
		if in.Type == policy.BirthDate {
			dates = append(dates, in)
		}
	}
	slices.SortFunc(dates, func(a, b *policy.Input) int { return strings.Compare(a.Name, b.Name) })
	return dates
}

// These are the columns of codes, beside those of attributes, which have no two underscores in
// their names. One says what is wrong with a row by itself, and one why it is refused.
const (
	wrongColumn = "row__wrong"
	codeColumn  = "refused__code"
)

// elderColumns returns the columns of the table of elders.
func (c *compiler) elderColumns() []Column {
	columns := []Column{{"id", "id"}}
	for _, a := range c.space.Vocabulary.Attributes {
		columns = append(columns, Column{name(a.Name), a.Name})
	}
	for _, in := range c.dates() {
		columns = append(columns, Column{name(in.Name), in.Name})
	}
	return columns
}

func (c *compiler) elderNames() []string {
	var names []string
	for _, x := range c.elderColumns() {
		names = append(names, x.Name)
	}
	return names
}

// checkedNames returns the columns of the views that check elders.
func (c *compiler) checkedNames() []string {
	names := []string{"id", wrongColumn, codeColumn}
	for i := range c.space.Axes {
		names = append(names, c.axisName(i))
	}
	return names
}

// tables returns the statements that make the table of elders.
func (c *compiler) tables() []Statement {
	lines := []string{"  " + c.identifier("id") + " " + c.columnType(typeKey)}
	for _, a := range c.space.Vocabulary.Attributes {
		column := c.column(a.Name)
		line := "  " + column + " " + c.columnType(typeOf(a)) + c.commentOf(a.Label)
		if check := c.domain(a, column); check != "" && c.Dialect != ClickHouse {
			line += " CHECK (" + check + ")"
		}
		lines = append(lines, line)
	}
	for _, in := range c.dates() {
		lines = append(lines, "  "+c.column(in.Name)+" "+c.columnType(typeDate)+c.commentOf(in.Label))
	}
	engine := ""
	if c.Dialect == ClickHouse {
		engine = " ENGINE = MergeTree() PARTITION BY tuple() ORDER BY id"
	} else {
		lines = append(lines, "  PRIMARY KEY ("+c.identifier("id")+")")
	}
	create := c.header(ElderTable) + c.legend() + "CREATE TABLE IF NOT EXISTS " + c.identifier(ElderTable) + " (\n" + strings.Join(lines, ",\n") + "\n)" + engine
	return append([]Statement{{ElderTable, create}}, c.comments()...)
}

func typeOf(a *policy.Attribute) string {
	switch a.Type {
	case policy.Boolean:
		return typeBoolean
	case policy.Integer:
		return typeInteger
	}
	return typeText
}

// commentOf returns the clause that says what a column is, where the dialect has it in the table.
func (c *compiler) commentOf(label string) string {
	if c.Dialect != MySQL {
		return ""
	}
	return " COMMENT " + c.text(label)
}

// legend returns comments that say what the columns are, where the dialect has no other way.
func (c *compiler) legend() string {
	if c.Dialect == MySQL || c.Dialect == PostgreSQL {
		return ""
	}
	var b strings.Builder
	for _, a := range c.space.Vocabulary.Attributes {
		b.WriteString(comment("  %s: %s", a.Name, a.Label))
	}
	for _, in := range c.dates() {
		b.WriteString(comment("  %s: %s", in.Name, in.Label))
	}
	return b.String()
}

// comments returns the statements that say what the columns are.
func (c *compiler) comments() []Statement {
	if c.Dialect != PostgreSQL {
		return nil
	}
	var all []Statement
	say := func(column, label string) {
		text := "COMMENT ON COLUMN " + c.identifier(ElderTable) + "." + c.column(column) + " IS " + c.text(label)
		all = append(all, Statement{ElderTable, text})
	}
	for _, a := range c.space.Vocabulary.Attributes {
		say(a.Name, a.Label)
	}
	for _, in := range c.dates() {
		say(in.Name, in.Label)
	}
	return all
}

// domain returns the condition that a value is one of the attribute's. It is empty where the type
// already ensures that, and for a set, whose values the views check.
func (c *compiler) domain(a *policy.Attribute, column string) string {
	switch a.Type {
	case policy.Boolean:
		if c.notBoolean(column) == "" {
			return ""
		}
		return column + " IN (0, 1)"
	case policy.Integer:
		whole := ""
		if c.notWhole(column) != "" {
			whole = "typeof(" + column + ") IN ('integer', 'null') AND "
		}
		return fmt.Sprintf("%s%s BETWEEN %d AND %d", whole, column, a.Min, a.Max)
	case policy.Enum:
		return column + " IN (" + c.names(a) + ")"
	}
	return ""
}

func (c *compiler) names(a *policy.Attribute) string {
	var names []string
	for _, v := range a.Values {
		names = append(names, c.text(v.Name))
	}
	return strings.Join(names, ", ")
}

// read returns the query for elders with what is derived of them, and the code of what is wrong
// with a row by itself.
func (c *compiler) read() string {
	columns := []string{c.identifier("id")}
	for i := range c.space.Axes {
		columns = append(columns, c.derived(i)+" AS "+c.axisColumn(i))
	}
	columns = append(columns, c.wrong()+" AS "+c.identifier(wrongColumn))
	return "SELECT\n  " + strings.Join(columns, ",\n  ") + "\nFROM (\n" + c.dated() + "\n) AS given\n"
}

// dated returns the query for elders, with the names under which what is given is read.
func (c *compiler) dated() string {
	columns := []string{c.identifier("id")}
	for _, a := range c.space.Vocabulary.Attributes {
		columns = append(columns, c.column(a.Name)+" AS "+c.given(a.Name))
	}
	for _, in := range c.dates() {
		columns = append(columns, c.column(in.Name)+" AS "+c.given(in.Name))
	}
	return "  SELECT\n    " + strings.Join(columns, ",\n    ") + "\n  FROM " + c.identifier(ElderTable)
}

// given returns the column of what is given of an attribute or an input.
func (c *compiler) given(of string) string { return c.column("given", of) }

// aged returns the expression for the age that a date gives, to the precision that anything depends
// on: the least of the years of age that nothing tells apart. Each such age is decided by the last
// day on which one must be born to have completed it, which costs one comparison. It is NULL where
// there is no date, or none that is a day.
func (c *compiler) aged(in *policy.Input) string {
	column := c.given(in.Name)
	text := c.when(c.missingDay(column), "NULL")
	i, _ := c.space.Index(in.Gives)
	axis := &c.space.Axes[i]
	starts := c.starts(i)
	for _, years := range slices.Backward(starts) {
		text += fmt.Sprintf(" WHEN %s <= %s THEN %d", column, c.bornBy(years), years)
	}
	return text + fmt.Sprintf(" ELSE %d END", axis.Min)
}

// missingDay returns the condition that a date is not given, or is not a day.
func (c *compiler) missingDay(column string) string {
	if wrong := c.notDay(column); wrong != "" {
		return column + " IS NULL OR " + wrong
	}
	return column + " IS NULL"
}

// bornBy returns the last day of birth of those who have completed a number of years on the day.
func (c *compiler) bornBy(years int) string { return c.day(birthOf(c.rs.On, years)) }

// birthOf returns the last day of birth of those who complete a number of years by a day. For 29
// February, that is the day before in a common year.
func birthOf(on policy.Date, years int) policy.Date {
	d := policy.Date{Year: on.Year - years, Month: on.Month, Day: on.Day}
	if d.Month == 2 && d.Day == 29 && !d.Exists() {
		d.Day = 28
	}
	return d
}

// starts returns those values of a whole number, except the least, at which a range begins that
// conditions tell apart.
func (c *compiler) starts(axis int) []int {
	var starts []int
	of := &c.space.Axes[axis]
	for cell := 2; cell < of.Cells(); cell++ {
		if c.tells(axis, uint8(cell-1), uint8(cell)) {
			low, _ := of.Numbers(uint8(cell))
			starts = append(starts, low)
		}
	}
	return starts
}

// tells reports whether a condition tells two cells apart.
func (c *compiler) tells(axis int, a, b uint8) bool {
	for _, x := range c.told {
		if admits, constrained := x.Side(axis); constrained && admits.Has(a) != admits.Has(b) {
			return true
		}
	}
	return false
}

// completed returns the expression for the number of completed years on the day. An elder born on
// 29 February completes a year on 1 March in a common year.
func (c *compiler) completed(column string) string {
	on := c.rs.On
	return fmt.Sprintf("%d - %s - CASE WHEN %s > %d THEN 1 ELSE 0 END", on.Year, c.yearOf(column), c.monthDayOf(column), int(on.Month)*100+on.Day)
}

func (c *compiler) when(condition, value string) string {
	return "CASE WHEN " + condition + " THEN " + value
}

// derived returns the value of an axis: as given, or else as something else gives it. A value of
// several is the number of its place among them: databases compare numbers several times as fast as
// texts.
func (c *compiler) derived(i int) string {
	axis := &c.space.Axes[i]
	column := c.given(axis.Attribute.Name)
	if axis.Member != nil {
		return c.when(column+" IS NULL", "NULL") + " WHEN " + c.contains(column, quoted(axis.Member)) + " THEN 1 ELSE 0 END"
	}
	given := []string{column}
	if axis.Type == policy.Enum {
		given[0] = c.numbered(axis, column)
	}
	for _, in := range c.dates() {
		if in.Gives == axis.Attribute.Name {
			given = append(given, c.aged(in))
		}
	}
	for k := range c.space.Links {
		if l := &c.space.Links[k]; l.To == i {
			given = append(given, c.linked(l))
		}
	}
	if len(given) == 1 {
		return given[0]
	}
	return "coalesce(" + strings.Join(given, ", ") + ")"
}

// valueNumbers returns comments that say which numbers stand for which values.
func (c *compiler) valueNumbers() string {
	var b strings.Builder
	for i := range c.space.Axes {
		if c.space.Axes[i].Type != policy.Enum {
			continue
		}
		var values []string
		for n, v := range c.space.Axes[i].Attribute.Values {
			values = append(values, fmt.Sprintf("%d %s", n+1, v.Name))
		}
		b.WriteString(comment("%s: %s", c.axisName(i), strings.Join(values, ", ")))
	}
	return b.String()
}

// numbered returns the number of a text among the values of an axis. It is NULL for no text, and
// for what is no value.
func (c *compiler) numbered(axis *elder.Axis, column string) string {
	text := "CASE"
	for i, v := range axis.Attribute.Values {
		text += fmt.Sprintf(" WHEN %s = %s THEN %d", column, c.text(v.Name), i+1)
	}
	return text + " END"
}

// linked returns what a value of an attribute gives of another, NULL when it gives nothing.
func (c *compiler) linked(l *elder.Link) string {
	from, to := &c.space.Axes[l.From], &c.space.Axes[l.To]
	var whens string
	for i, v := range from.Attribute.Values {
		if given := l.Given(uint8(i + 1)); given != elder.Absent {
			whens += fmt.Sprintf(" WHEN %s = %s THEN %s", c.given(from.Attribute.Name), c.text(v.Name), c.value(to, given))
		}
	}
	return "CASE" + whens + " END"
}

// value returns the literal of a cell as it is read.
func (c *compiler) value(axis *elder.Axis, cell uint8) string {
	switch v := axis.Value(cell).(type) {
	case bool:
		return c.boolean(v)
	case int:
		return strconv.Itoa(v)
	default:
		return strconv.Itoa(int(cell))
	}
}

// quoted returns a value of a set as it stands in the JSON list.
func quoted(v *policy.EnumValue) string { return `"` + v.Name + `"` }

// finding is something that may be wrong with a row: its condition and code.
type finding struct{ condition, code string }

// wrong returns the code of the first thing that is wrong with a row by itself, in the order in
// which Go finds them.
func (c *compiler) wrong() string {
	attributes := slices.Clone(c.space.Vocabulary.Attributes)
	slices.SortFunc(attributes, func(a, b *policy.Attribute) int { return strings.Compare(a.Name, b.Name) })
	var all []finding
	for _, a := range attributes {
		all = append(all, c.wrongValue(a)...)
	}
	for i, in := range c.dates() {
		all = append(all, c.wrongDate(in, c.dates()[:i])...)
	}
	return first(c, all)
}

// first returns a CASE with the code of the first finding whose condition holds, NULL when none
// holds.
func first(c *compiler, all []finding) string {
	if len(all) == 0 {
		return "NULL"
	}
	text := "CASE"
	for _, f := range all {
		text += "\n    WHEN " + f.condition + " THEN " + c.text(f.code)
	}
	return text + " END"
}

// disagreeing returns findings for where one attribute gives another a value that it does not have.
func (c *compiler) disagreeing() []finding {
	var all []finding
	for i := range c.space.Links {
		l := &c.space.Links[i]
		for to := 1; to < c.space.Axes[l.To].Cells(); to++ {
			var from box.Set
			for cell := range c.space.Axes[l.From].Cells() {
				if l.Given(uint8(cell)) == uint8(to) {
					from.Add(uint8(cell))
				}
			}
			if !from.Empty() {
				differs := box.Side{Attribute: l.To, Admits: c.space.All(l.To).Minus(box.SetOf(elder.Absent, uint8(to)))}
				all = append(all, finding{c.inBox(box.Box{{Attribute: l.From, Admits: from}, differs}), "contradiction"})
			}
		}
	}
	return all
}

// wrongValue returns what may be wrong with a value of an attribute. On PostgreSQL the table's
// constraints check the values: checking all of them again would cost half as much as the
// decisions.
func (c *compiler) wrongValue(a *policy.Attribute) []finding {
	column := c.given(a.Name)
	if c.Dialect == PostgreSQL && a.Type != policy.Set {
		return nil
	}
	switch a.Type {
	case policy.Boolean:
		if wrong := c.notBoolean(column); wrong != "" {
			return []finding{{wrong, "wrong-type"}}
		}
		return nil
	case policy.Integer:
		beyond := finding{fmt.Sprintf("%[1]s < %[2]d OR %[1]s > %[3]d", column, a.Min, a.Max), "out-of-range"}
		if wrong := c.notWhole(column); wrong != "" {
			return []finding{{column + " IS NOT NULL AND " + wrong, "wrong-type"}, beyond}
		}
		return []finding{beyond}
	case policy.Enum:
		return []finding{{column + " IS NOT NULL AND " + column + " NOT IN (" + c.names(a) + ")", "out-of-range"}}
	}
	return []finding{{column + " IS NOT NULL AND " + c.wrongSet(a, column), "out-of-range"}}
}

// setMark replaces a value of a set that is taken out of its list. No name contains it.
const setMark = "#"

// wrongSet returns the condition that a text is not a JSON list of different values. It replaces
// each quoted value by a mark and then removes blanks. The text is wrong unless that leaves
// brackets around as many marks as different values stand in it. A value is taken out as it is, so
// blanks within its quotes are kept.
func (c *compiler) wrongSet(a *policy.Attribute, column string) string {
	rest := c.notNull(column)
	var held []string
	for _, v := range a.Values {
		rest = c.replaced(rest, quoted(v), setMark)
		held = append(held, "CASE WHEN "+c.contains(column, quoted(v))+" THEN 1 ELSE 0 END")
	}
	number := strings.Join(held, " + ")
	frame := "CASE " + number
	for n := range a.Values {
		frame += fmt.Sprintf(" WHEN %d THEN '[%s]'", n+1, setMark+strings.Repeat(","+setMark, n))
	}
	return c.replaced(rest, " ", "") + " <> " + frame + " ELSE '[]' END" // without ELSE it is always NULL for ClickHouse 18
}

// wrongDate returns what may be wrong with a date, and with the age that it gives.
func (c *compiler) wrongDate(in *policy.Input, before []*policy.Input) []finding {
	column := c.given(in.Name)
	impossible := column + " > " + c.day(c.rs.On)
	if wrong := c.notDay(column); wrong != "" {
		impossible = wrong + " OR " + impossible
	}
	all := []finding{{column + " IS NOT NULL AND (" + impossible + ")", "impossible-date"}}
	for _, other := range before {
		if other.Gives == in.Gives {
			all = append(all, finding{c.given(other.Name) + " <> " + column, "contradiction"})
		}
	}
	a := c.space.Vocabulary.Attribute(in.Gives)
	beyond := column + " <= " + c.bornBy(a.Max+1)
	if a.Min > 0 {
		beyond += " OR " + column + " > " + c.bornBy(a.Min)
	}
	given := c.given(a.Name)
	differs := fmt.Sprintf("CASE WHEN %s IS NOT NULL AND %s IS NOT NULL THEN %s <> %s ELSE 1 = 0 END", given, column, given, c.completed(column))
	return append(all, finding{beyond, "out-of-range"}, finding{differs, "contradiction"})
}

// checked returns the query for elders with the code of what is wrong: of the row by itself, or
// because nobody can be so.
func (c *compiler) checked() string {
	text := "CASE WHEN " + c.identifier(wrongColumn) + " IS NOT NULL THEN " + c.identifier(wrongColumn)
	for _, f := range c.findings {
		text += "\n    WHEN " + f.condition + " THEN " + c.text(f.code)
	}
	columns := []string{c.identifier("id")}
	for i := range c.space.Axes {
		columns = append(columns, c.axisColumn(i))
	}
	columns = append(columns, text+" END AS "+c.identifier(codeColumn))
	return "SELECT\n  " + strings.Join(columns, ",\n  ") + "\nFROM " + c.identifier(readView) + "\n"
}

// contradictions finds the elders who cannot exist: their attributes disagree, or contradict each
// other.
func (c *compiler) contradictions(ctx context.Context) error {
	groups, err := c.impossible(ctx)
	if err != nil {
		return err
	}
	c.findings = c.disagreeing()
	for _, x := range c.rs.Table.Contradictions {
		c.told = append(c.told, x.Box)
		if !box.Covered([]box.Box{x.Box}, slices.Concat(groups...), c.space.All) {
			c.findings = append(c.findings, finding{c.inBox(x.Box), "contradiction"})
		}
	}
	for _, boxes := range groups {
		c.told = append(c.told, boxes...)
		c.findings = append(c.findings, finding{c.anyOf(boxes), "contradiction"})
	}
	for _, s := range c.services {
		for _, x := range s.steps {
			c.told = append(c.told, x.boxes...)
		}
	}
	return nil
}

// impossible returns, for each group of attributes that bear on each other, the boxes of what
// nobody can have of them.
func (c *compiler) impossible(ctx context.Context) ([][]box.Box, error) {
	var all [][]box.Box
	var grouped []int
	for _, b := range c.rs.Table.Binding() {
		if slices.Contains(grouped, b[0].Attribute) {
			continue
		}
		p := c.rs.Table.Projection(nil, b[0].Attribute)
		grouped = append(grouped, p.Attributes()...)
		boxes, err := c.impossibleOf(ctx, p)
		if err != nil {
			return nil, tooLarge(err, c.contradictionOf(p), "what contradicts itself", "let contradictions read fewer attributes")
		}
		if len(boxes) > 0 {
			all = append(all, boxes)
		}
	}
	return all, nil
}

// impossibleOf returns boxes of what nobody can have of the attributes of a projection.
func (c *compiler) impossibleOf(ctx context.Context, p *table.Projection) ([]box.Box, error) {
	const possible = 0
	conditions := diagram.ConditionsOf(c.space, p)
	d, err := build(&budget{ctx: ctx}, c.space, p.Attributes(), conditions, func(cells elder.Cells) (int, error) {
		if len(p.Region(cells)) == 0 {
			return nobody, nil
		}
		return possible, nil
	})
	if err != nil {
		return nil, err
	}
	return d.cover(conditions, nobody, func(int) bool { return false }, 0)
}

// contradictionOf returns the place of a contradiction between attributes of a projection, or else
// of the list.
func (c *compiler) contradictionOf(p *table.Projection) policy.Position {
	for _, x := range c.rs.Table.Contradictions {
		if len(x.Box) > 0 && slices.Contains(p.Attributes(), x.Box[0].Attribute) {
			return x.Pos
		}
	}
	return c.rs.Table.Layers[0].List.Pos
}

// refused returns the query for those who have no decision.
func (c *compiler) refused() string {
	code := c.identifier(codeColumn)
	return fmt.Sprintf("SELECT %s, %s AS %s\nFROM %s\nWHERE %[2]s IS NOT NULL\n", c.identifier("id"), code, c.identifier("code"), c.identifier(checkedView))
}
