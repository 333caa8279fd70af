package rules

import (
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
)

// No rule, and not our own composition, may reach a network: nil would allow every host, and no
// builtin of theirs is there.
func TestNoNetwork(t *testing.T) {
	for name, c := range map[string]*ast.Capabilities{"rules": capabilities(), "the bundle": ofBundle()} {
		if c.AllowNet == nil || len(c.AllowNet) > 0 {
			t.Errorf("%s may reach %v", name, c.AllowNet)
		}
		for _, b := range c.Builtins {
			if strings.HasPrefix(b.Name, "net.") || strings.HasPrefix(b.Name, "http.") {
				t.Errorf("%s may call %s", name, b.Name)
			}
		}
		if len(c.Builtins) == 0 {
			t.Errorf("%s may call nothing", name)
		}
	}
}
