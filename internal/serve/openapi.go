package serve

import (
	"encoding/json"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/swaggest/jsonschema-go"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/explain"
	"github.com/basic-eldercare/eldercare/policy/source/schema"
)

// object is a JSON object.
type object = map[string]any

// describe describes addresses as OpenAPI 3.1: from the table of routes, the types of answers and
// the vocabulary.
func describe(routes []route, version string, v *policy.Vocabulary) ([]byte, error) {
	d := description31{schemas: object{"Elder": schema.Of(schema.Elder, v)["$defs"].(object)["elder"]}}
	paths := object{}
	for _, r := range routes {
		operation, err := d.operation(r)
		if err != nil {
			return nil, err
		}
		paths[r.path] = object{strings.ToLower(r.method): operation}
	}
	return json.Marshal(object{
		"openapi": "3.1.0",
		"info": object{
			"title": "eldercare", "version": version,
			"description": "What elders are owed by official basic eldercare service lists (基本养老服务清单). " +
				"Keys and values of elders may also be written as registers have them, in Chinese.",
			"license": object{"name": "Apache-2.0", "identifier": "Apache-2.0"},
		},
		"servers":  []any{object{"url": "/"}},
		"paths":    paths,
		"security": []any{object{}, object{"token": []string{}}},
		"components": object{
			"schemas":         d.schemas,
			"securitySchemes": object{"token": object{"type": "http", "scheme": "bearer"}},
		},
	})
}

// description31 is a description that is being made.
type description31 struct{ schemas object }

func (d *description31) operation(r route) (object, error) {
	answers := object{}
	if r.gives != nil {
		answer, err := d.schemaOf(r.gives)
		if err != nil {
			return nil, err
		}
		if r.lines {
			refused, err := d.schemaOf(Refused{})
			if err != nil {
				return nil, err
			}
			row := object{"anyOf": []any{answer, refused}}
			answers[typeLines] = object{"schema": row}
			answer = object{"oneOf": []any{answer, object{"type": "array", "items": row}}}
		}
		answers[typeJSON] = object{"schema": answer}
	}
	for _, f := range r.forms {
		kind, _, _ := strings.Cut(f.mediaType, ";")
		answers[kind] = object{"schema": object{"type": "string"}}
	}
	problem, err := d.schemaOf(Problem{})
	if err != nil {
		return nil, err
	}
	operation := object{
		"summary": r.about, "operationId": operationID(r), "parameters": r.parameters(),
		"responses": object{
			"200":     object{"description": r.about, "content": answers},
			"default": object{"description": "Why there is no answer", "content": object{"application/problem+json": object{"schema": problem}}},
		},
	}
	if r.method == http.MethodGet {
		operation["responses"].(object)[strconv.Itoa(http.StatusNotModified)] = object{"description": "It is as the ETag says"}
	}
	switch {
	case r.register:
		operation["requestBody"] = registerBody
	case r.reads:
		operation["requestBody"] = r.body()
	}
	return operation, nil
}

// operationID returns the last word of an address that is not in braces.
func operationID(r route) string {
	words := strings.FieldsFunc(r.path, func(c rune) bool { return c == '/' })
	words = slices.DeleteFunc(words, func(w string) bool { return strings.HasPrefix(w, "{") })
	return words[len(words)-1]
}

var inPath = regexp.MustCompile(`\{([a-z]+)\}`)

// parameters describes the parameters of an address, in its path and its query.
func (r route) parameters() []any {
	all := []any{}
	for _, match := range inPath.FindAllStringSubmatch(r.path, -1) {
		all = append(all, object{"name": match[1], "in": "path", "required": true, "schema": textForm})
	}
	for _, name := range r.takes {
		p := parameters[name]
		form := p.schema
		switch {
		case name == "format":
			form = oneOf(r.formats()...)
		case p.many:
			form = object{"type": "array", "items": form}
		}
		all = append(all, object{
			"name": name, "in": "query", "required": slices.Contains(r.needs, name), "description": p.about, "schema": form,
		})
	}
	return all
}

// formats names the forms of answers.
func (r route) formats() (all []string) {
	if r.gives != nil {
		all = append(all, formJSON.name)
	}
	for _, f := range r.forms {
		all = append(all, f.name)
	}
	return all
}

// body describes the elders in a request's body.
func (r route) body() object {
	one := object{"$ref": refs + "Elder"}
	content := object{typeJSON: object{"schema": object{"oneOf": []any{one, object{"type": "array", "items": one}}}}}
	if r.lines {
		content[typeLines] = object{"schema": one}
	}
	return object{"required": true, "content": content}
}

// registerBody describes a register in a request's body.
var registerBody = object{"required": true, "content": object{
	typeCSV: object{"schema": object{"type": "string"}}, typeExcel: object{"schema": object{}},
}}

// refs is the place of the schemas.
const refs = "#/components/schemas/"

// schemaOf returns the schema of a type, and stores those that it refers to.
func (d *description31) schemaOf(of any) (object, error) {
	r := jsonschema.Reflector{}
	r.AddTypeMapping(policy.Decimal{}, float64(0))
	r.AddTypeMapping(elder.Elder{}, map[string]any{})
	r.AddTypeMapping(explain.Number{}, float64(0))
	r.AddTypeMapping(explain.Citations{}, []string{})
	made, err := r.Reflect(of,
		jsonschema.DefinitionsPrefix(refs), jsonschema.RootRef,
		jsonschema.CollectDefinitions(func(name string, s jsonschema.Schema) { d.schemas[name], _ = s.ToSchemaOrBool().ToSimpleMap() }),
		jsonschema.InterceptProp(require))
	if err != nil {
		return nil, err
	}
	return made.ToSchemaOrBool().ToSimpleMap()
}

// require makes required what is never left out. Such a field may be null if it is a pointer.
func require(p jsonschema.InterceptPropParams) error {
	tag := p.Field.Tag.Get("json")
	if !p.Processed || strings.Contains(tag, ",omit") || p.Field.Type == nil || p.Field.Type.Kind() == reflect.Func {
		return nil
	}
	if !slices.Contains(p.ParentSchema.Required, p.Name) {
		p.ParentSchema.Required = append(p.ParentSchema.Required, p.Name)
	}
	if ref := p.PropertySchema.Ref; ref != nil && p.Field.Type.Kind() == reflect.Pointer {
		null := jsonschema.Null.ToSchemaOrBool()
		p.PropertySchema.Ref = nil
		p.PropertySchema.AnyOf = []jsonschema.SchemaOrBool{(&jsonschema.Schema{Ref: ref}).ToSchemaOrBool(), null}
	}
	return nil
}
