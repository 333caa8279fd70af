package answers

import "sync"

// shelf keeps the answers of a service by what is said of them. When full it drops one for each
// that is added. The zero shelf is empty.
type shelf struct {
	mu      sync.Mutex
	answers map[string]*Answer
}

// maxShelf bounds the answers of a shelf.
const maxShelf = 1 << 12

// find returns an answer, or nil when it is not kept.
func (s *shelf) find(words string) *Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.answers[words]
}

// keep keeps an answer. It returns another's answer if that was kept meanwhile.
func (s *shelf) keep(words string, a *Answer) *Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if known := s.answers[words]; known != nil {
		return known
	}
	if s.answers == nil {
		s.answers = map[string]*Answer{}
	}
	for dropped := range s.answers {
		if len(s.answers) < maxShelf {
			break
		}
		delete(s.answers, dropped)
	}
	s.answers[words] = a
	return a
}

// kinds numbers texts, from 1 in the order in which they come.
type kinds struct {
	mu      sync.Mutex
	numbers map[string]uint16
}

// manyKinds is the number of all texts beyond the limit.
const manyKinds = 1<<16 - 1

// number returns the number of a text.
func (k *kinds) number(text string) uint16 {
	k.mu.Lock()
	defer k.mu.Unlock()
	number, known := k.numbers[text]
	switch {
	case known:
		return number
	case len(k.numbers)+1 == manyKinds:
		return manyKinds
	case k.numbers == nil:
		k.numbers = map[string]uint16{}
	}
	number = uint16(len(k.numbers) + 1)
	k.numbers[text] = number
	return number
}
