package synth_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/register"
	"github.com/basic-eldercare/eldercare/policy/register/excel"
	"github.com/basic-eldercare/eldercare/policy/register/parquet"
	"github.com/basic-eldercare/eldercare/policy/synth"
)

// withSets are attributes of a folder's own: a set of which everybody may have something, and one
// that is asked of those who live alone.
const withSets = `
attributes:
  tongues:
    label: 所用语言
    english: languages spoken
    type: set
    values: {mandarin: {label: 普通话, english: Mandarin}, jin: {label: 晋语, english: Jin}, sign: {label: 手语, english: sign language}}
  visits:
    label: 探访日
    english: days of visits
    type: set
    asked_of: {living_alone: [true]}
    values: {monday: {label: 周一, english: Monday}, friday: {label: 周五, english: Friday}}
`

// setRules are the rules of Hongtong, over a vocabulary with sets.
func setRules(t *testing.T) *eldercare.Ruleset {
	t.Helper()
	folder := fstest.MapFS{"catalogs/attributes.yaml": &fstest.MapFile{Data: []byte(withSets)}}
	e, err := eldercare.Load(t.Context(), eldercare.WithFS("folder", folder), eldercare.WithJurisdictions("hongtong"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := e.Rules(t.Context(), "hongtong", synth.DefaultDay)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Sets are drawn and written as they are read, in Chinese and in English: none, one or several of
// the values; blank where they are asked of others only.
func TestSets(t *testing.T) {
	rules := setRules(t)
	for _, o := range []synth.Options{{}, {English: true}, {Blank: 0.3}, {Distinct: true}} {
		o.Elders, o.Seed = 1500, 2
		r := must(synth.For(rules, o))
		text, _ := written(t, r, register.CSV{})
		if got, codes := answerBy(t, rules, text, register.CSV{}); got.Answered != o.Elders || len(codes) > 0 {
			t.Errorf("%+v: %+v, %v", o, got, codes)
		}
		lines, _ := written(t, must(synth.For(rules, o)), register.NDJSON{})
		if got, codes := answerBy(t, rules, lines, register.NDJSON{}); got.Answered != o.Elders || len(codes) > 0 {
			t.Errorf("%+v as JSON: %+v, %v", o, got, codes)
		}
		all := must(csv.NewReader(bytes.NewReader(text)).ReadAll())
		column, none := slices.Index(all[0], "所用语言"), "无"
		two, asked := "普通话、手语", slices.Index(all[0], "探访日")
		if o.English {
			column, none, two, asked = slices.Index(all[0], "tongues"), "none", "mandarin,sign", slices.Index(all[0], "visits")
		}
		met := map[string]int{}
		blank := 0
		for _, row := range all[1:] {
			met[row[column]]++
			if row[asked] == "" {
				blank++
			}
		}
		if met[none] == 0 || o.Distinct && met[two] == 0 || o.Blank == 0 && met[""] > 0 {
			t.Errorf("%+v: %v", o, met)
		}
		if blank == 0 || blank == o.Elders {
			t.Errorf("%+v: the set that is asked of some is blank of %d", o, blank)
		}
	}
}

// Mistakes in sets, and in what is asked of some, are those of clerks, too.
func TestDirtySets(t *testing.T) {
	rules := setRules(t)
	text, tally := written(t, must(synth.For(rules, synth.Options{Elders: 2000, Seed: 3, Dirty: 0.5, IDNumbers: true})), register.CSV{})
	if got, codes := answerBy(t, rules, text, register.CSV{}); got.Rows != 2000 || codes["unreadable"] == 0 || tally.Dirty == 0 {
		t.Errorf("%+v, %v", got, codes)
	}
}

// A register says the same in every format: whole numbers, truth values, lists, and what is blank.
func TestFormatsSayTheSame(t *testing.T) {
	rules := setRules(t)
	o := synth.Options{Elders: 1000, Seed: 4, Blank: 0.3, English: true}
	answers := map[string]string{}
	for name, f := range map[string]register.Format{"csv": register.CSV{}, "json": register.NDJSON{}, "parquet": parquet.Format{}, "excel": excel.Format{}} {
		text, _ := written(t, must(synth.For(rules, o)), f)
		in := must(f.Open(t.Context(), bytes.NewReader(text), ""))
		r := must(register.New(rules, in, register.Options{Keep: []string{"living_alone"}}))
		var out bytes.Buffer
		sink := must(register.CSV{}.Create(t.Context(), &out, r.Columns()))
		if tally, err := r.Answer(t.Context(), sink, func(register.Problem) error { return nil }); err != nil || tally.Answered != o.Elders {
			t.Fatal(name, tally, err)
		}
		if err := errors.Join(sink.Close(), in.Close()); err != nil {
			t.Fatal(err)
		}
		answers[name] = out.String()
	}
	for _, word := range []string{",true,", ",false,", ",entitled", ",possible"} {
		if !strings.Contains(answers["csv"], word) {
			t.Errorf("%s is nowhere", word)
		}
	}
	for name, text := range answers {
		if text != answers["csv"] {
			t.Errorf("%s: %s", name, cmp.Diff(answers["csv"], text))
		}
	}
}
