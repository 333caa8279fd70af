package synth

// trait is how often an attribute has each of its values.
type trait struct {
	attribute string
	odds      []odds
}

// odds are the shares of the values among those for whom a condition holds; the first that holds
// counts. A condition names attributes that were drawn before with some of their values, all of
// which must hold; the empty one holds for everybody.
//
// Shares are relative. A value is a word of the vocabulary, true or false, a number, or a span of
// numbers with both ends, within which each is as likely. What is in no share nobody has.
type odds struct{ condition, shares string }

// traits are rough orders of magnitude of a county's register, chosen by the maintainers so that
// every condition of a list has elders who meet it and more who do not. They are no statistics:
// nothing may be concluded from them about any place or people.
//
// The order is that of drawing. An attribute that is not named is drawn by its type: see
// [drawer.usual].
var traits = []trait{
	{"age", []odds{{"",
		"55-59 260, 60-64 215, 65-69 185, 70-74 145, 75-79 90, 80-84 57, 85-89 32, 90-94 12, 95-99 3, 100-104 1",
	}}},
	{"hukou_place", []odds{{"", "here 900, city 45, province 35, outside 20"}}},
	{"residence_place", []odds{
		{"hukou_place here", "here 930, city 35, province 20, outside 15"},
		{"", "here 750, city 120, province 80, outside 50"},
	}},
	{"pension_scheme", []odds{{"", "none 40, employee 340, resident 620"}}},
	{"pension_contribution_years", []odds{
		{"pension_scheme none", "0 1"},
		{"pension_scheme employee", "8-14 60, 15-24 380, 25-34 380, 35-44 180"},
		{"", "0-14 250, 15-18 650, 19-30 100"},
	}},
	{"retired", []odds{
		{"pension_scheme none resident", "true 30, false 970"},
		{"age 55-59", "true 560, false 440"},
		{"age 60-64", "true 900, false 100"},
		{"", "true 980, false 20"},
	}},
	{"receives_other_pension", []odds{{"pension_scheme employee", "true 5, false 995"}, {"", "true 40, false 960"}}},
	{"medical_scheme", []odds{
		{"pension_scheme employee", "none 5, employee 930, resident 65"},
		{"", "none 25, employee 25, resident 950"},
	}},
	{"assistance_category", []odds{
		{"pension_scheme employee", "none 975, dibao 8, tekun 1, dibao_marginal 8, expenditure_hardship 8"},
		{"", "none 865, dibao 75, tekun 20, dibao_marginal 25, expenditure_hardship 15"},
	}},
	{"support_mode", []odds{{"", "dispersed 720, concentrated 280"}}},
	{"economic_hardship", []odds{
		{"assistance_category dibao tekun dibao_marginal", "true 920, false 80"},
		{"assistance_category expenditure_hardship", "true 650, false 350"},
		{"", "true 20, false 980"},
	}},
	{"poverty_monitoring", []odds{
		{"pension_scheme employee", "none 1"},
		{"assistance_category none", "none 990, returned 4, at_risk 6"},
		{"", "none 900, returned 45, at_risk 55"},
	}},
	{"hardship_after_dibao", []odds{{"assistance_category dibao", "true 180, false 820"}, {"", "false 1"}}},
	{"housing_hardship", []odds{{"assistance_category none", "true 8, false 992"}, {"", "true 110, false 890"}}},
	{"self_care", []odds{
		{"age 90-130", "full 420, partial 370, none 210"},
		{"age 80-89", "full 690, partial 220, none 90"},
		{"age 70-79", "full 890, partial 80, none 30"},
		{"", "full 960, partial 30, none 10"},
	}},
	{"ability_level", []odds{
		{"self_care full", "unassessed 940, intact 60"},
		{"self_care partial", "unassessed 600, mild 250, moderate 150"},
		{"", "unassessed 480, severe 310, complete 210"},
	}},
	{"disability_grade", []odds{
		{"self_care none", "0 560, 1 220, 2 140, 3 50, 4 30"},
		{"self_care partial", "0 720, 1 50, 2 90, 3 80, 4 60"},
		{"", "0 935, 1 5, 2 12, 3 23, 4 25"},
	}},
	{"disability_kind", []odds{
		{"disability_grade 0", "none 1"},
		{"", "visual 150, hearing 170, speech 10, physical 520, intellectual 40, mental 70, multiple 40"},
	}},
	{"long_term_care_need", []odds{
		{"self_care none", "true 920, false 80"}, {"self_care partial", "true 300, false 700"}, {"", "true 5, false 995"},
	}},
	{"living_alone", []odds{
		{"age 80-130", "true 210, false 790"}, {"age 70-79", "true 150, false 850"}, {"", "true 90, false 910"},
	}},
	{"empty_nest", []odds{{"living_alone true", "true 700, false 300"}, {"", "true 340, false 660"}}},
	{"left_behind", []odds{{"pension_scheme employee", "true 20, false 980"}, {"", "true 160, false 840"}}},
	{"only_child_parent", []odds{{"age 55-74", "true 240, false 760"}, {"", "true 60, false 940"}}},
	{"special_family", []odds{{"only_child_parent true", "true 25, false 975"}, {"", "true 1, false 999"}}},
	{"hospitalised", []odds{{"self_care full", "true 20, false 980"}, {"", "true 80, false 920"}}},
	{"contributor", []odds{{"", `none 978, martyr_survivor 2, duty_death_survivor 1, illness_death_survivor 2, disabled_veteran 4,
		demobilised_veteran 3, discharged_veteran 10`}}},
	{"without_supporter", []odds{{"assistance_category tekun", "true 950, false 50"}, {"", "true 12, false 988"}}},
	{"state_pension_benefit", []odds{{"contributor none", "false 1"}, {"", "true 720, false 280"}}},
	{"key_preferential", []odds{{"contributor none", "false 1"}, {"", "true 560, false 440"}}},
	{"homeless", []odds{{"", "true 1, false 1999"}}},
	{"legal_aid_eligible", []odds{{"assistance_category none", "true 15, false 985"}, {"", "true 300, false 700"}}},
	{"support_claim_unenforceable", []odds{{"", "true 2, false 998"}}},
	{"first_will_notarisation", []odds{{"age 80-130", "true 40, false 960"}, {"", "true 15, false 985"}}},
	{"uses_meal_service", []odds{{"age 80-130", "true 280, false 720"}, {"", "true 140, false 860"}}},
	{"caregiver_training", []odds{
		{"self_care partial none", "none 800, inclusive 150, order_based 50"}, {"", "none 985, inclusive 12, order_based 3"},
	}},
}

// townships are invented, with how many of a thousand elders live in each. The last are small, as
// in real registers.
var townships = []struct {
	name    string
	english string
	share   int
}{
	{"城关镇", "Township 1", 260},
	{"河东镇", "Township 2", 180},
	{"河西镇", "Township 3", 150},
	{"南庄镇", "Township 4", 120},
	{"石桥镇", "Township 5", 100},
	{"北庄乡", "Township 6", 80},
	{"柳林乡", "Township 7", 60},
	{"双泉乡", "Township 8", 40},
	{"青山乡", "Township 9", 9},
	{"大树乡", "Township 10", 1},
}
