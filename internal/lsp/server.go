// Package lsp is a language server for folders of lists. As one types, it shows what is wrong in
// YAML and Rego, what a name means, where it is written, and which names there are.
//
// It speaks the Language Server Protocol 3.17. A folder is that of the editor's workspace, or the
// one that contains an opened file. It is laid over the lists that come with the program, as --dir
// does, including what the editor has not saved.
package lsp

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sourcegraph/jsonrpc2"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/source"
	"github.com/basic-eldercare/eldercare/policy/words"
)

// Config configures [Serve]. The zero value is ready to use.
type Config struct {
	Version string
	Dirs    []string           // whole names of folders that lie under those of the editor
	Options []eldercare.Option // for loading, beside the folders
	Pause   time.Duration      // without a change, before a folder is looked at; 0 for a fifth of a second
	Log     func(line string)  // takes what is to tell whoever runs the server; nil for nobody
}

// errUnannounced says that the editor ended without announcing it.
var errUnannounced = errors.New("the editor ended without a shutdown")

// Serve serves one editor until it asks for the end, or ctx ends. The error is nil when the server
// was shut down as the protocol prescribes.
func Serve(ctx context.Context, in io.Reader, out io.Writer, c Config) error {
	if c.Pause == 0 {
		c.Pause = 200 * time.Millisecond
	}
	ctx, cancel := context.WithCancel(ctx)
	s := &server{Config: c, ctx: ctx, open: map[string]*document{}, folders: map[string]*folder{}}
	defer s.end()
	defer cancel()
	s.ready = make(chan struct{})
	messages := &codec{}
	quiet := log.New(io.Discard, "", 0) // what goes wrong is returned
	s.conn = jsonrpc2.NewConn(ctx, jsonrpc2.NewBufferedStream(joined{in, out}, messages), s, jsonrpc2.SetLogger(quiet))
	close(s.ready)
	<-s.conn.DisconnectNotify()
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.shut:
		return nil
	case s.gone:
		return errUnannounced
	}
	if err := cmp.Or(ctx.Err(), messages.why()); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("the session with the editor ends: %w", err)
	}
	return errUnannounced
}

// server is the state of one session with an editor.
type server struct {
	Config
	ctx      context.Context // of the session
	conn     *jsonrpc2.Conn
	ready    chan struct{} // closed when conn is there
	looking  sync.WaitGroup
	logging  sync.Mutex
	embedded embedded

	mu        sync.Mutex
	begun     bool // initialize was answered
	shut      bool // shutdown was answered
	gone      bool // exit was said
	watches   bool // the editor can be asked to watch files
	language  words.Style
	workspace []string
	open      map[string]*document // by the name on disk
	folders   map[string]*folder   // by the name on disk
}

// document is a file that is open in the editor.
type document struct {
	uri  string // as the editor writes it
	text string
}

// end waits until all work of the session has ended.
func (s *server) end() {
	s.looking.Wait()
	s.embedded.remove()
}

func (s *server) log(format string, args ...any) {
	if s.Log != nil {
		s.logging.Lock()
		defer s.logging.Unlock()
		s.Log(policy.Printable(fmt.Sprintf(format, args...)))
	}
}

// codeNotInitialized is the protocol's code for a request before initialize.
const codeNotInitialized = -32002

// methods are the requests and notifications that the server knows.
var methods = map[string]func(s *server, params *json.RawMessage) (any, error){
	"initialize":                      handle((*server).initialize),
	"initialized":                     handle((*server).initialized),
	"shutdown":                        handle((*server).shutdown),
	"textDocument/didOpen":            handle((*server).didOpen),
	"textDocument/didChange":          handle((*server).didChange),
	"textDocument/didSave":            handle((*server).didSave),
	"textDocument/didClose":           handle((*server).didClose),
	"workspace/didChangeWatchedFiles": handle((*server).didChangeFiles),
	"textDocument/hover":              handle((*server).hover),
	"textDocument/definition":         handle((*server).definition),
	"textDocument/completion":         handle((*server).completion),
}

// handle returns the handler of a method that takes parameters of a type.
func handle[P any](answer func(*server, P) (any, error)) func(*server, *json.RawMessage) (any, error) {
	return func(s *server, raw *json.RawMessage) (any, error) {
		var params P
		if raw != nil {
			if err := json.Unmarshal(*raw, &params); err != nil {
				return nil, &jsonrpc2.Error{Code: jsonrpc2.CodeInvalidParams, Message: "the parameters cannot be read"}
			}
		}
		return answer(s, params)
	}
}

// Handle answers one message. Messages come one after another, and none takes long, because long
// work is done in the background. A panic becomes an internal error, and the session goes on.
func (s *server) Handle(ctx context.Context, conn *jsonrpc2.Conn, r *jsonrpc2.Request) {
	<-s.ready
	if r.Method == "exit" {
		s.mu.Lock()
		s.gone = true
		s.mu.Unlock()
		_ = conn.Close() // it is the end either way
		return
	}
	result, err := s.answer(r)
	var wrong *jsonrpc2.Error
	switch {
	case r.Notif && err != nil:
		s.log("%s: %v", r.Method, err)
		return
	case r.Notif:
		return
	case err == nil:
		err = conn.Reply(ctx, r.ID, result)
	case errors.As(err, &wrong):
		err = conn.ReplyWithError(ctx, r.ID, wrong)
	default:
		err = conn.ReplyWithError(ctx, r.ID, &jsonrpc2.Error{Code: jsonrpc2.CodeInternalError, Message: err.Error()})
	}
	if err != nil && !errors.Is(err, jsonrpc2.ErrClosed) {
		s.log("%v", err)
	}
}

func (s *server) answer(r *jsonrpc2.Request) (result any, err error) {
	defer func() {
		if recover() != nil {
			result, err = nil, &jsonrpc2.Error{Code: jsonrpc2.CodeInternalError, Message: "internal error"}
		}
	}()
	s.mu.Lock()
	begun, shut := s.begun, s.shut
	s.mu.Unlock()
	method, known := methods[r.Method]
	switch {
	case shut:
		return nil, &jsonrpc2.Error{Code: jsonrpc2.CodeInvalidRequest, Message: "the server is shut down"}
	case begun == (r.Method == "initialize"):
		return nil, &jsonrpc2.Error{Code: codeNotInitialized, Message: "initialize must come first, and only once"}
	case !known && r.Notif: // it may be left
		return nil, nil
	case !known:
		return nil, &jsonrpc2.Error{Code: jsonrpc2.CodeMethodNotFound, Message: "the server does not know the method"}
	}
	return method(s, r.Params)
}

func (s *server) initialize(p initializeParams) (any, error) {
	roots := []workspaceFolder{{URI: p.RootURI}}
	if len(p.WorkspaceFolders) > 0 {
		roots = p.WorkspaceFolders
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	language, _, _ := strings.Cut(strings.ToLower(p.Locale), "-")
	s.begun, s.watches, s.language = true, p.Capabilities.Workspace.DidChangeWatchedFiles.DynamicRegistration, words.In(language)
	for _, root := range roots {
		if name, ok := pathOf(root.URI); ok {
			s.workspace = append(s.workspace, name)
		}
	}
	return initializeResult{
		Capabilities: serverCapabilities{
			PositionEncoding: "utf-16", HoverProvider: true, DefinitionProvider: true,
			TextDocumentSync:   syncOptions{OpenClose: true, Change: wholeTexts, Save: true},
			CompletionProvider: &completionOptions{TriggerCharacters: []string{".", `"`}},
		},
		ServerInfo: serverInfo{Name: "eldercare", Version: s.Version},
	}, nil
}

// watchers lists the files whose changes on disk the editor is to report.
const watchers = `{"watchers": [{"globPattern": "**/{catalogs,rego}/**/*.{yaml,rego}"}]}`

// initialized looks at those folders of the workspace that hold lists.
func (s *server) initialized(struct{}) (any, error) {
	for _, name := range s.workspace {
		for _, part := range []string{"catalogs", "rego"} {
			if info, err := os.Stat(filepath.Join(name, part)); err == nil && info.IsDir() {
				s.folder(name).touch()
			}
		}
	}
	if s.watches {
		s.looking.Go(func() {
			err := s.conn.Call(s.ctx, "client/registerCapability", registrationParams{[]registration{{
				ID: "files", Method: "workspace/didChangeWatchedFiles", RegisterOptions: json.RawMessage(watchers),
			}}}, nil)
			if err != nil && s.ctx.Err() == nil {
				s.log("files on disk are not watched: %v", err)
			}
		})
	}
	return nil, nil
}

func (s *server) shutdown(struct{}) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shut = true
	return nil, nil
}

func (s *server) didOpen(p didOpenParams) (any, error) {
	s.set(p.TextDocument.URI, p.TextDocument.Text)
	return nil, nil
}

func (s *server) didChange(p didChangeParams) (any, error) {
	if len(p.ContentChanges) == 0 {
		return nil, nil
	}
	last := p.ContentChanges[len(p.ContentChanges)-1]
	if last.Range != nil {
		return nil, errors.New("partial change received; send the full text")
	}
	s.set(p.TextDocument.URI, last.Text)
	return nil, nil
}

// set keeps the text of an open document. Only files of lists are kept.
func (s *server) set(uri, text string) {
	name, ok := pathOf(uri)
	if !ok {
		return
	}
	f := s.folderOf(name)
	if f == nil {
		return
	}
	s.mu.Lock()
	s.open[name] = &document{uri: uri, text: text}
	s.mu.Unlock()
	f.touch()
}

func (s *server) didSave(p didCloseParams) (any, error) {
	if name, ok := pathOf(p.TextDocument.URI); ok {
		s.touch(name)
	}
	return nil, nil
}

func (s *server) didClose(p didCloseParams) (any, error) {
	name, ok := pathOf(p.TextDocument.URI)
	if !ok {
		return nil, nil
	}
	s.mu.Lock()
	delete(s.open, name)
	s.mu.Unlock()
	s.touch(name)
	return nil, nil
}

// touch looks again at the folder of a file.
func (s *server) touch(name string) {
	if f := s.folderOf(name); f != nil {
		f.touch()
	}
}

type didChangeFilesParams struct {
	Changes []documentID `json:"changes"`
}

// didChangeFiles looks again at those known folders that have a file that has changed.
func (s *server) didChangeFiles(p didChangeFilesParams) (any, error) {
	for _, change := range p.Changes {
		name, ok := pathOf(change.URI)
		if !ok {
			continue
		}
		of, _, ok := folderOf(name)
		s.mu.Lock()
		f := s.folders[of]
		s.mu.Unlock()
		if ok && f != nil {
			f.touch()
		}
	}
	return nil, nil
}

// folderOf returns the folder of lists that contains a file, or nil when there is none.
func (s *server) folderOf(name string) *folder {
	of, _, ok := folderOf(name)
	if !ok || s.embedded.has(name) {
		return nil
	}
	return s.folder(of)
}

// folder returns a folder, and begins to watch it if it is new.
func (s *server) folder(name string) *folder {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.folders[name]
	if f == nil {
		f = &folder{server: s, name: name, changed: make(chan struct{}, 1)}
		s.folders[name] = f
		s.looking.Go(func() { f.watch(s.ctx) })
	}
	return f
}

// buffers returns the texts of the open files of a folder, by slash path.
func (s *server) buffers(folder string) map[string][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := map[string][]byte{}
	for name, d := range s.open {
		if of, file, ok := folderOf(name); ok && of == folder {
			all[file] = []byte(d.text)
		}
	}
	return all
}

// firstOpen returns the first of the open files of a folder.
func (s *server) firstOpen(folder string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for name := range s.open {
		if of, _, ok := folderOf(name); ok && of == folder {
			all = append(all, name)
		}
	}
	if len(all) == 0 {
		return "", false
	}
	return slices.Min(all), true
}

// texts holds the texts of files, each read once.
type texts map[string]string

func (t texts) of(s *server, name string) string {
	text, known := t[name]
	if !known {
		text = s.text(name)
		t[name] = text
	}
	return text
}

// text returns the text of a file, as the editor has it or as it is on disk. It is empty when none
// can be read.
func (s *server) text(name string) string {
	s.mu.Lock()
	d := s.open[name]
	s.mu.Unlock()
	if d != nil {
		return d.text
	}
	of, file, ok := folderOf(name)
	if !ok {
		return ""
	}
	folder, err := source.Dir(of)
	if err != nil {
		return ""
	}
	content, err := source.NewFiles(folder).Read(file)
	if err != nil {
		return ""
	}
	return string(content.Content)
}

// publish shows the diagnostics of a file, in place of the earlier ones.
func (s *server) publish(ctx context.Context, name string, all []diagnostic) {
	s.mu.Lock()
	uri := uriOf(name)
	if d := s.open[name]; d != nil {
		uri = d.uri
	}
	s.mu.Unlock()
	if all == nil {
		all = []diagnostic{}
	}
	if err := s.conn.Notify(ctx, "textDocument/publishDiagnostics", publishDiagnosticsParams{uri, all}); err != nil && s.ctx.Err() == nil {
		s.log("%v", err)
	}
}

// locate returns a place in a form that the editor can open. It reports false when there is no such
// file.
func (s *server) locate(at policy.Position, read texts) (location, bool) {
	if at.File == "" || at.Line == 0 {
		return location{}, false
	}
	name := filepath.FromSlash(at.File)
	if !filepath.IsAbs(name) {
		var err error
		if name, err = s.embedded.file(s.ctx, at.File); err != nil {
			s.log("%v", err)
			return location{}, false
		}
	}
	return location{URI: uriOf(name), Range: spanAt(read.of(s, name), at)}, true
}

func (s *server) style() words.Style {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.language
}

// today returns the current date in China.
func (s *server) today() policy.Date {
	return policy.DateOf(time.Now().In(time.FixedZone("Asia/Shanghai", 8*60*60)))
}
