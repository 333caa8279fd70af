package speech

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/policy/words"
)

// foreign begins the part of the catalogue that no source of ours has.
const foreign = "\n# What no source of ours says as a whole: libraries, the operating system, Rego, amounts in words.\n"

// fragments are texts of the source that are no messages by themselves: what stands between things
// in a list, and what is looked for in messages of others.
var fragments = map[string]bool{
	" and ": true, ". Who: %s": true, " and unit: %s": true, " or ": true, "; or ": true, " at most": true, " by zero": true, "illegal token": true, "invalid argument(s)": true,
	"import ": true, "open %s": true, "unknown anchor '": true, "' referenced": true, "undefined function ": true, "eldercare %s": true, "`true` `false`": true, `<?xml version="1.0" encoding="%s%s"?>`: true,
}

// Every sentence of the program has a Chinese one, and every one in the catalogue is said.
func TestCatalogueIsComplete(t *testing.T) {
	source := readSource(t)
	for _, text := range slices.Sorted(maps.Keys(source.messages)) {
		if _, known := catalogue()[text]; !known && !fragments[text] {
			t.Errorf("%s: no Chinese for %q; add it to zh.po", source.messages[text], text)
		}
	}
	ours, _, found := strings.Cut(chinese, foreign)
	if !found {
		t.Fatalf("the catalogue has no part %q", foreign)
	}
	all, err := readCatalogue(ours)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range slices.Sorted(maps.Keys(all)) {
		if _, used := source.messages[text]; !used && !source.any[text] {
			t.Errorf("zh.po: nothing says %q any more; remove it", text)
		}
	}
}

// The Chinese takes the values that the English takes.
func TestCatalogueKeepsVerbs(t *testing.T) {
	for english, chinese := range catalogue() {
		want, got := verbs(english), verbs(chinese)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: verbs (-English +Chinese)\n%s", english, diff)
		}
		if strings.Count(english, "`") != strings.Count(chinese, "`") {
			t.Errorf("%q: the name of the value is not in backquotes in %q", english, chinese)
		}
		if strings.Count(english, "\\") != strings.Count(chinese, "\\") {
			t.Errorf("%q: %q has other backslashes", english, chinese)
		}
	}
}

// verbs returns the verbs of a format by the number of the value that they take.
func verbs(format string) map[int]string {
	all := map[int]string{}
	next := 1
	for _, v := range verb().FindAllString(format, -1) {
		if strings.Contains(v, "[") {
			if _, err := fmt.Sscanf(v, "%%[%d]", &next); err != nil {
				panic(v)
			}
		}
		all[next] = "%" + strings.TrimSuffix(v[strings.LastIndexAny(v, "%]")+1:], "\n")
		next++
	}
	return all
}

// code is what stays as it is in a Chinese text: options, paths, names, and what is in quotes or
// braces.
var code = regexp.MustCompile("`[^`]*`" + `|\t[^\n]*|"[^"]*"|\{[^{}]*\}|--?[a-z][-a-z]*|\S*[/_.=<>:$#|\\(]\S*|eldercare \w+|(?:name|grants|value) (?:if|contains)|%\S*`)

var (
	englishWords = regexp.MustCompile(`[a-z]{2,} [a-z]{2,}`)
	han          = regexp.MustCompile(`\p{Han}`)
)

// No English is left in the Chinese.
func TestCatalogueIsChinese(t *testing.T) {
	for english, chinese := range catalogue() {
		if left := englishWords.FindString(code.ReplaceAllString(chinese, "·")); left != "" {
			t.Errorf("%q: %q is English", english, left)
		}
		if !han.MatchString(chinese) && isMessage(english) && han.FindString(english) == "" && len(verbs(english)) == 0 {
			t.Errorf("%q: %q is not Chinese", english, chinese)
		}
	}
}

// A sentence is recognised by its format, with all its values.
func TestSentenceRecognisesEveryFormat(t *testing.T) {
	for english, chinese := range catalogue() {
		var values []any
		of, places := verbs(english), verb().FindAllStringIndex(english, -1)
		for i := range len(of) {
			if i > 0 && places[i][0] == places[i-1][1] {
				values = append(values, "")
				continue
			}
			switch of[i+1] {
			case "%d":
				values = append(values, 41+i)
			case "%q":
				values = append(values, fmt.Sprint("q\"", i))
			case "%c", "%U":
				values = append(values, 'x')
			case "%x":
				values = append(values, byte(0xfe))
			case "%w", "%v", "%T":
				values = append(values, fmt.Errorf("v%d", i))
			default:
				values = append(values, fmt.Sprint("s", i))
			}
		}
		if len(values) == 0 {
			continue
		}
		sentence := fmt.Errorf(english, values...).Error()
		want := fmt.Errorf(chinese, values...).Error()
		if got := Sentence(words.Chinese, sentence); got != want {
			t.Errorf("%q:\n%s, want\n%s", sentence, got, want)
		}
	}
}
