package policy

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
)

// catalogIndex finds the lists of a jurisdiction and the parameters of a list.
type catalogIndex struct {
	once       sync.Once
	lists      map[string][]*List
	parameters map[*List]map[string]*Parameter
	editions   map[*List][]edition // sorted by day; empty for a list that never changes
	whole      map[*List]*List     // the list that an edition was made from
	turns      sync.Map            // *List -> []Date
}

// edition is a list as it stands from a day on, with the services that it has then.
type edition struct {
	from Date
	list *List
}

func (c *Catalog) indexed() *catalogIndex {
	c.index.once.Do(func() {
		c.index.lists = map[string][]*List{}
		c.index.editions, c.index.whole = map[*List][]edition{}, map[*List]*List{}
		c.index.parameters = make(map[*List]map[string]*Parameter, len(c.Lists))
		for _, l := range c.Lists {
			c.index.lists[l.Jurisdiction.ID] = append(c.index.lists[l.Jurisdiction.ID], l)
			c.index.parameters[l] = byName(l.Parameters, func(p *Parameter) string { return p.Name })
			c.index.edit(l)
		}
	})
	return &c.index
}

// edit makes the editions of a list whose services begin or end while the list is in force.
func (x *catalogIndex) edit(l *List) {
	days := l.serviceTurns()
	if len(days) == 0 {
		return
	}
	days = append(days, l.EffectiveFrom)
	slices.SortFunc(days, Date.Compare)
	for _, day := range slices.Compact(days) {
		e := *l
		e.Services = slices.DeleteFunc(slices.Clone(l.Services), func(s *Service) bool { return !s.On(day) })
		x.editions[l] = append(x.editions[l], edition{day, &e})
		x.whole[&e], x.parameters[&e] = l, x.parameters[l]
	}
}

// on returns the list itself, or the edition of it that holds on a day.
func (x *catalogIndex) on(l *List, day Date) *List {
	if whole := x.whole[l]; whole != nil {
		l = whole
	}
	for _, e := range slices.Backward(x.editions[l]) {
		if !e.from.After(day) {
			return e.list
		}
	}
	return l
}

// ListsOf returns the lists of a jurisdiction, sorted by EffectiveFrom. It returns none for an
// unknown jurisdiction.
func (c *Catalog) ListsOf(jurisdiction string) []*List {
	return slices.Clone(c.indexed().lists[jurisdiction])
}

// UnknownJurisdictionError says that a jurisdiction has no list.
type UnknownJurisdictionError struct {
	ID         string
	Suggestion string // an id that was probably meant, or empty
}

func (e *UnknownJurisdictionError) Error() string {
	e = cmp.Or(e, &UnknownJurisdictionError{})
	if e.Suggestion != "" {
		return fmt.Sprintf("unknown jurisdiction %q; did you mean %q?", e.ID, e.Suggestion)
	}
	return fmt.Sprintf("unknown jurisdiction %q", e.ID)
}

// MarshalJSON writes code, message and jurisdiction, and the suggestion if there is one.
func (e *UnknownJurisdictionError) MarshalJSON() ([]byte, error) {
	e = cmp.Or(e, &UnknownJurisdictionError{})
	return json.Marshal(struct {
		Code         string `json:"code"`
		Message      string `json:"message"`
		Jurisdiction string `json:"jurisdiction"`
		Suggestion   string `json:"suggestion,omitempty"`
	}{"unknown-jurisdiction", e.Error(), e.ID, e.Suggestion})
}

// NotInForceError says that a jurisdiction has no list in force on a day: not yet, or no longer.
type NotInForceError struct {
	Jurisdiction string
	On           Date
	First        Date // the day on which its first list comes into force
	Ended        Date // the last day of the list that was in force before; zero when there was none
}

func (e *NotInForceError) Error() string {
	e = cmp.Or(e, &NotInForceError{})
	if !e.Ended.IsZero() {
		return fmt.Sprintf("no list of %s is in force on %s; the last ended on %s", e.Jurisdiction, e.On, e.Ended)
	}
	return fmt.Sprintf("no list of %s is in force on %s; the first is from %s", e.Jurisdiction, e.On, e.First)
}

// MarshalJSON writes code, message, jurisdiction, the day and the first day, and the last day if
// lists have ended.
func (e *NotInForceError) MarshalJSON() ([]byte, error) {
	e = cmp.Or(e, &NotInForceError{})
	return json.Marshal(struct {
		Code         string `json:"code"`
		Message      string `json:"message"`
		Jurisdiction string `json:"jurisdiction"`
		On           Date   `json:"on"`
		First        Date   `json:"first"`
		Ended        Date   `json:"ended,omitzero"`
	}{"not-in-force", e.Error(), e.Jurisdiction, e.On, e.First, e.Ended})
}

// InForce returns the list of a jurisdiction that is in force on a day, with the services that it
// has then. The error is an [*UnknownJurisdictionError] or a [*NotInForceError].
func (c *Catalog) InForce(jurisdiction string, on Date) (*List, error) {
	lists := c.indexed().lists[jurisdiction]
	if len(lists) == 0 {
		return nil, &UnknownJurisdictionError{ID: jurisdiction, Suggestion: c.suggest(jurisdiction)}
	}
	if l := inForce(lists, on); l != nil {
		return c.index.on(l, on), nil
	}
	e := &NotInForceError{Jurisdiction: jurisdiction, On: on, First: lists[0].EffectiveFrom}
	for _, l := range lists {
		if !l.EffectiveFrom.After(on) {
			e.Ended = l.Until
		}
	}
	return nil, e
}

// suggest returns the id of the jurisdiction with this name or code, or else the id that is spelt
// most like it.
func (c *Catalog) suggest(jurisdiction string) string {
	var ids []string
	for _, l := range c.Lists {
		if l.Jurisdiction.Name == jurisdiction || l.Jurisdiction.Code == jurisdiction {
			return l.Jurisdiction.ID
		}
		ids = append(ids, l.Jurisdiction.ID)
	}
	return Nearest(jurisdiction, append(ids, c.Known...))
}

func inForce(lists []*List, on Date) *List {
	i, found := slices.BinarySearchFunc(lists, on, func(l *List, on Date) int { return l.EffectiveFrom.Compare(on) })
	if !found {
		i--
	}
	if i < 0 || !lists[i].Until.IsZero() && on.After(lists[i].Until) {
		return nil
	}
	return lists[i]
}

// Chain returns a list, the list of its parent in force on the day, and so on to the top. Each has
// the services of that day. A jurisdiction with no list in force on the day is skipped.
func (c *Catalog) Chain(l *List, on Date) []*List {
	chain := []*List{c.indexed().on(l, on)}
	for id := l.Jurisdiction.Parent; id != ""; {
		lists := c.indexed().lists[id]
		if len(lists) == 0 {
			break
		}
		if above := inForce(lists, on); above != nil {
			chain = append(chain, c.index.on(above, on))
		}
		id = lists[0].Jurisdiction.Parent
	}
	return chain
}

// Parameter returns the parameter from the nearest list of a chain that has it, or nil when none
// does.
func (c *Catalog) Parameter(chain []*List, name string) *Parameter {
	for _, l := range chain {
		if p := c.indexed().parameters[l][name]; p != nil {
			return p
		}
	}
	return nil
}
