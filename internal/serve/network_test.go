package serve_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/internal/serve"
)

// listening is a server on the network.
type listening struct {
	*serve.Server
	addr  string
	end   context.CancelFunc // as TERM does
	ended chan error
}

func listen(t *testing.T, o serve.Options) *listening {
	t.Helper()
	s, _ := start(t, o)
	return listenTo(t, s)
}

func listenTo(t *testing.T, s *serve.Server) *listening {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	on := &listening{s, l.Addr().String(), cancel, make(chan error, 1)}
	go func() { on.ended <- s.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-on.ended:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(20 * time.Second):
			t.Error("the server does not end")
		}
	})
	return on
}

// sendAndClose sends a request, closes the way there, and returns the answer.
func (l *listening) sendAndClose(t *testing.T, request string) (status int, answer string) {
	t.Helper()
	c := l.dial(t)
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	if err := c.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	w, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Body.Close()
	text, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.StatusCode, string(text)
}

// dial opens a connection on which a test may wait for some seconds.
func (l *listening) dial(t *testing.T) *net.TCPConn {
	t.Helper()
	c, err := net.Dial("tcp", l.addr)
	if err == nil {
		err = c.SetDeadline(time.Now().Add(20 * time.Second))
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c.(*net.TCPConn)
}

const head = "POST " + decisions + " HTTP/1.1\r\nHost: x\r\n"

// hurried gives a request little time.
func hurried() serve.Options {
	o := options()
	o.Limits.Time = 300 * time.Millisecond
	return o
}

// Who sends slowly is told so when the time is over, and holds nobody else up.
func TestSlowClient(t *testing.T) {
	l := listen(t, hurried())
	c := l.dial(t)
	if _, err := io.WriteString(c, head+"Content-Length: 1000\r\n\r\n{\"age\":"); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	w, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Body.Close()
	if p := decode[serve.Problem](t, w.Body); w.StatusCode != http.StatusRequestTimeout || p.Code != "too-slow" {
		t.Errorf("%d %v", w.StatusCode, p)
	}
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("it takes %v", took)
	}
	if _, err := io.Copy(io.Discard, c); err != nil && !errors.Is(err, net.ErrClosed) && !strings.Contains(err.Error(), "reset") {
		t.Errorf("the connection stays open: %v", err)
	}
}

// Who stalls in the middle of a body gives back the place long before the time of a request is
// over. Who goes on sending may take many pauses.
func TestStalledClient(t *testing.T) {
	o := options()
	o.Limits.Pause = 300 * time.Millisecond
	l := listen(t, o)
	for _, kind := range []string{"application/json", "application/x-ndjson"} {
		c := l.dial(t)
		request := head + "Connection: close\r\nContent-Type: " + kind + "\r\nContent-Length: 1000\r\n\r\n"
		begin := time.Now()
		if _, err := io.WriteString(c, request+"{"); err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(c)
		if took := time.Since(begin); err != nil || took > 5*time.Second || !strings.Contains(string(answer), `"code":"too-slow"`) {
			t.Errorf("%s: %v after %v: %s", kind, err, took, answer)
		}
	}
	c := l.dial(t)
	if _, err := io.WriteString(c, head+"Connection: close\r\nContent-Length: 10\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	for _, part := range strings.SplitAfter(`{"age":80}`, "") {
		if _, err := io.WriteString(c, part); err != nil {
			t.Fatal(err)
		}
		time.Sleep(o.Limits.Pause / 4)
	}
	if answer, err := io.ReadAll(c); err != nil || !strings.Contains(string(answer), `"entitled"`) {
		t.Errorf("%v: %s", err, answer)
	}
}

// Who sends no more, but still listens, is answered.
func TestHalfClosed(t *testing.T) {
	l := listen(t, options())
	for _, body := range []string{
		"Content-Length: 10\r\n\r\n{\"age\":80}",
		"Connection: close\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\na\r\n{\"age\":80}\r\n0\r\n\r\n",
	} {
		if status, answer := l.sendAndClose(t, head+body); status != http.StatusOK || !strings.Contains(answer, `"entitled"`) {
			t.Errorf("%d: %.100s", status, answer)
		}
	}
	if status, _ := l.sendAndClose(t, head+"Content-Length: 1000\r\n\r\n{\"age\":"); status != http.StatusBadRequest { // in the middle of an elder
		t.Errorf("%d", status)
	}
}

// endless is a body without an end.
type endless struct {
	text string
	sent atomic.Int64
	stop <-chan struct{}
}

func (e *endless) Read(p []byte) (int, error) {
	select {
	case <-e.stop:
		return 0, io.EOF
	default:
	}
	n := 0
	for n+len(e.text) <= len(p) {
		n += copy(p[n:], e.text)
	}
	e.sent.Add(int64(n))
	return n, nil
}

// A body that never ends is cut: by its size, or line by line when there were enough elders or the
// time is over.
func TestEndlessBody(t *testing.T) {
	o := hurried()
	o.Limits.Time = 3 * time.Second
	l := listen(t, o)
	stop := make(chan struct{})
	defer close(stop)
	for _, tt := range []struct {
		kind, text string
		status     int
		end        string // the code at the end
	}{
		{"application/json", "[{\"age\":80},\n" + strings.Repeat(" ", 100), http.StatusRequestEntityTooLarge, "too-large"},
		{"application/json", " ", http.StatusRequestEntityTooLarge, "too-large"},
		{"application/x-ndjson", "{\"age\":80}\n", http.StatusOK, "too-many-elders"},
		{"application/x-ndjson", " ", http.StatusRequestTimeout, "too-slow"},
		{"application/x-ndjson", "\n", http.StatusRequestTimeout, "too-slow"},
	} {
		body := &endless{text: tt.text, stop: stop}
		w, err := http.Post("http://"+l.addr+decisions, tt.kind, body)
		if err != nil { // the connection is closed while the client still writes
			t.Logf("%s %q: %v", tt.kind, tt.text, err)
			continue
		}
		answer, _ := io.ReadAll(w.Body)
		_ = w.Body.Close()
		if w.StatusCode != tt.status || !strings.Contains(string(answer), `"code":"`+tt.end+`"`) {
			t.Errorf("%s %q: %d %.300s", tt.kind, tt.text, w.StatusCode, answer)
		}
		if sent := body.sent.Load(); tt.status == http.StatusRequestEntityTooLarge && sent > 32<<20 {
			t.Errorf("%d bytes are read", sent)
		}
	}
}

// A stream is answered while it is sent.
func TestStreamAnswersAtOnce(t *testing.T) {
	l := listen(t, options())
	from, to := io.Pipe()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+l.addr+decisions, from)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-ndjson")
	go func() { _, _ = io.WriteString(to, "{\"id\":\"E1\"}\n{\"id\":\"E2\",\"age\":200}\n") }()
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Body.Close()
	answers := bufio.NewReader(w.Body)
	for _, want := range []string{`{"id":"E1","jurisdiction":"hongtong"`, `{"id":"E2","row":2,"line":2,"error":[{"code":"out-of-range","attributes":["age"]`} {
		line, err := answers.ReadString('\n')
		if err != nil || !strings.HasPrefix(line, want) {
			t.Fatalf("%v: %.100s", err, line)
		}
	}
	go func() { _, _ = io.WriteString(to, "{\"id\":\"E3\"}\n"); _ = to.Close() }()
	rest, err := io.ReadAll(answers)
	if err != nil || !strings.HasPrefix(string(rest), `{"id":"E3"`) || strings.Count(string(rest), "\n") != 1 {
		t.Errorf("%v: %.100s", err, rest)
	}
}

// Whatever is asked before the server ends is answered, also while it ends, and in full.
func TestEndUnderLoad(t *testing.T) {
	o := options()
	o.Drain = 300 * time.Millisecond
	o.Limits.Requests = 1000
	l := listen(t, o)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 50}}
	var answered, lost atomic.Int64
	var clients sync.WaitGroup
	body := `[` + strings.Repeat(`{"age":80},`, 50) + `{}]`
	ending := make(chan struct{})
	for range effort.Of(4, 8, 32) {
		clients.Go(func() {
			for {
				w, err := client.Post("http://"+l.addr+decisions, "application/json", strings.NewReader(body))
				if err != nil {
					select {
					case <-ending: // nobody listens any more
					default:
						lost.Add(1)
					}
					return
				}
				answer, err := io.ReadAll(w.Body)
				_ = w.Body.Close()
				if err != nil || w.StatusCode != http.StatusOK || !strings.HasSuffix(string(answer), "}]\n") {
					lost.Add(1)
					t.Log(err, w.StatusCode)
				}
				answered.Add(1)
			}
		})
	}
	time.Sleep(300 * time.Millisecond)
	before := answered.Load()
	l.end()
	time.AfterFunc(o.Drain, func() { close(ending) })
	select {
	case err := <-l.ended:
		l.ended <- err
		if err != nil {
			t.Error(err)
		}
	case <-time.After(15 * time.Second):
		t.Fatal("it does not end")
	}
	clients.Wait()
	if lost.Load() > 0 || before == 0 || answered.Load() == before {
		t.Errorf("%d lost; %d answered before the end, and %d after its begin", lost.Load(), before, answered.Load()-before)
	}
}

// Who comes when all places are taken is asked to come again.
func TestBusy(t *testing.T) {
	o := options()
	o.Limits.Requests = 1
	l := listen(t, o)
	c := l.dial(t)
	if _, err := io.WriteString(c, head+"Content-Length: 10\r\n\r\n{"); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(10 * time.Second)
	for {
		w := get("/v1/jurisdictions").of(l)
		if w.Code == http.StatusServiceUnavailable {
			if p := decode[serve.Problem](t, w.Body); p.Code != "busy" || w.Header().Get("Retry-After") == "" {
				t.Errorf("%v %v", p, w.Header())
			}
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("nobody is turned away")
		}
		time.Sleep(10 * time.Millisecond)
	}
	if w := get("/healthz").of(l); w.Code != http.StatusOK {
		t.Errorf("health: %d", w.Code)
	}
	if _, err := io.WriteString(c, `"age":80}`); err != nil {
		t.Fatal(err)
	}
	w, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Body.Close()
	if w.StatusCode != http.StatusOK {
		t.Errorf("%d", w.StatusCode)
	}
}
