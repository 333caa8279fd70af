package serve_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/internal/serve"
	"github.com/basic-eldercare/eldercare/policy/register"
	"github.com/basic-eldercare/eldercare/policy/register/excel"
	"github.com/basic-eldercare/eldercare/policy/summary"
)

const (
	rosters   = "/v1/huojia/rosters/"
	typeExcel = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// uploading serves registers, too.
func uploading() serve.Options {
	o := options()
	o.Upload = true
	return o
}

// table sends a register as CSV.
func table(what, body string) asking {
	return post(rosters+what, body).with("Content-Type", "text/csv")
}

// dirty is a register of three elders, of whom one is refused.
const dirty = "编号,年龄,本地常住,乡镇,备注\nE1,八十五岁,是,城关镇,\nE2,800,是,城关镇,x\nE3,９２,是,照镜镇,y\n"

// book packs rows into a workbook.
func book(t *testing.T, rows ...[]string) string {
	t.Helper()
	var columns []register.Column
	for _, header := range rows[0] {
		columns = append(columns, register.Column{Name: header, Kind: register.Text})
	}
	var out bytes.Buffer
	to, err := excel.Format{}.Create(t.Context(), &out, columns)
	if err != nil {
		t.Fatal(err)
	}
	w := register.NewWriter(to)
	for _, row := range rows[1:] {
		var cells []register.Cell
		for _, text := range row {
			cells = append(cells, register.Cell{Text: text})
		}
		err = errors.Join(err, w.Write(cells))
	}
	if err := errors.Join(err, w.Flush(), to.Close()); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// columnsOf reads a CSV, and returns it column by column.
func columnsOf(t *testing.T, text string) map[string][]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for i, header := range rows[0] {
		for _, row := range rows[1:] {
			all[header] = append(all[header], row[i])
		}
	}
	return all
}

// Of a register one learns how its columns are understood, what it comes to, who is owed what, and
// what is wrong with rows: in CSV as in Excel. The allowance of Huojia is 50 yuan from 80 on, and
// 100 from 90 on.
func TestUploads(t *testing.T) {
	s, log := start(t, uploading())
	rows, err := csv.NewReader(strings.NewReader(dirty)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	workbook := book(t, rows...)
	for kind, body := range map[string]string{"text/csv; charset=utf-8": dirty, typeExcel: workbook} {
		ask := func(what string) string {
			t.Helper()
			w := post(rosters+what, body).with("Content-Type", kind).of(s)
			if w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "no-store" {
				t.Fatalf("%s of %s: %d %v %s", what, kind, w.Code, w.Header(), w.Body)
			}
			return w.Body.String()
		}
		plan := decode[serve.Plan](t, strings.NewReader(ask("plan")))
		var understood []string
		for _, c := range plan.Columns {
			understood = append(understood, c.Attribute)
		}
		if diff := cmp.Diff([]string{"id", "age", "local_resident", "", ""}, understood); diff != "" || len(plan.Problems) > 0 {
			t.Errorf("%s: %s %v", kind, diff, plan.Problems)
		}
		if plan.Columns[1].Unreadable != 1 || plan.Columns[4].Blank != 1 {
			t.Errorf("%s: %+v", kind, plan.Columns)
		}
		answers := columnsOf(t, ask("answers?keep=4"))
		for column, want := range map[string][]string{
			"row": {"1", "3"}, "id": {"E1", "E3"}, "乡镇": {"城关镇", "照镜镇"}, "old-age-allowance": {"entitled", "entitled"},
			"old-age-allowance.monthly_cny": {"50", "100"},
		} {
			if diff := cmp.Diff(want, answers[column]); diff != "" {
				t.Errorf("%s: %s: %s", kind, column, diff)
			}
		}
		problems := columnsOf(t, ask("problems"))
		if diff := cmp.Diff([]string{"E2"}, problems["id"]); diff != "" || problems["column"][0] != "年龄" || problems["code"][0] != "out-of-range" {
			t.Errorf("%s: %v", kind, problems)
		}
		for parameters, want := range map[string]string{
			"": "must be a whole number from 0 to 130", "?lang=en": "must be a whole number from 0 to 130", "?lang=zh": "须为 0 到 130 的整数",
		} {
			if got := columnsOf(t, ask("problems"+parameters))["message"][0]; got != want {
				t.Errorf("%s: problems%s: %s", kind, parameters, got)
			}
		}
		sum := decode[summary.Summary](t, strings.NewReader(ask("summary?by=4")))
		if sum.Rows.Read != 3 || sum.Rows.Refused != 1 || len(sum.By) != 1 || sum.By[0].Column != "乡镇" || len(sum.By[0].Groups) != 2 {
			t.Errorf("%s: %+v", kind, sum)
		}
		if page := ask("summary?format=html&lang=en"); !strings.Contains(page, "3 rows read, 1 refused") {
			t.Errorf("%s: %.3000s", kind, page)
		}
		workbook, err := excel.Format{}.Open(t.Context(), strings.NewReader(ask("answers?format=xlsx")), "")
		if err != nil || !strings.HasPrefix(strings.Join(workbook.Header(), " "), "row id ") {
			t.Errorf("%s: %v", kind, err)
		}
	}
	metrics := get("/metrics").of(s).Body.String()
	for outcome, elders := range map[string]string{"answered": "16", "refused": "8"} { // four times, in CSV and in Excel
		if want := fmt.Sprintf(`outcome="%s",path="/v1/{jurisdiction}/rosters/problems"} %s`, outcome, elders); !strings.Contains(metrics, want) {
			t.Errorf("the metrics do not say %s: %s", want, metrics)
		}
	}
	told := regexp.MustCompile(`"(time|milliseconds)":[^,]*,`).ReplaceAllString(log.String(), "") // their digits are nobody's
	for _, word := range []string{"E1", "E2", "年龄", "乡镇", "城关", "800"} {
		if strings.Contains(told, word) {
			t.Errorf("the log has %q: %s", word, told)
		}
	}
}

// What a column is can be said, by its number.
func TestUploadMapsColumns(t *testing.T) {
	s, _ := start(t, uploading())
	const unnamed = "甲,乙,丙\nE1,85,是\n"
	plan := decode[serve.Plan](t, table("plan", unnamed).of(s).Body)
	if len(plan.Columns) != 3 || len(plan.Problems) != 1 || plan.Problems[0].Code != "no-attribute" {
		t.Errorf("%+v", plan)
	}
	const said = "?map=1%3Did&map=2%3Dage&map=3%3Dlocal_resident"
	if plan := decode[serve.Plan](t, table("plan"+said, unnamed).of(s).Body); plan.Columns[1].Label != "年龄" || len(plan.Problems) > 0 {
		t.Errorf("%+v", plan)
	}
	answers := columnsOf(t, table("answers"+said, unnamed).of(s).Body.String())
	if diff := cmp.Diff([]string{"50"}, answers["old-age-allowance.monthly_cny"]); diff != "" || answers["id"][0] != "E1" {
		t.Errorf("%s %v", diff, answers)
	}
	twice := decode[serve.Plan](t, table("plan", "年龄,年龄\n80,81\n").of(s).Body)
	want := []serve.Cause{{
		Code: "same-attribute", Attributes: []string{"age"}, Columns: []int{1, 2}, Message: "they are one attribute: leave one out by map=NUMBER=",
	}}
	if diff := cmp.Diff(want, twice.Problems); diff != "" {
		t.Error(diff)
	}
}

// Registers that cannot be read are refused with a reason that repeats nothing of them.
func TestWrongUploads(t *testing.T) {
	o := uploading()
	o.Load = loadOneCounty
	s, log := start(t, o)
	broken := book(t, []string{"年龄"}, []string{"80"})
	for _, tt := range []struct {
		asking
		status int
		code   string
		cause  string
	}{
		{table("plan", ""), http.StatusUnprocessableEntity, "wrong-register", ""},
		{table("answers", "\xff\xff\n"), http.StatusUnprocessableEntity, "wrong-register", ""},
		{table("answers", secret+"\n"+secret+"\n"), http.StatusUnprocessableEntity, "wrong-register", "no-header"},
		{table("plan", secret+"\n"+secret+"\n"), http.StatusUnprocessableEntity, "wrong-register", "no-header"},
		{table("answers", "甲\n"+secret+"\n"), http.StatusUnprocessableEntity, "wrong-register", "no-attribute"},
		{table("answers?map=2%3Dage", secret+"\n"), http.StatusUnprocessableEntity, "wrong-register", "no-column"},
		{table("answers?map=1%3D"+secret, "甲\n"+secret+"\n"), http.StatusUnprocessableEntity, "wrong-register", "unknown-attribute"},
		{table("answers?keep=2", "年龄,"+secret+","+secret+"\n"), http.StatusUnprocessableEntity, "wrong-register", "same-header"},
		{table("answers?keep=2", "年龄,row\n"), http.StatusUnprocessableEntity, "wrong-register", "taken-name"},
		{table("summary?by=1", "编号,年龄\n"), http.StatusUnprocessableEntity, "wrong-register", "names-elders"},
		{table("summary?by=0", dirty), http.StatusBadRequest, "wrong-parameter", ""},
		{table("summary?map=age", dirty), http.StatusBadRequest, "wrong-parameter", ""},
		{table("summary?map=1%3Dage&map=1%3Did", dirty), http.StatusBadRequest, "wrong-parameter", ""},
		{table("answers?format=json", dirty), http.StatusBadRequest, "wrong-parameter", ""},
		{table("answers", dirty).with("Accept", "image/png"), http.StatusNotAcceptable, "not-acceptable", ""},
		{post(rosters+"plan", dirty).with("Content-Type", "multipart/form-data; boundary=x"), http.StatusUnsupportedMediaType, "unsupported-type", ""},
		{post(rosters+"plan", dirty).with("Content-Type", typeExcel), http.StatusUnprocessableEntity, "wrong-register", ""},
		{post(rosters+"plan", broken[:len(broken)-40]).with("Content-Type", typeExcel), http.StatusUnprocessableEntity, "wrong-register", ""},
		{table("plan", strings.Repeat("年龄\n", 1<<18)), http.StatusRequestEntityTooLarge, "too-large", ""},
		{table("summary", "年龄\n"+strings.Repeat("80\n", 1001)), http.StatusRequestEntityTooLarge, "too-many-elders", ""},
		{post("/v1/nowhere/rosters/plan", dirty).with("Content-Type", "text/csv"), http.StatusNotFound, "unknown-jurisdiction", ""},
		{get(rosters + "plan"), http.StatusMethodNotAllowed, "wrong-method", ""},
	} {
		w := tt.of(s)
		p := decode[serve.Problem](t, bytes.NewReader(w.Body.Bytes()))
		if w.Code != tt.status || p.Code != tt.code || tt.cause != "" && (len(p.Errors) != 1 || p.Errors[0].Code != tt.cause || p.Errors[0].Message == "") {
			t.Errorf("%s %.40q: %d %+v, want %d %s %s", tt.path, tt.body, w.Code, p, tt.status, tt.code, tt.cause)
		}
		if strings.Contains(w.Body.String(), secret) {
			t.Errorf("it repeats what came in: %s", w.Body)
		}
	}
	if strings.Contains(log.String(), secret) || strings.Contains(log.String(), `"code":"internal"`) {
		t.Errorf("the log is %s", log)
	}
}

// A workbook that unpacks to more than four times the limit of a body is refused, and told so.
func TestWrongWorkbooks(t *testing.T) {
	o := uploading()
	o.Limits.Body = 1 << 16
	s, _ := start(t, o)
	rows := [][]string{{"年龄", "备注"}}
	for range 500 {
		rows = append(rows, []string{"80", strings.Repeat("长", 1000)})
	}
	w := post(rosters+"plan", book(t, rows...)).with("Content-Type", typeExcel).of(s)
	if p := decode[serve.Problem](t, w.Body); w.Code != http.StatusUnprocessableEntity || !strings.Contains(p.Detail, "262144") {
		t.Errorf("%d %+v", w.Code, p)
	}
}

// Pages from elsewhere cannot send registers, nor who has no token. Without --upload there is
// nothing at the address, nor a page.
func TestWhoMayUpload(t *testing.T) {
	o := uploading()
	o.Load = loadOneCounty
	s, _ := start(t, o)
	for header, status := range map[string]int{"same-origin": http.StatusOK, "none": http.StatusOK, "same-site": http.StatusForbidden, "cross-site": http.StatusForbidden} {
		if w := table("plan", dirty).with("Sec-Fetch-Site", header).of(s); w.Code != status {
			t.Errorf("%s: %d", header, w.Code)
		}
	}
	if w := table("plan", dirty).with("Origin", "https://elsewhere.example").of(s); w.Code != http.StatusForbidden || decode[serve.Problem](t, w.Body).Code != "cross-origin" {
		t.Errorf("from elsewhere: %d", w.Code)
	}
	o.Tokens = t.TempDir() + "/tokens"
	if err := os.WriteFile(o.Tokens, []byte("0123456789abcdef\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	guarded, _ := start(t, o)
	if w := table("plan", dirty).of(guarded); w.Code != http.StatusUnauthorized {
		t.Errorf("without a token: %d", w.Code)
	}
	if w := table("plan", dirty).with("Authorization", "Bearer 0123456789abcdef").of(guarded); w.Code != http.StatusOK {
		t.Errorf("with a token: %d", w.Code)
	}
	if w := get("/upload.html").of(guarded); w.Code != http.StatusOK {
		t.Errorf("the page: %d", w.Code)
	}
	o.Upload, o.Tokens = false, ""
	off, _ := start(t, o)
	for _, asked := range []asking{table("plan", dirty), get("/upload.html"), get("/upload.js")} {
		if w := asked.of(off); w.Code != http.StatusNotFound {
			t.Errorf("off: %s: %d", asked.path, w.Code)
		}
	}
	if strings.Contains(get("/openapi.json").of(off).Body.String(), "rosters") || strings.Contains(get("/").of(off).Body.String(), "upload") {
		t.Error("off, and told of")
	}
}

// Of a register nothing comes onto the disk, however large its sheets are, and the description
// tells how to send it.
func TestUploadsStayInMemory(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	o := uploading()
	o.Limits.Body, o.Limits.Elders, o.Limits.Time = 8<<20, 100_000, 5*time.Minute
	s, _ := start(t, o)
	rows := [][]string{{"编号", "年龄", "备注"}}
	for range 6000 {
		rows = append(rows, []string{"E", "85", strings.Repeat("长", 1000)}) // 18 MB
	}
	workbook := book(t, rows...)
	for _, f := range filesIn(t, dir) { // which making it left
		t.Fatalf("the test leaves %s", f)
	}
	seen := make(chan []string, 1)
	stop := make(chan struct{})
	go func() {
		var all []string
		for {
			select {
			case <-stop:
				seen <- all
				return
			default:
				files, _ := os.ReadDir(dir)
				for _, f := range files {
					all = append(all, f.Name())
				}
				time.Sleep(time.Millisecond) // far less than a register takes
			}
		}
	}()
	const answered = "answers?keep=3&format=xlsx"
	for _, what := range effort.Of([]string{answered}, []string{answered}, []string{"plan", "summary", answered}) {
		if w := post(rosters+what, workbook).with("Content-Type", typeExcel).of(s); w.Code != http.StatusOK {
			t.Errorf("%s: %d %s", what, w.Code, w.Body)
		}
	}
	close(stop)
	if files := <-seen; len(files) > 0 {
		t.Errorf("on the disk there was %s", files[0])
	}
	d := newDescribed(t, s)
	for what, query := range map[string]string{"plan": "", "summary": "?by=4"} {
		d.valid(d.schema("/v1/{jurisdiction}/rosters/"+what, "post", answerJSON), table(what+query, dirty).of(s).Body.String())
	}
	var all struct {
		Paths map[string]map[string]struct {
			RequestBody struct{ Content map[string]any }
			Responses   map[string]struct{ Content map[string]any }
		}
	}
	if err := json.Unmarshal(get("/openapi.json").of(s).Body.Bytes(), &all); err != nil {
		t.Fatal(err)
	}
	answers := all.Paths["/v1/{jurisdiction}/rosters/answers"]["post"]
	if answers.RequestBody.Content["text/csv"] == nil || answers.Responses["200"].Content[typeExcel] == nil {
		t.Errorf("%+v", answers)
	}
}

func filesIn(t *testing.T, dir string) []string {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Name())
	}
	return names
}

// Whose time is over while the workbook is opened is told so, and not that the workbook is wrong.
func TestTimeIsOverInAWorkbook(t *testing.T) {
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	sheet, err := z.Create("xl/worksheets/sheet1.xml")
	if err == nil {
		_, err = io.WriteString(sheet, "<worksheet><sheetData>"+strings.Repeat("<row/>", 3<<20)) // and breaks off
	}
	if err := errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	for limit, want := range map[time.Duration]string{time.Hour: "wrong-register", 100 * time.Millisecond: "too-long"} {
		o := uploading()
		o.Limits.Body, o.Limits.Time = 8<<20, limit
		s, _ := start(t, o)
		table("plan", dirty).of(s) // so that the rules are there
		w := post(rosters+"plan", packed.String()).with("Content-Type", typeExcel).of(s)
		if got := decode[serve.Problem](t, w.Body).Code; got != want {
			t.Errorf("within %s: %s, want %s", limit, got, want)
		}
	}
}

// Few registers are held at a time.
func TestFewUploadsAtATime(t *testing.T) {
	o := uploading()
	o.Limits.Requests = 100
	inItsTime(t, o, func(t *testing.T, l *piped) {
		for held := range 4 {
			if w := table("plan", dirty).of(l); w.Code != http.StatusOK {
				t.Errorf("beside %d others: %d %s", held, w.Code, w.Body)
			}
			l.begin(t, "POST "+rosters+"plan HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: 1000\r\n\r\n年")
		}
		if w := table("plan", dirty).of(l); w.Code != http.StatusServiceUnavailable || decode[serve.Problem](t, w.Body).Code != "busy" {
			t.Errorf("beside four others: %d", w.Code)
		}
		if w := get("/v1/jurisdictions").of(l); w.Code != http.StatusOK {
			t.Errorf("no register: %d", w.Code)
		}
	})
}
