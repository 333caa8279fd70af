package ruleset_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
	"github.com/basic-eldercare/eldercare/policy/source"
)

// A library gives the same ruleset for a place on a day, and what lasts between two changes is one
// for all days.
func TestLibrary(t *testing.T) {
	files := source.NewFiles(source.Source{FS: os.DirFS("../..")})
	catalog, err := source.Load(t.Context(), files, []string{"hongtong", "huojia"})
	if err != nil {
		t.Fatal(err)
	}
	l, err := ruleset.NewLibrary(t.Context(), files, catalog, ruleset.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	day := policy.Date{Year: 2026, Month: 11, Day: 22}
	rules := func(jurisdiction string, on policy.Date) *ruleset.Ruleset {
		r, err := l.Rules(t.Context(), jurisdiction, on)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	first := rules("hongtong", day)
	if rules("hongtong", day) != first {
		t.Error("the same day has another ruleset")
	}
	if next := rules("hongtong", day.AddDays(1)); next == first || next.Lasting != first.Lasting || next.On != day.AddDays(1) {
		t.Error("nothing changes overnight, but the day")
	}
	if rules("huojia", day).Lasting == first.Lasting {
		t.Error("Huojia's rules are Hongtong's")
	}
	if l.Space() != first.Table.Space {
		t.Error("the space of a table is another")
	}
	if !slices.Contains(l.Required(), "elder_age") {
		t.Errorf("shared rules need %v, and not the age of an elder", l.Required())
	}
	list, err := catalog.InForce("hongtong", day)
	if err != nil {
		t.Fatal(err)
	}
	if layers := l.Layers(list, day); len(layers) != 2 || layers[0].List != list || layers[1].List.Jurisdiction.ID != "shanxi" {
		t.Errorf("layers %v, want Hongtong's and Shanxi's", layers)
	}
	if digest, err := l.Digest(catalog.Chain(list, day)); err != nil || digest != first.Digest || !strings.HasPrefix(digest, "sha256:") {
		t.Errorf("digest %s, want %s; %v", digest, first.Digest, err)
	}
	for i := range 4100 { // more than are kept
		rules("hongtong", day.AddDays(i))
	}
	if again := rules("hongtong", day); again == first || again.Lasting != first.Lasting {
		t.Error("a ruleset of long ago is kept for ever")
	}
}

// What is not there, or takes too long, is an error of its kind.
func TestLibraryErrors(t *testing.T) {
	files := source.NewFiles(source.Source{FS: os.DirFS("../..")})
	catalog, err := source.Load(t.Context(), files, []string{"huojia"})
	if err != nil {
		t.Fatal(err)
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := ruleset.NewLibrary(stopped, files, catalog, ruleset.Limits{}); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
	l, err := ruleset.NewLibrary(t.Context(), files, catalog, ruleset.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	day := policy.Date{Year: 2026, Month: 11, Day: 22}
	if _, err := l.Rules(stopped, "huojia", day); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
	var unknown *policy.UnknownJurisdictionError
	if _, err := l.Rules(t.Context(), "atlantis", day); !errors.As(err, &unknown) {
		t.Errorf("no such place: %v", err)
	}
	var early *policy.NotInForceError
	if _, err := l.Rules(t.Context(), "huojia", policy.Date{Year: 2024, Month: 12, Day: 2}); !errors.As(err, &early) {
		t.Errorf("the day before: %v", err)
	}
}
