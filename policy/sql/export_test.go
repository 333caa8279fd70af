package sql

// Text quotes a text.
func Text(d Dialect, s string) string { return d.text(s) }

// Identifier quotes a name.
func Identifier(d Dialect, s string) string { return d.identifier(s) }

// Comment is a comment.
func Comment(s string) string { return comment("%s", s) }

// Bounds are what the compiler takes at most.
type Bounds struct{ Steps, Nodes, Outcomes, Boxes, Text int }

// SetBounds sets what the compiler takes at most, and returns what it was.
func SetBounds(b Bounds) Bounds {
	was := Bounds{most.steps, most.nodes, most.outcomes, most.boxes, mostText}
	most, mostText = amounts{b.Steps, b.Nodes, b.Outcomes, b.Boxes}, b.Text
	return was
}
