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
