// Package mcp answers an assistant what an engine answers, as tools of the Model Context Protocol.
// docs/mcp.md describes them from outside.
package mcp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/elder/reading"
)

// Config says what is answered from.
type Config struct {
	Engine  *eldercare.Engine
	On      eldercare.Date // the day to answer for where a call names none; zero is none
	Version string         // of the program
}

// instructions tell an assistant how to use the tools, and what it may say.
const instructions = `These tools answer what an elder in China is owed by official basic eldercare service lists (基本养老服务清单).
Find the jurisdiction by the tool jurisdictions. Tell the tools only what somebody told you of the elder: what is not said is unknown, not false.
Ask the person the first of the questions, and call again with the answer, until no question is left or wanted.
"entitled" is certain. "possible" depends on what "needs" names. "discretionary" is permitted, not promised. Say which it is.
Tell an amount with its bound (at_least, at_most); an amount without a value is left open. Add nothing up: "monthly_cny" is the sum.
Cite for each service the place that "cite" names. Do not compute or guess an answer that the tools do not give.
The tools need no name and no identity number: an age or a date of birth will do.`

// server answers calls.
type server struct {
	Config
	words *reading.Reader
}

// NewServer returns a server that has all tools. It logs nothing.
func NewServer(c Config) *sdk.Server {
	s := &server{c, reading.New(c.Engine.Catalog().Vocabulary, c.Engine.Jurisdictions()...)}
	made := sdk.NewServer(&sdk.Implementation{Name: "eldercare", Title: "基本养老服务清单", Version: c.Version}, &sdk.ServerOptions{
		Instructions: instructions, Capabilities: &sdk.ServerCapabilities{Tools: &sdk.ToolCapabilities{}},
	})
	closed := false
	for _, t := range tools {
		made.AddTool(&sdk.Tool{
			Name: t.name, Title: t.title, Description: t.about, InputSchema: t.schema(c.Engine.Catalog().Vocabulary),
			Annotations: &sdk.ToolAnnotations{ReadOnlyHint: true, IdempotentHint: true, OpenWorldHint: &closed},
		}, s.handler(t))
	}
	return made
}

// errBroken does not repeat what was read, which could be an elder's data.
var errBroken = errors.New("the input is not a message of the Model Context Protocol, or the client closed the output")

// Serve answers the assistant at the other end until it ends the input.
func Serve(ctx context.Context, in io.Reader, out io.Writer, c Config) error {
	err := NewServer(c).Run(ctx, stream{in, out})
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	return errBroken
}

// handler answers the calls of a tool. A panic is told without its message, which could repeat an
// elder's data.
func (s *server) handler(t tool) sdk.ToolHandler {
	return func(ctx context.Context, r *sdk.CallToolRequest) (result *sdk.CallToolResult, err error) {
		defer func() {
			if recover() != nil {
				result, err = refused(errors.New("panic"))
			}
		}()
		asked, err := s.read(t, r.Params.Arguments)
		if err != nil {
			return refused(err)
		}
		answer, err := t.answer(ctx, s, asked)
		if err != nil {
			return refused(err)
		}
		return told(answer)
	}
}

// told returns an answer as structured content, and as text for who reads no other.
func told(answer any) (*sdk.CallToolResult, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(answer); err != nil {
		return nil, err
	}
	text := bytes.TrimSpace(out.Bytes())
	return &sdk.CallToolResult{
		Content: []sdk.Content{&sdk.TextContent{Text: string(text)}}, StructuredContent: json.RawMessage(text),
	}, nil
}
