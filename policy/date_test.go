package policy_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
)

func date(t *testing.T, s string) policy.Date {
	t.Helper()
	d, err := policy.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestParseDate(t *testing.T) {
	for _, tt := range []struct {
		text string
		want policy.Date
		ok   bool
	}{
		{"2023-11-20", policy.Date{Year: 2023, Month: time.November, Day: 20}, true},
		{"2024-02-29", policy.Date{Year: 2024, Month: time.February, Day: 29}, true},
		{"2000-02-29", policy.Date{Year: 2000, Month: time.February, Day: 29}, true},
		{"2023-02-29", policy.Date{}, false},
		{"1900-02-29", policy.Date{}, false},
		{"2023-04-31", policy.Date{}, false},
		{"2023-13-01", policy.Date{}, false},
		{"2023-00-10", policy.Date{}, false},
		{"2023-01-00", policy.Date{}, false},
		{"2023-1-2", policy.Date{}, false},
		{"20230102", policy.Date{}, false},
		{"2023-01-02 ", policy.Date{}, false},
		{"2023-01-02T00:00:00Z", policy.Date{}, false},
		{"２０２３-01-02", policy.Date{}, false},
		{"", policy.Date{}, false},
	} {
		got, err := policy.ParseDate(tt.text)
		if got != tt.want || (err == nil) != tt.ok {
			t.Errorf("ParseDate(%q) = %v, %v, want %v", tt.text, got, err, tt.want)
		}
		if tt.ok && got.String() != tt.text {
			t.Errorf("%q comes back as %q", tt.text, got)
		}
	}
}

// What is wrong with a text is said without it, as it may be a date of birth.
func TestWrongDates(t *testing.T) {
	const form, day = "not a date of the form YYYY-MM-DD", "there is no such day"
	for text, want := range map[string]string{
		"2023-02-29": day, "2023-13-01": day, "2023-00-10": day, "2023-1-2": form, "20230102": form, "2023-01-0x": form, "": form, "-2023-01-01": form,
	} {
		_, err := policy.ParseDate(text)
		if err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
		if got, wrong := json.Marshal(err); wrong != nil || string(got) != `{"code":"wrong-date","message":"`+want+`"}` {
			t.Errorf("%q: %s, %v", text, got, wrong)
		}
	}
}

func TestBirthday(t *testing.T) {
	for _, tt := range []struct {
		born  string
		years int
		want  string
	}{
		{"1946-11-22", 0, "1946-11-22"},
		{"1946-11-22", 80, "2026-11-22"},
		{"1944-02-29", 80, "2024-02-29"}, // a leap year
		{"1944-02-29", 81, "2025-03-01"},
		{"1944-02-29", 82, "2026-03-01"},
		{"1944-02-29", 84, "2028-02-29"},
		{"1940-02-29", 160, "2100-03-01"}, // no leap year, though divisible by 4
		{"1944-02-28", 82, "2026-02-28"},
		{"1944-03-01", 82, "2026-03-01"},
		{"1946-12-31", 80, "2026-12-31"},
	} {
		if got := date(t, tt.born).Birthday(tt.years).String(); got != tt.want {
			t.Errorf("born on %s, %d on %s, want %s", tt.born, tt.years, got, tt.want)
		}
	}
}

func TestAgeOn(t *testing.T) {
	for _, tt := range []struct {
		born, on string
		want     int
	}{
		// The day before the birthday, on it, after it.
		{"1946-11-22", "2026-11-21", 79},
		{"1946-11-22", "2026-11-22", 80},
		{"1946-11-22", "2026-11-23", 80},
		{"1946-12-01", "2026-11-30", 79},
		{"1946-12-31", "2026-12-30", 79},
		{"1946-12-31", "2026-12-31", 80},
		{"1947-01-01", "2026-12-31", 79},
		{"1947-01-01", "2027-01-01", 80},
		// Born on 29 February: on 1 March in common years.
		{"1944-02-29", "2024-02-28", 79},
		{"1944-02-29", "2024-02-29", 80},
		{"1944-02-29", "2026-02-28", 81},
		{"1944-02-29", "2026-03-01", 82},
		{"1944-02-29", "2028-02-28", 83},
		{"1944-02-29", "2028-02-29", 84},
		// Born on the days beside it.
		{"1944-02-28", "2026-02-27", 81},
		{"1944-02-28", "2026-02-28", 82},
		{"1944-03-01", "2026-02-28", 81},
		{"1944-03-01", "2028-02-29", 83},
		{"1944-03-01", "2028-03-01", 84},
		// The first day, and before the birth.
		{"2026-11-22", "2026-11-22", 0},
		{"2026-11-22", "2027-11-21", 0},
		{"2026-11-22", "2026-11-21", -1},
		{"2026-11-22", "2025-11-22", -1},
		{"2026-11-22", "2025-11-21", -2},
	} {
		if got := date(t, tt.born).AgeOn(date(t, tt.on)); got != tt.want {
			t.Errorf("born on %s, on %s %d, want %d", tt.born, tt.on, got, tt.want)
		}
	}
}

// A birthday is the first day of an age: the definitions agree for every birth date of four years.
func TestBirthdayIsFirstDayOfAge(t *testing.T) {
	for born := date(t, "1943-12-31"); born.Before(date(t, "1948-01-02")); born = born.AddDays(1) {
		for years := 78; years < 83; years++ {
			birthday := born.Birthday(years)
			if before, on := born.AgeOn(birthday.AddDays(-1)), born.AgeOn(birthday); before != years-1 || on != years {
				t.Errorf("born on %s: %d the day before %s, %d on it", born, before, birthday, on)
			}
		}
	}
}

func TestDateOrder(t *testing.T) {
	early, late := date(t, "2023-12-31"), date(t, "2024-01-01")
	if early.Compare(late) != -1 || late.Compare(early) != 1 || early.Compare(early) != 0 {
		t.Error("Compare")
	}
	if !early.Before(late) || late.Before(early) || early.Before(early) || !late.After(early) || early.After(late) || early.After(early) {
		t.Error("Before and After")
	}
	if got := early.AddDays(60).String(); got != "2024-02-29" {
		t.Errorf("60 days after %s is %s", early, got)
	}
	if !(policy.Date{}).IsZero() || early.IsZero() {
		t.Error("IsZero")
	}
}

// DateOf takes the day of the time's own zone: late in the evening of Shanghai it is still the day
// before in UTC.
func TestDateOf(t *testing.T) {
	shanghai := time.FixedZone("UTC+8", 8*60*60)
	at := time.Date(2026, time.November, 22, 0, 30, 0, 0, shanghai)
	if diff := cmp.Diff([]string{"2026-11-22", "2026-11-21"}, []string{policy.DateOf(at).String(), policy.DateOf(at.UTC()).String()}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDateJSON(t *testing.T) {
	var d policy.Date
	if err := json.Unmarshal([]byte(`"2024-02-29"`), &d); err != nil {
		t.Fatal(err)
	}
	if text, err := json.Marshal(d); err != nil || string(text) != `"2024-02-29"` {
		t.Errorf("%s, %v", text, err)
	}
	if err := json.Unmarshal([]byte(`"2023-02-29"`), &d); err == nil {
		t.Error("29 February 2023 is read")
	}
}

// A day exists when the calendar of the time package leaves it as it is.
func TestDateExists(t *testing.T) {
	for _, year := range []int{0, 1, 4, 100, 1900, 2000, 2023, 2024, 2100, 9999, 10000} {
		for month := time.Month(0); month <= 13; month++ {
			for day := 0; day <= 32; day++ {
				d := policy.Date{Year: year, Month: month, Day: day}
				want := year >= 1 && year <= 9999 && d.AddDays(0) == d
				if got := d.Exists(); got != want {
					t.Errorf("%s exists: %t, want %t", d, got, want)
				}
			}
		}
	}
}
