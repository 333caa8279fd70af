package source_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/source"
)

// division is a jurisdiction of a made-up list that inherits its one service, or at the top is said
// to rule it.
type division struct{ level, code, parent string }

func (d division) file(id string) string {
	parent := ", parent: " + d.parent
	inherits := true
	if d.parent == "" {
		parent, inherits = "", false
	}
	return fmt.Sprintf(`jurisdiction: {id: %s, code: %q, name: 某地, level: %s%s}
document: {title: 清单, basis: official}
effective_from: "2024-01-01"
services:
  - {id: allowance, item: "1", name: 津贴, group: 老年人, type: 物质帮助, departments: [民政局], access: automatic, cite: [附件 1], inherits: %v}
`, id, d.code, d.level, parent, inherits)
}

// TestDivisionsOfTheNationalTable has codes as the national table has them: each is accepted, and
// contradicts neither its level nor what is above it.
func TestDivisionsOfTheNationalTable(t *testing.T) {
	all := map[string]division{
		"china":       {"nation", "100000", ""},
		"beijing":     {"province", "110000", "china"},
		"dongcheng":   {"district", "110101", "beijing"},
		"donghuamen":  {"township", "110101001", "dongcheng"},
		"chongqing":   {"province", "500000", "china"},
		"chengkou":    {"county", "500229", "chongqing"}, // 5002 is the heading of its counties
		"henan_p":     {"province", "410000", "china"},
		"jiyuan":      {"county", "419001", "henan_p"}, // administered directly by the province
		"qinyuan":     {"township", "419001001", "jiyuan"},
		"zhengzhou":   {"city", "410100", "henan_p"},
		"jinshui":     {"district", "410105", "zhengzhou"},
		"gongyi":      {"county", "410181", "zhengzhou"},
		"guangdong":   {"province", "440000", "china"},
		"dongguan":    {"city", "441900", "guangdong"},
		"dongcheng_t": {"township", "441900003", "dongguan"}, // a city without counties
		"shilong":     {"township", "441900101", "guangdong"},
		"xianggang":   {"province", "810000", "china"},
		"tower":       {"township", "410105100", "china"}, // three levels left out
		"pirates":     {"city", "421000", "china"},
	}
	files := map[string]string{}
	for id, d := range all {
		files["catalogs/"+id+".yaml"] = d.file(id)
	}
	c := load(t, nil, good, source.Source{FS: folder(files)})
	for id, d := range all {
		lists := c.ListsOf(id)
		if len(lists) != 1 || lists[0].Jurisdiction.Code != d.code || lists[0].Jurisdiction.Level != policy.Level(d.level) {
			t.Errorf("%s: %v", id, lists)
		}
	}
}

func TestDivisionsThatContradict(t *testing.T) {
	above := map[string]division{
		"china": {"nation", "100000", ""}, "shanxi_p": {"province", "140000", "china"}, "linfen": {"city", "141000", "shanxi_p"},
		"hongtong_c": {"county", "141024", "linfen"}, "yaodu": {"district", "141002", "linfen"},
	}
	for _, c := range []struct {
		name string
		division
		at, code string // the key at whose value it is said, and what
	}{
		{"a nation is 100000", division{"nation", "140000", ""}, "code", "division-code"},
		{"no province is the nation", division{"province", "100000", "china"}, "code", "division-code"},
		{"a city is no province", division{"city", "140000", "china"}, "code", "division-code"},
		{"a county is no city", division{"county", "141000", "shanxi_p"}, "code", "division-code"},
		{"a district is no township", division{"district", "141002001", "linfen"}, "code", "division-code"},
		{"a township has nine digits", division{"township", "141024", "linfen"}, "code", "division-code"},
		{"a township is no county", division{"township", "141024000", "linfen"}, "code", "division-code"},
		{"a township of another county", division{"township", "141025101", "hongtong_c"}, "parent", "level-order"},
		{"a county of another city", division{"county", "140524", "linfen"}, "parent", "level-order"},
		{"a district is beside a county", division{"district", "141003", "hongtong_c"}, "parent", "level-order"},
		{"a county is beside a district", division{"county", "141025", "yaodu"}, "parent", "level-order"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := c.file("x")
			files := map[string]string{"catalogs/x.yaml": text}
			for id, d := range above {
				files["catalogs/"+id+".yaml"] = d.file(id)
			}
			_, err := source.Load(t.Context(), source.NewFiles(good, source.Source{FS: folder(files)}), nil)
			var found policy.Diagnostics
			if !errors.As(err, &found) || c.parent != "" && len(found) != 1 {
				t.Fatalf("got %v, want one problem", err)
			}
			want := policy.Position{File: "catalogs/x.yaml", Line: 1, Column: utf8.RuneCountInString(text[:strings.Index(text, c.at+": ")+len(c.at+": ")]) + 1}
			if found[0].Pos != want || found[0].Code != c.code {
				t.Errorf("got %v, want %s at %v", found, c.code, want)
			}
		})
	}
}
