package page_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/basic-eldercare/eldercare/policy/page"
)

func report() page.Page {
	return page.Page{
		Lang: "zh", Title: "比较", Place: "洪洞县", Verdict: "无人受损", Facts: []string{"甲 <b>1</b>"}, Notes: []string{"说明_一_"},
		Tables: []page.Table{{Title: "项目|表", Head: []string{"项目", "人数"}, Rows: [][]string{{"助餐|助浴", "3"}, {"<script>", "1\n2"}}, Text: true}},
	}
}

// What a page is given is shown as text, on a page and in Markdown, and none of it becomes a tag, a
// cell or a line of its own.
func TestTextStaysText(t *testing.T) {
	for name, of := range map[string]struct {
		write    func(io.Writer, page.Page) error
		has, not []string
	}{
		"HTML": {
			page.HTML,
			[]string{`<html lang="zh">`, "甲 &lt;b&gt;1&lt;/b&gt;", "&lt;script&gt;", "无人受损", "说明_一_", "项目|表"},
			[]string{"<b>", "<script>"},
		},
		"Markdown": {
			page.Markdown,
			[]string{"# 比较\n", "**无人受损**", `- 甲 \<b>1\</b>`, `| 助餐\|助浴 | 3 |`, `| \<script> | 1 2 |`, `- 说明\_一\_`, `## 项目\|表`},
			[]string{" <"},
		},
	} {
		var out bytes.Buffer
		if err := of.write(&out, report()); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, want := range of.has {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s lacks %q:\n%s", name, want, out.String())
			}
		}
		for _, wrong := range of.not {
			if strings.Contains(out.String(), wrong) {
				t.Errorf("%s has %q", name, wrong)
			}
		}
	}
}

// What could command a terminal, or turn the direction of writing, is replaced.
func TestPagesArePrintable(t *testing.T) {
	p := report()
	p.Verdict = "好\x1b[31m\u202e坏"
	for name, write := range map[string]func(io.Writer, page.Page) error{"HTML": page.HTML, "Markdown": page.Markdown} {
		var out bytes.Buffer
		if err := write(&out, p); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(out.String(), "\x1b\u202e") || !strings.Contains(out.String(), "好\ufffd") {
			t.Errorf("%s: %q", name, out.String())
		}
	}
}

// broken takes nothing.
type broken struct{}

var errBroken = errors.New("it is broken")

func (broken) Write([]byte) (int, error) { return 0, errBroken }

// What cannot be written is an error, and no writer is one, too.
func TestWriterFails(t *testing.T) {
	for name, write := range map[string]func(io.Writer, page.Page) error{"HTML": page.HTML, "Markdown": page.Markdown} {
		if err := write(broken{}, report()); !errors.Is(err, errBroken) {
			t.Errorf("%s: %v", name, err)
		}
		if err := write(nil, report()); err == nil {
			t.Errorf("%s: no writer is no error", name)
		}
	}
}
