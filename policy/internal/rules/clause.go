package rules

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/basic-eldercare/eldercare/policy"
)

func isGrant(r *ast.Rule) bool { return string(r.Head.Name) == "grants" }

// readClause reads one rule of grants and checks its fixed shape: a partial set whose member is
// grant.promise or grant.discretionary with a literal service id, and METADATA that agrees with the
// YAML. It reports false when the clause cannot be examined further. A clause of a different shape
// is given the right one, so that the rest of it can be examined. The list is nil when its YAML is
// not known.
func (l *loader) readClause(list *policy.List, module *Module, r *ast.Rule) bool {
	const shape = `write grants contains grant.promise("service-id", {"measure": p.parameter}) if { … }`
	pos := position(r.Location)
	if r.Head.RuleKind() != ast.MultiValue || len(r.Head.Ref()) > 1 || r.Default {
		l.errorf("grant-shape", pos, shape, "grants must be a set of promises")
		module.unnamed = true
		if len(r.Head.Args) > 0 || r.Default {
			return false
		}
		name := ast.VarTerm(string(r.Head.Name))
		r.Else = nil
		r.Head = &ast.Head{Name: r.Head.Name, Reference: ast.Ref{name}, Key: r.Head.Value, Location: r.Head.Location}
		return true
	}
	service, discretionary, ok := promised(r)
	if !ok {
		l.errorf("grant-shape", pos, shape, "a grant must be a call of grant.promise or grant.discretionary with a literal service id")
		module.unnamed = true
		return true
	}
	rule := &Rule{Stem: module.Stem, Index: len(module.Rules), Service: service, Discretionary: discretionary, Pos: pos, module: module}
	module.Rules = append(module.Rules, rule)
	module.text.rules[r.Location] = rule
	declared := serviceOf(list, service)
	if list != nil && declared == nil {
		l.reportUnlistedService(list, rule)
	}
	l.readMetadata(rule, declared, r)
	return true
}

// promised returns the service that a rule of grants names.
func promised(r *ast.Rule) (service string, discretionary, ok bool) {
	call, isCall := r.Head.Key.Value.(ast.Call)
	if !isCall || len(call) < 2 {
		return "", false, false
	}
	id, isString := call[1].Value.(ast.String)
	if !isString {
		return "", false, false
	}
	switch name := call[0].Value.String(); name {
	case "grant.promise", "data.grant.promise":
		return string(id), false, true
	case "grant.discretionary", "data.grant.discretionary":
		return string(id), true, true
	}
	return "", false, false
}

// reportUnlistedService reports a grant of a service that the list lacks, unless it may mean an id
// that the YAML misspells.
func (l *loader) reportUnlistedService(list *policy.List, rule *Rule) {
	misspelt := func(s *policy.Service) bool { return l.catalog.Vocabulary.Service(s.ID) == nil }
	if slices.ContainsFunc(list.Services, misspelt) {
		return
	}
	near := policy.Nearest(rule.Service, serviceIDs(list))
	rule.module.meant = append(rule.module.meant, near)
	l.errorf("service-not-listed", rule.Pos, "add the service to the YAML, or correct the id"+didYouMean(rule.Service, serviceIDs(list)),
		"the rule grants %q, but %s does not list it", rule.Service, list.Pos.File)
}

// mayMean reports whether a rule of the module names a misspelt service that may be this one.
func (m *Module) mayMean(service string) bool { return m != nil && slices.Contains(m.meant, service) }

// metadataKeys lists the keys of METADATA that mean something on a rule of grants.
var metadataKeys = []string{"item"}

// readMetadata reads the METADATA of a clause, which may be missing, and compares it with what the
// YAML says of the service. The service is nil when that is not known.
func (l *loader) readMetadata(rule *Rule, declared *policy.Service, r *ast.Rule) {
	i := slices.IndexFunc(r.Annotations, func(a *ast.Annotations) bool { return a.Scope == "rule" })
	if i < 0 {
		return
	}
	a := r.Annotations[i]
	name, item := "the printed name", "the printed number"
	if declared != nil && declared.Name != "" && declared.Item != "" {
		name, item = declared.Name, fmt.Sprintf("%q", declared.Item)
	}
	remedy := "write above the rule: # METADATA, # title: " + name + ", # custom:, #   item: " + item
	pos := position(a.Location)
	for key := range a.Custom {
		if !slices.Contains(metadataKeys, key) {
			l.errorf("metadata", pos, remedy, "METADATA has an unknown key custom.%s%s", key, didYouMean(key, metadataKeys))
		}
	}
	rule.Title = a.Title
	if item, stated := a.Custom["item"]; stated {
		rule.Item = fmt.Sprint(item)
	}
	for _, text := range []string{rule.Title, rule.Item} {
		if r, is := policy.Unprintable(text); is {
			l.errorf("metadata", pos, remedy, "a title or an item in METADATA must be one line, without the character %U", r)
		}
	}
	if declared == nil {
		return
	}
	if declared.Name != "" && rule.Title != "" && rule.Title != declared.Name {
		l.errorf("metadata", pos, remedy, "the METADATA title %q is not the name in the YAML", rule.Title)
	}
	if declared.Item != "" && rule.Item != "" && rule.Item != declared.Item {
		l.errorf("metadata", pos, remedy, "the METADATA item %q is not the item in the YAML", rule.Item)
	}
}

// tag makes the rules of grants tell which one they are: the member x becomes {"rule": index,
// "grant": x}. Both evaluations can then name the clause that granted. Stock OPA runs the files as
// they are.
func (m *Module) tag(source *ast.Module) {
	for _, r := range source.Rules {
		if rule := m.text.rules[r.Location]; rule != nil {
			r.Head.Key = ast.ObjectTerm(
				// a copy of its own, as compilers write to terms
				[2]*ast.Term{ast.StringTerm("rule"), ast.NumberTerm(json.Number(strconv.Itoa(rule.Index)))},
				[2]*ast.Term{ast.StringTerm("grant"), r.Head.Key},
			)
		}
	}
}

// grantTerm returns what a rule of grants grants, once it is tagged.
func grantTerm(r *ast.Rule) *ast.Term {
	member, ok := r.Head.Key.Value.(ast.Object)
	if !ok {
		return r.Head.Key
	}
	if grant := member.Get(ast.StringTerm("grant")); grant != nil {
		return grant
	}
	return r.Head.Key
}

// serviceOf returns the service of a list, or nil when there is none or no list.
func serviceOf(list *policy.List, id string) *policy.Service {
	if list == nil {
		return nil
	}
	for _, s := range list.Services {
		if s.ID == id {
			return s
		}
	}
	return nil
}

func serviceIDs(list *policy.List) []string {
	ids := make([]string, len(list.Services))
	for i, s := range list.Services {
		ids[i] = s.ID
	}
	return ids
}
