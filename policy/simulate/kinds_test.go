package simulate

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Of thirty kinds of one service and one of another a class shows three and one, and counts the
// elders of the rest; a class of its own is not touched by them.
func TestSome(t *testing.T) {
	var all []Kind
	for i := range 30 {
		all = append(all, Kind{Class: Winner, Elders: 10, Changes: []Step{{Service: "often", After: fmt.Sprint(i)}}})
	}
	both := Kind{Class: Winner, Elders: 2, Changes: []Step{{Service: "often"}, {Service: "seldom"}}}
	loses := Kind{Class: Loser, Elders: 1, Changes: []Step{{Service: "often"}}}
	kept, rest := some(append(all, both, loses), 10, 3)
	if d := cmp.Diff([]Kind{all[0], all[1], all[2], both, loses}, kept, cmp.AllowUnexported(Kind{})); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if d := cmp.Diff([]Rest{{Class: Winner, Kinds: 27, Elders: 270}}, rest); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if kept, rest := some(all, 2, 3); len(kept) != 2 || rest[0].Kinds != 28 {
		t.Errorf("%d kept, %+v", len(kept), rest)
	}
}
