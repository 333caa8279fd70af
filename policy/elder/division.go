package elder

import (
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/internal/divisions"
)

// nationCode is the division code of the whole country.
const nationCode = "100000"

// inProvince reports whether a code begins with the two digits of a province or region.
func inProvince(code string) bool {
	switch code[:2] {
	case "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43", "44", "45", "46",
		"50", "51", "52", "53", "54", "61", "62", "63", "64", "65":
		return true
	}
	return undivided(code)
}

// undivided reports whether a code begins with the two digits of Taiwan, Hong Kong or Macao, of
// which the table has no codes but 710000, 810000 and 820000, now or before.
func undivided(code string) bool { return code[:2] == "71" || code[:2] == "81" || code[:2] == "82" }

// inNoProvince reports whether a code cannot be that of a division, whatever was renamed or made
// since: no province has its first digits, or one that has no divisions. Invented lists have codes
// of no province, and so may their elders.
func inNoProvince(code, area string) bool {
	switch {
	case code == nationCode || !isDivisionCode(area) || !inProvince(area):
		return false
	case undivided(code):
		return code[2:] != "0000"
	}
	return !inProvince(code)
}

// IsDivision reports whether a text is the code of a present or former division, of a township in
// one, or of the nation. The table does not list townships, so any code in a known division will
// do.
func IsDivision(code string) bool {
	if code == nationCode || !isDivisionCode(code) || len(code) == 9 && code[2:4] == "00" {
		return code == nationCode
	}
	return divisions.IsCurrent(code[:6]) || divisions.IsFormer(code[:6])
}

// isDivisionCode reports whether a text has the form of a code of GB/T 2260, or of a township by
// GB/T 10114: the county's code and three digits.
func isDivisionCode(code string) bool {
	return (len(code) == 6 || len(code) == 9) && allDigits(code) && code[0] != '0'
}

func allDigits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}

// place says where the division with a code lies, seen from an area. It is empty when that is not
// settled: the division is a wider one that holds the area and others, the area has no code, or the
// division is no more, and what became of it may lie anywhere in the province.
func place(code, area string) policy.Place {
	switch {
	case area == "":
		return ""
	case within(code, area):
		return policy.Here
	case within(area, code), within(area, cityOfDistricts(code)):
		return ""
	case code[:2] == area[:2] && divisions.IsFormer(code[:6]):
		return ""
	case cityOf(code) != "" && cityOf(code) == cityOf(area):
		return policy.InCity
	case code[:2] == area[:2]:
		return policy.InProvince
	}
	return policy.Outside
}

// cityOf returns the first digits of all codes in the city in which a division lies. A municipality
// is a city. The result is empty for a division directly under a province, and for anything wider
// than a city.
func cityOf(code string) string {
	switch city := code[2:4]; {
	case strings.Contains(municipalities, code[:2]):
		return code[:2]
	case city == "00", city == "90":
		return ""
	}
	return code[:4]
}

// within reports whether the first division is the second or lies below it. GB/T 2260 has two
// digits each for the province, the city and the county; GB/T 10114 adds three for a township.
// Nothing lies in a division without a code.
func within(code, area string) bool {
	switch {
	case area == nationCode:
		return true
	case len(area) > len(nationCode):
		return code == area
	}
	return area != "" && strings.HasPrefix(code, strings.TrimSuffix(strings.TrimSuffix(area, "00"), "00"))
}

// cityOfDistricts returns the city when a code stands for all its districts (市辖区), such as 140600
// for 140601. Otherwise it is empty. The first county of a prefecture (地区, 自治州, 盟) or of a
// municipality is a real one, and so is the first one directly under a province.
func cityOfDistricts(code string) string {
	city := code[2:4]
	switch {
	case code[4:] != "01":
	case strings.Contains(municipalities, code[:2]):
	case "01" <= city && city <= "20", "51" <= city && city <= "70":
		return code[:4] + "00"
	}
	return ""
}

// municipalities lists the first two digits of the codes of cities directly under the nation.
const municipalities = "11 12 31 50"
