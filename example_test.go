package eldercare_test

import (
	"context"
	"fmt"
	"log"

	"github.com/basic-eldercare/eldercare"
)

func ExampleEngine_Evaluate() {
	ctx := context.Background()
	engine, err := eldercare.Load(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	decision, err := engine.Evaluate(ctx, "hongtong", eldercare.Elder{"age": 100, "local_hukou": true}, eldercare.OnDate("2026-11-22"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range decision.Entitled {
		if p, ok := e.Promises["monthly_cny"]; ok && p.Open() {
			fmt.Println(e.Name, "amount left open:", e.Cite[0])
		} else if ok {
			fmt.Println(e.Name, p.Bound, p.Value, "yuan a month:", e.Cite[0])
		}
	}
	total := decision.MonthlyCNY
	fmt.Println("together", total.Bound, total.Value)
	for _, n := range total.NotAdded {
		fmt.Println("not added:", n.Service, "in favour of", n.InFavourOf)
	}
	// Output:
	// 高龄津贴 amount left open: 推进全县基本养老服务体系建设实施方案 附件 12
	// 百岁补贴 at_least 300 yuan a month: 推进全县基本养老服务体系建设实施方案 附件 13
	// together at_least 300
	// not added: old-age-allowance in favour of centenarian-allowance
}

// Why somebody has no service yet, and when time brings it.
func ExampleEngine_Explain() {
	ctx := context.Background()
	engine, err := eldercare.Load(ctx)
	if err != nil {
		log.Fatal(err)
	}
	elder := eldercare.Elder{"birth_date": "1946-12-05", "local_hukou": true}
	why, err := engine.Explain(ctx, "shuozhou", elder, "old-age-allowance", eldercare.OnDate("2026-11-22"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(why.Answer, "before", why.EligibleFrom, "at the age of", *why.EligibleAge)
	// Output: not_entitled before 2026-12-05 at the age of 80
}

// What to ask next, until nothing more is possible than is certain.
func ExampleEngine_NextQuestions() {
	ctx := context.Background()
	engine, err := eldercare.Load(ctx)
	if err != nil {
		log.Fatal(err)
	}
	questions, err := engine.NextQuestions(ctx, "shuozhou", eldercare.Elder{"age": 85})
	if err != nil {
		log.Fatal(err)
	}
	for _, q := range questions[:1] {
		fmt.Println(q.English, q.Type)
	}
	// Output: social assistance category enum
}

// A notice says what is due, since when, and what time will bring; package policy/notice prints it.
func ExampleEngine_Notice() {
	ctx := context.Background()
	engine, err := eldercare.Load(ctx)
	if err != nil {
		log.Fatal(err)
	}
	elder := eldercare.Elder{"id": "S-1", "birth_date": "1946-12-05", "local_hukou": true}
	told, err := engine.Notice(ctx, "shuozhou", elder, eldercare.OnDate("2026-11-22"), eldercare.AssumeKnown())
	if err != nil {
		log.Fatal(err)
	}
	for _, item := range told.Soon {
		fmt.Println(item.Service, "from", item.Since)
	}
	// Output: old-age-allowance from 2026-12-05
}

// Month by month: an allowance begins with the first month after the birthday.
func ExampleEngine_Timeline() {
	ctx := context.Background()
	engine, err := eldercare.Load(ctx)
	if err != nil {
		log.Fatal(err)
	}
	elder := eldercare.Elder{"birth_date": "1946-12-05", "local_hukou": true}
	from, to := eldercare.Month{Year: 2026, Month: 11}, eldercare.Month{Year: 2027, Month: 2}
	timeline, err := engine.Timeline(ctx, "shuozhou", elder, from, to, eldercare.AssumeKnown())
	if err != nil {
		log.Fatal(err)
	}
	for _, month := range timeline.Months {
		fmt.Println(month.Month, *month.Age, month.MonthlyCNY.Value)
		for _, c := range month.Changes {
			fmt.Println("       ", c.Service, c.Kind, "by", c.Cause)
		}
	}
	// Output:
	// 2026-11 79 0
	// 2026-12 79 0
	// 2027-01 80 30
	//         old-age-allowance begins by age
	// 2027-02 80 30
}

// Counts and sums over many elders, without a decision for each.
func ExampleEngine_Roster() {
	ctx := context.Background()
	engine, err := eldercare.Load(ctx)
	if err != nil {
		log.Fatal(err)
	}
	roster, err := engine.Roster(ctx, "shuozhou", eldercare.OnDate("2026-11-22"), eldercare.AssumeKnown())
	if err != nil {
		log.Fatal(err)
	}
	for _, age := range []int{79, 80, 91} {
		if err := roster.Add(eldercare.Elder{"age": age, "local_hukou": true}); err != nil {
			log.Fatal(err)
		}
	}
	totals, err := roster.Totals(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, s := range totals.Services {
		if s.Service == "old-age-allowance" {
			fmt.Println(s.Entitled, "of", totals.Elders, "have it, and", s.Cash[0].Fen/100, "yuan a month together")
		}
	}
	// Output: 2 of 3 have it, and 60 yuan a month together
}

// A decision for each of many elders. Those who are granted the same share one.
func ExampleRoster_Decide() {
	ctx := context.Background()
	engine, err := eldercare.Load(ctx)
	if err != nil {
		log.Fatal(err)
	}
	roster, err := engine.Roster(ctx, "shuozhou", eldercare.OnDate("2026-11-22"), eldercare.AssumeKnown())
	if err != nil {
		log.Fatal(err)
	}
	for _, age := range []int{79, 80, 81} {
		if err := roster.Add(eldercare.Elder{"age": age, "local_hukou": true}); err != nil {
			log.Fatal(err)
		}
	}
	decisions, err := roster.Decide(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for row := range roster.Len() {
		fmt.Println(row, decisions.At(row).MonthlyCNY.Value)
	}
	fmt.Println(len(decisions.Distinct), "different decisions")
	// Output:
	// 0 0
	// 1 30
	// 2 30
	// 2 different decisions
}

// Many elders one after the other, by the rules of a jurisdiction and day.
func ExampleEngine_Rules() {
	ctx := context.Background()
	engine, err := eldercare.Load(ctx)
	if err != nil {
		log.Fatal(err)
	}
	rules, err := engine.Rules(ctx, "shuozhou", eldercare.Date{Year: 2026, Month: 11, Day: 22})
	if err != nil {
		log.Fatal(err)
	}
	rules = rules.AssumeKnown(true)
	for _, age := range []int{79, 80} {
		profile, err := rules.Encode(eldercare.Elder{"age": age, "local_hukou": true})
		if err != nil {
			log.Fatal(err)
		}
		decision, err := rules.Decide(ctx, &profile)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(age, decision.MonthlyCNY.Value)
	}
	// Output:
	// 79 0
	// 80 30
}

// What a list falls short of another in, and who would lose.
func ExampleEngine_Check() {
	ctx := context.Background()
	engine, err := eldercare.Load(ctx)
	if err != nil {
		log.Fatal(err)
	}
	report, err := engine.Check(ctx, "hongtong", eldercare.Against("shuozhou"), eldercare.OnDate("2026-11-22"))
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range report.Findings[:1] {
		fmt.Println(f.Service, f.Kind, f.Measure, f.Witness)
	}
	// Output: public-transport-concession lower rail_discount_percent map[age:65]
}

// What two lists promise, compared for everybody who can exist.
func ExampleEngine_Diff() {
	ctx := context.Background()
	engine, err := eldercare.Load(ctx)
	if err != nil {
		log.Fatal(err)
	}
	compared, err := engine.Diff(ctx, "shuozhou", "hongtong", eldercare.OnDate("2026-11-22"))
	if err != nil {
		log.Fatal(err)
	}
	for _, s := range compared.Services {
		if s.Service == "public-transport-concession" {
			fmt.Println(s.Service, "is", s.Relation, "in", compared.B.Name)
			for _, d := range s.Differences {
				fmt.Println(d.Measure, "for", d.Witness)
			}
		}
	}
	// Output:
	// public-transport-concession is weaker in 洪洞县
	// rail_discount_percent for map[age:65]
}

// The cases and Rego tests of a list, as a test of a program may run them for a folder of its own.
func ExampleEngine_Test() {
	ctx := context.Background()
	engine, err := eldercare.Load(ctx, eldercare.WithJurisdictions("shuozhou"))
	if err != nil {
		log.Fatal(err)
	}
	report, err := engine.Test(ctx, eldercare.TestsOf("shuozhou"))
	if err != nil {
		log.Fatal(err)
	}
	for _, t := range report.Failed() {
		fmt.Println(t.Pos, t.Name, t.Differences, t.Failed)
	}
	fmt.Println(len(report.Failed()), "failed")
	// Output: 0 failed
}

// Who publishes a list.
func ExampleEngine_Jurisdictions() {
	engine, err := eldercare.Load(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	for _, j := range engine.Jurisdictions() {
		fmt.Println(j.Code, j.Name, j.Level)
	}
	// Output:
	// 140000 山西省 province
	// 140600 朔州市 city
	// 141024 洪洞县 county
	// 410000 河南省 province
	// 410724 获嘉县 county
}

// A list as data: its document, and a figure with its source.
func ExampleEngine_List() {
	engine, err := eldercare.Load(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	list, err := engine.List("shuozhou", eldercare.Date{Year: 2026, Month: 11, Day: 22})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(list.Document.Number, "in force from", list.EffectiveFrom)
	for _, p := range list.Parameters {
		if p.Name == "old_age_allowance_monthly" {
			fmt.Println(p.Label, p.Bound, p.Values[0].Value.RatString(), "from", p.Values[0].From)
		}
	}
	// Output:
	// 朔政办发〔2023〕36号 in force from 2023-11-20
	// 高龄津贴标准 at_least 30 from 2023-11-20
}

// The lists alone, without their rules, which takes less time than Load.
func ExampleLoadCatalog() {
	catalog, err := eldercare.LoadCatalog(context.Background(), eldercare.WithJurisdictions("shuozhou"))
	if err != nil {
		log.Fatal(err)
	}
	for _, list := range catalog.Lists { // with that of the province above
		fmt.Println(list.Jurisdiction.Name, list.Document.Basis)
	}
	// Output:
	// 山西省 reconstructed
	// 朔州市 official
}

// What is probably wrong in a list, and is not accepted in it with a reason.
func ExampleEngine_Lint() {
	ctx := context.Background()
	engine, err := eldercare.Load(ctx)
	if err != nil {
		log.Fatal(err)
	}
	findings, err := engine.Lint(ctx, "shuozhou", eldercare.OnDate("2026-11-22"))
	if err != nil {
		log.Fatal(err)
	}
	open := 0
	for _, f := range findings {
		if f.Accepted == "" {
			open++
		}
	}
	fmt.Println(open, "of them to mend")
	// Output: 0 of them to mend
}

// A program's own struct is bound once; each elder then costs no map.
func ExampleBind() {
	type Resident struct {
		Number string           `eldercare:"id"`
		Born   eldercare.Date   `eldercare:"birth_date"`
		Hukou  string           `eldercare:"hukou_code"`
		Alone  *bool            `eldercare:"living_alone"` // nil is unknown
		Paid   map[string]int64 // not of the elder
	}
	ctx := context.Background()
	engine, err := eldercare.Load(ctx, eldercare.WithJurisdictions("hongtong"))
	if err != nil {
		log.Fatal(err)
	}
	residents, err := eldercare.Bind[Resident](engine)
	if err != nil {
		log.Fatal(err)
	}
	rules, err := engine.Rules(ctx, "hongtong", eldercare.Date{Year: 2026, Month: 11, Day: 22})
	if err != nil {
		log.Fatal(err)
	}
	profile, err := residents.Profile(rules, &Resident{Number: "H-100", Born: eldercare.Date{Year: 1926, Month: 5, Day: 4}, Hukou: "141024"})
	if err != nil {
		log.Fatal(err)
	}
	decision, err := rules.Decide(ctx, &profile)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(profile.ID, len(decision.Entitled), decision.MonthlyCNY.Bound, decision.MonthlyCNY.Value)
	// Output: H-100 7 at_least 300
}
