package timeline

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
)

// promised returns some promises, of measures parted by blanks.
func promised(measures string) map[string]policy.Promise {
	all := map[string]policy.Promise{}
	for _, measure := range strings.Fields(measures) {
		all[measure] = policy.Promise{Bound: policy.Exactly}
	}
	return all
}

func measures(promises map[string]policy.Promise) string {
	return strings.Join(slices.Sorted(maps.Keys(promises)), " ")
}

// An award limited to some measures has those of what is certain and of what is possible. It is
// nothing when none is left; but what has no measures at all, or linked ones besides, stays.
func TestRestricted(t *testing.T) {
	bundles := []policy.Bundle{promised("x")}
	for _, tt := range []struct {
		note                 string
		promises, upTo       string
		bundles, upToBundles []policy.Bundle
		want                 string // as certain/possible, or nothing
	}{
		{"no measures", "", "", nil, nil, "/"},
		{"kept", "keep", "", nil, nil, "keep/"},
		{"kept and dropped", "keep drop", "keep drop", nil, nil, "keep/keep"},
		{"possible only", "drop", "keep", nil, nil, "/keep"},
		{"certain only", "keep", "drop", nil, nil, "keep/"},
		{"dropped of what is certain", "drop", "", nil, nil, ""},
		{"dropped of what is possible", "", "drop", nil, nil, ""},
		{"both dropped", "drop", "drop", nil, nil, ""},
		{"linked measures stay", "drop", "", bundles, nil, "/"},
		{"possible linked measures stay", "", "drop", nil, bundles, "/"},
	} {
		a := &decide.Award{Promises: promised(tt.promises), UpTo: promised(tt.upTo), Bundles: tt.bundles, UpToBundles: tt.upToBundles}
		got := ""
		if b := restricted(a, func(measure string) bool { return measure == "keep" }); b != nil {
			got = measures(b.Promises) + "/" + measures(b.UpTo)
			if len(b.Bundles) != len(tt.bundles) || len(b.UpToBundles) != len(tt.upToBundles) {
				t.Errorf("%s: the linked measures are others", tt.note)
			}
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.note, got, tt.want)
		}
		if measures(a.Promises) != measures(promised(tt.promises)) || measures(a.UpTo) != measures(promised(tt.upTo)) {
			t.Errorf("%s: the award itself was changed", tt.note)
		}
	}
}

// One measure of an award comes alone, without linked ones, and is as certain as it was there.
func TestSingle(t *testing.T) {
	a := &decide.Award{
		Certain: true, Promises: promised("sure both"), UpTo: promised("may both"),
		Bundles: []policy.Bundle{promised("x")}, UpToBundles: []policy.Bundle{promised("y")},
	}
	for measure, want := range map[string]string{"sure": "sure/ certain", "both": "both/both certain", "may": "/may possible", "other": ""} {
		got := ""
		if b := single(a, measure); b != nil {
			got = measures(b.Promises) + "/" + measures(b.UpTo) + map[bool]string{true: " certain", false: " possible"}[b.Certain]
			if len(b.Bundles)+len(b.UpToBundles) > 0 {
				t.Errorf("%s: linked measures came, too", measure)
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", measure, got, want)
		}
	}
}

// Parts make one award: the first certain one, with what the others add, each thing once.
func TestJoined(t *testing.T) {
	if joined(nil) != nil {
		t.Error("no parts make something")
	}
	bundle := func(measure string) []policy.Bundle { return []policy.Bundle{promised(measure)} }
	possible := &decide.Award{UpTo: promised("may"), UpToBundles: bundle("u1"), Needs: []string{"a", "b"}}
	certain := &decide.Award{Certain: true, Promises: promised("sure"), Bundles: bundle("b1"), UpToBundles: bundle("u2"), Needs: []string{"b"}}
	more := &decide.Award{Certain: true, Promises: promised("more"), Bundles: bundle("b2"), Needs: []string{"c"}}
	got := joined([]part{{award: possible}, {award: certain}, {award: more}})
	want := &decide.Award{
		Certain: true, Promises: promised("sure more"), UpTo: promised("may"),
		Bundles:     append(bundle("b1"), bundle("b2")...),
		UpToBundles: append(bundle("u2"), bundle("u1")...), Needs: []string{"b", "a", "c"},
	}
	if diff := cmp.Diff(want, got.award); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if measures(certain.Promises) != "sure" || certain.UpTo != nil || len(certain.Bundles) != 1 {
		t.Error("a part was changed")
	}
}

// What is paid stands in a decision at the place of its service in the lists.
func TestWithAtItsPlace(t *testing.T) {
	first, second := &policy.Service{ID: "first"}, &policy.Service{ID: "second"}
	layers := []layer.Layer{{List: &policy.List{Services: []*policy.Service{first, second}}}}
	for _, certain := range []bool{true, false} {
		d := &decide.Decision{}
		for _, s := range []*policy.Service{second, first} {
			with(d, layers, &part{layers: layers, award: &decide.Award{Service: s.ID, Certain: certain, Applied: layer.Applied{Service: s}}})
		}
		var got []string
		for _, e := range d.Entitled {
			got = append(got, "has "+e.Service)
		}
		for _, p := range d.Possible {
			got = append(got, "may have "+p.Service)
		}
		want := []string{"has first", "has second"}
		if !certain {
			want = []string{"may have first", "may have second"}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}
