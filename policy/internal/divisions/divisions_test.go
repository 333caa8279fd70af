package divisions_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/basic-eldercare/eldercare/policy/internal/divisions"
)

// The table has what everybody can look up: the jurisdictions of our lists, what came and went, and
// as many provinces as there are.
func TestTable(t *testing.T) {
	for code, name := range map[string]string{
		"140000": "山西省", "140600": "朔州市", "141024": "洪洞县", "410724": "获嘉县", "659012": "白杨市", "441900": "东莞市", "140601": "", "710000": "台湾省",
	} {
		i := slices.IndexFunc(divisions.Current(), func(d divisions.Division) bool { return d.Code == code })
		if i < 0 || divisions.Current()[i].Name != name || !divisions.IsCurrent(code) || divisions.IsFormer(code) {
			t.Errorf("%s is not, or not only, %q of today", code, name)
		}
	}
	for _, code := range []string{"110103", "142625", "330103", "130223"} { // 崇文区, 洪洞县 until 2000, 下城区, 滦县
		if divisions.IsCurrent(code) || !divisions.IsFormer(code) {
			t.Errorf("%s is not a former code", code)
		}
	}
	table, err := os.ReadFile("table.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(table)) {
		former := strings.HasPrefix(line, "-")
		if code := strings.TrimPrefix(line, "-")[:6]; divisions.IsFormer(code) != former || divisions.IsCurrent(code) == former {
			t.Errorf("%s is not found where it stands", code)
		}
	}
	for _, code := range []string{"141099", "990000", "100000", ""} {
		if divisions.IsCurrent(code) || divisions.IsFormer(code) {
			t.Errorf("%s is a code", code)
		}
	}
	provinces := 0
	for i, d := range divisions.Current() {
		if strings.HasSuffix(d.Code, "0000") {
			provinces++
		}
		if len(d.Code) != 6 || strings.Trim(d.Code, "0123456789") != "" || i > 0 && d.Code <= divisions.Current()[i-1].Code {
			t.Errorf("%q is out of order, or no code", d.Code)
		}
	}
	if counties := len(divisions.Current()); provinces != 34 || counties < 3200 || counties > 3800 {
		t.Errorf("%d provinces, %d divisions", provinces, counties)
	}
}
