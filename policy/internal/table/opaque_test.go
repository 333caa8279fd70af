package table_test

import (
	"testing"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
)

// What only a rule reads that no table holds is looked at like what a case reads: who says that the
// home is her own and she is not single contradicts herself as soon as a rule reads the home.
func TestLinksThatARuleReads(t *testing.T) {
	space, err := elder.NewSpace(&policy.Vocabulary{Attributes: []*policy.Attribute{
		{
			Name: "home", Type: policy.Enum, Values: []*policy.EnumValue{{Name: "own"}, {Name: "shared"}},
			Gives: &policy.Gives{Attribute: "single", Values: []policy.Given{{Value: "own", Gives: true}, {Value: "shared", Gives: false}}},
		},
		{Name: "single", Type: policy.Boolean},
	}})
	if err != nil {
		t.Fatal(err)
	}
	ownAndNotSingle := elder.Cells{1, 1}
	for _, tt := range []struct {
		reads    []string
		possible bool
		boxes    int // one for each value of single
	}{{nil, true, 0}, {[]string{"single"}, true, 0}, {[]string{"home"}, false, 2}, {[]string{"single", "home"}, false, 2}} {
		layers := layersOf()
		layers[0].Rules[0].Rule.Attributes = tt.reads
		tab := table.New(space, layers, nil, nil)
		if got := len(tab.Possible(ownAndNotSingle)) > 0; got != tt.possible {
			t.Errorf("a rule reads %v: possible %v", tt.reads, got)
		}
		if got := len(tab.Impossible()); got != tt.boxes {
			t.Errorf("a rule reads %v: %d boxes are impossible, want %d", tt.reads, got, tt.boxes)
		}
	}
}
