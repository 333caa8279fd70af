package rules

import (
	"fmt"
	"strings"
	"testing"
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
