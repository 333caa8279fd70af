package roster_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/box"
)

var lists = []string{"shanxi", "shuozhou", "hongtong", "henan", "huojia"}

func TestScratch(t *testing.T) {
	ctx := context.Background()
	e, err := eldercare.Load(ctx)
	if err != nil {
		t.Fatal(err)
	}
	on := eldercare.Date{2026, 11, 22}
	for _, j := range lists {
		r, err := e.Rules(ctx, j, on)
		if err != nil {
			t.Fatal(err)
		}
		axes := map[int]bool{}
		conds := map[string]bool{}
		for _, c := range r.Table.Cases {
			for _, s := range c.Box {
				axes[s.Attribute] = true
				conds[fmt.Sprint(s.Attribute, s.Admits)] = true
			}
		}
		fmt.Println(j, "cases", len(r.Table.Cases), "words", r.Table.Words(), "axes", len(axes), "conds", len(conds), "opaque", len(r.Table.Opaque), "contra", len(r.Table.Contradictions), "layers", len(r.Table.Layers))
		if j == "shanxi" || j == "huojia" {
			for k := range conds {
				fmt.Println(k)
			}
			for i, c := range r.Table.Cases {
				fmt.Println(i, c.Layer, c.Grant.Service, c.Grant.Discretionary, len(c.Grant.Measures))
			}
		}
	}
	_ = box.Box{}
	_ = rand.Int
}

func BenchmarkScratch(b *testing.B) {
	ctx := context.Background()
	e, err := eldercare.Load(ctx)
	if err != nil {
		b.Fatal(err)
	}
	on := eldercare.Date{2026, 11, 22}
	for _, j := range lists {
		r, _ := e.Rules(ctx, j, on)
		rng := rand.New(rand.NewPCG(1, 2))
		var ps []eldercare.Profile
		for len(ps) < 1024 {
			var p eldercare.Profile
			for i := range r.Table.Space.Axes {
				p.Cells[i] = uint8(1 + rng.IntN(len(r.Table.Space.Axes[i].Values)))
			}
			p.Cells[0] = uint8(56 + rng.IntN(50))
			ps = append(ps, p)
		}
		b.Run("closed/"+j, func(b *testing.B) {
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				r.DecideClosed(ctx, &ps[i&1023])
				i++
			}
		})
		b.Run("decide/"+j, func(b *testing.B) {
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				r.Decide(ctx, &ps[i&1023])
				i++
			}
		})
		b.Run("ask/"+j, func(b *testing.B) {
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				r.Ask(ctx, &ps[i&1023])
				i++
			}
		})
	}
}
