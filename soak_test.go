package eldercare_test

import (
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy"
)

// soakDays is on how many days a soak asks. No list changes in all of them.
const soakDays = 400

// A process that answers for long needs no more memory than after the first tenth: whoever is asked
// about, on whatever day, in part or whole, with explanations, questions and checks between. In
// full it makes a million decisions.
func TestSoak(t *testing.T) {
	decisions := effort.Of(20_000, 20_000, 1_000_000)
	engine, err := eldercare.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s := soak{T: t, engine: engine, random: rand.New(rand.NewPCG(3, 400))}
	for _, j := range engine.Jurisdictions() {
		s.places = append(s.places, j.ID)
	}
	attributes := engine.Catalog().Vocabulary.Attributes
	var heaps []uint64
	for i := range decisions {
		s.one(i, s.elder(attributes, i%2 == 0))
		if (i+1)%(decisions/10) == 0 {
			heaps = append(heaps, heap())
			t.Logf("after %d decisions the heap has %.1f MB", i+1, float64(heaps[len(heaps)-1])/(1<<20))
		}
	}
	// What is kept of recent decisions fills up, and then no more: some 600 bytes for each of 4,096.
	const room = 6 << 20
	for n, used := range heaps {
		if used > heaps[0]+room {
			t.Errorf("after %d tenths the heap has grown from %d to %d bytes", n+1, heaps[0], used)
		}
	}
	runtime.KeepAlive(engine)
}

// heap returns what is in use of the heap.
func heap() uint64 {
	runtime.GC()
	runtime.GC() // what the first one has only marked for finalizers and pools
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// soak asks one engine about one elder after the other.
type soak struct {
	*testing.T
	engine *eldercare.Engine
	random *rand.Rand
	places []string
}

// elder returns somebody of whom half is known, or everything.
func (s *soak) elder(attributes []*policy.Attribute, partly bool) eldercare.Elder {
	e := eldercare.Elder{}
	for _, a := range attributes {
		if partly && s.random.IntN(2) == 0 {
			continue
		}
		switch {
		case a.AskedOf != nil, a.Gives != nil, a.Name == "disability_kind": // so that nobody contradicts himself
		case a.Type == policy.Boolean:
			e[a.Name] = s.random.IntN(4) == 0
		case a.Type == policy.Integer:
			e[a.Name] = a.Min + s.random.IntN(a.Max-a.Min+1)
		default:
			e[a.Name] = a.Values[s.random.IntN(len(a.Values))].Name
		}
	}
	return e
}

func (s *soak) one(i int, e eldercare.Elder) {
	place := s.places[i%len(s.places)]
	day := policy.Date{Year: 2026, Month: 1, Day: 1}.AddDays(i / len(s.places) % soakDays)
	on := eldercare.OnDate(day.String())
	decision, err := s.engine.Evaluate(s.Context(), place, e, on)
	if err != nil {
		s.Fatalf("%s on %s: %v: %v", place, day, e, err)
	}
	if i%500 == 0 && len(decision.Entitled) > 0 {
		if _, err := s.engine.Explain(s.Context(), place, e, decision.Entitled[0].Service, on); err != nil {
			s.Fatalf("%s on %s: %v: %v", place, day, e, err)
		}
		if _, err := s.engine.NextQuestions(s.Context(), place, e, on); err != nil {
			s.Fatalf("%s on %s: %v: %v", place, day, e, err)
		}
	}
	if i%10_000 == 0 {
		if _, err := s.engine.Check(s.Context(), "hongtong", eldercare.On(day)); err != nil {
			s.Fatalf("check on %s: %v", day, err)
		}
	}
}
