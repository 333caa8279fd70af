package elder

import (
	"fmt"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
)

// identityProvinces begin the identity numbers of the provinces, and of the residence permits for
// people of Hong Kong, Macao and Taiwan.
const identityProvinces = provinces + " 83"

// BirthOfID checks a citizen identity number (GB 11643-1999: 18 characters, the last a check
// character by ISO 7064 MOD 11-2) and returns the birth date in it. The error does not repeat the
// number.
func BirthOfID(id string) (policy.Date, error) {
	if len(id) != 18 || strings.Trim(id[:17], "0123456789") != "" {
		return policy.Date{}, fmt.Errorf("must have 18 characters: 17 digits and a check character")
	}
	if !strings.Contains(identityProvinces, id[:2]) {
		return policy.Date{}, fmt.Errorf("begins with the code of no province")
	}
	if want := checkOfID(id[:17]); id[17] != want && !(want == 'X' && id[17] == 'x') {
		return policy.Date{}, fmt.Errorf("the check character does not fit: one of the characters is wrong")
	}
	birth, err := policy.ParseDate(id[6:10] + "-" + id[10:12] + "-" + id[12:14])
	if err != nil {
		return policy.Date{}, fmt.Errorf("contains an impossible birth date")
	}
	return birth, nil
}

// LongID is the number of 18 characters that took the place of one of 15 digits, as they were given
// before 1999: the year of birth had no century, which was the twentieth, and there was no check
// character. It is empty for what is no 15 digits.
func LongID(id string) string {
	if len(id) != 15 || strings.Trim(id, "0123456789") != "" {
		return ""
	}
	long := id[:6] + "19" + id[6:]
	return long + string(checkOfID(long))
}

// IDNumber is the citizen identity number of 18 characters of an area of six digits, a day of birth and a number among those born there
// that day, up to 999.
func IDNumber(area string, birth policy.Date, serial int) string {
	digits := fmt.Sprintf("%s%04d%02d%02d%03d", area, birth.Year, birth.Month, birth.Day, serial)
	return digits + string(checkOfID(digits))
}

// checkOfID is the check character behind 17 digits.
func checkOfID(digits string) byte {
	sum, weight := 0, 1
	for i := 16; i >= 0; i-- { // the weight of the i-th place is 2^(17-i) modulo 11
		weight = weight * 2 % 11
		sum += int(digits[i]-'0') * weight
	}
	return "10X98765432"[sum%11]
}
