package rules

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"

	"github.com/basic-eldercare/eldercare/policy/box"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

// What partial evaluation leaves of a rule that only joins conditions is what the rule says. Where a rule negates, or has more to it
// than that, its cases are held against plain OPA before they are believed: on elders who differ in whatever the rule tells
// apart, each attribute given and not given.

// maxTrials bounds the elders on whom a rule is tried. A rule of few attributes is tried on all that it can tell apart.
const maxTrials = 128

// doubtful is where rules do more than join conditions: the first such place, nil when there is none.
func doubtful(rules []*ast.Rule) *ast.Location {
	var first *ast.Location
	for _, r := range rules {
		if doubt := doubtIn(r); doubt != nil && (first == nil || doubt.Compare(first) < 0) {
			first = doubt
		}
	}
	return first
}

// doubtIn is where one rule does more than join conditions: it is something other than true, or a grant, or an expression is more
// than a condition.
func doubtIn(r *ast.Rule) *ast.Location {
	if r.Else != nil || r.Default || !r.Head.Ref().IsGround() || r.Head.RuleKind() == ast.MultiValue && !isGrant(r) {
		return r.Location
	}
	for _, expr := range r.Body {
		_, isTerm := expr.Terms.(*ast.Term)
		doubt := expr.Negated || len(expr.With) > 0 || !isTerm && !expr.IsCall() || len(droppable(expr, r.Body)) > 0
		ast.WalkClosures(expr, func(any) bool {
			doubt = true
			return true
		})
		if doubt {
			return expr.Location
		}
	}
	return nil
}

// confirm is nil when plain OPA grants by a rule the same as its cases do, to all the elders on whom it is tried; else it says what
// in the rule is in doubt.
func (rd *Reducer) confirm(ctx context.Context, r *Rule, parameters *Parameters, cases []Case) *obstacle {
	if r.doubt == nil {
		return nil
	}
	boxes := make([]box.Box, len(cases))
	for i, c := range cases {
		boxes[i] = c.Box
	}
	evaluation.RLock()
	defer evaluation.RUnlock()
	apart := rd.distinct(reach(r.module.compiler, r.compiled), r.Attributes, parameters.Thresholds(r.Parameters), boxes)
	return try(trials(apart, boxes), r.doubt, func(c elder.Cells) (granted, reduced map[string]bool, err error) {
		reduced = map[string]bool{}
		for _, k := range cases {
			if k.Box.Contains(func(a int) uint8 { return c[a] }) {
				reduced[k.Grant.text()] = true
			}
		}
		granted, err = r.granted(ctx, parameters.storage(), rd.input(c))
		return granted, reduced, err
	})
}

// confirmContradictions is the like for all contradictions.
func (rd *Reducer) confirmContradictions(ctx context.Context, all []Contradiction) *obstacle {
	compiler := rd.empty.compiler
	rules := reach(compiler, compiler.GetRulesWithPrefix(contradictionsRef)...)
	doubt := doubtful(rules)
	for _, r := range rules { // of rules that grant it is known where such values contradict each other
		if doubt == nil && r.Head.Value != nil && r.Head.Value.Value.Compare(ast.Boolean(true)) != 0 {
			doubt = r.Location
		}
	}
	if doubt == nil {
		return nil
	}
	evaluation.RLock()
	defer evaluation.RUnlock()
	attributes, _ := namesRead(rules, ast.InputRootRef)
	boxes := make([]box.Box, len(all))
	for i, c := range all {
		boxes[i] = c.Box
	}
	query := ast.NewBody(ast.Equality.Expr(ast.VarTerm("messages"), ast.NewTerm(contradictionsRef)))
	apart := rd.distinct(rules, attributes, nil, boxes)
	return try(trials(apart, boxes), doubt, func(c elder.Cells) (granted, reduced map[string]bool, err error) {
		granted, reduced = map[string]bool{}, map[string]bool{}
		for _, k := range all {
			if k.Box.Contains(func(a int) uint8 { return c[a] }) {
				reduced[k.Message] = true
			}
		}
		results, err := rd.empty.query(ctx, query, rd.values, rd.input(c))
		for _, result := range results {
			messages, ok := result["messages"].Value.(ast.Set)
			if !ok {
				return nil, nil, errors.New("contradictions are no set")
			}
			messages.Foreach(func(message *ast.Term) {
				text, _ := message.Value.(ast.String)
				granted[string(text)] = true
			})
		}
		return granted, reduced, err
	})
}

// try compares what plain OPA grants with what was reduced, elder by elder.
func try(trials []elder.Cells, doubt *ast.Location, answers func(elder.Cells) (granted, reduced map[string]bool, err error)) *obstacle {
	for _, c := range trials {
		switch granted, reduced, err := answers(c); {
		case err != nil:
			return &obstacle{"OPA cannot evaluate it for every elder: " + reason(err), doubt}
		case !maps.Equal(granted, reduced):
			return &obstacle{"OPA decides otherwise than its conditions taken one by one", doubt}
		}
	}
	return nil
}

// text identifies what a grant of one rule promises.
func (g Grant) text() string {
	text, _ := json.Marshal(g.Measures) // maps of numbers and strings
	return string(text)
}

// granted is what plain OPA grants an elder by the rule. The caller holds evaluation.
func (r *Rule) granted(ctx context.Context, store storage.Store, input *ast.Term) (map[string]bool, error) {
	results, err := r.module.query(ctx, r.compiled.Body, store, input)
	if err != nil {
		return nil, err
	}
	member, ok := r.compiled.Head.Key.Value.(ast.Object)
	if !ok {
		return nil, errNoGrant
	}
	texts := map[string]bool{}
	for _, result := range results {
		value := member.Get(ast.StringTerm("grant"))
		if value == nil {
			return nil, errNoGrant
		}
		if v, ok := value.Value.(ast.Var); ok {
			if value = result[v]; value == nil {
				return nil, errNoGrant
			}
		}
		plain, err := ast.JSON(value.Value)
		if err != nil {
			return nil, err
		}
		grant, err := r.grant(plain)
		if err != nil {
			return nil, err
		}
		texts[grant.text()] = true
	}
	return texts, nil
}

var errNoGrant = errors.New("internal: a rule does not say what it grants")

// input is an elder as OPA sees it.
func (rd *Reducer) input(c elder.Cells) *ast.Term {
	return ast.NewTerm(ast.MustInterfaceToValue(rd.space.Input(c)))
}

// distinct is what of one attribute is to be told apart: one cell of each kind.
type distinct struct {
	attribute int
	cells     []uint8
}

// distinct tells the values of attributes apart by the boxes, by what rules name, and by thresholds.
func (rd *Reducer) distinct(rules []*ast.Rule, attributes []string, thresholds []int, boxes []box.Box) []distinct {
	words, numbers := constants(rules)
	numbers = append(numbers, thresholds...)
	var all []distinct
	for _, name := range attributes {
		i, ok := rd.space.Index(name)
		if !ok {
			continue // the input has no such attribute
		}
		k := distinct{attribute: i}
		found := map[string]bool{}
		for cell := range rd.space.Axes[i].Cells() {
			kind := rd.kind(i, uint8(cell), words, numbers, boxes)
			if !found[kind] {
				found[kind] = true
				k.cells = append(k.cells, uint8(cell))
			}
		}
		all = append(all, k)
	}
	return all
}

// kind is equal for the cells of an attribute that nothing tells apart.
func (rd *Reducer) kind(attribute int, cell uint8, words map[string]bool, numbers []int, boxes []box.Box) string {
	var kind []byte
	for _, b := range boxes {
		admits, constrained := b.Side(attribute)
		kind = strconv.AppendBool(kind, !constrained || admits.Has(cell))
	}
	switch value := rd.space.Axes[attribute].Value(cell).(type) {
	case string:
		if words[value] {
			kind = append(kind, value...)
		}
	case int:
		for _, n := range numbers {
			kind = strconv.AppendInt(kind, int64(cmp.Compare(value, n)), 10)
		}
	default: // true, false or nothing
		kind = fmt.Append(kind, value)
	}
	return string(kind)
}

// constants are the words and the whole numbers that rules name.
func constants(rules []*ast.Rule) (words map[string]bool, numbers []int) {
	words = map[string]bool{}
	for _, rule := range rules {
		ast.WalkTerms(rule, func(t *ast.Term) bool {
			switch v := t.Value.(type) {
			case ast.String:
				words[string(v)] = true
			case ast.Number:
				if n, ok := v.Int(); ok {
					numbers = append(numbers, n)
				}
			}
			return false
		})
	}
	slices.Sort(numbers)
	return words, slices.Compact(numbers)
}

// trials are elders who differ in what is told apart: all of them when they are few, else mostly such as a box admits but for one
// attribute, of which nothing is given. They are the same in each run.
func trials(of []distinct, boxes []box.Box) []elder.Cells {
	every := []elder.Cells{{}}
	for _, a := range of {
		if len(every)*len(a.cells) > maxTrials {
			return sample(of, boxes)
		}
		var next []elder.Cells
		for _, c := range every {
			for _, cell := range a.cells {
				c[a.attribute] = cell
				next = append(next, c)
			}
		}
		every = next
	}
	return every
}

// sample is such trials where they are many.
func sample(of []distinct, boxes []box.Box) []elder.Cells {
	random := rand.New(rand.NewPCG(1, 1)) //nolint:gosec // chosen to be the same in each run
	all := make([]elder.Cells, maxTrials)
	for n := range all {
		c := &all[n]
		for _, a := range of {
			c[a.attribute] = a.cells[random.IntN(len(a.cells))]
		}
		if n%4 == 0 || len(boxes) == 0 {
			continue
		}
		b := boxes[random.IntN(len(boxes))]
		for _, a := range of {
			if admits, constrained := b.Side(a.attribute); constrained {
				inside := slices.DeleteFunc(slices.Clone(a.cells), func(cell uint8) bool { return !admits.Has(cell) })
				c[a.attribute] = inside[random.IntN(len(inside))]
			}
		}
		c[of[random.IntN(len(of))].attribute] = elder.Absent
	}
	return all
}
