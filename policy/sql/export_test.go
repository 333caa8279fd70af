package sql

// Text quotes a text.
func Text(d Dialect, s string) string { return d.text(s) }

// Identifier quotes a name.
func Identifier(d Dialect, s string) string { return d.identifier(s) }

// Comment is a comment.
func Comment(s string) string { return comment("%s", s) }
