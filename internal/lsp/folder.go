package lsp

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/lazy"
	"github.com/basic-eldercare/eldercare/internal/overlay"
	"github.com/basic-eldercare/eldercare/internal/speech"
	"github.com/basic-eldercare/eldercare/policy"
)

// listFile matches the slash paths of the files of a folder that are read.
var listFile = lazy.Regexp(`^(catalogs/(cases/)?[^/]+\.yaml|rego/((lists|contradictions)/)?[^/]+\.rego)$`)

// folderOf returns the folder of lists in which a file lies, and the slash path of the file in it.
func folderOf(name string) (folder, file string, ok bool) {
	folder = name
	for range 3 {
		folder = filepath.Dir(folder)
		file, err := filepath.Rel(folder, name)
		if file = filepath.ToSlash(file); err == nil && listFile().MatchString(file) {
			return folder, file, true
		}
	}
	return "", "", false
}

// folder is a folder of lists, laid over those that come with the program. It is as the editor has
// it, with what is not saved yet. It is looked at again after every change.
type folder struct {
	server  *server
	name    string        // on disk
	changed chan struct{} // holds one: that something has changed

	mu    sync.Mutex
	state state

	shown map[string]bool // the files with diagnostics; of the one goroutine that looks
}

// state is what is known of a folder.
type state struct {
	catalog *policy.Catalog // by the last look; nil before the first
	sound   *policy.Catalog // the last in which nothing was wrong, or nil
	offers  map[string][]eldercare.Offer
}

// touch notes that something has changed.
func (f *folder) touch() {
	select {
	case f.changed <- struct{}{}:
	default: // it is said already
	}
}

// watch looks at the folder after every change, until ctx ends. It waits until changes pause. A
// change during a look ends the look, which may take a moment, because some of OPA's work cannot be
// interrupted.
func (f *folder) watch(ctx context.Context) {
	for f.pause(ctx) {
		look, cancel := context.WithCancel(ctx)
		done := make(chan struct{})
		go func() {
			defer close(done)
			f.look(look)
		}()
		select {
		case <-done:
		case <-ctx.Done():
		case <-f.changed:
			cancel()
			f.touch()
		}
		select {
		case <-done:
		case <-ctx.Done():
		}
		cancel()
	}
}

// pause returns once something has changed and then nothing more for a while. It reports false when
// ctx ends.
func (f *folder) pause(ctx context.Context) bool {
	var quiet <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return false
		case <-f.changed:
			quiet = time.After(f.server.Pause)
		case <-quiet:
			return true
		}
	}
}

// finding is something to show at a place.
type finding struct {
	policy.Diagnostic
	related policy.Position // the other place concerned; without a file when there is none
}

// look loads and lints the folder, and shows what is wrong. When ctx ends it shows nothing.
func (f *folder) look(ctx context.Context) {
	defer func() {
		if recover() != nil {
			f.server.log("internal error")
		}
	}()
	files := f.server.buffers(f.name)
	content, err := overlay.New(f.name, files)
	if err != nil {
		f.server.log("%v", err)
		return
	}
	found, err := f.load(ctx, content, slices.Sorted(maps.Keys(files)))
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		f.server.log("%v", err)
	}
	f.show(ctx, found)
}

// load loads and lints the content of the folder, of which some files are open. It keeps what it
// then knows.
func (f *folder) load(ctx context.Context, content fs.FS, open []string) ([]finding, error) {
	options := slices.Clone(f.server.Options)
	for _, dir := range f.server.Dirs {
		if filepath.Clean(dir) != f.name {
			options = append(options, eldercare.WithDir(filepath.ToSlash(dir)))
		}
	}
	options = append(options, eldercare.WithFS(filepath.ToSlash(f.name), content))
	engine, err := eldercare.Load(ctx, options...)
	if err != nil {
		catalog, _ := eldercare.LoadCatalog(ctx, options...) // its errors are among those of Load
		f.know(catalog, false, nil)
		return problems(nil, err)
	}
	catalog := engine.Catalog()
	f.know(catalog, true, nil)
	found := findings(engine.Warnings())
	own := stems(content)
	for _, j := range engine.Jurisdictions() {
		if !slices.ContainsFunc(catalog.ListsOf(j.ID), func(l *policy.List) bool { return hasStem(l, own) }) {
			continue
		}
		lints, err := engine.Lint(ctx, j.ID)
		if err != nil {
			return problems(found, err)
		}
		found = append(found, lintFindings(lints)...)
	}
	f.know(catalog, true, f.offers(ctx, engine, open))
	return found, nil
}

// stems returns the stems of the lists that have a file in a folder.
func stems(folder fs.FS) []string {
	var all []string
	for _, pattern := range []string{"catalogs/*.yaml", "rego/lists/*.rego"} {
		names, _ := fs.Glob(folder, pattern) // the pattern is well formed
		for _, name := range names {
			all = append(all, stemOf(name))
		}
	}
	return all
}

// hasStem reports whether one of the given stems is that of a list or of a file that amends it.
func hasStem(l *policy.List, stems []string) bool {
	return slices.ContainsFunc(l.Stems(), func(of string) bool { return slices.Contains(stems, of) })
}

// offers returns, by jurisdiction, what is offered by the lists of the open files and by those
// above them.
func (f *folder) offers(ctx context.Context, engine *eldercare.Engine, open []string) map[string][]eldercare.Offer {
	var own []string
	for _, file := range open {
		own = append(own, stemOf(file))
	}
	all := map[string][]eldercare.Offer{}
	for _, l := range engine.Catalog().Lists {
		if !hasStem(l, own) {
			continue
		}
		day := dayOf(l, f.server.today())
		for _, of := range engine.Catalog().Chain(l, day) {
			all[of.Jurisdiction.ID] = offered(ctx, engine, of.Jurisdiction.ID, day)
		}
	}
	return all
}

// offered returns what a list offers on a day, or nil when that is not known.
func offered(ctx context.Context, engine *eldercare.Engine, jurisdiction string, on policy.Date) []eldercare.Offer {
	rules, err := engine.Rules(ctx, jurisdiction, on)
	if err != nil {
		return nil
	}
	return rules.DeclaredOffers()
}

// stemOf returns the stem of the list that a file belongs to.
func stemOf(file string) string {
	return strings.TrimSuffix(strings.TrimSuffix(path.Base(file), path.Ext(file)), "_test")
}

// know keeps a catalog, unless it is nil, and the offers that belong to it, unless they are nil.
func (f *folder) know(catalog *policy.Catalog, sound bool, offers map[string][]eldercare.Offer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if catalog != nil {
		f.state.catalog = catalog
	}
	if sound {
		f.state.sound = catalog
	}
	if offers != nil {
		f.state.offers = offers
	}
}

// views returns what a file of the folder may name: by the last look, and by the last look that
// found nothing wrong. The one that knows the file's list comes first.
func (f *folder) views(file string) []view {
	f.mu.Lock()
	known := f.state
	f.mu.Unlock()
	var all []view
	for _, c := range []*policy.Catalog{known.catalog, known.sound} {
		if c == nil || len(all) > 0 && all[0].catalog == c {
			continue
		}
		v := newView(c, file, f.server.today(), f.server.style())
		v.offers = known.offers
		all = append(all, v)
	}
	slices.SortStableFunc(all, func(a, b view) int {
		switch {
		case a.bound == b.bound:
			return 0
		case a.bound:
			return -1
		}
		return 1
	})
	return all
}

// problems adds to findings what an error says is wrong. It returns an error of any other kind.
func problems(found []finding, err error) ([]finding, error) {
	var wrong eldercare.Diagnostics
	if !errors.As(err, &wrong) {
		return found, err
	}
	return append(found, findings(wrong)...), nil
}

func findings(all eldercare.Diagnostics) []finding {
	found := make([]finding, len(all))
	for i, d := range all {
		found[i] = finding{Diagnostic: d}
	}
	return found
}

func lintFindings(all []eldercare.LintFinding) []finding {
	var found []finding
	for _, l := range all {
		if l.Accepted != "" {
			continue
		}
		d := policy.Diagnostic{Code: l.Code, Severity: l.Severity, Pos: l.Pos, Summary: l.Subject + ": " + l.Message}
		if l.Region != "" {
			d.Summary += ". Who: " + l.Region
		}
		found = append(found, finding{Diagnostic: d, related: l.Related})
	}
	return found
}

// mostShown is how many diagnostics are shown for one file.
const mostShown = 200

// show shows findings in the files that they concern, and removes those that were shown before. A
// finding that concerns no file of the folder is shown at the beginning of an open one.
func (f *folder) show(ctx context.Context, found []finding) {
	byFile, read := map[string][]diagnostic{}, texts{}
	for name := range f.shown {
		byFile[name] = nil
	}
	for _, d := range found {
		name, ok := f.has(d.Pos.File)
		if !ok || d.Pos.Line == 0 {
			d.Summary = f.short(d.Pos) + ": " + d.Summary
			d.Pos = policy.Position{}
			name, ok = f.server.firstOpen(f.name)
		}
		if !ok {
			f.server.log("%s", d.Summary)
			continue
		}
		if len(byFile[name]) < mostShown {
			byFile[name] = append(byFile[name], f.diagnostic(name, d, read))
		}
	}
	f.shown = map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(byFile)) {
		if len(byFile[name]) > 0 {
			f.shown[name] = true
		}
		f.server.publish(ctx, name, byFile[name])
	}
}

// has returns the name on disk of a file as positions name it. It reports false when the file does
// not lie in the folder.
func (f *folder) has(file string) (string, bool) {
	relative, err := filepath.Rel(f.name, filepath.FromSlash(file))
	if err != nil || relative == "." || !filepath.IsLocal(relative) || !filepath.IsAbs(filepath.FromSlash(file)) {
		return "", false
	}
	return filepath.Join(f.name, relative), true
}

// short returns a place as it is named in a message that is shown elsewhere.
func (f *folder) short(at policy.Position) string {
	name := at.File
	if own, ok := f.has(name); ok {
		name, _ = filepath.Rel(f.name, own)
	}
	return filepath.ToSlash(name)
}

// diagnostic returns a finding in a file in the form of the protocol.
func (f *folder) diagnostic(name string, d finding, read texts) diagnostic {
	style := f.server.style()
	message := policy.Brief(speech.Sentence(style, d.Summary), 1000)
	if d.Remedy != "" {
		message += speech.Sprintf(style, "; %s", policy.Brief(speech.Sentence(style, d.Remedy), 1000))
	}
	shown := diagnostic{
		Range: spanAt(read.of(f.server, name), d.Pos), Severity: severityWarning, Code: d.Code, Source: "eldercare", Message: policy.Printable(message),
	}
	if d.Severity == policy.SeverityError {
		shown.Severity = severityError
	}
	if at, ok := f.server.locate(d.related, read); ok {
		shown.RelatedInformation = []related{{Location: at, Message: policy.Printable(f.short(d.related))}}
	}
	return shown
}

// source returns a file of the folder, or else of the lists that come with the program. It returns
// the name as positions have it and the text, which is empty when there is no such file.
func (f *folder) source(file string) (name, text string) {
	own := filepath.Join(f.name, filepath.FromSlash(file))
	if text := f.server.text(own); text != "" {
		return filepath.ToSlash(own), text
	}
	return file, f.server.embedded.text(f.server.ctx, file)
}
