package elder_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

// A month of birth gives the age where everybody who is born in it has the same; else it only
// limits the age. A full date in the month says more, one in another contradicts it.
func TestEncodeMonthOfBirth(t *testing.T) {
	s, err := elder.NewSpace(&policy.Vocabulary{
		Attributes: []*policy.Attribute{{Name: "age", Type: policy.Integer, Min: 0, Max: 130}},
		Inputs: []*policy.Input{
			{Name: "birth_date", Type: policy.BirthDate, Gives: "age"}, {Name: "born", Type: policy.BirthDate, Gives: "age"},
			{Name: "id_number", Type: policy.IDNumber, Gives: "age"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	const number = "140602194603010019" // 1946-03-01
	for _, c := range []struct {
		note, on string
		elder    elder.Elder
		want     any    // the age, nil where it is unknown, or what a problem says
		month    string // what the profile has of the birth
		day      string
	}{
		{"the day before the month", "2026-02-28", elder.Elder{"birth_date": "1946-03"}, 79, "1946-03-01", ""},
		{"its first day: who is born on it is 80", "2026-03-01", elder.Elder{"birth_date": "1946-03"}, nil, "1946-03-01", ""},
		{"the day before its last: who is born on the last is 79", "2026-03-30", elder.Elder{"birth_date": "1946-03"}, nil, "1946-03-01", ""},
		{"its last day", "2026-03-31", elder.Elder{"birth_date": "1946-03"}, 80, "1946-03-01", ""},
		{"29 February completes a year on 1 March", "2026-02-28", elder.Elder{"birth_date": "1944-02"}, nil, "1944-02-01", ""},
		{"and so on 1 March all have", "2026-03-01", elder.Elder{"birth_date": "1944-02"}, 82, "1944-02-01", ""},
		{"February of a common year", "2026-02-28", elder.Elder{"birth_date": "1946-02"}, 80, "1946-02-01", ""},
		{"December", "2026-12-30", elder.Elder{"birth_date": "1946-12"}, nil, "1946-12-01", ""},
		{"the month at hand: nobody is born later than today", "2026-03-10", elder.Elder{"birth_date": "2026-03"}, 0, "2026-03-01", ""},
		{"a month to come", "2026-03-10", elder.Elder{"birth_date": "2026-04"}, "lies after", "", ""},
		{"an age beside it that agrees", "2026-11-22", elder.Elder{"birth_date": "1946-03", "age": 80}, 80, "1946-03-01", ""},
		{"an age beside it that does not", "2026-11-22", elder.Elder{"birth_date": "1946-03", "age": 79}, "contradict each other", "", ""},
		{"where it is open, the lesser age", "2026-03-10", elder.Elder{"birth_date": "1946-03", "age": 79}, 79, "1946-03-01", ""},
		{"or the greater", "2026-03-10", elder.Elder{"birth_date": "1946-03", "age": 80}, 80, "1946-03-01", ""},
		{"but no less", "2026-03-10", elder.Elder{"birth_date": "1946-03", "age": 78}, "contradict each other", "", ""},
		{"and no more", "2026-03-10", elder.Elder{"birth_date": "1946-03", "age": 81}, "contradict each other", "", ""},
		{"an identity number of the month", "2026-03-10", elder.Elder{"birth_date": "1946-03", "id_number": number}, 80, "", "1946-03-01"},
		{"an age that this contradicts", "2026-03-10", elder.Elder{"birth_date": "1946-03", "id_number": number, "age": 79}, "age, id_number: contradict", "", ""},
		{"an identity number of another month", "2026-11-22", elder.Elder{"birth_date": "1946-04", "id_number": number}, "birth_date, id_number: give different dates", "", ""},
		{"or of another year", "2026-03-10", elder.Elder{"birth_date": "1947-03", "id_number": number}, "give different dates", "", ""},
		{"a day, and then its month", "2026-03-10", elder.Elder{"birth_date": "1946-03-12", "born": "1946-03"}, 79, "", "1946-03-12"},
		{"a day, and then another month", "2026-03-10", elder.Elder{"birth_date": "1946-03-12", "born": "1946-02"}, "birth_date, born: give different dates", "", ""},
		{"a month twice", "2026-03-10", elder.Elder{"birth_date": "1946-03", "born": "1946-03"}, nil, "1946-03-01", ""},
		{"two months", "2026-11-10", elder.Elder{"birth_date": "1946-03", "born": "1946-04"}, "give different dates", "", ""},
		{"older than anybody is", "2026-11-22", elder.Elder{"birth_date": "1890-03"}, "impossible age", "", ""},
		{"and in the month of it", "2026-03-10", elder.Elder{"birth_date": "1890-03"}, "impossible age", "", ""},
		{"no month", "2026-11-22", elder.Elder{"birth_date": "1946-13"}, "must be a day", "", ""},
		{"a slip", "2026-11-22", elder.Elder{"birth_date": "1946-3"}, "must be a day", "", ""},
	} {
		on, err := policy.ParseDate(c.on)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 { // a map has no order
			p, err := s.Encode(c.elder, policy.Jurisdiction{}, on)
			if said, refused := c.want.(string); refused {
				var wrong *elder.Error
				if !errors.As(err, &wrong) || !strings.Contains(err.Error(), said) || len(wrong.Problems) != 1 {
					t.Errorf("%s: %v does not say %q alone", c.note, err, said)
				}
				continue
			}
			got := s.Input(p.Cells())["age"]
			if err != nil || got != c.want || days(p.BirthMonth) != c.month || days(p.Birth) != c.day {
				t.Errorf("%s: age %v, month %s, day %s; want %v, %s, %s; %v", c.note, got, days(p.BirthMonth), days(p.Birth), c.want, c.month, c.day, err)
			}
		}
	}
}

func days(d policy.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}
