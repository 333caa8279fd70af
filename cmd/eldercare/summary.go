package main

import (
	"fmt"
	"slices"

	"github.com/basic-eldercare/eldercare/policy/summary"
)

// printSummary prints what a register comes to.
func (o *rosterOptions) printSummary(s *summary.Summary) error {
	switch o.summary.value {
	case "json":
		return printJSON(o.stdout, []*summary.Summary{s})
	case "html":
		return summary.HTML(o.stdout, s, o.lang.value, o.minGroup)
	}
	p := newPage(o.stdout, o.lang)
	v := summaryPage{p}
	v.print(s)
	return p.out.Flush()
}

// summaryPage prints a summary for people who may see every figure.
type summaryPage struct {
	*page
}

func (v summaryPage) print(s *summary.Summary) {
	v.line("", title, fmt.Sprintf("%s  %s", s.Name, s.On))
	v.line("", plain, v.text("%d elders, %d of them undecided; %d rows refused",
		s.Total.Elders, s.Total.Undecided, s.Rows.Refused))
	v.line("", plain, v.text("monthly cash: %s yuan certain, at most %s",
		summary.Yuan(s.Total.Monthly.Certain), summary.Yuan(s.Total.Monthly.UpTo)))
	v.gap()
	v.services(s)
	v.groups(v.text("Age"), s.ByAge)
	for _, b := range s.By {
		v.groups(b.Column, b.Groups)
	}
	v.missing(s.Missing)
}

func (v summaryPage) services(s *summary.Summary) {
	head := []string{
		v.text("Service"), v.text("Entitled"), v.text("Possible"), v.text("Permitted"), v.text("Not"),
		v.text("Certain"), v.text("At most"),
	}
	var rows [][]string
	open := false
	for _, one := range s.Total.Services {
		certain, upTo := "", ""
		if one.Cash {
			certain, upTo = summary.Yuan(one.Monthly.Certain), summary.Yuan(one.Monthly.UpTo)
		}
		if one.Monthly.Open > 0 {
			certain, upTo, open = certain+"+", upTo+"+", true
		}
		rows = append(rows, []string{
			one.Item + " " + one.Name, fmt.Sprint(one.Entitled), fmt.Sprint(one.Possible), fmt.Sprint(one.Discretionary), fmt.Sprint(one.Not), certain, upTo,
		})
	}
	figures(v.page, head, rows)
	if open {
		v.line("", faint, v.text("+ some amounts are left to the place and have no number"))
	}
}

func (v summaryPage) groups(first string, groups []summary.Group) {
	head := []string{first, v.text("Elders"), v.text("Undecided"), v.text("Certain"), v.text("At most")}
	var rows [][]string
	for _, g := range groups {
		name := g.Name
		if name == "" {
			name = v.text("(blank)")
		}
		rows = append(rows, []string{
			name, fmt.Sprint(g.Elders), fmt.Sprint(g.Undecided), summary.Yuan(g.Monthly.Certain), summary.Yuan(g.Monthly.UpTo),
		})
	}
	v.gap()
	figures(v.page, head, rows)
}

func (v summaryPage) missing(all []summary.Missing) {
	if len(all) == 0 {
		return
	}
	head := []string{v.text("Missing"), v.text("Elders"), v.text("Only this")}
	var rows [][]string
	for _, m := range all {
		rows = append(rows, []string{v.choose(m.English, m.Label), fmt.Sprint(m.Elders), fmt.Sprint(m.Alone)})
	}
	v.gap()
	figures(v.page, head, rows)
}

// figures is a table of figures behind a name, each under the right end of its title.
func figures(p *page, head []string, rows [][]string) {
	columns := []column{{title: head[0], flexible: true}}
	for i := 1; i < len(head); i++ {
		width := 0
		for _, row := range slices.Concat([][]string{head}, rows) {
			width = max(width, displayWidth(row[i]))
		}
		columns = append(columns, column{title: padLeft(head[i], width)})
		for _, row := range rows {
			row[i] = padLeft(row[i], width)
		}
	}
	p.table(columns, rows)
}
