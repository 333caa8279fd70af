package words

import (
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
)

// Bundle returns what is promised of linked measures, in the order of the vocabulary: "资助比例 50% ＋
// 每年现金 不超过900元".
func Bundle(v *policy.Vocabulary, b policy.Bundle, style Style, labels Labels) string {
	var parts []string
	for _, m := range v.Measures {
		if p, ok := b[m.Name]; ok {
			parts = append(parts, Promise(m, p, style, labels))
		}
	}
	return strings.Join(parts, style.pick(" together with ", " ＋ "))
}
