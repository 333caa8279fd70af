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
// Limits are checked only between the steps of OPA. They do not bound what one step does by itself:
// a text made of a value that holds itself many times over may still fill the memory. If you run
// folders of strangers, run them in a process with limits of its own.
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
}

// These are the default limits.
const (
	defaultSteps     = 500_000
	defaultRuleSteps = 5_000_000
	defaultMemory    = 1 << 30
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
	return l
}

// meter stops an evaluation that goes beyond its limits, or whose context ends. OPA asks it at each
// step whether to go on.
type meter struct {
	ctx     context.Context
	limits  Limits
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
	m := &meter{ctx: ctx, limits: limits}
	m.reset()
	return m
}

// reset begins a new evaluation.
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
		m.tooMuch = fmt.Sprintf("more than %d steps", m.limits.Steps)
		m.Cancel()
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
	case m.steps == stepsBetweenLooks:
		m.began, m.watched, m.heap = now, now, 0
	case m.slow || now.Sub(m.watched) >= timeBetweenLooks:
		m.watched = now
		heap := heapInUse()
		if m.heap == 0 {
			m.heap = heap
		}
		if now.Sub(m.began) > timeWithoutHeap && heap > m.heap+m.limits.Memory {
			m.tooMuch = fmt.Sprintf("more than %d MiB of memory", m.limits.Memory>>20)
			m.steps = m.limits.Steps // so that a rule is not tried again and again
			m.Cancel()
		}
	}
	m.slow = m.steps > stepsBetweenLooks && now.Sub(m.looked) >= timeOfSlowSteps
	m.looked = now
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
		Summary: "evaluating this for one elder takes " + m.tooMuch,
		Remedy:  "iterate over fewer things, or raise the limit",
	}, m.tooMuch != ""
}
