package cases

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
)

// A case fails when the table and plain OPA disagree, be it on what the case leaves unsaid.
func TestDisagreements(t *testing.T) {
	granted := func(services ...string) []decide.Entitlement {
		var all []decide.Entitlement
		for _, s := range services {
			all = append(all, decide.Entitlement{Granted: &decide.Granted{Service: s}})
		}
		return all
	}
	at, line := policy.Position{File: "a.yaml", Line: 1}, policy.Position{File: "a.yaml", Line: 3}
	c := &policy.TestCase{Pos: at, Wants: []policy.Expectation{{Wanted: policy.WantEntitled, Service: "bath", Promises: []map[string]string{{}}, Pos: line}}}
	none := policy.Promise{Bound: policy.AtLeast}
	for _, tt := range []struct {
		note         string
		table, plain decide.Decision
		want         []Difference
	}{
		{"both as wanted", decide.Decision{Entitled: granted("bath", "meal")}, decide.Decision{Entitled: granted("meal", "bath")}, nil},
		{
			"plain OPA grants more", decide.Decision{Entitled: granted("bath")}, decide.Decision{Entitled: granted("bath", "meal")},
			[]Difference{{Service: "meal", Want: "not entitled", Got: "entitled", By: ByEither, Pos: at}},
		},
		{
			"the table permits more", decide.Decision{Entitled: granted("bath"), Discretionary: granted("meal")}, decide.Decision{Entitled: granted("bath")},
			[]Difference{{Service: "meal", Want: "discretionary", Got: "not discretionary", By: ByEither, Pos: at}},
		},
		{
			"they promise another bound", decide.Decision{Entitled: []decide.Entitlement{{Granted: &decide.Granted{
				Service: "bath", Promises: map[string]policy.Promise{"monthly_cny": none},
			}}}}, decide.Decision{Entitled: granted("bath")},
			[]Difference{{Service: "bath", Want: "entitled", Got: "entitled: monthly_cny open", By: ByTable, Pos: line}},
		},
		{
			"they disagree on the total", decide.Decision{Entitled: granted("bath"), MonthlyCNY: decide.Total{Bound: policy.AtLeast}},
			decide.Decision{Entitled: granted("bath"), MonthlyCNY: decide.Total{Bound: policy.Exactly}},
			[]Difference{{Want: ">=0", Got: "=0", By: ByEither, Pos: at}},
		},
		{
			"what is wanted is said once", decide.Decision{Entitled: granted("bath")}, decide.Decision{},
			[]Difference{{Service: "bath", Want: "entitled", Got: "not entitled", By: ByOPA, Pos: line}},
		},
	} {
		for _, d := range []*decide.Decision{&tt.table, &tt.plain} {
			if d.MonthlyCNY.Bound == "" {
				d.MonthlyCNY.Bound = policy.AtLeast
			}
		}
		if diff := cmp.Diff(tt.want, differences(c, &tt.table, &tt.plain)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", tt.note, diff)
		}
	}
}
