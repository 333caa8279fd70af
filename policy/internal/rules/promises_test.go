package rules_test

import "testing"

// What is promised, and what is computed with, must be an amount. Anything else is one error at its
// place, which says what to write instead.
func TestPromisesOfWhatIsNoAmount(t *testing.T) {
	const (
		takesMultiple = "grant.times takes an amount and a multiple, but this is "
		newMultiple   = "; write it as a parameter with a bound and unit: multiple in the YAML, and name the parameter here [promise-shape]"
		newAmount     = "; write it as a parameter with a bound in the YAML, and name the parameter here [promise-shape]"
		newMonthly    = "; write it as a parameter with a bound and unit: cny_per_month in the YAML, and name the parameter here [promise-shape]"
		whole         = "; name the parameter as a whole: data.parameters.own_monthly [promise-shape]"
		anyAmount     = "promise a parameter, or grant.times(amount, multiple), grant.percent(amount, percentage), grant.plus(amount, amount), or grant.included"
		measured      = `; write {"measure": amount}: a grant says of what measure it promises an amount [grant-shape]`
		threshold     = "old_age_allowance_age has no bound: it is a threshold and cannot be promised; " +
			"give old_age_allowance_age a bound in the YAML, if it is an amount; else " + anyAmount + " [promise-shape]"
	)
	var all []mistake
	for _, c := range []struct{ promised, more, want string }{
		{"grant.times(p.own_monthly, 2)", "", "11:90: error: " + takesMultiple + "a number" + newMultiple},
		{"grant.times(2, p.living_multiple)", "", "11:75: error: " + takesMultiple + "a number" + newAmount},
		{`grant.times(p.own_monthly, "2")`, "", "11:90: error: " + takesMultiple + "a text" + newMultiple},
		{"grant.times(p.own_monthly, 1 + 1)", "", "11:90: error: " + takesMultiple + "a number; " + anyAmount + " [promise-shape]"},
		{
			"grant.times(p.own_monthly, input.age)", "",
			"11:90: error: " + takesMultiple + "a number; compare the attribute in a condition, and promise a parameter in each case [promise-shape]",
		},
		{"grant.times(p.own_monthly, _twice)", "\n_twice := 2\n", "11:90: error: " + takesMultiple + "a number" + newMultiple},
		{
			"grant.percent(p.own_monthly, 50)", "", "11:92: error: grant.percent takes an amount and a percentage, but this is a number" +
				"; write it as a parameter with a bound and unit: percent in the YAML, and name the parameter here [promise-shape]",
		},
		{"grant.plus(p.own_monthly, 20)", "", "11:89: error: grant.plus takes an amount and an amount, but this is a number" + newAmount},
		{"grant.plus(p.own_monthly, p.own_monthly.value)", "", "11:89: error: grant.plus takes an amount and an amount, but this is a number" + whole},
		{"grant.plus(p.own_monthly, null)", "", "11:89: error: grant.plus takes an amount and an amount, but this is null" + newAmount},
		{"grant.plus(p.own_monthly, p.old_age_allowance_age)", "", "11:89: error: " + threshold},
		{"_sum", "\n_sum := grant.plus(p.own_monthly, p.old_age_allowance_age)\n", "16:35: error: " + threshold},
		{"50", "", "11:63: error: the amount of measure monthly_cny is a number" + newMonthly},
		{`"50"`, "", "11:63: error: the amount of measure monthly_cny is a text" + newMonthly},
		{"p.own_monthly.value", "", "11:63: error: the amount of measure monthly_cny is a number" + whole},
		{"p.own_monthly * 2", "", "11:63: error: the amount of measure monthly_cny is a number; " + anyAmount + " [promise-shape]"},
		{"_fifty", "\n_fifty := 50\n", "11:63: error: the amount of measure monthly_cny is a number" + newMonthly},
	} {
		all = append(all, mistake{
			name: c.promised, edit: []string{"p.own_monthly", c.promised}, more: c.more, want: []string{"rego/lists/own.rego:" + c.want},
		})
	}
	for measures, is := range map[string]string{"p.own_monthly": "an amount alone", "3": "a number"} {
		all = append(all, mistake{
			name: "measures " + measures, edit: []string{`{"monthly_cny": p.own_monthly}`, measures},
			want: []string{"rego/lists/own.rego:11:47: error: the measures of a grant must be an object, but this is " + is + measured},
		})
	}
	testMistakes(t, append(all, mistake{
		name: "what a helper is given that computes with it", edit: []string{"p.own_monthly", "_times(2)"},
		more: "\n_times(n) := grant.times(p.own_monthly, n)\n",
		want: []string{"rego/lists/own.rego:11:63: error: _times is given a number, but takes an object; give it what it takes [rego-type-error]"},
	}))
}
