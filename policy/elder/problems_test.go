package elder_test

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

// What does not fit is told by code and attribute, and its value is not. Of the identity numbers
// 11010519491231002X is the example of GB 11643; the others differ from it in one thing.
func TestProblems(t *testing.T) {
	s := allOfOurs(t)
	type problem struct {
		code, attributes string
	}
	for name, c := range map[string]struct {
		of   elder.Elder
		want []problem
	}{
		"a bool that is text":       {elder.Elder{"living_alone": "true"}, []problem{{"wrong-type", "living_alone"}}},
		"a bool that is a number":   {elder.Elder{"living_alone": 1}, []problem{{"wrong-type", "living_alone"}}},
		"an enum of no such name":   {elder.Elder{"self_care": "feeble"}, []problem{{"out-of-range", "self_care"}}},
		"an enum that is empty":     {elder.Elder{"self_care": ""}, []problem{{"out-of-range", "self_care"}}},
		"an enum that is a bool":    {elder.Elder{"self_care": true}, []problem{{"wrong-type", "self_care"}}},
		"an age above":              {elder.Elder{"age": 131}, []problem{{"out-of-range", "age"}}},
		"an age below":              {elder.Elder{"age": -1}, []problem{{"out-of-range", "age"}}},
		"an age that is text":       {elder.Elder{"age": "80"}, []problem{{"wrong-type", "age"}}},
		"an id that is a list":      {elder.Elder{"id": []string{"E1"}}, []problem{{"wrong-type", "id"}}},
		"no day of the calendar":    {elder.Elder{"birth_date": "1946-02-29"}, []problem{{"impossible-date", "birth_date"}}},
		"a date of birth to come":   {elder.Elder{"birth_date": "2026-11-23"}, []problem{{"impossible-date", "birth_date"}}},
		"an input that is a number": {elder.Elder{"birth_date": 19460228}, []problem{{"wrong-type", "birth_date"}}},
		"older than anybody":        {elder.Elder{"birth_date": "1895-11-22"}, []problem{{"out-of-range", "birth_date"}}},
		"a code of five digits":     {elder.Elder{"hukou_code": "14102"}, []problem{{"wrong-type", "hukou_code"}}},
		"a code with a letter":      {elder.Elder{"hukou_code": "14102a"}, []problem{{"wrong-type", "hukou_code"}}},
		"a code that begins with 0": {elder.Elder{"hukou_code": "041024"}, []problem{{"wrong-type", "hukou_code"}}},
		"17 characters":             {elder.Elder{"id_number": "11010519491231002"}, []problem{{"bad-id-number", "id_number"}}},
		"a letter in the number":    {elder.Elder{"id_number": "1101051949123100AX"}, []problem{{"bad-id-number", "id_number"}}},
		"another check character":   {elder.Elder{"id_number": "110105194912310021"}, []problem{{"bad-id-number", "id_number"}}},
		"a lower x for another":     {elder.Elder{"id_number": "11010519491231003x"}, []problem{{"bad-id-number", "id_number"}}},
		"an age beside it":          {elder.Elder{"id_number": "11010519491231002X", "age": 75}, []problem{{"contradiction", "age id_number"}}},
		"two dates of birth":        {elder.Elder{"birth_date": "1949-12-30", "id_number": "11010519491231002X"}, []problem{{"contradiction", "birth_date id_number"}}},
		"an unknown attribute":      {elder.Elder{"aeg": 80}, []problem{{"unknown-attribute", "aeg"}}},
		"keys that are no names":    {elder.Elder{"张三": 1, "李四": 2}, []problem{{"unknown-attribute", ""}}},
		"all at once": {
			elder.Elder{"age": 200, "living_alone": 7, "hukou_code": 3, "zzz": 1},
			[]problem{{"out-of-range", "age"}, {"wrong-type", "living_alone"}, {"wrong-type", "hukou_code"}, {"unknown-attribute", "zzz"}},
		},
	} {
		_, err := s.Encode(c.of, hongtong, bindingDay)
		var got []problem
		for _, p := range problems(err) {
			got = append(got, problem{p.Code, strings.Join(p.Attributes, " ")})
		}
		if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(problem{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// What fits is taken: a person of the day, nil for unknown, a check character in lower case, two
// inputs that agree.
func TestWhatFits(t *testing.T) {
	s := allOfOurs(t)
	for name, c := range map[string]struct {
		of   elder.Elder
		want elder.Elder
		id   string
		born string
	}{
		"nothing":              {elder.Elder{}, elder.Elder{}, "", ""},
		"nil":                  {elder.Elder{"age": nil, "zzz": nil, "id": nil, "birth_date": nil}, elder.Elder{}, "", ""},
		"born today":           {elder.Elder{"birth_date": "2026-11-22"}, elder.Elder{"age": 0}, "", "2026-11-22"},
		"the oldest":           {elder.Elder{"birth_date": "1895-11-23"}, elder.Elder{"age": 130}, "", "1895-11-23"},
		"an id number":         {elder.Elder{"id_number": "11010519491231002X"}, elder.Elder{"age": 76}, "", "1949-12-31"},
		"with a lower x":       {elder.Elder{"id_number": "11010519491231002x"}, elder.Elder{"age": 76}, "", "1949-12-31"},
		"an age that agrees":   {elder.Elder{"id_number": "11010519491231002X", "age": 76}, elder.Elder{"age": 76}, "", "1949-12-31"},
		"inputs that agree":    {elder.Elder{"id_number": "11010519491231002X", "birth_date": "1949-12-31"}, elder.Elder{"age": 76}, "", "1949-12-31"},
		"a text as id":         {elder.Elder{"id": "E1"}, elder.Elder{}, "E1", ""},
		"an empty id":          {elder.Elder{"id": ""}, elder.Elder{}, "", ""},
		"a number as id":       {elder.Elder{"id": -7}, elder.Elder{}, "-7", ""},
		"a great number as id": {elder.Elder{"id": uint64(math.MaxUint64)}, elder.Elder{}, "18446744073709551615", ""},
		"a float as id":        {elder.Elder{"id": 7.0}, elder.Elder{}, "7", ""},
		"a JSON number as id":  {elder.Elder{"id": json.Number("07e0")}, elder.Elder{}, "07e0", ""},
	} {
		p, err := s.Encode(c.of, hongtong, bindingDay)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		born := ""
		if !p.Birth.IsZero() {
			born = p.Birth.String()
		}
		if diff := cmp.Diff(c.want, s.Elder(p.Cells())); diff != "" || p.ID != c.id || born != c.born {
			t.Errorf("%s: id %q, born %s, %s", name, p.ID, born, diff)
		}
	}
}

// An error names attributes and codes, for people and as JSON, and never the elder.
func TestErrorInWords(t *testing.T) {
	_, err := allOfOurs(t).Encode(elder.Elder{"id": "E1", "age": 200, "张三": 1}, hongtong, bindingDay)
	const want = "age: must be a whole number from 0 to 130 [out-of-range]; " +
		"1 of the keys cannot be the name of an attribute: a name has letters, digits and _, at most 64 [unknown-attribute]"
	if err.Error() != want {
		t.Errorf("got  %s\nwant %s", err, want)
	}
	wrong, ok := errors.AsType[*elder.Error](err)
	if !ok || wrong.ID != "E1" {
		t.Fatalf("%T of %q", err, wrong.ID)
	}
	out, err := json.Marshal(wrong)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Code, Message string
		Problems      []elder.Problem
		ID            *string
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	if got.Code != "wrong-input" || got.Message != want || got.ID != nil || strings.Contains(string(out), "E1") {
		t.Errorf("%s", out)
	}
	if diff := cmp.Diff(wrong.Problems, got.Problems); diff != "" {
		t.Error(diff)
	}
}

// A vocabulary that is too large is refused.
func TestTooManyAttributes(t *testing.T) {
	v := &policy.Vocabulary{}
	for range elder.MaxAttributes {
		v.Attributes = append(v.Attributes, &policy.Attribute{Type: policy.Boolean})
	}
	if _, err := elder.NewSpace(v); err != nil {
		t.Errorf("64: %v", err)
	}
	v.Attributes = append(v.Attributes, &policy.Attribute{Type: policy.Boolean})
	if _, err := elder.NewSpace(v); err == nil {
		t.Error("65 attributes are taken")
	}
}
