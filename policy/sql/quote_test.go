package sql_test

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/internal/random"
	"github.com/basic-eldercare/eldercare/policy/sql"
)

// Nothing of a text changes a statement: SQLite reads a quoted text, a quoted name and a comment as
// what they were made of.
func FuzzQuotes(f *testing.F) {
	for _, s := range []string{"", "低保", `'`, `"`, "`", `\`, `\'`, `a'b"c`, "';--", "\n;", "\x00", "--", "/*", "*/", "\u2028", "a\\\\'"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, d := range sql.Dialects() {
			if err := closed(d, sql.Text(d, s)); err != nil {
				t.Errorf("%s, text %q: %v", d, s, err)
			}
			if err := closed(d, sql.Identifier(d, s)); err != nil {
				t.Errorf("%s, name %q: %v", d, s, err)
			}
			if c := sql.Comment(s); strings.Count(c, "\n") != 1 || !strings.HasSuffix(c, "\n") || strings.ContainsAny(c, "\r\x00\u2028") {
				t.Errorf("comment %q", c)
			}
		}
		l := newLite(t)
		defer l.Close()
		var got string
		query := sql.Comment(s) + "SELECT " + sql.Text(sql.SQLite, s) + " AS " + sql.Identifier(sql.SQLite, s+"x")
		if err := l.QueryRow(query).Scan(&got); err != nil || got != policy.Printable(s) {
			t.Errorf("%q comes back as %q: %v", s, got, err)
		}
	})
}

// closed reports how a quoted text or name ends before its end, or not at all, as the lexer of the
// dialect reads it.
func closed(d sql.Dialect, quoted string) error {
	escapes := d == sql.ClickHouse || d == sql.MySQL && quoted[0] == '\''
	if strings.HasPrefix(quoted, "E'") {
		quoted, escapes = quoted[1:], true
	}
	mark, inside := quoted[0], quoted[1:]
	for i := 0; i < len(inside); i++ {
		switch {
		case escapes && inside[i] == '\\':
			i++
		case inside[i] == mark && i == len(inside)-1:
			return nil
		case inside[i] == mark && inside[i+1] == mark:
			i++
		case inside[i] == mark:
			return fmt.Errorf("%s ends at byte %d", quoted, i+1)
		}
	}
	return fmt.Errorf("%s does not end", quoted)
}

// A list whose texts are full of quotes and comments makes a script that answers like any other.
func TestHostileList(t *testing.T) {
	grant, err := os.ReadFile("../../rego/grant.rego")
	if err != nil {
		t.Fatal(err)
	}
	files := random.Lists(grant, random.Choices(3))
	const hostile = `甲'"` + "`" + `\\'; DROP TABLE elder; -- /* `
	for name, f := range files {
		text := strings.ReplaceAll(string(f.Data), "name: top", "name: "+fmt.Sprintf("%q", hostile))
		text = strings.ReplaceAll(text, "label: 年龄", "label: "+fmt.Sprintf("%q", hostile))
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	e, err := eldercare.Load(t.Context(), eldercare.WithoutEmbedded(), eldercare.WithFS("", files))
	if err != nil {
		t.Fatal(err)
	}
	compareRandom(t, rulesOn(t, e, "top", today), 3)
}

// An attribute may have the name of a column of the views.
func TestAttributesNamedAsColumns(t *testing.T) {
	grant, err := os.ReadFile("../../rego/grant.rego")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"code", "wrong", "number", "given"} {
		files := random.Lists(grant, random.Choices(3))
		for of, f := range files {
			if strings.HasSuffix(of, "attributes.yaml") || strings.HasPrefix(of, "rego/") {
				poor := regexp.MustCompile(`(input\.| )poor\b`)
				files[of] = &fstest.MapFile{Data: poor.ReplaceAll(f.Data, []byte("${1}"+name))}
			}
		}
		e, err := eldercare.Load(t.Context(), eldercare.WithoutEmbedded(), eldercare.WithFS("", files))
		if err != nil {
			t.Fatal(err)
		}
		rs := rulesOn(t, e, "top", today)
		if rs.Table.Space.Vocabulary.Attribute(name) == nil {
			t.Fatalf("no attribute is called %s", name)
		}
		compareRandom(t, rs, 3)
	}
}

// A rule that is opaque is an error with its place and what to do; where its service may be left
// out it is named.
func TestOpaqueRule(t *testing.T) {
	grant, err := os.ReadFile("../../rego/grant.rego")
	if err != nil {
		t.Fatal(err)
	}
	files := random.Lists(grant, nil)
	rego := string(files["rego/lists/top.rego"].Data)
	i := strings.LastIndex(rego, "if {\n") + len("if {\n")
	files["rego/lists/top.rego"] = &fstest.MapFile{Data: []byte(rego[:i] + "\tsome k\n\tinput[k] == 3\n" + rego[i:])}
	e, err := eldercare.Load(t.Context(), eldercare.WithoutEmbedded(), eldercare.WithFS("", files))
	if err != nil {
		t.Fatal(err)
	}
	rs := rulesOn(t, e, "top", today)
	if len(rs.Table.Opaque) == 0 {
		t.Fatal("no rule is opaque")
	}
	_, err = sql.New(t.Context(), rs, sql.Options{Dialect: sql.SQLite})
	var wrong policy.Diagnostics
	if !errors.As(err, &wrong) || wrong[0].Code != "opaque-rule" || wrong[0].Pos.Line == 0 || !strings.Contains(wrong[0].Remedy, "--partial") {
		t.Errorf("%v", err)
	}
	s, err := sql.New(t.Context(), rs, sql.Options{Dialect: sql.SQLite, Partial: true})
	if err != nil {
		t.Fatal(err)
	}
	service := rs.Table.Opaque[0].Applied.Service.ID
	if len(s.LeftOut) != 1 || !strings.HasPrefix(s.LeftOut[0], service+" (rego/lists/top.rego:") || !strings.Contains(s.String(), "-- left out: "+service) {
		t.Errorf("left out: %v", s.LeftOut)
	}
	if _, err := sql.New(t.Context(), rs, sql.Options{Dialect: "oracle"}); err == nil {
		t.Error("there is a dialect oracle")
	}
}

// Where contradictions leave nobody, each service is an error with its place.
func TestNobodyExists(t *testing.T) {
	grant, err := os.ReadFile("../../rego/grant.rego")
	if err != nil {
		t.Fatal(err)
	}
	files := random.Lists(grant, random.Choices(3))
	const nobody = "\ncontradictions contains \"grades\" if input.grade >= 0\n"
	elders := files["rego/elder.rego"]
	elders.Data = append(elders.Data, nobody...)
	lists := files["rego/lists/top.rego"]
	lists.Data = regexp.MustCompile(`(?m)^(grants .* if \{)$`).ReplaceAll(lists.Data, []byte("$1\n\tinput.grade < 2"))
	e, err := eldercare.Load(t.Context(), eldercare.WithoutEmbedded(), eldercare.WithFS("", files))
	if err != nil {
		t.Fatal(err)
	}
	_, err = sql.New(t.Context(), rulesOn(t, e, "top", today), sql.Options{Dialect: sql.SQLite})
	var wrong policy.Diagnostics
	if !errors.As(err, &wrong) || len(wrong) == 0 {
		t.Fatalf("%v", err)
	}
	for _, d := range wrong {
		if d.Code != "nobody-exists" || d.Pos.File != "catalogs/top.yaml" || d.Pos.Line == 0 || d.Remedy == "" {
			t.Errorf("%+v", d)
		}
	}
}
