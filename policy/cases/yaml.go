package cases

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
)

// WriteYAML writes the suggestion as a case of catalogs/cases. What the elder is owed is left
// blank, for somebody to work out. A case with the blank is an error, because it wants nothing.
func (s Suggestion) WriteYAML(out io.Writer) error {
	if out == nil {
		return policy.CallError("the writer is nil")
	}
	var b strings.Builder
	first := min(1, len(s.Reaches))
	note := strings.Join(append([]string{s.Service}, s.Reaches[:first]...), ", ")
	fmt.Fprintf(&b, "- note: %s\n", strconv.Quote(note))
	for _, more := range s.Reaches[first:] {
		fmt.Fprintf(&b, "  # also %s\n", more)
	}
	fmt.Fprintf(&b, "  item: %s\n", strconv.Quote(s.Item))
	if !s.On.IsZero() {
		fmt.Fprintf(&b, "  on: %q\n", s.On.String())
	}
	given := make([]string, len(s.given))
	for i, name := range s.given {
		given[i] = name + ": " + scalar(s.Elder[name])
	}
	fmt.Fprintf(&b, "  elder: {%s}\n", strings.Join(given, ", "))
	fmt.Fprintf(&b, "  # entitled: {%s: {…}}, or refused: [%s]\n", s.Service, s.Service)
	_, err := io.WriteString(out, b.String())
	return err
}

// ambiguous are the names that some readers of YAML take for something else than text.
var ambiguous = []string{"y", "n", "yes", "no", "on", "off", "true", "false", "null"}

// scalar is a value of an elder as YAML.
func scalar(value any) string {
	switch v := value.(type) {
	case []any:
		all := make([]string, len(v))
		for i, item := range v {
			all[i] = scalar(item)
		}
		return "[" + strings.Join(all, ", ") + "]"
	case string:
		if slices.Contains(ambiguous, v) {
			return strconv.Quote(v)
		}
		return v
	}
	return fmt.Sprint(value)
}
