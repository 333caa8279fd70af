// Package memo remembers what was computed once.
package memo

import (
	"context"
	"errors"
	"sync"
)

// Memo remembers a value for each key. One goroutine computes it while the others that ask wait,
// each as long as its own context allows. A failure is remembered too, unless it came from a
// context: after one goroutine gives up, the next begins anew. The zero Memo is empty and ready for
// use. It is safe for concurrent use.
type Memo[K comparable, V any] struct {
	entries sync.Map // K -> *entry[V]
}

type entry[V any] struct {
	done  chan struct{} // closed when the value is there
	value V
	err   error
}

// Get returns the value for a key. The first call computes it by work.
func (m *Memo[K, V]) Get(ctx context.Context, key K, work func(context.Context) (V, error)) (V, error) {
	for {
		if known, ok := m.entries.Load(key); ok {
			e := known.(*entry[V])
			select {
			case <-e.done:
			case <-ctx.Done():
				var none V
				return none, ctx.Err()
			}
			if !ended(e.err) {
				return e.value, e.err
			}
			m.entries.CompareAndDelete(key, e)
		}
		e := &entry[V]{done: make(chan struct{})}
		if _, other := m.entries.LoadOrStore(key, e); other {
			continue
		}
		m.fill(ctx, key, e, work)
		return e.value, e.err
	}
}

// fill computes the value. It wakes those who wait even when work panics.
func (m *Memo[K, V]) fill(ctx context.Context, key K, e *entry[V], work func(context.Context) (V, error)) {
	e.err = context.Canceled
	defer func() {
		if ended(e.err) {
			m.entries.CompareAndDelete(key, e)
		}
		close(e.done)
	}()
	e.value, e.err = work(ctx)
}

// ended reports whether an error came from a context that has ended.
func ended(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
