package roster

// patterns numbers patterns of bits from 0, in the order in which they come up. A pattern has one
// or more words. The number of a pattern is that of its last word after the number of the words
// before, so that each word is looked up by itself.
type patterns struct {
	words []*interner
	rows  []int // for each pattern, the first row that has it
}

func newPatterns(words int) *patterns {
	p := &patterns{words: make([]*interner, words)}
	for w := range p.words {
		p.words[w] = newInterner()
	}
	return p
}

// take records the row of a pattern if it is new.
func (p *patterns) take(number int32, row int) {
	if int(number) == len(p.rows) {
		p.rows = append(p.rows, row)
	}
}

// merge takes the patterns of later rows, and returns the numbers that they have here.
func (p *patterns) merge(later *patterns) []int32 {
	numbers := []int32{0}
	for w, words := range later.words {
		before := numbers
		numbers = make([]int32, len(words.known))
		for i, k := range words.known {
			numbers[i] = p.words[w].number(k.word, before[k.before])
		}
	}
	for i, row := range later.rows {
		p.take(numbers[i], row)
	}
	return numbers
}

// interner numbers words that follow numbers, from 0 in the order in which they come up. It is a
// hash table with open addressing.
type interner struct {
	slots []slot // a power of two; at most half are filled
	shift int    // shifts a hash to get a slot
	known []entry
}

type entry struct {
	word   uint64
	before int32
}

type slot struct {
	entry
	number int32 // from 1; 0 for an empty slot
}

func newInterner() *interner {
	const digits = 10
	return &interner{slots: make([]slot, 1<<digits), shift: 64 - digits}
}

// number returns the number of a word after a number.
func (n *interner) number(word uint64, before int32) int32 {
	e := entry{word, before}
	s := n.slot(e)
	if s.number == 0 {
		if 2*len(n.known) >= len(n.slots) {
			n.grow()
			s = n.slot(e)
		}
		n.known = append(n.known, e)
		*s = slot{e, int32(len(n.known))}
	}
	return s.number - 1
}

// slot returns the slot of an entry, or an empty slot for it.
func (n *interner) slot(e entry) *slot {
	const phi, other = 0x9e3779b97f4a7c15, 0xd6e8feb86659fd93 // odd, with irregular digits
	h := (e.word ^ uint64(e.before)*other) * phi >> n.shift
	for {
		s := &n.slots[h&uint64(len(n.slots)-1)]
		if s.entry == e && s.number != 0 || s.number == 0 {
			return s
		}
		h++
	}
}

func (n *interner) grow() {
	n.slots = make([]slot, 2*len(n.slots))
	n.shift--
	for i, e := range n.known {
		*n.slot(e) = slot{e, int32(i + 1)}
	}
}

// transpose exchanges rows and columns of a square of bits: bit i of word k becomes bit k of word
// i.
func transpose(m *[64]uint64) {
	mask := uint64(1)<<32 - 1
	for width := 32; width > 0; width /= 2 {
		for k := 0; k < 64; k = (k + width + 1) &^ width {
			low, high := &m[k&63], &m[(k+width)&63]
			swap := (*low>>width ^ *high) & mask
			*low ^= swap << width
			*high ^= swap
		}
		mask ^= mask << (width / 2)
	}
}
