package elder_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

// ofKind is an elder whose numbers are of one of Go's types.
type ofKind[N any] struct {
	ID    N `eldercare:"id"`
	Age   N `eldercare:"age"`
	Years N `eldercare:"pension_contribution_years"`
}

// bound holds what a struct gives to what a map of the same gives.
func bound[N int | int8 | int16 | int32 | int64 | uint | uint8 | uint16 | uint32 | uint64](t *testing.T, s *elder.Space, n N) {
	t.Helper()
	b, err := elder.Bind[ofKind[N]](s)
	if err != nil {
		t.Fatal(err)
	}
	for _, age := range []N{0, 60, n} {
		got, gotErr := b.Encode(&ofKind[N]{ID: n, Age: age, Years: 7}, hongtong, bindingDay)
		want, wantErr := s.Encode(elder.Elder{"id": n, "age": age, "pension_contribution_years": 7}, hongtong, bindingDay)
		if diff := cmp.Diff(want, got, sameProfile); diff != "" {
			t.Errorf("%T %v (-map +struct):\n%s", n, age, diff)
		}
		if diff := cmp.Diff(problems(wantErr), problems(gotErr)); diff != "" {
			t.Errorf("%T %v (-map +struct):\n%s", n, age, diff)
		}
		if fits := age <= 120 && age+1 > 0; fits != (gotErr == nil) {
			t.Errorf("%T %v: %v", n, age, gotErr)
		}
	}
}

// Fields of every type of integers give their numbers whole, up to the greatest and down to the
// least.
func TestBindingOfEveryKindOfNumber(t *testing.T) {
	s := allOfOurs(t)
	bound(t, s, math.MaxInt)
	bound(t, s, int8(-128))
	bound(t, s, int8(99))
	bound(t, s, int16(math.MinInt16))
	bound(t, s, int32(math.MaxInt32))
	bound(t, s, int64(math.MinInt64))
	bound(t, s, int64(1<<32+60))
	bound(t, s, uint(math.MaxUint))
	bound(t, s, uint8(255))
	bound(t, s, uint16(1<<8+60))
	bound(t, s, uint32(1<<16+60))
	bound(t, s, uint64(math.MaxUint64))
	bound(t, s, uint64(1<<63))
}

// An embedded struct behind a pointer cannot be read without asking; a date may be of either type;
// false is a value.
func TestBindingOfOtherKinds(t *testing.T) {
	s := allOfOurs(t)
	type embedded struct {
		*place
		Alone bool `eldercare:"living_alone"`
	}
	if _, err := elder.Bind[embedded](s); err == nil {
		t.Error("a field behind a pointer is bound")
	}
	type dated struct {
		ID    string       `eldercare:"id"`
		Born  *policy.Date `eldercare:"birth_date"`
		Alone bool         `eldercare:"living_alone"`
		Kind  string       `eldercare:"disability_kind"`
		Grade *uint        `eldercare:"disability_grade"`
	}
	b, err := elder.Bind[dated](s)
	if err != nil {
		t.Fatal(err)
	}
	birth := policy.Date{Year: 1950, Month: time.March, Day: 1}
	for name, c := range map[string]struct {
		of   dated
		want elder.Elder
	}{
		"a date":          {dated{ID: "E", Born: &birth}, elder.Elder{"age": 76, "living_alone": false}},
		"a date of zero":  {dated{Born: &policy.Date{}}, elder.Elder{"living_alone": false}},
		"nothing but yes": {dated{Alone: true}, elder.Elder{"living_alone": true}},
	} {
		p, err := b.Encode(&c.of, hongtong, bindingDay)
		if diff := cmp.Diff(c.want, s.Elder(p.Cells())); diff != "" || err != nil || p.ID != c.of.ID {
			t.Errorf("%s: id %q, %v, %s", name, p.ID, err, diff)
		}
	}
	nine := uint(9)
	late := policy.Date{Year: 2027, Month: time.January, Day: 1}
	_, gotErr := b.Encode(&dated{Born: &late, Alone: true, Grade: &nine, Kind: "odd"}, hongtong, bindingDay)
	_, wantErr := s.Encode(elder.Elder{"birth_date": "2027-01-01", "living_alone": true, "disability_grade": 9, "disability_kind": "odd"}, hongtong, bindingDay)
	if diff := cmp.Diff(problems(wantErr), problems(gotErr)); diff != "" || len(problems(gotErr)) != 3 {
		t.Errorf("%v, %s", gotErr, diff)
	}
	type local struct {
		Code  string `eldercare:"hukou_code"`
		Local bool   `eldercare:"local_hukou"`
	}
	l, err := elder.Bind[local](s)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Encode(&local{Code: "141024", Local: true}, hongtong, bindingDay); err != nil {
		t.Errorf("registered here: %v", err)
	}
	if _, err := l.Encode(&local{Code: "141024"}, hongtong, bindingDay); len(problems(err)) != 1 || problems(err)[0].Code != "contradiction" {
		t.Errorf("registered here and not: %v", err)
	}
	if _, err := b.Encode(nil, hongtong, bindingDay); err == nil {
		t.Error("nobody is encoded")
	}
}
