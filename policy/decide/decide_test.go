package decide_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
)

const (
	measure = "monthly_cny"
	second  = "nursing_monthly_cny"
)

// award is a service with a monthly promise; yuan below 0 is an open amount.
type award struct {
	service string
	bound   policy.Bound
	yuan    int64
}

// TestTotal adds up monthly promises of services a to d; of a and b, and of a and c, only the
// higher is paid.
func TestTotal(t *testing.T) {
	left := func(service, favour string) decide.NotAdded {
		return decide.NotAdded{
			Service: service, Measure: measure, InFavourOf: favour, InFavourOfMeasure: measure, Reason: "chosen", Cite: []string{},
		}
	}
	for _, c := range []struct {
		note   string
		awards []award
		want   decide.Total
	}{
		{"nothing", nil, decide.Total{Bound: policy.AtLeast}},
		{"an exact amount", []award{{"a", policy.Exactly, 10}}, decide.Total{Bound: policy.Exactly, Value: policy.DecimalOf(10)}},
		{
			"exact amounts", []award{{"a", policy.Exactly, 10}, {"d", policy.Exactly, 5}},
			decide.Total{Bound: policy.Exactly, Value: policy.DecimalOf(15)},
		},
		{
			"a floor", []award{{"a", policy.Exactly, 10}, {"d", policy.AtLeast, 5}},
			decide.Total{Bound: policy.AtLeast, Value: policy.DecimalOf(15)},
		},
		{
			"an open amount", []award{{"a", policy.Exactly, 10}, {"d", policy.SetLocally, -1}},
			decide.Total{Bound: policy.AtLeast, Value: policy.DecimalOf(10), Open: []string{"d"}},
		},
		{
			"a ceiling is not sure to be paid", []award{{"a", policy.Exactly, 10}, {"d", policy.AtMost, 5}},
			decide.Total{Bound: policy.AtLeast, Value: policy.DecimalOf(10), Open: []string{"d"}},
		},
		{
			"the higher of two", []award{{"a", policy.Exactly, 10}, {"b", policy.Exactly, 12}},
			decide.Total{Bound: policy.Exactly, Value: policy.DecimalOf(12), NotAdded: []decide.NotAdded{left("a", "b")}},
		},
		{
			"of equal ones the first", []award{{"a", policy.Exactly, 10}, {"b", policy.Exactly, 10}},
			decide.Total{Bound: policy.Exactly, Value: policy.DecimalOf(10), NotAdded: []decide.NotAdded{left("b", "a")}},
		},
		{
			"a floor left out may turn out to be the higher", []award{{"a", policy.AtLeast, 10}, {"b", policy.Exactly, 12}},
			decide.Total{Bound: policy.AtLeast, Value: policy.DecimalOf(12), NotAdded: []decide.NotAdded{left("a", "b")}},
		},
		{
			"an open amount left out may turn out to be the higher", []award{{"a", policy.SetLocally, -1}, {"b", policy.Exactly, 12}},
			decide.Total{Bound: policy.AtLeast, Value: policy.DecimalOf(12), NotAdded: []decide.NotAdded{left("a", "b")}},
		},
		{
			"the highest of two groups", []award{{"a", policy.Exactly, 10}, {"b", policy.Exactly, 7}, {"c", policy.Exactly, 8}},
			decide.Total{Bound: policy.Exactly, Value: policy.DecimalOf(10), NotAdded: []decide.NotAdded{left("b", "a"), left("c", "a")}},
		},
		{
			"the same service left out by two groups is left out once", []award{{"a", policy.Exactly, 10}, {"b", policy.Exactly, 12}, {"c", policy.Exactly, 11}},
			decide.Total{Bound: policy.Exactly, Value: policy.DecimalOf(23), NotAdded: []decide.NotAdded{left("a", "b")}},
		},
		{
			"no group has the other", []award{{"b", policy.Exactly, 10}, {"c", policy.Exactly, 12}},
			decide.Total{Bound: policy.Exactly, Value: policy.DecimalOf(22)},
		},
	} {
		t.Run(c.note, func(t *testing.T) {
			if c.want.Open == nil {
				c.want.Open = []string{}
			}
			if diff := cmp.Diff(c.want, total(c.awards)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestTotalOfTwoMeasures chooses between the cash of one service and a part of the cash of another.
func TestTotalOfTwoMeasures(t *testing.T) {
	const nursing = second
	yuan := func(n int64) policy.Promise {
		value := policy.DecimalOf(n)
		return policy.Promise{Bound: policy.Exactly, Value: &value}
	}
	vocabulary := &policy.Vocabulary{Measures: []*policy.Measure{
		policy.NewMeasure(measure, "", "", policy.CNYPerMonth), policy.NewMeasure(nursing, "", "", policy.CNYPerMonth),
	}}
	layers := []layer.Layer{{List: &policy.List{
		Services: []*policy.Service{{ID: "a"}, {ID: "b"}},
		ChooseHigher: []*policy.ChooseHigher{
			{Members: []policy.Member{{Service: "a", Measure: measure}, {Service: "b", Measure: nursing}}, Reason: "silent"},
		},
	}}}
	for _, c := range []struct {
		note    string
		nursing int64
		total   int64
		left    decide.NotAdded
	}{
		{"the part is lower", 99, 1100, decide.NotAdded{Service: "b", Measure: nursing, InFavourOf: "a", InFavourOfMeasure: measure}},
		{"equal, the first counts", 100, 1100, decide.NotAdded{Service: "b", Measure: nursing, InFavourOf: "a", InFavourOfMeasure: measure}},
		{"the part is higher", 101, 1101, decide.NotAdded{Service: "a", Measure: measure, InFavourOf: "b", InFavourOfMeasure: nursing}},
	} {
		t.Run(c.note, func(t *testing.T) {
			var awards []decide.Award
			for service, promises := range map[string]map[string]policy.Promise{
				"a": {measure: yuan(100)}, "b": {measure: yuan(1000), nursing: yuan(c.nursing)},
			} {
				applied := layer.Applied{Service: &policy.Service{ID: service}}
				awards = append(awards, decide.Award{Service: service, Certain: true, Applied: applied, Promises: promises})
			}
			c.left.Reason, c.left.Cite = "silent", []string{}
			want := decide.Total{Bound: policy.Exactly, Value: policy.DecimalOf(c.total), Open: []string{}, NotAdded: []decide.NotAdded{c.left}}
			if diff := cmp.Diff(want, decide.Compose(vocabulary, layers, awards).MonthlyCNY); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestTotalMayRise adds up while something is missing.
func TestTotalMayRise(t *testing.T) {
	exact := func(yuan int64) map[string]policy.Promise {
		value := policy.DecimalOf(yuan)
		return map[string]policy.Promise{measure: {Bound: policy.Exactly, Value: &value}}
	}
	visits := map[string]policy.Promise{"visits": {Bound: policy.Exactly}}
	service := layer.Applied{Service: &policy.Service{}}
	for _, c := range []struct {
		note  string
		more  decide.Award
		bound policy.Bound
	}{
		{"cash is possible", decide.Award{UpTo: exact(5)}, policy.AtLeast},
		{"cash may rise", decide.Award{Certain: true, Promises: exact(1), UpTo: exact(5)}, policy.AtLeast},
		{"too much is missing to tell", decide.Award{Note: "too much is missing"}, policy.AtLeast},
		{"visits are possible", decide.Award{UpTo: visits}, policy.Exactly},
		{"cash is possible at discretion", decide.Award{Discretionary: true, UpTo: exact(5)}, policy.Exactly},
	} {
		vocabulary := &policy.Vocabulary{Measures: []*policy.Measure{policy.NewMeasure(measure, "", "", policy.CNYPerMonth), policy.NewMeasure("visits", "", "", policy.TimesPerMonth)}}
		certain := decide.Award{Service: "a", Certain: true, Applied: service, Promises: exact(10)}
		c.more.Service, c.more.Applied = "b", service
		d := decide.Compose(vocabulary, []layer.Layer{{List: &policy.List{}}}, []decide.Award{certain, c.more})
		if d.MonthlyCNY.Bound != c.bound {
			t.Errorf("%s: %s, want %s", c.note, d.MonthlyCNY.Bound, c.bound)
		}
	}
}

func total(awards []award) decide.Total {
	vocabulary := &policy.Vocabulary{Measures: []*policy.Measure{policy.NewMeasure(measure, "", "", policy.CNYPerMonth)}}
	list := &policy.List{ChooseHigher: []*policy.ChooseHigher{
		{Members: []policy.Member{{Service: "a", Measure: measure}, {Service: "b", Measure: measure}}, Reason: "chosen"},
		{Members: []policy.Member{{Service: "a", Measure: measure}, {Service: "c", Measure: measure}}, Reason: "chosen"},
	}}
	layers := []layer.Layer{{List: list}}
	var held []decide.Held
	for _, a := range awards {
		p := policy.Promise{Bound: a.bound}
		if a.yuan >= 0 {
			yuan := policy.DecimalOf(a.yuan)
			p.Value = &yuan
		}
		service := &policy.Service{ID: a.service}
		list.Services = append(list.Services, service)
		held = append(held, decide.Held{
			Applied: layer.Applied{Service: service},
			Grant:   rules.Grant{Service: a.service, Measures: map[string]policy.Promise{measure: p}},
		})
	}
	return decide.Compose(vocabulary, layers, decide.Awards(layers, held)).MonthlyCNY
}
