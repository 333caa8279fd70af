package rules

import (
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// readReach reads, of each rule of a compiled module, what it and its helpers depend on.
func (l *loader) readReach(module *Module) {
	for _, r := range module.compiler.Modules[module.file].Rules {
		rule := module.text.rules[r.Location]
		if rule == nil {
			continue
		}
		all := reach(module.compiler, r)
		rule.compiled, rule.doubt = r, doubtful(all)
		var whole bool
		if rule.Parameters, whole = namesRead(all, parametersRef); whole && !module.text.lookedUp {
			l.errorf("parameter-name", rule.Pos, "write data.parameters.<name>", "the rule reads the parameters as a whole")
		}
		if rule.Attributes, whole = namesRead(all, ast.InputRootRef); whole {
			rule.Attributes = l.attributes()
			slices.Sort(rule.Attributes)
		}
		for _, clause := range all {
			rule.computed = append(rule.computed, module.text.computed[clause.Location]...)
			rule.faulty = rule.faulty || module.text.faulty[clause.Location]
		}
		rule.helpers = module.helpers(all)
	}
}

// reach are compiled rules and all that they depend on, directly or through others.
func reach(c *ast.Compiler, rules ...*ast.Rule) []*ast.Rule {
	all := slices.Clone(rules)
	seen := map[*ast.Rule]bool{}
	for _, r := range rules {
		seen[r] = true
	}
	for i := 0; i < len(all); i++ {
		for dependency := range c.Graph.Dependencies(all[i]) {
			if rule, ok := dependency.(*ast.Rule); ok && !seen[rule] {
				seen[rule] = true
				all = append(all, rule)
			}
		}
	}
	return all
}

// namesRead are the names below a document, data.parameters or input, that rules read, sorted. Whole says that they also read the
// document as a whole, or a name that is computed.
func namesRead(rules []*ast.Rule, document ast.Ref) (read []string, whole bool) {
	names := map[string]bool{}
	for _, r := range rules {
		ast.WalkRefs(r, func(ref ast.Ref) bool {
			if !ref.HasPrefix(document) {
				return false
			}
			if len(ref) > len(document) {
				if name, ok := ref[len(document)].Value.(ast.String); ok {
					names[string(name)] = true
					return false
				}
			}
			whole = true
			return false
		})
	}
	return slices.Sorted(maps.Keys(names)), whole
}
