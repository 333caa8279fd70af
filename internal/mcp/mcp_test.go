package mcp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/source/schema"
)

var load = sync.OnceValues(func() (*eldercare.Engine, error) { return eldercare.Load(context.Background()) })

// config answers for one day from the lists that come with the program.
func config(t *testing.T) Config {
	t.Helper()
	engine, err := load()
	if err != nil {
		t.Fatal(err)
	}
	return Config{Engine: engine, On: day(t, "2026-11-22"), Version: "test"}
}

func day(t *testing.T, text string) eldercare.Date {
	t.Helper()
	d, err := policy.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// connect returns a client of a server, over a connection in memory.
func connect(t *testing.T, server *sdk.Server) *sdk.ClientSession {
	t.Helper()
	near, far := sdk.NewInMemoryTransports()
	if _, err := server.Connect(t.Context(), far, nil); err != nil {
		t.Fatal(err)
	}
	client, err := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), near, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// ask calls a tool, and returns its structured answer as JSON. The text beside it must be the same.
func ask(t *testing.T, client *sdk.ClientSession, tool string, arguments any) (answer string, isError bool) {
	t.Helper()
	r, err := client.CallTool(t.Context(), &sdk.CallToolParams{Name: tool, Arguments: arguments})
	if err != nil {
		t.Fatal(tool, err)
	}
	structured, err := json.Marshal(r.StructuredContent)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Content) != 1 {
		t.Fatalf("%s: %d contents", tool, len(r.Content))
	}
	text := r.Content[0].(*sdk.TextContent).Text
	if diff := cmp.Diff(decoded(t, text), decoded(t, string(structured))); diff != "" {
		t.Errorf("%s (-text +structured)\n%s", tool, diff)
	}
	return text, r.IsError
}

func decoded(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return v
}

// Each tool answers, from what an assistant finds out by the ones before, up to the place in the
// text. The centenarian allowance of Hongtong is 300 yuan or more, from 100 years on.
func TestTools(t *testing.T) {
	client := connect(t, NewServer(config(t)))
	elder := object{"id": "H-100", "age": 100, "local_hukou": true}
	for _, tt := range []struct {
		tool      string
		arguments object
		want      []string
	}{
		{"jurisdictions", nil, []string{`{"on":"2026-11-22","jurisdictions":[`, `"id":"hongtong"`, `"name":"洪洞县"`, `"parent":"shanxi"`}},
		{"questions", object{"jurisdiction": "hongtong"}, []string{`{"questions":[{"attribute":"`, `"attribute":"age"`}},
		{"questions", object{"jurisdiction": "hongtong", "elder": object{"id": "x", "age": 30, "pension_scheme": "none"}}, []string{`{"id":"x","questions":[]}`}},
		{"decision", object{"jurisdiction": "hongtong", "elder": elder}, []string{
			`{"id":"H-100","jurisdiction":"hongtong","on":"2026-11-22","entitled":[`,
			`"service":"centenarian-allowance"`, `"promises":{"monthly_cny":{"bound":"at_least","value":300}}`, `"cite":["推进全县`, `"digest":"sha256:`,
		}},
		{"decision", object{"jurisdiction": "hongtong", "elder": object{"年龄": "一百岁"}, "assume_known": true, "on": "2026-01-31"}, []string{
			`"on":"2026-01-31"`, `"possible":[]`,
		}},
		{"explanation", object{"jurisdiction": "hongtong", "elder": object{"birth_date": "1930-05-06", "local_hukou": true}, "service": "centenarian-allowance"}, []string{
			`"answer":"not_entitled"`, `"eligible_from":"2030-05-06"`, `"cite":[`,
		}},
		{"check", object{"jurisdiction": "hongtong", "against": "shuozhou", "on": "2026-11-22"}, []string{
			`"jurisdiction":"hongtong","against":"shuozhou"`, `"service":"public-transport-concession","kind":"lower"`, `"witness":{"age":65}`,
		}},
	} {
		got, isError := ask(t, client, tt.tool, tt.arguments)
		for _, want := range tt.want {
			if isError || !strings.Contains(got, want) {
				t.Errorf("%s %v lacks %s: %s", tt.tool, tt.arguments, want, got)
			}
		}
	}
}

// A call that names no day is answered for that of the program, and else for today; a check then
// looks at all days.
func TestDay(t *testing.T) {
	c := config(t)
	today := c
	today.On = eldercare.Date{}
	for _, tt := range []struct {
		config    Config
		tool      string
		arguments object
		want      string
	}{
		{c, "decision", object{"on": "2026-01-31"}, `"on":"2026-01-31"`},
		{c, "decision", object{"on": nil}, `"on":"2026-11-22"`},
		{today, "decision", nil, `"on":"` + c.Engine.Today().String() + `"`},
		{c, "check", nil, `"dates":["2026-11-22"]`},
		{c, "check", object{"on": "2026-01-31"}, `"dates":["2026-01-31"]`},
		{today, "check", nil, `"dates":["2024-01-01"]`}, // on which Hongtong's list begins, and nothing changes since
	} {
		arguments := object{"jurisdiction": "hongtong"}
		if tt.tool == "decision" {
			arguments["elder"] = object{"age": 80}
		}
		for name, value := range tt.arguments {
			arguments[name] = value
		}
		if got, _ := ask(t, connect(t, NewServer(tt.config)), tt.tool, arguments); !strings.Contains(got, tt.want) {
			t.Errorf("%s %v lacks %s: %s", tt.tool, arguments, tt.want, got)
		}
	}
}

// What is wrong with a call is told by a code and the attributes concerned, and nothing that was
// given of the elder is repeated.
func TestRefusals(t *testing.T) {
	client := connect(t, NewServer(config(t)))
	const secret = "S3CR3T"
	age := object{"age": 80}
	for _, tt := range []struct {
		tool      string
		arguments any
		want      []string
	}{
		{"decision", object{"jurisdiction": "hongtong", "elder": object{"id": secret, "age": 777}}, []string{`"code":"out-of-range"`, `"attributes":["age"]`}},
		{"decision", object{"jurisdiction": "hongtong", "elder": object{"age": secret, "local_hukou": secret}}, []string{`"attributes":["age"]`, `"attributes":["local_hukou"]`}},
		{"decision", object{"jurisdiction": "hongtong", "elder": object{"id_number": secret}}, []string{`"attributes":["id_number"]`}},
		{"decision", object{"jurisdiction": "hongtong", "elder": object{"110101777": 80}}, []string{`"malformed"`, "key 1 of the object"}},
		{"questions", object{"jurisdiction": "hongtong", "elder": secret}, []string{`"wrong-argument"`, "elder must be an object"}},
		{"questions", object{"jurisdiction": "hongtong", "elder": []object{age}}, []string{`"wrong-argument"`, "elder must be an object"}},
		{"questions", object{"jurisdiction": "hongtong", "elder": object{"age": object{secret: 1}}}, []string{`"error":[{"code":"`}},
		{"decision", object{"jurisdiction": "hongtong"}, []string{`"wrong-argument"`, "elder is missing"}},
		{"decision", object{"elder": age, "jurisdiction": nil}, []string{`"wrong-argument"`, "jurisdiction is missing"}},
		{"decision", object{"jurisdiction": "", "elder": age}, []string{`"wrong-argument"`, "jurisdiction must"}},
		{"decision", object{"jurisdiction": 777, "elder": age}, []string{`"wrong-argument"`, "jurisdiction must"}},
		{"decision", object{"jurisdiction": "hongtong", "elder": age, "on": "2026-02-30"}, []string{`"wrong-argument"`, "on must"}},
		{"decision", object{"jurisdiction": "hongtong", "elder": age, "on": 777}, []string{`"wrong-argument"`, "on must"}},
		{"decision", object{"jurisdiction": "hongtong", "elder": age, "assume_known": secret}, []string{`"wrong-argument"`, "assume_known must"}},
		{"decision", object{"jurisdiction": "hongtong", "elder": age, "assume-known": true}, []string{`"wrong-argument"`, "did you mean assume_known?"}},
		{"decision", object{"jurisdiction": "hongtong", "elder": age, secret: 1}, []string{`"wrong-argument"`, "it takes jurisdiction, elder, on, assume_known"}},
		{"decision", []any{secret}, []string{`"wrong-argument"`, "must be an object"}},
		{"decision", object{"jurisdiction": "hungtong", "elder": age}, []string{`"unknown-jurisdiction"`, `"suggestion":"hongtong"`}},
		{"decision", object{"jurisdiction": "hongtong", "elder": age, "on": "2023-12-31"}, []string{`"not-in-force"`, `"first":"2024-01-01"`}},
		{"explanation", object{"jurisdiction": "hongtong", "elder": age, "service": "old-age-alowance"}, []string{`"not-listed"`, `"suggestion":"old-age-allowance"`}},
		{"check", object{"jurisdiction": "shanxi"}, []string{`"nothing-checked"`}},
		{"check", object{"jurisdiction": "hongtong", "on": "2020-01-01"}, []string{`"error":[{"code":"not`}},
		{"check", object{"jurisdiction": "hongtong", "against": "huojia", "on": "2024-06-01"}, []string{`"not-in-force"`}}, // Huojia's is from 2024-12-03
		{"check", object{"jurisdiction": "hongtong", "elder": age}, []string{`"wrong-argument"`}},
	} {
		got, isError := ask(t, client, tt.tool, tt.arguments)
		if !isError || !strings.HasPrefix(got, `{"error":[{"code":"`) {
			t.Errorf("%s %v is answered: %s", tt.tool, tt.arguments, got)
		}
		for _, want := range tt.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s %v lacks %s: %s", tt.tool, tt.arguments, want, got)
			}
		}
		if strings.Contains(got, secret) || strings.Contains(got, "777") {
			t.Errorf("%s %v: a value is repeated: %s", tt.tool, tt.arguments, got)
		}
	}
}

// The schemas are valid, take what the tools take, and refuse what they refuse. That of an elder is
// the one that the command schema prints.
func TestSchemas(t *testing.T) {
	c := config(t)
	schemas := map[string]*jsonschema.Schema{}
	var names []string
	for shown, err := range connect(t, NewServer(c)).Tools(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, shown.Name)
		compiler := jsonschema.NewCompiler()
		if err := compiler.AddResource(shown.Name, shown.InputSchema); err != nil {
			t.Fatal(err)
		}
		if schemas[shown.Name], err = compiler.Compile(shown.Name); err != nil {
			t.Fatal(err)
		}
		if !shown.Annotations.ReadOnlyHint || shown.Description == "" || shown.Title == "" {
			t.Errorf("%s: %+v", shown.Name, shown)
		}
	}
	slices.Sort(names)
	if diff := cmp.Diff([]string{"check", "decision", "explanation", "jurisdictions", "questions"}, names); diff != "" {
		t.Fatal(diff)
	}
	for _, tt := range []struct {
		tool, arguments string
		valid           bool
	}{
		{"jurisdictions", `{}`, true},
		{"jurisdictions", `{"elder": {}}`, false},
		{"questions", `{"jurisdiction": "hongtong"}`, true},
		{"questions", `{}`, false},
		{"decision", `{"jurisdiction": "hongtong", "elder": {"age": 80, "local_hukou": null}, "on": "2026-11-22", "assume_known": true}`, true},
		{"decision", `{"jurisdiction": "hongtong"}`, false},
		{"decision", `{"jurisdiction": "hongtong", "elder": {"age": 800}}`, false},
		{"decision", `{"jurisdiction": "hongtong", "elder": {"ages": 80}}`, false},
		{"explanation", `{"jurisdiction": "hongtong", "elder": {}, "service": "old-age-allowance"}`, true},
		{"explanation", `{"jurisdiction": "hongtong", "elder": {}, "service": "moon"}`, false},
		{"explanation", `{"jurisdiction": "hongtong", "elder": {}}`, false},
		{"check", `{"jurisdiction": "hongtong", "against": "shuozhou"}`, true},
		{"check", `{"jurisdiction": 5}`, false},
	} {
		if err := schemas[tt.tool].Validate(decoded(t, tt.arguments)); (err == nil) != tt.valid {
			t.Errorf("%s %s: %v", tt.tool, tt.arguments, err)
		}
	}
	v := c.Engine.Catalog().Vocabulary
	want := schema.Of(schema.Elder, v)["$defs"].(object)["elder"].(object)["properties"]
	i := slices.IndexFunc(tools, func(t tool) bool { return t.name == "decision" })
	if diff := cmp.Diff(want, tools[i].schema(v)["properties"].(object)["elder"].(object)["properties"]); diff != "" {
		t.Errorf("(-command schema +tool)\n%s", diff)
	}
}

// What goes wrong inside is told without its message.
func TestFailuresAreNotTold(t *testing.T) {
	s := &server{Config: config(t)}
	for name, answer := range map[string]func(context.Context, *server, call) (any, error){
		"panic": func(context.Context, *server, call) (any, error) { panic("S3CR3T") },
		"error": func(context.Context, *server, call) (any, error) { return nil, errors.New("S3CR3T") },
	} {
		r, err := s.handler(tool{answer: answer})(t.Context(), &sdk.CallToolRequest{Params: &sdk.CallToolParamsRaw{}})
		if err != nil {
			t.Fatal(name, err)
		}
		if got := r.Content[0].(*sdk.TextContent).Text; !r.IsError || got != `{"error":[{"code":"internal","message":"the program failed"}]}` {
			t.Errorf("%s: %s", name, got)
		}
	}
}

const (
	initialize  = `{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}`
	initialized = `{"jsonrpc":"2.0","method":"notifications/initialized"}`
)

// serve answers messages until their end.
func serve(t *testing.T, messages ...string) (answers string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var out bytes.Buffer
	err = Serve(ctx, strings.NewReader(strings.Join(messages, "\n")+"\n"), &out, config(t))
	return out.String(), err
}

// Calls that were read before the end of the input are answered, each once.
func TestEndOfInput(t *testing.T) {
	messages := []string{initialize, initialized}
	const calls = 50
	for i := range calls {
		messages = append(messages, `{"jsonrpc":"2.0","id":"`+strconv.Itoa(i)+
			`","method":"tools/call","params":{"name":"check","arguments":{"jurisdiction":"hongtong"}}}`)
	}
	got, err := serve(t, messages...)
	if err != nil {
		t.Fatal(err)
	}
	for i := range calls {
		if id := `"id":"` + strconv.Itoa(i) + `"`; strings.Count(got, id) != 1 {
			t.Errorf("%s is answered %d times", id, strings.Count(got, id))
		}
	}
	if n := strings.Count(got, `"structuredContent":{"jurisdiction":"hongtong"`); n != calls {
		t.Errorf("%d answers, want %d", n, calls)
	}
}

// What is no call ends in an error, of the protocol or of the session, that repeats nothing.
func TestProtocolErrors(t *testing.T) {
	for message, want := range map[string]string{
		`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":5,"arguments":{"elder":{"id":"S3CR3T"}}}}`: `"code":-32602`,
		`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"S3CR3T"}}`:                                `"code":-32602`,
		`{"jsonrpc":"2.0","id":1,"method":"S3CR3T"}`:                                                               `"code":-32601`,
	} {
		got, err := serve(t, initialize, initialized, message)
		if err != nil || !strings.Contains(got, want) || strings.Contains(got, "S3CR3T") {
			t.Errorf("%s: %v %s", message, err, got)
		}
	}
	for _, message := range []string{`{"id":"S3CR3T"`, `S3CR3T`, `["S3CR3T"]`} {
		got, err := serve(t, initialize, initialized, message)
		if !errors.Is(err, errBroken) || strings.Contains(got, "S3CR3T") {
			t.Errorf("%s: %v %s", message, err, got)
		}
	}
}

// broken takes the first answers and then no more, as a program that has ended.
type broken struct{ left int }

func (b *broken) Write(p []byte) (int, error) {
	if b.left--; b.left < 0 {
		return 0, io.ErrClosedPipe
	}
	return len(p), nil
}

// A session ends when nobody reads the answers, and when its context does.
func TestSessionEnds(t *testing.T) {
	call := `{"jsonrpc":"2.0","id":ID,"method":"tools/list"}`
	messages := []string{initialize, initialized, strings.Replace(call, "ID", "1", 1), strings.Replace(call, "ID", "2", 1)}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := Serve(ctx, strings.NewReader(strings.Join(messages, "\n")), &broken{1}, config(t)); !errors.Is(err, errBroken) {
		t.Error("nobody reads:", err)
	}
	reader, writer := io.Pipe()
	defer writer.Close()
	ctx, cancel = context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if err := Serve(ctx, reader, io.Discard, config(t)); !errors.Is(err, context.Canceled) {
		t.Error("cancelled:", err)
	}
}
