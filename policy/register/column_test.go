package register_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy/register"
)

// opened returns a register in the form of a format.
func opened(t *testing.T, from register.Format, text string, o register.Options) *register.Register {
	t.Helper()
	return must(register.New(rules(t, "hongtong"), must(from.Open(t.Context(), strings.NewReader(text), "")), o))
}

// A column is found by its header, or by what it holds; what nothing is known of is ignored unless
// it is kept.
func TestColumnsOfRegister(t *testing.T) {
	o := lenient
	o.Keep = []string{"村"}
	r := opened(t, register.CSV{}, "编号,年龄,村,备注,低保,\na,65,张,,是,\n", o)
	if diff := cmp.Diff([]string{"备注"}, r.Ignored()); diff != "" {
		t.Errorf("ignored: %s", diff)
	}
	for name, want := range map[string]int{"编号": 0, "id": 0, "年龄": 1, "age": 1, "村": 2, "备注": 3, "低保": 4} {
		if got, err := r.Column(name); err != nil || got != want {
			t.Errorf("%s is column %d, %v; want %d", name, got, err, want)
		}
	}
	for _, name := range []string{"张三", "living_alone"} {
		if _, err := r.Column(name); err == nil {
			t.Errorf("there is a column %s", name)
		}
	}
	for column, want := range []string{"id", "age", "", "", "", ""} {
		if got := r.Attribute(column); got != want {
			t.Errorf("column %d holds %q, want %q", column, got, want)
		}
	}
	if _, err := opened(t, register.NDJSON{}, "{}\n", lenient).Column("age"); err == nil {
		t.Error("JSON has columns")
	}
}

// Row by row, one value is left of an attribute when all others are denied. What is denied or said
// twice is no contradiction of itself.
func TestStatementsOfPeople(t *testing.T) {
	const header = "编号,救助类别,低保,城市低保,特困,低保边缘家庭,支出型困难家庭\n"
	for _, tt := range []struct {
		note, row string
		want      any // nil when it is not known
		wrong     []string
	}{
		{"all but none are denied", "a,,否,否,否,否,否", "none", nil},
		{"two are left", "a,,否,否,否,否,", nil, nil},
		{"one is said", "a,,是,,,,", "dibao", nil},
		{"said and denied elsewhere", "a,,是,,否,否,否", "dibao", nil},
		{"one of two kinds", "a,,否,是,,,", "dibao", nil},
		{"said beside the attribute", "a,低保,是,,,,", "dibao", nil},
		{"two are said", "a,,是,,是,,", nil, []string{"特困 contradiction"}},
		{"denied beside the attribute", "a,低保,否,,,,", nil, []string{"低保 contradiction"}},
		{"no truth", "a,,也许,,,,", nil, []string{"低保 unreadable"}},
	} {
		people := register.NewPeople(opened(t, register.CSV{}, header+tt.row+"\n", lenient))
		p, err := people.Next()
		if err != nil {
			t.Fatal(err)
		}
		var wrong []string
		for _, problem := range p.Problems {
			wrong = append(wrong, problem.Column+" "+problem.Code)
		}
		if diff := cmp.Diff(tt.wrong, wrong); diff != "" {
			t.Errorf("%s: %s", tt.note, diff)
		}
		if got := p.Elder["assistance_category"]; tt.wrong == nil && got != tt.want {
			t.Errorf("%s: %v, want %v", tt.note, got, tt.want)
		}
	}
}

// Errors say in JSON what is wrong by a code and a message; of a register they have nothing but
// what the message says.
func TestErrorsAsJSON(t *testing.T) {
	_, err := register.New(rules(t, "hongtong"), must(register.CSV{}.Open(t.Context(), strings.NewReader("id,age,年龄\n"), "")), lenient)
	twice, ok := errors.AsType[*register.ColumnError](err)
	if !ok || twice.Code != register.SameAttribute || !cmp.Equal(twice.Columns, []int{2, 3}) || twice.Attribute != "age" {
		t.Fatalf("two columns of one attribute: %v", err)
	}
	_, err = register.New(rules(t, "hongtong"), must(register.CSV{}.Open(t.Context(), strings.NewReader("id,村\n"), "")), lenient)
	for want, err := range map[string]error{
		`{"code":"no-attribute","columns":null,"attribute":null,"allowed":null}`:     err,
		`{"code":"same-attribute","columns":[2,3],"attribute":"age","allowed":null}`: twice,
		`{"code":"too-many-refused","columns":null,"attribute":null,"allowed":3}`:    &register.TooManyError{Allowed: 3},
	} {
		text, jsonErr := json.Marshal(err)
		if jsonErr != nil {
			t.Fatal(jsonErr)
		}
		var got struct {
			Code      string `json:"code"`
			Message   string `json:"message"`
			Columns   []int  `json:"columns"`
			Attribute any    `json:"attribute"`
			Allowed   any    `json:"allowed"`
		}
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		if got.Message == "" || got.Message != err.Error() {
			t.Errorf("the message is %q, want %q", got.Message, err)
		}
		rest, _ := json.Marshal(map[string]any{"code": got.Code, "columns": got.Columns, "attribute": got.Attribute, "allowed": got.Allowed})
		var wantAny, gotAny any
		_ = json.Unmarshal([]byte(want), &wantAny)
		_ = json.Unmarshal(rest, &gotAny)
		if diff := cmp.Diff(wantAny, gotAny); diff != "" {
			t.Error(diff)
		}
	}
	var none *register.TooManyError
	if none.Error() != "stopped: more than 0 rows were refused" {
		t.Errorf("no error says %q", none.Error())
	}
}
