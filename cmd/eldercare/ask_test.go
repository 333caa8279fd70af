package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/interview"
)

// Of a set several values may be named, each by its place or its name; 0 is none of them.
func TestUnderstandSets(t *testing.T) {
	q := interview.Question{Attribute: "disabilities", Type: "set", Values: []interview.Value{
		{Value: "visual", Label: "视力", English: "sight"}, {Value: "hearing", Label: "听力", English: "hearing"}, {Value: "speech", Label: "言语（含失语）", English: "speech"},
	}}
	for text, want := range map[string][]any{
		"0": {}, "无": {}, "1": {"visual"}, "3,1": {"speech", "visual"}, "视力、听力": {"visual", "hearing"}, "hearing, 2": {"hearing"}, "言语(含失语)": {"speech"},
		"4": nil, "": nil, ",": nil, "1,x": nil, "0,1": nil,
	} {
		key, value, ok := new(dialogue).understand(q, text)
		if ok != (want != nil) {
			t.Errorf("%q: %v", text, ok)
			continue
		}
		if ok && (key != "disabilities" || cmp.Diff(any(want), value) != "") {
			t.Errorf("%q: %s %v, want %v", text, key, value, want)
		}
	}
	if got, want := (&dialogue{page: &page{language: language{value: "zh"}}}).choices(q), "1 视力  2 听力  3 言语（含失语）  0 无（可多选，以逗号分隔）"; got != want {
		t.Errorf("choices: %s, want %s", got, want)
	}
}

// questionsOf returns a dialogue in a jurisdiction, and a question about every attribute that it
// may ask for.
func questionsOf(t *testing.T, jurisdiction string, options ...eldercare.Option) (*dialogue, []interview.Question) {
	t.Helper()
	engine, err := eldercare.Load(t.Context(), append(options, eldercare.WithJurisdictions(jurisdiction))...)
	if err != nil {
		t.Fatal(err)
	}
	rules, err := engine.Rules(t.Context(), jurisdiction, eldercare.Date{Year: 2027, Month: 11, Day: 22})
	if err != nil {
		t.Fatal(err)
	}
	d := &dialogue{
		page: newPage(io.Discard, language{value: "zh"}), lexicon: newLexicon(engine, rules, language{value: "zh"}), rules: rules, words: wordsOf(engine),
		known: eldercare.Elder{}, skipped: map[string]bool{},
	}
	var all []interview.Question
	for _, known := range []eldercare.Elder{{}, {"assistance_category": "tekun"}} {
		p, err := rules.Encode(known)
		if err != nil {
			t.Fatal(err)
		}
		questions, err := interview.NextQuestions(t.Context(), rules, p)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, questions...)
	}
	return d, all
}

// Whatever a question shows is understood, in every width, and every usual form of a date, an
// identity number and a division. The identity numbers are invented.
func TestEveryShownAnswerIsUnderstood(t *testing.T) {
	asked := map[string]bool{}
	invented := eldercare.WithFS("", os.DirFS(filepath.Join("..", "..", "examples", "lists")))
	for jurisdiction, options := range map[string][]eldercare.Option{
		"shuozhou": nil, "hongtong": nil, "huojia": nil, "xushi": {invented}, "xuqu": {invented},
	} {
		d, questions := questionsOf(t, jurisdiction, options...)
		for _, q := range questions {
			asked[q.Attribute] = true
			for text, want := range shown(q) {
				for _, written := range []string{text, " " + text + " ", fullWidth(text)} {
					key, value, ok := d.understand(q, strings.TrimSpace(narrow(written)))
					if !ok || key != q.Attribute || cmp.Diff(want, value) != "" {
						t.Errorf("%s, %s: %q is taken for %s %v, want %v", jurisdiction, q.Attribute, written, key, value, want)
					}
				}
			}
			for _, in := range q.Instead {
				for _, form := range usualForms[in.Type] {
					key, value, ok := d.understand(q, strings.TrimSpace(narrow(form.written)))
					if !ok || key != in.Input || value != form.means {
						t.Errorf("%s, %s: %q is taken for %s %v, want %s %s", jurisdiction, q.Attribute, form.written, key, value, in.Input, form.means)
					}
				}
			}
		}
	}
	for _, attribute := range []string{"age", "self_care", "support_mode", "local_hukou", "disability_grade", "impairments"} {
		if !asked[attribute] {
			t.Errorf("no question about %s", attribute)
		}
	}
}

// shown returns the answers that a question shows, with what each means.
func shown(q interview.Question) map[string]any {
	answers := map[string]any{}
	if q.Type == policy.Integer {
		for _, n := range []int{*q.Min, *q.Max} {
			answers[fmt.Sprint(n)], answers[fmt.Sprint(n)+q.Unit] = n, n
		}
		return answers
	}
	var labels []string
	list := []any{}
	for i, v := range ordered(q) {
		want := v.Value
		if q.Type == policy.Set {
			want = []any{v.Value}
		}
		answers[fmt.Sprint(i+1)], answers[v.Label], answers[v.English] = want, want, want
		labels, list = append(labels, v.Label), append(list, v.Value)
	}
	if q.Type == policy.Set {
		answers["0"], answers["无"] = []any{}, []any{}
		answers[strings.Join(labels, ",")], answers[strings.Join(labels, "、")] = list, list
	}
	return answers
}

// fullWidth returns a text as a Chinese input method writes it.
func fullWidth(text string) string {
	return strings.Map(func(r rune) rune {
		if '!' <= r && r <= '~' {
			return r - '!' + '！'
		}
		return r
	}, text)
}

// usualForms are the forms in which people write what may be given instead of an attribute.
var usualForms = map[policy.InputType][]struct{ written, means string }{
	policy.BirthDate: {
		{"1946-03-01", "1946-03-01"}, {"1946-3-1", "1946-03-01"}, {"1946/3/1", "1946-03-01"}, {"1946.3.1", "1946-03-01"}, {"19460301", "1946-03-01"},
		{"1946年3月1日", "1946-03-01"}, {"1946年03月01日", "1946-03-01"}, {"1946年3月1号", "1946-03-01"}, {"1946。3。1", "1946-03-01"},
		{"1946.3", "1946-03"}, {"1946年3月", "1946-03"}, {"1946-03", "1946-03"}, {"1946/3", "1946-03"}, {"194603", "1946-03"},
		{"１９４６－０３－０１", "1946-03-01"}, {"１９４６年３月１日", "1946-03-01"}, {"一九四六年三月一日", "1946-03-01"}, {"1946 年 3 月 1 日", "1946-03-01"},
	},
	policy.IDNumber: {
		{"14060219460301006X", "14060219460301006X"}, {"14060219460301006x", "14060219460301006X"}, {"140602194603010019", "140602194603010019"},
		{"１４０６０２１９４６０３０１００６Ｘ", "14060219460301006X"}, {"140602 19460301 0019", "140602194603010019"}, {"140602460301001", "140602194603010019"},
	},
	policy.DivisionCode: {
		{"141024", "141024"}, {"１４１０２４", "141024"}, {"洪洞县", "141024"}, {"山西省临汾市洪洞县", "141024"},
	},
}
