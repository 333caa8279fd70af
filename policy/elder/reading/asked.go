package reading

import (
	"strings"
	"sync"

	"github.com/basic-eldercare/eldercare/policy"
)

// Asked is the question of a column whose header is a value of an attribute, such as 低保. A cell
// says yes or no: whether the elder has that value.
type Asked struct {
	Of    *policy.Attribute // an enum
	Value *policy.EnumValue
	yesNo *policy.Attribute // whose words its cells are written in
}

// askedOf are the values of all enums by folded header. A word of two values, or of an attribute,
// asks for none.
func (r *Reader) askedOf(v *policy.Vocabulary) map[string]Asked {
	words := glossary[Asked]{}
	for _, a := range v.Attributes {
		if a.Type != policy.Enum {
			continue
		}
		for _, value := range a.Values {
			own := &policy.Attribute{Name: a.Name, Label: value.Label, Aliases: value.Aliases, Type: policy.Boolean}
			r.words[own] = sync.OnceValue(func() map[string]any { return yesNo(own) })
			words.add(Asked{Of: a, Value: value, yesNo: own}, foldHeader, append([]string{value.Label, value.English}, value.Aliases...)...)
		}
	}
	return join(words)
}

// Asked returns the value that a column header asks about. It reports false when there is none, and
// for a header that [Reader.Field] knows.
func (r *Reader) Asked(header string) (Asked, bool) {
	if _, known := r.Field(header); known || len(header) > longestCell {
		return Asked{}, false
	}
	text := undressed(clean(header))
	a := r.asked[foldHeader(text)]
	for _, prefix := range askingPrefixes {
		if asked, ok := strings.CutPrefix(text, prefix); ok && a.Of == nil {
			a = r.asked[foldHeader(asked)]
		}
	}
	return a, a.Of != nil
}

// Answer reads a cell of a column that asks about a value: true, false, or nil for a blank.
func (r *Reader) Answer(a Asked, cell string) (any, *Problem) {
	return r.Value(Field{Name: a.Of.Name, Attribute: a.yesNo}, cell)
}
