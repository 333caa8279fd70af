package rules

import (
	"context"
	"fmt"
	"runtime/metrics"
	"sync/atomic"
	"time"

	"github.com/basic-eldercare/eldercare/policy"
)

// Limits bound what a rule may use. Rules are code of strangers: one that loops over a billion
// numbers must not stop the others. A limit of zero is the default.
//
// Steps, time and memory are checked between the steps of OPA. Size bounds what most steps go
// through. It does not where a rule compares two collections that it has collected itself, of
// collections of collections; and tests written in Rego have a Size only for what they give to
// builtins. If you run folders of strangers, run them in a process with limits of its own.
type Limits struct {
	// Steps is the greatest number of steps that OPA may take to evaluate rules for one elder. The
	// rules of a list of 27 items take about 500.
	Steps int
	// RuleSteps is the greatest number of steps in which a rule may be tried on all that it tells
	// apart. A rule that takes more is opaque.
	RuleSteps int
	// Memory is how much the heap of the process may grow during one evaluation, in bytes. It is
	// checked once the evaluation has taken a twentieth of a second. What others allocate meanwhile
	// counts too.
	Memory uint64
	// Time is how long one evaluation may take, and how long a condition of a rule may be tried on
	// all that it tells apart. It is far above what the steps take, as it depends on the machine.
	Time time.Duration
	// Size is the greatest number of parts that a value may have which a rule computes, or gives to a
	// builtin: bytes of texts, digits of numbers, members of collections. Those of our lists have
	// some hundreds.
	Size int
}

// These are the default limits.
const (
	defaultSteps     = 500_000
	defaultRuleSteps = 5_000_000
	defaultMemory    = 1 << 30
	defaultTime      = time.Minute
	defaultSize      = 1 << 16
)

func (l Limits) orDefault() Limits {
	if l.Steps <= 0 {
		l.Steps = defaultSteps
	}
	if l.RuleSteps <= 0 {
		l.RuleSteps = defaultRuleSteps
	}
	if l.Memory == 0 {
		l.Memory = defaultMemory
	}
	if l.Time <= 0 {
		l.Time = defaultTime
	}
	if l.Size <= 0 {
		l.Size = defaultSize
	}
	return l
}

// meter stops an evaluation that goes beyond its limits, or whose context ends. OPA asks it at each
// step whether to go on.
type meter struct {
	ctx     context.Context
	limits  Limits
	end     time.Time // when it has taken too long
	steps   int
	began   time.Time
	looked  time.Time
	watched time.Time // when the heap was last looked at
	slow    bool      // the last steps were so slow that they may use much memory
	heap    uint64
	stopped atomic.Bool
	tooMuch string // the limit that was exceeded; empty when none was
}

func newMeter(ctx context.Context, limits Limits) *meter {
	m := &meter{ctx: ctx, limits: limits, end: time.Now().Add(limits.Time)}
	m.reset()
	return m
}

// reset begins a new evaluation, within the time of the first.
func (m *meter) reset() {
	m.steps, m.slow, m.tooMuch = 0, false, ""
	m.stopped.Store(m.ctx.Err() != nil)
}

// Cancel stops the evaluation.
func (m *meter) Cancel() { m.stopped.Store(true) }

// These say how often the meter looks at more than the number of steps.
const (
	stepsBetweenLooks = 4 // a text can be doubled four times in them; among slow steps it looks at each
	timeOfSlowSteps   = time.Millisecond
	timeBetweenLooks  = 10 * time.Millisecond
	timeWithoutHeap   = 50 * time.Millisecond
)

// Cancelled counts a step, and reports whether the evaluation must stop.
func (m *meter) Cancelled() bool {
	if m.steps++; m.steps > m.limits.Steps {
		m.refuse("takes more than %d steps", m.limits.Steps)
	}
	if m.slow || m.steps%stepsBetweenLooks == 0 {
		m.look()
	}
	return m.stopped.Load()
}

// look stops the evaluation when its context has ended, or the heap has grown too much.
func (m *meter) look() {
	now := time.Now()
	switch {
	case m.ctx.Err() != nil:
		m.Cancel()
	case now.After(m.end):
		m.refuse("takes longer than %s", m.limits.Time)
	case m.steps == stepsBetweenLooks:
		m.began, m.watched, m.heap = now, now, 0
	case m.slow || now.Sub(m.watched) >= timeBetweenLooks:
		m.watched = now
		heap := heapInUse()
		if m.heap == 0 {
			m.heap = heap
		}
		if now.Sub(m.began) > timeWithoutHeap && heap > m.heap+m.limits.Memory {
			m.refuse("takes more than %d MiB of memory", m.limits.Memory>>20)
		}
	}
	m.slow = m.steps > stepsBetweenLooks && now.Sub(m.looked) >= timeOfSlowSteps
	m.looked = now
}

// takes reports whether a value may have so many parts, and stops the evaluation if not.
func (m *meter) takes(parts int) bool {
	if parts > m.limits.Size {
		m.refuse("makes a value of more than %d parts", m.limits.Size)
	}
	return parts <= m.limits.Size
}

// refuse stops the evaluation because of a limit. All its steps count as taken, so that a rule is
// not tried again and again.
func (m *meter) refuse(format string, limit any) {
	if m.tooMuch == "" { // what comes later only follows from that
		m.tooMuch = fmt.Sprintf(format, limit)
	}
	m.steps = max(m.steps, m.limits.Steps)
	m.Cancel()
}

// heapInUse returns how much of the heap is taken by live objects, and by dead ones that are not
// yet swept.
func heapInUse() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// exceeded returns the failure of an evaluation that went beyond a limit, without a place. It
// returns none when no limit was exceeded.
func (m *meter) exceeded() (policy.Diagnostic, bool) {
	return policy.Diagnostic{
		Code: "limit", Severity: policy.SeverityError,
		Summary: "evaluating this for one elder " + m.tooMuch,
		Remedy:  "iterate over fewer things and make smaller values, or raise the limit",
	}, m.tooMuch != ""
}
