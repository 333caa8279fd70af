package site_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	service "github.com/basic-eldercare/eldercare/internal/serve"
	"github.com/basic-eldercare/eldercare/policy/register"
	"github.com/basic-eldercare/eldercare/policy/register/excel"
	"github.com/basic-eldercare/eldercare/policy/synth"
)

// uploads starts a server that takes registers, from who has a token if there is a file with
// tokens. It returns its address and what it logs.
func uploads(t *testing.T, e *eldercare.Engine, tokens string) (string, *bytes.Buffer) {
	t.Helper()
	log := &bytes.Buffer{}
	s, err := service.New(t.Context(), service.Options{
		Load: func(context.Context) (*eldercare.Engine, error) { return e, nil }, Limits: service.DefaultLimits(), Upload: true,
		Tokens: tokens, Log: slog.New(slog.NewJSONHandler(log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return server.URL, log
}

// dirtied writes a register of made-up elders with mistakes.
func dirtied(t *testing.T, e *eldercare.Engine, format register.Format, file string) {
	t.Helper()
	made, err := synth.For(rulesOf(t, e, "huojia"), synth.Options{Elders: 400, Seed: 15, Blank: 0.1, Dirty: 0.05, Townships: true, Day: day})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	to, err := format.Create(t.Context(), &out, made.Columns())
	if err == nil {
		_, err = made.Write(t.Context(), to)
	}
	if err == nil {
		err = to.Close()
	}
	if err == nil {
		err = os.WriteFile(file, out.Bytes(), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// rosterOf answers a register as the command does.
func rosterOf(t *testing.T, e *eldercare.Engine, format register.Format, file string, keep ...string) (answers string, tally register.Tally) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	in, err := format.Open(t.Context(), bytes.NewReader(content), "")
	if err != nil {
		t.Fatal(err)
	}
	r, err := register.New(rulesOf(t, e, "huojia"), in, register.Options{Keep: keep, MaxErrors: -1, Places: e.Jurisdictions()})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	to, err := register.CSV{}.Create(t.Context(), &out, r.Columns())
	if err == nil {
		tally, err = r.Answer(t.Context(), to, func(register.Problem) error { return nil })
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), tally
}

// downloads has the browser save files, and returns what waits for one, by the end of its name.
func (b *browser) downloads() func(ending string) string {
	b.t.Helper()
	dir := b.t.TempDir()
	b.run(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, cdpbrowser.SetDownloadBehavior, cdpbrowser.SetDownloadBehaviorParams{Behavior: cdpbrowser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir})
		return err
	}))
	return func(ending string) string {
		b.t.Helper()
		for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			files, _ := filepath.Glob(filepath.Join(dir, "*"+ending))
			if len(files) == 0 || b.text("#status") != "" {
				continue
			}
			content, err := os.ReadFile(files[0])
			if err != nil {
				b.t.Fatal(err)
			}
			return string(content)
		}
		b.t.Fatalf("nothing is saved as %s: %s", ending, b.text("#error"))
		return ""
	}
}

// A clerk uploads a dirty register, sees how its columns are understood and what it comes to, and
// takes the answers and the errors home. They are those of the command.
func TestUploadInABrowser(t *testing.T) {
	b := newBrowser(t)
	axe, err := os.ReadFile("testdata/axe/axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	e, err := eldercare.Load(t.Context(), eldercare.WithClock(func() time.Time { return time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC) }))
	if err != nil {
		t.Fatal(err)
	}
	origin, log := uploads(t, e, "")
	for ending, format := range map[string]register.Format{"csv": register.CSV{}, "xlsx": excel.Format{}} {
		look := func(name string) { // of the other format everything looks the same
			if ending == "csv" {
				b.axe(string(axe), name)
				b.shots("upload-" + name)
			}
		}
		saved := b.downloads()
		file := filepath.Join(t.TempDir(), "名册."+ending)
		dirtied(t, e, format, file)
		want, tally := rosterOf(t, e, format, file, "乡镇")
		if tally.Refused == 0 || tally.Answered == 0 {
			t.Fatalf("%+v", tally)
		}
		b.open(origin+"/index.html", 360)
		b.run(chromedp.Click(`a[href="upload.html"]`), chromedp.WaitReady("#file"))
		eval[chromedp.Void](b, `document.querySelector("#place").value = "huojia"`)
		b.picksByKeyboard()
		b.run(chromedp.SetUploadFiles("#file", []string{file}), chromedp.WaitVisible("#columns tr"))
		b.planned()
		if says := b.text(".file"); !strings.Contains(says, "名册."+ending) || strings.Contains(says, "未选择文件") {
			t.Errorf("the file is shown as %q", says)
		}
		look("plan")
		const township = `[...document.querySelectorAll("#columns tr")].find((r) => r.querySelector("th").innerText === "乡镇").querySelectorAll("input")`
		eval[chromedp.Void](b, township+`.forEach((box) => box.click())`)
		b.run(chromedp.Click("#run"), chromedp.WaitVisible("#csv"))
		sum := eval[string](b, `document.querySelector("#sum").shadowRoot.querySelector("ul").innerText`)
		if says := fmt.Sprintf("读入%d行，未受理%d行", tally.Rows, tally.Refused); !strings.Contains(sum, says) {
			t.Errorf("the summary does not say %s: %s", says, sum)
		}
		if title := eval[string](b, `document.querySelector("#sum").shadowRoot.querySelector("#by0").innerText`); !strings.Contains(title, "乡镇") {
			t.Errorf("it is counted by %s", title)
		}
		if colour := eval[string](b, `getComputedStyle(document.querySelector("#sum").shadowRoot.querySelector("svg .sure")).fill`); colour != "rgb(140, 29, 24)" {
			t.Errorf("bars are %s", colour)
		}
		look("result")
		b.run(chromedp.Click("#csv"))
		if got := saved("-结果.csv"); got != "\ufeff"+want {
			t.Errorf("the answers are not those of the command:\n%.500s\nwant\n%.500s", got, want)
		}
		b.run(chromedp.Click("#problems"))
		b.refused(saved("-问题行.csv"), tally.Refused)
		b.run(chromedp.Click("#xlsx"))
		if book, err := (excel.Format{}).Open(t.Context(), strings.NewReader(saved("-结果.xlsx")), ""); err != nil || !slices.Contains(book.Header(), "old-age-allowance") {
			t.Errorf("the workbook: %v", err)
		}
		b.run(chromedp.Click("#html"))
		if page := saved("-汇总.html"); !strings.Contains(page, "<style>") || !strings.Contains(page, "获嘉县") {
			t.Errorf("the page is %.200s", page)
		}
		b.unkept()
	}
	b.quiet(origin)
	for _, word := range []string{"乡镇", "名册", "by=", "keep="} {
		if strings.Contains(log.String(), word) {
			t.Errorf("the log has %s", word)
		}
	}
}

// picksByKeyboard holds the choice of a file to its words, and to a frame around the button where
// the keyboard is.
func (b *browser) picksByKeyboard() {
	b.t.Helper()
	if says := strings.Join(strings.Fields(b.text(".file")), " "); says != "选择文件 未选择文件" {
		b.t.Errorf("a file is chosen by %q", says)
	}
	b.run(chromedp.SendKeys("#place", "\t"))
	if focus := eval[string](b, "document.activeElement.id"); focus != "file" {
		b.t.Errorf("behind the place the focus is on %q", focus)
	}
	if frame := eval[string](b, `getComputedStyle(document.querySelector("#pick")).outlineStyle`); frame != "solid" {
		b.t.Errorf("the frame around the button is %q", frame)
	}
}

// planned holds the plan to the headers that synth writes.
func (b *browser) planned() {
	b.t.Helper()
	table := eval[[][]string](b, `[...document.querySelectorAll("#columns tr")].map((r) => [r.querySelector("th").innerText,
		r.querySelector("select").selectedOptions[0].innerText, ...[...r.querySelectorAll("td")].slice(1, 4).map((td) => td.firstChild.data)])`)
	understood := map[string]string{"编号": "编号", "出生日期": "出生日期", "乡镇": "未识别，不使用"}
	met := 0
	for _, row := range table {
		if as, ok := understood[row[0]]; ok {
			if met++; row[1] != as {
				b.t.Errorf("%s is understood as %s", row[0], row[1])
			}
		}
		if row[0] == "出生日期" && (!strings.Contains(row[2], "0000-00-00") || strings.ContainsAny(row[2], "123456789") || row[3] == "0%" || row[4] == "0%") {
			b.t.Errorf("the plan of dates is %v", row)
		}
	}
	if met != len(understood) {
		b.t.Errorf("the columns are %v", table)
	}
	if focus := eval[string](b, "document.activeElement.id"); focus != "plan-title" {
		b.t.Errorf("the focus is on %q", focus)
	}
}

// refused holds a file of errors to a number of rows.
func (b *browser) refused(file string, rows int) {
	b.t.Helper()
	all, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file, "\ufeff"))).ReadAll()
	if err != nil {
		b.t.Fatal(err)
	}
	numbers := map[string]bool{}
	for _, row := range all[1:] {
		if row[3] != register.DuplicateID {
			numbers[row[0]] = true
		}
		if !strings.ContainsFunc(row[4], func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			b.t.Errorf("row %s: the message is not Chinese: %s", row[0], row[4])
		}
	}
	if len(numbers) != rows {
		b.t.Errorf("%d rows have errors, want %d", len(numbers), rows)
	}
}

// unkept holds the page to keeping nothing.
func (b *browser) unkept() {
	b.t.Helper()
	kept := eval[int](b, `(async () => localStorage.length + sessionStorage.length + document.cookie.length + location.search.length +
		location.hash.length + (await indexedDB.databases()).length + (window.caches ? (await caches.keys()).length : 0))()`)
	if kept != 0 {
		b.t.Error("something is kept, or in the address")
	}
}

// shots writes screenshots at three widths, where nothing may scroll sideways.
func (b *browser) shots(name string) {
	b.t.Helper()
	for _, width := range []int64{768, 1280, 360} {
		b.run(chromedp.EmulateViewport(width, 800))
		b.shot(fmt.Sprint(name, "-", width))
		if over := eval[int](b, "document.documentElement.scrollWidth - document.documentElement.clientWidth"); over > 0 {
			wide := eval[string](b, `[...document.querySelectorAll("main *")].filter((e) => e.getBoundingClientRect().right > innerWidth).slice(0, 3).map((e) => e.outerHTML.slice(0, 200)).join("; ")`)
			b.t.Errorf("%s is %d pixels too wide at %d: %s", name, over, width, wide)
		}
	}
}

// Who needs a token is asked for it. Columns without names become attributes by the menu, which
// keeps the focus, and what goes wrong is told.
func TestUploadMapsColumnsInABrowser(t *testing.T) {
	b := newBrowser(t)
	tokens := filepath.Join(t.TempDir(), "tokens")
	if err := os.WriteFile(tokens, []byte("0123456789abcdef\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	origin, _ := uploads(t, load(t), tokens)
	choose := func(name, content string) {
		t.Helper()
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		b.run(chromedp.SetUploadFiles("#file", []string{file}))
	}
	b.open(origin+"/en/upload.html", 360)
	eval[chromedp.Void](b, `document.querySelector("#place").value = "huojia"`)
	choose("unnamed.csv", "甲,乙\n85,是\n")
	b.run(chromedp.WaitVisible("#token"), chromedp.SendKeys("#token", "0123456789abcdef\t"), chromedp.WaitVisible("#columns tr"))
	if b.text("#error") != "" {
		t.Errorf("with a token it says %s", b.text("#error"))
	}
	if wrong := b.text("#wrong"); !strings.Contains(wrong, "no column is an attribute") || !eval[bool](b, `document.querySelector("#run").disabled`) {
		t.Errorf("it says %q", wrong)
	}
	eval[chromedp.Void](b, `(() => { const menu = document.querySelector("#columns select"); menu.focus(); menu.value = "age"; menu.dispatchEvent(new Event("change")); })()`)
	b.run(chromedp.WaitEnabled("#run"))
	if focus := eval[bool](b, `document.activeElement === document.querySelector("#columns select")`); !focus {
		t.Error("the focus is lost")
	}
	b.run(chromedp.Click("#run"), chromedp.WaitVisible("#csv"))
	choose("empty.csv", "\n")
	b.run(chromedp.WaitVisible("#error:not(:empty)"))
	if eval[bool](b, `!document.querySelector("#result").hidden`) {
		t.Error("an empty register is taken")
	}
}

// The plan says how many birth dates are months, and of how many of them the age is open on the
// day: who is born in November 1946 is 79 or 80 on the 22nd. Of other columns it says nothing.
func TestUploadTellsMonthsInABrowser(t *testing.T) {
	b := newBrowser(t)
	e, err := eldercare.Load(t.Context(), eldercare.WithClock(func() time.Time { return time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC) }))
	if err != nil {
		t.Fatal(err)
	}
	origin, _ := uploads(t, e, "")
	const head, day = "编号,出生日期\n", "a,1946-03-01\n"
	for _, c := range []struct{ page, register, want string }{
		{"/upload.html", head + day + "b,1946.11\nc,1946年3月\nd,1946-11\n", "3行只有出生年月，其中2行在当日的年龄不能确定"},
		{"/en/upload.html", head + day + "b,1946.11\nc,1946年3月\nd,1946-11\n", "3 with the month of birth only, of whom 2 have an open age on the day"},
		{"/en/upload.html", head + day + "c,1946年3月\n", "1 with the month of birth only, of whom 0 have an open age on the day"},
		{"/en/upload.html", head + day, ""},
	} {
		file := filepath.Join(t.TempDir(), "months.csv")
		if err := os.WriteFile(file, []byte(c.register), 0o600); err != nil {
			t.Fatal(err)
		}
		b.open(origin+c.page, 360)
		b.run(chromedp.SetUploadFiles("#file", []string{file}), chromedp.WaitVisible("#columns tr"))
		got := eval[[]string](b, `[...document.querySelectorAll("#columns tr")].map((r) => [...r.querySelectorAll(".hint")].map((e) => e.innerText).join())`)
		if diff := cmp.Diff([]string{"", c.want}, got); diff != "" {
			t.Errorf("%s of %q: %s", c.page, c.register, diff)
		}
	}
}
