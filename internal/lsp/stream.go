package lsp

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/sourcegraph/jsonrpc2"
)

// longestMessage is how many bytes a message may have: enough for a few of the longest files that
// are read, written as JSON.
const longestMessage = 32 << 20

// longestHeader is how many bytes the lines before a message may have.
const longestHeader = 4 << 10

var errHeader = errors.New("a message does not begin with its Content-Length")

// codec reads and writes messages in the frames of the protocol. It reads no message that is longer
// than [longestMessage].
type codec struct {
	jsonrpc2.VSCodeObjectCodec

	mu     sync.Mutex
	failed error // why no more is read
}

// why returns the reason why reading has ended, or nil if it has not.
func (c *codec) why() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.failed
}

// ReadObject reads one message.
func (c *codec) ReadObject(stream *bufio.Reader, v any) error {
	err := readMessage(stream, v)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failed = err
	return err
}

func readMessage(stream *bufio.Reader, v any) error {
	length, err := readHeader(stream)
	if err != nil {
		return err
	}
	if length > longestMessage {
		return fmt.Errorf("a message is longer than %d MiB", longestMessage>>20)
	}
	message, err := io.ReadAll(io.LimitReader(stream, length))
	if err != nil {
		return err
	}
	if int64(len(message)) < length {
		return io.ErrUnexpectedEOF
	}
	return json.Unmarshal(message, v)
}

// readHeader reads the lines before a message, and returns the length of the message. The error is
// [io.EOF] when there is no further message.
func readHeader(stream *bufio.Reader) (length int64, err error) {
	length = -1
	for left := longestHeader; ; {
		line, err := stream.ReadSlice('\n')
		left -= len(line)
		switch {
		case errors.Is(err, io.EOF) && len(line) == 0 && left == longestHeader:
			return 0, io.EOF
		case errors.Is(err, io.EOF):
			return 0, io.ErrUnexpectedEOF
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return 0, err
		case err != nil || left < 0:
			return 0, errHeader
		}
		name, value, _ := strings.Cut(strings.TrimSpace(string(line)), ":")
		switch {
		case name == "" && length < 0:
			return 0, errHeader
		case name == "":
			return length, nil
		case strings.EqualFold(name, "Content-Length"):
			if length, err = strconv.ParseInt(strings.TrimSpace(value), 10, 64); err != nil || length < 0 {
				return 0, errHeader
			}
		}
	}
}

// joined combines what the editor writes with what it reads.
type joined struct {
	io.Reader
	io.Writer
}

// Close ends reading, if the reader can be closed.
func (j joined) Close() error {
	if c, ok := j.Reader.(io.Closer); ok {
		return c.Close()
	}
	return nil
}
