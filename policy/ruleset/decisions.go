package ruleset

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
)

// decisions are the decisions made so far, by the set of cases that hold: elders with the same cases share one decision. To
// find one takes no lock and allocates nothing. It is a hash table with open addressing, at most half full; what is in it stays.
type decisions struct {
	slots atomic.Pointer[[]atomic.Pointer[made]] // a power of two; nil while there are none
	mu    sync.Mutex                             // held to add
	count int
}

// made is a decision with its cases; the first word, mostly the only one, stands by itself.
type made struct {
	first    uint64
	rest     []uint64
	decision *decide.Decision
}

// split parts the first word of a set of cases from the rest.
func split(cases []uint64) (first uint64, rest []uint64) {
	if len(cases) == 0 {
		return 0, nil
	}
	return cases[0], cases[1:]
}

// find is the decision for a set of cases, nil when it was not made yet.
func (d *decisions) find(cases []uint64) *decide.Decision {
	slots := d.slots.Load()
	if slots == nil {
		return nil
	}
	first, rest := split(cases)
	if _, m := slotOf(*slots, first, rest); m != nil {
		return m.decision
	}
	return nil
}

// slotOf is the slot of a set of cases, with what is in it, or an empty one for it, with nil. Whoever does not hold the lock must
// not look into the slot again: another may just have put other cases there.
func slotOf(slots []atomic.Pointer[made], first uint64, rest []uint64) (*atomic.Pointer[made], *made) {
	const phi = 0x9e3779b97f4a7c15 // odd, with irregular digits
	hash := first * phi
	for _, word := range rest {
		hash = (hash>>32 ^ hash ^ word) * phi
	}
	for i := hash >> 32; ; i++ {
		slot := &slots[i&uint64(len(slots)-1)]
		m := slot.Load()
		if m == nil || m.first == first && slices.Equal(m.rest, rest) {
			return slot, m
		}
	}
}

// add adds a decision, and gives the one that another added meanwhile if there is one.
func (d *decisions) add(cases []uint64, decision *decide.Decision) *decide.Decision {
	d.mu.Lock()
	defer d.mu.Unlock()
	if made := d.find(cases); made != nil {
		return made
	}
	d.grow()
	first, rest := split(slices.Clone(cases))
	slot, _ := slotOf(*d.slots.Load(), first, rest)
	slot.Store(&made{first, rest, decision})
	d.count++
	return decision
}

// grow makes room for one more. Those who still look in the old slots find all that was there.
func (d *decisions) grow() {
	old := d.slots.Load()
	if old != nil && 2*d.count < len(*old) {
		return
	}
	slots := make([]atomic.Pointer[made], max(256, 4*d.count))
	if old != nil {
		for i := range *old {
			if m := (*old)[i].Load(); m != nil {
				slot, _ := slotOf(slots, m.first, m.rest)
				slot.Store(m)
			}
		}
	}
	d.slots.Store(&slots)
}

// partly are decisions on elders known in part, by what is known: they take much longer to work out than to find again, and of
// many elders the same is known. When there are too many, all are forgotten.
type partly struct {
	mu   sync.RWMutex
	made map[elder.Cells]*decide.Decision
}

// maxPartly bounds the decisions kept: one takes some ten kilobytes.
const maxPartly = 1024

func (k *partly) find(c *elder.Cells) *decide.Decision {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.made[*c]
}

func (k *partly) add(c *elder.Cells, d *decide.Decision) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.made == nil || len(k.made) >= maxPartly {
		k.made = map[elder.Cells]*decide.Decision{}
	}
	k.made[*c] = d
}
