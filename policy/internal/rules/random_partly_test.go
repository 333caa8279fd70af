package rules_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

// What is said of an elder of whom something is not known is what plain OPA says of all whom that
// may be: all have the service, some have it, or nobody.
func TestRandomRulesPartlyKnown(t *testing.T) {
	const share = 17 // of the rules
	size := effort.Of(fewRules, someRules, manyRules).asked(t)
	var compared, loaded atomic.Int64
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for seed := size.seed; seed < size.seed+size.rules; seed += share {
		group.Go(func() error {
			n, err := partlyKnown(t.Context(), newWriter(uint64(seed)).rule(seed%len(shapes)), size.elders)
			compared.Add(int64(n))
			if n > 0 {
				loaded.Add(1)
			}
			if err != nil {
				t.Errorf("seed %d: %v", seed, err)
			}
			return t.Context().Err()
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d rules, %d elders partly known", loaded.Load(), compared.Load())
	if loaded.Load()*share*2 < int64(size.rules) {
		t.Error("too few rules are compared")
	}
}

// extent is how many have a service of those whom an elder may be.
type extent string

const (
	toNobody extent = "nobody"
	toSome   extent = "some"
	toAll    extent = "all"
	unsaid   extent = "nothing is said"
)

// smallElders is how many elders there are in the small world.
const smallElders = 25_920

// partlyKnown compares the engine's answers about one rule for about so many elders at random, or
// for all when these are fewer. It returns how many it compared: none when the list does not load.
func partlyKnown(ctx context.Context, text smallText, about int) (n int, err error) {
	text.second = "" // the answer is about one
	defer func() {
		if said := recover(); said != nil {
			err = fmt.Errorf("panic: %v\n%s", said, text)
		}
	}()
	files, err := smallFiles([]smallText{text})
	if err != nil {
		return 0, err
	}
	engine, err := eldercare.Load(ctx, eldercare.WithoutEmbedded(), eldercare.WithFS("", files))
	if problems := (eldercare.Diagnostics{}); errors.As(err, &problems) {
		return 0, nil // refused, with a reason
	}
	if err != nil {
		return 0, err
	}
	plain, err := plainExtents(ctx, text)
	if err != nil {
		return 0, err
	}
	random := rand.New(rand.NewPCG(1, 1))
	for c := range plain.rule.allElders {
		if random.IntN(smallElders) >= about {
			continue
		}
		want := plain.of(c)
		got, err := saidExtent(ctx, engine, plain.rule.space.Elder(c))
		if err != nil && want != unsaid {
			return n, fmt.Errorf("%v: %w\nplain OPA has an answer for each whom that may be: %s\n%s", plain.rule.space.Input(c), err, want, text)
		}
		if err != nil || got == unsaid || want == unsaid {
			continue
		}
		n++
		if got != want {
			return n, fmt.Errorf("%v: %s, and by plain OPA %s\n%s", plain.rule.space.Input(c), got, want, text)
		}
	}
	return n, nil
}

// saidExtent returns what the engine says of an elder; nothing where too much is missing to try the
// rule.
func saidExtent(ctx context.Context, engine *eldercare.Engine, e eldercare.Elder) (extent, error) {
	d, err := engine.Evaluate(ctx, smallStem(0), e, eldercare.On(smallDays[0]))
	switch {
	case err != nil:
		return unsaid, err
	case len(d.Entitled) > 0:
		return toAll, nil
	case len(d.Possible) == 0:
		return toNobody, nil
	case d.Possible[0].Note != "":
		return unsaid, nil
	}
	return toSome, nil
}

// extents are plain OPA's answers for all elders of whom everything is known.
type extents struct {
	rule    *smallRuleOn
	granted map[elder.Cells]bool // nothing for whom it fails
}

func plainExtents(ctx context.Context, text smallText) (*extents, error) {
	s, err := loadSmall([]smallText{text})
	if err != nil {
		return nil, err
	}
	clauses, err := s.on(ctx, smallStem(0), smallDays[0])
	if err != nil {
		return nil, err
	}
	rule := clauses[0]
	e := &extents{rule: rule, granted: map[elder.Cells]bool{}}
	for c := range rule.allElders {
		if !rule.complete(c) {
			continue
		}
		if granted, err := rule.byOPA(ctx, c); err == nil {
			e.granted[c] = len(granted) > 0
		}
	}
	return e, ctx.Err()
}

func (r *smallRuleOn) complete(c elder.Cells) bool {
	for i := range r.space.Axes {
		if c[i] == elder.Absent {
			return false
		}
	}
	return true
}

// of returns how many have the service of those whom an elder may be; nothing is said when plain
// OPA fails for one of them.
func (e *extents) of(c elder.Cells) extent {
	axes := e.rule.space.Axes
	for i := range axes {
		if c[i] != elder.Absent {
			continue
		}
		joined := extent("")
		for cell := 1; cell < axes[i].Cells(); cell++ {
			c[i] = uint8(cell)
			joined = joined.with(e.of(c))
		}
		return joined
	}
	granted, answered := e.granted[c]
	switch {
	case !answered:
		return unsaid
	case granted:
		return toAll
	}
	return toNobody
}

// with joins what is said of some, or of nobody yet, with what is said of others.
func (x extent) with(y extent) extent {
	switch {
	case x == "" || x == y:
		return y
	case x == unsaid || y == unsaid:
		return unsaid
	}
	return toSome
}
