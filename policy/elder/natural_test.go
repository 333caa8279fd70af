package elder_test

import (
	"testing"
	"time"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

type (
	namedText  string
	yesOrNo    bool
	wholeYears int
)

// What fits in a struct that is bound fits in an Elder, too: it means what the plain value means.
func TestValuesOfOtherTypes(t *testing.T) {
	space, day := allOfOurs(t), policy.Date{Year: 2026, Month: 11, Day: 22}
	age, local, born := 80, true, "1946-11-22"
	for note, tt := range map[string]struct{ given, plain elder.Elder }{
		"a Date":        {elder.Elder{"birth_date": policy.Date{Year: 1946, Month: 11, Day: 22}}, elder.Elder{"birth_date": born}},
		"a time":        {elder.Elder{"birth_date": time.Date(1946, 11, 22, 23, 0, 0, 0, time.FixedZone("", 8*60*60))}, elder.Elder{"birth_date": born}},
		"a zero Date":   {elder.Elder{"birth_date": policy.Date{}, "age": 80}, elder.Elder{"age": 80}},
		"a zero time":   {elder.Elder{"birth_date": time.Time{}, "age": 80}, elder.Elder{"age": 80}},
		"named types":   {elder.Elder{"age": wholeYears(80), "local_hukou": yesOrNo(true), "birth_date": namedText(born)}, elder.Elder{"age": 80, "local_hukou": true, "birth_date": born}},
		"pointers":      {elder.Elder{"age": &age, "local_hukou": &local, "birth_date": &born}, elder.Elder{"age": 80, "local_hukou": true, "birth_date": born}},
		"nil pointers":  {elder.Elder{"age": (*int)(nil), "local_hukou": (*bool)(nil), "birth_date": (*policy.Date)(nil), "id": (*string)(nil)}, elder.Elder{}},
		"named in sets": {elder.Elder{"disabilities": []namedText{"visual"}}, elder.Elder{"disabilities": []string{"visual"}}},
		"no set":        {elder.Elder{"disabilities": []namedText(nil)}, elder.Elder{}},
	} {
		space := space
		if tt.given["disabilities"] != nil {
			space = withSet(t)
		}
		got, err := space.Encode(tt.given, policy.Jurisdiction{}, day)
		if err != nil {
			t.Errorf("%s: %v", note, err)
			continue
		}
		want, err := space.Encode(tt.plain, policy.Jurisdiction{}, day)
		if err != nil {
			t.Fatal(err)
		}
		if got.Cells() != want.Cells() || got.Birth != want.Birth || got.ID != want.ID {
			t.Errorf("%s is %v, want %v", note, got, want)
		}
	}
	if _, err := space.Encode(elder.Elder{"age": &born}, policy.Jurisdiction{}, day); err == nil {
		t.Error("a text is an age")
	}
	if _, err := space.Encode(elder.Elder{"birth_date": policy.Date{Year: 1946, Month: 2, Day: 30}}, policy.Jurisdiction{}, day); err == nil {
		t.Error("a day that does not exist is a date of birth")
	}
}
