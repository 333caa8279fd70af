package nation_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/nation"
)

// base is the root of the repository, which holds the lists that the provinces are modelled on.
var base = os.DirFS("../..")

const seed = 2026

func generate(t testing.TB, size nation.Size) *nation.Nation {
	t.Helper()
	n, err := nation.Generate(base, seed, size)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func load(t testing.TB, n *nation.Nation) *eldercare.Engine {
	t.Helper()
	e, err := eldercare.Load(context.Background(), eldercare.WithoutEmbedded(), eldercare.WithFS("nation", n.Files))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestUndercuts holds the check to the undercuts that the generator made: it must find all of them, and nothing else.
func TestUndercuts(t *testing.T) {
	n := generate(t, nation.Part(300))
	reports, err := load(t, n).CheckAll(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var found []nation.Undercut
	for _, r := range reports {
		for _, f := range r.Findings {
			found = append(found, nation.Undercut{Jurisdiction: r.Jurisdiction, Service: f.Service, Kind: f.Kind, Measure: f.Measure})
		}
	}
	if len(n.Undercuts) == 0 {
		t.Fatal("the nation has no undercuts to find")
	}
	if diff := cmp.Diff(sorted(n.Undercuts), sorted(found)); diff != "" {
		t.Errorf("undercuts made and found differ (-made +found):\n%s", diff)
	}
	t.Logf("%d lists, %d undercuts made and found", nation.Part(300).Lists(), len(found))
}

func sorted(us []nation.Undercut) []string {
	var lines []string
	for _, u := range us {
		lines = append(lines, fmt.Sprint(u))
	}
	slices.Sort(lines)
	return lines
}

// BenchmarkNation loads and checks nations of growing size, up to the whole country. Besides the time it reports lists a second,
// and the memory taken from the system at the end, which is the most that was ever needed.
func BenchmarkNation(b *testing.B) {
	for _, size := range []nation.Size{nation.Part(300), nation.Part(1000), nation.Full()} {
		n := generate(b, size)
		b.Run(fmt.Sprintf("lists=%d", size.Lists()), func(b *testing.B) {
			for b.Loop() {
				reports, err := load(b, n).CheckAll(context.Background())
				if err != nil {
					b.Fatal(err)
				}
				if len(reports) != size.Lists() {
					b.Fatalf("%d reports for %d lists", len(reports), size.Lists())
				}
			}
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			b.ReportMetric(float64(size.Lists()*b.N)/b.Elapsed().Seconds(), "lists/s")
			b.ReportMetric(float64(m.Sys-m.HeapReleased)/(1<<20), "MiB")
		})
	}
}
