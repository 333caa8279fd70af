package sql

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

// compiler writes the script of a ruleset.
type compiler struct {
	Dialect
	rs       *ruleset.Ruleset
	space    *elder.Space
	leftOut  []table.Opaque
	services []*service
	findings []finding // of those who cannot exist
	told     []box.Box // all conditions
}

func (c *compiler) isLeftOut(service string) bool {
	return slices.ContainsFunc(c.leftOut, func(o table.Opaque) bool { return o.Applied.Service.ID == service })
}

// script writes the statements.
func (c *compiler) script(ctx context.Context) (*Script, error) {
	if err := c.distinctColumns(); err != nil {
		return nil, err
	}
	if err := c.contradictions(ctx); err != nil {
		return nil, err
	}
	s := &Script{Dialect: c.Dialect, Tables: c.tables(), Columns: c.elderColumns(), header: c.header("script")}
	for _, o := range c.leftOut {
		s.LeftOut = append(s.LeftOut, fmt.Sprintf("%s (%s:%d)", o.Applied.Service.ID, o.Pos.File, o.Pos.Line))
	}
	views := []struct {
		name, query string
		fenced      bool
	}{
		{readView, c.read(), true}, {checkedView, c.checked(), false}, {RefusedView, c.refused(), false}, {answerView, c.answers(), true},
		{outcomeView, c.outcomes(), false}, {DecisionView, c.decision(), false}, {LongView, c.long(), false}, {TotalView, c.totals(), false},
	}
	var names []string
	for _, v := range views {
		names = append(names, v.name)
	}
	if guard := c.guard(names); guard != "" {
		s.Views = append(s.Views, Statement{"system.tables", guard})
	}
	for _, v := range slices.Backward(views) {
		s.Views = append(s.Views, Statement{v.name, c.dropView(v.name)})
	}
	for _, v := range views {
		header := c.header(v.name)
		if v.name == readView {
			header += c.valueNumbers()
		}
		s.Views = append(s.Views, Statement{v.name, header + c.createView(v.name, v.query, v.fenced)})
	}
	return s, c.bounded(s)
}

// bounded returns an error when a script is too long.
func (c *compiler) bounded(s *Script) error {
	bytes := 0
	for _, st := range s.Statements() {
		bytes += len(st.Text)
	}
	if bytes <= mostText {
		return nil
	}
	list := c.rs.Table.Layers[0].List
	return tooLarge(errTooLarge, list.Pos, list.Jurisdiction.ID, "give services fewer different outcomes, or leave some to a list of their own")
}

// header returns the comments that say what a statement, or the script, makes.
func (c *compiler) header(name string) string {
	list := c.rs.Table.Layers[0].List
	text := comment("%s: %s %s, %s", name, list.Jurisdiction.Name, list.Jurisdiction.ID, c.Dialect) +
		comment("on %s, %s", c.rs.On, c.rs.Digest)
	for _, o := range c.leftOut {
		text += comment("left out: %s, of which a rule is opaque (%s:%d)", o.Applied.Service.ID, o.Pos.File, o.Pos.Line)
	}
	return text
}

// name joins parts into a name of permitted length. One that would be too long ends with a digest
// of all of it.
func name(parts ...string) string {
	whole := strings.Join(parts, "__")
	if len(whole) <= longestIdentifier {
		return whole
	}
	digest := fmt.Sprintf("_%x", sha256.Sum256([]byte(whole)))[:9]
	return strings.ToValidUTF8(whole[:longestIdentifier-len(digest)], "") + digest
}

// columnOf returns the name of the column of a service.
func columnOf(service string) string { return strings.ReplaceAll(service, "-", "_") }

// column returns the quoted name of a column.
func (c *compiler) column(parts ...string) string { return c.identifier(name(parts...)) }

// axisName returns the name of the column of an axis: that of its attribute, or of a value of a
// set.
func (c *compiler) axisName(axis int) string {
	a := &c.space.Axes[axis]
	if a.Member != nil {
		return name(a.Attribute.Name, a.Member.Name)
	}
	return name(a.Attribute.Name)
}

// axisColumn returns the quoted name of the column of an axis.
func (c *compiler) axisColumn(axis int) string { return c.identifier(c.axisName(axis)) }

// distinctColumns returns an error when two columns of a view would have the same name.
func (c *compiler) distinctColumns() error {
	for _, names := range [][]string{c.elderNames(), c.checkedNames(), c.decisionNames()} {
		seen := map[string]bool{}
		for _, n := range names {
			if seen[strings.ToLower(n)] {
				return policy.Errorf("same-name", "two columns would be called %s; give the attribute or the service another name", n)
			}
			seen[strings.ToLower(n)] = true
		}
	}
	return nil
}

// anyOf returns a condition that holds in any of several boxes. What all of them demand is asked
// once.
func (c *compiler) anyOf(boxes []box.Box) string {
	common := slices.DeleteFunc(slices.Clone(boxes[0]), func(side box.Side) bool {
		return slices.ContainsFunc(boxes[1:], func(b box.Box) bool {
			admits, constrained := b.Side(side.Attribute)
			return !constrained || admits != side.Admits
		})
	})
	if len(boxes) == 1 {
		return c.inBox(common)
	}
	var all []string
	for _, b := range boxes {
		all = append(all, c.inBox(slices.DeleteFunc(slices.Clone(b), func(side box.Side) bool {
			_, asked := common.Side(side.Attribute)
			return asked
		})))
	}
	either := strings.Join(all, "\n    OR ")
	if len(common) == 0 {
		return either
	}
	return c.inBox(common) + " AND (" + either + ")"
}

func (c *compiler) inBox(b box.Box) string {
	if len(b) == 0 {
		return "1 = 1"
	}
	sides := slices.Clone(b)
	slices.SortStableFunc(sides, func(x, y box.Side) int { return c.cost(x) - c.cost(y) })
	var all []string
	for _, side := range sides {
		all = append(all, c.inSide(side))
	}
	return strings.Join(all, " AND ")
}

// cost returns a number that orders conditions by what they cost, since databases try them from
// left to right: whether a value is given costs less than what it is.
func (c *compiler) cost(side box.Side) int {
	values := side.Admits.Minus(box.SetOf(elder.Absent)).Len()
	if values == 0 || values == c.space.Axes[side.Attribute].Cells()-1 {
		return 0
	}
	return 1
}

// inSide returns the condition that a column has one of some cells. The condition is never negated,
// so NULL counts as false.
func (c *compiler) inSide(side box.Side) string {
	column := c.axisColumn(side.Attribute)
	values := side.Admits.And(c.space.All(side.Attribute).Minus(box.SetOf(elder.Absent)))
	missing := side.Admits.Has(elder.Absent)
	var all []string
	if missing {
		all = append(all, column+" IS NULL")
	}
	switch {
	case values.Len() == c.space.Axes[side.Attribute].Cells()-1:
		all = append(all, column+" IS NOT NULL")
	case !values.Empty():
		all = append(all, c.among(side.Attribute, column, values)...)
	}
	if len(all) == 1 {
		return all[0]
	}
	return "(" + strings.Join(all, " OR ") + ")"
}

// among returns conditions of which one holds when a column has one of some values, but not all.
func (c *compiler) among(attribute int, column string, values box.Set) []string {
	axis := &c.space.Axes[attribute]
	switch axis.Type {
	case policy.Boolean:
		return []string{c.holds(column, values.Has(2))}
	case policy.Set:
		return []string{column + " = " + strconv.Itoa(boolInt(values.Has(2)))}
	case policy.Integer:
		return between(axis, column, values)
	}
	var numbers []int
	for _, cell := range values.Cells() {
		numbers = append(numbers, int(cell))
	}
	return []string{isOneOf(column, numbers, axis.Cells()-1)}
}

// between returns the ranges of a whole number that some cells make up.
func between(axis *elder.Axis, column string, values box.Set) []string {
	var all []string
	cells := values.Cells()
	for len(cells) > 0 {
		n := 1
		for n < len(cells) && cells[n] == cells[n-1]+1 {
			n++
		}
		low, _ := axis.Numbers(cells[0])
		_, high := axis.Numbers(cells[n-1])
		cells = cells[n:]
		switch {
		case low == high:
			all = append(all, fmt.Sprintf("%s = %d", column, low))
		case high == axis.Max:
			all = append(all, fmt.Sprintf("%s >= %d", column, low))
		case low == axis.Min:
			all = append(all, fmt.Sprintf("%s <= %d", column, high))
		default:
			all = append(all, fmt.Sprintf("%s BETWEEN %d AND %d", column, low, high))
		}
	}
	return all
}

// manyRanges is the number of ranges from which a list of numbers is shorter.
const manyRanges = 4

// isOneOf returns the condition that a number is one of some in ascending order. The number is from
// 1 to last. The condition is not true where it is NULL.
func isOneOf(column string, numbers []int, last int) string {
	var ranges []string
	for i, n := range numbers {
		if i > 0 && numbers[i-1] == n-1 {
			continue
		}
		end := i
		for end+1 < len(numbers) && numbers[end+1] == numbers[end]+1 {
			end++
		}
		ranges = append(ranges, inRange(column, n, numbers[end], last))
	}
	switch {
	case len(ranges) == 1:
		return ranges[0]
	case len(ranges) < manyRanges && len(numbers) > len(ranges):
		return "(" + strings.Join(ranges, " OR ") + ")"
	}
	var texts []string
	for _, n := range numbers {
		texts = append(texts, strconv.Itoa(n))
	}
	return column + " IN (" + strings.Join(texts, ", ") + ")"
}

// inRange returns the condition that a number from 1 to last lies in a range.
func inRange(column string, first, end, last int) string {
	switch {
	case first == end:
		return fmt.Sprintf("%s = %d", column, first)
	case first == 1:
		return fmt.Sprintf("%s <= %d", column, end)
	case end == last:
		return fmt.Sprintf("%s >= %d", column, first)
	}
	return fmt.Sprintf("%s BETWEEN %d AND %d", column, first, end)
}
