// Package page shows a report of tables as one HTML page without anything from elsewhere, or as
// Markdown for a pull request.
package page

import (
	"bytes"
	_ "embed"
	"html/template"
	"io"
	"strings"
	text "text/template"

	"github.com/basic-eldercare/eldercare/policy"
)

//go:embed page.html.tmpl
var pageSource string

//go:embed page.md.tmpl
var markdownSource string

// Page is a report in words.
type Page struct {
	Lang, Title, Place string
	Verdict            string
	Sure               bool // the verdict is good news
	Facts              []string
	Tables             []Table
	Notes              []string
}

// Table is figures under titles; the first column, and with Text each, holds words.
type Table struct {
	Title string
	Head  []string
	Rows  [][]string
	Text  bool
}

// HTML writes a page.
func HTML(w io.Writer, p Page) error {
	page, err := template.New("page").Parse(pageSource)
	if err != nil {
		return err
	}
	return write(w, page, p)
}

// Markdown writes a page as Markdown. See [HTML].
func Markdown(w io.Writer, p Page) error {
	page, err := text.New("page").Funcs(text.FuncMap{"md": marks.Replace}).Parse(markdownSource)
	if err != nil {
		return err
	}
	return write(w, page, p)
}

// write writes a whole page, or nothing when the template fails.
func write(w io.Writer, page interface{ Execute(io.Writer, any) error }, p Page) error {
	if w == nil {
		return policy.CallError("the writer is nil")
	}
	var out bytes.Buffer
	if err := page.Execute(&out, p); err != nil {
		return err
	}
	_, err := io.WriteString(w, policy.PrintableLines(out.String()))
	return err
}

// marks are the characters that Markdown would not show as they are.
var marks = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "#", `\#`, "<", `\<`, "|", `\|`, "[", `\[`, "]", `\]`, "~", `\~`, "\n", " ")
