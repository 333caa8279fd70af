package reading

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

// Row reads an elder in JSON whose keys and values may be written as people write them, such as
// {"年龄": "八十岁", "自理能力": "半自理"}. What it cannot read stays as it is and is refused later, when the
// elder is validated. The error is an [*elder.RowError].
func (r *Reader) Row(raw elder.Raw) (elder.Row, error) { return r.RowBy(raw, nil) }

// RowBy is [Reader.Row] with meanings of keys in by, which take precedence over the vocabulary.
func (r *Reader) RowBy(raw elder.Raw, by map[string]string) (elder.Row, error) {
	row, err := raw.RowBy(func(written string) string {
		if name, ok := by[written]; ok {
			return r.key(name)
		}
		return r.key(written)
	})
	for name, value := range row.Elder {
		row.Elder[name] = r.JSONValue(name, value)
	}
	return row, err
}

// key returns the key of an elder that a key of JSON means, or the key itself when its meaning is
// unknown.
func (r *Reader) key(written string) string {
	if f, ok := r.Field(written); ok {
		return f.Name
	}
	return written
}

// JSONValue returns what a value in JSON means for an attribute or input. The name of an enum's
// value always means that value. Other text that is blank, or says that something is not known,
// becomes nil, because programs write "" for empty cells. A code or an identity number may be a
// number. Text such as "80" or "true" stays text where JSON has a number or a boolean: it is a
// mistake of a program, which validation reports. An input that cannot be read is returned in its
// normal form. Validation then says what is wrong with it, and not how it is written.
func (r *Reader) JSONValue(name string, value any) any {
	f := r.fields[foldHeader(name)]
	if number, ok := value.(json.Number); ok && f.Input != nil && f.Input.Type != policy.BirthDate {
		value = number.String()
	}
	text, ok := value.(string)
	switch {
	case !ok || f.Name != name || name == "id":
		return value
	case f.Attribute != nil && slices.ContainsFunc(f.Attribute.Values, func(v *policy.EnumValue) bool { return v.Name == text }):
		return value
	case isBlank(clean(text)):
		return nil
	}
	if a := f.Attribute; a != nil && a.Type != policy.Enum && isASCII(text) {
		return value
	}
	read, problem := r.Value(f, text)
	switch {
	case problem == nil && read != nil:
		return read
	case problem != nil && f.Input != nil && f.Input.Type == policy.IDNumber:
		return normalID(clean(text))
	case problem != nil && f.Input != nil:
		return clean(text)
	}
	return value
}

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf })
}
