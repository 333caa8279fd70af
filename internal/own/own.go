// Package own copies answers, so that a caller may change them.
package own

import (
	"math/big"
	"reflect"
	"sync"
	"unsafe"
)

// Copy returns a copy of an answer that shares nothing which a caller of another package could
// change. What unexported fields point to stays shared. Two pointers to one thing point to one
// copy.
func Copy[T any](v T) T {
	c := copier{}
	c.own(reflect.ValueOf(&v).Elem(), planOf(reflect.TypeFor[T]()))
	return v
}

// copier is the work on one copy: the copies so far, by what they are of.
type copier map[of]reflect.Value

// of is a pointer with its type, as a struct and its first field have one address.
type of struct {
	is *plan
	at unsafe.Pointer
}

// plan says how the variables of a type are copied. It is nil for a type whose values point to
// nothing that a caller could change.
type plan struct {
	kind   reflect.Kind
	fields []field // of a struct, those that have a plan
	elem   reflect.Type
}

type field struct {
	index int
	plan  *plan
}

var (
	plans  sync.Map // by type
	ratios = reflect.TypeFor[big.Rat]()
)

func planOf(t reflect.Type) *plan {
	if known, ok := plans.Load(t); ok {
		return known.(*plan)
	}
	known, _ := plans.LoadOrStore(t, newPlan(t)) // one for all, as copies are found by it
	return known.(*plan)
}

func newPlan(t reflect.Type) *plan {
	p := &plan{kind: t.Kind()}
	switch t.Kind() {
	case reflect.Slice, reflect.Map, reflect.Pointer:
		p.elem = t.Elem()
		return p
	case reflect.Interface:
		return p
	case reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() {
				if of := planOf(f.Type); of != nil {
					p.fields = append(p.fields, field{i, of})
				}
			}
		}
		if len(p.fields) > 0 {
			return p
		}
	}
	return nil
}

// own replaces what a variable points to by copies.
func (c copier) own(v reflect.Value, p *plan) {
	switch {
	case p == nil:
	case p.kind == reflect.Struct:
		for _, f := range p.fields {
			c.own(v.Field(f.index), f.plan)
		}
	case v.IsNil():
	case p.kind == reflect.Pointer:
		v.Set(c.pointer(v, p))
	case p.kind == reflect.Interface:
		v.Set(c.copied(v.Elem(), planOf(v.Elem().Type())))
	case p.kind == reflect.Slice:
		made := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(made, v)
		if of := planOf(p.elem); of != nil {
			for i := range made.Len() {
				c.own(made.Index(i), of)
			}
		}
		v.Set(made)
	case p.kind == reflect.Map:
		made, of := reflect.MakeMapWithSize(v.Type(), v.Len()), planOf(p.elem)
		for each := v.MapRange(); each.Next(); {
			made.SetMapIndex(each.Key(), c.copied(each.Value(), of))
		}
		v.Set(made)
	}
}

// copied returns a copy of a value that is no variable.
func (c copier) copied(v reflect.Value, p *plan) reflect.Value {
	if p == nil {
		return v
	}
	made := reflect.New(v.Type()).Elem()
	made.Set(v)
	c.own(made, p)
	return made
}

// pointer returns a pointer to a copy.
func (c copier) pointer(v reflect.Value, p *plan) reflect.Value {
	key := of{p, v.UnsafePointer()}
	if known, ok := c[key]; ok {
		return known
	}
	made := reflect.New(p.elem)
	c[key] = made
	if p.elem == ratios { // its digits are behind unexported fields
		made.Interface().(*big.Rat).Set(v.Interface().(*big.Rat))
		return made
	}
	made.Elem().Set(v.Elem())
	c.own(made.Elem(), planOf(p.elem))
	return made
}
