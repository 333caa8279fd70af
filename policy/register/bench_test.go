//go:build unix

package register_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/register"
	"github.com/basic-eldercare/eldercare/policy/register/excel"
	"github.com/basic-eldercare/eldercare/policy/register/parquet"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
)

// throughout answers a register, and writes what comes of it in the same format.
func throughout(b testing.TB, f register.Format, text []byte) {
	answer(b, f, text, lenient, func(s register.Sink) register.Sink { return s })
}

// answer answers a register with a sink of the same format, or one made of it.
func answer(b testing.TB, f register.Format, text []byte, o register.Options, make func(register.Sink) register.Sink) {
	b.Helper()
	in := must(f.Open(b.Context(), bytes.NewReader(text), ""))
	defer in.Close()
	r := must(register.New(rules(b, "hongtong"), in, o))
	sink := make(must(f.Create(b.Context(), io.Discard, r.Columns())))
	tally, err := r.Answer(b.Context(), sink, func(register.Problem) error { return nil })
	if err = errors.Join(err, sink.Close()); err != nil || tally.Answered == 0 {
		b.Fatal(err, tally)
	}
}

// processorTime returns the time that all processors have worked for this process.
func processorTime(b testing.TB) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// perElder measures the processor time of doing something for some elders.
func perElder(b *testing.B, elders int, do func()) {
	begin := processorTime(b)
	for b.Loop() {
		do()
	}
	b.ReportMetric(float64(processorTime(b)-begin)/float64(b.N*elders), "cpu-ns/elder")
}

// BenchmarkRegister answers registers in and out of each format, and reads them and writes the
// answers alone; a register in which no two elders are alike comes beside. Deciding is the same in
// all formats.
func BenchmarkRegister(b *testing.B) {
	elders := effort.Of(2_000, 50_000, 1_000_000)
	for name, f := range map[string]register.Format{"csv": register.CSV{}, "ndjson": register.NDJSON{}, "parquet": parquet.Format{}} {
		text := sync.OnceValue(func() []byte { return population(b, f, elders, false) })
		b.Run(name, func(b *testing.B) { text(); perElder(b, elders, func() { throughout(b, f, text()) }) })
		b.Run(name+"/reading", func(b *testing.B) { text(); perElder(b, elders, func() { read(b, f, text()) }) })
		b.Run(name+"/writing", func(b *testing.B) {
			part := population(b, f, min(elders, 50_000), false)
			var kept *recorder
			answer(b, f, part, lenient, func(s register.Sink) register.Sink { kept = &recorder{Sink: s}; return kept })
			perElder(b, len(kept.rows), func() { kept.replay(b) })
		})
		b.Run(name+"/distinct", func(b *testing.B) {
			distinct := population(b, f, elders, true)
			perElder(b, elders, func() { throughout(b, f, distinct) })
		})
	}
	b.Run("excel", func(b *testing.B) { // a workbook is in memory as a whole
		few := min(elders, 100_000)
		workbook := population(b, excel.Format{}, few, false)
		perElder(b, few, func() { throughout(b, excel.Format{}, workbook) })
	})
	b.Run("deciding", func(b *testing.B) {
		known := profiles(b, min(elders, 50_000))
		ours, parts := rules(b, "hongtong"), []*ruleset.Part(nil)
		perElder(b, len(known), func() {
			for i := range known {
				parts = must(ours.Parts(b.Context(), &known[i], parts[:0]))
				ours.TotalOf(parts)
			}
		})
	})
}

// profiles returns the elders of a register.
func profiles(b testing.TB, elders int) []elder.Profile {
	var mu sync.Mutex
	var all []elder.Profile
	o := lenient
	o.Hear = func() func(register.Answered) error {
		return func(a register.Answered) error {
			mu.Lock()
			defer mu.Unlock()
			all = append(all, *a.Profile)
			return nil
		}
	}
	answer(b, register.CSV{}, population(b, register.CSV{}, elders, false), o, func(s register.Sink) register.Sink { return s })
	return all
}

// recorder is a sink that keeps the rows that are written to another.
type recorder struct {
	register.Sink
	rows []recorded
}

type recorded struct {
	own      []register.Cell
	prepared []any
}

// recordedPage is a page of the rows themselves.
type recordedPage struct{ rows []recorded }

func (p *recordedPage) Add(own []register.Cell, prepared ...any) {
	p.rows = append(p.rows, recorded{slices.Clone(own), slices.Clone(prepared)})
}

func (r *recorder) Page() register.Page { return &recordedPage{} }

func (r *recorder) Write(page register.Page) error {
	p := page.(*recordedPage)
	r.rows, p.rows = append(r.rows, p.rows...), nil
	return nil
}

// Close leaves the other open: the rows are still to be written.
func (r *recorder) Close() error { return nil }

// replay writes the rows.
func (r *recorder) replay(b testing.TB) {
	w := register.NewWriter(r.Sink)
	for _, row := range r.rows {
		if err := w.Write(row.own, row.prepared...); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
}

// read reads a register, and cuts it into cells.
func read(b testing.TB, f register.Format, text []byte) {
	in := must(f.Open(b.Context(), bytes.NewReader(text), ""))
	defer in.Close()
	var row register.Row
	for {
		row = register.Row{Text: row.Text[:0], Cells: row.Cells[:0]}
		if err := in.Read(&row); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			b.Fatal(err)
		}
		in.Split(&row)
	}
}

// BenchmarkPlain answers a register of CSV in the plain way beside ours, and compares their
// processor times. The plain way decodes each row, asks stock OPA by a prepared query, and writes.
func BenchmarkPlain(b *testing.B) {
	const atLeast = 60
	elders, few := effort.Of(2_000, 50_000, 1_000_000), effort.Of(50, 1_000, 10_000)
	text, part := population(b, register.CSV{}, elders, false), population(b, register.CSV{}, few, false)
	query := stockQuery(b)
	var plain, ours time.Duration
	for b.Loop() {
		begin := processorTime(b)
		if n := plainly(b, query, part, false, func(int, map[string]any) {}); n != few {
			b.Fatalf("%d of %d are answered", n, few)
		}
		between := processorTime(b)
		throughout(b, register.CSV{}, text)
		plain, ours = plain+between-begin, ours+processorTime(b)-between
	}
	each, own := float64(plain)/float64(b.N*few), float64(ours)/float64(b.N*elders)
	b.ReportMetric(each, "opa-cpu-ns/elder")
	b.ReportMetric(own, "cpu-ns/elder")
	b.ReportMetric(each/own, "times")
	if each/own < atLeast && !testing.Short() { // few elders do not make up for the first of each kind
		b.Errorf("it takes a part of %.0f of the processor time of the plain way; want %d", each/own, atLeast)
	}
}
