package source

import (
	"regexp"
	"strings"

	"github.com/basic-eldercare/eldercare/internal/lazy"
	"github.com/basic-eldercare/eldercare/policy"
)

// nationCode is the code of the whole country.
const nationCode = "100000"

// codeShapes are the division codes of a level, and how to say so. A county that a province
// administers directly has the third and fourth digits 90; and a city without counties, such as
// 441900, has townships of its own, which have its code before theirs.
var codeShapes = map[policy.Level]struct {
	shape  func() *regexp.Regexp
	remedy string
}{
	policy.Nation:   {lazy.Regexp(`^` + nationCode + `$`), "the nation has the code " + nationCode},
	policy.Province: {lazy.Regexp(`^(?:1[1-9]|[2-9][0-9])0000$`), "GB/T 2260: six digits, of a province the last four 0000"},
	policy.City:     {lazy.Regexp(`^[1-9][0-9](?:[0-9][1-9]|[1-9]0)00$`), "GB/T 2260: six digits, of a city the last two 00 and the two before not"},
	policy.County:   {countyCode, countyRemedy},
	policy.District: {countyCode, countyRemedy},
	policy.Township: {lazy.Regexp(`^[1-9][0-9](?:[0-9][1-9]|[1-9]0)[0-9]{2}(?:[0-9][0-9][1-9]|[0-9][1-9]0|[1-9]00)$`),
		"GB/T 10114: nine digits, those of the county and three of the township"},
	"": {lazy.Regexp(`^[1-9][0-9]{5}(?:[0-9]{3})?$`), "GB/T 2260: six digits; of a township GB/T 10114, nine"},
}

var countyCode = lazy.Regexp(`^[1-9][0-9](?:[0-9][1-9]|[1-9]0)(?:[0-9][1-9]|[1-9]0)$`)

const countyRemedy = "GB/T 2260: six digits, of a county or district neither the last two 00 nor the two before"

// isCodeOf reports whether a division code is one of a level. Of no level it may be any.
func isCodeOf(code string, level policy.Level) bool {
	return codeShapes[level].shape().MatchString(code)
}

// codeRemedy says what the division codes of a level are.
func codeRemedy(level policy.Level) string { return codeShapes[level].remedy }

// held returns how the codes begin of all divisions that lie in one: empty for the nation.
func held(code string) string {
	if code == nationCode {
		return ""
	}
	province, isProvince := strings.CutSuffix(code, "0000")
	city, isCity := strings.CutSuffix(code, "00")
	switch {
	case len(code) > len(nationCode):
		return code
	case isProvince:
		return province
	case isCity:
		return city
	}
	return code
}

// level checks that a parent is of a higher level, not necessarily the next, and holds the child.
func (r *resolver) level(p *place) {
	if p.parent == nil {
		return
	}
	f := p.first()
	child, parent := f.list.Jurisdiction, p.parent.first().list.Jurisdiction
	if child.Level == "" || parent.Level == "" {
		return
	}
	if !parent.Level.Above(child.Level) {
		f.document.diagnostics.Errorf("level-order", f.parentAt, "name a jurisdiction of a higher level", "%s is a %s and cannot be above a %s", parent.ID, parent.Level, child.Level)
		return
	}
	if child.Code == "" || parent.Code == "" {
		return
	}
	if within := held(parent.Code); !strings.HasPrefix(child.Code, within) {
		f.document.diagnostics.Errorf("level-order", f.parentAt, "check the codes and the parent",
			"the code %s does not lie in %s, whose codes begin with %s", child.Code, parent.ID, within)
	}
}
