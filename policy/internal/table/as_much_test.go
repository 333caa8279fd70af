package table

import (
	"testing"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
)

// An open amount says no number: it is as much as another only if it is the same.
func TestPromisesAsMuch(t *testing.T) {
	ten := policy.DecimalOf(10)
	promising := func(p policy.Promise) Case {
		return Case{Case: rules.Case{Grant: rules.Grant{Measures: map[string]policy.Promise{"m": p}}}}
	}
	locally := promising(policy.Promise{Bound: policy.SetLocally})
	missing := promising(policy.Promise{Bound: policy.Exactly, Missing: "wage"})
	known := promising(policy.Promise{Bound: policy.Exactly, Value: &ten})
	for _, tt := range []struct {
		name string
		c, d Case
		want bool
	}{
		{"the same", locally, locally, true},
		{"open for another reason", locally, missing, false},
		{"a number for none", known, missing, true},
		{"none for a number", missing, known, false},
		{"nothing", Case{}, locally, false},
	} {
		if got := tt.c.PromisesAsMuch(tt.d); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
