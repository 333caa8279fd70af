package reading

import (
	"slices"
	"strings"
	"sync"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/divisions"
)

// gaps lists what people write between the parts of a number.
var gaps = strings.NewReplacer(" ", "", "-", "")

// idNumber reads a citizen identity number (GB 11643) of 18 characters, or of 15 digits as before
// 1999. It may contain blanks or hyphens.
func idNumber(text string) (any, *Problem) {
	id := normalID(text)
	if strings.Contains(id, "E+") {
		return nil, &Problem{BadIDNumber, "a spreadsheet turned it into a number and lost digits: format the column as text, and write it again"}
	}
	if _, err := elder.BirthOfID(id); err != nil {
		return nil, &Problem{BadIDNumber, err.Error()}
	}
	return id, nil
}

// normalID returns a clean identity number as 18 characters without gaps, if it has as many as a
// number has.
func normalID(text string) string {
	id := strings.ToUpper(text)
	if strings.ContainsAny(id, " -") {
		id = gaps.Replace(id)
	}
	if long := elder.LongID(id); long != "" {
		id = long
	}
	return id
}

// places holds the names of divisions: those of the country, and those of some jurisdictions.
type places struct {
	codes   map[string][]string // of the jurisdictions, by the whole name
	partial map[string]bool     // names of townships, which several divisions may have
	longest int                 // length in bytes
}

// provinceNames lists the provinces by the first two digits of their codes (GB/T 2260), each with
// its short and its full name.
var provinceNames = map[string][2]string{
	"11": {"北京", "北京市"}, "12": {"天津", "天津市"}, "13": {"河北", "河北省"}, "14": {"山西", "山西省"}, "15": {"内蒙古", "内蒙古自治区"},
	"21": {"辽宁", "辽宁省"}, "22": {"吉林", "吉林省"}, "23": {"黑龙江", "黑龙江省"}, "31": {"上海", "上海市"}, "32": {"江苏", "江苏省"},
	"33": {"浙江", "浙江省"}, "34": {"安徽", "安徽省"}, "35": {"福建", "福建省"}, "36": {"江西", "江西省"}, "37": {"山东", "山东省"},
	"41": {"河南", "河南省"}, "42": {"湖北", "湖北省"}, "43": {"湖南", "湖南省"}, "44": {"广东", "广东省"}, "45": {"广西", "广西壮族自治区"},
	"46": {"海南", "海南省"}, "50": {"重庆", "重庆市"}, "51": {"四川", "四川省"}, "52": {"贵州", "贵州省"}, "53": {"云南", "云南省"},
	"54": {"西藏", "西藏自治区"}, "61": {"陕西", "陕西省"}, "62": {"甘肃", "甘肃省"}, "63": {"青海", "青海省"}, "64": {"宁夏", "宁夏回族自治区"},
	"65": {"新疆", "新疆维吾尔自治区"}, "71": {"台湾", "台湾省"}, "81": {"香港", "香港特别行政区"}, "82": {"澳门", "澳门特别行政区"},
}

// country holds the codes of the divisions of the country by their names.
var country = sync.OnceValue(func() map[string][]string {
	all := map[string][]string{}
	for _, d := range divisions.Current() {
		if d.Name != "" {
			all[d.Name] = append(all[d.Name], d.Code)
		}
	}
	for province, names := range provinceNames {
		for _, name := range names {
			all[name] = []string{province + "0000"}
		}
	}
	return all
})

// longestName is the length in bytes of the longest name of a division of the country.
const longestName = 60

func newPlaces(jurisdictions []policy.Jurisdiction) *places {
	p := &places{codes: map[string][]string{}, partial: map[string]bool{}, longest: longestName}
	for _, j := range jurisdictions {
		if name := foldCell(j.Name); j.Code != "" && name != "" {
			if !slices.Contains(p.codes[name], j.Code) {
				p.codes[name] = append(p.codes[name], j.Code)
			}
			p.longest = max(p.longest, len(name))
			p.partial[name] = j.Level == policy.Township
		}
	}
	return p
}

// of returns the codes of the divisions with a name, each once.
func (p *places) of(name string) []string {
	codes := slices.Clip(country()[name])
	for _, own := range p.codes[name] {
		if !slices.Contains(codes, own) {
			codes = append(codes, own)
		}
	}
	return codes
}

// knows reports whether a code is that of a jurisdiction, or of a township in it. A province has no
// townships of its own.
func (p *places) knows(code string) bool {
	for _, all := range p.codes {
		if slices.Contains(all, code) || len(code) == 9 && code[2:4] != "00" && slices.Contains(all, code[:6]) {
			return true
		}
	}
	return false
}

// division reads a division code or the name of a division. A code has six digits, nine for a
// township, or twelve for a village, which is read as its township. A name may follow the names of
// the divisions above it.
func (p *places) division(text string) (any, *Problem) {
	if strings.Trim(text, "0123456789") == "" {
		code := text
		if len(code) == 12 {
			code = code[:9]
		}
		if len(code) == 9 {
			code = strings.TrimSuffix(code, "000")
		}
		if !elder.IsDivision(code) && !p.knows(code) {
			return nil, &Problem{UnknownDivision, "no division had this code on " + divisions.Date + ", or before: a code has six digits, or nine of a township"}
		}
		return code, nil
	}
	text = foldCell(text)
	codes := p.named(text)
	switch {
	case len(codes) == 1 && !p.partial[text]:
		return codes[0], nil
	case len(codes) > 0:
		return nil, &Problem{AmbiguousDivision, "several divisions have this name: add the names of those above it, or write the code"}
	}
	return nil, &Problem{UnknownDivision, "is not a known name: write the division code of six digits"}
}

// named returns the codes of the divisions that a text names. It takes the last name in the text,
// if the names before it are those of divisions above.
func (p *places) named(text string) []string {
	if codes := p.of(text); len(codes) > 0 {
		return codes
	}
	var found []string
	for i := range text {
		if len(text)-i > p.longest {
			continue
		}
		for _, code := range p.of(text[i:]) {
			if p.above(text[:i], code, text[i:]) && !slices.Contains(found, code) {
				found = append(found, code)
			}
		}
	}
	return found
}

// above reports whether a text names divisions that hold the one with a code and a name. The city
// may be unknown when the province is named and the division is a county. No two counties of a
// province share a name, but districts do.
func (p *places) above(text, code, name string) bool {
	rest := text
	names := provinceNames[code[:2]]
	if after, ok := strings.CutPrefix(text, names[1]); ok {
		rest = after
	} else if after, ok := strings.CutPrefix(text, names[0]); ok {
		rest = after
	}
	if rest == "" {
		return true
	}
	for _, city := range p.of(rest) {
		if strings.HasPrefix(code, strings.TrimSuffix(strings.TrimSuffix(city, "00"), "00")) {
			return true
		}
	}
	if rest == text || !strings.HasSuffix(name, "县") && !strings.HasSuffix(name, "旗") || len(p.of(rest)) > 0 {
		return false
	}
	for _, end := range []string{"市", "州", "盟", "地区"} {
		if len(rest) > len(end) && strings.HasSuffix(rest, end) {
			return true
		}
	}
	return false
}
