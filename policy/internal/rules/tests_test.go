package rules

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/basic-eldercare/eldercare/policy"
)

// looping is a test that goes on for days, growing one that doubles a set of texts again and again.
const (
	looping = `package a_test

test_fine if true

test_loops if {
	every x in numbers.range(1, 100000) {
		every y in numbers.range(1, 100000) {
			x + y > 0
		}
	}
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
	got, err := run(t.Context(), looping, testBounds{100 * time.Millisecond, 1 << 40})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"a_test.test_fine": "", "a_test.test_loops": "the test takes longer than 100ms; iterate over fewer things",
	}
	failed := map[string]string{}
	for _, test := range got {
		failed[test.Name] = test.Failed
	}
	if diff := cmp.Diff(want, failed); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}

	_, err = run(t.Context(), growing, testBounds{time.Minute, 64 << 20})
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
