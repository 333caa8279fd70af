package site

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/words"
)

// figure is a number of a list with its history.
type figure struct {
	Label, Name string
	Values      []dated
	Plot        *plot // nil where no value has a number
	Cite        string
}

// dated is a value from a day on.
type dated struct{ From, Value, Cite string }

// figures are the figures of a list: its own, then those of the lists above that it does not state.
func (w *writer) figures(p *place) []figure {
	var all []figure
	var seen []string
	for _, l := range p.rules.Table.Layers {
		for _, of := range l.List.Parameters {
			if slices.Contains(seen, of.Name) {
				continue
			}
			seen = append(seen, of.Name)
			f := figure{Label: of.Label, Name: of.Name, Cite: words.Citations(of.Cite, w.style), Plot: w.plot(of)}
			for _, v := range of.Values {
				f.Values = append(f.Values, dated{v.From.String(), w.value(of, v), words.Citations(v.Cite, w.style)})
			}
			all = append(all, f)
		}
	}
	return all
}

func (w *writer) value(of *policy.Parameter, v *policy.DatedValue) string {
	if v.Value == nil {
		return w.say("no number", "未定")
	}
	value := policy.Round(v.Value, 4, false)
	if of.Threshold() {
		return words.Number(value, of.Unit, w.style)
	}
	return words.Amount(policy.Promise{Bound: of.Bound, Value: &value}, of.Unit, w.style, nil)
}

// The size of a plot, and of the room for its words.
const (
	plotWidth, plotHeight = 320, 96
	plotLeft, plotBottom  = 8, 24
)

// plot is the history of a figure as steps, from its first day to that of the site.
type plot struct {
	Title                               string
	Width, Height, Left, Right, Base, Y int
	Path                                string
	Labels                              []label
	First, Last                         policy.Date
}

// label is a number at the beginning of its step.
type label struct {
	X, Y int
	Text string
}

// plot draws the history of a figure. It is nil where no value has a number above 0.
func (w *writer) plot(of *policy.Parameter) *plot {
	steps := slices.DeleteFunc(slices.Clone(of.Values), func(v *policy.DatedValue) bool { return v.From.After(w.On) })
	most := new(big.Rat)
	for _, v := range steps {
		if v.Value != nil && v.Value.Cmp(most) > 0 {
			most = v.Value
		}
	}
	if most.Sign() == 0 {
		return nil
	}
	p := &plot{
		Width: plotWidth, Height: plotHeight, Left: plotLeft, Right: plotWidth - plotLeft, Base: plotHeight - plotBottom, Y: plotHeight - 6,
		First: steps[0].From, Last: w.On,
	}
	p.Title = fmt.Sprintf(w.say("%s from %s to %s", "%s，%s至%s"), cmp.Or(of.Label, of.Name), p.First, p.Last)
	p.draw(steps, most)
	return p
}

// draw draws steps up to the highest.
func (p *plot) draw(steps []*policy.DatedValue, most *big.Rat) {
	span := max(1, days(p.First, p.Last))
	x := func(d policy.Date) int { return p.Left + days(p.First, d)*(p.Right-p.Left)/span }
	pen := "M"
	for i, v := range steps {
		if v.Value == nil {
			pen = "M" // there is a gap
			continue
		}
		end := p.Last
		if i+1 < len(steps) {
			end = steps[i+1].From
		}
		share, _ := new(big.Rat).Quo(v.Value, most).Float64()
		y := p.Base - int(share*(plotHeight-2*plotBottom))
		p.Path += fmt.Sprintf("%s%d %dL%d %d", pen, x(v.From), y, x(end), y)
		p.Labels = append(p.Labels, label{x(v.From), y - 6, policy.Round(v.Value, 4, false).String()})
		pen = "L"
	}
}

// days are the days from one day to another.
func days(from, to policy.Date) int {
	at := func(d policy.Date) time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }
	return int(at(to).Sub(at(from)).Hours() / 24)
}
