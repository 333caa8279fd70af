package main

import (
	"io"
	"strings"

	tables "github.com/basic-eldercare/eldercare/policy/page"
)

// printTables prints a page for a terminal, with its tables as tables.
func printTables(out io.Writer, text tables.Page) error {
	return printPage(out, text, func(p *page, t tables.Table) {
		if !t.Text {
			figures(p, t.Head, t.Rows)
			return
		}
		var columns []column
		for i, head := range t.Head {
			columns = append(columns, column{title: head, flexible: i >= len(t.Head)-2})
		}
		p.table(columns, t.Rows)
	})
}

// printRecords prints a page for a terminal, with the rows of its tables below each other, as their
// cells are long: the second and third as one, each other behind the title of its column. What rows
// that follow each other have in common in their first cell is said once.
func printRecords(out io.Writer, text tables.Page) error {
	return printPage(out, text, func(p *page, t tables.Table) {
		before := ""
		for _, row := range t.Rows {
			if row[0] != before {
				p.line("  ", strong, row[0])
				before = row[0]
			}
			cut := min(3, len(row))
			p.line("    ", plain, strings.Join(row[1:cut], "  "))
			for i, cell := range row[cut:] {
				p.line("      "+pad(t.Head[cut+i], recordLabel), plain, cell)
			}
		}
	})
}

// recordLabel is the width of the titles of columns before their cells.
const recordLabel = 13

// printPage prints a page for a terminal, its tables as given.
func printPage(out io.Writer, text tables.Page, table func(*page, tables.Table)) error {
	p := newPage(out, language{})
	p.line("", title, text.Title+"  "+text.Place)
	p.line("", strong, text.Verdict)
	for _, fact := range text.Facts {
		p.line("", plain, fact)
	}
	for _, t := range text.Tables {
		p.gap()
		p.line("", title, t.Title)
		table(p, t)
	}
	p.gap()
	for _, note := range text.Notes {
		p.line("", faint, note)
	}
	return p.out.Flush()
}
