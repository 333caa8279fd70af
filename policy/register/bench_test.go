package register_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"

	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/elder/reading"
	"github.com/basic-eldercare/eldercare/policy/register"
	"github.com/basic-eldercare/eldercare/policy/register/parquet"
	"github.com/basic-eldercare/eldercare/policy/source"
	"github.com/basic-eldercare/eldercare/policy/synth"
)

// population is a made-up register in a format.
func population(b testing.TB, f register.Format, elders int, distinct bool) []byte {
	b.Helper()
	r := must(synth.For(rules(b, "hongtong"), synth.Options{Elders: elders, Seed: 1, Blank: 0.2, Distinct: distinct}))
	var out bytes.Buffer
	sink := must(f.Create(&out, r.Columns()))
	if _, err := r.Write(b.Context(), sink); err != nil {
		b.Fatal(err)
	}
	if err := sink.Close(); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

// throughout answers a register, and writes what comes of it in the same format.
func throughout(b testing.TB, f register.Format, text []byte) register.Tally {
	in := must(f.Open(bytes.NewReader(text), ""))
	defer in.Close()
	r := must(register.New(rules(b, "hongtong"), in, lenient))
	sink := must(f.Create(io.Discard, r.Columns()))
	tally, err := r.Answer(b.Context(), sink, func(register.Problem) error { return nil })
	if err = sink.Close(); err != nil || tally.Answered == 0 {
		b.Fatal(err, tally)
	}
	return tally
}

// BenchmarkRegister answers registers in and out of each format, and reads them alone; a register
// in which no two elders are alike comes beside. The rest of the time is deciding and writing.
func BenchmarkRegister(b *testing.B) {
	elders := effort.Of(2_000, 50_000, 1_000_000)
	for name, f := range map[string]register.Format{"csv": register.CSV{}, "ndjson": register.NDJSON{}, "parquet": parquet.Format{}} {
		text := population(b, f, elders, false)
		perElder := func(b *testing.B) { b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*elders), "ns/elder") }
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				throughout(b, f, text)
			}
			perElder(b)
		})
		b.Run(name+"/reading", func(b *testing.B) {
			for b.Loop() {
				read(b, f, text)
			}
			perElder(b)
		})
		distinct := population(b, f, elders, true)
		b.Run(name+"/distinct", func(b *testing.B) {
			for b.Loop() {
				throughout(b, f, distinct)
			}
			perElder(b)
		})
	}
}

// read reads a register, and cuts it into cells.
func read(b testing.TB, f register.Format, text []byte) {
	in := must(f.Open(bytes.NewReader(text), ""))
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

// BenchmarkPlain answers a register of CSV in the plain way beside ours: it decodes each row, asks
// stock OPA by a prepared query, and writes.
func BenchmarkPlain(b *testing.B) {
	elders, few := effort.Of(2_000, 50_000, 1_000_000), effort.Of(20, 200, 1_000)
	text, part := population(b, register.CSV{}, elders, false), population(b, register.CSV{}, few, false)
	query := stockQuery(b)
	b.Run("opa", func(b *testing.B) {
		for b.Loop() {
			if n := plainly(b, query, part, func(int, map[string]any) {}); n != few {
				b.Fatalf("%d of %d are answered", n, few)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*few), "ns/elder")
	})
	b.Run("eldercare", func(b *testing.B) {
		for b.Loop() {
			throughout(b, register.CSV{}, text)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*elders), "ns/elder")
	})
}

// stockQuery is the decision of OPA as everybody has it, with the Rego files untouched and the
// lists as JSON.
func stockQuery(t testing.TB) rego.PreparedEvalQuery {
	t.Helper()
	options := []func(*rego.Rego){
		rego.Query("data.eldercare.decision"), rego.Store(inmem.NewFromObject(map[string]any{"catalogs": source.Data(engine().Catalog())})),
	}
	files := os.DirFS("../..")
	err := fs.WalkDir(files, "rego", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".rego" || strings.HasSuffix(name, "_test.rego") {
			return err
		}
		content, err := fs.ReadFile(files, name)
		options = append(options, rego.Module(name, string(content)))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return must(rego.New(options...).PrepareForEval(context.Background()))
}

// Whatever a register says is certain stock OPA grants, and what it grants is at least possible.
func TestSameAsStockOPA(t *testing.T) {
	elders := effort.Of(20, 60, 1_000)
	text := population(t, register.CSV{}, elders, false)
	query := stockQuery(t)
	got, err := answered(t, register.CSV{}, bytes.NewReader(text), lenient)
	if err != nil {
		t.Fatal(err)
	}
	entitled := 0
	plainly(t, query, text, func(row int, decision map[string]any) {
		has := map[string]bool{}
		for _, e := range decision["entitled"].([]any) {
			has[e.(map[string]any)["service"].(string)] = true
		}
		for i, name := range got.header[2 : len(got.header)-3] {
			// What is unknown stock OPA takes for no value: what it then grants may be only
			// possible, and what is certain it grants.
			if status := got.out[row][2+i]; status == register.Entitled && !has[name] {
				t.Errorf("row %d: %s is certain, and stock OPA does not grant it", row+1, name)
			} else if status == "" && has[name] {
				t.Errorf("row %d: stock OPA grants %s, and it is not even possible", row+1, name)
			} else if status == register.Entitled {
				entitled++
			}
		}
	})
	if entitled < elders {
		t.Errorf("%d services are granted to %d elders: the test is of no use", entitled, elders)
	}
}

// plainly decodes each row, asks and writes; take hears of the answers. It counts them.
func plainly(t testing.TB, query rego.PreparedEvalQuery, text []byte, take func(row int, decision map[string]any)) int {
	in, out := csv.NewReader(bytes.NewReader(text)), csv.NewWriter(io.Discard)
	header := must(in.Read())
	reader, ours := reading.New(engine().Catalog().Vocabulary), rules(t, "hongtong")
	for rows := 0; ; rows++ {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return rows
		}
		person := elder.Elder{}
		for i, cell := range row {
			if f, ok := reader.Field(header[i]); ok {
				if v, _ := reader.Value(f, cell); v != nil {
					person[f.Name] = v
				}
			}
		}
		given := must(ours.Encode(person)) // stock OPA knows attributes, and no dates of birth or division codes
		input := map[string]any{"jurisdiction": "hongtong", "on": today.String(), "elder": ours.Table.Space.Input(given.Cells)}
		results, err := query.Eval(context.Background(), rego.EvalInput(input))
		if err != nil || len(results) != 1 {
			t.Fatal(rows, len(results), err)
		}
		decision := results[0].Expressions[0].Value.(map[string]any)
		take(rows, decision)
		if err := out.Write([]string{row[0], fmt.Sprint(decision["entitled"])}); err != nil {
			t.Fatal(err)
		}
	}
}
