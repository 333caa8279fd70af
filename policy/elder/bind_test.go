package elder_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/source"
)

type (
	category string
	years    uint16

	place struct {
		Hukou string `eldercare:"hukou_code"`
	}
	resident struct {
		place
		Number   int       `eldercare:"id"`
		Born     time.Time `eldercare:"birth_date"`
		Category category  `eldercare:"assistance_category"`
		Years    years     `eldercare:"pension_contribution_years"`
		Alone    *bool     `eldercare:"living_alone"`
		Grade    *int8     `eldercare:"disability_grade"`
		Name     string    // no attribute
		Remark   string    `eldercare:"-"`
	}
)

var sameProfile = cmpopts.EquateComparable(elder.Profile{})

// allOfOurs returns the space of the vocabulary that comes with the module.
func allOfOurs(t testing.TB) *elder.Space {
	t.Helper()
	v, err := source.LoadVocabulary(source.NewFiles(source.Source{FS: os.DirFS("../..")}))
	if err != nil {
		t.Fatal(err)
	}
	s, err := elder.NewSpace(v)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var bindingDay = policy.Date{Year: 2026, Month: time.November, Day: 22}

// What a struct gives is what a map of the same gives.
func TestBindingEncodesAsTheMapDoes(t *testing.T) {
	s := allOfOurs(t)
	b, err := elder.Bind[resident](s)
	if err != nil {
		t.Fatal(err)
	}
	shuozhou := policy.Jurisdiction{ID: "shuozhou", Code: "140600"}
	yes, grade, wrong := true, int8(2), int8(9)
	for _, c := range []struct {
		note  string
		bound resident
		plain elder.Elder
	}{
		{
			"everything", resident{
				place: place{"140602"}, Number: 7, Born: time.Date(1944, 2, 29, 0, 0, 0, 0, time.UTC),
				Category: "dibao", Years: 15, Alone: &yes, Grade: &grade,
			},
			elder.Elder{
				"id": 7, "hukou_code": "140602", "birth_date": "1944-02-29", "assistance_category": "dibao",
				"pension_contribution_years": 15, "living_alone": true, "disability_grade": 2,
			},
		},
		{"nothing but numbers", resident{}, elder.Elder{"id": 0, "pension_contribution_years": 0}},
		{
			"several things wrong", resident{place: place{"14060"}, Category: "rich", Years: 61, Grade: &wrong},
			elder.Elder{
				"id": 0, "hukou_code": "14060", "assistance_category": "rich", "pension_contribution_years": 61, "disability_grade": 9,
			},
		},
		{
			"not yet born", resident{Born: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)},
			elder.Elder{"id": 0, "birth_date": "2027-01-01", "pension_contribution_years": 0},
		},
	} {
		got, gotErr := b.Encode(&c.bound, shuozhou, bindingDay)
		want, wantErr := s.Encode(c.plain, shuozhou, bindingDay)
		if diff := cmp.Diff(want, got, sameProfile); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.note, diff)
		}
		if diff := cmp.Diff(problems(wantErr), problems(gotErr)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.note, diff)
		}
	}
}

// A date that does not exist is refused in every form.
func TestBindingRefusesDatesAsTheMapDoes(t *testing.T) {
	type dated struct {
		Born policy.Date `eldercare:"birth_date"`
	}
	s := allOfOurs(t)
	b, err := elder.Bind[dated](s)
	if err != nil {
		t.Fatal(err)
	}
	for day, code := range map[policy.Date]string{
		{Year: 1940, Month: 13, Day: 2}:             "impossible-date",
		{Year: 1941, Month: time.February, Day: 29}: "impossible-date",
		{Year: 1940, Month: time.January, Day: 0}:   "impossible-date",
		{Year: -1, Month: time.January, Day: 1}:     "impossible-date",
		{Year: 20000, Month: time.January, Day: 1}:  "impossible-date",
		{Year: 1940, Month: time.February, Day: 29}: "",
		{}: "", // not given
		{Year: 2026, Month: time.November, Day: 23}: "impossible-date", // tomorrow
		{Year: 1800, Month: time.November, Day: 23}: "out-of-range",    // 225 years ago
	} {
		plain := elder.Elder{"birth_date": day.String()}
		if day.IsZero() {
			plain = nil
		}
		got, gotErr := b.Encode(&dated{day}, policy.Jurisdiction{}, bindingDay)
		want, wantErr := s.Encode(plain, policy.Jurisdiction{}, bindingDay)
		if diff := cmp.Diff(want, got, sameProfile); diff != "" {
			t.Errorf("%v (-want +got):\n%s", day, diff)
		}
		if diff := cmp.Diff(problems(wantErr), problems(gotErr)); diff != "" {
			t.Errorf("%v (-want +got):\n%s", day, diff)
		}
		found := ""
		for _, p := range problems(gotErr) {
			found += p.Code
		}
		if found != code {
			t.Errorf("%v: %q, want %q", day, found, code)
		}
	}
}

func problems(err error) []elder.Problem {
	var e *elder.Error
	if errors.As(err, &e) {
		return e.Problems
	}
	return nil
}

// Every field that does not fit is named, with what it wants.
func TestBindNamesWhatDoesNotFit(t *testing.T) {
	_, err := elder.Bind[struct {
		Age      string      `eldercare:"age"`
		Agee     int         `eldercare:"agee"`
		Alone    int         `eldercare:"living_alone"`
		Born     int64       `eldercare:"birth_date"`
		Category policy.Date `eldercare:"assistance_category"`
		Again    bool        `eldercare:"retired"`
		Twice    bool        `eldercare:"retired"`
		hidden   bool        `eldercare:"empty_nest"`
	}](allOfOurs(t))
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		`field Age, "age": the attribute needs an integer type, but the field is string`,
		`field Agee, "agee": there is no such attribute; did you mean "age"?`,
		`field Alone, "living_alone": the attribute needs a bool, but the field is int`,
		`field Born, "birth_date": the attribute needs a string type, time.Time or Date, but the field is int64`,
		`field Category, "assistance_category": the attribute needs a string type, but the field is policy.Date`,
		`field Twice, "retired": field Again has this tag already`,
		`field hidden, "empty_nest": the field is not exported`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\ndoes not say %s", err, want)
		}
	}
	if _, err := elder.Bind[struct{ Age int }](allOfOurs(t)); err == nil {
		t.Error("a struct without tags is bound")
	}
	if _, err := elder.Bind[int](allOfOurs(t)); err == nil {
		t.Error("an int is bound")
	}
}

type (
	first  struct{ Code string }
	second struct {
		Code string `eldercare:"hukou_code"`
		Age  int    `eldercare:"age"`
	}
	deeper struct{ second }
)

// Of two fields that hide each other both are named. A field that hides a deeper one takes its
// place.
func TestBindNamesWhatIsHidden(t *testing.T) {
	s := allOfOurs(t)
	const want = `field second.Code, "hukou_code": first.Code has the same name, so that neither can be reached; give one of them another name`
	for name, bind := range map[string]func() error{
		"two embedded": func() error {
			_, err := elder.Bind[struct {
				first
				second
			}](s)
			return err
		},
		"behind a pointer": func() error {
			_, err := elder.Bind[struct {
				*first
				second
			}](s)
			return err
		},
	} {
		var wrong *elder.BindError
		if err := bind(); !errors.As(err, &wrong) || len(wrong.Problems) != 1 || err.Error() != want {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
	type over struct {
		deeper
		Age  uint8 `eldercare:"age"`
		Code string
	}
	b, err := elder.Bind[over](s)
	if err != nil {
		t.Fatal(err)
	}
	p, err := b.Encode(&over{Age: 80, Code: "no code", deeper: deeper{second{"no code", 200}}}, hongtong, bindingDay)
	if diff := cmp.Diff(elder.Elder{"age": 80}, s.Elder(p.Cells())); diff != "" || err != nil {
		t.Errorf("%v, %s", err, diff)
	}
}

type (
	myDate policy.Date
	myTime time.Time
)

// Dates and times of a named type are read as what they are of. A time counts by its own zone:
// 16:30 UTC on the last of October is half past midnight of 1 November in China.
func TestBindNamedDates(t *testing.T) {
	s := allOfOurs(t)
	type person struct {
		Born *myDate `eldercare:"birth_date"`
	}
	type timed struct {
		Born myTime `eldercare:"birth_date"`
	}
	dates, errDates := elder.Bind[person](s)
	times, errTimes := elder.Bind[timed](s)
	if err := errors.Join(errDates, errTimes); err != nil {
		t.Fatal(err)
	}
	born := myDate{Year: 1946, Month: time.November, Day: 1}
	p, err := dates.Encode(&person{&born}, hongtong, bindingDay)
	if err != nil || p.Birth != policy.Date(born) {
		t.Errorf("%v, %v", p.Birth, err)
	}
	utc := time.Date(1946, time.October, 31, 16, 30, 0, 0, time.UTC)
	for at, want := range map[time.Time]int{utc: 31, utc.In(time.FixedZone("", 8*60*60)): 1} {
		if p, err := times.Encode(&timed{myTime(at)}, hongtong, bindingDay); err != nil || p.Birth.Day != want {
			t.Errorf("%v: %v, %v", at, p.Birth, err)
		}
	}
	late := myDate{Year: 2027, Month: time.January, Day: 1}
	if _, err := dates.Encode(&person{&late}, hongtong, bindingDay); len(problems(err)) != 1 || problems(err)[0].Code != "impossible-date" {
		t.Errorf("born tomorrow: %v", err)
	}
}

// BenchmarkBinding encodes an elder from a struct, and the same elder from a map.
func BenchmarkBinding(b *testing.B) {
	space := allOfOurs(b)
	binding, err := elder.Bind[resident](space)
	if err != nil {
		b.Fatal(err)
	}
	yes, grade := true, int8(2)
	v := resident{place: place{"140602"}, Number: 7, Born: time.Date(1944, 2, 29, 0, 0, 0, 0, time.UTC), Category: "dibao", Years: 15, Alone: &yes, Grade: &grade}
	same := elder.Elder{
		"id": "7", "hukou_code": "140602", "birth_date": "1944-02-29", "assistance_category": "dibao",
		"pension_contribution_years": 15, "living_alone": true, "disability_grade": 2,
	}
	at := policy.Jurisdiction{ID: "shuozhou", Code: "140600"}
	b.Run("struct", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := binding.Encode(&v, at, bindingDay); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("map", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := space.Encode(same, at, bindingDay); err != nil {
				b.Fatal(err)
			}
		}
	})
}
