package ruleset_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/basic-eldercare/eldercare"
)

// hostile are bodies of rules that take more than anybody has, each with helpers.
var hostile = map[string]struct{ body, helpers string }{
	"a range":                 {body: "count(numbers.range(1, 1000000000)) > input.age"},
	"a product":               {body: "some x in numbers.range(1, 3000)\n\tsome y in numbers.range(1, 3000)\n\tx * y == input.age + 90000000"},
	"fourteen nested helpers": {body: "h14", helpers: nested(14)},
}

// nested returns n helpers, each of clauses that ask for the negation of the one before.
func nested(n int) string {
	var b strings.Builder
	b.WriteString("h0 if input.age == 1\n")
	for i := 1; i <= n; i++ {
		for _, more := range []string{fmt.Sprintf("input.grade == %d", i%3), "input.alone", fmt.Sprintf("input.age > %d", i%7)} {
			fmt.Fprintf(&b, "\nh%d if {\n\tnot h%d\n\t%s\n}\n", i, i-1, more)
		}
	}
	return b.String()
}

// hostileLists returns a province with a hostile rule, and another with none.
func hostileLists(body, helpers string) fstest.MapFS {
	files := randomLists(nil)
	for _, p := range []string{"catalogs/low.yaml", "rego/lists/low.rego"} {
		delete(files, p)
	}
	module := func(id, first string) string {
		text := fmt.Sprintf("package lists.%s\n\nimport data.grant\n", id)
		for i, condition := range []string{first, "input.poor"} {
			text += fmt.Sprintf(`
# METADATA
# title: %s
# custom:
#   item: "%d"
grants contains grant.promise("s%d", {"m": {"bound": "at_least", "value": 1, "unit": "cny_per_month", "parameters": []}}) if {
	%s
}
`, []string{"一", "二"}[i], i+1, i+1, condition)
		}
		return text
	}
	other := strings.NewReplacer("id: top", "id: other", "name: top", "name: other", "140000", "150000")
	files["catalogs/other.yaml"] = &fstest.MapFile{Data: []byte(other.Replace(string(files["catalogs/top.yaml"].Data)))}
	files["rego/lists/other.rego"] = &fstest.MapFile{Data: []byte(module("other", "input.alone"))}
	files["rego/lists/top.rego"] = &fstest.MapFile{Data: []byte(module("top", body) + "\n" + helpers)}
	return files
}

// A hostile rule is stopped at its place, or answered; in the meantime others get their answers.
func TestHostileRules(t *testing.T) {
	limits := eldercare.WithLimits(eldercare.Limits{Steps: 20_000, RuleSteps: 400_000, Memory: 128 << 20})
	for name, rule := range hostile {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := eldercare.WithFS("", hostileLists(rule.body, rule.helpers))
			e, err := eldercare.Load(t.Context(), eldercare.WithoutEmbedded(), files, limits)
			if err == nil {
				stopped := make(chan error, 1)
				go func() {
					_, err := e.Evaluate(t.Context(), "top", eldercare.Elder{"age": 3}, eldercare.OnDate("2026-01-01"))
					stopped <- err
				}()
				answersMeanwhile(t, e)
				err = <-stopped
			}
			if rule.helpers != "" {
				if err != nil {
					t.Errorf("nested helpers can be told exactly, but: %v", err)
				}
				return
			}
			wrong, ok := errors.AsType[eldercare.Diagnostics](err)
			if !ok {
				t.Fatalf("the rule was not stopped: %v", err)
			}
			if d := wrong[0]; d.Code != "limit" || d.Pos.File != "rego/lists/top.rego" || d.Pos.Line < 9 {
				t.Errorf("stopped with %s at %s:%d, want limit in the body of the rule", d.Code, d.Pos.File, d.Pos.Line)
			}
		})
	}
}

// answersMeanwhile asks for an answer of the list that has no hostile rule.
func answersMeanwhile(t *testing.T, e *eldercare.Engine) {
	t.Helper()
	d, err := e.Evaluate(t.Context(), "other", eldercare.Elder{"alone": true}, eldercare.OnDate("2026-01-01"))
	if err != nil || len(d.Entitled) != 1 {
		t.Errorf("the other list answers %v, %v", d, err)
	}
}

// With limits so high that nothing else stops a rule that takes hours, a deadline does, as early as
// while lists load.
func TestDeadlinesAreHeard(t *testing.T) {
	limits := eldercare.WithLimits(eldercare.Limits{Steps: 1 << 30, RuleSteps: 1 << 30, Memory: 1 << 40})
	body := strings.Replace(hostile["a product"].body, "x * y ==", "some z in numbers.range(1, 3000)\n\tx * y * z ==", 1)
	files := eldercare.WithFS("", hostileLists(body, ""))
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := eldercare.Load(ctx, eldercare.WithoutEmbedded(), files, limits); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, want the error of the deadline", err)
	}
}

// Time is a limit like the others: what goes beyond it is told with its place.
func TestTimeIsBounded(t *testing.T) {
	limits := eldercare.WithLimits(eldercare.Limits{Steps: 1 << 30, RuleSteps: 1 << 30, Memory: 1 << 40, Time: 50 * time.Millisecond})
	e, err := eldercare.Load(t.Context(), eldercare.WithoutEmbedded(), eldercare.WithFS("", hostileLists(endless(), "")), limits)
	if err == nil {
		_, err = e.Evaluate(t.Context(), "top", eldercare.Elder{"age": 3}, eldercare.OnDate("2026-01-01"))
	}
	wrong, ok := errors.AsType[eldercare.Diagnostics](err)
	if !ok || wrong[0].Code != "limit" || wrong[0].Summary != "evaluating this for one elder takes longer than 50ms" {
		t.Errorf("%v, want that it takes too long", err)
	}
}

// A load whose time is up ends, whatever it was at.
func TestLoadHearsItsDeadline(t *testing.T) {
	for after := range 12 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(after*after)*100*time.Microsecond)
		if _, err := eldercare.Load(ctx); err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("after %d00 µs: %v", after*after, err)
		}
		cancel()
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := eldercare.Load(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a millisecond: %v, want the error of the deadline", err)
	}
}

// A limit below zero is an error.
func TestLimitsBelowZero(t *testing.T) {
	for _, limits := range []eldercare.Limits{{Steps: -1}, {RuleSteps: -1}, {Time: -1}, {Size: -1}} {
		if _, err := eldercare.Load(t.Context(), eldercare.WithLimits(limits)); err == nil {
			t.Errorf("%+v: no error", limits)
		}
	}
}
