package layer_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
)

// What is owed is each part of the nearest calendar, or of one above where that is better; a list
// without one declares what is owed above.
func TestPayment(t *testing.T) {
	const service = "old-age-allowance"
	layers := func(calendars ...*policy.Payment) (all []layer.Layer) {
		for _, p := range calendars {
			all = append(all, layer.Layer{List: &policy.List{Services: []*policy.Service{{ID: service, Payment: p}}}})
		}
		return all
	}
	without := layer.Layer{List: &policy.List{CountingDay: 15}}
	month, next, once := policy.FromMonth, policy.FromNextMonth, &policy.Payment{Once: true}
	for _, tt := range []struct {
		name           string
		layers         []layer.Layer
		owed, declared *policy.Payment
	}{
		{"nobody has one", layers(nil, nil), nil, nil},
		{"the nearest is better", layers(&policy.Payment{From: month}, &policy.Payment{From: next}), &policy.Payment{From: month}, &policy.Payment{From: month}},
		{"a part of the one above is better", layers(&policy.Payment{From: next, Until: policy.UntilNextMonth}, &policy.Payment{From: month, Until: policy.UntilMonth}),
			&policy.Payment{From: month, Until: policy.UntilNextMonth}, &policy.Payment{From: next, Until: policy.UntilNextMonth}},
		{"what nobody above states", layers(&policy.Payment{From: next}, nil), &policy.Payment{From: next}, &policy.Payment{From: next}},
		{"each month above, though nobody states it", layers(once, nil), &policy.Payment{From: month}, once},
		{"the list above does not have the service", append(layers(once), without), once, once},
		{"its own says nothing", layers(nil, &policy.Payment{From: next}, &policy.Payment{From: month}), &policy.Payment{From: month}, &policy.Payment{From: month}},
		{"the highest is the best", layers(&policy.Payment{From: next}, &policy.Payment{Until: policy.UntilMonth}, &policy.Payment{From: month}),
			&policy.Payment{From: month}, &policy.Payment{From: next}},
	} {
		if diff := cmp.Diff(tt.owed, layer.Payment(tt.layers, service, "")); diff != "" {
			t.Errorf("%s: owed (-want +got):\n%s", tt.name, diff)
		}
		if diff := cmp.Diff(tt.declared, layer.DeclaredPayment(tt.layers, service, "")); diff != "" {
			t.Errorf("%s: declared (-want +got):\n%s", tt.name, diff)
		}
	}
	if day := layer.CountingDay(append(layers(nil), without)); day != 15 {
		t.Errorf("the counting day is %d, want that of the list above, 15", day)
	}
}
