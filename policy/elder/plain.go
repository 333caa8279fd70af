package elder

import "github.com/basic-eldercare/eldercare/policy"

// encodePlain is [Space.Encode] for an elder without problems. It reports false for any other.
func (s *Space) encodePlain(e Elder, j policy.Jurisdiction, on policy.Date) (Profile, bool) {
	enc := encoder{space: s, jurisdiction: j, on: on}
	others := 0
	for name, value := range e {
		i, ok := s.index[name]
		if !ok {
			others++
		} else if value != nil && !enc.plain(i, value) {
			return Profile{}, false
		}
	}
	if others == 0 {
		agree := s.derive(&enc.cells)
		return s.Profile(enc.cells), agree
	}
	return enc.others(e)
}

// plain sets an attribute. It reports false for a wrong value.
func (enc *encoder) plain(i int, value any) (ok bool) {
	axis := &enc.space.Axes[i]
	switch axis.Type {
	case policy.Boolean:
		v, ok := value.(bool)
		enc.cells[i] = 1
		if v {
			enc.cells[i] = 2
		}
		return ok
	case policy.Set:
		return enc.set(i, value) == ""
	case policy.Integer:
		n, whole := integer(value)
		enc.cells[i], ok = axis.number(n)
		return whole && ok
	default:
		text, ok := value.(string)
		enc.cells[i] = axis.named(text)
		return ok && enc.cells[i] != Absent
	}
}

// named returns the cell of an enum's value, or Absent when no value has the name.
func (a *Axis) named(name string) uint8 {
	for i, v := range a.Attribute.Values {
		if v.Name == name {
			return uint8(i + 1)
		}
	}
	return Absent
}

// others takes the keys that are not attributes: the id and the inputs. The inputs come after the
// attributes, which they may contradict.
func (enc *encoder) others(e Elder) (Profile, bool) {
	for name, value := range e {
		if _, attribute := enc.space.index[name]; attribute || value == nil || name == "id" {
			continue
		}
		in := enc.space.Vocabulary.Input(name)
		if in == nil {
			return Profile{}, false
		}
		if enc.input(in, value); len(enc.problems) > 0 {
			return Profile{}, false
		}
	}
	id := e.ID()
	if !enc.space.derive(&enc.cells) {
		return Profile{}, false
	}
	return enc.profile(id), id != "" || e["id"] == nil || e["id"] == ""
}

// EncodeValue is [Space.Encode] for an elder with one attribute or input. It reports false when
// something is wrong with it.
func (s *Space) EncodeValue(name string, value any, j policy.Jurisdiction, on policy.Date) (Profile, bool) {
	enc := encoder{space: s, jurisdiction: j, on: on}
	if i, ok := s.index[name]; ok {
		ok = enc.plain(i, value)
		agree := s.derive(&enc.cells)
		return s.Profile(enc.cells), ok && agree
	}
	in := s.Vocabulary.Input(name)
	if in == nil {
		return Profile{}, false
	}
	enc.input(in, value)
	agree := s.derive(&enc.cells)
	return enc.profile(""), agree && len(enc.problems) == 0
}
