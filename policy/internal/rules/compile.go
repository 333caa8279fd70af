package rules

import (
	"cmp"
	"context"
	"maps"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/basic-eldercare/eldercare/policy"
)

// said holds the places of expressions with a reported problem, which OPA would only report again
// in other words.
type said map[policy.Position]bool

// compile compiles a list's module, which may be nil, with the shared ones, and reports what is
// wrong. It passes the modules to look when OPA has resolved the names in them, before it rewrites
// them. A clause that stops OPA is reported and set aside, so that the others are examined too. The
// compiler is nil when not even that helps, or when ctx ends.
func (l *loader) compile(ctx context.Context, m *ast.Module, look func(modules map[string]*ast.Module) said) (*ast.Compiler, aside) {
	modules := maps.Clone(l.shared)
	if m != nil {
		modules = l.needed(m)
		modules[fileOf(m)] = m
	}
	set := aside{}
	for first := true; ; first = false {
		standing := set.without(modules)
		var said said
		finished := false
		c := l.compiler(ctx).
			WithStageAfterID(ast.StageResolveRefs, stage("look", func(c *ast.Compiler) { said = look(c.Modules) })).
			WithStageAfterID(ast.StageBuildRequiredCapabilities, stage("finish", func(*ast.Compiler) { finished = true }))
		c.Compile(standing)
		if ctx.Err() != nil {
			return nil, set
		}
		more := false
		for _, e := range c.Errors {
			clause := clauseAt(standing, e.Location)
			// otherwise only what was set aside is missing
			fault := clause != nil && set[clause.Location] == 0 || clause == nil && first
			if fault && !(e.Code == ast.TypeErr && said[position(e.Location)]) {
				l.add(l.diagnostic(e))
			}
			_, wrongCall := e.Details.(*ast.ArgErrDetail)
			switch {
			case clause == nil:
			case !finished || isUndefined(e):
				set[clause.Location]++
				more = true
			case wrongCall: // its evaluation would only report that again
				set[clause.Location] += 0
			}
		}
		switch {
		case finished && !more:
			c.Errors = nil // they are reported; what OPA could compile is good
			return c, set
		case !more:
			return nil, set
		}
	}
}

// isUndefined reports whether a clause calls what rules may not call. OPA would go on, and call it.
func isUndefined(e *ast.Error) bool {
	return e.Code == ast.TypeErr && strings.HasPrefix(e.Message, "undefined function ")
}

// compiler returns a compiler that stops after the stage in which ctx ends.
func (l *loader) compiler(ctx context.Context) *ast.Compiler {
	c := ast.NewCompiler().WithStrict(true).WithCapabilities(capabilities()).WithSchemas(l.schemas)
	for _, after := range ast.AllStages() {
		c.WithStageAfterID(after, ast.CompilerStageDefinition{Name: "go on", MetricName: "go on", Stage: func(*ast.Compiler) *ast.Error {
			if err := ctx.Err(); err != nil {
				return ast.NewError(ast.CompileErr, nil, "%v", err)
			}
			return nil
		}})
	}
	return bounding(c, ofRules).SetErrorLimit(0) // all errors in one run
}

func stage(name string, do func(*ast.Compiler)) ast.CompilerStageDefinition {
	return ast.CompilerStageDefinition{Name: name, MetricName: name, Stage: func(c *ast.Compiler) *ast.Error {
		do(c)
		return nil
	}}
}

// aside counts, by where a clause begins, how often it stopped OPA. It has 0 for a clause with
// which OPA goes on although it calls a function with what that does not take.
type aside map[*ast.Location]int

// without returns modules in which those clauses never hold. A clause that still stops OPA as a
// stub is removed.
func (a aside) without(modules map[string]*ast.Module) map[string]*ast.Module {
	if len(a) == 0 {
		return modules
	}
	standing := make(map[string]*ast.Module, len(modules))
	for file, m := range modules {
		cpy := *m
		cpy.Annotations = nil // they point at the clauses
		cpy.Rules = nil
		for _, r := range m.Rules {
			switch {
			case a[r.Location] == 0:
				cpy.Rules = append(cpy.Rules, r)
			case a[r.Location] == 1 && !r.Default && r.Head.Ref().IsGround():
				cpy.Rules = append(cpy.Rules, stub(r))
			}
		}
		standing[file] = &cpy
	}
	return standing
}

// stub returns a clause with the head of another that never holds and whose type OPA does not know.
func stub(r *ast.Rule) *ast.Rule {
	r = r.Copy()
	r.Else = nil
	r.Body = ast.NewBody(ast.NewExpr(ast.BooleanTerm(false)))
	anything := ast.JSONUnmarshal.Call(ast.StringTerm(""))
	if r.Head.RuleKind() == ast.MultiValue {
		r.Head.Key = anything
	} else {
		r.Head.Value = anything
	}
	return r
}

// clauseAt returns the clause that a place lies in, or nil when it lies before the first.
func clauseAt(modules map[string]*ast.Module, loc *ast.Location) *ast.Rule {
	if loc == nil || modules[loc.File] == nil {
		return nil
	}
	var at *ast.Rule
	for _, r := range modules[loc.File].Rules {
		if cmp.Or(cmp.Compare(r.Location.Row, loc.Row), cmp.Compare(r.Location.Col, loc.Col)) <= 0 {
			at = r
		}
	}
	return at
}
