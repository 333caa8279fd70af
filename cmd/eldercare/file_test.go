//go:build unix

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/source"
)

// filed is the list of the benchmark. It rules all its services itself, so that plain OPA has one
// query to answer.
const filed = "shanxi"

// BenchmarkFile answers from a file of elders, all different, an elder a line in and out: by the
// command with its start, and by a program that asks a prepared query of OPA for each. Both are
// measured in time of a processor, whatever else the machine does.
func BenchmarkFile(b *testing.B) {
	engine, err := eldercare.Load(b.Context(), eldercare.WithJurisdictions(filed))
	if err != nil {
		b.Fatal(err)
	}
	rules, err := engine.Rules(b.Context(), filed, eldercare.Date{Year: 2026, Month: 11, Day: 22})
	if err != nil {
		b.Fatal(err)
	}
	many, few := effort.Of(10_000, 100_000, 1_000_000), effort.Of(200, 2_000, 10_000) // OPA takes long
	file, part := elders(b, rules, many), elders(b, rules, few)
	query := grantsQuery(b, rules)
	var ours, plain float64
	b.Run("eldercare", func(b *testing.B) {
		ours = perElder(b, many, func() {
			args := []string{"evaluate", "-j", filed, "--on", rules.On.String(), "--format", "json", file}
			if code := run(args, nil, io.Discard, os.Stderr); code != exitFine {
				b.Fatalf("the command ends with %d", code)
			}
		})
	})
	b.Run("opa", func(b *testing.B) {
		plain = perElder(b, few, func() { askEach(b, query, part) })
		if ours > 0 {
			b.ReportMetric(plain/ours, "×eldercare")
		}
	})
}

// elders writes a file of random elders, one a line, of whom all is known and no two are alike.
func elders(b *testing.B, rules *eldercare.Ruleset, n int) string {
	space, random := rules.Table.Space, rand.New(rand.NewPCG(20, 26))
	name := filepath.Join(b.TempDir(), "elders.ndjson")
	f, err := os.Create(name)
	if err != nil {
		b.Fatal(err)
	}
	out := bufio.NewWriter(f)
	lines := json.NewEncoder(out)
	for met := map[elder.Cells]bool{}; len(met) < n; {
		var c elder.Cells
		for i := range space.Axes {
			c[i] = uint8(1 + random.IntN(space.Axes[i].Cells()-1))
		}
		for _, l := range space.Links {
			if given := l.Given(c[l.From]); given != elder.Absent {
				c[l.To] = given
			}
		}
		for i := range space.Axes {
			if !space.Asked(i, c) {
				c[i] = elder.Absent
			}
		}
		if met[c] || len(rules.Table.Contradicted(c)) > 0 {
			continue
		}
		met[c] = true
		who := space.Elder(c)
		who["id"] = fmt.Sprint("E", len(met))
		if err := lines.Encode(who); err != nil {
			b.Fatal(err)
		}
	}
	if err := out.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	return name
}

// grantsQuery returns the prepared query of a list's grants over our own Rego, which does not even
// add them up to a decision.
func grantsQuery(b *testing.B, rules *eldercare.Ruleset) rego.PreparedEvalQuery {
	parameters := map[string]any{}
	for _, p := range rules.Table.Layers[0].List.Parameters {
		parameters[p.Name] = source.ParameterData(p, p.At(rules.On))
	}
	store := inmem.NewFromObjectWithOpts(map[string]any{"parameters": parameters}, inmem.OptRoundTripOnWrite(false))
	options := []func(*rego.Rego){rego.Query("data.lists." + filed + ".grants"), rego.Store(store)}
	for _, name := range []string{"elder", "grant", "lists/" + filed} {
		text, err := os.ReadFile("../../rego/" + name + ".rego")
		if err != nil {
			b.Fatal(err)
		}
		options = append(options, rego.Module(name, string(text)))
	}
	query, err := rego.New(options...).PrepareForEval(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	return query
}

// askEach asks OPA about each elder of a file and writes what it says.
func askEach(b *testing.B, query rego.PreparedEvalQuery, name string) {
	f, err := os.Open(name)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	in, out := json.NewDecoder(bufio.NewReader(f)), json.NewEncoder(io.Discard)
	for {
		var who map[string]any
		if err := in.Decode(&who); err == io.EOF {
			return
		} else if err != nil {
			b.Fatal(err)
		}
		results, err := query.Eval(b.Context(), rego.EvalInput(who))
		if err != nil {
			b.Fatal(err)
		}
		if err := out.Encode(results[0].Expressions[0].Value); err != nil {
			b.Fatal(err)
		}
	}
}

// perElder runs a program that answers for n elders, and returns the time of a processor for each.
func perElder(b *testing.B, n int, program func()) float64 {
	before := cpu(b)
	for b.Loop() {
		program()
	}
	took := float64(cpu(b)-before) / float64(b.N) / float64(n)
	b.ReportMetric(took, "cpu-ns/elder")
	return took
}

// cpu returns the time of a processor that the process has taken.
func cpu(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
