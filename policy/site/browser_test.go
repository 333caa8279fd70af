package site_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy/site"
)

// browser is headless Chromium with a tab, and what it complains about or asks for.
type browser struct {
	context.Context
	t *testing.T

	mu         sync.Mutex
	complaints []string
	requests   []string
}

// newBrowser starts Chromium. It skips the test unless ELDERCARE_BROWSER asks for it; then the test
// fails where Chromium is not installed.
func newBrowser(t *testing.T) *browser {
	t.Helper()
	if os.Getenv("ELDERCARE_BROWSER") == "" {
		t.Skip("ELDERCARE_BROWSER=1 runs this in Chromium, which must be installed")
	}
	ctx, end := chromedp.NewExecAllocator(t.Context(), chromedp.Headless, chromedp.NoSandbox, chromedp.WindowSize(1280, 900))
	t.Cleanup(end)
	ctx, end = chromedp.NewContext(ctx)
	t.Cleanup(end)
	b := &browser{Context: ctx, t: t}
	if err := chromedp.Do(ctx); err != nil { // there is a tab to listen to
		t.Fatal(err)
	}
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		t.Fatal(err)
	}
	b.run(enable(network.Enable, network.EnableParams{}), enable(runtime.Enable, cdp.Empty{}), enable(log.Enable, cdp.Empty{}))
	return b
}

// enable makes events of a domain come.
func enable[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, command, params)
		return err
	})
}

// hear takes down what goes wrong on a page, and each address asked for.
func (b *browser) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		b.complaints = append(b.complaints, e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		b.complaints = append(b.complaints, e.Entry.Text)
	case *runtime.EventConsoleAPICalled:
		b.complaints = append(b.complaints, fmt.Sprint(e.Type, e.Args))
	case *network.EventLoadingFailed:
		b.complaints = append(b.complaints, e.ErrorText)
	case *network.EventResponseReceived:
		if e.Response.Status >= 400 {
			b.complaints = append(b.complaints, fmt.Sprint(e.Response.Status, " ", e.Response.URL))
		}
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, e.Request.URL)
	}
}

func (b *browser) run(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	do(b, chromedp.Steps(steps...))
}

// patience is how long anything may take. Nothing takes a second but on a busy machine.
const patience = time.Minute

// do does something in the browser.
func do[T any](b *browser, action chromedp.Action[T]) T {
	b.t.Helper()
	ctx, end := context.WithTimeout(b, patience)
	defer end()
	done, err := chromedp.Run(ctx, action)
	if err != nil {
		b.t.Fatal(err)
	}
	return done
}

// open opens a page at a width.
func (b *browser) open(url string, width int64) {
	b.t.Helper()
	b.run(chromedp.EmulateViewport(width, 800), chromedp.Navigate(url), chromedp.WaitReady("main"))
}

// eval evaluates an expression on the page.
func eval[T any](b *browser, expression string) T {
	b.t.Helper()
	return do(b, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// quiet holds the browser to this: nothing was complained about, and nothing asked for elsewhere.
func (b *browser) quiet(origin string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.complaints {
		b.t.Errorf("the browser says: %s", c)
	}
	for _, r := range b.requests { // what the browser itself draws is in the address, and no page may
		if !strings.HasPrefix(r, origin+"/") && !strings.HasPrefix(r, "data:") {
			b.t.Errorf("a page asked for %s", r)
		}
	}
	if len(b.requests) == 0 {
		b.t.Error("nothing was asked for")
	}
}

// shot writes a screenshot for people to look at, where ELDERCARE_SHOTS names a folder.
func (b *browser) shot(name string) {
	b.t.Helper()
	dir := os.Getenv("ELDERCARE_SHOTS")
	if dir == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), do(b, chromedp.FullScreenshot(100)), 0o644); err != nil {
		b.t.Fatal(err)
	}
}

func serve(t *testing.T, s *site.Site) string {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return server.URL
}

// pagesOf are the paths of all pages of a site.
func pagesOf(s *site.Site) []string {
	return slices.DeleteFunc(s.Paths(), func(path string) bool { return !strings.HasSuffix(path, ".html") })
}

// violation is what axe-core finds.
type violation struct {
	ID, Help string
	Nodes    []struct{ HTML, FailureSummary string }
}

// No page breaks a rule of WCAG 2.2 AA that a program can tell, asks for anything elsewhere, or
// scrolls sideways at 360 pixels.
func TestPagesInABrowser(t *testing.T) {
	b := newBrowser(t)
	axe, err := os.ReadFile("testdata/axe/axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	s := made(t)
	origin := serve(t, s)
	all := effort.Of(false, false, true)
	for _, path := range pagesOf(s) {
		if one := strings.Contains(path, "hongtong/") || strings.HasSuffix(path, "shuozhou-hongtong.html"); strings.Contains(path, "/") && !one && !all {
			continue // pages of a kind are alike
		}
		for _, width := range []int64{360, 768, 1280} {
			b.open(origin+"/"+path, width)
			b.shot(fmt.Sprint(strings.NewReplacer("/", "-", ".html", "").Replace(path), "-", width))
			overflow := eval[int](b, "document.documentElement.scrollWidth - document.documentElement.clientWidth")
			if overflow > 0 {
				t.Errorf("%s is %d pixels too wide at %d", path, overflow, width)
			}
			if width == 360 {
				b.axe(string(axe), path)
			}
		}
	}
	b.quiet(origin)
}

// axe looks for what is not accessible on the page as it is.
func (b *browser) axe(axe, of string) {
	b.t.Helper()
	eval[chromedp.Void](b, axe)
	for _, v := range b.violations() {
		for _, n := range v.Nodes[:min(2, len(v.Nodes))] {
			b.t.Errorf("%s: %s: %s\n  %s\n  %s", of, v.ID, v.Help, n.HTML, n.FailureSummary)
		}
	}
	eval[chromedp.Void](b, `document.querySelector("main").append(Object.assign(document.createElement("img"), { id: "unnamed" }))`)
	if found := b.violations(); len(found) == 0 {
		b.t.Errorf("%s: an image without a name is not noticed", of)
	}
	eval[chromedp.Void](b, `document.querySelector("#unnamed").remove()`)
}

// violations are what axe-core finds, with all details open.
func (b *browser) violations() []violation {
	b.t.Helper()
	return eval[[]violation](b, `document.querySelectorAll("details").forEach((d) => { d.open = true; });
		axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }).then((r) => r.violations)`)
}

// said is an answer to a question: a value by its label, or a number. Questions about anything else
// are skipped.
type said map[string]string

// walks are an elder of each list, and what the notice has to say. The figures are those of the
// lists.
var walks = map[string]struct {
	said said
	want []string
}{
	"hongtong": {said{"年龄": "100", "本地户籍": "是"}, []string{"百岁补贴", "不低于300元", "高龄津贴不重复计", "100周岁"}},
	"shuozhou": {said{"年龄": "82", "救助类别": "最低生活保障对象", "生活自理能力": "半自理（半护理）"}, []string{"高龄津贴", "不低于30元", "护理补贴", "不低于100元"}},
	"huojia":   {said{"年龄": "92", "本地常住": "是"}, []string{"高龄津贴", "不低于100元", "健康管理"}},
	"shanxi":   {said{"年龄": "65"}, []string{"能力综合评估"}},
	"henan":    {said{"年龄": "80"}, []string{"高龄津贴"}},
}

// Somebody answers by the keyboard and by the mouse, goes back, and has the notice printed.
func TestCalculatorInABrowser(t *testing.T) {
	b := newBrowser(t)
	axe, err := os.ReadFile("testdata/axe/axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	origin := serve(t, made(t))
	for place, of := range walks {
		b.open(origin+"/lists/"+place+"/index.html", 360)
		b.answer(of.said)
		answered := b.text("#given")
		b.run(chromedp.Click("#back"))
		if after := b.text("#given"); after == answered || !strings.HasPrefix(answered, after) {
			t.Errorf("%s: back leads from\n%s\nto\n%s", place, answered, after)
		}
		b.answer(of.said)
		results := b.text(".results")
		for _, want := range of.want {
			if !strings.Contains(results, want) {
				t.Errorf("%s: the result does not say %q:\n%s", place, want, results)
			}
		}
		if again := b.text("#given"); again != answered {
			t.Errorf("%s: answered again:\n%s\nwant\n%s", place, again, answered)
		}
		b.axe(string(axe), place)
		b.shot("walked-" + place + "-360")
		b.run(chromedp.EmulateViewport(1280, 800))
		b.shot("walked-" + place + "-1280")
		b.printed(place, of.want)
		if eval[int](b, `localStorage.length + sessionStorage.length + document.cookie.length + location.search.length + location.hash.length`) != 0 {
			t.Errorf("%s: something is kept, or in the address", place)
		}
	}
	b.quiet(origin)
}

func (b *browser) text(selector string) string {
	b.t.Helper()
	return eval[string](b, fmt.Sprintf("document.querySelector(%q).innerText", selector))
}

// next skips questions until it comes to one of the named ones, and gives that; or "" when none is
// left.
const next = `((wanted) => {
	const question = () => document.querySelector("legend")?.innerText || "";
	while (question() && !(question() in wanted)) document.querySelector("#skip").click();
	return question();
})(%s)`

// answer answers question after question until none is left: numbers by the keyboard, all else by
// the mouse.
func (b *browser) answer(of said) {
	b.t.Helper()
	skip := fmt.Sprintf(next, asJSON(b.t, of))
	for question := eval[string](b, skip); question != ""; question = eval[string](b, skip) {
		if value := of[question]; strings.Trim(value, "0123456789") != "" {
			if !slices.Contains(strings.Split(b.text("#question"), "\n"), value) {
				b.t.Fatalf("%s cannot be answered by %s:\n%s", question, value, b.text("#question"))
			}
			b.run(chromedp.Click(fmt.Sprintf(`//label[normalize-space()=%q]/input`, value)), chromedp.Click("#next"))
		} else {
			b.run(chromedp.SendKeys("#answer", "999\r"))
			if b.text("#error") == "" {
				b.t.Errorf("%s: 999 is taken", question)
			}
			eval[chromedp.Void](b, `document.querySelector("#answer").value = ""`)
			b.run(chromedp.SendKeys("#answer", value+"\r"))
		}
		if focus := eval[string](b, "document.activeElement.id"); focus != "ask" {
			b.t.Errorf("after %s the focus is on %q", question, focus)
		}
	}
}

// printed holds the printed page to what it has to say, and to A4.
func (b *browser) printed(place string, want []string) {
	b.t.Helper()
	b.run(media("print"))
	pdf := do(b, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize()))
	if len(pdf) < 10_000 {
		b.t.Errorf("%s: the notice has only %d bytes", place, len(pdf))
	}
	text := b.text("body")
	for _, w := range append([]string{"告知单", "经办人", "评定日期", "所填信息"}, want...) {
		if !strings.Contains(text, w) {
			b.t.Errorf("%s: the notice does not say %q:\n%s", place, w, text)
		}
	}
	if strings.Contains(text, "下一题") {
		b.t.Errorf("%s: the questions are printed", place)
	}
	if dir := os.Getenv("ELDERCARE_SHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, place+".pdf"), pdf, 0o644); err != nil {
			b.t.Fatal(err)
		}
	}
	b.run(media("screen"))
}

// media makes pages show themselves as on paper, or as on a screen.
func media(of string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: of})
		return err
	})
}

// The site works from a disk, too.
func TestSiteFromADisk(t *testing.T) {
	b := newBrowser(t)
	dir := filepath.Join(t.TempDir(), "site")
	if err := made(t).Write(dir); err != nil {
		t.Fatal(err)
	}
	b.open("file://"+dir+"/index.html", 1280)
	b.run(chromedp.Click(`a[href="lists/hongtong/index.html"]`), chromedp.WaitVisible("#answer"))
	b.answer(walks["hongtong"].said)
	if text := b.text(".results"); !strings.Contains(text, "百岁补贴") {
		t.Errorf("the result is\n%s", text)
	}
	b.quiet("file://" + dir)
}

// differing tells which elders the page decides on otherwise than is wanted, null being nobody.
const differing = `((elders, want) => {
	const isObject = (x) => typeof x === "object" && x !== null;
	const same = (a, b) => a === b || isObject(a) && isObject(b) && Object.keys(a).length === Object.keys(b).length &&
		Object.keys(a).every((key) => same(a[key], b[key]));
	const decided = (elder) => (exists(eldercare, elder) ? decide(eldercare, elder) : null);
	return elders.flatMap((elder, i) => (same(decided(elder), want[i]) ? [] : [i]));
})(%s, %s)`

// A browser decides as the engine does on many elders with blanks.
func TestBrowserDecidesAsTheEngine(t *testing.T) {
	b := newBrowser(t)
	origin := serve(t, made(t))
	e := load(t)
	places := e.Jurisdictions()
	const batch = 250
	for _, j := range places {
		rs := rulesOf(t, e, j.ID)
		some := site.NewPeople(rs, 3)
		b.open(origin+"/lists/"+j.ID+"/index.html", 360)
		start := time.Now()
		compared, wanted := 0, effort.Of(4*batch, 10_000, 100_000)/len(places)
		for compared < wanted {
			var elders [][]int
			var want []*eldercare.Decision
			for len(elders) < batch {
				cells := some.Next()
				d := site.Decided(t, rs, cells)
				elders, want = append(elders, cells), append(want, d)
				if d != nil {
					compared++
				}
			}
			script := func() string { return fmt.Sprintf(differing, asJSON(t, elders), asJSON(t, want)) }
			for _, i := range eval[[]int](b, script()) {
				t.Fatalf("%s: the browser decides otherwise on %v", j.ID, elders[i])
			}
			if compared >= wanted { // a wrong decision is noticed
				want[0] = &eldercare.Decision{}
				if got := eval[[]int](b, script()); !slices.Equal(got, []int{0}) {
					t.Fatalf("%s: the browser decides otherwise on %v, not on 0", j.ID, got)
				}
			}
		}
		t.Logf("%s: %d elders in %s", j.ID, compared, time.Since(start).Round(time.Second))
	}
	b.quiet(origin)
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
