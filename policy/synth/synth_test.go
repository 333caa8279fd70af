package synth_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/register"
	"github.com/basic-eldercare/eldercare/policy/synth"
)

var engine = sync.OnceValue(func() *eldercare.Engine {
	return must(eldercare.Load(context.Background()))
})

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func rules(t testing.TB, jurisdiction string) *eldercare.Ruleset {
	t.Helper()
	r, err := engine().Rules(t.Context(), jurisdiction, must(policy.ParseDate("2026-11-22")))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// written is a register in a format.
func written(t testing.TB, r *synth.Register, f register.Format) ([]byte, synth.Tally) {
	t.Helper()
	var out bytes.Buffer
	sink, err := f.Create(t.Context(), &out, r.Columns())
	if err != nil {
		t.Fatal(err)
	}
	tally, err := r.Write(t.Context(), sink)
	if err != nil {
		t.Fatal(err)
	}
	if err := sink.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), tally
}

// table is a register of a jurisdiction, or of none, as CSV without its header.
func table(t testing.TB, jurisdiction string, o synth.Options) (header []string, rows [][]string, tally synth.Tally) {
	t.Helper()
	r := must(synth.New(engine().Catalog().Vocabulary, o))
	if jurisdiction != "" {
		r = must(synth.For(rules(t, jurisdiction), o))
	}
	text, tally := written(t, r, register.CSV{})
	all, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all[0], all[1:], tally
}

// answer answers a register, and gives what was wrong with it.
func answer(t testing.TB, jurisdiction string, text []byte, f register.Format) (register.Tally, map[string]int) {
	t.Helper()
	return answerBy(t, rules(t, jurisdiction), text, f)
}

func answerBy(t testing.TB, rules *eldercare.Ruleset, text []byte, f register.Format) (register.Tally, map[string]int) {
	t.Helper()
	in, err := f.Open(t.Context(), bytes.NewReader(text), "")
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	r, err := register.New(rules, in, register.Options{MaxErrors: -1})
	if err != nil {
		t.Fatal(err)
	}
	sink, err := register.CSV{}.Create(t.Context(), new(bytes.Buffer), r.Columns())
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]int{}
	tally, err := r.Answer(t.Context(), sink, func(p register.Problem) error { codes[p.Code]++; return nil })
	if err != nil {
		t.Fatal(err)
	}
	return tally, codes
}

// Nobody is refused as long as nothing is dirty, whoever asks, whatever is blank, in each format.
func TestNobodyIsRefused(t *testing.T) {
	for _, jurisdiction := range []string{"hongtong", "shuozhou", "shanxi", "huojia"} {
		for name, o := range map[string]synth.Options{
			"plain":    {},
			"blank":    {Blank: 0.2, IDNumbers: true, Townships: true},
			"distinct": {Distinct: true, IDNumbers: true},
			"english":  {English: true, Blank: 0.1},
		} {
			o.Elders, o.Seed = effort.Of(200, 500, 20_000), 5
			for _, r := range []*synth.Register{must(synth.For(rules(t, jurisdiction), o)), must(synth.New(engine().Catalog().Vocabulary, o))} {
				text, tally := written(t, r, register.CSV{})
				if got, codes := answer(t, jurisdiction, text, register.CSV{}); got.Answered != o.Elders || len(codes) > 0 || tally.Elders != o.Elders {
					t.Errorf("%s %s: %+v, %v", jurisdiction, name, got, codes)
				}
				if o.Townships {
					continue // in JSON an error
				}
				r = must(synth.For(rules(t, jurisdiction), o))
				text, _ = written(t, r, register.NDJSON{})
				if got, codes := answer(t, jurisdiction, text, register.NDJSON{}); got.Answered != o.Elders || len(codes) > 0 {
					t.Errorf("%s %s as JSON: %+v, %v", jurisdiction, name, got, codes)
				}
			}
		}
	}
}

// The same options give the same register, another seed another.
func TestSeed(t *testing.T) {
	o := synth.Options{Elders: 300, Seed: 1, Blank: 0.1, Dirty: 0.1, IDNumbers: true, Townships: true}
	make := func(o synth.Options) string {
		text, _ := written(t, must(synth.For(rules(t, "hongtong"), o)), register.CSV{})
		return string(text)
	}
	first := make(o)
	if first != make(o) {
		t.Error("the same options give another register")
	}
	o.Seed = 2
	if first == make(o) {
		t.Error("another seed gives the same register")
	}
}

// Each share of the traits comes out about as it is written, and ever fewer are old.
func TestShares(t *testing.T) {
	const elders = 20_000
	header, rows, _ := table(t, "hongtong", synth.Options{Elders: elders, Seed: 3, Townships: true})
	share := func(column, value string) float64 {
		at, n := slices.Index(header, column), 0
		if at < 0 {
			t.Fatalf("there is no column %s", column)
		}
		for _, row := range rows {
			if row[at] == value {
				n++
			}
		}
		return float64(n) / elders
	}
	for _, want := range []struct {
		column, value string
		share, within float64
	}{
		{"养老保险类型", "城乡居民基本养老保险", 0.62, 0.02},
		{"户籍地区划代码", "141024", 0.9, 0.02},
		{"乡镇", "城关镇", 0.26, 0.02},
		{"乡镇", "大树乡", 0.001, 0.001},
		{"医疗保险类型", "职工基本医疗保险", 0.34*0.93 + 0.66*0.025, 0.02},
		{"救助类别", "最低生活保障对象", 0.34*0.008 + 0.66*0.075, 0.01},
		{"特困供养方式", "", 1 - 0.34*0.001 - 0.66*0.02, 0.005},
	} {
		if got := share(want.column, want.value); got < want.share-want.within || got > want.share+want.within {
			t.Errorf("%s %s: %.4f, want about %.4f", want.column, want.value, got, want.share)
		}
	}
	born, ages := slices.Index(header, "出生日期"), map[int]int{}
	for _, row := range rows {
		age := must(policy.ParseDate(row[born])).AgeOn(synth.DefaultDay)
		if age < 55 || age > 104 {
			t.Fatalf("somebody is %d", age)
		}
		ages[(age-55)/10]++
	}
	for decade := range 4 {
		if ages[decade] <= ages[decade+1] {
			t.Errorf("by decades from 55: %v", ages)
		}
	}
}

// Blank and dirty cells are as many as asked for, and counted. Dirty ones make each kind of
// mistake.
func TestBlankAndDirty(t *testing.T) {
	header, rows, tally := table(t, "hongtong", synth.Options{Elders: 2000, Seed: 4, Blank: 0.25, Townships: true})
	blank := 0
	for _, row := range rows {
		for i, cell := range row {
			if cell == "" && header[i] != "特困供养方式" {
				blank++
			}
		}
	}
	cells := 2000 * (len(header) - 3) // an id, a township and what is asked of few
	if share := float64(blank) / float64(cells); share < 0.24 || share > 0.26 {
		t.Errorf("%.3f are blank", share)
	}
	if few := tally.Blank - blank; few < 0 || few > 2000/2 {
		t.Errorf("%d counted as blank, of %d", tally.Blank, blank)
	}
	o := synth.Options{Elders: 20_000, Seed: 4, Dirty: 0.05, IDNumbers: true}
	text, tally := written(t, must(synth.For(rules(t, "hongtong"), o)), register.CSV{})
	if share := float64(tally.Dirty) / float64(20_000*len(header)); share < 0.025 || share > 0.05 {
		t.Errorf("%.3f are dirty", share)
	}
	got, codes := answer(t, "hongtong", text, register.CSV{})
	for _, code := range []string{
		"unreadable", "out-of-range", "impossible-date", "bad-id-number", "unknown-division", "contradiction", register.DuplicateID,
	} {
		if codes[code] == 0 {
			t.Errorf("nobody is refused as %s: %v", code, codes)
		}
	}
	if got.Answered < 3000 || got.Refused < 3000 {
		t.Errorf("%+v", got)
	}
	for _, odd := range []string{"８", "年", "　", "√", "×", "级", "低保", "不详"} {
		if !strings.Contains(string(text), odd) {
			t.Errorf("nothing is written with %q", odd)
		}
	}
}

// Of distinct elders no two are alike in what is known of them, and some are where the others
// cannot be told apart.
func TestDistinct(t *testing.T) {
	for _, o := range []synth.Options{{Distinct: true, Blank: 0.3}, {Distinct: true}, {}} {
		o.Elders, o.Seed, o.English = 5000, 8, true
		text, _ := written(t, must(synth.For(rules(t, "hongtong"), o)), register.NDJSON{})
		met, alike := map[elder.Cells]bool{}, 0
		for line := range bytes.Lines(text) {
			p, ok := rules(t, "hongtong").EncodeJSON(line)
			if !ok {
				t.Fatalf("refused: %s", line)
			}
			if met[p.Cells()] {
				alike++
			}
			met[p.Cells()] = true
		}
		if o.Distinct != (alike == 0) {
			t.Errorf("%+v: %d are alike", o, alike)
		}
	}
	o := synth.Options{Elders: 3, Seed: 8, Distinct: true, Blank: 1}
	r := must(synth.New(engine().Catalog().Vocabulary, o))
	sink := must(register.NDJSON{}.Create(t.Context(), new(bytes.Buffer), r.Columns()))
	if _, err := r.Write(t.Context(), sink); err == nil {
		t.Error("three elders of whom nothing is known are distinct")
	}
}

// Identity numbers are valid, of the day of birth, and of no county that there is.
func TestIDNumbers(t *testing.T) {
	header, rows, _ := table(t, "huojia", synth.Options{Elders: 500, Seed: 9, IDNumbers: true, Day: must(policy.ParseDate("2024-02-29"))})
	number, born := slices.Index(header, "公民身份号码"), slices.Index(header, "出生日期")
	for _, row := range rows {
		birth, err := elder.BirthOfID(row[number])
		if err != nil || birth.String() != row[born] || !strings.HasPrefix(row[number], "419999") {
			t.Fatalf("%s of somebody born on %s: %v", row[number], row[born], err)
		}
	}
}

func TestOptions(t *testing.T) {
	for _, o := range []synth.Options{{Elders: -1}, {Blank: 1.1}, {Dirty: -0.1}, {English: true, Dirty: 0.1}} {
		if _, err := synth.New(engine().Catalog().Vocabulary, o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(fmt.Errorf("enough"))
	r := must(synth.New(engine().Catalog().Vocabulary, synth.Options{Elders: 1 << 30}))
	sink := must(register.CSV{}.Create(t.Context(), new(bytes.Buffer), r.Columns()))
	if _, err := r.Write(ctx, sink); err == nil || err.Error() != "enough" {
		t.Errorf("ended with %v", err)
	}
}

func BenchmarkWrite(b *testing.B) {
	for b.Loop() {
		r := must(synth.New(engine().Catalog().Vocabulary, synth.Options{Elders: 10_000, Seed: 1}))
		written(b, r, register.CSV{})
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/10_000, "ns/elder")
}
