package table

import (
	"encoding/json"
	"fmt"

	"github.com/basic-eldercare/eldercare/policy/internal/box"
)

// Merge joins cases of one rule that grant the same and differ in one attribute only, attribute by
// attribute. The result holds for the same elders, in far fewer boxes when the cases are single
// points.
func Merge(cases []Case, attributes []int) []Case {
	for _, a := range attributes {
		cases = mergeAlong(cases, a)
	}
	return cases
}

func mergeAlong(cases []Case, attribute int) []Case {
	found := map[string]int{}
	var merged []Case
	for _, c := range cases {
		side, constrained := c.Box.Side(attribute)
		if !constrained {
			merged = append(merged, c)
			continue
		}
		measures, _ := json.Marshal(c.Grant.Measures) // maps of numbers and strings
		key := fmt.Sprint(c.Box.Without(attribute), string(measures))
		i, ok := found[key]
		if !ok {
			found[key] = len(merged)
			merged = append(merged, c)
			continue
		}
		before, _ := merged[i].Box.Side(attribute)
		wide := make(box.Box, len(c.Box))
		copy(wide, merged[i].Box)
		for n := range wide {
			if wide[n].Attribute == attribute {
				wide[n].Admits = before.Or(side)
			}
		}
		merged[i].Box = wide
	}
	return merged
}
