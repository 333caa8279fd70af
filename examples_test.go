package eldercare_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
)

// invented are the lists of examples/lists, those above first.
var invented = []string{"xuguo", "xusheng", "xushi", "xuqu", "xuzhen"}

// loadInvented loads the lists of some folders over ours, and of these only those named.
func loadInvented(t *testing.T, jurisdictions []string, folders ...string) *eldercare.Engine {
	t.Helper()
	options := []eldercare.Option{eldercare.WithJurisdictions(jurisdictions...)}
	for _, dir := range folders {
		options = append(options, eldercare.WithDir(dir))
	}
	return must(eldercare.Load(t.Context(), options...))(t)
}

// TestExampleLists lints the invented lists, proves each against the one above it, and runs their cases.
func TestExampleLists(t *testing.T) {
	const folder = "examples/lists"
	e := loadInvented(t, invented, folder)
	for _, id := range invented {
		for _, f := range must(e.Lint(t.Context(), id))(t) {
			if f.Accepted == "" {
				t.Errorf("%s:%d: %s %s: %s", f.Pos.File, f.Pos.Line, f.Code, f.Subject, f.Message)
			}
		}
		cases := readCasesIn(t, folder, id)
		if len(cases) < 20 {
			t.Errorf("%s has %d cases", id, len(cases))
		}
		for _, c := range cases {
			t.Run(id+"/"+c.Note, func(t *testing.T) { c.run(t, e, id) })
		}
	}
	proved := map[string]int{}
	for _, report := range must(e.CheckAll(t.Context(), effort.Of[[]eldercare.CheckOption](nil, nil, []eldercare.CheckOption{eldercare.Verify()})...))(t) {
		if report.Jurisdiction == invented[0] {
			continue // nothing is above it
		}
		if len(report.Findings) > 0 || report.Tested > 0 {
			t.Errorf("%s: %d tested, %v", report.Jurisdiction, report.Tested, report.Findings)
		}
		proved[report.Jurisdiction] = report.Proved
	}
	// The nation has 16 services; the province adds three, one of them by an amendment, and the city two.
	if diff := cmp.Diff(map[string]int{"xusheng": 16, "xushi": 19, "xuqu": 21, "xuzhen": 21}, proved); diff != "" {
		t.Errorf("proved (-want +got):\n%s", diff)
	}
}

// TestExampleItemsHaveCases wants of each service for which a list has rules of its own a case that grants it and one that refuses
// it, on whatever day, and that every service named exists.
func TestExampleItemsHaveCases(t *testing.T) {
	const folder = "examples/lists"
	e := loadInvented(t, invented, folder)
	for _, id := range invented {
		granted, refused := map[string]bool{}, map[string]bool{}
		for _, c := range readCasesIn(t, folder, id) {
			for service := range c.Entitled {
				granted[service] = true
			}
			for _, service := range c.Refused {
				refused[service] = true
				if e.Catalog().Vocabulary.Service(service) == nil {
					t.Errorf("%s, %s: there is no service %s", id, c.Note, service)
				}
			}
		}
		for _, s := range must(e.List(id, date(t, "2025-06-01")))(t).Services {
			if !s.Inherits && (!granted[s.ID] || !refused[s.ID]) {
				t.Errorf("%s item %s: no case grants %s, or none refuses it", id, s.Item, s.ID)
			}
		}
	}
}
