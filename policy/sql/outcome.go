package sql

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
)

// Status is what an elder has of a service.
type Status string

// These are the statuses. A service that is entitled and could also be permitted in part is
// entitled. One of which only something is possible, even a mere permission, is possible, as a
// decision lists it.
const (
	Entitled      Status = "entitled"
	Possible      Status = "possible"
	Discretionary Status = "discretionary"
	Nothing       Status = ""
)

// outcome is an answer of a service, as far as SQL shows it. Elders whose answers differ only in
// what they need share one.
type outcome struct {
	status   Status
	promises map[string]policy.Promise // what is certain, by measure
	upTo     map[string]policy.Promise // what it could be, by measure
	bundles  []policy.Bundle           // of linked measures, where several are certain
}

// newOutcome returns the outcome of the awards of one service.
func newOutcome(layers []layer.Layer, awards []decide.Award) outcome {
	var o outcome
	for _, a := range awards {
		switch {
		case !a.Certain:
			o.status = better(o.status, Possible)
			if !a.Discretionary {
				o.upTo = decide.NewPossibility(layers, a).UpTo
			}
		case a.Discretionary:
			o.status = better(o.status, Discretionary)
		default:
			e := decide.NewEntitlement(layers, a)
			o.status, o.promises, o.upTo, o.bundles = Entitled, e.Promises, e.UpTo, unattributed(e.Bundles)
		}
	}
	return o
}

// unattributed returns bundles without the lists that promise them, of which no column tells.
func unattributed(bundles []policy.Bundle) []policy.Bundle {
	var all []policy.Bundle
	for _, b := range bundles {
		b = maps.Clone(b)
		for measure, p := range b {
			p.List = ""
			b[measure] = p
		}
		all = append(all, b)
	}
	return all
}

// rank returns the place of a status in their order.
func (s Status) rank() int {
	return slices.Index([]Status{Nothing, Discretionary, Possible, Entitled}, s)
}

func better(a, b Status) Status {
	if a.rank() > b.rank() {
		return a
	}
	return b
}

// words returns a text that tells outcomes apart.
func (o outcome) words() string {
	type amounts map[string]struct {
		Bound policy.Bound
		Value *policy.Decimal
	}
	shown := func(promises map[string]policy.Promise) amounts {
		all := amounts{}
		for measure, p := range promises {
			all[measure] = struct {
				Bound policy.Bound
				Value *policy.Decimal
			}{p.Bound, p.Value}
		}
		return all
	}
	text, _ := json.Marshal([]any{o.status, shown(o.promises), shown(o.upTo), o.bundles}) // maps of numbers and strings
	return string(text)
}

// compare orders outcomes by what they promise, the greatest last.
func (o outcome) compare(p outcome) int {
	return cmp.Or(cmp.Compare(o.status.rank(), p.status.rank()),
		comparePromises(o.promises, p.promises), comparePromises(o.upTo, p.upTo), cmp.Compare(o.words(), p.words()))
}

func comparePromises(a, b map[string]policy.Promise) int {
	both := maps.Clone(a)
	if both == nil {
		both = map[string]policy.Promise{}
	}
	maps.Copy(both, b)
	for _, measure := range slices.Sorted(maps.Keys(both)) {
		p, inA := a[measure]
		q, inB := b[measure]
		if c := cmp.Or(boolInt(inA)-boolInt(inB), p.Compare(q)); c != 0 {
			return c
		}
	}
	return 0
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
