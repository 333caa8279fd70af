package register

// seen remembers ids by their hashes: eight to twenty bytes each. Of a million ids the chance that
// any two hashes are equal by accident is one in thirty million.
type seen struct {
	shards [256]shard // by the highest byte: they grow one by one
}

// shard is a table of hashes, at most three quarters full. 0 is an empty place.
type shard struct {
	places []uint64
	used   int
}

func newSeen() *seen { return &seen{} }

// again reports whether an id was asked about before, by its hash.
func (s *seen) again(hash uint64) bool { return s.shards[hash>>56].again(hash | 1) }

func (s *shard) again(h uint64) bool {
	if 4*(s.used+1) > 3*len(s.places) {
		s.grow()
	}
	i := s.place(h)
	if s.places[i] == h {
		return true
	}
	s.places[i] = h
	s.used++
	return false
}

// place returns where a hash is, or where it belongs.
func (s *shard) place(h uint64) int {
	i := int(h >> 1 % uint64(len(s.places)))
	for s.places[i] != 0 && s.places[i] != h {
		if i++; i == len(s.places) {
			i = 0
		}
	}
	return i
}

func (s *shard) grow() {
	old := s.places
	s.places = make([]uint64, max(16, len(old)*3/2))
	for _, h := range old {
		if h != 0 {
			s.places[s.place(h)] = h
		}
	}
}
