package serve_test

import (
	"net/http"
	"strings"
	"testing"
)

// People find the calculator and the lists, as they are at work; there is nothing to send to them.
func TestPages(t *testing.T) {
	s, _ := start(t, options())
	for path, says := range map[string]string{"/": "洪洞县", "/lists/huojia/list.html": "高龄津贴", "/en/": "Basic eldercare services"} {
		w := get(path).of(s)
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), says) {
			t.Errorf("%s: %d without %s", path, w.Code, says)
		}
		if !strings.Contains(w.Header().Get("Content-Security-Policy"), "frame-ancestors 'none'") {
			t.Errorf("%s: other pages may frame it: %v", path, w.Header())
		}
		if again := get(path).with("If-None-Match", w.Header().Get("ETag")).of(s); again.Code != http.StatusNotModified {
			t.Errorf("%s again: %d", path, again.Code)
		}
	}
	for path, want := range map[string]int{"/lists/nobody/": http.StatusNotFound, "/nothing": http.StatusNotFound} {
		if w := get(path).of(s); w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
	}
	if w := post("/", "{}").of(s); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST /: %d", w.Code)
	}
}

// People who are lost read where to go on; programs, and whoever asks the interface, get a problem.
func TestLost(t *testing.T) {
	s, _ := start(t, options())
	const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	home := get("/").of(s).Header()
	for _, path := range []string{"/nothing", "/lists/nobody/", "/en/nothing.html", "//", "/lists//huojia/"} {
		w := get(path).with("Accept", browser).of(s)
		if w.Code != http.StatusNotFound || w.Header().Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("%s: %d %s", path, w.Code, w.Header().Get("Content-Type"))
		}
		for _, says := range []string{"没有这个页面", `href="/"`, "There is no such page"} {
			if !strings.Contains(w.Body.String(), says) {
				t.Errorf("%s: the page has no %s", path, says)
			}
		}
		for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"} {
			if got := w.Header().Get(name); got == "" || got != home.Get(name) {
				t.Errorf("%s: %s is %q, and %q of the home page", path, name, got, home.Get(name))
			}
		}
	}
	for _, of := range []asking{
		get("/nothing"), get("/nothing").with("Accept", "*/*"), get("/nothing").with("Accept", "application/json"),
		get("/v1/nothing").with("Accept", browser), post("/nothing", "{}").with("Accept", browser),
	} {
		if w := of.of(s); w.Code != http.StatusNotFound || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%d %s", w.Code, w.Header().Get("Content-Type"))
		}
	}
}
