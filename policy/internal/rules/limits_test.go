package rules

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// What takes too much memory counts as all the steps there are: a rule that does so for each elder
// is not tried for all.
func TestMemoryIsBounded(t *testing.T) {
	body := "a0 := [1, 2]\n"
	for i := range 29 {
		body += fmt.Sprintf("a%d := array.concat(a%d, a%d)\n", i+1, i, i)
	}
	s, r := compiledRule(t, "x if {\n"+body+"count(a29) > input.a\n}")
	limits := Limits{Memory: 1 << 25, RuleSteps: defaultSteps + 1}.orDefault()
	w := &work{rd: reducerOf(t, 5, 3), module: &Module{Stem: "own", compiler: s.compiler, splitter: s, limits: limits}, parameters: &Parameters{}}
	_, obstacle, err := w.region(t.Context(), s.clause(r, nil))
	if err != nil || obstacle == nil || !strings.Contains(obstacle.reason, "steps") {
		t.Errorf("%+v, %v", obstacle, err)
	}
}

// A limit that is not above zero is the default; any other stays.
func TestDefaultLimits(t *testing.T) {
	defaults := Limits{500_000, 5_000_000, 1 << 30, time.Minute, 1 << 16}
	for _, none := range []Limits{{}, {Steps: -1, RuleSteps: -1, Time: -1, Size: -1}} {
		if got := none.orDefault(); got != defaults {
			t.Errorf("%+v is %+v", none, got)
		}
	}
	if least := (Limits{1, 1, 1, 1, 1}); least.orDefault() != least {
		t.Errorf("%+v is %+v", least, least.orDefault())
	}
}

// As many steps as the limit are taken, and not one more.
func TestStepsAreBounded(t *testing.T) {
	m := newMeter(t.Context(), Limits{Steps: 6}.orDefault())
	for range 6 {
		if m.Cancelled() {
			t.Fatalf("stopped after %d steps: it %s", m.steps, m.tooMuch)
		}
	}
	if !m.Cancelled() || m.tooMuch != "takes more than 6 steps" {
		t.Errorf("after %d steps: it %s", m.steps, m.tooMuch)
	}
	if m.reset(); m.Cancelled() {
		t.Error("the next evaluation is stopped")
	}
}

// A value may have as many parts as the limit. What has more stops the evaluation, and counts as
// all its steps; the first limit that was exceeded is said.
func TestPartsAreBounded(t *testing.T) {
	m := newMeter(t.Context(), Limits{Steps: 100, Size: 3}.orDefault())
	if !m.takes(3) || m.stopped.Load() {
		t.Error("three parts are too many")
	}
	if m.takes(4) || !m.stopped.Load() || m.steps != 100 {
		t.Errorf("four parts are not too many: %d steps", m.steps)
	}
	m.Cancelled()
	if d, _ := m.exceeded(); d.Summary != "evaluating this for one elder makes a value of more than 3 parts" {
		t.Error(d.Summary)
	}
}

// Time counts from the first evaluation on, and memory once an evaluation has taken a while: what
// the heap has grown since.
func TestLooks(t *testing.T) {
	long, short := time.Hour, time.Nanosecond
	for name, tt := range map[string]struct {
		limit  time.Duration
		took   time.Duration // since the evaluation began
		before uint64        // bytes of the heap at its beginning
		memory uint64
		want   string
	}{
		"neither":                  {long, long, 1 << 60, 1 << 20, ""},
		"too long":                 {short, short, 1 << 60, 1 << 20, "takes longer than 1ns"},
		"a heap that has grown":    {long, long, 1, 1, "takes more than 0 MiB of memory"},
		"less than the limit":      {long, long, 1, 1 << 60, ""},
		"grown within a moment":    {long, 0, 1, 1, ""},
		"a heap of unknown growth": {long, long, 0, 1 << 40, ""},
	} {
		m := newMeter(t.Context(), Limits{Time: tt.limit, Memory: tt.memory}.orDefault())
		m.steps, m.began, m.heap = 2*stepsBetweenLooks, time.Now().Add(-tt.took), tt.before
		time.Sleep(time.Microsecond)
		if m.look(); m.tooMuch != tt.want {
			t.Errorf("%s: it %q, want %q", name, m.tooMuch, tt.want)
		}
	}
}
