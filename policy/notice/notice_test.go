package notice_test

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/notice"
)

var update = flag.Bool("update", false, "write the golden files")

func of(t *testing.T, engine *eldercare.Engine, jurisdiction string, e eldercare.Elder, closed bool) *notice.Notice {
	t.Helper()
	ctx := context.Background()
	r, err := engine.Rules(ctx, jurisdiction, eldercare.Date{Year: 2026, Month: 11, Day: 22})
	if err != nil {
		t.Fatal(err)
	}
	p, err := r.Encode(e)
	if err != nil {
		t.Fatal(err)
	}
	n, err := notice.New(ctx, r, p, closed)
	if err != nil {
		t.Fatal(err)
	}
	n.Digest = "sha256:…" // changes with every change of a list
	return n
}

func load(t *testing.T) *eldercare.Engine {
	t.Helper()
	engine, err := eldercare.Load(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

func TestNotice(t *testing.T) {
	engine := load(t)
	tests := []struct {
		name, jurisdiction, lang string
		elder                    eldercare.Elder
		closed                   bool
	}{
		{"hongtong-centenarian", "hongtong", "zh", eldercare.Elder{"id": "H-100", "birth_date": "1926-05-04", "local_hukou": true}, true},
		{"shuozhou-unknown", "shuozhou", "zh", eldercare.Elder{"id": "S-85", "birth_date": "1947-03-01"}, false},
		{"huojia-tekun", "huojia", "en", eldercare.Elder{
			"id": "J-9", "age": 76, "local_hukou": true, "assistance_category": "tekun", "support_mode": "dispersed", "self_care": "none",
		}, true},
	}
	for _, test := range tests {
		n := of(t, engine, test.jurisdiction, test.elder, test.closed)
		var page, markdown bytes.Buffer
		if err := notice.HTML(&page, test.lang, n); err != nil {
			t.Fatal(err)
		}
		if err := notice.Markdown(&markdown, test.lang, n); err != nil {
			t.Fatal(err)
		}
		golden(t, test.name+".html", page.Bytes())
		golden(t, test.name+".md", markdown.Bytes())
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

var hole = regexp.MustCompile(`%!|<nil>|<no value>|<td></td>|：<|\*\* *\n|ZgotmplZ`)

// Every elder of a small set, in every list, both languages and forms: no hole, and no identity number.
func TestNoHoles(t *testing.T) {
	engine := load(t)
	elders := []eldercare.Elder{
		{"id": "1"}, {"birth_date": "1966-11-23"}, {"age": 90, "local_hukou": true},
		{"id": "2", "id_number": "11010519491231002X", "disability_grade": 1, "assistance_category": "dibao", "self_care": "partial", "long_term_care_need": true},
	}
	for _, j := range engine.Jurisdictions() {
		for _, e := range elders {
			for _, closed := range []bool{true, false} {
				n := of(t, engine, j.ID, e, closed)
				for _, lang := range []string{"zh", "en"} {
					var out bytes.Buffer
					if err := notice.HTML(&out, lang, n, n); err != nil {
						t.Fatal(err)
					}
					if err := notice.Markdown(&out, lang, n, n); err != nil {
						t.Fatal(err)
					}
					if found := hole.FindString(out.String()); found != "" {
						t.Errorf("%s %v: %q", j.ID, e["id"], found)
					}
					if strings.Contains(out.String(), "11010519491231002X") {
						t.Errorf("%s: the identity number is printed", j.ID)
					}
				}
			}
		}
	}
}

// An id is the sender's text, and must not become markup.
func TestMarkupInID(t *testing.T) {
	n := of(t, load(t), "shuozhou", eldercare.Elder{"id": "<script>*a*</script>\n# b", "age": 80}, true)
	var page, markdown bytes.Buffer
	if err := notice.HTML(&page, "zh", n); err != nil {
		t.Fatal(err)
	}
	if err := notice.Markdown(&markdown, "zh", n); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(page.String(), "<script>") {
		t.Error("the page has the id as markup")
	}
	if want := `\<script>\*a\*\</script> \# b`; !strings.Contains(markdown.String(), want) {
		t.Errorf("the Markdown has not %s", want)
	}
}
