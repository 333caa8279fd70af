package source

import (
	"encoding/json"
	"math/big"
	"strconv"

	"github.com/basic-eldercare/eldercare/policy"
)

// Data returns what rego/eldercare.rego reads as data.catalogs: what it needs to know about the
// attributes, the measures and the lists. The value consists of maps, slices, strings, booleans and
// [json.Number]. It can be written as the JSON of a bundle for OPA.
func Data(c *policy.Catalog) map[string]any {
	measures := make(map[string]any, len(c.Vocabulary.Measures))
	for _, m := range c.Vocabulary.Measures {
		measures[m.Name] = map[string]any{"kind": string(m.Kind), "per": string(m.Per), "less": m.Less}
	}
	attributes := make(map[string]any, len(c.Vocabulary.Attributes))
	for _, a := range c.Vocabulary.Attributes {
		attributes[a.Name] = attributeData(a)
	}
	lists := make([]any, len(c.Lists))
	for i, l := range c.Lists {
		lists[i] = listData(l)
	}
	vocabulary := map[string]any{"attributes": attributes, "gives": givesData(c.Vocabulary), "measures": measures}
	return map[string]any{"vocabulary": vocabulary, "lists": lists}
}

// givesData returns what attributes give of others, in the order of those that give.
func givesData(v *policy.Vocabulary) []any {
	all := []any{}
	for _, a := range v.Attributes {
		if a.Gives == nil {
			continue
		}
		values := make(map[string]any, len(a.Gives.Values))
		for _, given := range a.Gives.Values {
			values[given.Value] = valueData(given.Gives)
		}
		all = append(all, map[string]any{"attribute": a.Name, "gives": a.Gives.Attribute, "values": values})
	}
	return all
}

// valueData returns a value of an attribute.
func valueData(value any) any {
	if n, ok := value.(int); ok {
		return json.Number(strconv.Itoa(n))
	}
	return value
}

// attributeData returns what an attribute may be.
func attributeData(a *policy.Attribute) map[string]any {
	d := map[string]any{"type": string(a.Type)}
	switch a.Type {
	case policy.Enum, policy.Set:
		d["values"] = texts(names(a.Values, func(v *policy.EnumValue) string { return v.Name }))
	case policy.Integer:
		d["min"], d["max"] = json.Number(strconv.Itoa(a.Min)), json.Number(strconv.Itoa(a.Max))
	}
	if a.AskedOf != nil {
		d["asked_of"] = askedOfData(a)
	}
	return d
}

// askedOfData returns of whom an attribute is asked, and what may be said of it where it is not.
func askedOfData(a *policy.Attribute) map[string]any {
	values := make([]any, len(a.AskedOf.Values))
	for i, v := range a.AskedOf.Values {
		values[i] = valueData(v)
	}
	otherwise := []any{}
	switch {
	case a.Type == policy.Boolean:
		otherwise = append(otherwise, false)
	case a.Absent != nil:
		otherwise = append(otherwise, valueData(a.Absent))
	}
	return map[string]any{"attribute": a.AskedOf.Attribute, "values": values, "otherwise": otherwise}
}

func listData(l *policy.List) map[string]any {
	parameters := make(map[string]any, len(l.Parameters))
	for _, p := range l.Parameters {
		values := make([]any, len(p.Values))
		for i, v := range p.Values {
			values[i] = map[string]any{"from": v.From.String(), "parameter": ParameterData(p, v)}
		}
		parameters[p.Name] = values
	}
	services := make([]any, len(l.Services))
	for i, s := range l.Services {
		service := map[string]any{
			"id": s.ID, "item": s.Item, "name": s.Name, "access": string(s.Access), "inherits": s.Inherits, "linked": texts(s.Linked),
			"cite": citations(s.Cite),
		}
		putDay(service, "from", s.From)
		putDay(service, "until", s.Until)
		services[i] = service
	}
	groups := make([]any, len(l.ChooseHigher))
	for i, g := range l.ChooseHigher {
		members := make(map[string]any, len(g.Members))
		for _, m := range g.Members {
			members[m.Service] = m.Measure
		}
		groups[i] = map[string]any{"measures": members, "reason": g.Reason, "cite": citations(g.Cite)}
	}
	excludes := make([]any, len(l.Excludes))
	for i, e := range l.Excludes {
		excludes[i] = map[string]any{"has": e.Has, "without": texts(e.Without)}
	}
	data := map[string]any{
		"stems": texts(l.Stems()), "jurisdiction": map[string]any{"id": l.Jurisdiction.ID, "parent": l.Jurisdiction.Parent},
		"effective_from": l.EffectiveFrom.String(), "parameters": parameters, "services": services, "choose_higher": groups,
		"excludes": excludes,
	}
	putDay(data, "until", l.Until)
	return data
}

// putDay puts a day under a key, if there is one.
func putDay(data map[string]any, key string, day policy.Date) {
	if !day.IsZero() {
		data[key] = day.String()
	}
}

func citations(cite []policy.Citation) []any {
	out := make([]any, len(cite))
	for i, c := range cite {
		out[i] = c.String()
	}
	return out
}

func texts(all []string) []any {
	out := make([]any, len(all))
	for i, s := range all {
		out[i] = s
	}
	return out
}

// ParameterData returns a value of a parameter in the form in which rules read it in
// data.parameters. A threshold is a number, or nil when it is null. Rules must not see that nil,
// because in Rego every number is greater than null. Any other value is an object with bound,
// value, unit and parameters. An open value is null, and the object has the parameter's name in
// missing. A multiple also has numerator and denominator.
func ParameterData(p *policy.Parameter, v *policy.DatedValue) any {
	if p.Threshold() {
		if v.Value == nil {
			return nil
		}
		return number(v.Value)
	}
	object := map[string]any{
		"bound": string(p.Bound), "value": nil, "unit": string(p.Unit), "parameters": []any{p.Name},
	}
	if v.Value == nil {
		object["missing"] = p.Name
		return object
	}
	if p.Unit == policy.Multiple {
		object["numerator"] = json.Number(v.Value.Num().String())
		object["denominator"] = json.Number(v.Value.Denom().String())
	}
	object["value"] = number(v.Value)
	return object
}

// number returns a decimal number exact in four places; a fraction such as 1/3, which rules
// multiply by numerator and denominator, is rounded there.
func number(r *big.Rat) json.Number { return json.Number(policy.Round(r, 4, false).String()) }
