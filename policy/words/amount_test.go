package words_test

import (
	"testing"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/words"
)

func number(s string) *policy.Decimal {
	d, err := policy.ParseDecimal(s)
	if err != nil {
		panic(err)
	}
	return &d
}

func labels(parameter string) string {
	if parameter == "minimum_wage_monthly" {
		return "当地最低工资标准"
	}
	return ""
}

func TestAmount(t *testing.T) {
	tests := []struct {
		name           string
		promise        policy.Promise
		unit           policy.Unit
		figure, amount string // Chinese
		english        string
	}{
		{name: "a monthly floor", promise: policy.Promise{Bound: policy.AtLeast, Value: number("100")}, unit: policy.CNYPerMonth, figure: "不低于100元", amount: "每月不低于100元", english: "at least 100 yuan a month"},
		{name: "a fraction of the yuan", promise: policy.Promise{Bound: policy.AtLeast, Value: number("666.67")}, unit: policy.CNYPerMonth, figure: "不低于666.67元", amount: "每月不低于666.67元", english: "at least 666.67 yuan a month"},
		{name: "a yearly amount", promise: policy.Promise{Bound: policy.Exactly, Value: number("80")}, unit: policy.CNYPerYear, figure: "80元", amount: "每年80元", english: "80 yuan a year"},
		{name: "a ceiling, once", promise: policy.Promise{Bound: policy.AtMost, Value: number("4000")}, unit: policy.CNY, figure: "不超过4000元", amount: "一次性不超过4000元", english: "up to 4000 yuan once"},
		{name: "a share", promise: policy.Promise{Bound: policy.Exactly, Value: number("50")}, unit: policy.Percent, figure: "50%", amount: "50%", english: "50%"},
		{name: "visits", promise: policy.Promise{Bound: policy.AtLeast, Value: number("1")}, unit: policy.TimesPerMonth, figure: "不少于1次", amount: "每月不少于1次", english: "at least 1 a month"},
		{name: "a multiple", promise: policy.Promise{Bound: policy.AtLeast, Value: number("1.3")}, unit: policy.Multiple, figure: "不低于1.3倍", amount: "不低于1.3倍", english: "at least 1.3 times"},
		{name: "a flag", promise: policy.Promise{Bound: policy.Exactly, Value: number("1")}, unit: policy.Flag, figure: "包含", amount: "包含", english: "included"},
		{name: "a flag that is not set", promise: policy.Promise{Bound: policy.Exactly, Value: number("0")}, unit: policy.Flag, figure: "不含", amount: "不含", english: "not included"},
		{name: "left to a lower level", promise: policy.Promise{Bound: policy.SetLocally}, unit: policy.CNYPerMonth, figure: "金额由当地确定", amount: "金额由当地确定", english: "amount set locally"},
		{name: "a number is missing", promise: policy.Promise{Bound: policy.AtLeast, Missing: "minimum_wage_monthly"}, unit: policy.CNYPerMonth, figure: "金额未定（尚缺：当地最低工资标准）", amount: "金额未定（尚缺：当地最低工资标准）", english: "amount open: no value for 当地最低工资标准"},
		{name: "a number without a label is missing", promise: policy.Promise{Bound: policy.AtLeast, Missing: "share"}, unit: policy.Percent, figure: "比例未定（尚缺：share）", amount: "比例未定（尚缺：share）", english: "share open: no value for share"},
		{name: "repealed", promise: policy.Promise{Bound: policy.AtLeast}, unit: policy.TimesPerYear, figure: "次数未定", amount: "次数未定", english: "number open"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := words.Figure(tt.promise, tt.unit, words.Chinese, labels); got != tt.figure {
				t.Errorf("figure %q, want %q", got, tt.figure)
			}
			if got := words.Amount(tt.promise, tt.unit, words.Chinese, labels); got != tt.amount {
				t.Errorf("amount %q, want %q", got, tt.amount)
			}
			if got := words.Amount(tt.promise, tt.unit, words.English, labels); got != tt.english {
				t.Errorf("English amount %q, want %q", got, tt.english)
			}
		})
	}
}

// Every period and occasion, and what is counted.
func TestUnits(t *testing.T) {
	for _, tt := range []struct {
		bound            policy.Bound
		value            string
		unit             policy.Unit
		chinese, english string
	}{
		{policy.AtLeast, "100", "cny_per_day", "每天不低于100元", "at least 100 yuan a day"},
		{policy.AtMost, "3", "cny_per_meal", "每餐不超过3元", "up to 3 yuan a meal"},
		{policy.Exactly, "25.5", "cny_per_hour", "每小时25.5元", "25.5 yuan an hour"},
		{policy.Exactly, "20", "cny_per_visit", "每次20元", "20 yuan a visit"},
		{policy.Exactly, "70", "cny_per_week", "每周70元", "70 yuan a week"},
		{policy.Exactly, "300", "cny_per_month", "每月300元", "300 yuan a month"},
		{policy.Exactly, "300", "cny_per_year", "每年300元", "300 yuan a year"},
		{policy.Exactly, "1000", "cny", "一次性1000元", "1000 yuan once"},
		{policy.AtMost, "5000", "cny_per_household", "每户不超过5000元", "up to 5000 yuan a household"},
		{policy.AtMost, "15", "working_days", "不超过15个工作日", "up to 15 working days"},
		{policy.AtLeast, "1", "days", "不少于1天", "at least 1 day"},
		{policy.AtLeast, "2", "hours_per_week", "每周不少于2小时", "at least 2 hours a week"},
		{policy.Exactly, "30", "minutes_per_visit", "每次30分钟", "30 minutes a visit"},
		{policy.AtMost, "24", "months", "不超过24个月", "up to 24 months"},
		{policy.AtLeast, "2", "persons", "不少于2人", "at least 2 persons"},
		{policy.AtLeast, "13.5", "square_metres", "不少于13.5平方米", "at least 13.5 square metres"},
		{policy.AtLeast, "4", "times", "不少于4次", "at least 4"},
		{policy.AtLeast, "1", "quilts_per_year", "每年不少于1", "at least 1 a year"},
	} {
		p := policy.Promise{Bound: tt.bound, Value: number(tt.value)}
		if got := words.Amount(p, tt.unit, words.Chinese, nil); got != tt.chinese {
			t.Errorf("%s: %q, want %q", tt.unit, got, tt.chinese)
		}
		if got := words.Amount(p, tt.unit, words.English, nil); got != tt.english {
			t.Errorf("%s: %q, want %q", tt.unit, got, tt.english)
		}
	}
	open := policy.Promise{Bound: policy.SetLocally}
	if got := words.Amount(open, "days", words.Chinese, nil); got != "数量由当地确定" {
		t.Errorf("open days: %q", got)
	}
}

func TestPromise(t *testing.T) {
	cash := policy.NewMeasure("monthly_cny", "每月现金", "monthly cash", policy.CNYPerMonth)
	funeral := policy.NewMeasure("funeral", "办理丧葬", "funeral", policy.Flag)
	hundred := policy.Promise{Bound: policy.AtLeast, Value: number("100")}
	included := policy.Promise{Bound: policy.Exactly, Value: number("1")}
	tests := []struct {
		measure *policy.Measure
		promise policy.Promise
		style   words.Style
		want    string
	}{
		{cash, hundred, words.Chinese, "每月现金 不低于100元"},
		{cash, hundred, words.English, "monthly cash at least 100 yuan"},
		{cash, hundred, words.Names, "monthly_cny at least 100 yuan"},
		{funeral, included, words.Chinese, "办理丧葬"},
		{funeral, included, words.English, "funeral"},
	}
	for _, tt := range tests {
		if got := words.Promise(tt.measure, tt.promise, tt.style, nil); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

func TestTotal(t *testing.T) {
	tests := []struct {
		name  string
		total decide.Total
		want  string
	}{
		{"a floor", decide.Total{Bound: policy.AtLeast, Value: *number("300"), Open: []string{"old-age-allowance"}}, "每月不低于300元"},
		{"a sum", decide.Total{Bound: policy.Exactly, Value: *number("75")}, "每月75元"},
		{"open amounts only are not nothing", decide.Total{Bound: policy.AtLeast, Open: []string{"old-age-allowance"}}, "金额未定"},
		{"nothing", decide.Total{Bound: policy.AtLeast}, "清单未写金额"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := words.Total(tt.total, words.Chinese); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestNotAdded(t *testing.T) {
	v := &policy.Vocabulary{Measures: []*policy.Measure{
		{Name: "cash", Label: "现金", English: "cash"}, {Name: "nursing", Label: "护理费", English: "nursing"},
	}}
	names := map[string]string{"a": "甲", "b": "乙"}
	tests := []struct {
		of            decide.NotAdded
		style         words.Style
		left, counted string
	}{
		{decide.NotAdded{Service: "a", InFavourOf: "b", Measure: "cash", InFavourOfMeasure: "cash"}, words.Chinese, "甲", "乙"},
		{decide.NotAdded{Service: "a", InFavourOf: "b", Measure: "nursing", InFavourOfMeasure: "cash"}, words.Chinese, "甲的护理费", "乙的现金"},
		{decide.NotAdded{Service: "a", InFavourOf: "b", Measure: "nursing", InFavourOfMeasure: "cash"}, words.English, "甲 (nursing)", "乙 (cash)"},
	}
	for _, tt := range tests {
		left, counted := words.NotAdded(tt.of, v, func(id string) string { return names[id] }, tt.style)
		if left != tt.left || counted != tt.counted {
			t.Errorf("got %q and %q, want %q and %q", left, counted, tt.left, tt.counted)
		}
	}
}

func TestCitations(t *testing.T) {
	cite := []policy.Citation{
		{Document: "朔政办发〔2023〕36号", At: "附件 12"}, {Document: "获政办〔2024〕21号", At: "附件 11"},
		{Document: "朔政办发〔2023〕36号", At: "主要措施 4"}, {Document: "某文件"},
	}
	const want = "朔政办发〔2023〕36号 附件 12、主要措施 4；获政办〔2024〕21号 附件 11；某文件"
	if got := words.Citations(cite, words.Chinese); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := words.Citations(nil, words.English); got != "" {
		t.Errorf("no citation: got %q", got)
	}
}
