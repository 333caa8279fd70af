package mcp

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/elder/reading"
	"github.com/basic-eldercare/eldercare/policy/source/schema"
)

// object is a JSON object.
type object = map[string]any

// call is what a tool is asked.
type call struct {
	jurisdiction, against, service string
	elder                          eldercare.Elder
	on                             eldercare.Date // zero when no day is named
	assumeKnown                    bool
}

// argument is one that tools take.
type argument struct {
	about  string
	schema func(*policy.Vocabulary) object
	set    func(*call, json.RawMessage, *reading.Reader) error
}

// arguments are all of them, by name.
var arguments = map[string]argument{
	"jurisdiction": {
		about:  "id of the jurisdiction where the elder lives, or whose list is asked about, as the tool jurisdictions shows it",
		schema: plainText, set: text("jurisdiction", func(c *call) *string { return &c.jurisdiction }),
	},
	"against": {
		about:  "id of the jurisdiction to check against, instead of the one above",
		schema: plainText, set: text("against", func(c *call) *string { return &c.against }),
	},
	"service": {
		about:  "id of the service to explain",
		schema: func(v *policy.Vocabulary) object { return definition(schema.Cases, "service", v) },
		set:    text("service", func(c *call) *string { return &c.service }),
	},
	"elder": {
		about:  "what is known of the elder; what is left out, or null, is unknown",
		schema: func(v *policy.Vocabulary) object { return definition(schema.Elder, "elder", v) },
		set:    setElder,
	},
	"on": {
		about:  "the day to answer for, as YYYY-MM-DD",
		schema: func(*policy.Vocabulary) object { return object{"type": "string", "format": "date"} },
		set:    setDay,
	},
	"assume_known": {
		about:  "takes what is not said of the elder as absent, instead of unknown; only for who knows that all is said",
		schema: func(*policy.Vocabulary) object { return object{"type": "boolean", "default": false} },
		set:    setAssumeKnown,
	},
}

func plainText(*policy.Vocabulary) object { return object{"type": "string", "minLength": 1} }

// definition returns what a schema that the command schema prints says of one thing.
func definition(kind schema.Kind, name string, v *policy.Vocabulary) object {
	return schema.Of(kind, v)["$defs"].(object)[name].(object)
}

// schema returns the schema of the arguments of a tool.
func (t tool) schema(v *policy.Vocabulary) object {
	properties := object{}
	for _, name := range slices.Concat(t.needs, t.takes) {
		s := arguments[name].schema(v)
		s["description"] = arguments[name].about
		properties[name] = s
	}
	s := object{"type": "object", "properties": properties, "additionalProperties": false}
	if len(t.needs) > 0 {
		s["required"] = t.needs
	}
	return s
}

// read reads the arguments of a call. It refuses those that the tool does not take, as a slip in a
// name must not change an answer.
func (s *server) read(t tool, written json.RawMessage) (c call, err error) {
	given := map[string]json.RawMessage{}
	if len(written) > 0 && json.Unmarshal(written, &given) != nil {
		return c, wrongArgument("the arguments must be an object")
	}
	known := slices.Concat(t.needs, t.takes)
	for _, name := range slices.Sorted(maps.Keys(given)) {
		switch {
		case !slices.Contains(known, name):
			return c, unknownArgument(name, known)
		case string(given[name]) == "null":
			delete(given, name)
		default:
			if err := arguments[name].set(&c, given[name], s.words); err != nil {
				return c, err
			}
		}
	}
	for _, name := range t.needs {
		if _, ok := given[name]; !ok {
			return c, wrongArgument("%s is missing", name)
		}
	}
	return c, nil
}

// unknownArgument does not repeat the name, which may be anything.
func unknownArgument(name string, known []string) error {
	if near := policy.Nearest(name, known); near != "" {
		return wrongArgument("an argument is given that the tool does not take; did you mean %s?", near)
	}
	return wrongArgument("an argument is given that the tool does not take; it takes %s", strings.Join(known, ", "))
}

func text(name string, of func(*call) *string) func(*call, json.RawMessage, *reading.Reader) error {
	return func(c *call, written json.RawMessage, _ *reading.Reader) error {
		if json.Unmarshal(written, of(c)) != nil || *of(c) == "" {
			return wrongArgument("%s must be a text that is not empty", name)
		}
		return nil
	}
}

func setDay(c *call, written json.RawMessage, _ *reading.Reader) error {
	var day string
	err := json.Unmarshal(written, &day)
	if err == nil {
		c.on, err = policy.ParseDate(day)
	}
	if err != nil {
		return wrongArgument("on must be a day that exists, as YYYY-MM-DD")
	}
	return nil
}

func setAssumeKnown(c *call, written json.RawMessage, _ *reading.Reader) error {
	if json.Unmarshal(written, &c.assumeKnown) != nil {
		return wrongArgument("assume_known must be true or false")
	}
	return nil
}

// setElder reads an elder as the commands do, also in the words of a register.
func setElder(c *call, written json.RawMessage, words *reading.Reader) error {
	if written[0] != '{' {
		return wrongArgument("elder must be an object of attributes")
	}
	for raw, err := range elder.ReadRaw(bytes.NewReader(written)) {
		if err != nil {
			return err
		}
		row, err := words.Row(raw)
		c.elder = row.Elder
		return err
	}
	return nil
}
