package schema

import (
	"maps"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
)

// list returns the schema of a list.
func list(v *policy.Vocabulary) object {
	s := form(object{
		"jurisdiction":           jurisdiction(),
		"document":               ref("document"),
		"effective_from":         say("the first day on which the list is in force", day()),
		"effective_from_assumed": say("why that day is assumed, when the text gives none", text()),
		"until":                  say("the last day on which the list is in force, if it ends without another", day()),
		"inherits_rest":          object{"type": "boolean", "description": "every service of the lists above that this one does not name is inherited, as they print it"},
		"counting_day":           object{"type": "integer", "minimum": 1, "maximum": 28, "description": "the day of the month whose state decides for the month; the first when left out"},
		"parameters":             say("every number that the text states", named(snakeCase, parameter(v))),
		"services":               say("in printed order", items(service(v), 0)),
	}, "jurisdiction", "document", "effective_from", "services")
	maps.Copy(s["properties"].(object), entries(v))
	s["title"] = "a list, catalogs/<id>.yaml"
	s["$defs"] = object{"document": document(), "cite": cite(), "history": history(), "service": services(v)}
	return s
}

// entries returns what a list, and an amendment of one, has besides services that is written as a
// list.
func entries(v *policy.Vocabulary) object {
	return object{
		"choose_higher": say("promises of which only the highest is paid", items(choice(v), 0)),
		"excludes":      say("who has one service does not get the others", items(exclusion(), 0)),
		"not_modelled":  say("parts of the text that are not modelled", items(form(object{"what": text(), "why": text()}, "what", "why"), 0)),
		"accepted": say("findings of lint and trace that are accepted", items(form(object{
			"code": text(), "subject": say("a service id or the name of a parameter, as the finding names it", text()), "reason": text(),
		}, "code", "subject", "reason"), 0)),
	}
}

func jurisdiction() object {
	return form(object{
		"id":     object{"type": "string", "pattern": snakeCase, "description": "the name of the file, and of the Rego package"},
		"code":   object{"type": "string", "pattern": division, "description": "GB/T 2260, six digits in quotes; of a township GB/T 10114, nine; of the nation 100000"},
		"name":   text(),
		"level":  oneOf(policy.Levels()),
		"parent": say("id of a jurisdiction of a higher level, not necessarily the next; left out at the top", text()),
	}, "id", "code", "name", "level")
}

func document() object {
	return form(object{
		"title":  text(),
		"number": say("as printed; left out when the text prints none", text()),
		"issued": day(),
		"basis":  say("official: the published text; reconstructed: inferred from the lists below", oneOf(policy.Bases())),
		"note":   text(),
	}, "title", "basis")
}

// cite returns the schema of the places in documents that bear something out.
func cite() object {
	place := form(object{"document": text(), "at": text()}, "document")
	place["type"], place["pattern"] = []string{"string", "object"}, someText
	return say("clauses or items of the list's own document, or {document: …, at: …} of another", items(place, 1))
}

// parameter returns the schema of a number that a list states.
func parameter(v *policy.Vocabulary) object {
	s := amended(v)
	s["required"] = []string{"label", "unit", "values", "cite"}
	s["dependentRequired"] = object{"payment": []string{"bound"}} // a threshold is not paid
	return s
}

// amended returns the schema of a number that an amendment states: what it leaves out is the
// amended list's. Years are always a threshold, which has no bound.
func amended(v *policy.Vocabulary) object {
	s := form(object{
		"label":     text(),
		"unit":      unit(v),
		"bound":     say("how the number binds; set_locally: it is left open, and null; left out: a threshold, which rules compare with", oneOf(policy.Bounds())),
		"values":    ref("history"),
		"payment":   payment(v, "the calendar by which what is promised of the amount is paid, in place of its service's; holds for the lists below too"),
		"review_by": say("the day by which somebody is to see whether the number still holds; lint warns from the day after", day()),
		"cite":      ref("cite"),
	}, "values", "cite")
	s["if"] = object{"properties": object{"unit": object{"const": policy.Years}}, "required": []string{"unit"}}
	s["then"] = object{"properties": object{"bound": false}}
	return s
}

// unit returns the schema of a parameter's unit: one that a measure has, or yuan or a counted word,
// per something or not.
func unit(v *policy.Vocabulary) object {
	pers := make([]string, 0, len(policy.Pers()))
	for _, per := range policy.Pers() {
		if per != policy.PerOnce {
			pers = append(pers, string(per))
		}
	}
	counted := strings.Join(append([]string{string(policy.CNY)}, policy.Counted()...), "|")
	pattern := "^(" + counted + ")(_per_(" + strings.Join(pers, "|") + "))?$"
	return object{"type": "string", "anyOf": []object{oneOf(v.Units()), {"pattern": pattern}}}
}

// history returns the schema of the dated values of a number.
func history() object {
	return say("the history: added to, never edited", items(form(object{
		"from": day(),
		"value": object{"type": []string{"number", "string", "null"}, "pattern": fraction,
			"description": "a number, a fraction such as 1/3, or null when no text states it or it is repealed"},
		"cite": ref("cite"),
	}, "from", "value"), 1))
}

func service(v *policy.Vocabulary) object {
	reading := form(object{"question": text(), "answer": text(), "why": text(), "cite": ref("cite")}, "question", "answer", "why", "cite")
	return form(object{
		"id":          ref("service"),
		"item":        say("the printed item number, in quotes", text()),
		"name":        say("as printed", text()),
		"group":       say("the recipients, as printed", text()),
		"type":        say("as printed", serviceTypes(v)),
		"departments": items(text(), 1),
		"spending":    say("who pays, where printed; in our own words", text()),
		"access":      say("automatic 免申即享, application 依申请, presentation 凭有效证件当场享受", oneOf(policy.Accesses())),
		"inherits":    object{"type": "boolean", "description": "the rule of the nearest list above applies, with this list's figures"},
		"linked":      linked(v),
		"payment":     payment(v, "the calendar by which the service is paid; holds for the lists below too"),
		"until":       say("the last day on which the list has the service", day()),
		"cite":        ref("cite"),
		"readings":    say("where the text is unclear: the question, the answer chosen, why", items(reading, 0)),
	}, "id", "item", "name", "group", "type", "departments", "access", "cite")
}

// linked returns the schema of measures that belong together. Monthly cash is none of them: it is
// added up.
func linked(v *policy.Vocabulary) object {
	single := &policy.Vocabulary{Measures: slices.DeleteFunc(slices.Clone(v.Measures), func(m *policy.Measure) bool {
		return m.Unit == policy.CNYPerMonth
	})}
	s := items(measures(single), 2)
	s["uniqueItems"] = true
	return say("measures that belong together, such as a share and its ceiling: what a rule promises of them stays together", s)
}

// payment returns the schema of the calendar of a service or of a parameter, with its meaning. It
// describes each word, as an editor shows it.
func payment(v *policy.Vocabulary, meaning string) object {
	from := wordOf([]word{
		{name: string(policy.FromCountingDay), english: "the month of the first counting day on or after the day on which the condition is met; so when left out"},
		{name: string(policy.FromMonth), english: "the month in which the condition is met (当月)"},
		{name: string(policy.FromNextMonth), english: "the month after the one in which the condition is met (次月)"},
		{name: string(policy.FromMonthOfApplication), english: "the month of the application, once the condition is met (申请当月)"},
		{name: string(policy.FromMonthAfterApplication), english: "the month after the one of the application (申请次月)"},
	})
	until := wordOf([]word{
		{name: string(policy.UntilCountingDay), english: "the last month on whose counting day the condition is met; so when left out"},
		{name: string(policy.UntilMonthBefore), english: "the last month on whose last day the condition is met: payment stops with the month in which it ends (当月停发)"},
		{name: string(policy.UntilMonth), english: "the month of the last day on which the condition is met (次月停发)"},
		{name: string(policy.UntilNextMonth), english: "the month after the one of the last day"},
	})
	var attributes []word
	for _, a := range v.Attributes {
		if a.Type == policy.Boolean {
			attributes = append(attributes, word{a.Name, a.Label, a.English})
		}
	}
	suspended := items(wordOf(attributes), 1)
	suspended["uniqueItems"] = true
	s := form(object{
		"from":  say("the first month that is paid", from),
		"until": say("the last month that is paid; not with once", until),
		"back_pay_months": object{"type": "integer", "minimum": 1, "maximum": 120,
			"description": "the most months that are paid before the one of the application; only where from waits for an application"},
		"once":      object{"type": "boolean", "description": "due in one month, the first; a measure of money per once needs no such mark"},
		"suspended": say("yes-no attributes: while one of them is true, nothing is paid, such as hospitalised", suspended),
	})
	s["minProperties"] = 1
	return say(meaning, s)
}

// choice returns the schema of a choice. It is among services by one measure, or among members that
// each have a measure of their own.
func choice(v *policy.Vocabulary) object {
	services := items(ref("service"), 2)
	services["uniqueItems"] = true
	member := form(object{"service": ref("service"), "measure": measures(v)}, "service", "measure")
	s := form(object{
		"services": say("services that share the measure", services),
		"measure":  measures(v),
		"members":  say("instead of services and measure, where measures differ", items(member, 2)),
		"reason":   text(),
		"cite":     ref("cite"),
	}, "reason", "cite")
	s["oneOf"] = []object{
		{"required": []string{"services", "measure"}, "properties": object{"members": false}},
		{"required": []string{"members"}, "properties": object{"services": false, "measure": false}},
	}
	return s
}

// exclusion returns the schema of an exclusion.
func exclusion() object {
	without := items(ref("service"), 1)
	without["uniqueItems"] = true
	return form(object{
		"has":     say("a service that the list or one above it promises", ref("service")),
		"without": say("the services that are denied to whoever has it", without),
		"reason":  text(),
		"cite":    ref("cite"),
	}, "has", "without", "reason", "cite")
}

// amendment returns the schema of an amendment.
func amendment(v *policy.Vocabulary) object {
	s := form(object{
		"amends":     say("the list amended: its file without .yaml", text()),
		"document":   ref("document"),
		"parent":     say("id of a jurisdiction to put above this one, below the one that the list names", text()),
		"parameters": say("numbers that the list, or one above it, has; a new one has label, unit and bound too", named(snakeCase, amended(v))),
		"services":   say("added to those of the list; their rules are in rego/lists/, in the file with the same name as this one", items(service(v), 0)),
	}, "amends")
	properties := s["properties"].(object)
	maps.Copy(properties, entries(v))
	var some []object
	for _, key := range slices.Sorted(maps.Keys(properties)) {
		if key != "amends" && key != "document" {
			some = append(some, object{"required": []string{key}})
		}
	}
	s["anyOf"] = some
	// Without a document of its own, a file can cite other documents only.
	others := object{"items": object{"type": "object"}}
	s["if"] = object{"required": []string{"document"}}
	s["else"] = object{"properties": object{"parameters": object{"additionalProperties": object{"properties": object{
		"cite":   others,
		"values": object{"items": object{"properties": object{"cite": others}}},
	}}}}}
	s["title"] = "an amendment, catalogs/<id>_<suffix>.yaml"
	s["$defs"] = object{"document": document(), "cite": cite(), "history": history(), "service": services(v)}
	return s
}
