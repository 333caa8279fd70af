package lsp_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/sourcegraph/jsonrpc2"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/lsp"
)

// The folder of these tests adds a service of its own to Huojia. The characters 𠮷 take two UTF-16
// code units each.
var folder = map[string]string{
	"catalogs/attributes.yaml": "attributes:\n  blood_donor: {label: 无偿献血, english: blood donor, type: boolean}\n",
	"catalogs/measures.yaml":   "measures:\n  baths_per_month: {label: 每月助浴次数, english: assisted baths, kind: count, per: month}\n",
	"catalogs/services.yaml":   "services:\n  bathing-help: {name: 助浴服务, english: assisted bathing}\n",
	"catalogs/huojia_baths.yaml": `amends: huojia
document: {title: 助浴办法（虚构）, basis: official}
parameters:
  baths_monthly: {label: 𠮷𠮷次数, unit: times_per_month, bound: at_least, values: [{from: "2024-12-03", value: 2}, {from: "2026-01-01", value: 3}], cite: [第三条]}
services:
  - {id: bathing-help, item: 附1, name: 助浴服务, group: 献血者, type: 照护服务, departments: [民政局], access: application, cite: [第二条]}
`,
	"rego/lists/huojia_baths.rego": `package lists.huojia_baths

import data.elder
import data.grant
import data.parameters as p

# METADATA
# title: 助浴服务
# custom:
#   item: 附1
grants contains grant.promise("bathing-help", {"baths_per_month": p.baths_monthly}) if {
	elder.is_elder
	input.blood_donor
	"𠮷𠮷" != "好"; input.pension_scheme == "resident"
}
`,
}

const (
	listFile = "catalogs/huojia_baths.yaml"
	ruleFile = "rego/lists/huojia_baths.rego"
)

// client is the editor's side of a session.
type client struct {
	t         *testing.T
	ctx       context.Context
	conn      *jsonrpc2.Conn
	dir       string
	published chan published
	asks      chan string // the methods that the server calls
	ended     chan error  // what Serve returned
}

type published struct {
	URI         string
	Diagnostics []diagnostic
}

type place struct{ Line, Character int }

type extent struct{ Start, End place }

type location struct {
	URI   string
	Range extent
}

type diagnostic struct {
	Range              extent
	Severity           int
	Code               string
	Source             string
	Message            string
	RelatedInformation []struct{ Location location }
}

// pipes is one end of a connection.
type pipes struct {
	*io.PipeReader
	*io.PipeWriter
}

func (p pipes) Close() error { return errors.Join(p.PipeReader.Close(), p.PipeWriter.Close()) }

// start starts a server and a client that have not said anything yet, with a folder of files.
func start(t *testing.T, files map[string]string, options ...eldercare.Option) *client {
	t.Helper()
	c := &client{t: t, dir: t.TempDir(), published: make(chan published, 1000), asks: make(chan string, 10), ended: make(chan error, 1)}
	for name, content := range files {
		c.write(name, content)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	c.ctx = ctx
	fromClient, toServer := io.Pipe()
	fromServer, toClient := io.Pipe()
	go func() {
		c.ended <- lsp.Serve(ctx, fromClient, toClient, lsp.Config{Pause: 20 * time.Millisecond, Options: options})
		toClient.Close()
	}()
	stream := jsonrpc2.NewBufferedStream(pipes{fromServer, toServer}, jsonrpc2.VSCodeObjectCodec{})
	c.conn = jsonrpc2.NewConn(ctx, stream, jsonrpc2.HandlerWithError(c.take))
	t.Cleanup(func() {
		c.conn.Close()
		cancel()
	})
	return c
}

// take takes what the server says by itself.
func (c *client) take(_ context.Context, _ *jsonrpc2.Conn, r *jsonrpc2.Request) (any, error) {
	if r.Method != "textDocument/publishDiagnostics" {
		c.asks <- r.Method
		return nil, nil
	}
	var p published
	if err := json.Unmarshal(*r.Params, &p); err != nil {
		return nil, err
	}
	c.published <- p
	return nil, nil
}

func (c *client) write(name, content string) {
	c.t.Helper()
	name = filepath.Join(c.dir, filepath.FromSlash(name))
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(content), 0o600)); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) uri(name string) string {
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(filepath.Join(c.dir, filepath.FromSlash(name)))}).String()
}

func (c *client) call(method string, params, result any) {
	c.t.Helper()
	if err := c.conn.Call(c.ctx, method, params, result); err != nil {
		c.t.Fatalf("%s: %v", method, err)
	}
}

func (c *client) notify(method string, params any) {
	c.t.Helper()
	if err := c.conn.Notify(c.ctx, method, params); err != nil {
		c.t.Fatalf("%s: %v", method, err)
	}
}

type object = map[string]any

// begin begins a session as an editor does.
func (c *client) begin(locale string) {
	c.t.Helper()
	var result struct {
		Capabilities struct{ TextDocumentSync struct{ Change int } }
	}
	c.call("initialize", object{"rootUri": c.uri(""), "locale": locale, "capabilities": object{}}, &result)
	if result.Capabilities.TextDocumentSync.Change != 1 {
		c.t.Error("the server does not take whole texts")
	}
	c.notify("initialized", object{})
}

func (c *client) open(name, text string) {
	c.t.Helper()
	c.notify("textDocument/didOpen", object{"textDocument": object{"uri": c.uri(name), "languageId": "x", "version": 1, "text": text}})
}

func (c *client) change(name, text string) {
	c.t.Helper()
	c.notify("textDocument/didChange", object{
		"textDocument": object{"uri": c.uri(name), "version": 2}, "contentChanges": []object{{"text": text}},
	})
}

// wait waits for diagnostics of a file that are as wanted, and returns them.
func (c *client) wait(name, what string, wanted func([]diagnostic) bool) []diagnostic {
	c.t.Helper()
	var last []diagnostic
	for {
		select {
		case p := <-c.published:
			if p.URI == c.uri(name) {
				if last = p.Diagnostics; wanted(last) {
					return last
				}
			}
		case <-c.ctx.Done():
			c.t.Fatalf("%s: no diagnostics that are %s; the last were %+v", name, what, last)
		}
	}
}

// none waits until a file has no diagnostics any more.
func (c *client) none(name string) {
	c.t.Helper()
	c.wait(name, "none", func(d []diagnostic) bool { return len(d) == 0 })
}

// code waits until a file has a diagnostic with a code, and returns it.
func (c *client) code(name, code string) diagnostic {
	c.t.Helper()
	var found diagnostic
	c.wait(name, code, func(all []diagnostic) bool {
		for _, d := range all {
			if d.Code == code {
				found = d
				return true
			}
		}
		return false
	})
	return found
}

// at returns the place in a text before a mark |, and the text without it.
func at(t *testing.T, text, around string) place {
	t.Helper()
	before, after, ok := strings.Cut(around, "|")
	i := strings.Index(text, before+after)
	if !ok || i < 0 {
		t.Fatalf("%q is not in the text", around)
	}
	i += len(before)
	start := strings.LastIndex(text[:i], "\n") + 1
	return place{Line: strings.Count(text[:i], "\n"), Character: len(utf16.Encode([]rune(text[start:i])))}
}

// from returns the extent of a word in a text.
func from(t *testing.T, text, around, word string) extent {
	t.Helper()
	start := at(t, text, around)
	return extent{start, place{start.Line, start.Character + len(utf16.Encode([]rune(word)))}}
}

func (c *client) asked(name, text, around string) object {
	c.t.Helper()
	p := at(c.t, text, around)
	return object{"textDocument": object{"uri": c.uri(name)}, "position": object{"line": p.Line, "character": p.Character}}
}

type hovered struct {
	Contents struct{ Kind, Value string }
	Range    extent
}

func (c *client) hover(name, text, around string) *hovered {
	c.t.Helper()
	var h *hovered
	c.call("textDocument/hover", c.asked(name, text, around), &h)
	return h
}

func (c *client) definition(name, text, around string) []location {
	c.t.Helper()
	var l []location
	c.call("textDocument/definition", c.asked(name, text, around), &l)
	return l
}

// completion returns what is offered at a place, by name, and the extent that it replaces.
func (c *client) completion(name, text, around string) (labels map[string]string, replaced extent) {
	c.t.Helper()
	var items []struct {
		Label, Detail string
		TextEdit      struct {
			Range   extent
			NewText string
		}
	}
	c.call("textDocument/completion", c.asked(name, text, around), &items)
	labels = map[string]string{}
	for _, i := range items {
		if i.TextEdit.NewText != i.Label {
			c.t.Errorf("%s writes %s", i.Label, i.TextEdit.NewText)
		}
		labels[i.Label], replaced = i.Detail, i.TextEdit.Range
	}
	return labels, replaced
}

// end ends the session as an editor does.
func (c *client) end() {
	c.t.Helper()
	c.call("shutdown", nil, nil)
	c.notify("exit", nil)
	if err := <-c.ended; err != nil {
		c.t.Error(err)
	}
}

// A session from its beginning to its end: what is typed and not saved counts.
func TestSession(t *testing.T) {
	c := start(t, folder)
	c.begin("zh-cn")
	list, rules := folder[listFile], folder[ruleFile]
	c.open(listFile, list)
	c.open(ruleFile, strings.Replace(rules, "input.blood_donor", "input.blood_donors", 1))

	wrong := c.code(ruleFile, "unknown-attribute")
	if wrong.Severity != 1 || wrong.Source != "eldercare" || !strings.Contains(wrong.Message, "blood_donor") {
		t.Errorf("%+v", wrong)
	}
	if diff := cmp.Diff(from(t, rules, "\t|input.blood_donor", "input.blood_donors"), wrong.Range); diff != "" {
		t.Error(diff)
	}
	c.change(ruleFile, rules)
	c.none(ruleFile)

	bound := strings.Replace(list, "at_least", "at_leest", 1)
	c.change(listFile, bound)
	if diff := cmp.Diff(from(t, bound, "bound: |at_leest", "at_leest"), c.code(listFile, "unknown-bound").Range); diff != "" {
		t.Error(diff)
	}
	c.change(listFile, list)
	c.none(listFile)

	c.hovers(list, rules)
	c.definitions(list, rules)
	c.completions(list, rules)
	c.end()
}

func (c *client) hovers(list, rules string) {
	c.t.Helper()
	for _, tt := range []struct {
		file, text, around string
		want               []string
	}{
		{ruleFile, rules, "p.baths_m|onthly", []string{"𠮷𠮷次数", "2024-12-03", "每月不少于2次", "2026-01-01", "3次", "助浴办法（虚构） 第三条"}},
		{ruleFile, rules, "input.blood_do|nor", []string{"无偿献血", "true"}},
		{ruleFile, rules, "bathing-he|lp", []string{"助浴服务", "附1", "献血者", "民政局", "依申请", "每月助浴次数", "3次", "第二条"}},
		{ruleFile, rules, "baths_per_mo|nth", []string{"每月助浴次数"}},
		{ruleFile, rules, "pension_sch|eme", []string{"养老保险类型", "resident", "居民"}},
		{ruleFile, rules, `"resi|dent"`, []string{"居民", "养老保险类型"}},
		{listFile, list, "baths_mo|nthly", []string{"𠮷𠮷次数", "3次"}},
		{listFile, list, "amends: huo|jia", []string{"获嘉县"}},
		{listFile, list, "id: bathing-|help", []string{"助浴服务", "3次"}},
	} {
		h := c.hover(tt.file, tt.text, tt.around)
		if h == nil {
			c.t.Errorf("%s: nothing", tt.around)
			continue
		}
		for _, want := range tt.want {
			if !strings.Contains(h.Contents.Value, want) {
				c.t.Errorf("%s: %s is not in\n%s", tt.around, want, h.Contents.Value)
			}
		}
	}
	if diff := cmp.Diff(from(c.t, rules, "input.|pension_scheme", "pension_scheme"), c.hover(ruleFile, rules, "pension_sch|eme").Range); diff != "" {
		c.t.Error(diff)
	}
	for _, around := range []string{"el|der.is_elder", "titl|e", "gr|ants", "|\n\nimport"} {
		if h := c.hover(ruleFile, rules, around); h != nil {
			c.t.Errorf("%s: %s", around, h.Contents.Value)
		}
	}
}

func (c *client) definitions(list, rules string) {
	c.t.Helper()
	own := func(file, around, word string) location {
		return location{c.uri(file), from(c.t, folder[file], around, word)}
	}
	for _, tt := range []struct {
		file, text, around string
		want               []location
	}{
		{ruleFile, rules, "p.baths_m|onthly", []location{own(listFile, "  |baths_monthly", "baths_monthly")}},
		{ruleFile, rules, "input.blood_do|nor", []location{own("catalogs/attributes.yaml", "|blood_donor", "blood_donor")}},
		{ruleFile, rules, "baths_per_mo|nth", []location{own("catalogs/measures.yaml", "|baths_per_month", "baths_per_month")}},
		{ruleFile, rules, "bathing-he|lp", []location{own(listFile, "|{id: bathing-help", "{")}},
		{listFile, list, "id: bathing-|help", []location{
			own("catalogs/services.yaml", "|bathing-help", "bathing-help"), own(ruleFile, `"|bathing-help`, "bathing-help"),
		}},
	} {
		if diff := cmp.Diff(tt.want, c.definition(tt.file, tt.text, tt.around)); diff != "" {
			c.t.Errorf("%s (-want +got)\n%s", tt.around, diff)
		}
	}
	c.embedded(c.definition(ruleFile, rules, "pension_sch|eme"))
}

// embedded looks into the file of a list that comes with the program, which the editor can open.
func (c *client) embedded(found []location) {
	c.t.Helper()
	if len(found) != 1 {
		c.t.Fatalf("%v", found)
	}
	u, err := url.Parse(found[0].URI)
	if err != nil {
		c.t.Fatal(err)
	}
	content, err := os.ReadFile(filepath.FromSlash(u.Path))
	if err != nil {
		c.t.Fatal(err)
	}
	lines := strings.Split(string(content), "\n")
	if line := lines[found[0].Range.Start.Line]; line[found[0].Range.Start.Character:] != "pension_scheme:" {
		c.t.Error(line)
	}
	c.notify("textDocument/didOpen", object{"textDocument": object{"uri": found[0].URI, "text": string(content)}})
	c.t.Cleanup(func() {
		if _, err := os.Stat(filepath.FromSlash(u.Path)); err == nil {
			c.t.Error("it is still there after the session")
		}
	})
}

func (c *client) completions(list, rules string) {
	c.t.Helper()
	for _, tt := range []struct {
		file, text, before, after string // what the text is changed to, and where the cursor is
		some, not                 string
	}{
		{ruleFile, rules, "p.baths_monthly", "p.|", "baths_monthly minimum_wage_monthly", "blood_donor"},
		{ruleFile, rules, "input.blood_donor", "input.|", "blood_donor age pension_scheme", "baths_monthly"},
		{ruleFile, rules, "input.blood_donor", "input.blo|", "blood_donor", "baths_monthly"},
		{ruleFile, rules, `"bathing-help"`, `"bathing-|"`, "bathing-help old-age-allowance", "age"},
		{ruleFile, rules, `"baths_per_month"`, `"|"`, "baths_per_month monthly_cny", ""},
		{ruleFile, rules, `"resident"`, `"|"`, "employee resident none", "age bathing-help"},
		{listFile, list, "amends: huojia", "amends: |", "huojia shuozhou", "age"},
		{listFile, list, "id: bathing-help", "id: bath|", "bathing-help", "age"},
		{listFile, list, "services:", "excludes:\n  - has: bathing-help\n    without:\n      - |\nservices:", "bathing-help nursing-subsidy", "age"},
		{listFile, list, "access: application,", "access: application, linked: [baths_per_month, |],", "baths_per_month monthly_cny", "age"},
	} {
		marked := strings.Replace(tt.text, tt.before, tt.after, 1)
		text := strings.Replace(marked, "|", "", 1)
		line := marked[strings.LastIndex(marked[:strings.Index(marked, "|")], "\n")+1:]
		line, _, _ = strings.Cut(line, "\n")
		c.change(tt.file, text) // it may be wrong: what was known of the folder still is
		got, _ := c.completion(tt.file, text, line)
		for _, want := range strings.Fields(tt.some) {
			if _, ok := got[want]; !ok {
				c.t.Errorf("%s: %s is not among %v", tt.after, want, got)
			}
		}
		for _, not := range strings.Fields(tt.not) {
			if _, ok := got[not]; ok {
				c.t.Errorf("%s: %s is offered", tt.after, not)
			}
		}
		c.change(tt.file, tt.text)
	}
	text := strings.Replace(rules, `"resident"`, `"res"`, 1)
	c.change(ruleFile, text)
	if got, replaced := c.completion(ruleFile, text, `"res|"`); !cmp.Equal(replaced, from(c.t, text, `"|res"`, "res")) || got["resident"] == "" {
		c.t.Errorf("%v %v", replaced, got)
	}
	c.change(ruleFile, rules)
}
