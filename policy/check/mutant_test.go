package check_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/open-policy-agent/opa/v1/ast"
	"gopkg.in/yaml.v3"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

// This file makes mutants: copies of a list, each as a jurisdiction of its own, with one thing
// changed.

// mutant is a copy of a list with one change.
type mutant struct {
	name string // what was changed
	// services are those that the change touches.
	services []string
	// reason says why a change for the worse takes nothing from anybody; empty where it does.
	reason  string
	catalog func(root *yaml.Node) // the change of the YAML, nil when there is none
	clauses []clause              // of its Rego
}

// clause is a rule of a module in parts: a grant, or a branch of a helper.
type clause struct {
	metadata string
	helper   string // the helper's name, empty for a grant

	service       string
	discretionary bool
	measures      [][2]string // name and amount, as written

	body  []string
	exprs []*ast.Expr // the body as parsed
}

func (c clause) String() string {
	head := c.helper
	if head == "" {
		promise, measures := "promise", make([]string, len(c.measures))
		if c.discretionary {
			promise = "discretionary"
		}
		for i, m := range c.measures {
			measures[i] = m[0] + ": " + m[1]
		}
		head = fmt.Sprintf("grants contains grant.%s(%q, {%s})", promise, c.service, strings.Join(measures, ", "))
	}
	return c.metadata + head + " if {\n\t" + strings.Join(c.body, "\n\t") + "\n}\n"
}

// replaced returns the clause with one condition written otherwise.
func (c clause) replaced(condition int, by string) clause {
	c.body = slices.Clone(c.body)
	c.body[condition] = by
	return c
}

// parseClauses takes the rules of a module apart.
func parseClauses(t *testing.T, file string) []clause {
	t.Helper()
	text, err := fs.ReadFile(root, file)
	if err != nil {
		t.Fatal(err)
	}
	module, err := ast.ParseModuleWithOpts(file, string(text), ast.ParserOptions{ProcessAnnotation: true})
	if err != nil {
		t.Fatal(err)
	}
	var clauses []clause
	for _, r := range module.Rules {
		c := clause{helper: string(r.Head.Name), exprs: r.Body}
		for _, e := range r.Body {
			c.body = append(c.body, string(e.Location.Text))
		}
		if r.Head.Key != nil && c.helper == "grants" {
			c.helper = ""
			c.metadata = string(r.Annotations[0].Location.Text) + "\n"
			call := r.Head.Key.Value.(ast.Call)
			c.discretionary = strings.HasSuffix(call[0].String(), "discretionary")
			c.service = string(call[1].Value.(ast.String))
			call[2].Value.(ast.Object).Foreach(func(key, amount *ast.Term) {
				c.measures = append(c.measures, [2]string{string(key.Location.Text), string(amount.Location.Text)})
			})
		}
		clauses = append(clauses, c)
	}
	return clauses
}

// root holds the lists of the module.
var root = os.DirFS("../..")

// original is a list with what is needed to mutate it.
type original struct {
	*policy.List
	options []eldercare.Option // with which it is loaded, and its mutants
	engine  *eldercare.Engine
	rules   *eldercare.Ruleset
	node    *yaml.Node
	clauses []clause        // of its own Rego
	shared  []clause        // of package elder
	floors  map[string]bool // of the thresholds that its rules and those above compare with
}

func originalOf(t *testing.T, jurisdiction string, options ...eldercare.Option) *original {
	t.Helper()
	engine := load(t, append(options, eldercare.WithJurisdictions(jurisdiction))...)
	list, err := engine.List(jurisdiction, engine.Today())
	if err != nil {
		t.Fatal(err)
	}
	o := &original{List: list, options: options, engine: engine, shared: parseClauses(t, "rego/elder.rego")}
	if o.rules, err = engine.Rules(t.Context(), jurisdiction, engine.Today()); err != nil {
		t.Fatal(err)
	}
	o.clauses = parseClauses(t, "rego/lists/"+list.Stem+".rego")
	o.floors = floors(o.shared)
	for _, l := range o.rules.Table.Layers {
		for name, floor := range floors(parseClauses(t, "rego/lists/"+l.List.Stem+".rego")) {
			o.floors[name] = o.floors[name] || floor
		}
	}
	content, err := fs.ReadFile(root, "catalogs/"+list.Stem+".yaml")
	if err != nil {
		t.Fatal(err)
	}
	var document yaml.Node
	if err := yaml.Unmarshal(content, &document); err != nil {
		t.Fatal(err)
	}
	o.node = document.Content[0]
	remove(o.node, "not_modelled")
	remove(o.node, "accepted")
	for _, s := range get(o.node, "services").Content {
		remove(s, "readings")
	}
	for _, p := range list.Parameters {
		if p.Pos.File != list.Pos.File { // amended
			setParameter(o.node, p, -1, nil)
		}
	}
	return o
}

// floors returns the thresholds that clauses compare with, and whether something is granted from
// them on. One that is a floor in one place and a ceiling in another is a floor: what it opens is
// better than what it ends.
func floors(clauses []clause) map[string]bool {
	floors := map[string]bool{}
	for _, c := range clauses {
		for _, e := range c.exprs {
			if !e.IsCall() {
				continue
			}
			op := e.Operator().String()
			if ref, ok := e.Operand(1).Value.(ast.Ref); ok && slices.Contains([]string{"gte", "gt", "lte", "lt"}, op) {
				name := string(ref[1].Value.(ast.String))
				floors[name] = floors[name] || op[0] == 'g'
			}
		}
	}
	return floors
}

// put writes a mutant as a jurisdiction of its own, beside the list that it copies.
func (o *original) put(files fstest.MapFS, n int, m mutant) (id string, err error) {
	id = fmt.Sprintf("mutant%d", n)
	node := clone(o.node)
	j := get(node, "jurisdiction")
	get(j, "id").Value = id
	get(j, "code").Value = fmt.Sprintf("%s%02d%02d", o.Jurisdiction.Code[:2], 1+n/99, 1+n%99)
	get(j, "level").Value = "county"
	if m.catalog != nil {
		m.catalog(node)
	}
	var b bytes.Buffer
	if err := yaml.NewEncoder(&b).Encode(node); err != nil {
		return "", err
	}
	files["catalogs/"+id+".yaml"] = &fstest.MapFile{Data: b.Bytes()}
	var rules strings.Builder
	for _, c := range m.clauses {
		fmt.Fprintf(&rules, "\n%s", c)
	}
	header := "package lists." + id + "\n"
	for _, i := range []struct{ use, path string }{{`\belder\.`, "elder"}, {`\bgrant\.`, "grant"}, {`\bp\.`, "parameters as p"}} {
		if regexp.MustCompile(i.use).MatchString(rules.String()) {
			header += "\nimport data." + i.path
		}
	}
	files["rego/lists/"+id+".rego"] = &fstest.MapFile{Data: []byte(header + "\n" + rules.String())}
	return id, nil
}

// copied returns the list without a change.
func (o *original) copied() mutant { return mutant{name: "unchanged", clauses: o.clauses} }

// changed returns a mutant with one clause replaced by others: by none, the clause is removed, and
// a service left without rules with it.
func (o *original) changed(i int, name string, by ...clause) mutant {
	c := o.clauses[i]
	m := mutant{name: fmt.Sprintf("%s, clause %d: %s", c.service, i+1, name), services: []string{c.service}}
	m.clauses = slices.Concat(o.clauses[:i], by, o.clauses[i+1:])
	if c.discretionary {
		m.reason = permission
	}
	left := slices.ContainsFunc(m.clauses, func(d clause) bool { return d.helper == "" && d.service == c.service })
	if s := o.service(c.service); !left && !s.Inherits {
		m.catalog = func(root *yaml.Node) { drop(root, c.service) }
	}
	return m
}

func (o *original) service(id string) *policy.Service {
	return o.Services[slices.IndexFunc(o.Services, func(s *policy.Service) bool { return s.ID == id })]
}

// worsened returns all mutants that are worse than the list.
func (o *original) worsened() []mutant {
	mutants := o.worseParameters()
	for i, c := range o.clauses {
		if c.helper != "" {
			continue
		}
		mutants = append(mutants, o.changed(i, "removed"))
		if !c.discretionary {
			permission := c
			permission.discretionary = true
			mutants = append(mutants, o.changed(i, "made discretionary", permission))
		}
		for k, measure := range c.measures {
			less := c
			less.measures = slices.Delete(slices.Clone(c.measures), k, k+1)
			mutants = append(mutants, o.changed(i, "without "+measure[0], less))
		}
		for k, e := range c.exprs {
			for _, v := range o.narrowed(e, o.clauses) {
				mutants = append(mutants, o.changed(i, v.name, append(v.helpers, c.replaced(k, v.condition))...))
			}
		}
		for _, condition := range o.foreign(c, 2) {
			more := c
			more.body = append(slices.Clone(c.body), condition)
			mutants = append(mutants, o.changed(i, "only if "+condition, more))
		}
	}
	for _, s := range o.Services {
		own := func(c clause) bool { return c.helper == "" && c.service == s.ID }
		mutants = append(mutants, mutant{
			name: s.ID + ": left out", services: []string{s.ID},
			catalog: func(root *yaml.Node) { drop(root, s.ID) },
			clauses: slices.DeleteFunc(slices.Clone(o.clauses), own),
		})
		if s.Inherits && slices.ContainsFunc(o.clauses, own) {
			mutants = append(mutants, mutant{
				name: s.ID + ": not inherited", services: []string{s.ID},
				catalog: func(root *yaml.Node) { remove(item(get(root, "services"), s.ID), "inherits") },
				clauses: o.clauses,
			})
		}
	}
	return mutants
}

// strengthened returns mutants that are better than the list, or as good.
func (o *original) strengthened() []mutant {
	mutants := o.betterParameters()
	for i, c := range o.clauses {
		if c.helper != "" {
			continue
		}
		if c.discretionary {
			promise := c
			promise.discretionary = false
			mutants = append(mutants, o.changed(i, "promised", promise))
		}
		all := c
		all.body = []string{"input.age >= 50"}
		mutants = append(mutants, o.changed(i, "a rule for all added", c, all))
		for k, e := range c.exprs {
			less := c
			less.body = append(slices.Delete(slices.Clone(c.body), k, k+1), "input.age >= 0")
			mutants = append(mutants, o.changed(i, "without "+c.body[k], less))
			for _, wide := range o.widened(e) {
				mutants = append(mutants, o.changed(i, wide, c.replaced(k, wide)))
			}
		}
	}
	return mutants
}

// narrower is a condition that holds for fewer elders, with the helpers that it needs.
type narrower struct {
	name      string
	condition string
	helpers   []clause
}

// narrowed returns the ways to narrow a condition: another value, one value less, a bound moved.
// One that asks a helper asks a copy of it, of which one branch is left out or one condition is
// narrowed.
func (o *original) narrowed(e *ast.Expr, module []clause) []narrower {
	text := string(e.Location.Text)
	if term, ok := e.Terms.(*ast.Term); ok {
		if name, ok := helper(term); ok {
			if strings.HasPrefix(text, "elder.") {
				module = o.shared
			}
			return o.narrowedHelper(name, module)
		}
		return plain(text + " == false")
	}
	left := string(e.Operand(0).Location.Text)
	right := string(e.Operand(1).Location.Text)
	switch op := e.Operator().String(); op {
	case "equal":
		return plain(left + " == " + o.another(left, e.Operand(1).Value))
	case "internal.member_2":
		members := e.Operand(1).Value.(ast.Set)
		if members.Len() == 1 {
			return plain(left + " == " + o.another(left, members.Slice()[0].Value))
		}
		var ways []narrower
		for _, member := range members.Slice() {
			ways = append(ways, plain(left+" in "+members.Diff(ast.NewSet(member)).String())...)
		}
		return ways
	case "neq":
		return plain(left + " == " + o.another(left, e.Operand(1).Value))
	case "gte":
		return plain(left + " > " + right)
	case "gt":
		return plain(left + " > " + right + " + 1")
	case "lte":
		return plain(left + " < " + right)
	case "lt":
		return plain(left + " < " + right + " - 1")
	default:
		panic("no mutation is known of " + op + " in " + text)
	}
}

func plain(condition string) []narrower { return []narrower{{name: condition, condition: condition}} }

// Every way to compare can be narrowed, so that a list may be written in each.
func TestNarrowed(t *testing.T) {
	o := originalOf(t, "shanxi")
	for condition, want := range map[string]string{
		`input.poverty_monitoring != "none"`:              `input.poverty_monitoring == "returned"`,
		`input.poverty_monitoring == "none"`:              `input.poverty_monitoring == "returned"`,
		`input.poverty_monitoring in {"none", "at_risk"}`: `input.poverty_monitoring in {"none"}; input.poverty_monitoring in {"at_risk"}`,
		"input.age > p.a":                                 "input.age > p.a + 1",
		"input.age >= p.a":                                "input.age > p.a",
		"input.age < p.a":                                 "input.age < p.a - 1",
		"input.age <= p.a":                                "input.age < p.a",
		"input.living_alone":                              "input.living_alone == false",
	} {
		var ways []string
		for _, n := range o.narrowed(ast.MustParseBody(condition)[0], nil) {
			ways = append(ways, n.condition)
		}
		slices.Sort(ways)
		wanted := strings.Split(want, "; ")
		slices.Sort(wanted)
		if !slices.Equal(ways, wanted) {
			t.Errorf("%s: %q, want %q", condition, ways, wanted)
		}
	}
}

// helper returns the name of the helper that a condition asks: elder.name, name or _name.
func helper(t *ast.Term) (string, bool) {
	switch v := t.Value.(type) {
	case ast.Var:
		return string(v), true
	case ast.Ref:
		if head := v[0].Value.(ast.Var); head == "elder" {
			return string(v[1].Value.(ast.String)), true
		}
	}
	return "", false
}

func (o *original) narrowedHelper(name string, module []clause) []narrower {
	var branches []clause
	for _, c := range module {
		if c.helper == name {
			c.helper = "_narrowed_" + name
			c.body = slices.Clone(c.body)
			for k, e := range c.exprs {
				if t, ok := e.Terms.(*ast.Term); ok {
					if nested, ok := helper(t); ok && !strings.HasPrefix(nested, "_") {
						c.body[k] = "elder." + nested
					}
				}
			}
			branches = append(branches, c)
		}
	}
	if len(branches) == 0 {
		panic("no helper " + name)
	}
	var ways []narrower
	for i, c := range branches {
		if len(branches) > 1 {
			ways = append(ways, narrower{
				name:      fmt.Sprintf("%s without branch %d", name, i+1),
				condition: c.helper, helpers: slices.Delete(slices.Clone(branches), i, i+1),
			})
		}
		for k, e := range c.exprs {
			for _, v := range o.narrowed(e, module) {
				others := slices.Clone(branches)
				others[i] = c.replaced(k, v.condition)
				ways = append(ways, narrower{name: name + " with " + v.name, condition: c.helper, helpers: append(others, v.helpers...)})
			}
		}
	}
	return ways
}

// another returns the next value of the attribute that a condition reads.
func (o *original) another(attribute string, value ast.Value) string {
	axis := o.axis(attribute)
	plain, err := ast.JSON(value)
	if err != nil {
		panic(err)
	}
	i := slices.IndexFunc(axis.Values, func(v any) bool { return fmt.Sprint(v) == fmt.Sprint(plain) })
	return regoText(axis.Values[(i+1)%len(axis.Values)])
}

func (o *original) axis(attribute string) *elder.Axis {
	i, ok := o.rules.Table.Space.Index(strings.TrimPrefix(attribute, "input."))
	if !ok {
		panic("no attribute " + attribute)
	}
	return &o.rules.Table.Space.Axes[i]
}

func regoText(value any) string {
	if s, ok := value.(string); ok {
		return fmt.Sprintf("%q", s)
	}
	return fmt.Sprint(value)
}

// widened returns ways to widen a condition: one value more, a bound moved.
func (o *original) widened(e *ast.Expr) []string {
	if !e.IsCall() {
		return nil
	}
	left, right := string(e.Operand(0).Location.Text), string(e.Operand(1).Location.Text)
	switch e.Operator().String() {
	case "equal":
		return []string{left + " in {" + right + ", " + o.another(left, e.Operand(1).Value) + "}"}
	case "internal.member_2":
		axis := o.axis(left)
		members := e.Operand(1).Value.(ast.Set)
		for _, v := range axis.Values {
			value, err := ast.InterfaceToValue(v)
			if err != nil {
				panic(err)
			}
			if term := ast.NewTerm(value); !members.Contains(term) {
				return []string{left + " in " + members.Union(ast.NewSet(term)).String()}
			}
		}
	case "gte":
		return []string{left + " >= " + right + " - 1"}
	case "gt":
		return []string{left + " >= " + right}
	case "lte":
		return []string{left + " <= " + right + " + 1"}
	case "lt":
		return []string{left + " <= " + right}
	}
	return nil
}

// foreign returns some conditions on attributes that a grant does not read.
func (o *original) foreign(c clause, n int) []string {
	var read []string
	for _, l := range o.rules.Table.Layers {
		for _, a := range l.Rules {
			if a.Service.ID == c.service {
				read = append(read, a.Attributes...)
			}
		}
	}
	var conditions []string
	for _, a := range []string{"local_resident", "retired", "only_child_parent"} {
		if !slices.Contains(read, a) && len(conditions) < n {
			conditions = append(conditions, "input."+a)
		}
	}
	return conditions
}

// figure is a parameter with one of its values changed.
type figure struct {
	name  string
	value *big.Rat // nil: open
}

// worseParameters worsens every number that the list reads, its own or one of a list above, which
// the mutant then overrides: by the least step, and by leaving it open.
func (o *original) worseParameters() []mutant {
	var mutants []mutant
	o.numbers(func(p *policy.Parameter, i int) {
		value := p.Values[i].Value
		if value == nil {
			return // there is nothing to take away
		}
		figures := []figure{o.step(p, value, -1)}
		if p.Unit != policy.Years {
			figures = append(figures, figure{"open", nil})
		}
		for _, f := range figures {
			mutants = append(mutants, o.figured(p, i, f))
		}
	})
	return mutants
}

// betterParameters strengthens every number that can be better, and states one where none is.
func (o *original) betterParameters() []mutant {
	var mutants []mutant
	o.numbers(func(p *policy.Parameter, i int) {
		value := p.Values[i].Value
		switch {
		case value == nil:
			mutants = append(mutants, o.figured(p, i, figure{"1", big.NewRat(1, 1)}))
		case p.Unit == policy.Percent && value.Cmp(big.NewRat(100, 1)) >= 0:
		default:
			mutants = append(mutants, o.figured(p, i, o.step(p, value, 1)))
		}
	})
	return mutants
}

// numbers yields each dated value of each parameter that the list sees.
func (o *original) numbers(each func(p *policy.Parameter, i int)) {
	seen := map[string]bool{}
	for _, l := range o.rules.Table.Layers {
		for _, p := range l.List.Parameters {
			if !seen[p.Name] {
				seen[p.Name] = true
				for i := range p.Values {
					each(p, i)
				}
			}
		}
	}
}

// step moves a number by the least step: towards the better for direction 1, towards the worse for
// -1.
func (o *original) step(p *policy.Parameter, value *big.Rat, direction int64) figure {
	step := big.NewRat(direction, 1)
	switch p.Unit {
	case policy.Years:
		floor, compared := o.floors[p.Name]
		if !compared {
			panic("no rule compares with " + p.Name)
		}
		if floor {
			step.Neg(step)
		}
	case policy.CNY, policy.CNYPerMonth, policy.CNYPerYear:
		step.Quo(step, big.NewRat(100, 1))
	case policy.Multiple:
		if !value.IsInt() && value.Num().Cmp(big.NewInt(1)) == 0 { // 1/3: 1/4, or 1/2
			denominator := new(big.Int).Sub(value.Denom(), big.NewInt(direction))
			return figure{"1/" + denominator.String(), new(big.Rat).SetFrac(big.NewInt(1), denominator)}
		}
		step.Quo(step, big.NewRat(100, 1))
	}
	moved := new(big.Rat).Add(value, step)
	return figure{decimalText(moved), moved}
}

// figured returns a mutant with one dated value of a parameter changed.
func (o *original) figured(p *policy.Parameter, i int, f figure) mutant {
	m := mutant{
		name:    fmt.Sprintf("%s from %s: %s", p.Name, p.Values[i].From, f.name),
		clauses: o.clauses,
		catalog: func(root *yaml.Node) { setParameter(root, p, i, f.value) },
	}
	for _, a := range o.rules.Table.Layers[0].Rules {
		if slices.Contains(a.Parameters, p.Name) && !slices.Contains(m.services, a.Service.ID) {
			m.services = append(m.services, a.Service.ID)
		}
	}
	if len(m.services) == 0 {
		m.reason = unread
	}
	return m
}

// setParameter states a parameter in a list, with one value changed; -1 changes none.
func setParameter(root *yaml.Node, p *policy.Parameter, changed int, value *big.Rat) {
	parameters := get(root, "parameters")
	remove(parameters, p.Name)
	bound := p.Bound
	values := &yaml.Node{Kind: yaml.SequenceNode}
	for i, v := range p.Values {
		number := v.Value
		if i == changed {
			number = value
			switch {
			case value == nil:
				bound = policy.SetLocally
			case v.Value == nil:
				bound = policy.AtLeast
			}
		}
		text := "null"
		if number != nil {
			text = decimalText(number)
		}
		values.Content = append(values.Content, mapping("from", quoted(v.From.String()), "value", &yaml.Node{Kind: yaml.ScalarNode, Value: text}))
	}
	node := mapping("label", quoted(p.Label), "unit", quoted(string(p.Unit)), "values", values,
		"cite", &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{quoted("附件")}})
	if bound != "" {
		node.Content = append(node.Content, quoted("bound"), quoted(string(bound)))
	}
	parameters.Content = append(parameters.Content, quoted(p.Name), node)
}

// decimalText returns a number as lists write it: as a decimal where it is one, as a fraction
// otherwise.
func decimalText(r *big.Rat) string {
	if places, exact := r.FloatPrec(); exact {
		return r.FloatString(places)
	}
	return r.RatString()
}

func mapping(pairs ...any) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, p := range pairs {
		if key, ok := p.(string); ok {
			p = &yaml.Node{Kind: yaml.ScalarNode, Value: key}
		}
		n.Content = append(n.Content, p.(*yaml.Node))
	}
	return n
}

func quoted(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text, Style: yaml.DoubleQuotedStyle}
}

// get returns the value of a key of a mapping.
func get(n *yaml.Node, key string) *yaml.Node {
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// remove takes a key out of a mapping, if it is there.
func remove(n *yaml.Node, key string) {
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			n.Content = slices.Delete(n.Content, i, i+2)
			return
		}
	}
}

// item returns the mapping of a list that has an id.
func item(list *yaml.Node, id string) *yaml.Node {
	return list.Content[slices.IndexFunc(list.Content, func(n *yaml.Node) bool { return get(n, "id").Value == id })]
}

// drop takes a service out of a list, and the choices that it is part of.
func drop(root *yaml.Node, service string) {
	services := get(root, "services")
	services.Content = slices.DeleteFunc(services.Content, func(n *yaml.Node) bool { return get(n, "id").Value == service })
	choices := get(root, "choose_higher")
	if choices == nil {
		return
	}
	choices.Content = slices.DeleteFunc(choices.Content, func(n *yaml.Node) bool {
		return chooses(n, service)
	})
	if len(choices.Content) == 0 {
		remove(root, "choose_higher")
	}
}

// chooses reports whether a service is a member of a choice.
func chooses(choice *yaml.Node, service string) bool {
	if services := get(choice, "services"); services != nil {
		return slices.ContainsFunc(services.Content, func(s *yaml.Node) bool { return s.Value == service })
	}
	return slices.ContainsFunc(get(choice, "members").Content, func(m *yaml.Node) bool { return get(m, "service").Value == service })
}

func clone(n *yaml.Node) *yaml.Node {
	c := *n
	c.HeadComment, c.LineComment, c.FootComment = "", "", ""
	c.Content = make([]*yaml.Node, len(n.Content))
	for i, child := range n.Content {
		c.Content[i] = clone(child)
	}
	return &c
}
