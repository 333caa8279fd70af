package nation_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy/internal/nation"
)

// base is the root of the repository, which holds the lists that the provinces are modelled on.
var base = os.DirFS("../../..")

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

// found returns what a check of a nation found, in the words of the generator. What falls short of
// one amount, and later of a raised one, is found twice and counts once.
func found(t testing.TB, e *eldercare.Engine) []string {
	t.Helper()
	reports, err := e.CheckAll(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var all []nation.Undercut
	for i, j := range e.Jurisdictions() {
		r := reports[i]
		if r.Jurisdiction != j.ID {
			t.Fatalf("report %d is of %s, want %s", i, r.Jurisdiction, j.ID)
		}
		for _, f := range r.Findings {
			all = append(all, nation.Undercut{Jurisdiction: r.Jurisdiction, Service: f.Service, Kind: f.Kind, Measure: f.Measure})
		}
	}
	return lines(all)
}

func lines(undercuts []nation.Undercut) []string {
	var all []string
	for _, u := range undercuts {
		all = append(all, strings.TrimSpace(fmt.Sprintln(u.Jurisdiction, u.Service, u.Kind, u.Measure)))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// TestUndercuts holds the check to the undercuts that the generator made: it must find all of them,
// and nothing else.
func TestUndercuts(t *testing.T) {
	size := nation.Part(effort.Of(120, 160, 300))
	n := generate(t, size)
	if len(n.Undercuts) == 0 {
		t.Fatal("the nation has no undercuts to find")
	}
	if diff := cmp.Diff(lines(n.Undercuts), found(t, load(t, n))); diff != "" {
		t.Errorf("undercuts made and found differ (-made +found):\n%s", diff)
	}
	t.Logf("%d lists, %d undercuts made and found", size.Lists(), len(n.Undercuts))
}

// TestGenerate makes the same nation of the same seed, with as many lists as asked for.
func TestGenerate(t *testing.T) {
	a, b := generate(t, nation.Part(120)), generate(t, nation.Part(120))
	if diff := cmp.Diff(a, b); diff != "" {
		t.Errorf("two nations of one seed differ:\n%s", diff)
	}
	if got := len(load(t, a).Jurisdictions()); got != 120 {
		t.Errorf("%d jurisdictions, want 120", got)
	}
	if _, err := nation.Generate(base, seed, nation.Size{Provinces: 32}); err == nil {
		t.Error("a nation of 32 provinces has division codes")
	}
	if _, err := nation.Generate(fstest.MapFS{}, seed, nation.Part(120)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without lists to copy: %v", err)
	}
}

// BenchmarkNation loads and checks nations of growing size, up to the whole country, or with -short
// one of a thousand lists; all that was made to fall short is found. Besides the time it reports
// lists a second, and the memory taken from the system at the end, which is the most that was ever
// needed.
func BenchmarkNation(b *testing.B) {
	all := []nation.Size{nation.Part(300), nation.Part(1000), nation.Full()}
	for _, size := range effort.Of(all[1:2], all, all) {
		n := generate(b, size)
		made := lines(n.Undercuts)
		b.Run(fmt.Sprintf("lists=%d", size.Lists()), func(b *testing.B) {
			for b.Loop() {
				if diff := cmp.Diff(made, found(b, load(b, n))); diff != "" {
					b.Fatalf("undercuts made and found differ (-made +found):\n%s", diff)
				}
			}
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			b.ReportMetric(float64(size.Lists()*b.N)/b.Elapsed().Seconds(), "lists/s")
			b.ReportMetric(float64(m.Sys)/(1<<20), "MiB")
		})
	}
}
