// Package site makes lists into a static site: a calculator for each jurisdiction, its list, and
// what it adds to and takes from other lists. In Chinese, and under en/ in English.
//
// # Why no elder's data leaves the device
//
// No rule is translated, and nothing is asked of a server. What an elder has of a service is a
// function of the few attributes of its view, missing being a value like others. That function is
// exported as a decision diagram whose leaves are the engine's own answers, with what they need.
// assets/decide.js goes through the diagrams, adds up the cash and finds the question to ask next.
// It knows no rule, and is held against the engine. State lives in the page only: nothing is
// stored, and nothing of an elder is in an address. The page for registers is the exception: it
// sends them to the server that it comes from. Only a site with [Lists.Upload] has it.
//
// The pages ask for nothing but files of the site, and say so by a strict Content-Security-Policy.
// So a site works from any web space and any folder of it, from [Site.ServeHTTP], and from a disk.
package site

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"html/template"
	"io/fs"
	"path"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/check"
	"github.com/basic-eldercare/eldercare/policy/diff"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

//go:embed assets
var assets embed.FS

//go:embed site.html.tmpl
var pages string

// Lists are what a site is made of, on one day.
type Lists struct {
	Catalog       *policy.Catalog
	On            policy.Date
	Jurisdictions []policy.Jurisdiction // in the order of the pages
	// Rules, Check and Diff answer for that day. A jurisdiction that is not in force on it is left
	// out.
	Rules func(ctx context.Context, jurisdiction string) (*ruleset.Ruleset, error)
	Check func(ctx context.Context, jurisdiction string) (*check.Report, error)
	Diff  func(ctx context.Context, a, b string) (*diff.Report, error)
	// Source is the content of a file of the lists, such as rego/lists/huojia.rego.
	Source func(path string) ([]byte, error)
	// Upload is how many bytes of a register the server of the site takes. If it is 0, there is no page
	// for that. The page sends the register to the addresses that internal/serve has.
	Upload int64
}

// maxCompared is the greatest number of lists of which every two are compared. Of more lists each
// is only compared with the one above, as the pages would be too many.
const maxCompared = 12

// Site is the files of a site, by path. It is immutable and safe for concurrent use.
type Site struct {
	files map[string]file
	// turned names the page of two lists by its path with the lists the other way round.
	turned map[string]string
	// LeftOut says of each calculator that is not there why.
	LeftOut policy.Diagnostics
}

// New makes the site of lists. The same lists make the same bytes.
func New(ctx context.Context, lists Lists) (*Site, error) {
	switch {
	case ctx == nil:
		return nil, policy.CallError("the context is nil")
	case lists.Catalog == nil || lists.Rules == nil || lists.Check == nil || lists.Diff == nil || lists.Source == nil:
		return nil, policy.CallError("the lists of the site are not complete; give the catalog and every function")
	}
	m := &maker{Lists: lists, site: &Site{files: map[string]file{}, turned: map[string]string{}}}
	if err := m.assets(); err != nil {
		return nil, err
	}
	if err := m.places(ctx); err != nil {
		return nil, err
	}
	if err := m.pairs(ctx); err != nil {
		return nil, err
	}
	for _, english := range []bool{false, true} {
		if err := m.pages(english); err != nil {
			return nil, err
		}
	}
	return m.site, nil
}

// maker makes a site.
type maker struct {
	Lists
	site   *Site
	all    []*place
	paired []pair
}

// place is a jurisdiction with a list in force.
type place struct {
	*policy.List
	rules      *ruleset.Ruleset
	above      *check.Report // nil where no list is above
	diff       *diff.Report  // likewise
	Calculates bool          // there is a calculator
}

// pair is two lists side by side.
type pair struct {
	a, b *place
	diff *diff.Report
}

// assets takes in the style and the scripts.
func (m *maker) assets() error {
	return fs.WalkDir(assets, "assets", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if path.Base(name) == "upload.js" && m.Upload == 0 {
			return nil
		}
		content, err := assets.ReadFile(name)
		m.site.add(path.Base(name), content)
		return err
	})
}

// places compiles the jurisdictions, and exports their answers.
func (m *maker) places(ctx context.Context) error {
	for _, j := range m.Jurisdictions {
		rs, err := m.Rules(ctx, j.ID)
		if errors.As(err, new(*policy.NotInForceError)) {
			continue
		}
		if err != nil {
			return err
		}
		p := &place{List: rs.Table.Layers[0].List, rules: rs, Calculates: true}
		m.all = append(m.all, p)
		if err := m.export(ctx, p); err != nil {
			return err
		}
		if len(rs.Table.Layers) == 1 {
			continue
		}
		if p.above, err = m.Check(ctx, j.ID); err != nil {
			return err
		}
		if p.diff, err = m.Diff(ctx, rs.Table.Layers[1].List.Jurisdiction.ID, j.ID); err != nil {
			return err
		}
	}
	return nil
}

// export adds the answers of a place to the files. A place with an opaque rule has no calculator.
func (m *maker) export(ctx context.Context, p *place) error {
	d, err := newData(ctx, p.rules)
	if wrong := (policy.Diagnostics{}); errors.As(err, &wrong) {
		m.site.LeftOut = append(m.site.LeftOut, wrong...)
		p.Calculates = false
		return nil
	}
	if err != nil {
		return err
	}
	d.Ahead.Until = nextTurn(m.Catalog, p.rules)
	script, err := d.script()
	m.site.add(p.Folder()+"data.js", script)
	return err
}

// pairs compares every two lists, unless there are too many.
func (m *maker) pairs(ctx context.Context) error {
	if len(m.all) > maxCompared {
		return nil
	}
	for i, a := range m.all {
		for _, b := range m.all[i+1:] {
			d, err := m.Diff(ctx, a.Jurisdiction.ID, b.Jurisdiction.ID)
			if err != nil {
				return err
			}
			m.paired = append(m.paired, pair{a, b, d})
		}
	}
	return nil
}

// pages writes all pages in one language.
func (m *maker) pages(english bool) error {
	w := &writer{maker: m, speaker: newSpeaker(english)}
	var err error
	if w.template, err = template.New("site").Funcs(template.FuncMap{"say": w.say}).Parse(pages); err != nil {
		return err
	}
	w.write("index.html", "home", w.say("Basic eldercare services", "基本养老服务"), nil, w.home())
	for _, p := range m.all {
		name := p.Jurisdiction.Name
		if p.Calculates {
			w.write(p.Folder()+"index.html", "calculator", name+w.say(": what am I owed?", "：我能享受哪些服务"), p, w.notice(p))
		}
		w.write(p.Folder()+"list.html", "list", name+w.say(": the list", "：服务清单"), p, w.list(p))
		if p.above != nil {
			w.write(p.Folder()+"check.html", "tables", name+w.say(": compared with the list above", "：与上级清单对照"), p, w.check(p))
		}
	}
	if m.Upload > 0 {
		w.write(uploadPage, "upload", w.say("A whole register", "整册计算"), nil, w.upload())
	}
	for _, of := range m.paired {
		m.site.turned[w.say("en/", "")+pair{a: of.b, b: of.a}.path()] = path.Base(of.path())
		w.write(of.path(), "tables", of.a.Jurisdiction.Name+w.say(" and ", "与")+of.b.Jurisdiction.Name+w.say(" side by side", "对照"), nil, w.sides(of))
	}
	return w.err
}

func (of pair) path() string {
	return "compare/" + of.a.Jurisdiction.ID + "-" + of.b.Jurisdiction.ID + ".html"
}

// writer writes pages in one language. The first error ends it.
type writer struct {
	*maker
	speaker
	template *template.Template
	err      error
}

// view is what every page shows.
type view struct {
	*writer
	Path  string // without the folder of the language
	Title string
	Place *place // nil for a page that is not about one
	Body  any
}

// Lang is the language of the page.
func (p view) Lang() string { return p.say("en", "zh-CN") }

// Root leads from the page to the folder of its language, Base to that of the site.
func (p view) Root() string { return strings.Repeat("../", strings.Count(p.Path, "/")) }

// Base leads from the page to the folder of the site.
func (p view) Base() string { return p.Root() + p.say("../", "") }

// Sends reports whether the page sends what is entered to the server.
func (p view) Sends() bool { return p.Path == uploadPage }

// Other leads to the same page in the other language.
func (p view) Other() string { return p.Base() + p.say("", "en/") + p.Path }

// Day is the day that the site is of.
func (p view) Day() string { return p.On.String() }

func (w *writer) write(path, name, title string, of *place, body any) {
	if w.err != nil {
		return
	}
	var out bytes.Buffer
	if w.err = w.template.ExecuteTemplate(&out, name, view{w, path, title, of, body}); w.err != nil {
		w.err = policy.Errorf("internal", "page %s: %w", path, w.err)
		return
	}
	w.site.add(w.say("en/", "")+path, []byte(policy.PrintableLines(out.String())))
}

// File is the name of the page in its folder.
func (p view) File() string { return path.Base(p.Path) }

// Folder is where the pages of a place are.
func (p *place) Folder() string { return "lists/" + p.Jurisdiction.ID + "/" }

// HasAbove reports whether the place is compared with a list above.
func (p *place) HasAbove() bool { return p.above != nil }

// Digest identifies the lists that the answers come from.
func (p *place) Digest() string { return p.rules.Digest }

// Policy is the Content-Security-Policy of the page.
func (p view) Policy() string { return policyOf }
