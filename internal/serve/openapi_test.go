package serve_test

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func schemaFile(t *testing.T, c *jsonschema.Compiler, url, file string) {
	t.Helper()
	text, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	doc, err := jsonschema.UnmarshalJSON(text)
	if err == nil {
		err = c.AddResource(url, doc)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// described are the schemas of a description.
type described struct {
	*jsonschema.Compiler
	t *testing.T
}

const descriptionURL = "https://eldercare.invalid/openapi.json"

// newDescribed reads the description of a server. It must be OpenAPI 3.1 by the schema of the
// OpenAPI Initiative, whose copy in testdata is under the Apache License 2.0.
func newDescribed(t *testing.T, s http.Handler) described {
	t.Helper()
	text, err := jsonschema.UnmarshalJSON(get("/openapi.json").of(s).Body)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	const official = "https://spec.openapis.org/oas/3.1/schema/2022-10-07"
	schemaFile(t, c, official, "testdata/openapi31.schema.json")
	meta, err := c.Compile(official)
	if err == nil {
		err = meta.Validate(text)
	}
	if err == nil {
		err = c.AddResource(descriptionURL, text)
	}
	if err != nil {
		t.Fatalf("%#v", err)
	}
	return described{c, t}
}

// schema is the schema at a place of an address.
func (d described) schema(path, method, place string) *jsonschema.Schema {
	d.t.Helper()
	escape := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D")
	made, err := d.Compile(descriptionURL + "#/paths/" + escape.Replace(path) + "/" + method + "/" + place)
	if err != nil {
		d.t.Fatal(err)
	}
	return made
}

// valid holds a text to a schema.
func (d described) valid(by *jsonschema.Schema, text string) {
	d.t.Helper()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err == nil {
		err = by.Validate(value)
	}
	if err != nil {
		d.t.Error(err)
	}
}

const (
	sentJSON    = "requestBody/content/application~1json/schema"
	answerJSON  = "responses/200/content/application~1json/schema"
	answerLines = "responses/200/content/application~1x-ndjson/schema"
	answerWrong = "responses/default/content/application~1problem+json/schema"
)

// What is sent and answered is what the description says.
func TestOpenAPI(t *testing.T) {
	s, _ := start(t, options())
	d := newDescribed(t, s)
	const one = `{"id":"E1","birth_date":"1940-02-29","assistance_category":"dibao","self_care":"none"}`
	const many = "[" + one + `,{"id":"E2","birth_date":"2090-01-01"},{}]`
	for about, query := range map[string]string{"decisions": "", "explanations": "", "questions": "", "timelines": "?from=2025-12&to=2026-03"} {
		path, address := "/v1/{jurisdiction}/"+about, "/v1/shuozhou/"+about+query
		sent, answers := d.schema(path, "post", sentJSON), d.schema(path, "post", answerJSON)
		for _, elders := range []string{one, many} {
			d.valid(sent, elders)
			d.valid(answers, post(address, elders).of(s).Body.String())
		}
		row := d.schema(path, "post", answerLines)
		for line := range strings.Lines(lines(address, one+"\n{\"age\":500}\n{}\n").of(s).Body.String()) {
			d.valid(row, line)
		}
		d.valid(d.schema(path, "post", answerWrong), post(address, `{"age":500}`).of(s).Body.String())
	}
	for path, address := range map[string]string{
		"/v1/jurisdictions":         "/v1/jurisdictions",
		"/v1/lists/{jurisdiction}":  "/v1/lists/shuozhou",
		"/v1/checks/{jurisdiction}": "/v1/checks/hongtong?against=shuozhou",
		"/v1/diffs":                 "/v1/diffs?a=shuozhou&b=huojia",
		"/v1/schemas/{kind}":        "/v1/schemas/cases",
	} {
		w := get(address).of(s)
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d", address, w.Code)
		}
		d.valid(d.schema(path, "get", answerJSON), w.Body.String())
	}
	if err := d.schema("/v1/{jurisdiction}/decisions", "post", answerJSON).Validate(map[string]any{"entitled": 7}); err == nil {
		t.Error("anything is a decision")
	}
}
