package elder

import (
	"testing"

	"github.com/basic-eldercare/eldercare/policy"
)

// An elder without a problem is encoded at once, with an id or without; any other is left to who
// says what is wrong.
func TestEncodePlain(t *testing.T) {
	s, err := NewSpace(&policy.Vocabulary{Attributes: []*policy.Attribute{{Name: "alone", Type: policy.Boolean}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		note string
		e    Elder
		id   string
		ok   bool
	}{
		{"no id", Elder{"alone": true}, "", true}, {"nil for an id", Elder{"alone": true, "id": nil}, "", true}, {"an empty id", Elder{"id": ""}, "", true},
		{"an id", Elder{"alone": true, "id": "E-1"}, "E-1", true}, {"a number for an id", Elder{"id": 7}, "7", true}, {"a list for an id", Elder{"id": []string{"E-1"}}, "", false},
		{"an unknown key", Elder{"aloof": true}, "", false}, {"a wrong value", Elder{"alone": "yes"}, "", false},
	} {
		p, ok := s.encodePlain(tt.e, policy.Jurisdiction{}, policy.Date{})
		if ok != tt.ok || ok && p.ID != tt.id {
			t.Errorf("%s: %q, %v; want %q, %v", tt.note, p.ID, ok, tt.id, tt.ok)
		}
	}
}

// A binding of one space encodes in another that means the same just as that does.
func TestEncodeInAnotherSpace(t *testing.T) {
	made := func() *Space {
		s, err := NewSpace(&policy.Vocabulary{Attributes: []*policy.Attribute{{Name: "alone", Type: policy.Boolean}}})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	type person struct {
		ID    string `eldercare:"id"`
		Alone bool   `eldercare:"alone"`
	}
	b, err := Bind[person](made())
	if err != nil {
		t.Fatal(err)
	}
	other := made()
	got, err := b.EncodeIn(other, &person{"E-1", true}, policy.Jurisdiction{}, policy.Date{})
	if err != nil {
		t.Fatal(err)
	}
	want, err := other.Encode(Elder{"id": "E-1", "alone": true}, policy.Jurisdiction{}, policy.Date{})
	if err != nil || got != want {
		t.Errorf("%+v, want %+v; %v", got, want, err)
	}
}
