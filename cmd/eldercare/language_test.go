package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/basic-eldercare/eldercare/policy/cases"
)

func TestLanguageOf(t *testing.T) {
	for _, tt := range []struct {
		note                string
		all, messages, lang string // LC_ALL, LC_MESSAGES, LANG
		args                []string
		want                language
	}{
		{note: "no locale", want: language{value: "en"}},
		{note: "a Chinese locale", lang: "zh_CN.UTF-8", want: language{value: "zh"}},
		{note: "another Chinese locale", lang: "zh_TW", want: language{value: "zh"}},
		{note: "LC_ALL goes before the others", all: "C", messages: "zh_CN.UTF-8", lang: "zh_CN.UTF-8", want: language{value: "en"}},
		{note: "LC_MESSAGES goes before LANG", messages: "zh_CN.UTF-8", lang: "en_US.UTF-8", want: language{value: "zh"}},
		{note: "the flag goes before all", all: "zh_CN.UTF-8", args: []string{"list", "--lang", "en"}, want: language{value: "en", given: true}},
		{note: "the flag in one word", args: []string{"--lang=zh", "list"}, want: language{value: "zh", given: true}},
		{note: "a language that there is not", lang: "zh_CN.UTF-8", args: []string{"--lang", "fr"}, want: language{value: "zh"}},
		{note: "the flag without a value", args: []string{"--lang"}, want: language{value: "en"}},
		{note: "behind --", args: []string{"fmt", "--", "--lang", "zh"}, want: language{value: "en"}},
	} {
		t.Run(tt.note, func(t *testing.T) {
			t.Setenv("LC_ALL", tt.all)
			t.Setenv("LC_MESSAGES", tt.messages)
			t.Setenv("LANG", tt.lang)
			if got := languageOf(tt.args); got != tt.want {
				t.Errorf("%+v, want %+v", got, tt.want)
			}
		})
	}
}

// codeWords are what stays as it is in Chinese: options, paths, ids, names, and what is in quotes.
var codeWords = regexp.MustCompile(`"[^"]*"|\{[^{}]*\}|--?[a-z][-a-z]*|\S*[/_.=<>:|[\]]\S*|eldercare \w+|[a-z]+-[-a-z]+|\b[a-z]+ (?:true|false)\b`)

var (
	twoWords = regexp.MustCompile(`\b(?:[a-z]{2,}|\d+) [a-z]{3,}\b`)
	chinese  = regexp.MustCompile(`\p{Han}`)
)

// mixed returns the first line of a Chinese output that has English words in it, or "" for none.
func mixed(output string) string {
	for line := range strings.Lines(output) {
		if words := twoWords.FindString(codeWords.ReplaceAllString(line, "·")); words != "" {
			return line
		}
	}
	return ""
}

// Every help is in Chinese for who asks for it, and for who has a Chinese locale.
func TestHelpIsChinese(t *testing.T) {
	for _, command := range append([]string{"", "help"}, commandNames(rootCommand(&common{}))...) {
		code, out, _ := execute(strings.Fields(command + " --lang zh --help")...)
		t.Setenv("LC_ALL", "zh_CN.UTF-8")
		_, byLocale, _ := execute(strings.Fields(command + " --help")...)
		t.Setenv("LC_ALL", "C")
		if diff := cmp.Diff(out, byLocale); code != exitFine || diff != "" {
			t.Errorf("%s: exit code %d (-by the flag +by the locale)\n%s", command, code, diff)
		}
		text, _, _ := strings.Cut(out, "示例：")
		_, flags, _ := strings.Cut(out, "\n选项：")
		if line := mixed(text + flags); line != "" || !chinese.MatchString(out) {
			t.Errorf("%s: English is left: %s", command, line)
		}
	}
}

// A folder with mistakes of many kinds, elders, and a register, for TestOutputIsChinese.
var mistakes = map[string]string{
	"bad/catalogs/pinglu.yaml": "jurisdiction: {id: pinglu, code: 140600, name: 平鲁, level: countyy, parent: shouzhou}\n" +
		"document: {title: 平鲁, basis: official}\neffective_from: \"2026-01-01\"\nwhat: 1\nservices:\n  - {id: meal-subsidys, item: 1, name: 助餐}\n",
	"bad/rego/lists/pinglu.rego": "package lists.pinglu\n\ngrants contains 1 if {\n\tinput.agee > 60，\n}\n",
	"elders.json":                `[{"id": "A", "age": 200}, {"agee": 3}, {"age": 80}, {"support_mode": "dispersed", "assistance_category": "dibao", "age": 70}]`,
	"register.csv":               "编号,年龄,怪列\n1,85,x\n2,abc,y\n",
}

// Whatever a command says in Chinese has no English in it.
func TestOutputIsChinese(t *testing.T) {
	dir := t.TempDir()
	for name, content := range mistakes {
		if err := writeInto(filepath.Join(dir, name), []byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	for _, line := range []string{
		"list", "list -j hongtong --readings", "list -j huojia --effective", "list --effective", "list -j hongtogn",
		"evaluate -j huojia --on 2026-11-22 elders.json", "evaluate -j huojia --from 2026-01 --to 2026-03 elders.json", "evaluate", "evaluate -j huojia a b",
		"evaluate -j huojia --on 2026-11-31 elders.json", "evaluate -j huojia absent.json", "evaluate -j huojia --on 2020-01-01 elders.json",
		"explain -j huojia --service nursing-subsidy elders.json", "explain -j huojia --service nursing elders.json",
		"check -j hongtong --against shuozhou", "check --all", "check", "check --al", "check -j", "chekc", "chekc -j x", "check x",
		"lint", "lint --dir bad", "test -j huojia", "test --dir bad --coverage", "test --min 200", "diff shuozhou hongtong", "diff shuozhou", "diff a/b c",
		"roster -j hongtong register.csv -o owed.csv", "roster -j hongtong --plan register.csv", "roster -j hongtong --summary table register.csv",
		"roster -j hongtong absent.csv -o x.csv", "roster -j hongtong register.csv", "simulate -j hongtong register.csv", "simulate -j hongtong --with bad register.csv",
		"schema lits", "schema", "sql -j hongtong --batch 0", "synth -n -1", "synth -n x", "version --what", "init", "init pinglu --version-of x", "init hongtong --parent shuozhou --name 洪洞 --code 1 --level x",
		"trace -j hongtong", "trace -j hongtong --source register.csv", "bundle", "site", "serve --addr 256.0.0.1:1", "serve --tls-cert x", "fmt", "fmt --check bad",
		"list --dir absent", "list --format x", "list --lang fr", "init --version-of shuozhou --from 2020-01-01",
	} {
		t.Run(line, func(t *testing.T) {
			_, stdout, stderr := execute(append(strings.Fields(line), "--lang", "zh")...)
			if at := mixed(stdout + "\n" + stderr); at != "" {
				t.Errorf("English is left: %s", at)
			}
			if !chinese.MatchString(stdout + stderr) {
				t.Errorf("nothing is Chinese:\n%s%s", stdout, stderr)
			}
		})
	}
}

// The language changes what people read, and nothing of what programs read.
func TestDataKeepItsLanguage(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, content := range mistakes {
		if err := writeInto(name, []byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	for _, line := range []string{
		"check -j hongtong --against shuozhou --format json", "check -j hongtong --against shuozhou --format sarif", "lint --dir bad --format github",
		"evaluate -j huojia --on 2026-11-22 --format json elders.json", "lint --dir bad --format json", "test --dir bad --format junit",
		"roster -j hongtong --on 2026-11-22 register.csv -o - --to csv", "synth -n 3",
		"roster -j hongtong --on 2026-11-22 --summary json register.csv", "roster -j hongtong --on 2026-11-22 --plan --format json register.csv",
		"simulate -j hongtong --on 2026-11-22 --against 2027-11-22 --format json register.csv",
		"diff shuozhou hongtong --on 2026-11-22 --format json --roster register.csv", "list -j hongtong --on 2026-11-22 --format json",
		"explain -j huojia --on 2026-11-22 --format json --service nursing-subsidy elders.json",
		"evaluate -j huojia --from 2026-01 --to 2026-03 --format json elders.json", "trace -j hongtong --format json --source register.csv",
	} {
		_, english, _ := execute(strings.Fields(line)...)
		t.Setenv("LC_ALL", "zh_CN.UTF-8")
		_, chinese, _ := execute(strings.Fields(line)...)
		t.Setenv("LC_ALL", "C")
		if diff := cmp.Diff(english, chinese); diff != "" || english == "" {
			t.Errorf("%s: the locale changes the output:\n%s", line, diff)
		}
	}
	_, out, _ := execute("lint", "--dir", "bad", "--format", "json", "--lang", "zh")
	var failure struct {
		Error []struct{ Code, Severity, Message string }
	}
	if err := yaml.Unmarshal([]byte(out), &failure); err != nil || len(failure.Error) == 0 {
		t.Fatal(err, out)
	}
	for _, e := range failure.Error {
		if chinese.MatchString(e.Code+e.Severity) || !chinese.MatchString(e.Message) {
			t.Errorf("%+v: the message alone is Chinese", e)
		}
	}
}

// What no case reaches is told with its kind in the language.
func TestGapIsChinese(t *testing.T) {
	gap := cases.Gap{Kind: cases.Boundary, Service: "bath", What: "age 69, just below"}
	if got, want := (language{value: "zh"}).notReached(gap), "bath：没有例子覆盖这个门槛：age 69，刚好不到门槛"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
