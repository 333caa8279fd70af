package lsp_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/sourcegraph/jsonrpc2"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/internal/lsp"
)

// changed returns the folder of the tests with other files in it.
func changed(files ...string) map[string]string {
	all := map[string]string{}
	for name, content := range folder {
		all[name] = content
	}
	for i := 0; i < len(files); i += 2 {
		all[files[i]] = files[i+1]
	}
	return all
}

// What is wrong in the workspace is shown before a file is open, and once more when it changes on
// disk. The editor is asked to watch.
func TestWorkspace(t *testing.T) {
	c := start(t, changed(ruleFile, strings.Replace(folder[ruleFile], "p.baths_monthly", "p.baths", 1)))
	var result any
	c.call("initialize", object{
		"workspaceFolders": []object{{"uri": c.uri(""), "name": "x"}},
		"capabilities":     object{"workspace": object{"didChangeWatchedFiles": object{"dynamicRegistration": true}}},
	}, &result)
	c.notify("initialized", object{})
	select {
	case r := <-c.asks:
		if r != "client/registerCapability" {
			t.Error(r)
		}
	case <-c.ctx.Done():
		t.Error("the editor is not asked to watch")
	}
	c.code(ruleFile, "unknown-parameter")
	c.write(ruleFile, folder[ruleFile])
	c.notify("workspace/didChangeWatchedFiles", object{"changes": []object{{"uri": c.uri(ruleFile), "type": 2}}})
	c.none(ruleFile)
	c.end()
}

// A folder is found by a file in it, wherever the workspace is. What is closed counts as on disk.
func TestFolderOfAFile(t *testing.T) {
	files := map[string]string{}
	for name, content := range folder {
		files["deep/down/"+name] = content
	}
	c := start(t, files)
	var result any
	c.call("initialize", object{"rootUri": nil, "capabilities": object{}}, &result)
	c.notify("initialized", object{})
	c.open("deep/down/"+listFile, strings.Replace(folder[listFile], "at_least", "at_leest", 1))
	c.code("deep/down/"+listFile, "unknown-bound")
	c.notify("textDocument/didClose", object{"textDocument": object{"uri": c.uri("deep/down/" + listFile)}})
	c.none("deep/down/" + listFile)
	c.end()
}

// A file that belongs to no folder of lists gets no answer and no diagnostics, and is no error.
func TestOutside(t *testing.T) {
	c := start(t, folder)
	c.begin("en")
	text := "amends: huojia\n"
	for _, uri := range []string{c.uri("notes.yaml"), c.uri("catalogs/a/b.yaml"), "untitled:Untitled-1", "file://elsewhere/catalogs/a.yaml", "::", "file:///%00/catalogs/a.yaml"} {
		c.notify("textDocument/didOpen", object{"textDocument": object{"uri": uri, "text": text}})
		asked := object{"textDocument": object{"uri": uri}, "position": object{"line": 0, "character": 10}}
		var h *hovered
		c.call("textDocument/hover", asked, &h)
		var found []location
		c.call("textDocument/definition", asked, &found)
		var offered []any
		c.call("textDocument/completion", asked, &offered)
		if h != nil || len(found) > 0 || len(offered) > 0 {
			t.Errorf("%s: %v %v %v", uri, h, found, offered)
		}
	}
	c.open(listFile, folder[listFile])
	c.change(listFile, strings.Replace(folder[listFile], "at_least", "at_leest", 1))
	c.code(listFile, "unknown-bound")
	c.end()
}

// Labels are English where the editor is.
func TestEnglish(t *testing.T) {
	c := start(t, folder)
	c.begin("en-GB")
	c.open(ruleFile, folder[ruleFile]+"# x := input.agee\nx := input.agee\n")
	c.code(ruleFile, "unknown-attribute")
	c.change(ruleFile, folder[ruleFile])
	c.none(ruleFile)
	for around, want := range map[string]string{"input.blood_do|nor": "blood donor", "p.baths_m|onthly": "at least 3", "bathing-he|lp": "on application"} {
		if h := c.hover(ruleFile, folder[ruleFile], around); h == nil || !strings.Contains(h.Contents.Value, want) {
			t.Errorf("%s: %+v", around, h)
		}
	}
	c.end()
}

// While a file is broken, what was known of it before helps on.
func TestBroken(t *testing.T) {
	c := start(t, folder)
	c.begin("zh")
	c.open(ruleFile, folder[ruleFile])
	c.open(listFile, folder[listFile]+"accepted: [{code: gap, subject: bathing-help, reason: 无}]\n")
	c.code(listFile, "unused-acceptance")
	for _, broken := range []string{
		"", "\x00", "{", "- [", "amends: &a huojia\nx: *a\n", "\ufeff", "\r\n\r\n", strings.Repeat("[", 3000), "amends: huojia\n\tx: 1\n", "amends: 1\nservices: {}\n",
	} {
		c.change(listFile, broken)
		c.wait(listFile, fmt.Sprintf("about %.20q", broken), func(d []diagnostic) bool { return len(d) > 0 })
		if h := c.hover(ruleFile, folder[ruleFile], "p.baths_m|onthly"); h == nil {
			t.Errorf("%.20q: nothing", broken)
		}
		for _, p := range []place{{0, 0}, {0, 1_000_000}, {1_000_000, 0}, {1, 1}, {-1, -1}} {
			for _, method := range []string{"hover", "definition", "completion"} {
				var result any
				c.call("textDocument/"+method, object{"textDocument": object{"uri": c.uri(listFile)}, "position": object{"line": p.Line, "character": p.Character}}, &result)
			}
		}
		c.change(listFile, folder[listFile])
		c.none(listFile)
	}
	c.end()
}

// gate is a folder that, while it is shut, keeps whoever opens a file of it waiting.
type gate struct {
	fs.FS
	opens  atomic.Int64
	shut   atomic.Bool
	waits  chan struct{} // somebody waits
	opened chan struct{} // closed to let everybody go on
}

func newGate() *gate {
	const more = "measures:\n  walks_per_month: {label: 每月陪行次数, english: walks, kind: count, per: month}\n"
	return &gate{FS: fstest.MapFS{"catalogs/measures.yaml": {Data: []byte(more)}}, waits: make(chan struct{}, 1), opened: make(chan struct{})}
}

// Open opens a file.
func (g *gate) Open(name string) (fs.File, error) {
	g.opens.Add(1)
	if g.shut.Load() {
		select {
		case g.waits <- struct{}{}:
		default:
		}
		<-g.opened
	}
	return g.FS.Open(name)
}

// Questions are answered while the folder is looked at, from what was seen before.
func TestMeanwhile(t *testing.T) {
	g := newGate()
	c := start(t, folder, eldercare.WithFS("gate", g))
	t.Cleanup(func() { close(g.opened) })
	c.begin("zh")
	c.open(ruleFile, folder[ruleFile]+"x := input.agee\n")
	c.wait(ruleFile, "of the mistake", func(d []diagnostic) bool { return len(d) > 0 })
	g.shut.Store(true)
	c.change(ruleFile, folder[ruleFile])
	<-g.waits
	if h := c.hover(ruleFile, folder[ruleFile], "p.baths_m|onthly"); h == nil {
		t.Error("there is no answer")
	}
}

// A text that is longer than a file may be is an error in its place, one that is hard to read ends,
// and meanwhile every question is answered.
func TestHuge(t *testing.T) {
	c := start(t, folder)
	c.begin("zh")
	c.open(ruleFile, folder[ruleFile])
	long := "amends: huojia\n" + strings.Repeat("# 长\n", 1<<20)
	c.open(listFile, long)
	c.code(listFile, "unreadable")
	size := effort.Of(1<<14, 1<<14, 1<<18)
	for _, text := range map[string]string{
		"one line":  "package lists.huojia_baths\nx := \"" + strings.Repeat("长", size) + "\"\n!",
		"brackets":  "package lists.huojia_baths\nx := " + strings.Repeat("(", size/2),
		"many rows": "package lists.huojia_baths\n" + strings.Repeat("x := y.z\n", 1<<10),
	} {
		c.change(ruleFile, text)
		for range 10 {
			c.hover(listFile, long, "amends: huo|jia")
		}
		c.wait(ruleFile, "a few", func(d []diagnostic) bool { return len(d) > 0 && len(d) <= 200 })
	}
	c.change(listFile, folder[listFile])
	c.change(ruleFile, folder[ruleFile])
	c.none(ruleFile)
	c.end()
}

// Of many changes in a row only the last is looked at. The time of the test goes on only while all
// wait, so that a slow machine makes no pause between them.
func TestPause(t *testing.T) {
	opened := func(changes int) (files int64) {
		synctest.Test(t, func(t *testing.T) {
			g := newGate()
			c := start(t, folder, eldercare.WithFS("gate", g))
			c.begin("zh")
			for range changes - 1 {
				c.open(ruleFile, folder[ruleFile]+"x := input.agee\n")
			}
			c.open(ruleFile, folder[ruleFile]+"y := input.agge\n")
			c.wait(ruleFile, "of a change", func(d []diagnostic) bool {
				if len(d) != 1 || !strings.Contains(d[0].Message, "agge") {
					t.Errorf("of another change: %+v", d)
				}
				return true
			})
			c.end()
			files = g.opens.Load()
		})
		return files
	}
	if one, many := opened(1), opened(101); one != many {
		t.Errorf("one change opens %d files, and 101 open %d", one, many)
	}
}

// The server refuses what is out of order, and goes on.
func TestOrder(t *testing.T) {
	c := start(t, folder)
	refused := func(code int64, method string, params any) {
		t.Helper()
		err := c.conn.Call(c.ctx, method, params, nil)
		var wrong *jsonrpc2.Error
		if !errors.As(err, &wrong) || wrong.Code != code {
			t.Errorf("%s: %v, want %d", method, err, code)
		}
	}
	refused(-32002, "textDocument/hover", object{})
	c.notify("textDocument/didOpen", object{"textDocument": object{"uri": c.uri(listFile), "text": "x"}})
	c.begin("zh")
	refused(-32002, "initialize", object{})
	refused(jsonrpc2.CodeMethodNotFound, "textDocument/rename", object{})
	refused(jsonrpc2.CodeInvalidParams, "textDocument/hover", object{"position": "x"})
	refused(jsonrpc2.CodeInvalidParams, "textDocument/hover", []int{1})
	c.notify("textDocument/didChange", object{"textDocument": 1})
	c.notify("textDocument/didChange", object{
		"textDocument": object{"uri": c.uri(listFile)}, "contentChanges": []object{{"text": "x", "range": object{}}},
	})
	c.notify("$/cancelRequest", object{"id": 1})
	c.open(ruleFile, folder[ruleFile])
	c.call("shutdown", nil, nil)
	refused(jsonrpc2.CodeInvalidRequest, "textDocument/hover", object{})
	c.notify("exit", nil)
	if err := <-c.ended; err != nil {
		t.Error(err)
	}
}

// An editor that goes without a word, or speaks another language, ends the session with an error.
func TestEnd(t *testing.T) {
	const initialize = `{"jsonrpc":"2.0","id":0,"method":"initialize","params":{}}`
	for what, said := range map[string]string{
		"nothing":         "",
		"exit":            "Content-Length: 33\r\n\r\n{\"jsonrpc\":\"2.0\",\"method\":\"exit\"}",
		"half":            "Content-Length: 58\r\n\r\n" + initialize[:20],
		"no length":       "Content-Type: x\r\n\r\n" + initialize,
		"below zero":      "Content-Length: -1\r\n\r\n" + initialize,
		"too long":        "Content-Length: 999999999999\r\n\r\n" + initialize,
		"endless header":  strings.Repeat("x", 1<<20),
		"endless headers": strings.Repeat("x: y\r\n", 1<<16),
		"no JSON":         "Content-Length: 5\r\n\r\nhello",
		"neither":         "Content-Length: 2\r\n\r\n{}",
		"a list":          "Content-Length: 2\r\n\r\n[]",
	} {
		err := lsp.Serve(t.Context(), strings.NewReader(said), io.Discard, lsp.Config{})
		if err == nil {
			t.Errorf("%s: no error", what)
		} else if unsaid := strings.Contains(err.Error(), "without a shutdown"); unsaid != (what == "nothing" || what == "exit") {
			t.Errorf("%s: %v", what, err)
		} else if what == "too long" && !strings.Contains(err.Error(), "longer than") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// The end of the context ends a session, whatever it is at.
func TestContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	in, editor := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- lsp.Serve(ctx, in, io.Discard, lsp.Config{Pause: time.Millisecond}) }()
	uri := "file://" + filepath.ToSlash(t.TempDir()) + "/catalogs/a.yaml"
	for _, m := range []string{
		`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}`,
		`{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"` + uri + `","text":"x"}}}`,
	} {
		if err := (jsonrpc2.VSCodeObjectCodec{}).WriteObject(editor, rawMessage(m)); err != nil {
			t.Fatal(err)
		}
	}
	cancel()
	select {
	case err := <-ended:
		if err == nil {
			t.Error("no error")
		}
	case <-time.After(time.Minute):
		t.Error("the session goes on")
	}
}

type rawMessage string

// MarshalJSON returns the message as it is.
func (m rawMessage) MarshalJSON() ([]byte, error) { return []byte(m), nil }

// What lint finds is a warning, and leads to the other place: that in a list which comes with the
// program can be opened.
func TestRelated(t *testing.T) {
	const file = "catalogs/hongtong_more.yaml"
	c := start(t, map[string]string{file: `amends: hongtong
parameters:
  centenarian_allowance_monthly:
    values: [{from: "2024-01-01", value: 400, cite: [{document: 通知}]}]
    cite: [{document: 通知}]
`})
	c.begin("zh")
	found := c.code(file, "amended-figure")
	if found.Severity != 2 || found.Range.Start != (place{3, 13}) || len(found.RelatedInformation) != 1 {
		t.Fatalf("%+v", found)
	}
	other := found.RelatedInformation[0].Location
	if other.Range.Start != (place{20, 8}) || !strings.HasSuffix(other.URI, "/catalogs/hongtong.yaml") {
		t.Errorf("%+v", other)
	}
	c.end()
}
