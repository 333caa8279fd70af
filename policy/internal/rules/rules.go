// Package rules holds the Rego of the lists. It parses and checks the modules, and has plain OPA
// evaluate them: either for the grants of one elder, or part by part on every combination of what a
// part reads, which turns a rule into cases.
//
// It is the only package that knows Rego.
package rules

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

// Rule is one clause of a list: one rule of the partial set grants.
type Rule struct {
	Stem          string // the stem of the file that has the rule: a list's, or that of an amendment
	Index         int    // in the file, from 0
	Service       string
	Discretionary bool
	Title         string // from the METADATA
	Item          string
	Pos           policy.Position
	Parameters    []string // parameters that the rule reads, directly or through helpers; sorted
	// Amounts names, for each measure of which the rule literally says what it grants, the parameters
	// that this is computed of, in their order there.
	Amounts    map[string][]string
	Attributes []string // attributes likewise; all of them when it reads the elder as a whole

	module   *Module
	loose    bool // what it grants is not literal, at least of one measure
	fallible bool // its text does not rule out that evaluating its conditions ends in an error
	faulty   bool // it, or a helper, was replaced because it stopped OPA
	compiled *ast.Rule
}

// Module is the Rego of one list, or of one that amends it, compiled only with the shared modules.
type Module struct {
	Stem  string
	Rules []*Rule

	file       string // for messages
	compiler   *ast.Compiler
	vocabulary *policy.Vocabulary
	lines      map[line][]string // the parameters read on a line
	compared   []Comparison      // of its clauses, and of the shared ones that these come to
	unnamed    bool              // a clause does not name its service
	meant      []string          // services that may be meant by clauses that name an unlisted one
	text       *text             // only while it is loaded
	splitter   *splitter
	limits     Limits
}

// Comparison is a place where rules compare an attribute with a parameter, or with what is scaled
// by others, such as p.sum * p.multiple; or with a number that stands there. Without an attribute
// such a number is the amount of a promise.
type Comparison struct {
	Attribute string
	Parameter string // empty of a number
	Number    string // empty of a parameter
	Scaled    bool
	Pos       policy.Position
}

// Comparisons are those of all clauses of the file that has the rule, and of the shared clauses
// that these come to.
func (r *Rule) Comparisons() []Comparison { return r.module.compared }

// text is what a module and the shared ones say as they were written, by where each clause begins:
// what cannot be seen of them once they are compiled.
type text struct {
	rules    map[*ast.Location]*Rule
	faulty   map[*ast.Location]bool // OPA could not go on with the clause
	lookedUp bool                   // a parameter is not named
}

func newText() *text {
	return &text{rules: map[*ast.Location]*Rule{}, faulty: map[*ast.Location]bool{}}
}

// Set is the Rego of a catalog. It is immutable and safe for concurrent use.
type Set struct {
	Space *elder.Space
	// Required names the parameters that the shared modules read, sorted. Every list, or one above
	// it, must have them.
	Required []string
	modules  map[string]*Module
	shared   *Module // contradictions
}

// Module returns the Rego of a list, or nil when the list has none.
func (s *Set) Module(stem string) *Module { return s.modules[stem] }

// Of returns the rules of a service in file order. It returns none when the module is nil.
func (m *Module) Of(service string) []*Rule {
	if m == nil {
		return nil
	}
	var of []*Rule
	for _, r := range m.Rules {
		if r.Service == service {
			of = append(of, r)
		}
	}
	return of
}

// ReadAt returns the parameters that the Rego reads on the line of a position.
func (m *Module) ReadAt(pos policy.Position) []string { return m.lines[line{pos.File, pos.Line}] }

// ReadAt returns the parameters that the Rego of the rule and its helpers reads on the line of a
// position.
func (r *Rule) ReadAt(pos policy.Position) []string { return r.module.ReadAt(pos) }

// MayFail reports whether the text of the rule leaves it open that it is wrong: its conditions may
// end in an error, or it composes what it grants. [Reducer.Reduce] decides.
func (r *Rule) MayFail() bool {
	return r.module.compiler != nil && !r.faulty && (r.loose || r.fallible)
}

// Literal reports whether the rule names in its grant itself whatever it promises.
func (r *Rule) Literal() bool { return !r.loose }

// Of returns the rules of a service in a list, and in what amends it.
func (s *Set) Of(list *policy.List, service string) []*Rule {
	var of []*Rule
	for _, stem := range list.Stems() {
		of = append(of, s.modules[stem].Of(service)...)
	}
	return of
}

// MayFail reports whether any rule of a list could be wrong under some parameters. Without a
// vocabulary, or without the shared rules, this is unknown and it reports false.
func (s *Set) MayFail(list *policy.List) bool {
	known := s.shared.compiler != nil && len(s.Space.Axes) > 0 && len(s.Space.Vocabulary.Measures) > 0
	return known && slices.ContainsFunc(list.Stems(), func(stem string) bool {
		m := s.modules[stem]
		return m != nil && slices.ContainsFunc(m.Rules, (*Rule).MayFail)
	})
}

// line is a line of a file.
type line struct {
	file   string
	number int
}
