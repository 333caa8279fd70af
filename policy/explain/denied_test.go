package explain_test

import (
	"testing"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/explain"
)

// Who is denied a service is told because of which other, by which list and with which citation.
func TestDenied(t *testing.T) {
	engine := load(t, eldercare.WithDir("../source/testdata/excluding"), eldercare.WithJurisdictions("paisheng", "paishi"))
	e := eldercare.Elder{"age": 80, "self_care": "none", "economic_hardship": true, "pension_contribution_years": 60}
	x := about(t, engine, "paisheng", "2026-11-22", "nursing-subsidy", e, true)
	if x.Answer != explain.NotEntitled || len(x.DeniedBy) != 1 || x.DeniedBy[0].Service != "care-service-subsidy" || x.DeniedBy[0].Layer.List != "paisheng" {
		t.Fatalf("%s, denied by %+v", x.Answer, x.DeniedBy)
	}
	mustContain(t, x.Text("zh"), "已享有养老服务补贴，按排省清单不再享受：虚构一（虚构〔2024〕1号 附件 1）")
	mustContain(t, x.Text("en"), "Not together with", "虚构一")
	// the allowance is denied to whoever is nursed, and she is not
	x = about(t, engine, "paisheng", "2026-11-22", "old-age-allowance", e, true)
	if x.Answer != explain.Entitled || len(x.DeniedBy) > 0 {
		t.Errorf("%s, denied by %+v", x.Answer, x.DeniedBy)
	}
	// who has nothing is denied nothing
	x = about(t, engine, "paisheng", "2026-11-22", "nursing-subsidy", eldercare.Elder{"age": 59, "self_care": "none", "economic_hardship": true}, true)
	if x.Answer != explain.NotEntitled || len(x.DeniedBy) > 0 {
		t.Errorf("%s, denied by %+v", x.Answer, x.DeniedBy)
	}
}
