package synth

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/box"
	"github.com/basic-eldercare/eldercare/policy/register"
)

// what is what a column holds.
type what int

const (
	anID what = iota
	aTownship
	aBirthDate
	anIDNumber
	aCode
	aValue // of an attribute
)

// field is a column of a register.
type field struct {
	what   what
	header string
	kind   register.Kind
	axis   int      // the attribute; what a date of birth, an identity number or a code gives
	end    int      // behind the last axis: a set has several
	words  []string // of the cells of the axis, or of the values of a set; the first is of none
}

// drawn reports whether the column holds what may be known or not.
func (f *field) drawn() bool { return f.what != anID && f.what != aTownship }

// layout are the columns. What another column gives has none of its own: the age, which dates go
// stale to, and what is local.
func (r *Register) layout() []field {
	fields := []field{{what: anID, header: r.named("id", "编号")}}
	if r.Townships {
		fields = append(fields, field{what: aTownship, header: r.named("township", "乡镇")})
	}
	v, given := r.drawer.space.Vocabulary, map[string]bool{"age": true, "local_hukou": true, "local_resident": true}
	for _, in := range v.Inputs {
		f := field{header: r.named(in.Name, in.Label)}
		f.axis, _ = r.drawer.space.Index(in.Gives)
		f.end = f.axis + 1
		switch {
		case in.Type == policy.BirthDate:
			f.what = aBirthDate
		case in.Type == policy.IDNumber && r.IDNumbers:
			f.what = anIDNumber
		case in.Type == policy.DivisionCode && r.codes != nil:
			f.what = aCode
		default:
			continue
		}
		given[in.Gives] = true
		fields = append(fields, f)
	}
	for i, a := range r.drawer.space.Axes {
		if !given[a.Attribute.Name] && r.drawer.space.First(i) {
			fields = append(fields, r.valueField(i))
		}
	}
	return fields
}

// valueField is the column of an attribute.
func (r *Register) valueField(axis int) field {
	a := &r.drawer.space.Axes[axis]
	f := field{what: aValue, header: r.named(a.Attribute.Name, a.Label), axis: axis, words: []string{""}}
	_, f.end = r.drawer.space.Group(axis)
	switch {
	case a.Type == policy.Integer:
		f.kind = register.Whole
	case r.English && a.Type == policy.Boolean:
		f.kind, f.words = register.Truth, []string{"", "false", "true"}
	case a.Type == policy.Boolean:
		f.words = []string{"", "否", "是"}
	default:
		if r.English && a.Member != nil {
			f.kind = register.List
		}
		for _, value := range a.Attribute.Values {
			f.words = append(f.words, r.named(value.Name, value.Label))
		}
	}
	return f
}

func (r *Register) named(english, chinese string) string {
	if r.English {
		return english
	}
	return chinese
}

// cell is what an elder has in a column.
func (r *Register) cell(column, number int, p *person, t *Tally) register.Cell {
	f := &r.fields[column]
	if p.blank[column] && f.drawn() {
		t.Blank++
		return register.Cell{}
	}
	clean := r.clean(f, number, p)
	if r.Dirty == 0 || r.random.Float64() >= r.Dirty {
		return r.typed(f, clean)
	}
	dirty := r.mistake(f, clean)
	if dirty == clean {
		return r.typed(f, clean)
	}
	t.Dirty++
	return register.Cell{Text: dirty}
}

// typed is a cell as its column holds it. Among mistakes numbers stay numbers where a format knows
// them.
func (r *Register) typed(f *field, text string) register.Cell {
	if r.Dirty > 0 && f.kind == register.Whole {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			d := policy.DecimalOf(n)
			return register.Cell{Number: &d}
		}
	}
	return register.Cell{Text: text}
}

// clean is what should stand in a column.
func (r *Register) clean(f *field, number int, p *person) string {
	switch f.what {
	case anID:
		return fmt.Sprintf("SYN%08d", number)
	case aTownship:
		return r.named(townships[p.township].english, townships[p.township].name)
	case aBirthDate:
		return p.birth.String()
	case anIDNumber:
		return elder.IDNumber(r.province+"9999", p.birth, 1+r.random.IntN(999))
	case aCode:
		return r.codes.draw(r.random, p.cells[f.axis])
	}
	a := &r.drawer.space.Axes[f.axis]
	switch {
	case p.cells[f.axis] == elder.Absent:
		return ""
	case a.Member != nil:
		return r.set(f, p)
	case a.Type == policy.Integer:
		return strconv.Itoa(p.numbers[f.axis])
	}
	return f.words[p.cells[f.axis]]
}

// set is what an elder has of a set.
func (r *Register) set(f *field, p *person) string {
	var has []string
	for axis := f.axis; axis < f.end; axis++ {
		if r.drawer.space.Axes[axis].Value(p.cells[axis]) == true {
			has = append(has, f.words[1+axis-f.axis])
		}
	}
	if has == nil {
		return r.named("none", "无")
	}
	return strings.Join(has, r.named(",", "、"))
}

// codes are division codes by the cell of the place that they are seen from a jurisdiction.
type codes map[uint8][]string

// codesAround are codes in a jurisdiction and around it, nil when it has none. Those of counties
// around are made up.
func codesAround(space *elder.Space, j policy.Jurisdiction) codes {
	if len(j.Code) < 6 {
		return nil
	}
	candidates := []string{j.Code, "110105", "310104", "410105", "140105", "440103", "510104"}
	for n := 21; n < 30; n++ {
		candidates = append(candidates, fmt.Sprint(j.Code[:4], n), fmt.Sprintf("%s%02d21", j.Code[:2], n-20))
	}
	place, _ := space.Index("hukou_place")
	c := codes{}
	for _, code := range candidates {
		p, err := space.Encode(elder.Elder{"hukou_code": code}, j, DefaultDay)
		if cell := p.Cell(place); err == nil && elder.IsDivision(code) && cell != elder.Absent && !slices.Contains(c[cell], code) {
			c[cell] = append(c[cell], code)
		}
	}
	return c
}

func (c codes) places() box.Set {
	var s box.Set
	for cell := range c {
		s.Add(cell)
	}
	return s
}

func (c codes) draw(random *rand.Rand, place uint8) string {
	all := c[place]
	if len(all) == 0 {
		return ""
	}
	return all[random.IntN(len(all))]
}
