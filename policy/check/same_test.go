package check

import (
	"errors"
	"testing"

	"github.com/basic-eldercare/eldercare/policy"
)

// Findings of different days are the same when all that they say is.
func TestSameFindings(t *testing.T) {
	one, two := policy.DecimalOf(1), policy.DecimalOf(2)
	also := policy.DecimalOf(1)
	f := Finding{
		Service: "a", Kind: Lower, Measure: "m", Region: "age ≥ 60", Want: &two, WantBound: policy.AtLeast, WantOf: "wage",
		Have: &one, HaveBound: policy.Exactly, HaveOf: "wage",
		WantPayment: &policy.Payment{}, HavePayment: &policy.Payment{From: policy.FromMonth},
	}
	if g := f; !f.same(g) {
		t.Error("a finding is not itself")
	}
	for name, change := range map[string]func(*Finding){
		"service": func(g *Finding) { g.Service = "b" },
		"kind":    func(g *Finding) { g.Kind = Open },
		"measure": func(g *Finding) { g.Measure = "n" },
		"region":  func(g *Finding) { g.Region = "age ≥ 61" },
		"want":    func(g *Finding) { g.Want = &one }, "no want": func(g *Finding) { g.Want = nil }, "bound": func(g *Finding) { g.WantBound = policy.Exactly },
		"share": func(g *Finding) { g.WantOf = "" },
		"have":  func(g *Finding) { g.Have = &two }, "no have": func(g *Finding) { g.Have = nil }, "had bound": func(g *Finding) { g.HaveBound = policy.AtMost },
		"calendar wanted": func(g *Finding) { g.WantPayment = &policy.Payment{Once: true} },
		"calendar had":    func(g *Finding) { g.HavePayment = &policy.Payment{From: policy.FromNextMonth} },
		"had share":       func(g *Finding) { g.HaveOf = "dibao" },
	} {
		g := f
		if change(&g); f.same(g) || g.same(f) {
			t.Errorf("another %s is the same", name)
		}
	}
	g := f
	if g.Have = &also; !f.same(g) {
		t.Error("an equal number is another")
	}
	f.Have, g.Have = nil, nil
	if !f.same(g) {
		t.Error("without numbers they are not the same")
	}
}

// What OPA cannot answer, or answers otherwise than the table, says nothing of numbers that are in
// doubt, and changes no other finding.
func TestDoubts(t *testing.T) {
	one := policy.DecimalOf(1)
	f := Finding{Service: "a", Kind: Lower, Severity: policy.SeverityWarning, Measure: "m", Region: "age ≥ 60", Method: Proof, Want: &one, Have: &one, WantBound: policy.AtLeast}
	if u := f.unanswered(errors.New("OPA fails")); u.Kind != Unanswered || u.Severity != policy.SeverityError || u.Measure != "" || u.Want != nil || u.Have != nil ||
		u.WantBound != "" || u.Note != "OPA fails" || u.Service != "a" {
		t.Errorf("unanswered: %+v", u)
	}
	if d := f.disagreement(); d.Kind != Disagreement || d.Severity != policy.SeverityError || d.Note == "" || d.Region != f.Region || d.Method != Proof {
		t.Errorf("disagreement: %+v", d)
	}
	if d := f.unsettled(); d.Kind != Disagreement || d.Method != Tested || d.Region == f.Region {
		t.Errorf("unsettled: %+v", d)
	}
	if f.Kind != Lower || f.Note != "" || f.Measure != "m" {
		t.Errorf("the finding itself has changed: %+v", f)
	}
}
