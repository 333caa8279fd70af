// Package schema makes JSON Schemas (draft 2020-12) of what people write: lists, amendments, cases
// and elders. Editors check and complete by them while one types. They enumerate the words of a
// vocabulary, and refuse whatever else a loader would refuse by the look of a single value; what
// relates two places, or two files, the loader alone finds.
//
// To a schema YAML is JSON: it cannot see that a text is not in quotes, or that null is not written
// out.
package schema

import "github.com/basic-eldercare/eldercare/policy"

// Kind is what a schema is of.
type Kind string

// The kinds.
const (
	List      Kind = "list"      // catalogs/<id>.yaml
	Amendment Kind = "amendment" // catalogs/<id>_<suffix>.yaml
	Cases     Kind = "cases"     // catalogs/cases/<id>.yaml
	Elder     Kind = "elder"     // the JSON of one elder, or of an array of them
)

// Kinds returns all kinds.
func Kinds() []Kind { return []Kind{List, Amendment, Cases, Elder} }

// object is a JSON Schema, or a part of one. Objects are made anew for every schema, and share
// nothing.
type object = map[string]any

// Of returns the schema of a kind with the words of a vocabulary, as [encoding/json] writes it; nil
// when there is no such kind.
func Of(kind Kind, v *policy.Vocabulary) map[string]any {
	var s object
	switch kind {
	case List:
		s = list(v)
	case Amendment:
		s = amendment(v)
	case Cases:
		s = cases(v)
	case Elder:
		s = elders(v)
	default:
		return nil
	}
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	return s
}

// form returns a mapping with these keys and no others.
func form(properties object, required ...string) object {
	s := object{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		s["required"] = required
	}
	return s
}

// named returns a mapping of names to values of one kind.
func named(names string, value object) object {
	return object{"type": "object", "propertyNames": object{"pattern": names}, "additionalProperties": value}
}

// items returns a list of at least so many values.
func items(of object, least int) object {
	s := object{"type": "array", "items": of}
	if least > 0 {
		s["minItems"] = least
	}
	return s
}

// ref returns a reference to a definition of the same schema.
func ref(name string) object { return object{"$ref": "#/$defs/" + name} }

// say adds what an editor shows of a value.
func say(description string, s object) object {
	s["description"] = description
	return s
}

// oneOf returns one of a few words.
func oneOf[T ~string](words []T) object { return object{"enum": words} }

// word is a word of a vocabulary, with what an editor shows of it.
type word struct{ name, label, english string }

// wordOf returns one of the words of a vocabulary.
func wordOf(words []word) object {
	if len(words) == 0 {
		return object{"not": object{}} // nothing is; oneOf must not be empty
	}
	all := make([]object, len(words))
	for i, w := range words {
		all[i] = object{"const": w.name}
		if w.label != "" {
			all[i]["title"] = w.label
		}
		if w.english != "" {
			all[i]["description"] = w.english
		}
	}
	return object{"oneOf": all}
}

func services(v *policy.Vocabulary) object {
	words := make([]word, len(v.Services))
	for i, s := range v.Services {
		words[i] = word{s.ID, s.Name, s.English}
	}
	return wordOf(words)
}

func serviceTypes(v *policy.Vocabulary) object {
	words := make([]word, len(v.ServiceTypes))
	for i, t := range v.ServiceTypes {
		words[i] = word{name: t.Name, english: t.English}
	}
	return wordOf(words)
}

func measures(v *policy.Vocabulary) object {
	words := make([]word, len(v.Measures))
	for i, m := range v.Measures {
		words[i] = word{m.Name, m.Label, m.English}
	}
	return wordOf(words)
}

// The shapes of texts.
const (
	someText  = `^` + printable + `*[^\s` + unprintable + `]` + printable + `*$`
	isoDate   = `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`
	isoMonth  = `^[0-9]{4}-(0[1-9]|1[0-2])$`
	snakeCase = `^[a-z][a-z0-9]*(_[a-z0-9]+)*$`
	fraction  = `^[1-9][0-9]{0,8}/[1-9][0-9]{0,8}$`
	division  = `^[1-9][0-9]{5}([0-9]{3})?$`
)

// unprintable holds what [policy.Unprintable] finds, as a class of characters writes it; without
// the line feed, as a schema cannot tell one after > from others.
const (
	unprintable = "\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
	printable   = `[^` + unprintable + `]`
)

func text() object { return object{"type": "string", "pattern": someText} }

func day() object { return object{"type": "string", "format": "date", "pattern": isoDate} }
