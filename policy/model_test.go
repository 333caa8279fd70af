package policy_test

import (
	"math/big"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
)

// grade is an attribute with all that tells it from another.
func grade() *policy.Attribute {
	return &policy.Attribute{
		Name: "grade", Label: "等级", Type: policy.Enum, Min: 1, Max: 2, Absent: "none",
		Values:  []*policy.EnumValue{{Name: "none"}, {Name: "one"}, {Name: "two"}},
		AskedOf: &policy.AskedOf{Attribute: "kind", Values: []any{"visual", "hearing"}},
		Gives:   &policy.Gives{Attribute: "disabled", Values: []policy.Given{{Value: "one", Gives: true}, {Value: "two", Gives: true}}},
	}
}

// Attributes are the same facts whatever they are called, and in whatever order their values stand.
func TestSameAttribute(t *testing.T) {
	for note, tt := range map[string]struct {
		change func(a *policy.Attribute)
		want   bool
	}{
		"itself":                  {func(*policy.Attribute) {}, true},
		"another label":           {func(a *policy.Attribute) { a.Label = "级别" }, true},
		"values in another order": {func(a *policy.Attribute) { slices.Reverse(a.Values) }, true},
		"asked of in another order": {func(a *policy.Attribute) {
			a.AskedOf = &policy.AskedOf{Attribute: "kind", Values: []any{"hearing", "visual"}}
		}, true},
		"gives in another order": {func(a *policy.Attribute) { slices.Reverse(a.Gives.Values) }, true},
		"another name":           {func(a *policy.Attribute) { a.Name = "level" }, false},
		"another type":           {func(a *policy.Attribute) { a.Type = policy.Set }, false},
		"another least":          {func(a *policy.Attribute) { a.Min = 0 }, false},
		"another greatest":       {func(a *policy.Attribute) { a.Max = 3 }, false},
		"nothing is absent":      {func(a *policy.Attribute) { a.Absent = nil }, false},
		"one value less":         {func(a *policy.Attribute) { a.Values = a.Values[:2] }, false},
		"another value":          {func(a *policy.Attribute) { a.Values[2] = &policy.EnumValue{Name: "three"} }, false},
		"asked of everybody":     {func(a *policy.Attribute) { a.AskedOf = nil }, false},
		"asked of another":       {func(a *policy.Attribute) { a.AskedOf.Attribute = "form" }, false},
		"asked of fewer":         {func(a *policy.Attribute) { a.AskedOf.Values = a.AskedOf.Values[:1] }, false},
		"asked of others":        {func(a *policy.Attribute) { a.AskedOf.Values = []any{"visual", "speech"} }, false},
		"gives nothing":          {func(a *policy.Attribute) { a.Gives = nil }, false},
		"gives another":          {func(a *policy.Attribute) { a.Gives.Attribute = "poor" }, false},
		"gives less":             {func(a *policy.Attribute) { a.Gives.Values = a.Gives.Values[:1] }, false},
		"gives otherwise":        {func(a *policy.Attribute) { a.Gives.Values[1].Gives = false }, false},
	} {
		b := grade()
		tt.change(b)
		if got := grade().Same(b); got != tt.want {
			t.Errorf("%s: %v, want %v", note, got, tt.want)
		}
		if got := b.Same(grade()); got != tt.want {
			t.Errorf("%s, the other way round: %v, want %v", note, got, tt.want)
		}
	}
	plain := &policy.Attribute{Name: "alone", Type: policy.Boolean}
	if !plain.Same(&policy.Attribute{Name: "alone", Type: policy.Boolean}) {
		t.Error("what is asked of everybody and gives nothing is not the same")
	}
}

// A set counts as one axis for each of its values, and everything else as one.
func TestAxes(t *testing.T) {
	values := []*policy.EnumValue{{Name: "a"}, {Name: "b"}, {Name: "c"}}
	v := &policy.Vocabulary{Attributes: []*policy.Attribute{
		{Name: "alone", Type: policy.Boolean}, {Name: "kinds", Type: policy.Set, Values: values}, {Name: "kind", Type: policy.Enum, Values: values},
	}}
	if got := v.Axes(); got != 1+3+1 {
		t.Errorf("%d axes, want 5", got)
	}
}

// Of a whole number with up to 250 values each is told apart.
func TestIsLarge(t *testing.T) {
	for _, tt := range []struct {
		of       policy.AttributeType
		min, max int
		want     bool
	}{
		{policy.Integer, 0, 249, false}, {policy.Integer, 0, 250, true}, {policy.Integer, 1, 250, false}, {policy.Integer, -1, 249, true},
		{policy.Enum, 0, 250, false},
	} {
		if got := (&policy.Attribute{Type: tt.of, Min: tt.min, Max: tt.max}).IsLarge(); got != tt.want {
			t.Errorf("%s from %d to %d: %v", tt.of, tt.min, tt.max, got)
		}
	}
}

// Words are found by name, and what a vocabulary does not have is nil.
func TestVocabulary(t *testing.T) {
	v := &policy.Vocabulary{
		Attributes: []*policy.Attribute{{Name: "age"}, {Name: "alone"}}, Inputs: []*policy.Input{{Name: "birth_date"}},
		Measures: []*policy.Measure{{Name: "cash", Label: "现金"}}, Services: []*policy.ServiceName{{ID: "meals"}}, ServiceTypes: []*policy.ServiceType{{Name: "照护服务"}},
	}
	if v.Attribute("alone") != v.Attributes[1] || v.Input("birth_date") != v.Inputs[0] || v.Measure("cash") != v.Measures[0] ||
		v.Service("meals") != v.Services[0] || v.ServiceType("照护服务") != v.ServiceTypes[0] {
		t.Error("a word is not found")
	}
	if v.Attribute("birth_date") != nil || v.Input("age") != nil || v.Measure("meals") != nil || v.Service("cash") != nil || v.ServiceType("") != nil {
		t.Error("a word is found that the vocabulary does not have")
	}
	w := &policy.Vocabulary{Measures: []*policy.Measure{{Name: "visits"}, {Name: "cash", Label: "别的"}}}
	both := v.WithMeasuresOf(w)
	if len(both.Measures) != 2 || both.Measure("cash") != v.Measures[0] || both.Measure("visits") != w.Measures[0] || both.Attribute("age") == nil || both.Service("meals") == nil {
		t.Errorf("measures %v, want cash as it was, then visits", both.Measures)
	}
	if len(v.Measures) != 1 || v.Measure("visits") != nil {
		t.Error("the vocabulary was changed")
	}
	other := v.WithAttributes([]*policy.Attribute{{Name: "grade"}})
	if other.Attribute("grade") == nil || other.Attribute("age") != nil || other.Measure("cash") == nil || other.Input("birth_date") == nil || other.ServiceType("照护服务") == nil {
		t.Error("with other attributes it has others, and all else")
	}
}

// A district and a county are of one level, and a township is below both.
func TestAbove(t *testing.T) {
	order := [][]policy.Level{{policy.Nation}, {policy.Province}, {policy.City}, {policy.County, policy.District}, {policy.Township}}
	for i, upper := range order {
		for j, lower := range order {
			for _, a := range upper {
				for _, b := range lower {
					if got := a.Above(b); got != (i < j) {
						t.Errorf("%s above %s: %v", a, b, got)
					}
				}
			}
		}
	}
}

// A parameter has its last value that has begun; an amendment may state another bound or calendar.
func TestParameter(t *testing.T) {
	p := &policy.Parameter{Values: []*policy.DatedValue{
		{From: date(t, "2024-01-01"), Value: big.NewRat(50, 1)}, {From: date(t, "2025-06-01"), Value: big.NewRat(60, 1)},
	}}
	for on, want := range map[string]int64{"2024-01-01": 50, "2025-05-31": 50, "2025-06-01": 60, "2030-01-01": 60} {
		if v := p.At(date(t, on)); v == nil || v.Value.Cmp(big.NewRat(want, 1)) != 0 {
			t.Errorf("on %s: %v, want %d", on, v, want)
		}
	}
	if v := p.At(date(t, "2023-12-31")); v != nil {
		t.Errorf("before the first: %v", v)
	}
	if !p.Threshold() || (&policy.Parameter{Bound: policy.SetLocally}).Threshold() {
		t.Error("what has no bound is a threshold, and nothing else")
	}
	for _, tt := range []struct {
		note            string
		now             policy.Parameter
		rebound, repaid bool
	}{
		{"not amended", policy.Parameter{Bound: policy.AtLeast, Payment: &policy.Payment{Once: true}}, false, false},
		{"amended as it was", policy.Parameter{Bound: policy.AtLeast, Printed: &policy.Parameter{Bound: policy.AtLeast}}, false, false},
		{"another bound", policy.Parameter{Bound: policy.Exactly, Printed: &policy.Parameter{Bound: policy.AtLeast}}, true, false},
		{"a bound for what is left open", policy.Parameter{Bound: policy.Exactly, Printed: &policy.Parameter{Bound: policy.SetLocally}}, false, false},
		{"another calendar", policy.Parameter{Payment: &policy.Payment{Once: true}, Printed: &policy.Parameter{}}, false, true},
	} {
		if tt.now.Rebound() != tt.rebound || tt.now.Repaid() != tt.repaid {
			t.Errorf("%s: another bound %v, another calendar %v", tt.note, tt.now.Rebound(), tt.now.Repaid())
		}
	}
}

// A service is there from its first to its last day, if it has such.
func TestServiceOn(t *testing.T) {
	for _, tt := range []struct {
		from, until, on string
		want            bool
	}{
		{"2024-02-01", "2024-02-29", "2024-01-31", false}, {"2024-02-01", "2024-02-29", "2024-02-01", true},
		{"2024-02-01", "2024-02-29", "2024-02-29", true}, {"2024-02-01", "2024-02-29", "2024-03-01", false},
		{"", "", "2024-03-01", true},
	} {
		s := &policy.Service{}
		if tt.from != "" {
			s.From, s.Until = date(t, tt.from), date(t, tt.until)
		}
		if got := s.On(date(t, tt.on)); got != tt.want {
			t.Errorf("from %q until %q, on %s: %v", tt.from, tt.until, tt.on, got)
		}
	}
}

// What a list holds is found by name, and written as officials read it.
func TestPartsOfList(t *testing.T) {
	l := &policy.List{Stem: "tp", Amendments: []string{"tp_a", "tp_b"}, Services: []*policy.Service{{ID: "a"}, {ID: "b"}}}
	if diff := cmp.Diff([]string{"tp", "tp_a", "tp_b"}, l.Stems()); diff != "" {
		t.Error(diff)
	}
	if l.Service("b") != l.Services[1] || l.Service("c") != nil {
		t.Error("service b is found, and service c is not")
	}
	c := &policy.ChooseHigher{Members: []policy.Member{{Service: "a", Measure: "monthly"}, {Service: "b", Measure: "once"}}}
	if c.Measure("a") != "monthly" || c.Measure("b") != "once" || c.Measure("c") != "" {
		t.Error("a choice names the measure of each member, and none of others")
	}
	for want, cite := range map[string]policy.Citation{"文〔2023〕1号 附件 12": {Document: "文〔2023〕1号", At: "附件 12"}, "文": {Document: "文"}} {
		if got := cite.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for code, want := range map[string]bool{policy.NoPlace: true, policy.NoFigure: true, policy.OtherName: true, policy.NoParameter: true, "null-figure": false} {
		if got := (&policy.Acceptance{Code: code}).OfTrace(); got != want {
			t.Errorf("%s of trace: %v", code, got)
		}
	}
}

// Two calendars say the same when all of their parts do; none is the same as none only.
func TestSamePayment(t *testing.T) {
	of := func() *policy.Payment {
		return &policy.Payment{From: policy.FromMonth, Until: policy.UntilMonth, BackPayMonths: 2, Suspended: []string{"hospitalised"}}
	}
	for note, change := range map[string]func(p *policy.Payment){
		"from": func(p *policy.Payment) { p.From = policy.FromNextMonth }, "until": func(p *policy.Payment) { p.Until = policy.UntilMonthBefore },
		"back pay": func(p *policy.Payment) { p.BackPayMonths = 3 }, "once": func(p *policy.Payment) { p.Once = true },
		"suspended": func(p *policy.Payment) { p.Suspended = []string{"abroad"} },
	} {
		p := of()
		change(p)
		if of().Same(p) || p.Same(of()) {
			t.Errorf("another %s makes no difference", note)
		}
	}
	elsewhere := of()
	elsewhere.Pos.Line = 7
	if !of().Same(elsewhere) || of().Same(nil) || (*policy.Payment)(nil).Same(of()) || !(*policy.Payment)(nil).Same(nil) {
		t.Error("the place does not matter, and none is the same as none only")
	}
	for _, tt := range []struct {
		kind policy.MeasureKind
		per  policy.Per
		want bool
	}{{policy.KindCash, policy.PerOnce, true}, {policy.KindWorth, policy.PerOnce, true}, {policy.KindCash, policy.PerMonth, false}, {policy.KindCap, policy.PerOnce, false}, {policy.KindCount, policy.PerOnce, false}} {
		if got := (&policy.Measure{Kind: tt.kind, Per: tt.per}).Once(); got != tt.want {
			t.Errorf("%s per %s is due once: %v", tt.kind, tt.per, got)
		}
	}
}
