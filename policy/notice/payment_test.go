package notice_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/basic-eldercare/eldercare"
)

// A notice says by what calendar a service is paid, from which month on, and what is suspended: of
// that nothing is in the sum. The invented list is that of the tests of package timeline.
func TestPayment(t *testing.T) {
	engine, err := eldercare.Load(t.Context(), eldercare.WithFS("", os.DirFS("../timeline/testdata/calendar")), eldercare.WithJurisdictions("tc"))
	if err != nil {
		t.Fatal(err)
	}
	eighty := eldercare.Elder{"birth_date": "1946-10-02"} // 80 on 2026-10-02
	in := func(hospitalised bool) eldercare.Elder {
		return eldercare.Elder{"birth_date": "1960-01-01", "hospitalised": hospitalised}
	}
	for _, test := range []struct {
		service, lang string
		elder         eldercare.Elder
		closed        bool
		want          []string
	}{
		{"默认", "zh", eighty, false, []string{"起始** 2026-10-02；按月发放的自2026年11月起计\n"}},
		{"当月起", "zh", eighty, false, []string{"起始** 2026-10-02；按月发放的自2026年10月起计\n", "发放** 自符合条件当月起发放\n"}},
		{"from the month", "en", eighty, false, []string{"From** 2026-10-02; monthly cash from 2026-10 on\n", "Payment** from the month in which the conditions are met\n"}},
		{"次月起", "zh", eighty, false, []string{"起始** 2026-10-02；按月发放的自2026年11月起计\n", "发放** 自符合条件次月起发放\n"}},
		{"申请当月起", "zh", eighty, false, []string{"起始** 2026-10-02\n", "发放** 自申请当月起发放，最多补发此前3个月\n"}},
		{"from the month of application", "en", eighty, false,
			[]string{"From** 2026-10-02\n", "Payment** from the month of the application; back pay for at most 3 months before it\n"}},
		{"申请次月起", "zh", eighty, false, []string{"起始** 2026-10-02\n", "发放** 自申请次月起发放\n"}},
		{"当月停", "zh", eighty, false, []string{"发放** 至最后一个整月符合条件的月份止\n"}},
		{"次月停", "zh", eighty, false, []string{"发放** 至不再符合条件的当月止\n"}},
		{"再次月停", "zh", eighty, false, []string{"发放** 至不再符合条件的次月止\n"}},
		{"百岁礼", "zh", eldercare.Elder{"birth_date": "1926-05-04"}, false, []string{"发放** 一次性发放\n"}},
		{"百岁礼", "zh", eldercare.Elder{"birth_date": "1927-05-04"}, false, []string{"起始** 2027-05-04\n", "发放** 一次性发放\n"}},
		{"住院暂停", "zh", in(true), false, []string{"发放** 暂停发放，期间为0元：患病住院\n"}},
		{"paused in hospital", "en", in(true), false, []string{"Payment** suspended, nothing is paid meanwhile: "}},
		{"住院暂停", "zh", eldercare.Elder{"birth_date": "1960-01-01"}, false, []string{"发放** 如有以下情形则暂停发放，尚待核实：患病住院\n"}},
		{"住院暂停", "zh", eldercare.Elder{"birth_date": "1960-01-01"}, true, []string{"发放** 患病住院期间暂停发放；目前无此情形\n"}},
		{"住院暂停", "zh", in(false), false, []string{"发放** 患病住院期间暂停发放；目前无此情形\n"}},
	} {
		n := on(t, engine, "tc", "2026-11-22", test.elder, test.closed)
		text := block(t, n, test.lang, test.service)
		for _, want := range test.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s of %v: want %q in:\n%s", test.service, test.elder, want, text)
			}
		}
	}
	for calendar, want := range map[string][]string{
		"{from: month}": {"起始** 2026-10-02\n", "发放** 每月现金：自符合条件当月起发放；按月发放的自2026年10月起计\n"},
		"{from: month_of_application, suspended: [hospitalised]}": {"发放** 每月现金：自申请当月起发放；如有以下情形则暂停发放，尚待核实：患病住院\n"},
	} {
		text := block(t, on(t, ofParameter(t, calendar), "tc", "2026-11-22", eldercare.Elder{"birth_date": "1956-10-02"}, false), "zh", "津贴与礼金")
		for _, want := range want {
			if !strings.Contains(text, want) {
				t.Errorf("allowance %s: want %q in:\n%s", calendar, want, text)
			}
		}
	}
	for hospitalised, want := range map[bool]string{true: "0", false: "100"} {
		if n := on(t, engine, "tc", "2026-11-22", in(hospitalised), false); n.Monthly.Value.String() != want {
			t.Errorf("in hospital %t: %s yuan a month, want %s", hospitalised, n.Monthly.Value, want)
		}
	}
}

// ofParameter loads the invented list with a calendar of its own for the monthly amounts.
func ofParameter(t *testing.T, calendar string) *eldercare.Engine {
	t.Helper()
	files := fstest.MapFS{}
	for _, path := range []string{"catalogs/services.yaml", "catalogs/tc.yaml", "rego/lists/tc.rego"} {
		content, err := os.ReadFile("../timeline/testdata/calendar/" + path)
		if err != nil {
			t.Fatal(err)
		}
		files[path] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(string(content), "unit: cny_per_month, ", "unit: cny_per_month, payment: "+calendar+", "))}
	}
	engine, err := eldercare.Load(t.Context(), eldercare.WithFS("", files), eldercare.WithJurisdictions("tc"))
	if err != nil {
		t.Fatal(err)
	}
	return engine
}
