package answers

import (
	"encoding/binary"
	"math/bits"
	"sync/atomic"

	"github.com/basic-eldercare/eldercare/policy/elder"
)

// key is what something is kept by: cells, and a number that says of what.
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

// memo keeps values by their keys. When full it drops one for each that is added. Finding and
// keeping take no lock; at worst it drops a value that could have stayed. The zero memo is empty
// and has room for [fewSets] sets.
type memo[V any] struct {
	sets atomic.Pointer[[]set[V]] // a power of two; nil while nothing is kept
	room int                      // the number of sets to come; 0 for few
}

// set holds the values of keys whose hashes begin alike: those kept last.
type set[V any] struct {
	next  atomic.Uint32 // where to keep the next one
	slots [ways]struct {
		hash  atomic.Uint64 // part of the key's hash, so that only few entries are looked at
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

// find returns the value of a key, or nil when none is kept.
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
