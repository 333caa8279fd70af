package elder_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

var hongtong = policy.Jurisdiction{ID: "hongtong", Code: "141024"}

func space(t *testing.T) *elder.Space {
	t.Helper()
	s, err := elder.NewSpace(&policy.Vocabulary{
		Attributes: []*policy.Attribute{
			{Name: "age", Type: policy.Integer, Min: 0, Max: 130}, {Name: "local_hukou", Type: policy.Boolean},
		},
		Inputs: []*policy.Input{{Name: "hukou_code", Type: policy.DivisionCode, Gives: "local_hukou"}, {Name: "id_number", Type: policy.IDNumber, Gives: "age"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Numbers are read exactly, whatever their type and however they are written; on every machine,
// also one of 32 bits.
func TestEncodeTakesWholeNumbersOfAnyType(t *testing.T) {
	s := space(t)
	for _, age := range []any{
		80, int8(80), int64(80), uint(80), uint16(80), float32(80), 80.0, json.Number("80"), json.Number("80.00"), json.Number("8e1"), json.Number("8.0e1"),
		json.Number("0.8E+2"), json.Number("8000e-2"), json.Number("8e0001"), json.Number("8" + strings.Repeat("0", 400) + "e-399"),
	} {
		p, err := s.Encode(elder.Elder{"age": age}, hongtong, policy.Date{Year: 2026, Month: 11, Day: 22})
		if err != nil || s.Input(p.Cells())["age"] != 80 {
			t.Errorf("%T %v: %v, %v", age, age, s.Input(p.Cells()), err)
		}
	}
	for code, ages := range map[string][]any{
		"out-of-range": {
			-1, 131, int64(1<<32 + 80), uint64(1) << 63, -1e300, math.Inf(1), json.Number("1e400"), json.Number("1e999999999"),
			json.Number("4294967376"), json.Number("18446744073709551696"), json.Number("-1e99999999999999999999"),
		},
		"wrong-type": {
			80.5, math.NaN(), json.Number("80.000000000000000001"), json.Number("7.999999999999999999e1"), json.Number("8.0000000000000000001e1"),
			json.Number("1e-400"), json.Number("1e-999999999"), json.Number("-0.5"), json.Number("080"), json.Number("0x50"), json.Number("+80"),
			json.Number("8_0"), json.Number("80."), json.Number("8e"), json.Number(""), "80", true, []int{80},
		},
	} {
		for _, age := range ages {
			_, err := s.Encode(elder.Elder{"age": age}, hongtong, policy.Date{Year: 2026, Month: 11, Day: 22})
			wrong := new(elder.Error)
			if !errors.As(err, &wrong) || len(wrong.Problems) != 1 || wrong.Problems[0].Code != code || !slices.Equal(wrong.Problems[0].Attributes, []string{"age"}) {
				t.Errorf("%T %v: %v, want %s", age, age, err, code)
			}
		}
	}
}

// A code of the jurisdiction or below is local, one beside it is not; one above may be either, and
// so may that of all districts of a city.
func TestEncodeDerivesFromDivisionCodes(t *testing.T) {
	s := space(t)
	for _, c := range []struct {
		area, code string
		want       any
	}{
		{"141024", "141024", true}, {"141024", "141025", false}, {"141024", "140602", false}, {"141024", "141000", nil}, {"141024", "140000", nil},
		{"141024", "410000", false}, {"140600", "140602", true}, {"140600", "140600", true}, {"140600", "140000", nil}, {"140600", "141024", false},
		{"140000", "141024", true}, {"140000", "140000", true}, {"140000", "410724", false},
		{"141024", "100000", nil}, {"140600", "100000", nil}, {"140000", "100000", nil}, {"100000", "141024", true}, {"100000", "100000", true},
		{"140602", "140601", nil}, {"140600", "140601", true}, {"141024", "140601", false}, {"140000", "140601", true}, // 朔州市市辖区
		{"110102", "110101", false}, {"110102", "110100", nil}, // 东城区; 北京市市辖区
		{"222402", "222401", false}, {"222402", "222400", nil}, // 延吉市 of a prefecture
		{"469002", "469001", false}, {"469002", "469000", nil}, // 五指山市, directly under the province
		{"", "141024", nil},                                                                                                             // a list without a code
		{"141024100", "141024100", true}, {"141024100", "141024101", false}, {"141024100", "141024", nil}, {"141024100", "141000", nil}, // towns
		{"141024", "141024100", true}, {"141000", "141024100", true}, {"100000", "141024100", true}, {"141025", "141024100", false},
		{"441900", "441900003", true}, {"441900003", "441900", nil}, {"441900003", "442000", false}, // a city without counties
		{"140602001", "140601", nil}, {"140602001", "140600", nil}, {"140602001", "141001", false},
		{"141024", "142625", nil}, {"410724", "142625", false}, {"330100", "330103", true}, // former codes, as of Hongtong until 2000
	} {
		at := policy.Jurisdiction{Code: c.area}
		p, err := s.Encode(elder.Elder{"hukou_code": c.code}, at, policy.Date{Year: 2026, Month: 11, Day: 22})
		if got := s.Input(p.Cells())["local_hukou"]; err != nil || got != c.want {
			t.Errorf("%s in %s: %v, want %v; %v", c.code, c.area, got, c.want, err)
		}
	}
}

// A code of no province is refused, and so is one below Taiwan, Hong Kong or Macao, which have no
// others. What may have been a county once is not. Invented lists are among invented codes.
func TestEncodeRefusesCodesOfNoProvince(t *testing.T) {
	s := space(t)
	for _, c := range []struct {
		area, code string
		refused    bool
	}{
		{"410724", "990000", true}, {"410724", "999999", true}, {"410724", "199999", true}, {"410724", "160101", true}, {"410724", "990101001", true},
		{"410724", "719999", true}, {"410724", "710100", true}, {"410724", "810101", true}, {"410724", "820001", true}, {"410724", "710000001", true},
		{"410724", "830000", true}, {"410724", "710000", false}, {"410724", "810000", false}, {"410724", "820000", false},
		{"410724", "419999", false}, {"410724", "512301", false}, {"410724", "100000", false}, // a county that may have been; one of Sichuan until 1997
		{"990102", "990203", false}, {"990102", "980000", false}, {"100000", "990102", false}, {"", "990102", false},
	} {
		_, err := s.Encode(elder.Elder{"hukou_code": c.code}, policy.Jurisdiction{Code: c.area}, policy.Date{Year: 2026, Month: 11, Day: 22})
		wrong := new(elder.Error)
		if refused := errors.As(err, &wrong) && wrong.Problems[0].Code == "unknown-division"; refused != c.refused || err != nil != c.refused {
			t.Errorf("%s seen from %s: %v, want refused: %t", c.code, c.area, err, c.refused)
		}
	}
}

// The provinces of GB/T 2260 are these, by the first two digits of their codes.
func TestEncodeTakesCodesOfProvinces(t *testing.T) {
	s := space(t)
	provinces := map[int]bool{71: true, 81: true, 82: true}
	for region, last := range map[int]int{1: 5, 2: 3, 3: 7, 4: 6, 5: 4, 6: 5} { // of each region they are numbered from 1, or 50
		for n := 1; n <= last; n++ {
			provinces[region*10+n] = true
		}
	}
	provinces[50] = true
	for n := 10; n < 100; n++ {
		_, err := s.Encode(elder.Elder{"hukou_code": fmt.Sprintf("%d0000", n)}, hongtong, policy.Date{Year: 2026, Month: 11, Day: 22})
		if n != 10 && provinces[n] != (err == nil) { // 100000 is the nation
			t.Errorf("%d0000: %v", n, err)
		}
	}
}

// An identity number begins with a place of the day it was given, of which the province is known;
// people from Hong Kong, Macao and Taiwan have 810000, 820000, 830000 and no other.
func TestPlacesOfIdentityNumbers(t *testing.T) {
	born := policy.Date{Year: 1950, Month: 1, Day: 1}
	for place, taken := range map[string]bool{
		"110101": true, "142625": true, "419999": true, "512301": true, "710000": true, "810000": true, "820000": true, "830000": true,
		"719999": false, "710101": false, "810001": false, "829900": false, "830101": false, "990000": false, "160101": false, "000000": false, "840000": false,
	} {
		got, err := elder.BirthOfID(elder.IDNumber(place, born, 1))
		if (err == nil) != taken || taken && got != born {
			t.Errorf("%s: %v, %v, want taken: %t", place, got, err, taken)
		}
	}
}

// A municipality is one city; what is directly under a province, as 429004, lies in none.
func TestEncodeTellsWhereDivisionsLie(t *testing.T) {
	s := placed(t)
	for _, c := range []struct{ area, code, want string }{
		{"140602", "140602", "here"}, {"140600", "140602", "here"}, {"140602", "140621", "city"}, {"140602", "141024", "province"},
		{"140602", "140100", "province"}, {"140602", "410724", "outside"}, {"140602", "410000", "outside"}, {"140602", "140601", ""},
		{"140602", "140600", ""}, {"140602", "140000", ""}, {"140602", "100000", ""}, {"140600", "141024", "province"}, {"140000", "410724", "outside"},
		{"110101", "110105", "city"}, {"110101", "110119", "city"}, {"110101", "110229", ""}, {"110101", "142625", "outside"}, {"110101", "110000", ""}, {"110101", "120101", "outside"},
		{"429004", "429005", "province"}, {"429004", "420102", "province"}, {"429004", "429004", "here"}, {"100000", "410724", "here"},
	} {
		p, err := s.Encode(elder.Elder{"hukou_code": c.code}, policy.Jurisdiction{Code: c.area}, policy.Date{Year: 2026, Month: 11, Day: 22})
		place, local := s.Input(p.Cells())["place"], s.Input(p.Cells())["local_hukou"]
		if err != nil || (place == nil) != (c.want == "") || place != nil && place != c.want {
			t.Errorf("%s seen from %s: %v, want %s; %v", c.code, c.area, place, c.want, err)
		}
		if (local == nil) != (c.want == "") || local != nil && local != (c.want == "here") {
			t.Errorf("%s seen from %s: local %v", c.code, c.area, local)
		}
	}
}

// placed returns a space with a place that gives whether it is local.
func placed(t *testing.T) *elder.Space {
	t.Helper()
	values := []*policy.EnumValue{{Name: "here"}, {Name: "city"}, {Name: "province"}, {Name: "outside"}, {Name: "unsure"}}
	given := []policy.Given{{Value: "here", Gives: true}, {Value: "city", Gives: false}, {Value: "province", Gives: false}, {Value: "outside", Gives: false}}
	s, err := elder.NewSpace(&policy.Vocabulary{
		Attributes: []*policy.Attribute{
			{Name: "place", Type: policy.Enum, Values: values, Gives: &policy.Gives{Attribute: "local_hukou", Values: given}},
			{Name: "local_hukou", Type: policy.Boolean},
		},
		Inputs: []*policy.Input{{Name: "hukou_code", Type: policy.DivisionCode, Gives: "place"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// However an elder is written, what an attribute gives is set where it is missing, and refused
// where it disagrees.
func TestEncodeDerivesFromAttributes(t *testing.T) {
	s := placed(t)
	type person struct {
		Place string `eldercare:"place"`
		Local *bool  `eldercare:"local_hukou"`
		Code  string `eldercare:"hukou_code"`
	}
	binding, err := elder.Bind[person](s)
	if err != nil {
		t.Fatal(err)
	}
	yes, no := true, false
	at, on := policy.Jurisdiction{Code: "140602"}, policy.Date{Year: 2026, Month: 11, Day: 22}
	for _, c := range []struct {
		json   string
		elder  elder.Elder
		person person
		local  any      // nil when it is unknown
		wrong  []string // the attributes that disagree
	}{
		{`{"place":"here"}`, elder.Elder{"place": "here"}, person{Place: "here"}, true, nil},
		{`{"place":"city"}`, elder.Elder{"place": "city"}, person{Place: "city"}, false, nil},
		{`{"place":"unsure"}`, elder.Elder{"place": "unsure"}, person{Place: "unsure"}, nil, nil},
		{`{"place":"unsure","local_hukou":true}`, elder.Elder{"place": "unsure", "local_hukou": true}, person{Place: "unsure", Local: &yes}, true, nil},
		{`{"local_hukou":true}`, elder.Elder{"local_hukou": true}, person{Local: &yes}, true, nil},
		{`{"place":"here","local_hukou":false}`, elder.Elder{"place": "here", "local_hukou": false}, person{Place: "here", Local: &no}, nil, []string{"local_hukou", "place"}},
		{`{"local_hukou":true,"hukou_code":"140621"}`, elder.Elder{"local_hukou": true, "hukou_code": "140621"}, person{Local: &yes, Code: "140621"}, nil, []string{"local_hukou", "hukou_code"}},
	} {
		p, err := s.Encode(c.elder, at, on)
		bound, errBound := binding.Encode(&c.person, at, on)
		scanned, ok := s.EncodeJSON([]byte(c.json), at, on)
		if wrong := new(elder.Error); errors.As(err, &wrong) {
			if len(wrong.Problems) != 1 || wrong.Problems[0].Code != "contradiction" || !slices.Equal(wrong.Problems[0].Attributes, c.wrong) {
				t.Errorf("%s: %v, want a contradiction of %v", c.json, err, c.wrong)
			}
			if ok || errBound == nil {
				t.Errorf("%s: read from JSON %t, from a struct: %v", c.json, ok, errBound)
			}
			continue
		}
		if err != nil || errBound != nil || !ok || c.wrong != nil {
			t.Errorf("%s: %v, %v, %t", c.json, err, errBound, ok)
		}
		if got := s.Input(p.Cells())["local_hukou"]; got != c.local || p.Cells() != bound.Cells() || p.Cells() != scanned.Cells() {
			t.Errorf("%s: local %v, want %v; %v, %v, %v", c.json, got, c.local, p.Cells(), bound.Cells(), scanned.Cells())
		}
	}
}

// Each check character fits (ISO 7064 MOD 11-2): only the province is wrong.
func TestEncodeRefusesIdentityNumbersOfNoProvince(t *testing.T) {
	s := space(t)
	for id, ok := range map[string]bool{
		"11010519491231002X": true, // the standard's example
		"810000199408230021": true, // Hong Kong
		"990105194912310023": false,
		"000105194912310024": false,
	} {
		_, err := s.Encode(elder.Elder{"id_number": id}, hongtong, policy.Date{Year: 2026, Month: 11, Day: 22})
		if (err == nil) != ok {
			t.Errorf("%s: %v", id, err)
		}
	}
}

// A number of before 1999 gets the century and the check character: that of the standard's example
// is the same.
func TestLongID(t *testing.T) {
	for old, want := range map[string]string{
		"110105491231002": "11010519491231002X", "": "", "11010549123100": "", "11010549123100X": "", "1101054912310020": "",
	} {
		if got := elder.LongID(old); got != want {
			t.Errorf("%q: %q, want %q", old, got, want)
		}
	}
}

// A division code has six digits, and was in use at some time; or nine, and begins with such a code
// of a county or city.
func TestIsDivision(t *testing.T) {
	for code, want := range map[string]bool{
		"141024": true, "141024100": true, "140000": true, "140600": true, "100000": true, "710000": true, "441900003": true, "140601": true, "419000": true, "142625": true, "110103": true,
		"": false, "14": false, "14102": false, "1410241": false, "140024": false, "140000100": false, "160000": false, "830000": false,
		"100001": false, "149999": false, "141099": false, "041024": false, "14102x": false,
	} {
		if got := elder.IsDivision(code); got != want {
			t.Errorf("%q: %v, want %v", code, got, want)
		}
	}
}

// A key that cannot be the name of an attribute may be anything, such as an elder's own name or
// number, and is not repeated.
func TestEncodeShowsOnlyNames(t *testing.T) {
	s := space(t)
	for key, shown := range map[string]bool{
		"agee": true, "_x1": true, strings.Repeat("x", 64): true,
		strings.Repeat("x", 65): false, "14060119461122001X": false, "id_140601194611220015": false, "n140601_1946_1122_0015": false,
		"\x1b]0;x\x07age": false, "张三": false, "": false, "a b": false, "a\u202eb": false,
	} {
		_, err := s.Encode(elder.Elder{key: 1, "age": 80}, hongtong, policy.Date{Year: 2026, Month: 11, Day: 22})
		wrong := new(elder.Error)
		if !errors.As(err, &wrong) || len(wrong.Problems) != 1 || wrong.Problems[0].Code != "unknown-attribute" {
			t.Errorf("%q: %v", key, err)
			continue
		}
		if got := len(wrong.Problems[0].Attributes) == 1; got != shown || !shown && key != "" && strings.Contains(err.Error(), key) {
			t.Errorf("%q: %v", key, err)
		}
	}
}
