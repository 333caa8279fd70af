package eldercare_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/check"
)

// A jurisdiction of which neither version has a list is unknown, not clean.
func TestSinceUnknown(t *testing.T) {
	e := engine()
	for name, options := range map[string][]eldercare.CheckOption{
		"every day": {eldercare.Since(e)},
		"one day":   {eldercare.Since(e), eldercare.On(date(t, today))},
	} {
		r, err := e.Check(t.Context(), "hongtnog", options...)
		if unknown := new(eldercare.UnknownJurisdictionError); !errors.As(err, &unknown) || unknown.Suggestion != "hongtong" {
			t.Errorf("%s: %v, %v", name, r, err)
		}
	}
}

// What Since does not heed is an error that names the options, in either order.
func TestSinceAlone(t *testing.T) {
	e := engine()
	against, since := eldercare.Against("shuozhou"), eldercare.Since(e)
	for _, options := range [][]eldercare.CheckOption{{against, since}, {since, against}, {eldercare.Verify(), since}} {
		_, err := e.Check(t.Context(), "hongtong", options...)
		if err == nil || !strings.Contains(err.Error(), "Against") || !strings.Contains(err.Error(), "Since") {
			t.Errorf("one of two options is not heeded: %v", err)
		}
	}
}

// A list that is gone omits what it gave, and whoever is shown of each service had it by plain
// evaluation.
func TestSinceGone(t *testing.T) {
	without := must(eldercare.Load(t.Context(), eldercare.WithJurisdictions("shuozhou")))(t)
	r := must(without.Check(t.Context(), "hongtong", eldercare.Since(engine()), eldercare.On(date(t, today))))(t)
	if len(r.Findings) != 28 || len(r.Services) != 28 || r.Proved != 0 { // Hongtong's 27 items are 28 services
		t.Errorf("%d findings on %d services, %d proved", len(r.Findings), len(r.Services), r.Proved)
	}
	for _, f := range r.Findings {
		if f.Kind != check.Omitted || f.Severity != policy.SeverityError || f.Parent == "" || f.Region == "" || !strings.Contains(f.Note, "hongtong") {
			t.Errorf("%s is %s (%s), from %q, in %q: %s", f.Service, f.Kind, f.Severity, f.Parent, f.Region, f.Note)
		}
		d := must(engine().Evaluate(t.Context(), "hongtong", f.Witness, eldercare.On(date(t, today)), eldercare.AssumeKnown()))(t)
		if !slices.ContainsFunc(d.Entitled, func(e eldercare.Entitlement) bool { return e.Service == f.Service }) {
			t.Errorf("%v never had %s", f.Witness, f.Service)
		}
	}
}
