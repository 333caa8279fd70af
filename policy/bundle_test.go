package policy_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
)

var shareAndCeiling = []string{"share", "ceiling"}

// bundle reads "share ceiling": a number is a floor of a share and a most of a ceiling, open an
// amount without a number, - none.
func bundle(t *testing.T, text string) policy.Bundle {
	t.Helper()
	b := policy.Bundle{}
	for i, word := range strings.Fields(text) {
		p := policy.Promise{Bound: []policy.Bound{policy.AtLeast, policy.AtMost}[i]}
		if word == "-" {
			continue
		}
		if word != "open" {
			value, err := policy.ParseDecimal(word)
			if err != nil {
				t.Fatal(err)
			}
			p.Value = &value
		}
		b[shareAndCeiling[i]] = p
	}
	return b
}

func bundleText(b policy.Bundle) string {
	var words []string
	for _, measure := range shareAndCeiling {
		p, promised := b[measure]
		switch {
		case !promised:
			words = append(words, "-")
		case p.Open():
			words = append(words, "open")
		default:
			words = append(words, p.Value.String())
		}
	}
	return strings.Join(words, " ")
}

func TestBest(t *testing.T) {
	for _, tt := range []struct{ all, want []string }{
		{nil, nil},
		{[]string{"- -"}, nil},
		{[]string{"50 900", "100 300"}, []string{"100 300", "50 900"}},
		{[]string{"50 900", "100 300", "100 900"}, []string{"100 900"}},
		{[]string{"100 900", "50 900", "100 300"}, []string{"100 900"}},
		{[]string{"50 900", "50 900"}, []string{"50 900"}},
		{[]string{"- 900", "50 -", "50 300"}, []string{"50 300", "- 900"}},
		{[]string{"100 open", "50 900"}, []string{"100 open", "50 900"}},
		{[]string{"100 open", "100 1"}, []string{"100 1"}},
		{[]string{"40 900", "50 300", "45 600", "45 500"}, []string{"50 300", "45 600", "40 900"}},
	} {
		var all []policy.Bundle
		for _, text := range tt.all {
			all = append(all, bundle(t, text))
		}
		var got []string
		for _, b := range policy.Best(all, shareAndCeiling, policy.Bundle.AtLeast) {
			got = append(got, bundleText(b))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%v: (-want +got)\n%s", tt.all, diff)
		}
	}
}

func TestMeet(t *testing.T) {
	for _, tt := range [][3]string{
		{"50 900", "100 300", "50 300"},
		{"50 900", "50 900", "50 900"},
		{"50 -", "100 300", "50 -"},
		{"50 -", "- 300", "- -"},
		{"50 open", "100 300", "50 open"},
	} {
		for _, got := range []policy.Bundle{bundle(t, tt[0]).Meet(bundle(t, tt[1])), bundle(t, tt[1]).Meet(bundle(t, tt[0]))} {
			if bundleText(got) != tt[2] {
				t.Errorf("%s and %s have %s in common, want %s", tt[0], tt[1], bundleText(got), tt[2])
			}
		}
	}
}

// A ceiling could bring more than a lower amount that is sure, which is the better promise.
func TestOutdoes(t *testing.T) {
	sure := func(yuan int64) policy.Bundle {
		d := policy.DecimalOf(yuan)
		return policy.Bundle{"ceiling": {Bound: policy.Exactly, Value: &d}}
	}
	most := bundle(t, "- 900")
	got := fmt.Sprint(sure(500).AtLeast(most), sure(500).Outdoes(most), most.Outdoes(sure(500)), most.Outdoes(sure(900)))
	if want := "true false true false"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
