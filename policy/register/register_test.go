package register_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/register"
	"github.com/basic-eldercare/eldercare/policy/register/excel"
	"github.com/basic-eldercare/eldercare/policy/register/parquet"
)

// engine is the engine of the lists that come with the module.
var engine = sync.OnceValue(func() *eldercare.Engine {
	e, err := eldercare.Load(context.Background())
	if err != nil {
		panic(err)
	}
	return e
})

var today = must(policy.ParseDate("2026-11-22"))

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func rules(t testing.TB, jurisdiction string) *eldercare.Ruleset {
	t.Helper()
	r, err := engine().Rules(t.Context(), jurisdiction, today)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// outcome is what comes of a register.
type outcome struct {
	out, wrong [][]string // without their headers
	header     []string
	tally      register.Tally
}

// answered answers a register in the form of a format, as CSV.
func answered(t testing.TB, from register.Format, in io.Reader, o register.Options) (outcome, error) {
	t.Helper()
	return answeredBy(t, rules(t, "hongtong"), from, in, o)
}

func answeredBy(t testing.TB, rules *eldercare.Ruleset, from register.Format, in io.Reader, o register.Options) (outcome, error) {
	t.Helper()
	source, err := from.Open(t.Context(), in, "")
	if err != nil {
		return outcome{}, err
	}
	defer source.Close()
	r, err := register.New(rules, source, o)
	if err != nil {
		return outcome{}, err
	}
	var out, wrong bytes.Buffer
	sink := must(register.CSV{}.Create(t.Context(), &out, r.Columns()))
	problems := must(register.NewProblems(&wrong))
	tally, err := r.Answer(t.Context(), sink, problems.Write)
	if err = errors.Join(err, sink.Close(), problems.Close()); err != nil {
		return outcome{tally: tally}, err
	}
	rows := must(csv.NewReader(&out).ReadAll())
	return outcome{rows[1:], must(csv.NewReader(&wrong).ReadAll())[1:], rows[0], tally}, nil
}

// any number of rows may be refused
var lenient = register.Options{MaxErrors: -1}

// people returns random elders of whom much is not known; some contradict themselves.
func people(t testing.TB, n int) []elder.Elder {
	r := rand.New(rand.NewPCG(12, 0))
	axes := rules(t, "hongtong").Table.Space.Axes
	all := make([]elder.Elder, n)
	for i := range all {
		all[i] = elder.Elder{"id": fmt.Sprint("E", i)}
		for a := range axes {
			if r.IntN(4) == 0 || a == 0 && r.IntN(4) > 0 {
				all[i][axes[a].Attribute.Name] = axes[a].Value(uint8(1 + r.IntN(axes[a].Cells()-1)))
			}
		}
	}
	return all
}

// table returns elders as rows under a header.
func table(t testing.TB, all []elder.Elder) [][]string {
	header := []string{"id"}
	for _, a := range rules(t, "hongtong").Table.Space.Axes {
		header = append(header, a.Attribute.Name)
	}
	rows := [][]string{header}
	for _, e := range all {
		var row []string
		for _, name := range header {
			if v := e[name]; v != nil {
				row = append(row, fmt.Sprint(v))
			} else {
				row = append(row, "")
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func asCSV(rows [][]string) string {
	var b bytes.Buffer
	_ = csv.NewWriter(&b).WriteAll(rows) // to memory
	return b.String()
}

// typed returns elders in a format that has types.
func typed(t testing.TB, f register.Format, all []elder.Elder) string {
	columns := []register.Column{{Name: "id"}}
	for _, a := range rules(t, "hongtong").Table.Space.Axes {
		kinds := map[policy.AttributeType]register.Kind{policy.Integer: register.Whole, policy.Boolean: register.Truth}
		columns = append(columns, register.Column{Name: a.Attribute.Name, Kind: kinds[a.Type]})
	}
	var b bytes.Buffer
	sink := must(f.Create(t.Context(), &b, columns))
	rows := register.NewWriter(sink)
	for _, row := range table(t, all)[1:] {
		cells := make([]register.Cell, len(row))
		for i, text := range row {
			cells[i].Text = text
		}
		if err := rows.Write(cells); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(rows.Flush(), sink.Close()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// wide is what a row of answers must be, from the decision as evaluate prints it.
func wide(t testing.TB, header []string, row int, e elder.Elder, closed bool) []string {
	t.Helper()
	var options []eldercare.EvalOption
	options = append(options, eldercare.On(today))
	if closed {
		options = append(options, eldercare.AssumeKnown())
	}
	d, err := engine().Evaluate(t.Context(), "hongtong", e, options...)
	if err != nil {
		t.Fatal(err)
	}
	cells := map[string]string{"row": fmt.Sprint(row), "id": e.ID()}
	for _, x := range d.Discretionary {
		cells[x.Service] = "discretionary"
	}
	for _, x := range d.Possible {
		cells[x.Service] = "possible"
	}
	for _, x := range d.Entitled {
		cells[x.Service] = "entitled"
		for measure, p := range x.Promises {
			if p.Value != nil {
				cells[x.Service+"."+measure] = p.Value.String()
			}
		}
	}
	cells["monthly_cny"] = d.MonthlyCNY.Value.String()
	cells["monthly_bound"] = string(d.MonthlyCNY.Bound)
	cells["open"] = strings.Join(d.MonthlyCNY.Open, ";")
	line := make([]string, len(header))
	for i, name := range header {
		line[i] = cells[name]
		delete(cells, name)
	}
	if len(cells) > 0 {
		t.Errorf("no columns for %v", cells)
	}
	return line
}

// A register in, of people of whom much is blank: the answers of Evaluate out, row by row, or what
// is wrong with the row.
func TestSameAsEvaluate(t *testing.T) {
	all := people(t, effort.Of(200, 600, 10_000))
	lines := &bytes.Buffer{}
	for _, e := range all {
		_ = json.NewEncoder(lines).Encode(e) // to memory
	}
	for name, in := range map[string]struct {
		register.Format
		text string
	}{
		"csv": {register.CSV{}, asCSV(table(t, all))}, "ndjson": {register.NDJSON{}, lines.String()},
		"parquet": {parquet.Format{}, typed(t, parquet.Format{}, all)}, "xlsx": {excel.Format{}, typed(t, excel.Format{}, all)},
	} {
		for _, closed := range []bool{false, true} {
			t.Run(fmt.Sprint(name, " closed ", closed), func(t *testing.T) {
				got, err := answeredBy(t, rules(t, "hongtong").AssumeKnown(closed), in.Format, strings.NewReader(in.text), lenient)
				if err != nil {
					t.Fatal(err)
				}
				if n := got.tally; n.Rows != len(all) || n.Answered < len(all)/4 || n.Refused == 0 || n.Answered+n.Refused != len(all) {
					t.Fatalf("%+v of %d: the test is of no use", n, len(all))
				}
				agree(t, all, got, closed)
			})
		}
	}
}

// Answers are the same in all formats that are tables, read again by the program that wrote them.
func TestSameInAllFormats(t *testing.T) {
	text := asCSV(table(t, people(t, effort.Of(200, 600, 10_000))))
	want, err := answered(t, register.CSV{}, strings.NewReader(text), lenient)
	if err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]register.Format{"xlsx": excel.Format{}, "parquet": parquet.Format{}} {
		var out bytes.Buffer
		in := must(register.CSV{}.Open(t.Context(), strings.NewReader(text), ""))
		r := must(register.New(rules(t, "hongtong"), in, lenient))
		sink := must(f.Create(t.Context(), &out, r.Columns()))
		_, err := r.Answer(t.Context(), sink, func(register.Problem) error { return nil })
		if err := errors.Join(err, sink.Close(), in.Close()); err != nil {
			t.Fatal(err)
		}
		source := must(f.Open(t.Context(), &out, ""))
		defer source.Close()
		if diff := cmp.Diff(want.header, source.Header()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if diff := cmp.Diff(want.out, cells(t, source)); diff != "" {
			t.Errorf("%s (-CSV +%s):\n%s", name, name, diff)
		}
	}
}

// cells returns the cells of a table, as many a row as the header has.
func cells(t testing.TB, source register.Source) [][]string {
	t.Helper()
	var all [][]string
	for {
		var row register.Row
		err := source.Read(&row)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		source.Split(&row)
		for len(row.Cells) < len(source.Header()) {
			row.Cells = append(row.Cells, "")
		}
		all = append(all, row.Cells)
	}
}

// agree compares with Evaluate.
func agree(t *testing.T, all []elder.Elder, got outcome, closed bool) {
	t.Helper()
	refused := map[string]bool{}
	for _, problem := range got.wrong {
		refused[problem[0]] = true
	}
	answers := got.out
	for i, e := range all {
		row := fmt.Sprint(i + 1)
		if _, err := engine().Evaluate(t.Context(), "hongtong", e, eldercare.On(today)); (err != nil) != refused[row] {
			t.Errorf("row %s is refused: %v, and Evaluate says %v", row, refused[row], err)
		}
		if refused[row] {
			continue
		}
		if diff := cmp.Diff(wide(t, got.header, i+1, e, closed), answers[0]); diff != "" {
			t.Fatalf("%v (-Evaluate +register):\n%s", e, diff)
		}
		answers = answers[1:]
	}
	if len(answers) > 0 {
		t.Errorf("%d more rows", len(answers))
	}
}

// ages are the ids and the state of a service that only the age decides: the concession on public
// transport is from 65 on.
func ages(t *testing.T, got outcome) []string {
	t.Helper()
	column := slices.Index(got.header, "public-transport-concession")
	if column < 0 {
		t.Fatal("no such service")
	}
	var all []string
	for _, row := range got.out {
		all = append(all, row[0]+" "+row[1]+" "+row[column])
	}
	return all
}

// codes returns the rows, ids and codes of what is wrong.
func codes(got outcome) []string {
	var all []string
	for _, row := range got.wrong {
		all = append(all, strings.Join(row[:4], " "))
	}
	return all
}

func TestForms(t *testing.T) {
	want := []string{"1 a entitled", "2 b "}
	for name, text := range map[string]string{
		"plain":             "id,age\na,65\nb,64\n",
		"labels":            "编号,年龄\na,65\nb,64\n",
		"mark":              "\xef\xbb\xbfid,age\na,65\nb,64\n",
		"CRLF":              "id,age\r\na,65\r\nb,64\r\n",
		"CR":                "编号,年龄\ra,65\rb,64\r",
		"no end":            "id,age\na,65\nb,64",
		"tabs":              "id\tage\na\t65\nb\t64\n",
		"semicolons":        "id;age\na;65\nb;64\n",
		"semicolons within": "id;age;x,y\na;65;1,2\nb;64;\n",
		"quotes":            "\"id\",\"age\"\n\"a\",\"65\"\nb,\"64\"\n",
		"lines in quotes":   "id,note,age\na,\"one, \"\"two\"\"\nthree\",65\nb,,64\n",
		"empty lines":       "\n\nid,age\n\na,65\n\nb,64\n\n",
		"GB18030":           "id,\xc4\xea\xc1\xe4\na,65\nb,64\n", // 年龄
		"UTF-16":            "\xff\xfei\x00d\x00,\x00a\x00g\x00e\x00\n\x00a\x00,\x006\x005\x00\n\x00b\x00,\x006\x004\x00",
		"blank cells after": "id,age\na,65,,\nb,64,\n",
	} {
		t.Run(name, func(t *testing.T) {
			got, err := answered(t, register.CSV{}, strings.NewReader(text), lenient)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, ages(t, got)); diff != "" {
				t.Error(diff)
			}
			if len(got.wrong) > 0 {
				t.Errorf("wrong: %q", got.wrong)
			}
		})
	}
}

func TestBadRows(t *testing.T) {
	for name, c := range map[string]struct {
		text           string
		answers, wrong []string
	}{
		"header only": {"id,age\n", nil, nil},
		"a bad value": {"id,age\na,65\nb,sixty\nc,64\n", []string{"1 a entitled", "3 c "}, []string{"2 b age unreadable"}},
		"all that is wrong": {
			"id,age,local_hukou\na,200,perhaps\nb,sixty,perhaps\n", nil,
			[]string{"1 a age out-of-range", "1 a local_hukou unreadable", "2 b age unreadable", "2 b local_hukou unreadable"},
		},
		"out of range": {"id,年龄\na,200\n", nil, []string{"1 a 年龄 out-of-range"}},
		"contradiction": {
			"编号,年龄,出生日期\na,65,1944-02-29\n", nil, []string{"1 a 年龄;出生日期 contradiction"},
		},
		"ragged":             {"id,age,x\na,65\nb,65,1,2\nc,65,\n", []string{"3 c entitled"}, []string{"1   ragged-row", "2   ragged-row"}},
		"a broken character": {"编号,年龄,备注\na,65,张三\nb,80,\xe6\nc\xe6,64,李四\n", []string{"1 a entitled", "2 b entitled"}, []string{"3 c 编号 not-utf8"}},
		"blank rows":         {"id,age\n,\na,65\n , \n", []string{"2 a entitled"}, nil},
		"open quote":         {"id,age\n\"a,65\nb,65\n", []string{"2 b entitled"}, []string{"1   open-quote"}},
		"two open":           {"id,age\n\"a,65\nb,65\n\"c,64\nd,65\n", []string{"2 b entitled", "4 d entitled"}, []string{"1   open-quote", "3   open-quote"}},
		"stray quote":        {"id,age\n\"a\"b,65\nc\"d,65\n", []string{`2 c"d entitled`}, []string{"1   stray-quote"}},
		"too long":           {"id,age\n" + strings.Repeat("a", 1<<19) + ",65\nb,65\n", []string{"2 b entitled"}, []string{"1   too-long"}},
		"no text":            {"id,age," + strings.Repeat("x", 1<<17) + "\na,65,\n\xff\xff,64,\nc,64,\xff\n", []string{"1 a entitled", "3 c "}, []string{"2  id not-utf8"}},
		"ids twice": {
			"id,age\na,65\na,64\n,65\n,65\n", []string{"1 a entitled", "2 a ", "3  entitled", "4  entitled"}, []string{"2 a id duplicate-id"},
		},
		"ids twice, and refused": {
			"id,age\nA,abc\nA,85\nB,85\nB,abc\nC,abc\nC,abc\n", []string{"2 A entitled", "3 B entitled"},
			[]string{
				"1 A age unreadable", "2 A id duplicate-id", "4 B age unreadable", "4 B id duplicate-id",
				"5 C age unreadable", "6 C age unreadable", "6 C id duplicate-id",
			},
		},
		"ids that are no text": {
			"id,age," + strings.Repeat("x", 1<<17) + "\na,64,\na\xff,64,\na\xfe,64,\n", []string{"1 a "}, []string{"2 a id not-utf8", "3 a id not-utf8"},
		},
		"formulas": {"id,age\n=1+1,65\n@x,64\n-1,sixty\n", []string{"1 '=1+1 entitled", "2 '@x "}, []string{"3 '-1 age unreadable"}},
		"full-width formulas": {
			"id,age\n＝1,65\n＋1,64\n－1,sixty\n＠x,64\n１,64\n", []string{"1 '＝1 entitled", "2 '＋1 ", "4 '＠x ", "5 １ "},
			[]string{"3 '－1 age unreadable"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := answered(t, register.CSV{}, strings.NewReader(c.text), lenient)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.answers, ages(t, got)); diff != "" {
				t.Errorf("answers (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.wrong, codes(got)); diff != "" {
				t.Errorf("wrong (-want +got):\n%s", diff)
			}
			if n := got.tally; n.Answered != len(c.answers) || n.Rows != n.Answered+n.Refused+n.Blank {
				t.Errorf("%+v", n)
			}
		})
	}
}

func TestHeaders(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		o    register.Options
		want string // in the error
	}{
		"empty file":        {"", lenient, "is empty"},
		"nothing known":     {"a,b\n1,2\n", lenient, "--map"},
		"twice":             {"age,id,age\n1,2,3\n", lenient, `the columns 1 and 3, "age"`},
		"twice by label":    {"age,年龄\n1,2\n", lenient, `--map "年龄="`},
		"no such column":    {"age\n1\n", register.Options{Map: map[string]string{"岁": "age"}}, `no column "岁"`},
		"no such attribute": {"age,岁\n1,2\n", register.Options{Map: map[string]string{"岁": "agge"}}, `"agge" is not an attribute; did you mean "age"?`},
		"nothing near":      {"age,岁\n1,2\n", register.Options{Map: map[string]string{"岁": "shoe size"}}, `"shoe size" is not an attribute; "eldercare schema elder"`},
		"nothing to keep":   {"age\n1\n", register.Options{Keep: []string{"乡镇"}}, `--keep: there is no column "乡镇"`},
		"kept twice":        {"年龄\n1\n", register.Options{Keep: []string{"age", "年龄"}}, `--keep: "age" and "年龄" are one column`},
		"kept twice alike":  {"age,乡镇\n1,2\n", register.Options{Keep: []string{"乡镇", " 乡镇"}}, `--keep: "乡镇" and " 乡镇" are one column`},
		"a stray quote":     {"\"编号\"x,年龄\n1,2\n", lenient, "the first row must name the columns, and cannot be read"},
		"written anyway":    {"age,open\n1,2\n", register.Options{Keep: []string{"open"}}, `--keep: the answers have a column "open" of their own`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := answered(t, register.CSV{}, strings.NewReader(c.text), c.o)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the error %v does not say %q", err, c.want)
			}
		})
	}
}

func TestMapAndKeep(t *testing.T) {
	o := lenient
	o.Map, o.Keep = map[string]string{"岁数": "age", "年龄": ""}, []string{"乡镇", "id_number"}
	got, err := answered(t, register.CSV{}, strings.NewReader("年龄,岁数,id_number,乡镇\n64,76,11010519491231002X,=城关\n"), o)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"row", "id", "乡镇", "id_number"}, got.header[:4]); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"1", "", "'=城关", "11010519491231002X"}, got.out[0][:4]); diff != "" {
		t.Error(diff)
	}
	o.Keep = nil
	got, err = answered(t, register.CSV{}, strings.NewReader("岁数,id_number,年龄\n76,11010519491231002X,1\n70,11010519491231002X,1\n"), o)
	if err != nil {
		t.Fatal(err)
	}
	if all := fmt.Sprint(got); got.tally.Answered != 1 || got.tally.Refused != 1 || strings.Contains(all, "1101051949") {
		t.Errorf("the identity number is written: %v", all)
	}
}

// A kept cell is written as its source shows it, and read as it is.
func TestKeepShown(t *testing.T) {
	from := shown{register.CSV{}, map[string]string{"16862": "1946-03-01", "80": "1900-03-20"}}
	o := lenient
	o.Keep = []string{"登记", "年龄"}
	got, err := answered(t, from, strings.NewReader("id,登记,年龄\na,16862,80\nb,7,60\n"), o)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"1 a entitled", "2 b "}, ages(t, got)); diff != "" {
		t.Error(diff)
	}
	kept := [][]string{got.out[0][2:4], got.out[1][2:4]}
	if diff := cmp.Diff([][]string{{"1946-03-01", "1900-03-20"}, {"7", "60"}}, kept); diff != "" {
		t.Error(diff)
	}
}

// shown shows cells of some columns otherwise than it has them.
type shown struct {
	register.Format
	as map[string]string
}

type shownSource struct {
	register.Source
	as      map[string]string
	columns []int
}

func (s shown) Open(ctx context.Context, in io.Reader, sheet string) (register.Source, error) {
	source, err := s.Format.Open(ctx, in, sheet)
	return &shownSource{Source: source, as: s.as}, err
}

func (s *shownSource) Show(columns []int) error {
	s.columns = columns
	return nil
}

func (s *shownSource) Read(r *register.Row) error {
	err := s.Source.Read(r)
	if err != nil {
		return err
	}
	s.Split(r)
	r.Shown = make([]string, len(r.Cells))
	for _, i := range s.columns {
		r.Shown[i] = s.as[r.Cells[i]]
	}
	return nil
}

// What is kept stands behind an apostrophe where a spreadsheet would run it, and so does its
// header.
func TestKeepFormulas(t *testing.T) {
	o := lenient
	o.Keep = []string{"＝备注", "-1"}
	got, err := answered(t, register.CSV{}, strings.NewReader("年龄,＝备注,-1\n64,\"\n=1\",\"\t=1\"\n64,1=1,－1\n"), o)
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"'＝备注", "'-1"}, {"'\n=1", "'\t=1"}, {"1=1", "'－1"}}
	if diff := cmp.Diff(want, [][]string{got.header[2:4], got.out[0][2:4], got.out[1][2:4]}); diff != "" {
		t.Error(diff)
	}
}

// A header that is there says which column is kept, though another has the field of that name.
func TestKeepByHeader(t *testing.T) {
	o := lenient
	o.Map, o.Keep = map[string]string{"age": ""}, []string{"age", "年龄"}
	got, err := answered(t, register.CSV{}, strings.NewReader("年龄,age\n64,another\n"), o)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{{"row", "id", "age", "年龄"}, {"1", "", "another", "64"}}, [][]string{got.header[:4], got.out[0][:4]}); diff != "" {
		t.Error(diff)
	}
}

// JSON with the words of a register is read like a table.
func TestChineseJSON(t *testing.T) {
	got, err := answered(t, register.NDJSON{}, strings.NewReader(`{"编号":"a","年龄":"六十五岁"}`+"\n"+`{"id":"b","年龄":64}`), lenient)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"1 a entitled", "2 b "}, ages(t, got)); diff != "" {
		t.Error(diff)
	}
}

// Keys of JSON are named, kept and left out like columns.
func TestMapAndKeepJSON(t *testing.T) {
	o := lenient
	o.Map, o.Keep = map[string]string{"岁数": "age", "姓名": ""}, []string{"乡镇", "note"}
	text := `{"id":1,"岁数":65,"姓名":{"x":["}"]},"乡镇":"=城\u5173"}
{"note":7,"id":"b","age":64,"乡镇":null}
{"id":"c","age":64,"岁数":64}
{"id":"d","age":64,"村":1}
{"id":"e","age":64,"乡镇":"x","乡镇":tru}
`
	got, err := answered(t, register.NDJSON{}, strings.NewReader(text), o)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"1 1 entitled", "2 b "}, ages(t, got)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([][]string{{"'=城关", ""}, {"", "7"}}, [][]string{got.out[0][2:4], got.out[1][2:4]}); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"row", "id", "乡镇", "note"}, got.header[:4]); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"3 c  malformed", "4 d  unknown-attribute", "5 e  malformed"}, codes(got)); diff != "" {
		t.Error(diff)
	}
}

// A row of JSON is read as it is, whichever keys came in which order before it.
func TestOrderOfKeys(t *testing.T) {
	text := `{"id":"a","独居":"否","age":65}
{"id":"b","age":64,"独居":"否"}
{"age":65,"id":"c"}
{"id":"d","age":65,"age":64}
{"id":"e","\u0061ge":65}
{ "id" : "f" , "age" : 64 , "独居" : "是" }
{"id":"g","a\"b":1,"age":65}
{"id":"h","a"b":1,"age":65}
{"id":"i","age\"":65}
{"id":"j","age":65,"独居":"否","id":"k"}
{"id":"l","age":65,"独居":"否"
{"id":"m","独居":"否","age":65}
`
	got, err := answered(t, register.NDJSON{}, strings.NewReader(text), lenient)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"1 a entitled", "2 b ", "3 c entitled", "5 e entitled", "6 f ", "12 m entitled"}, ages(t, got)); diff != "" {
		t.Error(diff)
	}
	want := []string{
		"4 d  malformed", "7 g  unknown-attribute", "8   malformed", "9 i  unknown-attribute", "10 j  malformed", "11   malformed",
	}
	if diff := cmp.Diff(want, codes(got)); diff != "" {
		t.Error(diff)
	}
}

// A key of JSON that is not understood is refused with what to do about it, and named only where it
// looks like a name of ours: others may be private. It is counted as it stands in the row.
func TestUnknownKeys(t *testing.T) {
	o := lenient
	o.Map = map[string]string{"村": ""}
	got, err := answered(t, register.NDJSON{}, strings.NewReader(`{"id":"a","村":1,"张三":2,"agee":65,"李四":3}`+"\n"+`{"id":"b","agee":65}`), o)
	if err != nil {
		t.Fatal(err)
	}
	remedy := "; say what it is with --map KEY=ATTRIBUTE, or leave it out with --map KEY="
	want := [][]string{
		{"1", "a", "", "unknown-attribute", "key 3 of the object is not understood" + remedy},
		{"1", "a", "", "unknown-attribute", "key 5 of the object is not understood" + remedy},
		{"2", "b", "agee", "unknown-attribute", `no such attribute; did you mean "age"?` + remedy},
	}
	if diff := cmp.Diff(want, got.wrong); diff != "" {
		t.Error(diff)
	}
}

// A plan knows the keys of JSON in the order in which they come.
func TestPlanJSON(t *testing.T) {
	text := `{"id":"a","年龄":65,"低保":"是"}` + "\n" + `{"id":"b","年龄":"x","村":"张"}` + "\n"
	r := must(register.New(rules(t, "hongtong"), must(register.NDJSON{}.Open(t.Context(), strings.NewReader(text), "")), lenient))
	plan, err := r.Plan(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, u := range plan {
		got = append(got, fmt.Sprint(u.Header, " ", u.Attribute, " ", u.Label, " ", u.Rows, u.Blank, u.Unreadable, u.Examples, u.Refused))
	}
	want := []string{
		"id id  2 0 0 [a] false", "年龄 age 年龄 2 0 1 [00 a] false",
		"低保 assistance_category 救助类别 = 最低生活保障对象 2 1 0 [*] false", "村   2 1 0 [*] true",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A month of birth gives the age where it settles it on the day, 2026-11-22, and else leaves it
// open. Most are about 65, when a service begins.
const months = `编号,出生日期,年龄,身份证号
a,1961.3,,
b,1961-12,,
c,1961年11月,,
d,1961.11,65,
e,1961.11,64,
f,1961.11,63,
g,1946.3,,140602194603010019
h,1946.4,,140602194603010019
i,1960.1,,
j,1961.10,,
k,1961.13,,
l,202612,,
m, 1960.1 ,,
`

func TestMonthsOfBirth(t *testing.T) {
	got, err := answered(t, register.CSV{}, strings.NewReader(months), lenient)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"1 a entitled", "2 b ", "3 c possible", "4 d entitled", "5 e ", "7 g entitled", "10 j entitled"}
	if diff := cmp.Diff(want, ages(t, got)); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
	want = []string{
		"6 f 年龄;出生日期 contradiction", "8 h 出生日期;身份证号 contradiction", "9 i 出生日期 unreadable", // or October
		"11 k 出生日期 impossible-date", "12 l 出生日期 impossible-date", "13 m 出生日期 unreadable",
	}
	if diff := cmp.Diff(want, codes(got)); diff != "" {
		t.Errorf("wrong (-want +got):\n%s", diff)
	}
	r := must(register.New(rules(t, "hongtong"), must(register.CSV{}.Open(t.Context(), strings.NewReader(months), "")), lenient))
	plan := must(r.Plan(t.Context(), 100))
	if u := plan[1]; u.Months != 9 || u.AgeOpen != 4 || u.Unreadable != 4 { // c to f have birthdays around the day
		t.Errorf("the plan has %+v", u)
	}
}

// A spreadsheet has numbers: 1961.1 may have been 1961.10, unless it is text. Day numbers are still
// days.
func TestMonthsAsNumbers(t *testing.T) {
	for _, c := range []struct {
		register.Format
		text bool
	}{{excel.Format{}, true}, {parquet.Format{}, false}} {
		var b bytes.Buffer
		sink := must(c.Create(t.Context(), &b, []register.Column{{Name: "id"}, {Name: "出生日期", Kind: register.Amount}}))
		w := register.NewWriter(sink)
		for _, id := range []string{"1961.3", "1961.12", "1961.11", "1961.1", "196103", "196112", "1961"} {
			n := must(policy.ParseDecimal(id))
			if err := w.Write([]register.Cell{{Text: id}, {Number: &n}}); err != nil {
				t.Fatal(err)
			}
		}
		answers, wrong := []string{"1 1961.3 entitled", "2 1961.12 ", "3 1961.11 possible", "5 196103 entitled", "6 196112 "}, []string{
			"4 1961.1 出生日期 unreadable", "7 1961 出生日期 unreadable",
		}
		if c.text {
			n := must(policy.ParseDecimal("16862"))
			err := errors.Join(w.Write([]register.Cell{{Text: "serial"}, {Number: &n}}), w.Write([]register.Cell{{Text: "text"}, {Text: "1961.10"}}))
			if err != nil {
				t.Fatal(err)
			}
			answers = append(answers, "8 serial entitled", "9 text entitled")
		}
		if err := errors.Join(w.Flush(), sink.Close()); err != nil {
			t.Fatal(err)
		}
		got, err := answered(t, c.Format, &b, lenient)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(answers, ages(t, got)); diff != "" {
			t.Errorf("%T: answers (-want +got):\n%s", c.Format, diff)
		}
		if diff := cmp.Diff(wrong, codes(got)); diff != "" {
			t.Errorf("%T: wrong (-want +got):\n%s", c.Format, diff)
		}
	}
}

// A column may ask for a value of an attribute. A no to one value says nothing of the others, until
// one alone is left.
func TestValueColumns(t *testing.T) {
	for name, c := range map[string]struct{ asked, plain string }{
		"yes":           {"id,年龄,低保,特困\na,80,是,否\n", "id,年龄,救助类别\na,80,低保\n"},
		"no":            {"id,年龄,低保,特困\na,80,否,否\n", "id,年龄\na,80\n"},
		"blank":         {"id,年龄,低保,特困\na,80,,不详\n", "id,年龄\na,80\n"},
		"own word":      {"id,年龄,是否低保\na,80,低保户\n", "id,年龄,救助类别\na,80,低保\n"},
		"two kinds":     {"id,年龄,城市低保,农村低保\na,80,否,是\n", "id,年龄,救助类别\na,80,低保\n"},
		"one left":      {"id,年龄,低保,特困,低保边缘家庭,支出型困难家庭\na,80,否,否,否,否\n", "id,年龄,救助类别\na,80,无\n"},
		"beside":        {"id,年龄,救助类别,低保\na,80,特困,否\n", "id,年龄,救助类别\na,80,特困\n"},
		"both yes":      {"id,年龄,低保,特困\na,80,是,是\n", ""},
		"denied beside": {"id,年龄,救助类别,低保\na,80,低保,否\n", ""},
		"said beside":   {"id,年龄,救助类别,低保\na,80,特困,是\n", ""},
		"unreadable":    {"id,年龄,低保\na,80,也许\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := answered(t, register.CSV{}, strings.NewReader(c.asked), lenient)
			if err != nil {
				t.Fatal(err)
			}
			if c.plain == "" {
				if got.tally.Refused != 1 || len(got.wrong) == 0 || !strings.Contains(got.wrong[0][2], "低保") && !strings.Contains(got.wrong[0][2], "特困") {
					t.Errorf("%+v, %q, and should be refused", got.tally, got.wrong)
				}
				return
			}
			want, err := answered(t, register.CSV{}, strings.NewReader(c.plain), lenient)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want.out, got.out); diff != "" || got.tally.Answered != 1 {
				t.Errorf("%+v %q (-said by the attribute +said by its values):\n%s", got.tally, got.wrong, diff)
			}
		})
	}
}

func TestMaxErrors(t *testing.T) {
	text := "id,age\na,x\nb,x\nc,65\n"
	if _, err := answered(t, register.CSV{}, strings.NewReader(text), register.Options{MaxErrors: 2}); err != nil {
		t.Error(err)
	}
	tally, err := answered(t, register.CSV{}, strings.NewReader(text), register.Options{MaxErrors: 1})
	if !errors.As(err, new(*register.TooManyError)) || tally.tally.Refused != 2 {
		t.Errorf("%v, %+v", err, tally.tally)
	}
}

// brokenPipe fails once some bytes were written or read.
type brokenPipe struct{ left int }

var errBroken = errors.New("broken")

func (b *brokenPipe) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return 0, errBroken
	}
	return len(p), nil
}

func TestFailures(t *testing.T) {
	text := "id,age\n" + strings.Repeat("a,65\n", 20_000)
	answer := func(ctx context.Context, in io.Reader, out io.Writer) (register.Tally, error) {
		source := must(register.CSV{}.Open(t.Context(), in, ""))
		r := must(register.New(rules(t, "hongtong"), source, lenient))
		sink := must(register.CSV{}.Create(t.Context(), out, r.Columns()))
		return r.Answer(ctx, sink, func(register.Problem) error { return nil })
	}
	if _, err := answer(t.Context(), strings.NewReader(text), &brokenPipe{1 << 20}); !errors.Is(err, errBroken) {
		t.Errorf("writing: %v", err)
	}
	broken := io.MultiReader(strings.NewReader(text), failing{})
	if _, err := answer(t.Context(), broken, io.Discard); !errors.Is(err, errBroken) {
		t.Errorf("reading: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	in, pipe := io.Pipe() // nobody writes any more
	go func() {
		_, _ = pipe.Write([]byte(text))
		cancel()
	}()
	tally, err := answer(ctx, in, io.Discard)
	if !errors.Is(err, context.Canceled) || tally.Rows > 20_000 {
		t.Errorf("cancelled: %v, %+v", err, tally)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errBroken }

// Of every row of whatever text the register says what became of it.
func FuzzCSV(f *testing.F) {
	for _, seed := range []string{
		"id,age\na,65\n", "id;age\r\n\"a\n\";65", "age\n\"65\n66\n", "\xef\xbb\xbfage\n65", "id,\xc4\xea\xc1\xe4\na,65\n", "age,x\n\"\"\"\n,\"\n1\"2,3\n", "\xff\xfea\x00",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) { accounted(t, register.CSV{}, text) })
}

// The same of JSON.
func FuzzNDJSON(f *testing.F) {
	for _, seed := range []string{
		`{"id":"a","age":65}` + "\n" + `{"id":"a","age":64}`, `[{"年龄":"八十"},{"id":1,"低保":"是","低保":true}]`, `{"a":{"b":"}"},"id":null}`, "{\"age\":6\n{\"id\":\"\\u4e00\"}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) { accounted(t, register.NDJSON{}, text) })
}

// accounted sees to it that every row that was read is answered, refused or blank, once.
func accounted(t *testing.T, from register.Format, text []byte) {
	got, err := answered(t, from, bytes.NewReader(text), lenient)
	if err != nil {
		return
	}
	rows := map[string]bool{}
	for _, problem := range got.wrong {
		if problem[3] != register.DuplicateID {
			rows[problem[0]] = true
		}
	}
	if len(rows) != got.tally.Refused || len(got.out) != got.tally.Answered {
		t.Errorf("%d refused and %d answered: %+v", len(rows), len(got.out), got.tally)
	}
	for _, row := range got.out {
		if rows[row[0]] {
			t.Errorf("row %s is answered and refused", row[0])
		}
		rows[row[0]] = true
	}
	if len(rows)+got.tally.Blank != got.tally.Rows {
		t.Errorf("%d rows: %+v", len(rows), got.tally)
	}
}

// Rows of several lines are whole also where they are read in two parts.
func TestLinesInQuotes(t *testing.T) {
	const rows = 60_000 // more than is read at once
	got, err := answered(t, register.CSV{}, strings.NewReader("id,age\n"+strings.Repeat("\"one\ntwo\",65\n", rows)), lenient)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range got.out {
		if row[1] != "one\ntwo" {
			t.Fatalf("row %s has the id %q", row[0], row[1])
		}
	}
	if got.tally.Answered != rows || got.tally.Duplicates != rows-1 {
		t.Errorf("%+v", got.tally)
	}
}
