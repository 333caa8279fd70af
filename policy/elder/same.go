package elder

import (
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
)

// Same reports whether two spaces describe elders in the same way: with the same attributes and
// values in the same order, and the same rules on which are asked, may be absent, and give others.
func (s *Space) Same(o *Space) bool {
	return slices.EqualFunc(s.Axes, o.Axes, Axis.same) && slices.Equal(s.Links, o.Links)
}

// means reports whether what is encoded in one space means the same in another. The inputs must be
// the same, too, as a profile has a bit for each.
func (s *Space) means(o *Space) bool {
	sameInput := func(x, y *policy.Input) bool { return x.Name == y.Name && x.Type == y.Type && x.Gives == y.Gives }
	return s.Same(o) && slices.EqualFunc(s.Vocabulary.Inputs, o.Vocabulary.Inputs, sameInput)
}

func (a Axis) same(b Axis) bool {
	return a.Attribute.Name == b.Attribute.Name && a.Attribute.Absent == b.Attribute.Absent && a.Min == b.Min && a.Max == b.Max &&
		a.member() == b.member() && slices.Equal(a.Values, b.Values) &&
		a.AskedOf == b.AskedOf && slices.Equal(a.AskedCells, b.AskedCells)
}

// member is the name of the value of a set, empty of every other attribute.
func (a Axis) member() string {
	if a.Member == nil {
		return ""
	}
	return a.Member.Name
}
