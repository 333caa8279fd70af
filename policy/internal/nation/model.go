package nation

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/basic-eldercare/eldercare/policy/check"
)

// model is a provincial list that generated provinces copy, with what overlays may do to it.
type model struct {
	stem     string
	catalog  []byte
	rego     string
	services []service
	traits   traits
}

// service is what an overlay must repeat of a service to list it.
type service struct {
	ID, Item, Name, Group, Type string
}

// dated is a value of a parameter from a day on. Nil is open.
type dated struct {
	from  string
	value *int
}

// figure is a parameter as a list sees it: its own or that of a list above.
type figure struct {
	label, unit, bound string
	history            []dated
}

// traits tell what is known of the parameters and services of a model.
type traits struct {
	raised  []string // amounts that lower levels raise; more is better
	lowered []string // ages from which something is granted; less is better
	extra   []extra
	slips   []slip
}

// extra is more than the model promises: a rule for a service that it lacks, or a further rule for
// one that it has.
type extra struct {
	service
	inherits   bool
	measures   string
	conditions []string
}

// slip is a known way to fall short of the list above.
type slip struct {
	parameter string // the parameter made worse; empty for the kind omitted and for a rule
	by        int    // added to the parameter; 0 leaves it open
	service   string // the service left out or narrowed, where there is no parameter
	rule      *extra // replaces the inherited rule
	undercuts []Undercut
}

func traitsOf(stem string) traits {
	t := traits{extra: extras(), slips: sharedSlips()}
	switch stem {
	case "shanxi":
		t.raised = []string{"care_service_subsidy_advanced_monthly", "nursing_subsidy_monthly", "caregiver_training_inclusive_once", "caregiver_training_order_based_once", "visits_per_month"}
		t.lowered = []string{"capability_assessment_age", "health_management_age", "public_transport_age", "old_age_allowance_age", "care_service_subsidy_advanced_age", "meal_subsidy_age"}
		t.extra = append(t.extra, extra{
			service: service{ID: "judicial-assistance"}, inherits: true, measures: `{"legal_aid": grant.included}`,
			conditions: []string{"elder.is_elder", "input.legal_aid_eligible"},
		})
		t.slips = append(t.slips,
			worse("public_transport_age", 1, "public-transport-concession", check.Narrower, ""),
			worse("old_age_allowance_age", 1, "old-age-allowance", check.Narrower, ""),
			worse("care_service_subsidy_advanced_monthly", -5, "care-service-subsidy", check.Lower, "monthly_cny"),
			worse("care_service_subsidy_advanced_monthly", 0, "care-service-subsidy", check.Open, "monthly_cny"),
			worse("caregiver_training_inclusive_once", -100, "family-care-support", check.Lower, "once_cny"),
			slip{parameter: "nursing_subsidy_monthly", by: -10, undercuts: []Undercut{
				{Service: "nursing-subsidy", Kind: check.Lower, Measure: "monthly_cny"},
				{Service: "dispersed-support", Kind: check.Lower, Measure: "nursing_monthly_cny"},
			}},
		)
	case "henan":
		t.raised = []string{"old_age_allowance_eighties_monthly", "old_age_allowance_nineties_monthly", "old_age_allowance_centenarian_monthly", "care_service_subsidy_monthly", "nursing_subsidy_monthly", "disabled_living_allowance_monthly", "premium_subsidy_annual", "visits_per_month"}
		t.lowered = []string{"capability_assessment_age", "health_management_age", "old_age_allowance_eighties_from", "advanced_age"}
		t.slips = append(t.slips,
			worse("old_age_allowance_eighties_from", 1, "old-age-allowance", check.Narrower, ""),
			worse("old_age_allowance_nineties_to", -1, "old-age-allowance", check.Narrower, ""),
			worse("care_service_subsidy_monthly", -5, "care-service-subsidy", check.Lower, "monthly_cny"),
			worse("nursing_subsidy_monthly", 0, "nursing-subsidy", check.Open, "monthly_cny"),
			worse("disabled_living_allowance_monthly", -5, "disabled-living-allowance", check.Lower, "monthly_cny"),
			worse("premium_subsidy_annual", -10, "medical-assistance", check.Lower, "annual_cny"),
		)
	}
	return t
}

func extras() []extra {
	return []extra{
		{
			service:    service{ID: "community-home-care", Name: "社区居家照料服务", Group: "60周岁及以上老年人", Type: "照护服务"},
			measures:   "{}",
			conditions: []string{"elder.is_elder"},
		},
		{
			service:    service{ID: "only-child-care-leave", Name: "独生子女照料假", Group: "60周岁及以上老年人", Type: "照护服务"},
			measures:   "{}",
			conditions: []string{"elder.is_elder", "input.only_child_parent", "input.hospitalised"},
		},
	}
}

func sharedSlips() []slip {
	slips := []slip{
		worse("capability_assessment_age", 1, "capability-assessment", check.Narrower, ""),
		worse("health_management_age", 1, "health-management", check.Narrower, ""),
	}
	for _, id := range []string{"home-adaptation", "vagrant-assistance", "contributor-support", "disabled-nursing-allowance"} {
		slips = append(slips, slip{service: id, undercuts: []Undercut{{Service: id, Kind: check.Omitted}}})
	}
	for _, narrowed := range []struct{ service, condition string }{
		{"priority-institutional-care", "input.special_family"}, {"vagrant-assistance", "input.homeless"},
	} {
		slips = append(slips, slip{
			service:   narrowed.service,
			rule:      &extra{measures: "{}", conditions: []string{"elder.is_elder", narrowed.condition, "input.local_hukou"}},
			undercuts: []Undercut{{Service: narrowed.service, Kind: check.Narrower}},
		})
	}
	return slips
}

func worse(parameter string, by int, service string, kind check.Kind, measure string) slip {
	return slip{parameter: parameter, by: by, undercuts: []Undercut{{Service: service, Kind: kind, Measure: measure}}}
}

// model reads a provincial list of the base.
func (g *generator) model(stem string) (*model, error) {
	m := &model{stem: stem, traits: traitsOf(stem)}
	var err error
	if m.catalog, err = fs.ReadFile(g.base, "catalogs/"+stem+".yaml"); err != nil {
		return nil, err
	}
	rego, err := fs.ReadFile(g.base, "rego/lists/"+stem+".rego")
	if err != nil {
		return nil, err
	}
	m.rego = string(rego)
	var list struct{ Services []service }
	if err := yaml.Unmarshal(m.catalog, &list); err != nil {
		return nil, fmt.Errorf("catalogs/%s.yaml: %w", stem, err)
	}
	m.services = list.Services
	return m, nil
}

// copy returns the model's list for another province, with varied amounts, and the figures that the
// lists below see.
func (g *generator) copy(m *model, d *division) (catalog, rego string, figures map[string]figure, err error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(m.catalog, &doc); err != nil {
		return "", "", nil, err
	}
	root := doc.Content[0]
	doc.HeadComment, root.HeadComment, root.Content[0].HeadComment = "", "", ""
	jurisdiction := child(root, "jurisdiction")
	child(jurisdiction, "id").SetString(d.id)
	child(jurisdiction, "name").SetString(d.name)
	code := child(jurisdiction, "code")
	code.SetString(d.code)
	code.Style = yaml.DoubleQuotedStyle
	figures = map[string]figure{}
	parameters := child(root, "parameters")
	for i := 0; i < len(parameters.Content); i += 2 {
		name, p := parameters.Content[i].Value, parameters.Content[i+1]
		figures[name] = g.vary(m, name, p)
	}
	var b bytes.Buffer
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(&doc); err != nil {
		return "", "", nil, err
	}
	rego = strings.Replace(m.rego, "package lists."+m.stem, "package lists."+d.id, 1)
	return b.String(), rego, figures, nil
}

// vary changes the value of an amount, and reads the parameter.
func (g *generator) vary(m *model, name string, p *yaml.Node) figure {
	f := figure{label: child(p, "label").Value, unit: child(p, "unit").Value}
	if bound := child(p, "bound"); bound != nil {
		f.bound = bound.Value
	}
	for _, v := range child(p, "values").Content {
		from, value := child(v, "from"), child(v, "value")
		d := dated{from: from.Value}
		if r, ok := new(big.Rat).SetString(value.Value); ok && r.IsInt() {
			n := int(r.Num().Int64())
			if slices.Contains(m.traits.raised, name) && n >= 10 {
				n += n / 10 * g.random.IntN(6)
				value.Value = strconv.Itoa(n)
			}
			d.value = &n
		}
		f.history = append(f.history, d)
	}
	return f
}

// child returns the value of a key of a mapping, or nil when there is none.
func child(n *yaml.Node, key string) *yaml.Node {
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}
