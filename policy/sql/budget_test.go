package sql_test

import (
	"context"
	"errors"
	"testing"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/sql"
)

// bounded compiles with other bounds.
func bounded(t *testing.T, change func(b *sql.Bounds)) {
	t.Helper()
	b := sql.SetBounds(sql.Bounds{})
	t.Cleanup(func() { sql.SetBounds(b) })
	changed := b
	change(&changed)
	sql.SetBounds(changed)
}

// Every list of ours stays twenty times below each bound.
func TestBoundsAreFar(t *testing.T) {
	bounded(t, func(b *sql.Bounds) {
		for _, n := range []*int{&b.Steps, &b.Nodes, &b.Outcomes, &b.Boxes, &b.Text} {
			*n /= 20
		}
	})
	for _, j := range engine().Jurisdictions() {
		scriptOf(t, rulesOn(t, engine(), j.ID, today), sql.ClickHouse) // whose texts are the longest
	}
}

// What is too large is an error with the place of what is: of the service, or else the list.
func TestTooLarge(t *testing.T) {
	rs := rulesOn(t, engine(), "hongtong", today)
	for name, change := range map[string]func(b *sql.Bounds){
		"steps":    func(b *sql.Bounds) { b.Steps = 100 },
		"nodes":    func(b *sql.Bounds) { b.Nodes = 10 },
		"outcomes": func(b *sql.Bounds) { b.Outcomes = 2 },
		"boxes":    func(b *sql.Bounds) { b.Boxes = 2 },
		"text":     func(b *sql.Bounds) { b.Text = 1000 },
	} {
		t.Run(name, func(t *testing.T) {
			bounded(t, change)
			_, err := sql.New(t.Context(), rs, sql.Options{Dialect: sql.PostgreSQL})
			var wrong policy.Diagnostics
			if !errors.As(err, &wrong) {
				t.Fatal(err)
			}
			for _, d := range wrong {
				if d.Code != "too-large" || d.Pos.File == "" || d.Pos.Line == 0 && name != "text" || d.Remedy == "" {
					t.Errorf("%+v", d)
				}
			}
		})
	}
}

// countdown is a context that is cancelled when it has been asked so many times.
type countdown struct {
	context.Context
	left int
}

func (c *countdown) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

// The compiler hears at any time that it is to stop.
func TestContextIsHeard(t *testing.T) {
	rs := rulesOn(t, engine(), "hongtong", today)
	compile := func(asked int) (left int, err error) {
		ctx := &countdown{t.Context(), asked}
		_, err = sql.New(ctx, rs, sql.Options{Dialect: sql.PostgreSQL})
		return ctx.left, err
	}
	const often = 1 << 30
	if _, err := compile(often); err != nil { // what is made once is made
		t.Fatal(err)
	}
	left, err := compile(often)
	if err != nil {
		t.Fatal(err)
	}
	for asked := 0; asked < often-left; asked += 1 + (often-left)/20 {
		if _, err := compile(asked); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled after %d: %v", asked, err)
		}
	}
}
