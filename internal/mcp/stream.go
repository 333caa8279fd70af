package mcp

import (
	"context"
	"io"
	"sync"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
)

// stream talks over an input and an output, a message on a line. Calls that were read before the
// input ended are answered, as who pipes them in expects; the SDK alone would cancel them.
type stream struct {
	in  io.Reader
	out io.Writer
}

// Connect begins a session.
func (s stream) Connect(ctx context.Context) (sdk.Connection, error) {
	plain, err := (&sdk.IOTransport{Reader: io.NopCloser(s.in), Writer: output{s.out}}).Connect(ctx)
	c := &connection{Connection: plain, unanswered: map[jsonrpc.ID]bool{}}
	c.changed.L = &c.mu
	return c, err
}

// output is a stream that the end of a session leaves open.
type output struct{ io.Writer }

func (output) Close() error { return nil }

// connection holds back the end of the input until what was read is answered.
type connection struct {
	sdk.Connection
	mu         sync.Mutex
	changed    sync.Cond
	unanswered map[jsonrpc.ID]bool
	over       bool // nobody is answered any more, as the session ended or a write failed
}

// listening is a call that is answered only when the session ends.
const listening = "subscriptions/listen"

func (c *connection) Read(ctx context.Context) (jsonrpc.Message, error) {
	m, err := c.Connection.Read(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	if r, ok := m.(*jsonrpc.Request); ok && r.IsCall() && r.Method != listening {
		c.unanswered[r.ID] = true
	}
	for err != nil && len(c.unanswered) > 0 && !c.over {
		c.changed.Wait()
	}
	return m, err
}

func (c *connection) Write(ctx context.Context, m jsonrpc.Message) error {
	r, isAnswer := m.(*jsonrpc.Response)
	if isAnswer && r.Error != nil {
		m = &jsonrpc.Response{ID: r.ID, Error: impersonal(r.Error)}
	}
	err := c.Connection.Write(ctx, m)
	c.mu.Lock()
	defer c.mu.Unlock()
	if isAnswer {
		delete(c.unanswered, r.ID)
	}
	c.changed.Broadcast()
	return err
}

func (c *connection) Close() error {
	c.mu.Lock()
	c.over = true
	c.changed.Broadcast()
	c.mu.Unlock()
	return c.Connection.Close()
}
