package sql_test

import (
	"regexp"
	"slices"
	"testing"

	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/ruleset"
	"github.com/basic-eldercare/eldercare/policy/sql"
)

// breakages are faults that a compiler could have, as what they do to the statements that it
// writes.
var breakages = []struct {
	name, jurisdiction, on string
	view                   string // in which
	what, by               string
}{
	{"NULL is taken for false", "hongtong", today, "elder_answer", `"[a-z_]+" IS NULL OR `, ""},
	{"NULL is taken for what is best", "hongtong", today, "elder_answer", `WHEN ("age" >= 80)`, `WHEN ("age" IS NULL OR $1)`},
	{"a bound is off by one", "hongtong", today, "elder_answer", `"age" >= 65`, `"age" > 65`},
	{"a bound is off by one from below", "hongtong", today, "elder_answer", `"age" >= 80`, `"age" >= 79`},
	{"a birthday counts a day late", "hongtong", today, "elder_read", `<= '1946-11-22'`, `< '1946-11-22'`},
	{"29 February is a birthday on 28 February", "hongtong", "2027-02-28", "elder_read", `-02-28' THEN`, `-02-29' THEN`},
	{"a group of which the highest is paid is lost", "hongtong", today, "decision", ` AND \("dispersed_support__outcome" [^)]+\) THEN 10000`, " THEN 10000"},
	{"all of such a group is lost", "hongtong", today, "decision", `CASE WHEN "nursing_subsidy__outcome" = 1 AND [^)]+\) THEN 10000 ELSE 0 END`, "0"},
	{"a box is lost", "hongtong", today, "elder_answer", `\n    OR "age" <= 59( THEN 3\n)`, "$1"},
	{"a value of an enum is lost", "hongtong", today, "elder_answer", `"assistance_category" BETWEEN 2 AND 4`, `"assistance_category" BETWEEN 2 AND 3`},
	{"false is taken for true", "hongtong", today, "elder_answer", `"receives_other_pension" = 1`, `"receives_other_pension" = 0`},
	{"two outcomes are exchanged", "hongtong", today, "elder_answer", `THEN 1\n    ELSE 2 END`, "THEN 2\n    ELSE 1 END"},
	{"what one attribute gives of another is lost", "hongtong", today, "elder_read", `coalesce\((CASE WHEN "given__self_care" [^,]+), CASE [^\n]+ END\) AS`, "$1 AS"},
	{"what disagrees is not refused", "hongtong", today, "elder_checked", `\n    WHEN "ability_level" [^\n]+ THEN 'contradiction'`, ""},
	{"a contradiction is not refused", "hongtong", today, "elder_checked", `"disability_grade" >= 1 AND`, `"disability_grade" >= 5 AND`},
	{"an age that a date belies is not refused", "hongtong", today, "elder_read", `ELSE 1 = 0 END THEN 'contradiction'`, `ELSE 1 = 0 END AND 1 = 0 THEN 'contradiction'`},
	{"fen are taken for yuan", "hongtong", today, "decision", `THEN 7000 END AS "care_service_subsidy__monthly_cny"`, `THEN 70 END AS "care_service_subsidy__monthly_cny"`},
	{"an open amount leaves the sum exact", "huojia", today, "decision", `CASE WHEN [^\n]+ THEN 'at_least'\n    WHEN`, "CASE WHEN"},
	{"certain is taken for what it could be", "hongtong", today, "decision", `"centenarian_allowance__outcome" = 2 THEN 30000`, `"centenarian_allowance__outcome" = 1 THEN 30000`},
	{"a permission is taken for a promise", "xuqu", today, "decision", `THEN 'discretionary'`, `THEN 'entitled'`},
	{"a linked bundle is lost", "xuqu", today, "decision", `THEN '\[[^']+' END AS`, "THEN NULL END AS"},
	{"an interval of an income is off by one", "xuqu", today, "elder_answer", `"income_monthly_cny" <= ([0-9]+)`, `"income_monthly_cny" < $1`},
}

// compared are a list on a day with its script, and elders with what Go answers about them.
type compared struct {
	rs     *ruleset.Ruleset
	script *sql.Script
	elders []elder.Elder
	want   []row
}

func comparedOn(t *testing.T, jurisdiction, on string) *compared {
	t.Helper()
	rs := rulesOn(t, engine(), jurisdiction, on)
	c := &compared{rs: rs, script: scriptOf(t, rs, sql.SQLite), elders: newPeople(rs, 1).elders(effort.Of(2000, 2000, 3000))}
	for _, e := range c.elders {
		c.want = append(c.want, wanted(t, rs, e))
	}
	return c
}

// sees reports whether a database with these views answers about any elder otherwise than Go.
func (c *compared) sees(t *testing.T, views []sql.Statement) bool {
	t.Helper()
	l, s := newLite(t), *c.script
	s.Views = views
	defer l.Close()
	l.run(t, &s)
	l.fill(t, columnsOf(c.rs), c.elders)
	got := l.decided(t)
	for i, e := range c.elders {
		if len(differing(got[e.ID()], c.want[i])) > 0 {
			return true
		}
	}
	return len(got) != len(c.elders)
}

// Each such fault is seen when answers are compared with Go's, and without one nothing differs.
func TestBrokenCompilerIsSeen(t *testing.T) {
	all := map[string]*compared{} // by list and day
	for _, b := range breakages {
		of := b.jurisdiction + " on " + b.on
		if all[of] == nil {
			all[of] = comparedOn(t, b.jurisdiction, b.on)
			if all[of].sees(t, all[of].script.Views) {
				t.Errorf("%s: something differs without a fault", of)
			}
		}
		t.Run(b.name, func(t *testing.T) {
			views, broken := slices.Clone(all[of].script.Views), false
			for i, st := range views {
				if st.Name != b.view {
					continue
				}
				views[i].Text = regexp.MustCompile(b.what).ReplaceAllString(st.Text, b.by)
				broken = broken || views[i].Text != st.Text
			}
			if !broken {
				t.Fatal("the statement has no such place: the breakage is out of date")
			}
			if !all[of].sees(t, views) {
				t.Error("nothing differs")
			}
		})
	}
}
