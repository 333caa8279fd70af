package words_test

import (
	"testing"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/words"
)

// Every first and every last month has words of its own, in both languages.
func TestPaymentNamesEachMonth(t *testing.T) {
	seen := map[string]string{}
	add := func(name, text string) {
		t.Helper()
		if text == "" {
			t.Errorf("%s has no words", name)
		}
		if other, ok := seen[text]; ok {
			t.Errorf("%s and %s are both %q", name, other, text)
		}
		seen[text] = name
	}
	for _, style := range []words.Style{words.Chinese, words.English} {
		for _, from := range policy.PaidFroms() {
			add(string(from), words.Payment(&policy.Payment{From: from}, style))
		}
		for _, until := range policy.PaidUntils() {
			add(string(until), words.Payment(&policy.Payment{Until: until}, style))
		}
	}
}

func TestPayment(t *testing.T) {
	v := &policy.Vocabulary{Attributes: []*policy.Attribute{
		{Name: "hospitalised", Label: "住院", English: "in hospital", Type: policy.Boolean},
		{Name: "homeless", Label: "流浪", English: "homeless", Type: policy.Boolean},
	}}
	for note, tt := range map[string]struct {
		payment                              *policy.Payment
		payChinese, payEnglish, all, inWords string
	}{
		"no calendar": {nil, "", "", "未规定发放期间", "no calendar stated"},
		"an empty one": {
			&policy.Payment{}, "", "", "未规定发放期间", "no calendar stated",
		},
		"back pay": {
			&policy.Payment{From: policy.FromMonthOfApplication, BackPayMonths: 3},
			"自申请当月起发放，最多补发此前3个月", "from the month of the application; back pay for at most 3 months before it",
			"自申请当月起发放，最多补发此前3个月", "from the month of the application; back pay for at most 3 months before it",
		},
		"once": {&policy.Payment{Once: true}, "一次性发放", "paid once", "一次性发放", "paid once"},
		"suspended only": {
			&policy.Payment{Suspended: []string{"hospitalised", "homeless"}}, "", "",
			"暂停发放，期间为0元：住院、流浪", "suspended, nothing is paid meanwhile: in hospital; homeless",
		},
		"an attribute that the vocabulary lacks, by its name": {
			&policy.Payment{Until: policy.UntilMonth, Suspended: []string{"abroad"}},
			"至不再符合条件的当月止", "until the month in which the conditions end",
			"至不再符合条件的当月止，暂停发放，期间为0元：abroad",
			"until the month in which the conditions end; suspended, nothing is paid meanwhile: abroad",
		},
	} {
		for want, got := range map[string]string{
			"pay zh " + tt.payChinese: "pay zh " + words.Payment(tt.payment, words.Chinese),
			"pay en " + tt.payEnglish: "pay en " + words.Payment(tt.payment, words.English),
			"all zh " + tt.all:        "all zh " + words.Calendar(tt.payment, v, words.Chinese),
			"all en " + tt.inWords:    "all en " + words.Calendar(tt.payment, v, words.English),
		} {
			if got != want {
				t.Errorf("%s: %q, want %q", note, got, want)
			}
		}
	}
	if got := words.MaybeSuspended([]string{"住院", "流浪"}, words.Chinese); got != "如有以下情形则暂停发放，尚待核实：住院、流浪" {
		t.Error(got)
	}
}
