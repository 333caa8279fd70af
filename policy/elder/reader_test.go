package elder_test

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy/elder"
)

// read returns what Read gives, each row as "line: JSON" or "line! problem".
func read(r io.Reader) []string {
	var got []string
	for row, err := range elder.Read(r) {
		var bad *elder.RowError
		if errors.As(err, &bad) {
			got = append(got, strings.Replace(bad.Error(), ": ", "! ", 1))
			continue
		}
		text, _ := json.Marshal(row.Elder)
		got = append(got, (&elder.RowError{Line: row.Line, Problem: string(text)}).Error())
	}
	return got
}

func TestRead(t *testing.T) {
	long := strings.Repeat("x", 1<<20+8192)
	const (
		malformed = "this is not well-formed JSON"
		form      = "cannot be the name of an attribute: a name has letters, digits and _, at most 64"
		noName    = "key 1 of the object " + form
		comma     = "something other than an object follows an elder; put elders separated by commas into an array"
		tooLong   = "an elder must not take more than 1 MiB"
		notObject = "an elder must be a JSON object of attributes"
	)
	tests := []struct {
		name  string
		input string
		want  []string
	}{
		{"one object", `{"age": 80}`, []string{`line 1: {"age":80}`}},
		{"one object over several lines", "\n{\n  \"age\": 80,\n  \"id\": \"a\"\n}\n", []string{`line 2: {"age":80,"id":"a"}`}},
		{"byte order mark", "\xef\xbb\xbf{\"age\": 80}", []string{`line 1: {"age":80}`}},
		{"numbers stay as written", `{"age": 80.0, "id": 12345678901234567890}`, []string{`line 1: {"age":80.0,"id":12345678901234567890}`}},
		{"brackets and quotes in text", `{"id": "}]\"{\\"}`, []string{`line 1: {"id":"}]\"{\\"}`}},
		{"brackets and quotes in text of an array", `[{"id": "}]\"{\\"}, {}]`, []string{`line 1: {"id":"}]\"{\\"}`, `line 1: {}`}},
		{"an object a line", "{\"age\": 80}\n\n{\"age\": 81}\r\n{\"age\": 82}", []string{`line 1: {"age":80}`, `line 3: {"age":81}`, `line 4: {"age":82}`}},
		{
			"a bad line among lines", "{\"age\": 80}\n{\"age\": 81\n{\"age\": 82} 7\n[]\n{\"age\": 83}",
			[]string{`line 1: {"age":80}`, "line 2! " + malformed, "line 3! " + malformed, "line 4! " + notObject, `line 5: {"age":83}`},
		},
		{"the first line is the bad one", "{\"age\": \n{\"age\": 81}\n", []string{"line 1! " + malformed, `line 2: {"age":81}`}},
		{"two bad first lines", "{\"age\": \n{\"age\" 80}\n{\"age\": 81}\n", []string{"line 1! " + malformed, "line 2! " + malformed, `line 3: {"age":81}`}},
		{"first lines that are no objects", "id;age\n[]\n7\n{\"age\": 81}\n", []string{"line 1! " + malformed, "line 2! " + notObject, "line 3! " + notObject, `line 4: {"age":81}`}},
		{"a first line that is an array", "[]\n{\"age\": 81}\n", []string{"line 2! something follows the end of the array", `line 2: {"age":81}`}},
		{"a line and an object over several", "{\"age\": 80}\n{\n  \"age\": 81\n}\n{\"age\": 82}", []string{`line 1: {"age":80}`, `line 2: {"age":81}`, `line 5: {"age":82}`}},
		{
			"an object over several lines is never closed", "{\n  \"age\": 80\n{\n  \"age\": 81\n}\n",
			[]string{"line 2! " + malformed, `line 3: {"age":81}`},
		},
		{"a quote is never closed", "{\"id\": \"a}\n{\"age\": 81}\n", []string{"line 1! " + malformed, `line 2: {"age":81}`}},
		{"lines with commas", "{\"age\": 80},\n{\"age\": 81}\n", []string{"line 1! " + comma, `line 2: {"age":81}`}},
		{"a bracket too many", "{\"age\": 80}}\n{\"age\": 81}\n", []string{"line 1! " + malformed, `line 2: {"age":81}`}},
		{"an array inside an object", "{\"elders\": [\n  {\"age\": 80},\n  {\"age\": 81}\n]}\n", []string{`line 1: {"elders":[{"age":80},{"age":81}]}`}},
		{"objects one after the other", "{\n\"age\": 80}{\"age\":\n81}", []string{`line 1: {"age":80}`, `line 2: {"age":81}`}},
		{"an array", "[\n  {\"age\": 80},\n  {\n    \"age\": 81}\n]\n", []string{`line 2: {"age":80}`, `line 3: {"age":81}`}},
		{"an array on one line", `[{"age": 80},{"age": 81}]`, []string{`line 1: {"age":80}`, `line 1: {"age":81}`}},
		{"an empty array", `[]`, nil},
		{
			"bad elements of an array", "[{\"age\": 80},\n7, null, \"x\", [],\n{\"age\" 81},\n{\"age\": 82}]",
			[]string{
				`line 1: {"age":80}`, "line 2! " + notObject, "line 2! " + notObject, "line 2! " + notObject, "line 2! " + notObject,
				"line 3! " + malformed, `line 4: {"age":82}`,
			},
		},
		{"duplicate attribute", "[{\"age\": 80,\n\"age\": 80}, {\"age\": 81}]", []string{`line 2! the attribute "age" is given twice`, `line 2: {"age":81}`}},
		{
			"keys that can be no names", "{\"age\": 80,\n\"14060119461122001X\": {}}\n[1]\n{\"\\u001b]0;x\\u0007age\": 80}\n{\"张三\": 1}\n{\"" + strings.Repeat("x", 65) + "\": 1}\n" +
				"{\"n140601194611220015\": 1}\n{\"" + strings.Repeat("x", 64) + "\": 1}\n{\"\": 1}",
			[]string{
				"line 2! key 2 of the object " + form, "line 3! " + notObject, "line 4! " + noName,
				"line 5! " + noName, "line 6! " + noName,
				"line 7! " + noName, "line 8: {\"" + strings.Repeat("x", 64) + "\":1}",
				"line 9! " + noName,
			},
		},
		{"the line of a mistake", "{\n\"age\": 80,\n\"id\" 7\n}", []string{"line 3! " + malformed}},
		{"nested values are for Encode to refuse", `{"age": {"years": [80]}}`, []string{`line 1: {"age":{"years":[80]}}`}},
		{"empty", " \n", []string{"line 2! the input is empty"}},
		{"nothing", "", []string{"line 1! the input is empty"}},
		{"text", "age,id\n80,a\n", []string{"line 1! elders must be JSON: an object, an array of objects, or one object a line"}},
		{"array never ends", "[{\"age\": 80},\n", []string{`line 1: {"age":80}`, "line 2! the input ends before its last bracket is closed"}},
		{"object never ends", "{\"age\": 80,\n\"id\": \"a\n", []string{"line 3! the input ends before its last bracket is closed"}},
		{"trailing text after an array", "[{\"age\": 80}]\nx", []string{`line 1: {"age":80}`, "line 2! something follows the end of the array"}},
		{"trailing text after an object", "{\n\"age\": 80}, {}", []string{
			`line 1: {"age":80}`, "line 2! " + comma,
		}},
		{"two commas", "[{\"age\": 80},,{\"age\": 81}]", []string{`line 1: {"age":80}`, "line 1! an elder is missing next to a comma of the array"}},
		{"comma at the end", "[{\"age\": 80},]", []string{`line 1: {"age":80}`, "line 1! an elder is missing next to a comma of the array"}},
		{"no comma", "[{\"age\": 80}\n{\"age\": 81}]", []string{`line 1: {"age":80}`, "line 2! a comma is missing between two elders of the array"}},
		{"GBK", "[{\"id\": \"\xd5\xc5\xc8\xfd\"}]", []string{"line 1! the text is not UTF-8; save it as UTF-8"}},
		{"UTF-16", "\xff\xfe{\x00", []string{"line 1! the text is not UTF-8; save it as UTF-8"}},
		{
			"an elder too long in an array", "[{\"id\": \"" + long + "\"}, {\"age\": 80},\n{\"id\": \"" + long + "\"},\n{\"age\": 81}]",
			[]string{"line 1! " + tooLong, `line 1: {"age":80}`, "line 2! " + tooLong, `line 3: {"age":81}`},
		},
		{
			"a line too long", "{\"age\": 80}\n{\"id\": \"" + long + "\"}\n{\"age\": 81}",
			[]string{`line 1: {"age":80}`, "line 2! " + tooLong, `line 3: {"age":81}`},
		},
		{"a first line too long", "{\"id\": \"" + long + "\"}\n{\"age\": 81}", []string{"line 1! " + tooLong, `line 2: {"age":81}`}},
		{"a line too long and never closed", "{\"id\": \"" + long + "\n{\"age\": 81}", []string{"line 1! " + tooLong, `line 2: {"age":81}`}},
		{"text behind a line too long", "{\"age\": 80}\n" + long + "{\"age\": 81}\n{\"age\": 82}", []string{`line 1: {"age":80}`, "line 2! " + malformed, `line 3: {"age":82}`}},
		{"an elder that just fits", "{\"id\": \"" + long[:1<<20-10] + "\"}", []string{"line 1: {\"id\":\"" + long[:1<<20-10] + "\"}"}},
		{"one that does not", "{\"id\": \"" + long[:1<<20-9] + "\"}", []string{"line 1! " + tooLong}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, read(strings.NewReader(tt.input))); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if diff := cmp.Diff(tt.want, read(iotest.OneByteReader(strings.NewReader(tt.input)))); diff != "" {
				t.Errorf("byte by byte: -want +got\n%s", diff)
			}
		})
	}
}

func TestReadStopsWhenAsked(t *testing.T) {
	n := 0
	for _, err := range elder.Read(strings.NewReader("[{}, {}, {}]")) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 2 {
			break
		}
	}
	if n != 2 {
		t.Errorf("got %d rows after breaking off at the second", n)
	}
}

func TestReadGivesTheReadersOwnError(t *testing.T) {
	broken := errors.New("broken")
	var last error
	for _, err := range elder.Read(io.MultiReader(strings.NewReader("[{}, {"), iotest.ErrReader(broken))) {
		last = err
	}
	if !errors.Is(last, broken) {
		t.Errorf("got %v, want the error of the reader", last)
	}
}

// FuzzRead holds that no input panics, that every row is an elder or an error with a line, and that
// what was read is read again the same from its own JSON.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		`{"age": 80}`, "[{\"age\": 80.0},\n{\"id\": \"}\"}]", "{\"age\": 80}\n{\"age\": 81", "{}{}", "[1,null,\"a\\\"\"]", "\xef\xbb\xbf[]", "{\"a\":1,\"a\":2}", "{\"a\":{\"b\":[1e9]}}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		for row, err := range elder.Read(strings.NewReader(string(input))) {
			var bad *elder.RowError
			if err != nil {
				if !errors.As(err, &bad) || bad.Line < 1 || row.Elder != nil {
					t.Fatalf("row %v with the error %v", row, err)
				}
				continue
			}
			text, err := json.Marshal(row.Elder)
			if err != nil {
				t.Fatal(err)
			}
			again := read(strings.NewReader(string(text)))
			if diff := cmp.Diff([]string{"line 1: " + string(text)}, again); diff != "" {
				t.Fatalf("read again: -want +got\n%s", diff)
			}
		}
	})
}
