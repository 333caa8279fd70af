package memo_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/basic-eldercare/eldercare/policy/internal/memo"
)

func TestGetWorksOutOnce(t *testing.T) {
	var m memo.Memo[string, int]
	var worked atomic.Int32
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			got, err := m.Get(t.Context(), "a", func(context.Context) (int, error) { worked.Add(1); return 7, nil })
			if got != 7 || err != nil {
				t.Errorf("got %d, %v", got, err)
			}
		})
	}
	group.Wait()
	if worked.Load() != 1 {
		t.Errorf("worked out %d times", worked.Load())
	}
}

func TestGetRemembersFailures(t *testing.T) {
	var m memo.Memo[string, int]
	wrong := errors.New("wrong")
	worked := 0
	for range 2 {
		_, err := m.Get(t.Context(), "a", func(context.Context) (int, error) { worked++; return 0, wrong })
		if !errors.Is(err, wrong) || worked != 1 {
			t.Fatalf("got %v, worked out %d times", err, worked)
		}
	}
}

// What one gives up for want of time another still gets.
func TestGetBeginsAnew(t *testing.T) {
	var m memo.Memo[string, int]
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	work := func(ctx context.Context) (int, error) { return 7, ctx.Err() }
	if _, err := m.Get(ended, "a", work); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if got, err := m.Get(t.Context(), "a", work); got != 7 || err != nil {
		t.Fatalf("got %d, %v", got, err)
	}
}

// Who waits for another's work leaves when its own time is over.
func TestGetWaitsNoLongerThanItsContext(t *testing.T) {
	var m memo.Memo[string, int]
	began, end := make(chan struct{}), make(chan struct{})
	go func() {
		_, _ = m.Get(context.Background(), "a", func(context.Context) (int, error) { close(began); <-end; return 7, nil })
	}()
	<-began
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Get(ended, "a", nil); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	close(end)
}

// What another gives up while one waits for it is worked out anew.
func TestGetOutlivesAnothersContext(t *testing.T) {
	var m memo.Memo[string, int]
	ended, cancel := context.WithCancel(t.Context())
	began := make(chan struct{})
	go func() {
		_, _ = m.Get(ended, "a", func(ctx context.Context) (int, error) { close(began); <-ctx.Done(); return 0, ctx.Err() })
	}()
	<-began
	time.AfterFunc(10*time.Millisecond, cancel)
	if got, err := m.Get(t.Context(), "a", func(context.Context) (int, error) { return 7, nil }); got != 7 || err != nil {
		t.Fatalf("got %d, %v", got, err)
	}
}

func TestGetAfterPanic(t *testing.T) {
	var m memo.Memo[string, int]
	func() {
		defer func() { _ = recover() }()
		_, _ = m.Get(t.Context(), "a", func(context.Context) (int, error) { panic("broken") })
	}()
	if got, err := m.Get(t.Context(), "a", func(context.Context) (int, error) { return 7, nil }); got != 7 || err != nil {
		t.Fatalf("got %d, %v", got, err)
	}
}
