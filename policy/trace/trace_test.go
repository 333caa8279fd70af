package trace_test

import (
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/trace"
)

// A table of an invented list: with a row a line, with a cell a line, in Markdown, and as
// paragraphs.
const (
	rows = `甲县方案
二、重点工作
1. 完善津贴。100 周岁（含）以上每月不低于 300 元。
２．加强探访。
三、保障措施
1. 加强领导。
附件：甲县清单
附件
甲县清单
对象	服务项目		内容	部门
70周岁及
以上老年人	1	助浴补贴	每人每月不低于２５元	民政局
	2	探访服务	每月至少开展一次，费用为最低工资的三分之一	民政局
百岁老人	3	百岁补贴	每人每月0.03万元，门票半价	民政局
`
	cells  = "甲县清单\n\t70周岁及\n以上老年人\n\t1\n\t助浴\n补贴\n\t每月25元\n\t民政局\n\n\t\n\t2\n\t探访服务\n\t每月1次，1/3\n\t民政局\n\n\t百岁老人\n\t3\n\t百岁补贴\n\t300元，半价\n\t民政局\n"
	marked = `# 甲县方案
## 二、重点工作
1. 完善津贴：100周岁，300元。

## 附件

| 对象 | 序号 | 项目 | 内容 |
| --- | --- | --- | --- |
| 70周岁及以上老年人 | 1 | 助浴补贴 | 25元 |
| | 2 | 探访服务 | 1次，三分之一 |
| 百岁老人 | 3 | 百岁补贴 | 300元，50％ |
`
	paragraphs = "附件\n1. 助浴补贴：70周岁及以上，25元。\n2. 探访服务：每月一次，三分之一。\n3、百岁补贴：百岁，300元，五折。\n"
)

func whole(n, of int64) *big.Rat { return big.NewRat(n, of) }

// small returns the list that the texts say.
func small() *policy.List {
	at := func(place string) []policy.Citation { return []policy.Citation{{Document: "甲县方案", At: place}} }
	figure := func(name, place string, unit policy.Unit, value *big.Rat) *policy.Parameter {
		return &policy.Parameter{Name: name, Unit: unit, Cite: at(place), Values: []*policy.DatedValue{{Value: value}}}
	}
	return &policy.List{
		Jurisdiction: policy.Jurisdiction{ID: "jia"},
		Document:     policy.Document{Title: "甲县方案"},
		Parameters: []*policy.Parameter{
			figure("bath_age", "附件 1", policy.Years, whole(70, 1)),
			figure("bath_monthly", "附件 1", policy.CNYPerMonth, whole(25, 1)),
			figure("visits", "附件 2", policy.TimesPerMonth, whole(1, 1)),
			figure("visit_share", "附件 2", policy.Multiple, whole(1, 3)),
			figure("hundred", "附件 3", policy.Years, whole(100, 1)),
			figure("hundred_monthly", "附件 3", policy.CNYPerMonth, whole(300, 1)),
			figure("ticket", "附件 3", policy.Percent, whole(50, 1)),
		},
		Services: []*policy.Service{
			{ID: "bath", Item: "1", Name: "助浴补贴", Cite: at("附件 1")},
			{ID: "visit", Item: "2", Name: "探访服务", Cite: at("附件 2")},
			{ID: "hundred", Item: "3", Name: "百岁补贴", Cite: at("附件 3")},
		},
	}
}

// found returns the findings of a list and a text, in short.
func found(t *testing.T, list *policy.List, content string) []string {
	t.Helper()
	text, err := trace.Read("a.txt", []byte(content))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, f := range trace.List([]*policy.List{list}, text).Findings {
		line := 0
		if f.Pos.File == "a.txt" {
			line = f.Pos.Line
		}
		all = append(all, strings.TrimSpace(fmt.Sprintf("%s %s %s %d", f.Severity, f.Code, f.Subject, line)))
	}
	return all
}

// A list that says what its text says has no finding, in whatever form the text comes.
func TestNothingFound(t *testing.T) {
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(rows)
	if err != nil {
		t.Fatal(err)
	}
	for note, content := range map[string]string{
		"rows": rows, "cells": cells, "Markdown": marked, "paragraphs": paragraphs,
		"GB18030": gb, "CRLF": strings.ReplaceAll(rows, "\n", "\r\n"), "a mark": "\ufeff" + rows,
	} {
		if got := found(t, small(), content); len(got) > 0 {
			t.Errorf("%s: %v", note, got)
		}
	}
}

// Each thing in which a list differs from its text is found, and nothing else.
func TestFindings(t *testing.T) {
	at := func(place string) []policy.Citation { return []policy.Citation{{Document: "甲县方案", At: place}} }
	for _, tt := range []struct {
		note   string
		change func(*policy.List)
		want   []string
	}{
		{"clauses are found", func(l *policy.List) { l.Services[2].Cite = append(at("重点工作 1"), at("重点工作 2")...) }, nil},
		{"another document is not looked at", func(l *policy.List) { l.Services[2].Cite = []policy.Citation{{Document: "乙", At: "附件 9"}} }, nil},
		{"no such item", func(l *policy.List) { l.Services[2].Cite = at("附件 4") }, []string{"error no-place hundred 0"}},
		{"no such clause", func(l *policy.List) { l.Services[2].Cite = at("重点工作 3") }, []string{"error no-place hundred 0"}},
		{"a clause of another section", func(l *policy.List) { l.Services[2].Cite = at("保障措施 2") }, []string{"error no-place hundred 0"}},
		{"no such section", func(l *policy.List) { l.Services[2].Cite = at("工作任务 1") }, []string{"error no-place hundred 0"}},
		{
			"another amount", func(l *policy.List) { l.Parameters[1].Values[0].Value = whole(26, 1) },
			[]string{"error no-figure bath_monthly 0", "warning no-parameter bath 12"},
		},
		{
			"a number of something else", func(l *policy.List) { l.Parameters[1].Values[0].Value = whole(70, 1) },
			[]string{"error no-figure bath_monthly 0", "warning no-parameter bath 12"},
		},
		{"in the plan only", func(l *policy.List) { l.Parameters[5].Cite = at("重点工作 1") }, nil},
		{"in another item", func(l *policy.List) { l.Parameters[1].Cite = at("附件 2") }, []string{"error no-figure bath_monthly 0"}},
		{"an open amount", func(l *policy.List) { l.Parameters[1].Values[0].Value = nil }, []string{"warning no-parameter bath 12"}},
		{"no parameter", func(l *policy.List) { l.Parameters = l.Parameters[1:] }, []string{"warning no-parameter bath 11"}},
		{"another name", func(l *policy.List) { l.Services[0].Name = "助洁补贴" }, []string{"warning other-name bath 0"}},
		{
			"a value of a later document", func(l *policy.List) {
				l.Parameters[1].Values = append(l.Parameters[1].Values, &policy.DatedValue{Value: whole(40, 1), Cite: []policy.Citation{{Document: "乙", At: "附件 1"}}})
			}, nil,
		},
		{"what an amendment states", func(l *policy.List) {
			v := l.Parameters[1].Values[0]
			l.Parameters[1].Values[0] = &policy.DatedValue{Value: whole(40, 1), Printed: v}
		}, nil},
	} {
		list := small()
		tt.change(list)
		if diff := cmp.Diff(tt.want, found(t, list, rows)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", tt.note, diff)
		}
	}
}

// An acceptance is about the one figure that is found, and of several about those that its reason
// names.
func TestAccepted(t *testing.T) {
	accept := func(code, subject, reason string) *policy.Acceptance {
		return &policy.Acceptance{Code: code, Subject: subject, Reason: reason}
	}
	without := func(l *policy.List, names ...string) {
		l.Parameters = slices.DeleteFunc(l.Parameters, func(p *policy.Parameter) bool { return slices.Contains(names, p.Name) })
	}
	item := func(reason string) func(*policy.List) {
		return func(l *policy.List) {
			without(l, "bath_age", "bath_monthly")
			l.Accepted = append(l.Accepted, accept(trace.NoParameter, "bath", reason))
		}
	}
	for _, tt := range []struct {
		note   string
		change func(*policy.List)
		want   []string // what is not accepted
	}{
		{"one figure, in whatever words", func(l *policy.List) {
			without(l, "bath_monthly")
			l.Accepted = append(l.Accepted, accept(trace.NoParameter, "bath", "示例"))
		}, nil},
		{"the first of two", item("７０ 周岁只是示例"), []string{"no-parameter 25元 stands in item 1, and in no parameter"}},
		{"the second of two", item("25元只是示例"), []string{"no-parameter 70周岁 stands in item 1, and in no parameter"}},
		{"both", item("70周岁和25元只是示例"), nil},
		{"a longer figure, and one without its word", item("见附件 70，125元"), []string{
			"unused-acceptance the list accepts no-parameter of bath, but there is no such finding",
			"no-parameter 70周岁 stands in item 1, and in no parameter", "no-parameter 25元 stands in item 1, and in no parameter",
		}},
		{"one of two values of a parameter", func(l *policy.List) {
			l.Parameters[1].Values = append(l.Parameters[1].Values, &policy.DatedValue{Value: whole(26, 1)}, &policy.DatedValue{Value: whole(27, 1)})
			l.Accepted = append(l.Accepted, accept(trace.NoFigure, "bath_monthly", "26元是口头答复"))
		}, []string{"no-figure 27 cny_per_month stands in none of the places that it cites"}},
	} {
		list := small()
		tt.change(list)
		text, err := trace.Read("a.txt", []byte(rows))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range trace.List([]*policy.List{list}, text).Findings {
			if f.Accepted == "" {
				got = append(got, f.Code+" "+f.Message)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", tt.note, diff)
		}
	}
}

// A list above, of which the first takes over figures, is looked at where it cites the document.
func TestFiguresAbove(t *testing.T) {
	own, above := small(), small()
	above.Document.Title = "上级"
	above.Parameters[1].Values[0].Value = whole(26, 1)
	own.Parameters = own.Parameters[2:]
	text, err := trace.Read("a.txt", []byte(rows))
	if err != nil {
		t.Fatal(err)
	}
	report := trace.List([]*policy.List{own, above}, text)
	if len(report.Findings) != 2 || report.Findings[0].Code != trace.NoFigure || report.Figures != 7 || report.Places != 3 {
		t.Errorf("%+v", report)
	}
}

// What is no text is refused.
func TestRead(t *testing.T) {
	for note, content := range map[string]string{"nothing": " \n", "a picture": "\xff\xd8\xff\xe0\x00"} {
		if _, err := trace.Read("a.txt", []byte(content)); err == nil {
			t.Errorf("%s: no error", note)
		}
	}
}

// Our lists say what the texts of their documents say. The folder with the texts, each of the name
// of its jurisdiction, is that of ELDERCARE_SOURCES.
func TestSources(t *testing.T) {
	folder := os.Getenv("ELDERCARE_SOURCES")
	if folder == "" {
		t.Skip("ELDERCARE_SOURCES names no folder of texts")
	}
	engine, err := eldercare.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, of := range []struct {
		id    string
		items int
	}{{"shuozhou", 21}, {"hongtong", 27}, {"huojia", 20}} {
		content, err := os.ReadFile(filepath.Join(folder, of.id+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		text, err := trace.Read(of.id+".txt", content)
		if err != nil {
			t.Fatal(err)
		}
		if text.Items() != of.items {
			t.Errorf("%s: %d items, want %d", of.id, text.Items(), of.items)
		}
		report, err := engine.Trace(of.id, eldercare.Date{Year: 2026, Month: 6, Day: 1}, text)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range report.Findings {
			t.Errorf("%s: %s %s %s", of.id, f.Code, f.Subject, f.Message)
		}
	}
}
