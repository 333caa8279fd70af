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

// endless returns a condition that goes through a sixth power of forty in vain, and cannot fail: it
// is not looked at while lists load.
func endless() string {
	ones := strings.Repeat("1, ", 39) + "1"
	body := fmt.Sprintf("some x0 in [%s]\n\tinput.age >= x0\n\t", ones)
	for i := range 5 {
		body += fmt.Sprintf("some x%d in [%s]\n\tx%d <= x%d\n\t", i+1, ones, i, i+1)
	}
	return body + "x5 > x0"
}

// busy returns an engine with a list that takes as long as one lets it.
func busy(t *testing.T) *eldercare.Engine {
	t.Helper()
	limits := eldercare.WithLimits(eldercare.Limits{Steps: 1 << 30, RuleSteps: 1 << 30, Memory: 1 << 40})
	files := hostileLists(endless(), "")
	const path = "rego/lists/top.rego"
	files[path] = &fstest.MapFile{Data: []byte(strings.NewReplacer(
		"import data.grant", "import data.grant\nimport data.parameters as p",
		`{"bound": "at_least", "value": 1, "unit": "cny_per_month", "parameters": []}`, "p.amount",
	).Replace(string(files[path].Data)))}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	e, err := eldercare.Load(ctx, eldercare.WithoutEmbedded(), eldercare.WithFS("", files), limits)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// A second engine loads and answers while a first one is busy, and so does the first one for
// another place.
func TestEnginesDoNotWaitForEachOther(t *testing.T) {
	first := busy(t)
	ctx, cancel := context.WithCancel(t.Context())
	stopped := make(chan error, 1)
	go func() {
		_, err := first.Evaluate(ctx, "top", eldercare.Elder{"age": 3}, eldercare.OnDate("2026-01-01"))
		stopped <- err
	}()
	second, err := eldercare.Load(t.Context(), eldercare.WithoutEmbedded(), eldercare.WithFS("", hostileLists("input.poor", "")))
	if err != nil {
		t.Fatal(err)
	}
	answersMeanwhile(t, second)
	answersMeanwhile(t, first)
	d, err := second.Evaluate(t.Context(), "top", eldercare.Elder{"poor": true}, eldercare.OnDate("2026-01-01"))
	if err != nil || len(d.Entitled) != 2 {
		t.Errorf("the same place of the other engine: %v, %v", d, err)
	}
	select {
	case err := <-stopped:
		t.Fatalf("the first engine was not busy: %v", err)
	default:
	}
	cancel()
	if err := <-stopped; !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want that it was given up", err)
	}
}

// A check, and a lint, hear their deadline in the middle of a rule.
func TestChecksHearTheirDeadline(t *testing.T) {
	e := busy(t)
	for name, ask := range map[string]func(context.Context) error{
		"check": func(ctx context.Context) error {
			_, err := e.Check(ctx, "other", eldercare.Against("top"))
			return err
		},
		"lint": func(ctx context.Context) error { _, err := e.Lint(ctx, "top"); return err },
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		if err := ask(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v, want the error of the deadline", name, err)
		}
		cancel()
	}
}

// doubled returns expressions that double what is first thirty times.
func doubled(first, twice string) string {
	body := fmt.Sprintf("a0 := %s\n\t", first)
	for i := range 30 {
		body += fmt.Sprintf("a%d := %s\n\t", i+1, fmt.Sprintf(twice, fmt.Sprintf("a%d", i)))
	}
	return body
}

// What doubles is stopped at its place before it has filled the memory: a billion bytes, or
// elements, are never there.
func TestDoublingsAreStopped(t *testing.T) {
	limits := eldercare.WithLimits(eldercare.Limits{Steps: 20_000, RuleSteps: 30_000, Memory: 32 << 20})
	for name, body := range map[string]string{
		"concat":       doubled(`"x"`, `concat("", [%[1]s, %[1]s])`) + `startswith(a30, "y")`,
		"array.concat": doubled("[input.age]", "array.concat(%[1]s, %[1]s)") + "count(a30) > 7",
	} {
		e, err := eldercare.Load(t.Context(), eldercare.WithoutEmbedded(), eldercare.WithFS("", hostileLists(body, "")), limits)
		if err == nil {
			_, err = e.Evaluate(t.Context(), "top", eldercare.Elder{"age": 3}, eldercare.OnDate("2026-01-01"))
		}
		wrong, ok := errors.AsType[eldercare.Diagnostics](err)
		if !ok {
			t.Errorf("%s was not stopped: %v", name, err)
			continue
		}
		if d := wrong[0]; d.Code != "limit" || d.Pos.File != "rego/lists/top.rego" || d.Pos.Line < 9 || d.Pos.Line > 40 {
			t.Errorf("%s is stopped with %s at %s:%d, want limit in the body of the rule", name, d.Code, d.Pos.File, d.Pos.Line)
		}
	}
}

// control reports what may command a terminal, or break a line.
func control(r rune) bool { return r != '\n' && (r < ' ' || 0x7f <= r && r < 0xa0) }

// Files may have any names. A list whose name says nothing is read like any other; what is wrong in
// a file is told at its place, and its name can do nothing to a terminal.
func TestOddNames(t *testing.T) {
	list := func(id string) string {
		text := string(hostileLists("input.poor", "")["catalogs/other.yaml"].Data)
		return strings.NewReplacer("id: other", "id: "+id, "name: other", "name: "+id, "150000", "160000").Replace(text)
	}
	for _, name := range []string{
		"a b", " a", "a ", "洪洞县", "高龄 津贴（试行）", strings.Repeat("长", 80), strings.Repeat("x", 240), "a\nb", "a\x1b[31mred", "a\u202eb", "a\"b", "a'b", "a$b", "a#b", "-a", "a%20b",
	} {
		for kind, content := range map[string]string{"a list": list("odd"), "a mistake": "jurisdiction: [\n", "not UTF-8": "\xff\xfe"} {
			files := hostileLists("input.poor", "")
			files["catalogs/"+name+".yaml"] = &fstest.MapFile{Data: []byte(content)}
			e, err := eldercare.Load(t.Context(), eldercare.WithoutEmbedded(), eldercare.WithFS("", files))
			if err == nil {
				if kind != "a list" {
					t.Errorf("%s in %q is no error", kind, name)
				}
				answersMeanwhile(t, e)
				continue
			}
			wrong, ok := errors.AsType[eldercare.Diagnostics](err)
			if !ok {
				t.Errorf("%q, %s: %v has no place", name, kind, err)
			}
			if strings.ContainsFunc(err.Error(), control) || strings.Count(err.Error(), "\n") >= len(wrong) {
				t.Errorf("%q, %s: %q commands a terminal", name, kind, err)
			}
		}
	}
}
