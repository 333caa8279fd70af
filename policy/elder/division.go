package elder

import (
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
)

// nationCode is the division code of the whole country.
const nationCode = "100000"

// provinces begin the codes of the provinces and regions that there are.
const provinces = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82"

// IsDivision reports whether a text has the form of a division code, and its province exists; or is the nation's. Whether there is such a
// city, county or township only a table of them all would tell.
func IsDivision(code string) bool {
	if code == nationCode {
		return true
	}
	return isDivisionCode(code) && strings.Contains(provinces, code[:2]) && (code[2:4] != "00" || code[4:] == "00")
}

// isDivisionCode reports whether a text is a code of GB/T 2260, or of a township by GB/T 10114: that of its county and three digits.
func isDivisionCode(code string) bool {
	return (len(code) == 6 || len(code) == 9) && strings.Trim(code, "0123456789") == "" && code[0] != '0'
}

// place says where the division with a code lies, seen from an area. It is empty when that is not settled: when the division is a
// wider one, which holds the area and others, or when the area has no code.
func place(code, area string) policy.Place {
	switch {
	case area == "":
		return ""
	case within(code, area):
		return policy.Here
	case within(area, code), within(area, cityOfDistricts(code)):
		return ""
	case cityOf(code) != "" && cityOf(code) == cityOf(area):
		return policy.InCity
	case code[:2] == area[:2]:
		return policy.InProvince
	}
	return policy.Outside
}

// cityOf is the beginning of the codes of the city in which a division lies: a municipality is one, and what is directly under a
// province lies in none. It is empty for what is wider than a city, too.
func cityOf(code string) string {
	switch city := code[2:4]; {
	case strings.Contains(municipalities, code[:2]):
		return code[:2]
	case city == "00", city == "90":
		return ""
	}
	return code[:4]
}

// within reports whether the division with the first code is the second or lies below it (GB/T 2260: two digits for the
// province, two for the city, two for the county; GB/T 10114: three more for a township). Nothing lies in a division without a code.
func within(code, area string) bool {
	switch {
	case area == nationCode:
		return true
	case len(area) > len(nationCode):
		return code == area
	}
	return area != "" && strings.HasPrefix(code, strings.TrimSuffix(strings.TrimSuffix(area, "00"), "00"))
}

// cityOfDistricts is the city of which a code means all districts (市辖区), such as 140600 for 140601; else it is empty.
// The first county of a prefecture (地区, 自治州, 盟), of a municipality and of those directly under a province is a real one.
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

// municipalities begin the codes of the cities directly under the nation.
const municipalities = "11 12 31 50"
