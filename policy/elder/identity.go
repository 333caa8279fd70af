package elder

import (
	"fmt"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
)

// residencePermits are the first two digits of the residence permits for people from Taiwan.
const residencePermits = "83"

// isPlaceOfID reports whether an identity number may begin with six digits: those of a county that
// was there when it was given, of which only the province is known, or those of people from Hong
// Kong, Macao and Taiwan, which have no counties.
func isPlaceOfID(code string) bool {
	if undivided(code) || strings.HasPrefix(code, residencePermits) {
		return code[2:] == "0000"
	}
	return inProvince(code)
}

// BirthOfID checks a citizen identity number and returns the birth date in it. By GB 11643-1999 a
// number has 18 characters, the last a check character by ISO 7064 MOD 11-2. The error does not
// repeat the number.
func BirthOfID(id string) (policy.Date, error) {
	if len(id) != 18 || !allDigits(id[:17]) {
		return policy.Date{}, policy.Errorf("bad-id-number", "must have 18 characters: 17 digits and a check character")
	}
	if !isPlaceOfID(id[:6]) {
		return policy.Date{}, policy.Errorf("bad-id-number", "does not begin with the code of a province")
	}
	if want := checkOfID(id[:17]); id[17] != want && !(want == 'X' && id[17] == 'x') {
		return policy.Date{}, policy.Errorf("bad-id-number", "the check character does not fit: one of the characters is wrong")
	}
	birth, err := policy.ParseDate(id[6:10] + "-" + id[10:12] + "-" + id[12:14])
	if err != nil {
		return policy.Date{}, policy.Errorf("bad-id-number", "contains an impossible birth date")
	}
	return birth, nil
}

// LongID returns the identity number of 18 characters that replaced one of 15 digits. Numbers of 15
// digits were issued until 1999, without the century and without a check character. LongID returns
// "" for anything but 15 digits.
func LongID(id string) string {
	if len(id) != 15 || !allDigits(id) {
		return ""
	}
	long := id[:6] + "19" + id[6:]
	return long + string(checkOfID(long))
}

// IDNumber returns a citizen identity number of 18 characters. The area has six digits. The serial
// number, up to 999, distinguishes people born there on the same day.
func IDNumber(area string, birth policy.Date, serial int) string {
	digits := fmt.Sprintf("%s%04d%02d%02d%03d", area, birth.Year, birth.Month, birth.Day, serial)
	return digits + string(checkOfID(digits))
}

// checkOfID returns the check character that follows 17 digits.
func checkOfID(digits string) byte {
	sum, weight := 0, 1
	for i := 16; i >= 0; i-- { // the weight of the i-th place is 2^(17-i) modulo 11
		weight = weight * 2 % 11
		sum += int(digits[i]-'0') * weight
	}
	return "10X98765432"[sum%11]
}
