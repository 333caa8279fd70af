package roster_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/bits"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/roster"
	"github.com/basic-eldercare/eldercare/policy/source"
)

// benchmarked is the list of the benchmarks. It rules all its services itself, so that plain OPA
// has one query to answer.
const benchmarked = "shanxi"

// shares are how often the attributes of a made-up population have each of their values, in
// percent, in the order of the vocabulary; the rest have the last. Booleans not named are true of 3
// in 100, other enums have their first value.
var shares = map[string][]int{
	"local_hukou":           {12}, // false
	"local_resident":        {8},
	"pension_scheme":        {5, 35},
	"retired":               {60},
	"medical_scheme":        {2, 35},
	"economic_hardship":     {90},
	"assistance_category":   {88, 6, 2, 2},
	"poverty_monitoring":    {97, 1},
	"self_care":             {82, 13},
	"disability_grade":      {91, 1, 2, 3},
	"living_alone":          {86},
	"empty_nest":            {60},
	"left_behind":           {88},
	"contributor":           {96, 0, 0, 1, 1, 1},
	"without_supporter":     {95},
	"state_pension_benefit": {95},
	"uses_meal_service":     {75},
	"caregiver_training":    {94, 4},
	"support_mode":          {70},
	"disability_kind":       {0, 15, 15, 2, 50, 8, 7},
}

// population returns made up of elders of whom everything is known, alike in numbers to those whom
// lists are written for: most are in their sixties and seventies, and most conditions are rare.
func population(space *elder.Space, n int) []elder.Profile {
	random := rand.New(rand.NewPCG(2026, 11))
	people := make([]elder.Profile, n)
	for p := range people {
		var c elder.Cells
		for i := range space.Axes {
			c[i] = draw(random, &space.Axes[i])
		}
		settle(random, space, &c)
		people[p] = space.Profile(c)
	}
	return people
}

// draw returns a value of an attribute.
func draw(random *rand.Rand, axis *elder.Axis) uint8 {
	chance := shares[axis.Attribute.Name]
	switch {
	case axis.Attribute.Name == "age": // from 55 up, ever fewer
		return uint8(1 + min(55+int(random.ExpFloat64()*11), axis.Max))
	case chance == nil && axis.Type == policy.Integer:
		return uint8(1 + random.IntN(len(axis.Values)))
	case chance == nil && axis.Type == policy.Boolean:
		chance = []int{97}
	case chance == nil:
		chance = []int{100}
	}
	at := random.IntN(100)
	for i, share := range chance {
		if at -= share; at < 0 {
			return uint8(1 + i)
		}
	}
	return uint8(1 + len(chance))
}

// settle lets nobody have what only others have, or what disagrees.
func settle(random *rand.Rand, space *elder.Space, c *elder.Cells) {
	space.Fit(c)
	mode, _ := space.Index("support_mode")
	kind, _ := space.Index("disability_kind")
	grade, _ := space.Index("disability_grade")
	if !space.Asked(mode, *c) {
		c[mode] = elder.Absent
	}
	if c[grade] == 1 {
		c[kind] = 1
	} else if c[kind] == 1 {
		c[kind] = uint8(2 + random.IntN(7))
	}
}

// sample is how many elders single decisions are taken of in turn.
const sample = 1024

// peer is plain OPA, answering for the sample in turn.
type peer struct {
	query  rego.PreparedEvalQuery
	inputs []ast.Value
}

func (p *peer) ask(i int) (rego.ResultSet, error) {
	return p.query.Eval(context.Background(), rego.EvalParsedInput(p.inputs[i]))
}

// grants returns the value of the peer's query.
func (p *peer) grants(t testing.TB, i int) []any {
	results, err := p.ask(i)
	if err != nil {
		t.Fatal(err)
	}
	grants, _ := results[0].Expressions[0].Value.([]any)
	return grants
}

// nanoseconds returns what the peer takes for one elder, on one processor.
func (p *peer) nanoseconds(b testing.TB) float64 {
	const elders = 250
	return best(func() {
		for i := range elders {
			if _, err := p.ask(i); err != nil {
				b.Fatal(err)
			}
		}
	}) / elders
}

// best returns the least time of several runs, in nanoseconds: what disturbs a run only adds to it.
// Ratios are between best times.
func best(run func()) float64 {
	const runs = 7
	run() // to warm up
	least := time.Duration(math.MaxInt64)
	for range runs {
		start := time.Now()
		run()
		least = min(least, time.Since(start))
	}
	return float64(least.Nanoseconds())
}

func inputsOf(b testing.TB, space *elder.Space, people []elder.Profile) []ast.Value {
	inputs := make([]ast.Value, len(people))
	for i := range people {
		var err error
		if inputs[i], err = ast.InterfaceToValue(space.Input(people[i].Cells())); err != nil {
			b.Fatal(err)
		}
	}
	return inputs
}

// asWritten returns the prepared query of the list's grants, over our own Rego.
func asWritten(b testing.TB, engine *eldercare.Engine, people []elder.Profile) *peer {
	list, err := engine.List(benchmarked, today)
	if err != nil {
		b.Fatal(err)
	}
	parameters := map[string]any{}
	for _, p := range list.Parameters {
		parameters[p.Name] = source.ParameterData(p, p.At(today))
	}
	options := []func(*rego.Rego){
		rego.Query("data.lists." + benchmarked + ".grants"),
		rego.Store(inmem.NewFromObjectWithOpts(map[string]any{"parameters": parameters}, inmem.OptRoundTripOnWrite(false))),
	}
	for _, name := range []string{"elder", "grant", "lists/" + benchmarked} {
		source, err := os.ReadFile("../../rego/" + name + ".rego")
		if err != nil {
			b.Fatal(err)
		}
		options = append(options, rego.Module(name, string(source)))
	}
	return prepare(b, engine, people, options...)
}

// tuned returns the fastest form of the same rules for OPA that was found: flat rules made from the
// table's cases. Every condition on an attribute of few values is an equality, which OPA's rule
// index uses; ages come last; each rule gives just the numbers of its cases, and cases under the
// same conditions share a rule. Slower were: what [rego.Rego.PartialResult] gives (twice as slow),
// grants as objects, `in` or bare booleans instead of equalities, ages first, elders parted by age,
// a document of keys.
func tuned(b testing.TB, engine *eldercare.Engine, people []elder.Profile) *peer {
	rules := rulesOf(b, engine, benchmarked)
	numbers := map[string][]string{} // by body
	for i, c := range rules.Table.Distinct() {
		for _, body := range bodies(rules.Table.Space, c.Box) {
			numbers[body] = append(numbers[body], fmt.Sprint(i))
		}
	}
	var module strings.Builder
	module.WriteString("package tuned\n")
	for _, body := range slices.Sorted(maps.Keys(numbers)) {
		fmt.Fprintf(&module, "\ngrants contains [%s] if {\n%s}\n", strings.Join(numbers[body], ", "), body)
	}
	return prepare(b, engine, people, rego.Query("data.tuned.grants"), rego.Module("tuned.rego", module.String()))
}

// bodies returns rule bodies that together hold in a box.
func bodies(space *elder.Space, sides box.Box) []string {
	all, last := []string{""}, ""
	for _, side := range sides {
		axis := &space.Axes[side.Attribute]
		cells := slices.DeleteFunc(side.Admits.Cells(), func(c uint8) bool { return c == elder.Absent })
		if from, to := axis.Value(cells[0]), axis.Value(cells[len(cells)-1]); len(axis.Values) > 10 {
			last += fmt.Sprintf("\tinput.%s >= %v\n", axis.Attribute.Name, from)
			if to != axis.Max {
				last += fmt.Sprintf("\tinput.%s <= %v\n", axis.Attribute.Name, to)
			}
			continue
		}
		var more []string
		for _, body := range all {
			for _, cell := range cells {
				more = append(more, fmt.Sprintf("%s\tinput.%s == %v\n", body, axis.Attribute.Name, literal(axis.Value(cell))))
			}
			if side.Admits.Has(elder.Absent) {
				more = append(more, fmt.Sprintf("%s\tnot input.%s\n", body, axis.Attribute.Name))
			}
		}
		all = more
	}
	for i := range all {
		all[i] += last
	}
	return all
}

func literal(value any) string {
	if text, ok := value.(string); ok {
		return fmt.Sprintf("%q", text)
	}
	return fmt.Sprint(value)
}

func prepare(b testing.TB, engine *eldercare.Engine, people []elder.Profile, options ...func(*rego.Rego)) *peer {
	query, err := rego.New(options...).PrepareForEval(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	return &peer{query, inputsOf(b, rulesOf(b, engine, benchmarked).Table.Space, people)}
}

// BenchmarkDecision takes one decision for one elder after another.
func BenchmarkDecision(b *testing.B) {
	ctx := context.Background()
	engine := load(b)
	rules := rulesOf(b, engine, benchmarked)
	space := rules.Table.Space
	people := population(space, sample)
	written, fast := asWritten(b, engine, people), tuned(b, engine, people)

	run := func(name string, ratios bool, one func(i int) error) {
		b.Run(name, func(b *testing.B) {
			ask := func(i int) {
				if err := one(i % sample); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				ask(i)
			}
			if !ratios {
				return
			}
			const elders = 100_000
			took := best(func() {
				for i := range elders {
					ask(i)
				}
			}) / elders
			b.ReportMetric(written.nanoseconds(b)/took, "×as-written")
			b.ReportMetric(fast.nanoseconds(b)/took, "×tuned")
		})
	}
	known := rules.AssumeKnown(true)
	run("table", true, func(i int) error {
		_, err := known.Decide(ctx, &people[i])
		return err
	})
	run("table-unknown", true, func(i int) error {
		_, err := rules.Decide(ctx, &people[i])
		return err
	})
	given := make([]eldercare.Elder, sample)
	for i := range given {
		given[i] = space.Elder(people[i].Cells())
	}
	run("encode+table", true, func(i int) error {
		p, err := rules.Encode(given[i])
		if err != nil {
			return err
		}
		_, err = known.Decide(ctx, &p)
		return err
	})
	binding, err := eldercare.Bind[bound](engine)
	if err != nil {
		b.Fatal(err)
	}
	bounds := make([]bound, sample)
	for i := range bounds {
		bounds[i] = newBound(given[i])
	}
	run("bind+table", true, func(i int) error {
		p, err := binding.Profile(rules, &bounds[i])
		if err != nil {
			return err
		}
		_, err = known.Decide(ctx, &p)
		return err
	})
	records := make([]record, sample)
	for i := range records {
		records[i] = newRecord(space, people[i].Cells())
	}
	var held uint64
	run("go-struct", true, func(i int) error {
		held += records[i].grants()
		return nil
	})
	run("opa-as-written", false, func(i int) error {
		_, err := written.ask(i)
		return err
	})
	run("opa-tuned", false, func(i int) error {
		_, err := fast.ask(i)
		return err
	})
}

// BenchmarkRoster evaluates a million elders, of whom everything is known. Nanoseconds an elder are
// of one processor: the time that passes, times the processors at work. So are the ratios to plain
// OPA, which works on one.
func BenchmarkRoster(b *testing.B) {
	const million = 1_000_000
	ctx := context.Background()
	engine := load(b)
	rules := rulesOf(b, engine, benchmarked)
	space := rules.Table.Space
	people := population(space, million)
	written, fast := asWritten(b, engine, people[:sample]), tuned(b, engine, people[:sample])
	columns := map[string][]uint8{}
	for i := range space.Axes {
		column := make([]uint8, million)
		for row := range people {
			column[row] = people[row].Cells()[i]
		}
		columns[space.Axes[i].Attribute.Name] = column
	}
	closed, open := newKnown(rules), roster.New(rules)
	for _, r := range []*roster.Roster{closed, open} {
		if err := r.AppendColumns(million, columns); err != nil {
			b.Fatal(err)
		}
	}

	run := func(name string, processors int, all func() error) {
		b.Run(name, func(b *testing.B) {
			once := func() {
				if err := all(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				once()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/million*float64(processors), "ns/elder")
			took := best(once) / million * float64(processors)
			b.ReportMetric(written.nanoseconds(b)/took, "×as-written")
			b.ReportMetric(fast.nanoseconds(b)/took, "×tuned")
		})
	}
	processors := runtime.GOMAXPROCS(0)
	for _, r := range []struct {
		suffix string
		*roster.Roster
	}{{"", closed}, {"-unknown", open}} {
		run("decisions"+r.suffix, processors, func() error {
			_, err := r.Decide(ctx)
			return err
		})
		run("totals"+r.suffix, processors, func() error {
			_, err := r.Totals(ctx)
			return err
		})
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	run("columns", 1, func() error { // columns of bytes into bit planes
		return newKnown(rules).AppendColumns(million, columns)
	})
	run("columns+decisions", 1, func() error {
		r := newKnown(rules)
		if err := r.AppendColumns(million, columns); err != nil {
			return err
		}
		_, err := r.Decide(ctx)
		return err
	})
}

// BenchmarkCheck proves one county against the list above it, after loading and compiling.
func BenchmarkCheck(b *testing.B) {
	ctx := context.Background()
	engine := load(b)
	for _, county := range []string{"hongtong", "huojia", "shuozhou"} {
		b.Run(county, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := engine.Check(ctx, county, eldercare.On(today)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// What is compared must answer the same.
func TestPeersAnswerAsTheTable(t *testing.T) {
	engine := load(t)
	rules := rulesOf(t, engine, benchmarked)
	people := population(rules.Table.Space, sample)
	written, fast := asWritten(t, engine, people), tuned(t, engine, people)
	distinct := rules.Table.Distinct()
	for i := range people {
		var want uint64 // rules
		var wantCases []int
		for n, c := range distinct {
			if c.Box.Contains(func(a int) uint8 { return people[i].Cells()[a] }) {
				want |= 1 << c.Rule.Index
				wantCases = append(wantCases, n)
			}
		}
		r := newRecord(rules.Table.Space, people[i].Cells())
		if got := r.grants(); got != want {
			t.Fatalf("Go by hand: elder %d: rules %b, want %b", i, got, want)
		}
		if got := written.grants(t, i); len(got) != grantsOf(want) {
			t.Fatalf("OPA as written: elder %d: %d grants, want %d", i, len(got), grantsOf(want))
		}
		var gotCases []int
		for _, numbers := range fast.grants(t, i) {
			for _, n := range numbers.([]any) {
				number, err := n.(json.Number).Int64()
				if err != nil {
					t.Fatal(err)
				}
				gotCases = append(gotCases, int(number))
			}
		}
		slices.Sort(gotCases)
		if diff := cmp.Diff(wantCases, slices.Compact(gotCases)); diff != "" {
			t.Fatalf("OPA tuned: elder %d (-want +got):\n%s", i, diff)
		}
	}
}

// grantsOf returns how many grants rules make: the two of the nursing allowance for the disabled
// grant the same.
func grantsOf(held uint64) int {
	n := bits.OnesCount64(held)
	if held>>30&3 == 3 {
		n--
	}
	return n
}
