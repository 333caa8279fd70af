package ruleset_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/basic-eldercare/eldercare"
)

// chain returns definitions of variables, each of which makes something of the one before, n times.
// The variables have a name and a number, from 0 on.
func chain(name string, n int, first, next string) string {
	body := fmt.Sprintf("%s0 := %s\n\t", name, first)
	for i := range n {
		body += fmt.Sprintf("%s%d := %s\n\t", name, i+1, strings.ReplaceAll(next, "@", fmt.Sprintf("%s%d", name, i)))
	}
	return body
}

// helpers returns n rules, each of which makes something of the one before, from h0 on.
func helpers(n int, first, next string) string {
	all := fmt.Sprintf("h0 := %s\n", first)
	for i := range n {
		all += fmt.Sprintf("\nh%d := %s\n", i+1, strings.ReplaceAll(next, "@", fmt.Sprintf("h%d", i)))
	}
	return all
}

// explosions are rules of which a step or two would take all the memory, or all the time, there is.
var explosions = map[string]struct{ body, helpers, code string }{
	"arrays in a body":         {body: chain("a", 40, "[input.age]", "[@, @]") + "a40 != [7]", code: "rego-compile-error"},
	"arrays in helpers":        {body: "h40 != [7]", helpers: helpers(40, "[1]", "[@, @]"), code: "rego-compile-error"},
	"objects in helpers":       {body: "h40 != {}", helpers: helpers(40, "[1]", `{"x": @, "y": @}`), code: "rego-compile-error"},
	"sets in helpers":          {body: "h40 != set()", helpers: helpers(40, "[1]", "{[1, @], [2, @]}"), code: "rego-compile-error"},
	"arrays in an else":        {body: "h40 != [7]", helpers: helpers(40, "[1]", "[@, @] if { input.age == 3 } else := [@]"), code: "rego-compile-error"},
	"arrays of a function":     {body: chain("a", 40, "[input.age]", "twice(@)") + "count(a40) > 7", helpers: "twice(x) := [x, x]\n", code: "limit"},
	"equal arrays":             {body: chain("a", 40, "[input.age]", "twice(@)") + chain("b", 40, "[input.age]", "twice(@)") + "a40 == b40", helpers: "twice(x) := [x, x]\n", code: "limit"},
	"comprehensions":           {body: chain("a", 9, "[input.age]", "[@ | some _ in numbers.range(1, 99)]") + "count(a9) > 999", code: "rego-compile-error"},
	"comprehensions in a set":  {body: chain("a", 9, "[input.age]", "{[i, @] | some i in numbers.range(1, 99)}") + "{a9} != {1}", code: "rego-compile-error"},
	"a text of many texts":     {body: chain("a", 9, `"x"`, `concat("", [`+strings.Repeat("@, ", 63)+"@])") + `startswith(a9, "y")`, code: "limit"},
	"a text between others":    {body: chain("a", 15, `"xx"`, `concat(@, [@, @, @])`) + `startswith(a15, "y")`, code: "limit"},
	"a template":               {body: chain("a", 40, `"x"`, `$"{@}{@}"`) + `startswith(a40, "y")`, code: "limit"},
	"hexadecimal digits":       {body: chain("a", 40, `"x"`, `hex.encode(@)`) + `startswith(a40, "y")`, code: "limit"},
	"squares":                  {body: chain("a", 40, "input.age + 9", "@ * @") + "a40 < 7", code: "limit"},
	"a product":                {body: chain("a", 12, "input.age + 9", "product([@, @, @, @, @, @, @, @])") + "a12 < 7", code: "limit"},
	"a large exponent":         {body: "floor(1e999999999 - input.age) < 7", code: "rego-parse-error"},
	"an exponent in a text":    {body: `to_number(concat("", ["1e", "999999999"])) + input.age < 7`, code: "evaluation"},
	"nothing but brackets":     {body: "count(" + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + ") > input.age", code: "rego-compile-error"},
	"a union":                  {body: "s := union({{[x, y, z] | some z in numbers.range(1, 30)} | some x in numbers.range(1, 30); some y in numbers.range(1, 30)})\n\tcount(s) > input.age", code: "limit"},
	"types":                    {body: chain("a", 13, "[input.age]", "[@, @]") + chain("b", 13, "[input.age]", "[@, @]") + "a13 == b13", code: "rego-compile-error"},
	"nested comprehensions":    {body: "count({a: {b: {c: [d | some d in [1]] | some c in [1]} | some b in [1]} | some a in [1]}) > input.age - 3", code: ""},
	"a refused builtin":        {body: "bits.lsh(1, 40000000000 + input.age) > 7", code: "forbidden-builtin"},
	"a refused builtin helper": {body: "h0 > 7", helpers: "h0 := bits.lsh(1, 40000000000)\n", code: "forbidden-builtin"},
	"a patch":                  {body: `json.patch({"a": input.age}, [{"op": "copy", "from": "", "path": "/b"} | some _ in numbers.range(1, 40)]) != {}`, code: "forbidden-builtin"},
}

// What explodes in one step is refused with its place, and does not fill the memory first.
func TestExplosions(t *testing.T) {
	for name, rule := range explosions {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // for busy machines; none takes more than some seconds
			defer cancel()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			e, err := eldercare.Load(ctx, eldercare.WithoutEmbedded(), eldercare.WithFS("", hostileLists(rule.body, rule.helpers)))
			if err == nil {
				_, err = e.Evaluate(ctx, "top", eldercare.Elder{"age": 3}, eldercare.OnDate("2026-01-01"))
			}
			runtime.ReadMemStats(&after)
			if made := (after.TotalAlloc - before.TotalAlloc) >> 20; made > 2048 {
				t.Errorf("it makes %d MiB", made)
			}
			if rule.code == "" {
				if err != nil {
					t.Errorf("it can be answered, but: %v", err)
				}
				return
			}
			wrong, ok := errors.AsType[eldercare.Diagnostics](err)
			if !ok {
				t.Fatalf("it is not stopped: %v", err)
			}
			t.Log(wrong)
			if d := wrong[0]; d.Code != rule.code || d.Pos.File != "rego/lists/top.rego" || d.Pos.Line < 5 {
				t.Errorf("%s at %s:%d, want %s in the list", d.Code, d.Pos.File, d.Pos.Line, rule.code)
			}
		})
	}
}
