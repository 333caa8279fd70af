package elder_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

var day = policy.Date{Year: 2026, Month: 11, Day: 22}

func fullSpace(t *testing.T) *elder.Space {
	t.Helper()
	s, err := elder.NewSpace(&policy.Vocabulary{
		Attributes: []*policy.Attribute{
			{Name: "age", Type: policy.Integer, Min: 0, Max: 130}, {Name: "local_hukou", Type: policy.Boolean},
			{Name: "self_care", Type: policy.Enum, Values: []*policy.EnumValue{{Name: "full"}, {Name: "部分"}}},
			{Name: "years", Type: policy.Integer, Min: 5, Max: 60},
		},
		Inputs: []*policy.Input{
			{Name: "hukou_code", Type: policy.DivisionCode, Gives: "local_hukou"}, {Name: "birth_date", Type: policy.BirthDate, Gives: "age"},
			{Name: "id_number", Type: policy.IDNumber, Gives: "age"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// What is written plainly and is right is read at once.
func TestEncodeJSONReadsPlainElders(t *testing.T) {
	s := fullSpace(t)
	for _, text := range []string{
		`{}`, ` { } `, `{"age":0}`, `{"age": 130, "years": 5}`, "\t{\"age\" :\n80 ,\r\n \"local_hukou\" : false }\n", `{"local_hukou":true,"self_care":"部分"}`,
		`{"age":null,"self_care":null,"local_hukou":null}`, `{"id":"李 1","self_care":"full"}`, `{"id":""}`, `{"hukou_code":"141024","age":7}`,
		`{"birth_date":"1944-02-29","id":"a"}`, `{"id_number":"11010519491231002X","age":76}`, `{"birth_date":"1949-12-31","id_number":"11010519491231002X"}`,
	} {
		got, ok := s.EncodeJSON([]byte(text), hongtong, day)
		if !ok {
			t.Errorf("%s is not read", text)
			continue
		}
		if diff := cmp.Diff(slowly(t, s, text), got, sameProfile); diff != "" {
			t.Errorf("%s (-slowly +at once):\n%s", text, diff)
		}
	}
}

// All else is left to those who know what is wrong with it.
func TestEncodeJSONLeavesTheRest(t *testing.T) {
	s := fullSpace(t)
	for _, text := range []string{
		``, ` `, `[]`, `7`, `null`, `{`, `{"age"`, `{"age":`, `{"age":80`, `{"age":80,`, `{"age":80,}`, `{,}`, `{"age" 80}`, `{"age":80 "years":6}`, `{"age":80}{}`,
		`{"age":80}x`, `{"age":131}`, `{"years":4}`, `{"age":-1}`, `{"age":080}`, `{"age":00}`, `{"age":80.0}`, `{"age":8e1}`, `{"age":"80"}`, `{"age":true}`, `{"age":99999999999999999999}`,
		`{"local_hukou":"true"}`, `{"local_hukou":tru}`, `{"local_hukou":truex}`, `{"local_hukou":1}`, `{"self_care":"none"}`, `{"self_care":7}`, `{"self_care":"full}`, `{"self_care":"fu\u006cl"}`,
		"{\"self_care\":\"fu\nll\"}", "{\"id\":\"\xff\"}", `{"id":7}`, `{"id":null}`, `{"id":"a","id":"a"}`, `{"age":80,"age":80}`, `{"age":80,"age":null}`, `{"ag\u0065":80}`, `{"agee":80}`,
		`{"birth_date":"1944-02-29","birth_date":"1944-02-29"}`, `{"birth_date":"2023-02-29"}`, `{"birth_date":"1944-02-29","age":7}`, `{"birth_date":7}`, `{"hukou_code":"14102"}`,
		`{"age":{}}`, `{"id":["a"]}`,
	} {
		if p, ok := s.EncodeJSON([]byte(text), hongtong, day); ok {
			t.Errorf("%s is read as %v", text, p)
		}
	}
}

// Elders at random, well and badly written, are read as they are slowly, or not at all.
func TestEncodeJSONAgreesWithEncode(t *testing.T) {
	s := fullSpace(t)
	r := rand.New(rand.NewPCG(3, 1))
	parts := []string{
		`"age"`, `"local_hukou"`, `"self_care"`, `"years"`, `"hukou_code"`, `"birth_date"`, `"id"`, `"x"`, "80", "7", "0", "true", "false", "null", `"full"`, `"141024"`, `"1949-12-31"`,
		"{", "}", ":", ",", " ", "\"", "\\", "\n", "é",
	}
	read := 0
	for range 50_000 {
		var members []string
		for range r.IntN(5) {
			members = append(members, parts[r.IntN(7)]+":"+parts[8+r.IntN(9)])
		}
		text := "{" + strings.Join(members, ",") + "}"
		if r.IntN(3) == 0 {
			at := r.IntN(len(text) + 1)
			text = text[:at] + parts[r.IntN(len(parts))] + text[min(len(text), at+r.IntN(3)):]
		}
		got, ok := s.EncodeJSON([]byte(text), hongtong, day)
		if !ok {
			continue
		}
		read++
		if diff := cmp.Diff(slowly(t, s, text), got, sameProfile); diff != "" {
			t.Fatalf("%s (-slowly +at once):\n%s", text, diff)
		}
	}
	if read < 1000 {
		t.Errorf("only %d elders were read", read)
	}
}

// slowly reads an elder through a map.
func slowly(t *testing.T, s *elder.Space, text string) elder.Profile {
	t.Helper()
	row, err := elder.Raw{Line: 1, JSON: []byte(text)}.Row()
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	p, err := s.Encode(row.Elder, hongtong, day)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return p
}

func BenchmarkEncode(b *testing.B) {
	s, err := elder.NewSpace(wideVocabulary())
	if err != nil {
		b.Fatal(err)
	}
	e := elder.Elder{}
	for i := range s.Axes {
		e[s.Axes[i].Attribute.Name] = s.Axes[i].Values[0]
	}
	text, err := json.Marshal(e)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("map", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := s.Encode(e, hongtong, day); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("JSON", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, ok := s.EncodeJSON(text, hongtong, day); !ok {
				b.Fatal("not read")
			}
		}
	})
}

// wideVocabulary has as many attributes of each type as ours.
func wideVocabulary() *policy.Vocabulary {
	v := &policy.Vocabulary{}
	for i := range 33 {
		a := &policy.Attribute{Name: fmt.Sprint("some_attribute_", i), Type: policy.Boolean}
		switch {
		case i < 3:
			a.Type, a.Max = policy.Integer, 130
		case i < 11:
			a.Type, a.Values = policy.Enum, []*policy.EnumValue{{Name: "none"}, {Name: "employee"}, {Name: "resident"}, {Name: "other"}}
		}
		v.Attributes = append(v.Attributes, a)
	}
	return v
}
