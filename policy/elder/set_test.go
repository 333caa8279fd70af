package elder_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

// withSet returns a space of an age, a set of three values, and a flag.
func withSet(t *testing.T) *elder.Space {
	t.Helper()
	s, err := elder.NewSpace(&policy.Vocabulary{Attributes: []*policy.Attribute{
		{Name: "age", Type: policy.Integer, Min: 0, Max: 130},
		{Name: "disabilities", Label: "残疾", English: "disabilities", Type: policy.Set, Values: []*policy.EnumValue{
			{Name: "visual", Label: "视力", English: "sight"}, {Name: "hearing", Label: "听力", English: "hearing"}, {Name: "speech", Label: "言语", English: "speech"},
		}},
		{Name: "alone", Type: policy.Boolean},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func cells(p elder.Profile) []uint8 {
	all := p.Cells()
	return all[:]
}

// A set has one axis for each of its values: 0 is unknown, 1 not in the list, 2 in it.
func TestEncodeSets(t *testing.T) {
	s := withSet(t)
	for _, c := range []struct {
		list any
		want elder.Cells
	}{
		{nil, elder.Cells{0, 0, 0, 0, 2}},
		{[]string(nil), elder.Cells{0, 0, 0, 0, 2}},
		{[]any{}, elder.Cells{0, 1, 1, 1, 2}},
		{[]string{"visual"}, elder.Cells{0, 2, 1, 1, 2}},
		{[]any{"speech", "visual"}, elder.Cells{0, 2, 1, 2, 2}},
		{[]string{"hearing", "speech", "visual"}, elder.Cells{0, 2, 2, 2, 2}},
	} {
		p, err := s.Encode(elder.Elder{"disabilities": c.list, "alone": true}, hongtong, day)
		if err != nil || p.Cells() != c.want {
			t.Errorf("%v: %v, %v", c.list, cells(p)[:5], err)
		}
	}
}

// What is no list, holds what is no text, or names a value twice or one that there is not, is
// refused, and not shown.
func TestEncodeRefusesSets(t *testing.T) {
	s := withSet(t)
	const message = "must be a list of different names out of visual, hearing, speech"
	for list, code := range map[string]string{
		`"secret"`: "wrong-type", `true`: "wrong-type", `{"secret": true}`: "wrong-type", `["visual", 7]`: "wrong-type", `["secret", null]`: "wrong-type",
		`[["visual"]]`: "wrong-type", `["secret"]`: "out-of-range", `["visual", "hearing", "visual"]`: "out-of-range", `[""]`: "out-of-range",
		`["Visual"]`: "out-of-range",
	} {
		var value any
		if err := json.Unmarshal([]byte(list), &value); err != nil {
			t.Fatal(err)
		}
		_, err := s.Encode(elder.Elder{"disabilities": value}, hongtong, day)
		wrong, ok := errors.AsType[*elder.Error](err)
		want := []elder.Problem{{Code: code, Attributes: []string{"disabilities"}, Message: message}}
		if !ok || cmp.Diff(want, wrong.Problems) != "" || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", list, err)
		}
	}
}

// An elder with a set is read like any other, in JSON of every form.
func TestSetsInJSON(t *testing.T) {
	s := withSet(t)
	const text = "{\"age\": 80,\n\"disabilities\": [\"speech\", \n\"visual\"]}\n{\"disabilities\": []} {\"age\": 81}\n{\"disabilities\": [\"other\"]}"
	if _, ok := s.EncodeJSON([]byte(`{"disabilities":["visual"]}`), hongtong, day); ok {
		t.Error("a list is no plain value")
	}
	var got []string
	for row, err := range elder.Read(strings.NewReader(text)) {
		if err != nil {
			t.Fatal(err)
		}
		p, err := s.Encode(row.Elder, hongtong, day)
		got = append(got, fmt.Sprintf("%v %v", cells(p)[:4], err != nil))
	}
	want := []string{"[81 2 1 2] false", "[0 1 1 1] false", "[82 0 0 0] false", "[0 0 0 0] true"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

type categories []category

// A set of a struct is a []string: nil is unknown, empty is none.
func TestBindSets(t *testing.T) {
	s := withSet(t)
	type person struct {
		List []string `eldercare:"disabilities"`
	}
	b, err := elder.Bind[person](s)
	if err != nil {
		t.Fatal(err)
	}
	for want, list := range map[[3]uint8][]string{{}: nil, {1, 1, 1}: {}, {1, 2, 1}: {"hearing"}, {2, 1, 2}: {"speech", "visual"}} {
		p, err := b.Encode(&person{List: list}, hongtong, day)
		if got := [3]uint8(cells(p)[1:4]); err != nil || got != want {
			t.Errorf("%v: %v, %v", list, got, err)
		}
	}
	for _, list := range [][]string{{"other"}, {"visual", "visual"}} {
		_, err := b.Encode(&person{List: list}, hongtong, day)
		_, wantErr := s.Encode(elder.Elder{"disabilities": list}, hongtong, day)
		if err == nil || err.Error() != wantErr.Error() {
			t.Errorf("%v: %v, want %v", list, err, wantErr)
		}
	}
	type named struct {
		List categories `eldercare:"disabilities"`
	}
	n, err := elder.Bind[named](s)
	if err != nil {
		t.Fatal(err)
	}
	if p, err := n.Encode(&named{categories{"hearing"}}, hongtong, day); err != nil || [3]uint8(cells(p)[1:4]) != [3]uint8{1, 2, 1} {
		t.Errorf("a named list: %v, %v", cells(p)[1:4], err)
	}
	if _, err := n.Encode(&named{categories{"other"}}, hongtong, day); len(problems(err)) != 1 || problems(err)[0].Code != "out-of-range" {
		t.Errorf("a named list of what there is not: %v", err)
	}
	if _, err := elder.Bind[struct {
		One string `eldercare:"disabilities"`
	}](s); err == nil || !strings.Contains(err.Error(), "the attribute needs []string, but the field is string") {
		t.Errorf("one text: %v", err)
	}
}

// Rules and witnesses have the list whole, in the order of the vocabulary; where the world is
// closed it is empty.
func TestInputOfSets(t *testing.T) {
	s := withSet(t)
	for _, c := range []struct {
		cells elder.Cells
		want  map[string]any
	}{
		{elder.Cells{}, map[string]any{}},
		{elder.Cells{0, 1, 1, 1, 0}, map[string]any{"disabilities": []any{}}},
		{elder.Cells{0, 2, 1, 2, 1}, map[string]any{"disabilities": []any{"visual", "speech"}, "alone": false}},
		{s.Close(elder.Cells{81}), map[string]any{"age": 80, "disabilities": []any{}, "alone": false}},
	} {
		if diff := cmp.Diff(c.want, s.Input(c.cells)); diff != "" {
			t.Errorf("%v (-want +got):\n%s", c.cells[:5], diff)
		}
	}
}

// Whoever gives some axes of a set and not all is nobody; nobody else is.
func TestMixed(t *testing.T) {
	s := withSet(t)
	for n := range 27 {
		c := elder.Cells{0, uint8(n % 3), uint8(n / 3 % 3), uint8(n / 9)}
		want := (c[1] == 0) != (c[2] == 0) || (c[2] == 0) != (c[3] == 0)
		got := false
		for _, b := range s.Mixed() {
			got = got || b.Contains(func(a int) uint8 { return c[a] })
		}
		if got != want {
			t.Errorf("%v: mixed %v", c[1:4], got)
		}
	}
}
