package policy_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What a list is made of changes with its own figures and with those above it, while it is in force.
func TestChanges(t *testing.T) {
	c := load(t, nil, good)
	for _, tt := range []struct {
		jurisdiction string
		list         int
		want         []string
	}{
		{"north", 0, []string{"2023-01-01", "2024-07-01"}},
		{"middle", 0, []string{"2023-06-01", "2024-07-01"}},
		{"south", 0, []string{"2024-01-01", "2024-03-01", "2024-05-01", "2024-07-01"}}, // two by an amendment
		{"south", 1, []string{"2025-01-01"}},
	} {
		var got []string
		for _, day := range c.Changes(c.ListsOf(tt.jurisdiction)[tt.list]) {
			got = append(got, day.String())
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s, list %d (-want +got):\n%s", tt.jurisdiction, tt.list, diff)
		}
	}
}
