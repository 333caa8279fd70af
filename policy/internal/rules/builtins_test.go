package rules

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/types"
)

// A new builtin must be read before rules may call it, or be refused with a reason.
func TestEveryBuiltinIsPureOrRefused(t *testing.T) {
	if !slices.IsSorted(pure) {
		t.Error("the pure builtins are not sorted")
	}
	declared := map[string]bool{}
	for _, b := range ast.DefaultBuiltins {
		declared[b.Name] = true
		allowed, reason := slices.Contains(pure, b.Name), refused[b.Name]
		switch {
		case allowed && reason != "":
			t.Errorf("%s is pure, and refused for %s", b.Name, reason)
		case !allowed && reason == "":
			t.Errorf("%s is neither pure nor refused", b.Name)
		case allowed && b.IsNondeterministic():
			t.Errorf("%s is pure, and OPA says that it is not", b.Name)
		case allowed && b.IsDeprecated():
			t.Errorf("%s is pure, and OPA gives it up", b.Name)
		}
	}
	for _, name := range pure {
		if !declared[name] {
			t.Errorf("OPA has no builtin %s any more", name)
		}
	}
	for name := range refused {
		if !declared[name] {
			t.Errorf("OPA has no builtin %s any more", name)
		}
	}
}

// What would be answered otherwise elsewhere or later. A reason is written by hand; that of these
// is known for certain.
func TestImpureBuiltinsAreRefused(t *testing.T) {
	for _, name := range []string{
		"crypto.x509.parse_and_verify_certificates", "http.send", "json.marshal", "replace", "io.jwt.decode_verify", "json.match_schema", "net.lookup_ip_addr",
		"opa.runtime", "rand.intn", "sprintf", "strings.render_template", "time.add_date", "time.clock", "time.date", "time.diff",
		"time.format", "time.now_ns", "time.parse_ns", "time.weekday", "trace", "uuid.rfc4122",
	} {
		if capabilities().ContainsBuiltin(name) {
			t.Errorf("rules may call %s", name)
		}
	}
	for _, name := range []string{"count", "eq", "internal.member_2", "numbers.range", "regex.match", "units.parse"} {
		if !capabilities().ContainsBuiltin(name) {
			t.Errorf("rules may not call %s", name)
		}
	}
}

// What a host program registers in OPA is no builtin of ours, under whatever name.
func TestRegisteredBuiltinsAreNotCalled(t *testing.T) {
	builtins, known := slices.Clone(ast.Builtins), ast.BuiltinMap["upper"]
	t.Cleanup(func() {
		ast.Builtins = builtins
		ast.BuiltinMap["upper"] = known
		delete(ast.BuiltinMap, "host.secret")
	})
	text := types.NewFunction(types.Args(types.S), types.S)
	ast.RegisterBuiltin(&ast.Builtin{Name: "host.secret", Decl: text})
	ast.RegisterBuiltin(&ast.Builtin{Name: "upper", Decl: types.NewFunction(types.Args(types.N), types.N)})
	c := capabilitiesWith(pure)
	if c.ContainsBuiltin("host.secret") {
		t.Error("rules may call host.secret")
	}
	for _, b := range c.Builtins {
		if b.Name == "upper" && types.Compare(b.Decl, text) != 0 {
			t.Errorf("upper is declared by the host: %v", b.Decl)
		}
	}
}

// No capability lets OPA fetch what a schema refers to.
func TestSchemasAreNotFetched(t *testing.T) {
	var requests atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requests.Add(1)
		_, _ = w.Write([]byte("{}"))
	}))
	defer server.Close()
	compile := func(c *ast.Capabilities) {
		schemas := ast.NewSchemaSet()
		schemas.Put(ast.SchemaRootRef, map[string]any{"$ref": server.URL + "/schema.json"})
		module := ast.MustParseModule("package p\n\nr if input.age > 1\n")
		ast.NewCompiler().WithCapabilities(c).WithSchemas(schemas).Compile(map[string]*ast.Module{"p.rego": module})
	}
	compile(capabilities())
	if n := requests.Load(); n != 0 {
		t.Errorf("the schema was asked for %d times", n)
	}
	compile(ast.CapabilitiesForThisVersion())
	if requests.Load() == 0 {
		t.Error("the test sees no request where OPA makes one")
	}
}
