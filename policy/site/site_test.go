package site_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"golang.org/x/net/html"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/internal/pages"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
	"github.com/basic-eldercare/eldercare/policy/site"
)

var day = eldercare.Date{Year: 2026, Month: 11, Day: 22}

func load(t testing.TB) *eldercare.Engine {
	t.Helper()
	e, err := eldercare.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func rulesOf(t testing.TB, e *eldercare.Engine, jurisdiction string) *ruleset.Ruleset {
	t.Helper()
	rs, err := e.Rules(t.Context(), jurisdiction, day)
	if err != nil {
		t.Fatal(err)
	}
	return rs
}

// ours is the site of our lists.
var ours = sync.OnceValues(func() (*site.Site, error) {
	e, err := eldercare.Load(context.Background())
	if err != nil {
		return nil, err
	}
	return pages.Of(context.Background(), e, day)
})

func made(t testing.TB) *site.Site {
	t.Helper()
	s, err := ours()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The same lists make the same bytes.
func TestSameBytes(t *testing.T) {
	only := eldercare.WithJurisdictions(effort.Of([]string{"huojia"}, []string{"huojia"}, nil)...)
	var twice [2]*site.Site
	for i := range twice {
		e, err := eldercare.Load(t.Context(), only)
		if err != nil {
			t.Fatal(err)
		}
		if twice[i], err = pages.Of(t.Context(), e, day); err != nil {
			t.Fatal(err)
		}
	}
	a, b := twice[0], twice[1]
	if !slices.Equal(a.Paths(), b.Paths()) {
		t.Fatalf("%v and %v", a.Paths(), b.Paths())
	}
	for _, path := range a.Paths() {
		x, _ := a.File(path)
		y, _ := b.File(path)
		if !bytes.Equal(x, y) {
			t.Errorf("%s differs", path)
		}
	}
}

// Both languages have the same pages: of each list in force a calculator and the list, of those
// below another what they add and take, and of every two a comparison.
func TestPages(t *testing.T) {
	s := made(t)
	var want []string
	for _, path := range []string{
		"index.html", "lists/shanxi/index.html", "lists/shanxi/list.html", "lists/hongtong/index.html", "lists/hongtong/list.html",
		"lists/hongtong/check.html", "lists/huojia/check.html", "lists/shuozhou/check.html", "compare/shuozhou-hongtong.html",
	} {
		want = append(want, path, "en/"+path)
	}
	all := pagesOf(s)
	for _, path := range want {
		if !slices.Contains(all, path) {
			t.Errorf("there is no %s", path)
		}
	}
	if _, there := s.File("lists/shanxi/check.html"); there {
		t.Error("a list with none above is compared with it")
	}
	const each = 1 + 5 + 5 + 3 + 5*4/2 // home, calculators, lists, checks, pairs
	if len(all) != 2*each {
		t.Errorf("%d pages, want %d", len(all), 2*each)
	}
	if s.LeftOut != nil {
		t.Errorf("left out: %v", s.LeftOut)
	}
}

// elements calls visit with all elements of a page.
func elements(t *testing.T, s *site.Site, path string, visit func(n *html.Node, attributes map[string]string)) {
	t.Helper()
	content, _ := s.File(path)
	root, err := html.Parse(bytes.NewReader(content))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		attributes := map[string]string{}
		for _, a := range n.Attr {
			attributes[a.Key] = a.Val
		}
		visit(n, attributes)
	}
}

// ids are the ids of a page.
func ids(t *testing.T, s *site.Site, path string) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	elements(t, s, path, func(_ *html.Node, attributes map[string]string) {
		if id := attributes["id"]; id != "" {
			if all[id] {
				t.Errorf("%s has two elements %s", path, id)
			}
			all[id] = true
		}
	})
	return all
}

// Every page leads only to files of the site and to places that they have; it states its policy,
// its language and its title; and nothing in it is a script or a style.
func TestPagesLeadNowhereElse(t *testing.T) {
	s := made(t)
	links := 0
	for _, from := range pagesOf(s) {
		lang, scripts, policies, heads := "", 0, 0, 0
		elements(t, s, from, func(n *html.Node, attributes map[string]string) {
			switch n.Data {
			case "html":
				lang = attributes["lang"]
			case "style":
				t.Errorf("%s has a style of its own", from)
			case "script":
				if scripts++; attributes["src"] == "" || n.FirstChild != nil {
					t.Errorf("%s has a script of its own", from)
				}
			case "meta":
				if attributes["http-equiv"] == "Content-Security-Policy" && strings.HasPrefix(attributes["content"], "default-src 'none'; script-src 'self';") {
					policies++
				}
			case "h1":
				heads++
			case "form", "iframe", "object", "embed":
				if attributes["action"] != "" || n.Data != "form" {
					t.Errorf("%s has a %s", from, n.Data)
				}
			}
			for name, value := range attributes {
				if strings.HasPrefix(name, "on") || name == "style" {
					t.Errorf("%s: <%s %s>", from, n.Data, name)
				}
				if name == "href" || name == "src" {
					links++
					follow(t, s, from, value)
				}
			}
		})
		if want := map[bool]string{true: "en", false: "zh-CN"}[strings.HasPrefix(from, "en/")]; lang != want {
			t.Errorf("%s is in %q", from, lang)
		}
		if policies != 1 || heads != 1 {
			t.Errorf("%s has %d policies and %d titles", from, policies, heads)
		}
		if calculates := strings.Contains(from, "lists/") && path.Base(from) == "index.html"; calculates != (scripts == 4) || !calculates && scripts > 0 {
			t.Errorf("%s has %d scripts", from, scripts)
		}
	}
	if links < 500 {
		t.Errorf("only %d links", links)
	}
}

// follow holds a link to this: it leads to a file of the site, and to a place in it.
func follow(t *testing.T, s *site.Site, from, link string) {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil || u.IsAbs() || u.Host != "" || strings.HasPrefix(u.Path, "/") {
		t.Errorf("%s leads elsewhere, to %s", from, link)
		return
	}
	to := from
	if u.Path != "" {
		to = path.Join(path.Dir(from), u.Path)
	}
	if _, there := s.File(to); !there {
		t.Errorf("%s leads to %s, which is not there", from, to)
	} else if u.Fragment != "" && !ids(t, s, to)[u.Fragment] {
		t.Errorf("%s leads to %s#%s, which is not there", from, to, u.Fragment)
	}
}

// Whatever a list says is text on its pages.
func TestNothingInAListIsMarkup(t *testing.T) {
	files := fstest.MapFS{
		"catalogs/evil.yaml": {Data: []byte(strings.Join([]string{
			"jurisdiction: {id: evil, code: \"140602\", name: '<script>alert(1)</script>', level: district, parent: shuozhou}",
			"document: {title: '<b onclick=x>清单</b>', basis: official}",
			"effective_from: \"2024-01-01\"",
			"inherits_rest: true",
			"services: []",
			"",
		}, "\n"))},
	}
	e, err := eldercare.Load(t.Context(), eldercare.WithFS("evil", files), eldercare.WithJurisdictions("evil"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := pages.Of(t.Context(), e, day)
	if err != nil {
		t.Fatal(err)
	}
	for _, from := range []string{"index.html", "lists/evil/index.html", "lists/evil/list.html", "lists/evil/check.html"} {
		elements(t, s, from, func(n *html.Node, attributes map[string]string) {
			if n.Data == "script" && attributes["src"] == "" || n.Data == "b" {
				t.Errorf("%s has a <%s> of a list", from, n.Data)
			}
		})
		if content, _ := s.File(from); !bytes.Contains(content, []byte("&lt;script&gt;alert(1)")) {
			t.Errorf("%s does not show the name", from)
		}
	}
	if data, _ := s.File("lists/evil/data.js"); bytes.Contains(data, []byte("<")) {
		t.Error("the data has markup")
	}
}

// A list is told in words, with the history of its figures and the rules as written.
func TestListPage(t *testing.T) {
	s := made(t)
	zh, _ := s.File("lists/hongtong/list.html")
	en, _ := s.File("en/lists/hongtong/list.html")
	for _, of := range []struct{ page, want string }{
		{string(zh), "年龄 ≥ 100周岁，本地户籍 是"},
		{string(zh), "每月现金 不低于300元"},
		{string(zh), `grants contains grant.promise(&#34;centenarian-allowance&#34;`},
		{string(zh), "rego/lists/hongtong.rego:"},
		{string(zh), `<path class="line" d="M8 `},
		{string(en), "age ≥ 100, registered locally: yes"},
		{string(en), "centenarian allowance"},
	} {
		if !strings.Contains(of.page, of.want) {
			t.Errorf("the page does not say %q", of.want)
		}
	}
}

// The page of a list below another names what it takes, and from whom.
func TestCheckPage(t *testing.T) {
	e := load(t)
	s := made(t)
	for _, id := range []string{"hongtong", "shuozhou", "huojia"} {
		r, err := e.Check(t.Context(), id, eldercare.On(day))
		if err != nil {
			t.Fatal(err)
		}
		page, _ := s.File("lists/" + id + "/check.html")
		for _, f := range r.Findings {
			name := e.Catalog().Vocabulary.Service(f.Service).Name
			if !strings.Contains(string(page), name) {
				t.Errorf("%s does not name %s", id, name)
			}
		}
		if len(r.Findings) == 0 != strings.Contains(string(page), "没有从任何人那里减少待遇") {
			t.Errorf("%s has %d findings", id, len(r.Findings))
		}
	}
}

// The site is served with its policy, and asked for again by its tag.
func TestServed(t *testing.T) {
	s := made(t)
	get := func(method, path, tag string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, nil)
		r.Header.Set("If-None-Match", tag)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	for path, kind := range map[string]string{
		"/": "text/html; charset=utf-8", "/en/": "text/html; charset=utf-8", "/decide.js": "text/javascript; charset=utf-8",
		"/site.css": "text/css; charset=utf-8", "/lists/huojia/": "text/html; charset=utf-8", "/icon.svg": "image/svg+xml",
	} {
		r := get("GET", path, "")
		if r.Code != http.StatusOK || r.Header().Get("Content-Type") != kind {
			t.Errorf("%s: %d, %s", path, r.Code, r.Header().Get("Content-Type"))
		}
		if !strings.HasPrefix(r.Header().Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s has no policy", path)
		}
		if again := get("GET", path, r.Header().Get("ETag")); again.Code != http.StatusNotModified {
			t.Errorf("%s again: %d", path, again.Code)
		}
	}
	for _, path := range []string{"/lists", "/nothing", "/../site.go", "/lists/nobody/"} {
		if r := get("GET", path, ""); r.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, r.Code)
		}
	}
	for _, folder := range []string{"/compare/", "/en/compare/"} { // lists the other way round are one page
		if r := get("GET", folder+"hongtong-shuozhou.html", ""); r.Code != http.StatusFound || r.Header().Get("Location") != "shuozhou-hongtong.html" {
			t.Errorf("%s the other way round: %d, %s", folder, r.Code, r.Header().Get("Location"))
		}
		if r := get("GET", folder+"hongtong-hongtong.html", ""); r.Code != http.StatusNotFound {
			t.Errorf("%s of one list: %d", folder, r.Code)
		}
	}
	if r := get("POST", "/", ""); r.Code != http.StatusMethodNotAllowed || r.Header().Get("Allow") == "" {
		t.Errorf("POST: %d", r.Code)
	}
}

// A site is written whole into a new or an empty folder, and into no other.
func TestWritten(t *testing.T) {
	s := made(t)
	dir := t.TempDir()
	for _, name := range []string{"new/deep", "empty"} {
		to := filepath.Join(dir, name)
		if name == "empty" {
			if err := os.Mkdir(to, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Write(to); err != nil {
			t.Fatal(err)
		}
		for _, path := range s.Paths() {
			want, _ := s.File(path)
			got, err := os.ReadFile(filepath.Join(to, path))
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: %v", path, err)
			}
		}
		if err := s.Write(to); err == nil || !strings.Contains(err.Error(), "is not empty") {
			t.Errorf("a folder that is not empty: %v", err)
		}
	}
	full := filepath.Join(dir, "file")
	if err := os.WriteFile(full, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(full); err == nil {
		t.Error("a file is taken for a folder")
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 3 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}
