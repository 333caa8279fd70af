package schema

import (
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
)

// Attributes returns the schema of what a rule sees as input: the attributes of a vocabulary, and
// nothing else.
func Attributes(v *policy.Vocabulary) map[string]any {
	properties := object{}
	for _, a := range v.Attributes {
		properties[a.Name] = attribute(a)
	}
	return form(properties)
}

func attribute(a *policy.Attribute) object {
	s := object{"title": a.Label, "description": a.English}
	switch a.Type {
	case policy.Boolean:
		s["type"] = "boolean"
	case policy.Integer:
		s["type"], s["minimum"], s["maximum"] = "integer", a.Min, a.Max
	case policy.Enum, policy.Set:
		values := make([]any, len(a.Values))
		labels := make([]string, len(a.Values))
		for i, value := range a.Values {
			values[i] = value.Name
			labels[i] = value.Name + " " + value.Label
		}
		s["type"], s["enum"] = "string", values
		if a.Type == policy.Set {
			delete(s, "enum")
			s["type"], s["uniqueItems"], s["items"] = "array", true, object{"type": "string", "enum": values}
		}
		s["description"] = a.English + ": " + strings.Join(labels, ", ")
	}
	return s
}

// elder returns the schema of one elder: attributes, what may be given instead, and an id. Null is
// unknown.
func elder(v *policy.Vocabulary) object {
	properties := object{"id": object{"type": []string{"string", "number", "null"}, "description": "names the elder in the answer"}}
	for _, a := range v.Attributes {
		properties[a.Name] = orNull(attribute(a))
	}
	for _, in := range v.Inputs {
		properties[in.Name] = orNull(input(in))
	}
	return form(properties)
}

func input(in *policy.Input) object {
	s := object{"type": "string", "title": in.Label, "description": in.English + "; gives " + in.Gives}
	switch in.Type {
	case policy.BirthDate:
		s["anyOf"] = []object{{"format": "date", "pattern": isoDate}, {"pattern": isoMonth}}
		s["description"] = in.English + " as YYYY-MM-DD, or only its month as YYYY-MM; gives " + in.Gives
	case policy.IDNumber:
		s["pattern"] = `^[0-9]{17}[0-9Xx]$`
	case policy.DivisionCode:
		s["pattern"] = division
	}
	return s
}

func orNull(s object) object {
	if of, ok := s["type"]; ok {
		s["type"] = []any{of, "null"}
	}
	if values, ok := s["enum"].([]any); ok {
		s["enum"] = append(values, nil)
	}
	return s
}

// elders returns the schema of one elder, or of an array of them.
func elders(v *policy.Vocabulary) object {
	return object{
		"title": "an elder, or an array of elders",
		"if":    object{"type": "array"},
		"then":  object{"items": ref("elder")},
		"else":  ref("elder"),
		"$defs": object{"elder": elder(v)},
	}
}

// cases returns the schema of the cases of a list.
func cases(v *policy.Vocabulary) object {
	const promise = `^(>=|<=|=)[0-9]+(\.[0-9]+)?$`
	measured := object{}
	for _, m := range v.Measures {
		measured[m.Name] = say(m.Label+": >=n at least, <=n at most, =n exactly, open, or open and the parameter that is missing",
			object{"type": "string", "pattern": promise + `|^open( [a-z0-9_]+)?$`})
	}
	entitled := object{
		"type": "object", "propertyNames": ref("service"), "additionalProperties": form(measured),
		"description": "the services that the elder has, each with all its measures; {} for a service without any",
	}
	several := object{
		"type": "object", "propertyNames": ref("service"), "additionalProperties": items(form(measured), 2),
		"description": "the bundles of linked measures of a service that has several, in any order",
	}
	given := elder(v)
	given["minProperties"] = 1
	s := form(object{
		"note":              say("names the behaviour; no two cases have the same", text()),
		"item":              say("the printed item that it is about, in quotes", text()),
		"elder":             given,
		"on":                day(),
		"entitled":          entitled,
		"bundles":           several,
		"refused":           say("services that the elder is not promised; whether they are at discretion it leaves open", items(ref("service"), 0)),
		"discretionary":     say("services that are at discretion for the elder", items(ref("service"), 0)),
		"not_discretionary": say("services that are not even at discretion for the elder", items(ref("service"), 0)),
		"monthly_cny":       object{"type": "string", "pattern": promise, "description": "the cash of a month, all services together"},
	}, "note", "elder")
	some := func(key string, least string) object {
		return object{"properties": object{key: object{least: 1}}, "required": []string{key}}
	}
	s["anyOf"] = []object{ // a case that wants nothing would never fail
		some("entitled", "minProperties"), some("bundles", "minProperties"), some("refused", "minItems"), some("discretionary", "minItems"),
		some("not_discretionary", "minItems"), some("monthly_cny", "minLength"),
	}
	return object{
		"title": "the cases of a list, catalogs/cases/<id>.yaml",
		"type":  "array", "items": s,
		"$defs": object{"service": services(v)},
	}
}
