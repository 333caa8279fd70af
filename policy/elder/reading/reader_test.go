package reading_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/elder/reading"
)

// jurisdictions have names that two share, and one below a city that is none of them.
var jurisdictions = []policy.Jurisdiction{
	{Code: "140000", Name: "山西省", Level: policy.Province},
	{Code: "140600", Name: "朔州市", Level: policy.City},
	{Code: "140602", Name: "朔城区", Level: policy.County},
	{Code: "141024", Name: "洪洞县", Level: policy.County},
	{Code: "141024100", Name: "大槐树镇", Level: policy.Township},
	{Code: "410724", Name: "获嘉县", Level: policy.County},
	{Code: "330100", Name: "某某市", Level: policy.City},
	{Code: "320100", Name: "某某市", Level: policy.City},
}

func newReader(t testing.TB) *reading.Reader {
	t.Helper()
	v, err := eldercare.LoadVocabulary()
	if err != nil {
		t.Fatal(err)
	}
	return reading.New(v, jurisdictions...)
}

// cell is a line of testdata/cells.tsv.
type cell struct {
	line               int
	header, text, want string
}

// cells returns those of the file: header, cell and what it reads as, parted by tabs. A cell with
// what nobody sees is in quotes as in Go.
func cells(t testing.TB) []cell {
	t.Helper()
	content, err := os.ReadFile("testdata/cells.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var all []cell
	for i, line := range strings.Split(strings.TrimSuffix(string(content), "\n"), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.Split(line, "\t")
		if len(parts) != 3 {
			t.Fatalf("cells.tsv:%d: %d columns, want 3", i+1, len(parts))
		}
		for n := range parts {
			if strings.HasPrefix(parts[n], `"`) {
				if parts[n], err = strconv.Unquote(parts[n]); err != nil {
					t.Fatalf("cells.tsv:%d: %v", i+1, err)
				}
			}
		}
		all = append(all, cell{i + 1, parts[0], parts[1], parts[2]})
	}
	return all
}

// Every cell reads as it was worked out by hand.
func TestCells(t *testing.T) {
	r := newReader(t)
	all := cells(t)
	if len(all) < 1000 {
		t.Errorf("%d cells, want 1,000", len(all))
	}
	for _, c := range all {
		f, ok := r.Field(c.header)
		if !ok {
			t.Errorf("cells.tsv:%d: header %q is unknown", c.line, c.header)
			continue
		}
		if got := read(r.Value(f, c.text)); got != c.want {
			t.Errorf("cells.tsv:%d: %s %q reads as %s, want %s", c.line, c.header, c.text, got, c.want)
		}
	}
}

// read writes what was read as the file has it.
func read(value any, problem *reading.Problem) string {
	switch {
	case problem != nil && value != nil:
		return "a value beside a problem"
	case problem != nil:
		return "!" + problem.Code
	case value == nil:
		return "blank"
	}
	return fmt.Sprint(value)
}

// No message repeats what stands in a cell.
func TestProblemsDoNotRepeatTheCell(t *testing.T) {
	r := newReader(t)
	for _, header := range []string{"年龄", "独居", "自理能力", "出生日期", "身份证号", "户籍地"} {
		f, _ := r.Field(header)
		for _, secret := range []string{"七十七号", "77777", "77-7", "王七七"} {
			if _, problem := r.Value(f, secret); problem != nil && strings.Contains(problem.Message, secret) {
				t.Errorf("%s: the message repeats %q: %s", header, secret, problem.Message)
			}
		}
	}
}

// Headers are found by name, label and alias, whatever the width, the case and what stands around
// them.
func TestField(t *testing.T) {
	r := newReader(t)
	for name, headers := range map[string][]string{
		"age":                 {"age", "AGE", "年龄", " 年 龄 ", "年龄（周岁）", "年龄(岁)", "*年龄", "年龄：", "岁数", "ａｇｅ", "\ufeff年龄"},
		"birth_date":          {"birth_date", "Birth Date", "date of birth", "出生日期", "出生年月", "生日", "出生日期*", "出生日期(必填)"},
		"id_number":           {"公民身份号码", "身份证号", "身份证", "身份证号码", "ID-Number"},
		"hukou_code":          {"户籍地", "户口所在地", "hukou_code"},
		"self_care":           {"自理能力", "生活自理能力", "ability of self-care"},
		"living_alone":        {"独居", "是否独居", "是否独居？", "独居（是/否）", "Living_Alone", "living-alone"},
		"hospitalised":        {"是否住院", "住院", "患病住院"},
		"disability_grade":    {"残疾等级", "残疾等级（级）"},
		"assistance_category": {"救助类别", "救助类型"},
		"id":                  {"id", "ID", "编号", "老人编号"},
		"":                    {"", "*", "()", "姓名", "年龄（配偶）", "是否年龄", "低保", "是否低保", "虚岁", "年龄1", strings.Repeat("年", 1000)},
	} {
		for _, header := range headers {
			f, ok := r.Field(header)
			if f.Name != name || ok != (name != "") {
				t.Errorf("%q means %q, %v; want %q", header, f.Name, ok, name)
			}
			if v := f.Attribute; v != nil && v.Name != name {
				t.Errorf("%q has the attribute %s", header, v.Name)
			}
		}
	}
}

// A word that two things have means neither; a name has the say over labels.
func TestAmbiguousWords(t *testing.T) {
	value := func(name, label string) *policy.EnumValue {
		return &policy.EnumValue{Name: name, Label: label, English: name}
	}
	r := reading.New(&policy.Vocabulary{Attributes: []*policy.Attribute{
		{Name: "a", Label: "甲", English: "one", Type: policy.Enum, Values: []*policy.EnumValue{value("x", "同"), value("y", "同"), value("同x", "异")}},
		{Name: "b", Label: "乙", English: "one", Type: policy.Boolean},
		{Name: "one", Label: "丙", English: "three", Type: policy.Boolean},
		{Name: "c", Label: "甲", English: "four", Type: policy.Boolean},
	}})
	if f, _ := r.Field("one"); f.Name != "one" {
		t.Errorf("one means %q", f.Name)
	}
	if f, ok := r.Field("甲"); ok {
		t.Errorf("甲 means %q", f.Name)
	}
	a, _ := r.Field("a")
	if got := read(r.Value(a, "同")); got != "!unreadable" {
		t.Errorf("同 reads as %s", got)
	}
	if got := read(r.Value(a, "y")); got != "y" {
		t.Errorf("y reads as %s", got)
	}
}

// Numbers of a spreadsheet: days since 1900 or 1904, with the leap day that Excel has in 1900 and
// the calendar has not.
func TestNumber(t *testing.T) {
	r := newReader(t)
	for _, c := range []struct {
		header   string
		n        float64
		date1904 bool
		want     string
	}{
		{"出生日期", 1, false, "1900-01-01"}, {"出生日期", 59, false, "1900-02-28"}, {"出生日期", 60, false, "!impossible-date"},
		{"出生日期", 61, false, "1900-03-01"}, {"出生日期", 0, false, "!impossible-date"}, {"出生日期", -1, false, "!impossible-date"},
		{"出生日期", 16862, false, "1946-03-01"}, // 46 years of 365 days, 11 leap days and that of 1900, 59 days to 1 March, and 1
		{"出生日期", 15400, true, "1946-03-01"},  // 1,462 days less
		{"出生日期", 0, true, "1904-01-01"}, {"出生日期", 60, true, "1904-03-01"}, {"出生日期", -1, true, "!impossible-date"},
		{"出生日期", 36526, false, "2000-01-01"}, {"出生日期", 2958465, false, "9999-12-31"}, {"出生日期", 2958466, false, "!impossible-date"},
		{"出生日期", 2957003, true, "9999-12-31"}, {"出生日期", 2957004, true, "!impossible-date"},
		{"出生日期", 16862.5, false, "!unreadable"}, {"出生日期", 1946, false, "!unreadable"}, {"出生日期", 1946.3, false, "1946-03"},
		{"出生日期", 1946.12, false, "1946-12"}, {"出生日期", 1946.01, true, "1946-01"}, {"出生日期", 194603, false, "1946-03"},
		{"出生日期", 1946.1, false, "!unreadable"}, // or 1946.10
		{"出生日期", 1946.13, false, "!impossible-date"}, {"出生日期", 194613, false, "!unreadable"}, {"出生日期", 191203, false, "!unreadable"},
		{"出生日期", 1799.3, false, "!unreadable"}, {"出生日期", 2100.3, false, "!unreadable"}, {"出生日期", 1946.123, false, "!unreadable"}, {"出生日期", 19460301, false, "1946-03-01"},
		{"出生日期", 19460230, false, "!impossible-date"}, {"出生日期", 1e300, false, "!impossible-date"},
		{"年龄", 80, false, "80"}, {"年龄", 80.5, false, "!unreadable"}, {"年龄", 131, false, "!out-of-range"}, {"年龄", -1, false, "!out-of-range"},
		{"年龄", 1e300, false, "!unreadable"}, {"独居", 1, false, "true"}, {"独居", 0, false, "false"}, {"独居", 2, false, "!unreadable"},
		{"残疾等级", 2, false, "2"}, {"户籍地", 141024, false, "141024"}, {"户籍地", 141024100, false, "141024100"}, {"户籍地", 990000, false, "!unknown-division"},
		{"自理能力", 1, false, "!unreadable"}, {"身份证号", 140602194603010000, false, "!bad-id-number"}, {"编号", 17, false, "17"},
	} {
		f, _ := r.Field(c.header)
		if got := read(r.Number(f, c.n, c.date1904)); got != c.want {
			t.Errorf("%s %v (1904: %v) reads as %s, want %s", c.header, c.n, c.date1904, got, c.want)
		}
	}
}

// An elder in JSON is read by the same words. What is right stays, and so does what cannot be read,
// and what is in quotes without need.
func TestRow(t *testing.T) {
	r := newReader(t)
	for written, want := range map[string]elder.Elder{
		`{"年龄": "八十岁", "自理能力": "半自理", "独居": "是"}`:                                  {"age": 80, "self_care": "partial", "living_alone": true},
		`{"出生日期": "1946/3/1", "户籍地": "洪洞县", "编号": "是"}`:                            {"birth_date": "1946-03-01", "hukou_code": "141024", "id": "是"},
		`{"age": "80", "living_alone": "yes", "self_care": "Partial"}`:             {"age": "80", "living_alone": "yes", "self_care": "partial"},
		`{"self_care": "不能自理", "age": "", "独居": null, "空巢": "不详"}`:                 {"self_care": "不能自理", "age": nil, "living_alone": nil, "empty_nest": nil},
		`{"id": "", "birth_date": " ", "hukou_code": "-", "id_number": "N/A"}`:     {"id": "", "birth_date": nil, "hukou_code": nil, "id_number": nil},
		`{"户籍地": 141024, "id_number": 110105194912310021, "birth_date": 19460301}`: {"hukou_code": "141024", "id_number": "110105194912310021", "birth_date": json.Number("19460301")},
		`{"agee": "是", "age": 80}`: {"agee": "是", "age": json.Number("80")},
	} {
		row, err := r.Row(elder.Raw{Line: 7, JSON: []byte(written)})
		if diff := cmp.Diff(want, row.Elder); err != nil || row.Line != 7 || diff != "" {
			t.Errorf("%s: line %d, %v (-want +got):\n%s", written, row.Line, err, diff)
		}
	}
	for _, written := range []string{`{"张三": 80}`, `{"年龄": 80, "age": 80}`, `{"年龄": `} {
		if _, err := r.Row(elder.Raw{JSON: []byte(written)}); err == nil || strings.Contains(err.Error(), "张三") {
			t.Errorf("%s: %v", written, err)
		}
	}
}

// What is wrong with a number is wrong with it however it is written: it is judged in its normal
// form. Here the check character should be 9, the thirty-second is no day, 99 is no province, and a
// division code has seven digits.
func TestWrongNumbersAreJudgedInTheirNormalForm(t *testing.T) {
	r := newReader(t)
	for _, c := range []struct {
		name, normal string
		written      []string
	}{
		{"id_number", "140602194603010011", []string{
			"140602194603010011", "１４０６０２１９４６０３０１００１１", "140602 19460301 0011", "140602-19460301-0011", " 140602194603010011\u200b", "'140602194603010011",
		}},
		{"id_number", "14060219460301001X", []string{"14060219460301001x", "１４０６０２１９４６０３０１００１ｘ"}},
		{"id_number", elder.LongID("140602460332001"), []string{"140602460332001", "１４０６０２４６０３３２００１", "140602 460332 001"}},
		{"id_number", "990602194603010019", []string{"９９0602194603010019"}},
		{"hukou_code", "1406029", []string{"1406029", "１４０６０２９", " 1406029 "}},
	} {
		for _, written := range c.written {
			if got := r.JSONValue(c.name, written); got != c.normal {
				t.Errorf("%s %q is passed on as %v, want %s", c.name, written, got, c.normal)
			}
		}
	}
}

// Whatever stands in a cell, reading does not fail, and what was read reads as itself.
func FuzzValue(f *testing.F) {
	r := newReader(f)
	for i, c := range cells(f) {
		if i%20 == 0 { // all of them are read by TestCells
			f.Add(c.header, c.text)
		}
	}
	f.Fuzz(func(t *testing.T, header, text string) {
		field, ok := r.Field(header)
		if !ok {
			return
		}
		value, problem := r.Value(field, text)
		if problem != nil {
			if problem.Code == "" || problem.Message == "" || value != nil {
				t.Errorf("%+v, %v", problem, value)
			}
			return
		}
		if value == nil {
			return
		}
		if again, problem := r.Value(field, fmt.Sprint(value)); problem != nil || again != value {
			t.Errorf("%v reads as %v, %+v", value, again, problem)
		}
	})
}

// BenchmarkValue reads a row of a register.
func BenchmarkValue(b *testing.B) {
	r := newReader(b)
	row := map[string]string{
		"年龄": "80", "出生日期": "1946/3/1", "身份证号": "140602194603010019", "户籍地": "140602", "救助类别": "低保", "自理能力": "半自理（半护理）",
		"独居": "是", "空巢": "", "残疾等级": "二级",
	}
	fields := map[string]reading.Field{}
	for header := range row {
		fields[header], _ = r.Field(header)
	}
	for b.Loop() {
		for header, cell := range row {
			if _, problem := r.Value(fields[header], cell); problem != nil {
				b.Fatal(header, problem)
			}
		}
	}
}

// A value may be named as what is not known is called elsewhere. In JSON its name is that value.
func TestValueNamedAsUnknown(t *testing.T) {
	r := reading.New(&policy.Vocabulary{Attributes: []*policy.Attribute{{
		Name: "scheme", Label: "险种", English: "scheme", Type: policy.Enum,
		Values: []*policy.EnumValue{{Name: "unknown", Label: "另册", English: "apart"}, {Name: "other", Label: "其他", English: "other"}},
	}}})
	for written, want := range map[string]any{"unknown": "unknown", "other": "other", "Unknown": nil, "": nil, "不详": nil} {
		if got := r.JSONValue("scheme", written); got != want {
			t.Errorf("%q is %v, want %v", written, got, want)
		}
	}
}
