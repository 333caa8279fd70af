package policy

import (
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
}

func (c *Catalog) indexed() *catalogIndex {
	c.index.once.Do(func() {
		c.index.lists = map[string][]*List{}
		c.index.parameters = make(map[*List]map[string]*Parameter, len(c.Lists))
		for _, l := range c.Lists {
			c.index.lists[l.Jurisdiction.ID] = append(c.index.lists[l.Jurisdiction.ID], l)
			c.index.parameters[l] = byName(l.Parameters, func(p *Parameter) string { return p.Name })
		}
	})
	return &c.index
}

// ListsOf is the lists of a jurisdiction by EffectiveFrom, none when there is no such jurisdiction.
func (c *Catalog) ListsOf(jurisdiction string) []*List {
	return slices.Clone(c.indexed().lists[jurisdiction])
}

// UnknownJurisdictionError says that there is no list of a jurisdiction.
type UnknownJurisdictionError struct {
	ID         string
	Suggestion string // an id that was probably meant, or ""
}

func (e *UnknownJurisdictionError) Error() string {
	if e.Suggestion != "" {
		return fmt.Sprintf("unknown jurisdiction %q; did you mean %q?", e.ID, e.Suggestion)
	}
	return fmt.Sprintf("unknown jurisdiction %q", e.ID)
}

// MarshalJSON writes code, message, jurisdiction and, if there is one, suggestion.
func (e *UnknownJurisdictionError) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Code         string `json:"code"`
		Message      string `json:"message"`
		Jurisdiction string `json:"jurisdiction"`
		Suggestion   string `json:"suggestion,omitempty"`
	}{"unknown-jurisdiction", e.Error(), e.ID, e.Suggestion})
}

// NotInForceError says that no list of a jurisdiction is in force yet on a day.
type NotInForceError struct {
	Jurisdiction string
	On           Date
	First        Date // when its first list comes into force
}

func (e *NotInForceError) Error() string {
	return fmt.Sprintf("no list of %s is in force on %s; the first is from %s", e.Jurisdiction, e.On, e.First)
}

// MarshalJSON writes code, message, jurisdiction, the day and the first day.
func (e *NotInForceError) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Code         string `json:"code"`
		Message      string `json:"message"`
		Jurisdiction string `json:"jurisdiction"`
		On           Date   `json:"on"`
		First        Date   `json:"first"`
	}{"not-in-force", e.Error(), e.Jurisdiction, e.On, e.First})
}

// InForce is the list of a jurisdiction that answers on a day. The error is [*UnknownJurisdictionError] or [*NotInForceError].
func (c *Catalog) InForce(jurisdiction string, on Date) (*List, error) {
	lists := c.indexed().lists[jurisdiction]
	if len(lists) == 0 {
		return nil, &UnknownJurisdictionError{ID: jurisdiction, Suggestion: c.suggest(jurisdiction)}
	}
	if l := inForce(lists, on); l != nil {
		return l, nil
	}
	return nil, &NotInForceError{Jurisdiction: jurisdiction, On: on, First: lists[0].EffectiveFrom}
}

// suggest is the id of the jurisdiction that has the name or the code, or else an id that is spelt nearly so.
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
	switch {
	case found:
		return lists[i]
	case i > 0:
		return lists[i-1]
	default:
		return nil
	}
}

// Chain is a list, its parent's list in force on the day, and so on to the top. A jurisdiction with no list in force on
// that day is skipped.
func (c *Catalog) Chain(l *List, on Date) []*List {
	chain := []*List{l}
	for id := l.Jurisdiction.Parent; id != ""; {
		lists := c.indexed().lists[id]
		if len(lists) == 0 {
			break
		}
		if above := inForce(lists, on); above != nil {
			chain = append(chain, above)
		}
		id = lists[0].Jurisdiction.Parent
	}
	return chain
}

// Parameter is the parameter of the nearest list of a chain that has it, nil when none has.
func (c *Catalog) Parameter(chain []*List, name string) *Parameter {
	for _, l := range chain {
		if p := c.indexed().parameters[l][name]; p != nil {
			return p
		}
	}
	return nil
}
