package serve_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
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
	return serveOn(t, s, l)
}

func serveOn(t *testing.T, s *serve.Server, l net.Listener) *listening {
	t.Helper()
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
		case <-time.After(2 * time.Minute): // longer than its grace
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
	return answerFrom(t, c)
}

// dial opens a connection on which a test does not wait forever.
func (l *listening) dial(t *testing.T) *net.TCPConn {
	t.Helper()
	c, err := net.Dial("tcp", l.addr)
	if err == nil {
		err = c.SetDeadline(time.Now().Add(2 * time.Minute))
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c.(*net.TCPConn)
}

const head = "POST " + decisions + " HTTP/1.1\r\nHost: x\r\n"

// Who sends slowly is told so when the time is over, and the connection is closed.
func TestSlowClient(t *testing.T) {
	o := options()
	o.Limits.Pause = time.Hour
	inItsTime(t, o, func(t *testing.T, l *piped) {
		begin := time.Now()
		c := l.begin(t, head+"Content-Length: 1000\r\n\r\n{\"age\":")
		if status, answer := answerFrom(t, c); status != http.StatusRequestTimeout || !strings.Contains(answer, `"code":"too-slow"`) {
			t.Errorf("%d %s", status, answer)
		}
		if waited := time.Since(begin); waited != o.Limits.Time {
			t.Errorf("the server waits for %v", waited)
		}
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Errorf("the connection stays open: %v", err)
		}
	})
}

// Who stalls in the middle of a body gives back the place long before the time of a request is
// over.
func TestStalledClient(t *testing.T) {
	o := options()
	o.Limits.Time, o.Limits.Pause = time.Hour, time.Second
	for _, kind := range []string{"application/json", "application/x-ndjson"} {
		inItsTime(t, o, func(t *testing.T, l *piped) {
			begin := time.Now()
			c := l.begin(t, head+"Connection: close\r\nContent-Type: "+kind+"\r\nContent-Length: 1000\r\n\r\n{")
			if _, answer := answerFrom(t, c); !strings.Contains(answer, `"code":"too-slow"`) {
				t.Errorf("%s: %s", kind, answer)
			}
			if waited := time.Since(begin); waited != o.Limits.Pause {
				t.Errorf("%s: the server waits for %v", kind, waited)
			}
		})
	}
}

// Who goes on sending may take many pauses.
func TestHesitantClient(t *testing.T) {
	o := options()
	o.Limits.Pause = time.Second
	inItsTime(t, o, func(t *testing.T, l *piped) {
		c := l.begin(t, head+"Content-Length: 10\r\n\r\n")
		for _, part := range strings.SplitAfter(`{"age":80}`, "") {
			time.Sleep(o.Limits.Pause * 3 / 4)
			write(t, c, part)
		}
		if status, answer := answerFrom(t, c); status != http.StatusOK || !strings.Contains(answer, `"entitled"`) {
			t.Errorf("%d: %s", status, answer)
		}
	})
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

// sendEndlessly sends the chunks of a body, one each millisecond, until nobody takes them. It
// returns how many bytes were taken.
func sendEndlessly(to io.Writer, text string) (sent int64) {
	chunks := httputil.NewChunkedWriter(to)
	chunk := []byte(strings.Repeat(text, 1+4096/len(text)))
	for {
		time.Sleep(time.Millisecond)
		n, err := chunks.Write(chunk)
		sent += int64(n)
		if err != nil {
			return sent
		}
	}
}

// A body that never ends is cut: by its size, or line by line when there were enough elders or the
// time is over.
func TestEndlessBody(t *testing.T) {
	o := options()
	o.Limits.Time = 3 * time.Second
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
		inItsTime(t, o, func(t *testing.T, l *piped) {
			c := l.begin(t, head+"Content-Type: "+tt.kind+"\r\nTransfer-Encoding: chunked\r\n\r\n")
			sent := make(chan int64, 1)
			go func() { sent <- sendEndlessly(c, tt.text) }()
			if status, answer := answerFrom(t, c); status != tt.status || !strings.Contains(answer, `"code":"`+tt.end+`"`) {
				t.Errorf("%s %q: %d %.300s", tt.kind, tt.text, status, answer)
			}
			_ = c.Close()
			if n := <-sent; tt.status == http.StatusRequestEntityTooLarge && n > 2*o.Limits.Body {
				t.Errorf("%s %q: %d bytes are read", tt.kind, tt.text, n)
			}
		})
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
	inItsTime(t, o, func(t *testing.T, l *piped) {
		long := l.begin(t, head+"Content-Length: 10\r\n\r\n{")
		client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 50, DialContext: l.pipes.dial}}
		ending := time.Now().Add(o.Drain)
		drained := ending.Add(o.Drain) // when nobody listens any more
		var before, meanwhile, lost atomic.Int64
		var clients sync.WaitGroup
		ask := func() bool {
			asked := time.Now()
			w, err := client.Post("http://x"+decisions, "application/json", strings.NewReader(`[`+strings.Repeat(`{"age":80},`, 50)+`{}]`))
			if err != nil {
				return !asked.Before(drained)
			}
			answer, err := io.ReadAll(w.Body)
			_ = w.Body.Close()
			if asked.Before(ending) {
				before.Add(1)
			} else {
				meanwhile.Add(1)
			}
			return err == nil && w.StatusCode == http.StatusOK && strings.HasSuffix(string(answer), "}]\n")
		}
		for range effort.Of(4, 8, 32) {
			clients.Go(func() {
				for ; !time.Now().After(drained); time.Sleep(10 * time.Millisecond) {
					if !ask() {
						lost.Add(1)
					}
				}
			})
		}
		time.Sleep(time.Until(ending))
		l.end()
		clients.Wait()
		client.CloseIdleConnections()
		time.Sleep(time.Second)
		write(t, long, `"age":80}`)
		if status, _ := answerFrom(t, long); status != http.StatusOK {
			t.Errorf("what takes longer: %d", status)
		}
		if lost.Load() > 0 || before.Load() == 0 || meanwhile.Load() == 0 {
			t.Errorf("%d lost; %d answered before the end, and %d after its begin", lost.Load(), before.Load(), meanwhile.Load())
		}
	})
}

// Who comes when all places are taken is asked to come again.
func TestBusy(t *testing.T) {
	o := options()
	o.Limits.Requests = 1
	inItsTime(t, o, func(t *testing.T, l *piped) {
		c := l.begin(t, head+"Content-Length: 10\r\n\r\n{")
		w := get("/v1/jurisdictions").of(l)
		if p := decode[serve.Problem](t, w.Body); w.Code != http.StatusServiceUnavailable || p.Code != "busy" || w.Header().Get("Retry-After") == "" {
			t.Errorf("%d %v %v", w.Code, p, w.Header())
		}
		if w := get("/healthz").of(l); w.Code != http.StatusOK {
			t.Errorf("health: %d", w.Code)
		}
		write(t, c, `"age":80}`)
		if status, _ := answerFrom(t, c); status != http.StatusOK {
			t.Errorf("%d", status)
		}
		synctest.Wait()
		if w := get("/v1/jurisdictions").of(l); w.Code != http.StatusOK {
			t.Errorf("afterwards: %d", w.Code)
		}
	})
}
