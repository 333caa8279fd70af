package serve_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/basic-eldercare/eldercare/internal/serve"
)

// An array is held as a whole, and so it may have fewer elders than a stream, and a document of
// notices fewer still.
func TestArrayLimits(t *testing.T) {
	o := options()
	o.Limits.Elders, o.Limits.Array = 2000, 1500
	s, _ := start(t, o)
	many := func(n int) string { return "[" + strings.Repeat(`{},`, n-1) + "{}]" }
	for _, tt := range []struct {
		asking
		status int
	}{
		{post(decisions, many(1500)), http.StatusOK},
		{post(decisions, many(1501)), http.StatusRequestEntityTooLarge},
		{lines(decisions, strings.Repeat("{}\n", 2000)), http.StatusOK},
		{post("/v1/hongtong/notices", many(1001)), http.StatusRequestEntityTooLarge},
	} {
		if w := tt.of(s); w.Code != tt.status || strings.Contains(w.Body.String(), "too-many-elders") != (tt.status != http.StatusOK) {
			t.Errorf("%s: %d, want %d", tt.path, w.Code, tt.status)
		}
	}
}

// Who is refused a notice among others is named by the place in the request.
func TestNoticeNamesRow(t *testing.T) {
	s, _ := start(t, options())
	w := post("/v1/hongtong/notices", "[{\"age\":80},\n{\"age\":800}]").of(s)
	p := decode[serve.Problem](t, w.Body)
	if w.Code != http.StatusUnprocessableEntity || len(p.Errors) != 1 || p.Errors[0].Row != 2 || p.Errors[0].Line != 2 || !strings.HasPrefix(p.Detail, "elder 2: ") {
		t.Errorf("%d %+v", w.Code, p)
	}
}

// Notices to several elders are one document, in their order; printed, each begins a page of its
// own.
func TestNoticesOfSeveral(t *testing.T) {
	s, _ := start(t, options())
	const elders = `[{"id":"E-1","age":80},{"id":"E-2","age":92},{"id":"E-3","age":100}]`
	page := post("/v1/huojia/notices", elders).of(s).Body.String()
	parts := strings.Split(page, `<article class="notice">`)
	if len(parts) != 4 || strings.Count(page, "<html") != 1 || !strings.Contains(parts[0], ".notice + .notice { break-before: page; }") {
		t.Fatalf("%d notices: %.2000s", len(parts)-1, page)
	}
	text := strings.Split(post("/v1/huojia/notices?format=markdown", elders).of(s).Body.String(), "\n---\n")
	if len(text) != 3 {
		t.Fatalf("%d notices in Markdown", len(text))
	}
	for i, id := range []string{"E-1", "E-2", "E-3"} {
		if strings.Count(page, id) != 1 || !strings.Contains(parts[i+1], id) || !strings.Contains(text[i], id) {
			t.Errorf("notice %d is not that of %s", i+1, id)
		}
	}
}

// A service that is asked about twice is explained once.
func TestServiceOnce(t *testing.T) {
	s, _ := start(t, options())
	w := post("/v1/hongtong/explanations?service=nursing-subsidy&service=nursing-subsidy", `{"age":80}`).of(s)
	if n := strings.Count(w.Body.String(), `"service":"nursing-subsidy","answer"`); n != 1 {
		t.Errorf("%d explanations: %s", n, w.Body)
	}
}

// An answer to POST has no tag, and one that depends on Accept says so.
func TestCaching(t *testing.T) {
	s, _ := start(t, options())
	if w := post(decisions, `{}`).of(s); w.Header().Get("ETag") != "" {
		t.Errorf("decisions: %v", w.Header())
	}
	if w := get("/v1/diffs?a=shuozhou&b=hongtong").of(s); w.Header().Get("Vary") != "Accept" {
		t.Errorf("diffs: %v", w.Header())
	}
	if w := post("/v1/jurisdictions", "").of(s); w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("a wrong method: %v", w.Header())
	}
	if w := get("/v1/checks/hongtong?against=nowhere").with("If-None-Match", "*").of(s); w.Code != http.StatusNotFound {
		t.Errorf("a check against nobody: %d", w.Code)
	}
}

// Chunks that are not well-formed are the client's fault, and not one of the server.
func TestBrokenChunks(t *testing.T) {
	l := listen(t, options())
	for _, sent := range []string{"zz\r\n", "5\r\n{\"age", "5\r\n{\"age\r\nzz\r\n"} {
		status, answer := l.sendAndClose(t, head+"Transfer-Encoding: chunked\r\n\r\n"+sent)
		if p := decode[serve.Problem](t, strings.NewReader(answer)); status != http.StatusBadRequest || p.Code != "malformed" {
			t.Errorf("%q: %d %v", sent, status, p)
		}
	}
}

// A stream whose client does not read is cut once it waits for long, and the log says why.
func TestStreamIsNotRead(t *testing.T) {
	o := options()
	o.Limits.Time, o.Limits.Elders = 5*time.Second, 1_000_000
	inItsTime(t, o, func(t *testing.T, l *piped) {
		c := l.begin(t, head+"Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n")
		begin := time.Now()
		sendEndlessly(c, "{\"age\":80}\n")
		if waited := time.Since(begin).Round(time.Second); waited != o.Limits.Time {
			t.Errorf("the server waits for %v", waited)
		}
		synctest.Wait()
		if !strings.Contains(l.log.String(), `"cut":true,"code":"not-read"`) {
			t.Errorf("the log is %s", l.log)
		}
	})
}

// Who sends no body yet takes nobody's place.
func TestIdleClientsTakeNoPlace(t *testing.T) {
	o := options()
	o.Limits.Requests = 1
	inItsTime(t, o, func(t *testing.T, l *piped) {
		l.begin(t, head+"Content-Length: 10\r\n\r\n")
		if w := get("/v1/jurisdictions").of(l); w.Code != http.StatusOK {
			t.Errorf("%d", w.Code)
		}
	})
}

// What a client asks for by GET ends with the client, and is no error of the server. The same is so
// when a client goes away in the middle of a body.
func TestClientGone(t *testing.T) {
	s, log := start(t, options())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, "/v1/checks/hongtong", nil))
	if !strings.Contains(log.String(), `"code":"client-gone"`) {
		t.Errorf("the log is %s", log)
	}
	log.forget()
	l := listenTo(t, s)
	c := l.dial(t)
	if _, err := io.WriteString(c, head+"Content-Length: 1000\r\n\r\n{\"age\":"); err != nil {
		t.Fatal(err)
	}
	if err := c.SetLinger(0); err != nil { // so that closing resets
		t.Fatal(err)
	}
	eventually(t, "the server waits for more", func() bool {
		return strings.Contains(get("/metrics").of(l).Body.String(), "eldercare_requests_under_way 2") // this one, too
	})
	log.forget()
	_ = c.Close()
	eventually(t, "it is logged", func() bool { return strings.Contains(log.String(), `"msg":"request"`) })
	if !strings.Contains(log.String(), `"code":"client-gone"`) || strings.Contains(log.String(), "internal") {
		t.Errorf("the log is %s", log)
	}
}

// A stream that takes too long ends with a line that says so, and the log has the code.
func TestStreamTakesTooLong(t *testing.T) {
	inItsTime(t, options(), func(t *testing.T, l *piped) {
		c := l.begin(t, head+"Content-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n{\"age\":80}\n")
		_, answer := answerFrom(t, c)
		if strings.Count(answer, "\n") != 2 || !strings.Contains(answer, "\n"+`{"error":[{"code":"too-slow"`) {
			t.Errorf("%s", answer)
		}
		synctest.Wait()
		if !strings.Contains(l.log.String(), `"cut":false,"code":"too-slow"`) {
			t.Errorf("the log is %s", l.log)
		}
	})
}
