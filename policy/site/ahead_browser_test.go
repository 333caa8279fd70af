package site_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// setBorn enters a date of birth.
const setBorn = `(() => { const born = document.querySelector("#born"); born.focus(); born.value = %q; born.dispatchEvent(new Event("change")); })()`

// A date of birth answers the question of the age, and shows the coming months. Huojia pays 50 yuan
// from 80 on: who is 80 on Christmas Eve has it from January on, whose first is the counting day.
func TestMonthsAheadInABrowser(t *testing.T) {
	b := newBrowser(t)
	axe, err := os.ReadFile("testdata/axe/axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	origin := serve(t, made(t))
	b.open(origin+"/lists/huojia/index.html", 360)
	eval[chromedp.Void](b, fmt.Sprintf(setBorn, "2046-12-24"))
	if b.text("#born-error") == "" || b.text("#given") != "" {
		t.Error("somebody who is not born is taken")
	}
	eval[chromedp.Void](b, fmt.Sprintf(setBorn, "1946-12-24"))
	if given := b.text("#given"); !strings.Contains(given, "79周岁") || b.text("#born-error") != "" {
		t.Errorf("answered is %q, and wrong %q", given, b.text("#born-error"))
	}
	if focus := eval[string](b, "document.activeElement.id"); focus != "born" {
		t.Errorf("the focus is on %q", focus)
	}
	b.answer(said{"本地常住": "是"})
	rows := eval[[][]string](b, `[...document.querySelectorAll("#months tbody tr")].map((r) => [...r.children].map((c) => c.innerText))`)
	if len(rows) != 2 || rows[0][0] != "2026-12" || rows[0][1] != "79" || rows[1][0] != "2027-01–2027-11" || rows[1][1] != "80" ||
		!strings.HasPrefix(rows[1][2], "不低于50") || !strings.Contains(rows[1][3], "高龄津贴：不享受 → ") {
		t.Errorf("the months are %q", rows)
	}
	heights := eval[[]float64](b, `[...document.querySelectorAll("#months rect")].map((r) => r.height.baseVal.value)`)
	if len(heights) != 12 || heights[0] != 0 || heights[1] <= 0 || slices.Max(heights) != heights[11] {
		t.Errorf("the bars are %v", heights)
	}
	if label := eval[string](b, `document.querySelector("#months text").textContent`); label != "50" {
		t.Errorf("the bars are labelled %q", label)
	}
	b.axe(string(axe), "months")
	for _, width := range []int64{360, 768, 1280} {
		b.run(chromedp.EmulateViewport(width, 800))
		b.shot(fmt.Sprint("months-", width))
		if over := eval[int](b, "document.documentElement.scrollWidth - document.documentElement.clientWidth"); over > 0 {
			t.Errorf("%d pixels too wide at %d", over, width)
		}
	}
	b.run(media("print"))
	if text := b.text("body"); !strings.Contains(text, "2027-01–2027-11") || strings.Contains(text, "出生日期") {
		t.Errorf("printed is\n%s", text)
	}
	b.run(media("screen"))
	eval[chromedp.Void](b, `[...document.querySelectorAll("#given button")].find((x) => x.getAttribute("aria-label").endsWith("年龄")).click()`)
	if eval[string](b, `document.querySelector("#born").value + document.querySelector("#months").innerText`) != "" {
		t.Error("without the age the months stay")
	}
	b.quiet(origin)
}
