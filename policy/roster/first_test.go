package roster_test

import (
	"context"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

// many is how many elders decisions are made of for the first time: far more than decisions are
// kept.
const many = 1 << 19

// strangers returns elders of whom no two are alike: every attribute has any of its values, but for
// what contradicts. Of a share, in percent, nothing is said.
func strangers(space *elder.Space, n, blank int) []elder.Profile {
	random := rand.New(rand.NewPCG(11, 2026))
	people, met := make([]elder.Profile, 0, n), map[elder.Cells]bool{}
	for len(people) < n {
		var c elder.Cells
		for i := range space.Axes {
			c[i] = uint8(1 + random.IntN(len(space.Axes[i].Values)))
		}
		settle(random, space, &c)
		blanks(random, space, &c, blank)
		if !met[c] {
			met[c] = true
			people = append(people, space.Profile(c))
		}
	}
	return people
}

// blanks takes off what is not known of an elder.
func blanks(random *rand.Rand, space *elder.Space, c *elder.Cells, percent int) {
	for i := range space.Axes {
		if random.IntN(100) < percent {
			c[i] = elder.Absent
		}
	}
}

// populations returns elders alike, elders as there are, and elders all different, complete and
// with a fifth blank.
func populations(space *elder.Space) map[string][]elder.Profile {
	all := map[string][]elder.Profile{}
	for name, percent := range map[string]int{"": 0, "-blank": 20} {
		random := rand.New(rand.NewPCG(20, 26))
		real := population(space, many)
		for i := range real {
			cells := real[i].Cells()
			blanks(random, space, &cells, percent)
			real[i] = space.Profile(cells)
		}
		all["realistic"+name] = real
		all["alike"+name] = real[:1]
		all["distinct"+name] = strangers(space, many, percent)
	}
	return all
}

// BenchmarkFirst decides about elders whom nobody asked about before, or so long ago that their
// decisions are not kept.
func BenchmarkFirst(b *testing.B) {
	ctx := context.Background()
	engine := load(b)
	rules := rulesOf(b, engine, benchmarked)
	for name, people := range populations(rules.Table.Space) {
		written := asWritten(b, engine, people[:min(sample, len(people))])
		for world, decide := range map[string]func(context.Context, *elder.Profile) (*eldercare.Decision, error){
			"open": rules.Decide, "known": rules.AssumeKnown(true).Decide,
		} {
			b.Run(name+"/"+world, func(b *testing.B) {
				ask := func(i int) {
					if _, err := decide(ctx, &people[i%len(people)]); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					ask(i)
				}
				next := 0
				const elders = 50_000
				took := best(func() {
					for range elders {
						ask(next)
						next++
					}
				}) / elders
				b.ReportMetric(took, "ns/elder")
				b.ReportMetric(peerNanoseconds(b, written, len(people))/took, "×as-written")
			})
		}
	}
}

// BenchmarkFresh takes the first thousand decisions of a ruleset of which no answer is made yet.
func BenchmarkFresh(b *testing.B) {
	const elders = 1000
	for name, percent := range map[string]int{"distinct": 0, "distinct-blank": 20} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				rules := rulesOf(b, load(b), benchmarked)
				people := strangers(rules.Table.Space, elders, percent)
				b.StartTimer()
				for i := range people {
					if _, err := rules.Decide(b.Context(), &people[i]); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*elders), "ns/elder")
		})
	}
}

func peerNanoseconds(b *testing.B, p *peer, people int) float64 {
	const elders = 250
	return best(func() {
		for i := range elders {
			if _, err := p.ask(i % min(sample, people)); err != nil {
				b.Fatal(err)
			}
		}
	}) / elders
}

// heap returns how much of the heap is in use.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// What is kept does not grow with the elders: after many different ones the heap is as large as
// after some.
func TestMemoryDoesNotGrowWithElders(t *testing.T) {
	rules := rulesOf(t, load(t), "hongtong")
	random := rand.New(rand.NewPCG(11, 22))
	space := rules.Table.Space
	decide := func(n int) {
		for range n {
			var c elder.Cells
			for i := range space.Axes {
				c[i] = uint8(1 + random.IntN(len(space.Axes[i].Values)))
			}
			settle(random, space, &c)
			blanks(random, space, &c, 10*random.IntN(3))
			p := space.Profile(c)
			for _, ask := range []func(context.Context, *elder.Profile) (*eldercare.Decision, error){rules.Decide, rules.AssumeKnown(true).Decide} {
				if _, err := ask(t.Context(), &p); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	decide(10_000)
	before := heap()
	more := effort.Of(20_000, 100_000, 10_000_000)
	decide(more)
	const most = 8 << 20
	after := heap()
	if after > before+most {
		t.Errorf("%d bytes more for %d elders", after-before, more)
	}
	t.Logf("%d bytes after 10,000 elders, %d after %d more", before, after, more)
	runtime.KeepAlive(rules)
}
