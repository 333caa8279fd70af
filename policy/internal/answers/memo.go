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
// worst something is dropped that could have been kept. The zero memo is empty and has room for [fewSets] sets.
type memo[V any] struct {
	sets atomic.Pointer[[]set[V]] // a power of two; nil while nothing is kept
	room int                      // how many sets there will be, 0 for few
}

// set is where the values of keys are whose hashes begin alike: those kept last.
type set[V any] struct {
	next  atomic.Uint32 // where to keep the next one
	slots [ways]struct {
		hash  atomic.Uint64 // of the key, so that one looks at few entries only
		entry atomic.Pointer[entry[V]]
	}
}

// entry is a value with its key. It may be part of the value.
type entry[V any] struct {
	key   key
	value *V
}

const (
	ways    = 8
	fewSets = 128
)

// find returns the value of a key, nil when none is kept.
func (m *memo[V]) find(k *key) *V {
	sets := m.sets.Load()
	if sets == nil {
		return nil
	}
	hash := k.hash()
	s := &(*sets)[hash>>32&uint64(len(*sets)-1)]
	for i := range s.slots {
		if s.slots[i].hash.Load() != hash {
			continue
		}
		if e := s.slots[i].entry.Load(); e != nil && e.key == *k {
			return e.value
		}
	}
	return nil
}

// keep keeps a value.
func (m *memo[V]) keep(e *entry[V]) {
	sets := m.sets.Load()
	if sets == nil {
		empty := make([]set[V], max(fewSets, m.room))
		m.sets.CompareAndSwap(nil, &empty)
		sets = m.sets.Load()
	}
	hash := e.key.hash()
	s := &(*sets)[hash>>32&uint64(len(*sets)-1)]
	slot := &s.slots[s.next.Add(1)%ways]
	slot.hash.Store(hash)
	slot.entry.Store(e)
}
