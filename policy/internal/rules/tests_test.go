package rules

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/basic-eldercare/eldercare/policy"
)

// fine is a test that passes, and looping one that goes on for days. The test large doubles an
// array of 3,893 digits and members until it has more than 65,536 of them, and growing makes sets
// of a million numbers.
const (
	fine    = "package a_test\n\ntest_fine if true\n"
	looping = `package a_test

test_loops if {
	every x in numbers.range(1, 100000) {
		every y in numbers.range(1, 100000) {
			x + y > 0
		}
	}
}
`
	large = `package a_test

test_doubles if {
	a := numbers.range(1, 1000)
	b := array.concat(a, a)
	c := array.concat(b, b)
	d := array.concat(c, c)
	e := array.concat(d, d)
	f := array.concat(e, e)
	g := array.concat(f, f)
	count(g) == 64000
}
`
	growing = `package a_test

test_grows if {
	every x in numbers.range(1, 1000000) {
		count({(y * x) | some y in numbers.range(1, 1000000)}) > 0
	}
}
`
)

// A test that loops is stopped, and so says; what takes too much memory ends the run.
func TestBoundsOfTests(t *testing.T) {
	run := func(ctx context.Context, content string, bounds testBounds) ([]Test, error) {
		m := ast.MustParseModule(content)
		m.Package.Location.File = "a_test.rego"
		return runTests(ctx, map[string]*ast.Module{"a_test.rego": m}, bounds)
	}
	for content, want := range map[string]struct {
		time time.Duration
		test Test
	}{
		fine:    {time.Minute, Test{Name: "a_test.test_fine"}},
		large:   {time.Minute, Test{Name: "a_test.test_doubles", Failed: "the test ends in an error: array.concat(e, e): eval_builtin_error: array.concat: " + errSize.Error()}},
		looping: {100 * time.Millisecond, Test{Name: "a_test.test_loops", Failed: "the test takes longer than 100ms; iterate over fewer things"}},
	} {
		got, err := run(t.Context(), content, testBounds{want.time, 1 << 40})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]Test{want.test}, got, cmpopts.IgnoreFields(Test{}, "Pos")); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}

	_, err := run(t.Context(), growing, testBounds{time.Minute, 64 << 20})
	var wrong policy.Diagnostics
	if !errors.As(err, &wrong) || len(wrong) != 1 || wrong[0].Code != "limit" || wrong[0].Pos.Line != 3 ||
		!strings.Contains(wrong[0].Summary, "a_test.test_grows takes more than 64 MiB") {
		t.Errorf("%+v", err)
	}

	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := run(ctx, looping, testBounds{time.Minute, 1 << 40}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, want the end of the context", err)
	}
}
