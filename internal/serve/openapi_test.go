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

// The description is OpenAPI 3.1 by the schema of the OpenAPI Initiative, whose copy in testdata is
// under the Apache License 2.0. What is sent and answered is what it describes.
func TestOpenAPI(t *testing.T) {
	o := options()
	s, _ := start(t, o)
	described, err := jsonschema.UnmarshalJSON(get("/openapi.json").of(s).Body)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	const official = "https://spec.openapis.org/oas/3.1/schema/2022-10-07"
	schemaFile(t, c, official, "testdata/openapi31.schema.json")
	meta, err := c.Compile(official)
	if err != nil {
		t.Fatal(err)
	}
	if err := meta.Validate(described); err != nil {
		t.Fatalf("%#v", err)
	}
	const ours = "https://eldercare.invalid/openapi.json"
	if err := c.AddResource(ours, described); err != nil {
		t.Fatal(err)
	}
	escape := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D")
	schema := func(path, method, rest string) *jsonschema.Schema {
		t.Helper()
		made, err := c.Compile(ours + "#/paths/" + escape.Replace(path) + "/" + method + "/" + rest)
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	valid := func(what string, by *jsonschema.Schema, text string) {
		t.Helper()
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err == nil {
			err = by.Validate(value)
		}
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	const one = `{"id":"E1","birth_date":"1940-02-29","assistance_category":"dibao","self_care":"none","disabilities":null}`
	elders := strings.Replace(one, `,"disabilities":null`, "", 1)
	many := "[" + elders + `,{"id":"E2","birth_date":"2090-01-01"},{}]`
	for path, query := range map[string]string{
		"decisions": "", "explanations": "", "questions": "", "timelines": "?from=2025-12&to=2026-03",
	} {
		path, address := "/v1/{jurisdiction}/"+path, "/v1/shuozhou/"+path+query
		answers := schema(path, "post", "responses/200/content/application~1json/schema")
		valid(path+", what is sent", schema(path, "post", "requestBody/content/application~1json/schema"), elders)
		valid(path+", what many send", schema(path, "post", "requestBody/content/application~1json/schema"), many)
		valid(path, answers, post(address, elders).of(s).Body.String())
		valid(path+" of many", answers, post(address, many).of(s).Body.String())
		row := schema(path, "post", "responses/200/content/application~1x-ndjson/schema")
		for line := range strings.Lines(lines(address, elders+"\n{\"age\":500}\n{}\n").of(s).Body.String()) {
			valid(path+" line by line", row, line)
		}
		valid(path+", a problem", schema(path, "post", "responses/default/content/application~1problem+json/schema"), post(address, `{"age":500}`).of(s).Body.String())
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
		valid(path, schema(path, "get", "responses/200/content/application~1json/schema"), w.Body.String())
	}
	if err := schema("/v1/{jurisdiction}/decisions", "post", "responses/200/content/application~1json/schema").Validate(map[string]any{"entitled": 7}); err == nil {
		t.Error("anything is a decision")
	}
}
