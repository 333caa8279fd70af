package answers

import (
	"slices"

	"github.com/basic-eldercare/eldercare/policy/elder"
)

// group is a view of attributes that are coupled with each other by contradictions and by questions
// asked only of some elders. Its answers tell whether somebody can have the given attributes.
type group struct {
	view
	coupled attributes
}

// addGroups makes the groups.
func (s *Answers) addGroups() {
	var grouped []int
	for _, b := range s.table.Binding() {
		first := b[0].Attribute
		if slices.Contains(grouped, first) {
			continue
		}
		p := s.table.Projection(nil, first)
		grouped = append(grouped, p.Attributes()...)
		g := &group{}
		s.groups = append(s.groups, g)
		s.addView(&g.view, p, nil)
		for _, x := range g.axes {
			g.coupled |= 1 << x.attribute
		}
	}
}

// exists returns an [*elder.Error] when nobody can have the given attributes.
func (s *Answers) exists(c *elder.Cells) error {
	for _, g := range s.groups {
		a := s.find(&g.view, Open, c)
		if a == nil {
			if a = &s.possible; !g.allows(c) {
				a = &s.impossible
			}
			s.keep(&g.view, Open, c, a)
		}
		if a == &s.impossible {
			return contradiction(NoSuchElder)
		}
	}
	return nil
}

// NoSuchElder is the message when nobody can have the given attributes.
const NoSuchElder = "no elder can have these attributes together"

// allows reports whether somebody can have the given attributes.
func (g *group) allows(c *elder.Cells) bool { return len(g.projection.Region(*c)) > 0 }

func contradiction(message string) *elder.Error {
	return &elder.Error{Problems: []elder.Problem{{Code: "contradiction", Message: message}}}
}

// Close returns an elder with every missing attribute taken as absent: false, or what the
// vocabulary names. An attribute stays missing when its absence would contradict what is given.
func (s *Answers) Close(c elder.Cells) elder.Cells {
	closed := s.table.Space.Close(c)
	for _, g := range s.groups {
		g.close(s.table.Space, &c, &closed)
	}
	return closed
}

// close reopens what cannot be absent. It takes the attributes in order, and reopens each that
// leaves nobody together with those before it. A set counts as one.
func (g *group) close(space *elder.Space, c, closed *elder.Cells) {
	absent := *closed
	for _, x := range g.axes {
		closed[x.attribute] = c[x.attribute]
	}
	for _, x := range g.axes {
		first, end := space.Group(int(x.attribute))
		if closed[x.attribute] != elder.Absent || first != int(x.attribute) {
			continue
		}
		if copy(closed[first:end], absent[first:end]); !g.allows(closed) {
			copy(closed[first:end], c[first:end])
		}
	}
}
