package answers

import (
	"encoding/binary"
	"math/bits"
	"sync/atomic"

	"github.com/basic-eldercare/eldercare/policy/elder"
)

// key is what something is kept by: cells, of whatever the number says.
type key struct {
	of    uint64
	cells elder.Cells
}

// hash mixes all bits of the key.
func (k *key) hash() uint64 {
	const p, q = 0x9e3779b97f4a7c15, 0xd6e8feb86659fd93 // odd, with irregular digits
	mixed := k.of * p
	for i := 0; i < len(k.cells); i += 16 {
		low, high := binary.LittleEndian.Uint64(k.cells[i:]), binary.LittleEndian.Uint64(k.cells[i+8:])
		more, less := bits.Mul64(low^p, high^(q+uint64(i)))
		mixed ^= more ^ less
	}
	return mixed * p
}

// memo keeps values by their keys, and of too many drops one for each that is added. To find and to keep takes no lock: at
// worst a value is dropped that could have been kept. The zero memo is empty.
type memo[V any] struct {
	slots atomic.Pointer[[kept]atomic.Pointer[entry[V]]]
}

// kept bounds the values of a memo. A key has two slots.
const (
	keptDigits = 12
	kept       = 1 << keptDigits
)

// entry is a value with its key. It may be part of the value.
type entry[V any] struct {
	key   key
	value *V
}

// find returns the value of a key, nil when none is kept.
func (m *memo[V]) find(k *key) *V {
	slots := m.slots.Load()
	if slots == nil {
		return nil
	}
	i := k.hash() >> (64 - keptDigits) % kept
	if e := slots[i].Load(); e != nil && e.key == *k {
		return e.value
	}
	if e := slots[i^1].Load(); e != nil && e.key == *k {
		return e.value
	}
	return nil
}

// keep keeps a value. What was in the first slot of its key moves to the second, what was there is dropped.
func (m *memo[V]) keep(e *entry[V]) {
	slots := m.slots.Load()
	if slots == nil {
		m.slots.CompareAndSwap(nil, new([kept]atomic.Pointer[entry[V]]))
		slots = m.slots.Load()
	}
	i := e.key.hash() >> (64 - keptDigits) % kept
	slots[i^1].Store(slots[i].Load())
	slots[i].Store(e)
}
