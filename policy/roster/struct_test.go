package roster_test

import (
	"reflect"

	"github.com/basic-eldercare/eldercare/policy/elder"
)

// record is an elder as somebody would write it who needs the rules of one list only.
type record struct {
	age, contributionYears, disabilityGrade           int
	pension, category, mode, selfCare, kind, veteran  string
	training, medical                                 string
	hukou, retired, otherPension, hardship            bool
	afterDibao, housing, alone, empty, left, special  bool
	withoutSupporter, benefit, homeless, unpaid, eats bool
}

func newRecord(space *elder.Space, c elder.Cells) record {
	e := space.Elder(c)
	number := func(name string) int { n, _ := e[name].(int); return n }
	text := func(name string) string { s, _ := e[name].(string); return s }
	is := func(name string) bool { b, _ := e[name].(bool); return b }
	return record{
		age: number("age"), contributionYears: number("pension_contribution_years"), disabilityGrade: number("disability_grade"),
		pension: text("pension_scheme"), category: text("assistance_category"), mode: text("support_mode"),
		selfCare: text("self_care"), kind: text("disability_kind"), veteran: text("contributor"), training: text("caregiver_training"),
		medical: text("medical_scheme"),
		hukou:   is("local_hukou"), retired: is("retired"), otherPension: is("receives_other_pension"), hardship: is("economic_hardship"),
		afterDibao: is("hardship_after_dibao"), housing: is("housing_hardship"), alone: is("living_alone"), empty: is("empty_nest"),
		left: is("left_behind"), special: is("special_family"), withoutSupporter: is("without_supporter"),
		benefit: is("state_pension_benefit"), homeless: is("homeless"), unpaid: is("support_claim_unenforceable"),
		eats: is("uses_meal_service"),
	}
}

// grants returns the rules that hold, by their place in the list's file: the rules of the list
// written out in Go, as the least that anything could take. It makes no decision of them.
func (r *record) grants() uint64 {
	var held uint64
	grant := func(rule int, holds bool) {
		if holds {
			held |= 1 << rule
		}
	}
	isElder := r.age >= 60
	hardship := r.hardship || r.category == "dibao" || r.category == "tekun" || r.category == "dibao_marginal"
	unable := r.selfCare == "partial" || r.selfCare == "none"
	severe := r.disabilityGrade == 1 || r.disabilityGrade == 2
	lesser := r.disabilityGrade == 3 || r.disabilityGrade == 4
	concentrated := r.category == "tekun" && r.mode == "concentrated"
	atHome := isElder && r.category == "tekun" && r.mode == "dispersed"
	grant(0, r.pension == "employee" && r.contributionYears >= 15 && r.retired)
	grant(1, r.pension == "resident" && isElder && r.contributionYears >= 15 && !r.otherPension)
	grant(2, isElder && r.unpaid)
	grant(3, isElder)
	grant(4, isElder && r.age < 65)
	for rule := 5; rule <= 8; rule++ {
		grant(rule, r.age >= 65)
	}
	grant(9, r.age >= 80 && r.hukou)
	grant(10, isElder && hardship)
	grant(11, r.age >= 80 && hardship)
	grant(12, isElder && hardship && !concentrated)
	grant(13, r.age >= 80 && r.category == "dibao" && r.hukou && r.eats)
	grant(14, isElder && hardship && unable)
	grant(15, isElder && unable && r.training == "inclusive")
	grant(16, isElder && unable && r.training == "order_based")
	grant(17, isElder && r.category == "dibao" && r.afterDibao)
	grant(18, atHome)
	grant(19, atHome && (r.medical == "none" || r.medical == "resident"))
	grant(20, atHome && r.selfCare == "full")
	grant(21, atHome && r.selfCare == "partial")
	grant(22, atHome && r.selfCare == "none")
	grant(23, atHome && r.housing)
	grant(24, isElder && concentrated)
	grant(25, isElder && (r.alone || r.empty || r.left || unable || severe || r.special))
	grant(26, isElder && unable)
	grant(27, isElder && r.veteran != "none" && r.veteran != "" && r.withoutSupporter && r.benefit)
	grant(28, isElder && r.special)
	grant(29, isElder && (severe || lesser) && (r.category == "dibao" || r.category == "dibao_marginal"))
	grant(30, isElder && severe)
	grant(31, isElder && lesser && (r.kind == "intellectual" || r.kind == "mental"))
	grant(32, isElder && r.homeless)
	return held
}

// bound is the same elder as a program of its own may hold one, bound by tags; nil is unknown.
type bound struct {
	Age          *int    `eldercare:"age"`
	Years        *int    `eldercare:"pension_contribution_years"`
	Grade        *int    `eldercare:"disability_grade"`
	Pension      *string `eldercare:"pension_scheme"`
	Category     *string `eldercare:"assistance_category"`
	Mode         *string `eldercare:"support_mode"`
	SelfCare     *string `eldercare:"self_care"`
	Kind         *string `eldercare:"disability_kind"`
	Contributor  *string `eldercare:"contributor"`
	Training     *string `eldercare:"caregiver_training"`
	Medical      *string `eldercare:"medical_scheme"`
	Hukou        *bool   `eldercare:"local_hukou"`
	Retired      *bool   `eldercare:"retired"`
	OtherPension *bool   `eldercare:"receives_other_pension"`
	Hardship     *bool   `eldercare:"economic_hardship"`
	AfterDibao   *bool   `eldercare:"hardship_after_dibao"`
	Housing      *bool   `eldercare:"housing_hardship"`
	Alone        *bool   `eldercare:"living_alone"`
	Empty        *bool   `eldercare:"empty_nest"`
	Left         *bool   `eldercare:"left_behind"`
	Special      *bool   `eldercare:"special_family"`
	Unsupported  *bool   `eldercare:"without_supporter"`
	Benefit      *bool   `eldercare:"state_pension_benefit"`
	Homeless     *bool   `eldercare:"homeless"`
	Unpaid       *bool   `eldercare:"support_claim_unenforceable"`
	Eats         *bool   `eldercare:"uses_meal_service"`
}

// newBound returns what an elder says of the fields.
func newBound(e elder.Elder) bound {
	var b bound
	v := reflect.ValueOf(&b).Elem()
	for i := range v.NumField() {
		if value := e[v.Type().Field(i).Tag.Get("eldercare")]; value != nil {
			field := reflect.New(v.Field(i).Type().Elem())
			field.Elem().Set(reflect.ValueOf(value))
			v.Field(i).Set(field)
		}
	}
	return b
}
