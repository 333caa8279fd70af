package serve_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/basic-eldercare/eldercare/internal/serve"
)

// inItsTime runs a test with a server in a bubble of [synctest]: their time goes on only while all
// of them wait. So nothing comes too late because a machine is slow, and hours take no time.
func inItsTime(t *testing.T, o serve.Options, test func(*testing.T, *piped)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o.Load = loadAnew // what others ask too must not wait for what is in the bubble
		s, log := start(t, o)
		l := newPipes()
		test(t, &piped{serveOn(t, s, l), l, log})
	})
}

// piped is a server that is reached through pipes, with what it logs.
type piped struct {
	*listening
	pipes *pipes
	log   *logged
}

// connect opens a connection. What is written to it, the server has read.
func (p *piped) connect(t *testing.T) net.Conn {
	t.Helper()
	c, err := p.pipes.dial(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// begin opens a connection, sends the beginning of a request, and returns when the server waits for
// more.
func (p *piped) begin(t *testing.T, request string) net.Conn {
	t.Helper()
	c := p.connect(t)
	write(t, c, request)
	synctest.Wait()
	return c
}

func write(t *testing.T, to io.Writer, text string) {
	t.Helper()
	if _, err := io.WriteString(to, text); err != nil {
		t.Fatal(err)
	}
}

// answerFrom reads an answer.
func answerFrom(t *testing.T, c io.Reader) (status int, answer string) {
	t.Helper()
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

// pipes listens for connections within the process.
type pipes struct {
	dialled chan net.Conn
	closed  chan struct{}
	once    sync.Once
}

func newPipes() *pipes { return &pipes{dialled: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.dialled <- there:
		return here, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.dialled:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Net: "pipe"} }
