package mcp

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

// problem is one reason why a call is not answered. It names attributes, and repeats no value.
type problem struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

func (p *problem) Error() string { return p.Message }

func wrongArgument(format string, args ...any) error {
	return &problem{"wrong-argument", fmt.Sprintf(format, args...)}
}

// refused tells why a call is not answered, so that the assistant can mend it.
func refused(err error) (*sdk.CallToolResult, error) {
	result, err := told(map[string]any{"error": problems(err)})
	if err == nil {
		result.IsError = true
	}
	return result, err
}

// problems returns the objects that tell of an error. One that is this program's fault is not told
// in its own words.
func problems(err error) any {
	var own *problem
	var input *eldercare.InputError
	var row *elder.RowError
	var lists eldercare.Diagnostics
	var typed json.Marshaler
	switch {
	case errors.As(err, &own):
		return []any{own}
	case errors.As(err, &input):
		return input.Problems
	case errors.As(err, &row):
		return []any{&problem{"malformed", row.Problem}}
	case errors.As(err, &lists):
		return lists
	case errors.As(err, &typed):
		return []any{typed}
	}
	return []any{&problem{"internal", "the program failed"}}
}

// said are the errors of the protocol in our words, as those of the SDK repeat what was read.
var said = map[int64]string{
	jsonrpc.CodeParseError:     "the message is not well-formed JSON",
	jsonrpc.CodeInvalidRequest: "the message is no request that can be answered now",
	jsonrpc.CodeMethodNotFound: "there is no such method",
	jsonrpc.CodeInvalidParams:  "the parameters are wrong: name a tool that tools/list shows, and give its arguments as an object",
	jsonrpc.CodeInternalError:  "the call cannot be answered: initialize comes first, and after it this is a fault of the program",
}

// impersonal returns an error of the protocol that repeats nothing of a call.
func impersonal(err error) error {
	wire := &jsonrpc.Error{Code: jsonrpc.CodeInternalError}
	errors.As(err, &wire)
	if message, ok := said[wire.Code]; ok {
		return &jsonrpc.Error{Code: wire.Code, Message: message}
	}
	return err
}
