package ruleset_test

import (
	"context"
	"testing"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

// A nil context, a nil profile and a ruleset that nobody compiled are errors, and never a panic.
func TestNothingIsAnError(t *testing.T) {
	engine, err := eldercare.Load(t.Context(), eldercare.WithJurisdictions("huojia"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := engine.Rules(t.Context(), "huojia", policy.Date{Year: 2026, Month: 11, Day: 22})
	if err != nil {
		t.Fatal(err)
	}
	var no context.Context // not a literal nil, which linters refuse
	for note, of := range map[string]struct {
		ctx     context.Context
		ruleset *ruleset.Ruleset
		profile *eldercare.Profile
	}{
		"no context":   {no, r, &eldercare.Profile{}},
		"no profile":   {t.Context(), r, nil},
		"zero ruleset": {t.Context(), &ruleset.Ruleset{}, &eldercare.Profile{}},
		"half ruleset": {t.Context(), &ruleset.Ruleset{Lasting: &ruleset.Lasting{}}, &eldercare.Profile{}},
		"nil ruleset":  {t.Context(), nil, &eldercare.Profile{}},
	} {
		ctx, r, p := of.ctx, of.ruleset, of.profile
		for name, call := range map[string]func() error{
			"Decide":      func() error { _, err := r.Decide(ctx, p); return err },
			"DecideKnown": func() error { _, err := r.AssumeKnown(true).Decide(ctx, p); return err },
			"DecideFor":   func() error { _, err := r.DecideFor(ctx, p); return err },
			"AppendJSON":  func() error { _, err := r.AppendJSON(ctx, nil, p); return err },
			"Ask":         func() error { _, err := r.Ask(ctx, p); return err },
			"AskKnown":    func() error { _, err := r.AssumeKnown(true).Ask(ctx, p); return err },
			"Service":     func() error { _, err := r.Service(ctx, p, "old-age-allowance"); return err },
			"Try":         func() error { _, _, err := r.Try(ctx, p, table.Opaque{}); return err },
		} {
			if err := call(); err == nil {
				t.Errorf("%s: %s gives no error", note, name)
			}
		}
	}
	for note, r := range map[string]*ruleset.Ruleset{"nil": nil, "zero": {}} {
		if _, err := r.Encode(eldercare.Elder{}); err == nil {
			t.Errorf("%s: Encode gives no error", note)
		}
		if _, ok := r.EncodeJSON([]byte("{}")); ok {
			t.Errorf("%s: EncodeJSON encodes", note)
		}
		if r.Refuse(&eldercare.Profile{}) == nil {
			t.Errorf("%s: Refuse gives no error", note)
		}
		if r.Close(eldercare.Profile{ID: "a"}).ID != "a" {
			t.Errorf("%s: Close changes the profile", note)
		}
	}
	if r.Refuse(nil) == nil {
		t.Error("Refuse of nil gives no error")
	}
}
