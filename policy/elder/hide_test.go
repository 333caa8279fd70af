package elder_test

import (
	"strings"
	"testing"

	"github.com/basic-eldercare/eldercare/policy/elder"
)

func TestHideIDNumbers(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "",
		"H-100":                          "H-100",
		"20261122-000123":                "20261122-000123", // a day and a number
		"14060119461122001X":             "**************001X",
		"14060119461122001x":             "**************001x",
		"140601194611220015":             "**************0015", // the check character does not fit
		"张三14060119461122001X等":          "张三**************001X等",
		"140601 19461122 001X":           "****** ******** 001X",
		"140601-19461122-001X":           "******-********-001X",
		"140601‑19461122—001X":           "******‑********—001X",
		"140601\u300019461122\u200b001X": "******\u3000********\u200b001X",
		"１４０６０１１９４６１１２２００１Ｘ":                    "**************００１Ｘ",
		"00014060119461122001X":                 "000**************001X",
		"140601461122001":                       "***********2001", // of before 1999
		"14060119461122001X,11010519491231002X": "**************001X,**************002X",
		"6222029999999999999":                   "6222029999999999999", // the number of a card without a day in it
	} {
		if got := elder.HideIDNumbers(text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
	if got := elder.HideIDNumbers(strings.Repeat("14060119461122001X", 3)); strings.ContainsAny(got[:14], "0123456789") || !strings.HasSuffix(got, "*001X") {
		t.Errorf("three in a row are shown as %q", got)
	}
}
