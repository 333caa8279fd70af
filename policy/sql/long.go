package sql

import (
	"fmt"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
)

// outcomes returns the query for what the numbers of outcomes mean, with a row for each measure.
func (c *compiler) outcomes() string {
	var rows []string
	for _, s := range c.services {
		for i, o := range s.outcomes {
			if o.status == Nothing {
				continue
			}
			row := fmt.Sprintf("SELECT %s AS service, %d AS number, %s AS status", c.text(s.id), i+1, c.text(string(o.status)))
			measured := false
			for _, measure := range s.measures {
				p, certain := o.promises[measure]
				q, more := o.upTo[measure]
				if certain || more {
					measured = true
					rows = append(rows, row+c.measured(measure, p, q))
				}
			}
			if !measured {
				rows = append(rows, row+c.measured("", policy.Promise{}, policy.Promise{}))
			}
		}
	}
	if len(rows) == 0 {
		rows = append(rows, "SELECT '' AS service, 0 AS number, '' AS status"+c.measured("", policy.Promise{}, policy.Promise{})+" FROM "+
			c.identifier(answerView)+" WHERE 1 = 0")
	}
	return strings.Join(rows, "\nUNION ALL ") + "\n"
}

// measured returns the columns of an amount: the measure, what is certain of it, and what it could
// be.
func (c *compiler) measured(measure string, p, q policy.Promise) string {
	text := func(s string) string {
		if s == "" {
			return "CAST(NULL AS " + c.castText() + ")"
		}
		if c.Dialect == ClickHouse {
			return "CAST(" + c.text(s) + " AS Nullable(String))"
		}
		return c.text(s)
	}
	amount := func(p policy.Promise) string {
		if p.Open() {
			return "CAST(NULL AS " + c.castText() + ")"
		}
		if c.isMoney(measure) {
			return text(fmt.Sprint(p.Value.Hundredths()))
		}
		return text(p.Value.String())
	}
	return fmt.Sprintf(", %s AS measure, %s AS bound, %s AS amount, %s AS up_to_bound, %s AS up_to",
		text(measure), text(string(p.Bound)), amount(p), text(string(q.Bound)), amount(q))
}

// long returns the query for one row for each elder, service and measure. It reads the answers
// once, and finds each number before it looks for what the number means.
func (c *compiler) long() string {
	join, id, answers, outcomes := "JOIN", c.identifier("id"), c.identifier(answerView), c.identifier(outcomeView)
	if c.Dialect == ClickHouse {
		join = "ALL INNER JOIN"
	}
	number := "CASE"
	for _, s := range c.services {
		number += "\n    WHEN service = " + c.text(s.id) + " THEN " + c.outcomeColumn(s)
	}
	number += " ELSE 0 END"
	if len(c.services) == 0 {
		number = "0"
	}
	return fmt.Sprintf("SELECT %[1]s, service, status, measure, bound, amount, up_to_bound, up_to\n"+
		"FROM (\n  SELECT %[1]s, service, %[2]s AS number\n  FROM %[3]s CROSS JOIN (SELECT DISTINCT service FROM %[4]s) AS s\n%[6]s) AS a\n"+
		"%[5]s %[4]s AS o USING (service, number)\n", id, number, answers, outcomes, join, c.fence())
}

// totals returns the query for counts and sums over all who have a decision, in one row, so that a
// shard can work it out whole. It reads numbers of outcomes, which databases compare faster than
// texts.
func (c *compiler) totals() string {
	columns := []string{"count(*) AS elders"}
	add := func(text string, parts ...string) { columns = append(columns, text+" AS "+c.column(parts...)) }
	for _, s := range c.services {
		for _, status := range []Status{Entitled, Possible, Discretionary} {
			add(c.counted(s, status), columnOf(s.id), string(status))
		}
		for _, measure := range s.measures {
			if m := c.space.Vocabulary.Measure(measure); m != nil && m.Cash() {
				add(c.summed(s, measure), columnOf(s.id), measure, "sum")
			}
		}
	}
	add("sum("+c.monthlyFen()+")", "monthly_fen", "sum")
	add("sum("+c.monthlyBound("0", "1")+")", "monthly", string(policy.AtLeast))
	return "SELECT\n  " + strings.Join(columns, ",\n  ") + "\nFROM " + c.identifier(answerView) + "\n"
}

// counted returns the number of elders of whom a service has a status.
func (c *compiler) counted(s *service, status Status) string {
	var numbers []int
	for i, o := range s.outcomes {
		if o.status == status {
			numbers = append(numbers, i+1)
		}
	}
	if len(numbers) == 0 {
		return "0"
	}
	return c.countOf(isOneOf(c.outcomeColumn(s), numbers, len(s.outcomes)))
}

// summed returns the sum of what a service surely pays of a measure, NULL where no outcome has a
// number.
func (c *compiler) summed(s *service, measure string) string {
	certain := func(o outcome) string { return c.amount(measure, o.promises) }
	text := c.lookUp(s, certain, "")
	if text == "" {
		return c.noAmount()
	}
	return "sum(" + text + ")"
}
