package ruleset_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

// Whatever is said of an elder is read or refused, and no refusal repeats what was said.
func FuzzEncode(f *testing.F) {
	for _, seed := range []string{
		`{"age": 80, "local_hukou": true}`, `{"age": 131}`, `{"age": "eighty"}`, `{"agee": 80}`, `{"birth_date": "2023-02-29"}`,
		`{"birth_date": "1944-02-29", "age": 81}`, `{"id_number": "11010519491231002X"}`, `{"id_number": "110105194912310021"}`,
		`{"hukou_code": "140602", "local_hukou": false}`, `{"residence_code": "14060"}`, `{"self_care": "partially"}`, `{"self_care": ["none"]}`,
		`{"support_mode": "dispersed", "assistance_category": "dibao"}`, `{"id": {"a": "secret"}, "age": 1e400}`, `{"age": 79.5}`, `{"age": null}`,
		`{"id": 12345678901234567890}`, `{"birth_date": "9999-12-31"}`,
		`{"birth_date": "1946-03"}`, `{"birth_date": "1946-11", "age": 79}`, `{"birth_date": "1946-11", "age": 78}`, `{"birth_date": "1946-13"}`,
		`{"birth_date": "1949-12", "id_number": "11010519491231002X"}`, `{"birth_date": "1949-11", "id_number": "11010519491231002X"}`,
	} {
		f.Add([]byte(seed))
	}
	r := rulesOn(f, engine(), "shuozhou", today)
	words := vocabularyWords(r)
	f.Fuzz(func(t *testing.T, content []byte) {
		atOnce, plain := r.EncodeJSON(content)
		if plain {
			row := must(elder.Raw{JSON: content}.Row())(t)
			if diff := cmp.Diff(must(r.Encode(row.Elder))(t), atOnce, cmpopts.EquateComparable(elder.Profile{})); diff != "" {
				t.Errorf("%q (-read slowly +at once):\n%s", content, diff)
			}
		}
		decoder := json.NewDecoder(bytes.NewReader(content))
		decoder.UseNumber()
		var e map[string]any
		if decoder.Decode(&e) != nil {
			return
		}
		p, err := r.Encode(e)
		if err == nil {
			must(r.Decide(t.Context(), &p))(t)
			return
		}
		wrong := new(eldercare.InputError)
		if !errors.As(err, &wrong) || len(wrong.Problems) == 0 {
			t.Fatalf("not an InputError: %v", err)
		}
		_, other := r.Encode(blank(e).(map[string]any)) // what a message says whatever the values are
		said := fmt.Sprint(words, slices.Collect(maps.Keys(e)), other)
		for _, value := range stringsIn(e) {
			if len(value) > 2 && strings.Contains(err.Error(), value) && !strings.Contains(said, value) {
				t.Errorf("the error repeats a value: %v", err)
			}
		}
	})
}

// vocabularyWords returns the words that messages are made of.
func vocabularyWords(r *eldercare.Ruleset) []string {
	var words []string
	for _, a := range r.Table.Space.Vocabulary.Attributes {
		words = append(words, a.Name)
		for _, v := range a.Values {
			words = append(words, v.Name)
		}
	}
	for _, c := range r.Table.Contradictions {
		words = append(words, c.Message)
	}
	return append(words, "contradict each other on the evaluation date", "give different dates of birth", "lies after the evaluation date",
		"contains an impossible birth date", "gives an impossible age", "the check character does not fit: one of the characters is wrong")
}

// blank returns a JSON value with nothing in its strings.
func blank(v any) any {
	switch v := v.(type) {
	case string:
		return ""
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = blank(v[i])
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for key := range v {
			out[key] = blank(v[key])
		}
		return out
	}
	return v
}

func stringsIn(v any) []string {
	var found []string
	switch v := v.(type) {
	case string:
		found = append(found, v)
	case []any:
		for _, x := range v {
			found = append(found, stringsIn(x)...)
		}
	case map[string]any:
		for _, x := range v {
			found = append(found, stringsIn(x)...)
		}
	}
	return found
}

// A profile with a date of birth is of its day, and one with the code of a division of its place.
// Another day or place would take the elder to be as old, or to be from here, as on the first.
func TestProfileOfAnotherDayOrPlace(t *testing.T) {
	shuozhou, later := rulesOn(t, engine(), "shuozhou", "2026-12-04"), rulesOn(t, engine(), "shuozhou", "2026-12-05")
	hongtong, huojia := rulesOn(t, engine(), "hongtong", today), rulesOn(t, engine(), "huojia", today)
	for note, tt := range map[string]struct {
		elder    elder.Elder
		by, asks *eldercare.Ruleset
		taken    bool
	}{
		"the day before the 80th birthday": {elder.Elder{"birth_date": "1946-12-05"}, shuozhou, later, false},
		"a month of birth":                 {elder.Elder{"birth_date": "1946-12"}, shuozhou, later, false},
		"the same day":                     {elder.Elder{"birth_date": "1946-12-05"}, shuozhou, rulesOn(t, engine(), "shuozhou", "2026-12-04"), true},
		"only an age":                      {elder.Elder{"age": 79}, shuozhou, later, true},
		"a code, elsewhere":                {elder.Elder{"age": 100, "hukou_code": "141024"}, hongtong, huojia, false},
		"a code, here":                     {elder.Elder{"age": 100, "hukou_code": "141024"}, hongtong, hongtong, true},
		"no code, elsewhere":               {elder.Elder{"age": 100, "local_hukou": true}, hongtong, huojia, true},
	} {
		p := must(tt.by.Encode(tt.elder))(t)
		raw, err := json.Marshal(tt.elder)
		if err != nil {
			t.Fatal(err)
		}
		atOnce, ok := tt.by.EncodeJSON(raw)
		if !ok || atOnce != p {
			t.Errorf("%s: from JSON it is another profile", note)
		}
		if _, err := tt.asks.Decide(t.Context(), &p); errors.As(err, new(*elder.ProfileError)) == tt.taken || (err == nil) != tt.taken {
			t.Errorf("%s: %v", note, err)
		}
	}
	if _, err := shuozhou.Decide(t.Context(), &elder.Profile{}); !errors.As(err, new(*elder.ProfileError)) {
		t.Errorf("the zero profile: %v", err)
	}
}
