package source_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/source"
)

var update = flag.Bool("update", false, "write the golden files anew")

var good = source.Source{FS: os.DirFS("testdata/good")}

// options compare numbers by value, and make no difference between no list and an empty one.
var options = cmp.Options{
	cmp.Comparer(func(a, b *big.Rat) bool { return a == b || a != nil && b != nil && a.Cmp(b) == 0 }),
	cmpopts.EquateEmpty(),
}

func date(t *testing.T, s string) policy.Date {
	t.Helper()
	d, err := policy.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func load(t *testing.T, only []string, sources ...source.Source) *policy.Catalog {
	t.Helper()
	c, err := source.Load(t.Context(), source.NewFiles(sources...), only)
	if err != nil {
		t.Fatalf("Load:\n%v", err)
	}
	return c
}

func folder(files map[string]string) fstest.MapFS {
	m := fstest.MapFS{}
	for name, content := range files {
		m[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return m
}

// over returns the files of testdata/good, but for those that are given.
func over(t *testing.T, given map[string]string) map[string]string {
	t.Helper()
	files := map[string]string{}
	paths, err := fs.Glob(good.FS, "catalogs/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range paths {
		content, err := fs.ReadFile(good.FS, p)
		if err != nil {
			t.Fatal(err)
		}
		files[p] = string(content)
	}
	maps.Copy(files, given)
	return files
}

func stems(lists []*policy.List) []string {
	var s []string
	for _, l := range lists {
		s = append(s, l.Stem)
	}
	return s
}

// errorCases returns the archives of testdata/errors: the files of a folder laid over testdata/good
// (or alone, if the comment says so), and in want and text what Load reports: position and code,
// which count, and the text, which may be bettered.
func errorCases(t *testing.T) []string {
	t.Helper()
	cases, err := filepath.Glob("testdata/errors/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	return cases
}

func TestLoadErrors(t *testing.T) {
	for _, name := range errorCases(t) {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files := map[string]string{}
			golden := map[string]string{}
			inputs := archive.Files[:0]
			for _, f := range archive.Files {
				if f.Name == "want" || f.Name == "text" {
					golden[f.Name] = string(f.Data)
					continue
				}
				files[f.Name] = string(f.Data)
				inputs = append(inputs, f)
			}
			if !strings.Contains(string(archive.Comment), "\nalone\n") {
				files = over(t, files)
			}
			sources := []source.Source{{FS: folder(files)}}
			_, err = source.Load(t.Context(), source.NewFiles(sources...), nil)
			want, text := report(t, err, source.NewFiles(sources...))
			if *update {
				archive.Files = append(inputs, txtar.File{Name: "want", Data: []byte(want)}, txtar.File{Name: "text", Data: []byte(text)})
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(golden["want"], want); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(golden["text"], text); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
		})
	}
}

// With the problems of some lists come those that rules can be held against all the same, and which
// services are doubtful.
func TestLoadKeepsKnownLists(t *testing.T) {
	always := []string{"middle", "north", "south", "south_2025"}
	for _, tt := range []struct {
		archive               string
		lists, left, doubtful []string
	}{
		{"all-phases", append([]string{"east"}, always...), nil, nil},
		{"no-cascade-list", always, []string{"bare", "east", "lower", "other", "upper"}, nil}, // of these and of those below them too little is known
		{"unknown-key", append([]string{"east"}, always...), nil, []string{"allowance"}},
		{"duplicate-service", append([]string{"east"}, always...), nil, []string{"allowance"}},
		{"wrong-suffix", always, nil, nil},
	} {
		archive, err := txtar.ParseFile("testdata/errors/" + tt.archive + ".txtar")
		if err != nil {
			t.Fatal(err)
		}
		files := map[string]string{}
		for _, f := range archive.Files {
			files[f.Name] = string(f.Data)
		}
		c, err := source.Load(t.Context(), source.NewFiles(good, source.Source{FS: folder(files)}), nil)
		if err == nil || c == nil {
			t.Fatalf("%s: %v, %v", tt.archive, c, err)
		}
		if diff := cmp.Diff(tt.lists, stems(c.Lists)); diff != "" {
			t.Errorf("%s: lists (-want +got):\n%s", tt.archive, diff)
		}
		if diff := cmp.Diff(tt.left, c.Left, options); diff != "" {
			t.Errorf("%s: what was left out (-want +got):\n%s", tt.archive, diff)
		}
		var doubtful []string
		for _, l := range c.Lists {
			for _, s := range l.Services {
				if s.Doubtful {
					doubtful = append(doubtful, s.ID)
				}
			}
		}
		if diff := cmp.Diff(tt.doubtful, doubtful); diff != "" {
			t.Errorf("%s: doubtful services (-want +got):\n%s", tt.archive, diff)
		}
	}

	for note, files := range map[string]map[string]string{
		"no words":      {"catalogs/services.yaml": "services: {}\ntype: {}\n"},
		"no vocabulary": {"catalogs/measures.yaml": "["},
	} {
		c, err := source.Load(t.Context(), source.NewFiles(good, source.Source{FS: folder(files)}), nil)
		if err == nil || c == nil {
			t.Fatalf("%s: %v, %v", note, c, err)
		}
		if diff := cmp.Diff(always, stems(c.Lists)); diff != "" {
			t.Errorf("%s: lists (-want +got):\n%s", note, diff)
		}
	}
}

// report returns the problems of an error that must be there, one a line, and as they are shown.
func report(t *testing.T, err error, files *source.Files) (want, text string) {
	t.Helper()
	var problems policy.Diagnostics
	if !errors.As(err, &problems) || len(problems) == 0 {
		t.Fatalf("Load: %v, want Diagnostics", err)
	}
	var w, full bytes.Buffer
	for _, d := range problems {
		if d.Remedy == "" {
			t.Errorf("no remedy: %s", d)
		}
		fmt.Fprintf(&w, "%s:%d:%d %s\n", d.Pos.File, d.Pos.Line, d.Pos.Column, d.Code)
		file, _ := files.Read(d.Pos.File)
		d.Render(&full, file.Content)
	}
	return w.String(), full.String()
}

// TestEveryCodeHasACase takes the codes from the source of the package: a new one without a case
// fails.
func TestEveryCodeHasACase(t *testing.T) {
	reported := map[string]bool{
		"unreadable":          true, // TestUnreadable
		"unasked-replacement": true, // TestUnaskedReplacements
		"nothing-replaced":    true,
		// mistakes in files of cases: TestCasesAreRefused
		"no-list": true, "no-cases": true, "no-elder": true, "duplicate-note": true,
		"wants-nothing": true, "undated-case": true, "wrong-amount": true,
		"not-formatted": true, // the formatter's own safeguard: no file is known that it cannot order
		// errors of questions, not of lists: TestErrorsMarshalInOneForm
		"unknown-jurisdiction": true, "not-in-force": true, "wrong-date": true,
		// errors of what a program asks for by a name or id: TestErrorsHaveCodes
		"wrong-file": true, "wrong-id": true,
	}
	for _, name := range errorCases(t) {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			if f.Name != "want" {
				continue
			}
			for line := range strings.Lines(string(f.Data)) {
				_, code, _ := strings.Cut(strings.TrimSpace(line), " ")
				reported[code] = true
			}
		}
	}
	code := regexp.MustCompile(`^[a-z]+(-[a-z]+)+$`)
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, name := range sources {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			if s, err := strconv.Unquote(lit.Value); err == nil && code.MatchString(s) {
				found++
				if !reported[s] {
					t.Errorf("%s: no case in testdata/errors reports the code %s", name, s)
				}
			}
			return true
		})
	}
	if found < 40 {
		t.Errorf("found %d codes in the source: this test is broken", found)
	}
}

func TestFiveMistakes(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/errors/five.txtar")
	if err != nil {
		t.Fatal(err)
	}
	_, err = source.Load(t.Context(), source.NewFiles(good, source.Source{FS: folder(map[string]string{"catalogs/east.yaml": string(archive.Files[0].Data)})}), nil)
	var problems policy.Diagnostics
	if !errors.As(err, &problems) {
		t.Fatalf("Load: %v", err)
	}
	var codes []string
	for _, d := range problems {
		codes = append(codes, d.Code)
	}
	want := []string{"unknown-key", "wrong-type", "number-unit", "missing-citation", "unknown-service"}
	if diff := cmp.Diff(want, codes); diff != "" {
		t.Errorf("codes (-want +got):\n%s", diff)
	}
}

func TestLoadGood(t *testing.T) {
	c := load(t, nil, good)
	if diff := cmp.Diff([]string{"middle", "north", "south", "south_2025"}, stems(c.Lists)); diff != "" {
		t.Errorf("lists (-want +got):\n%s", diff)
	}
	north := c.ListsOf("north")[0]
	issued := date(t, "2022-12-20")
	at := func(line, column int) policy.Position {
		return policy.Position{File: "catalogs/north.yaml", Line: line, Column: column}
	}
	item := policy.Citation{Document: "北政〔2023〕1号", At: "附件 1"}
	first := date(t, "2023-01-01")
	want := &policy.List{
		Stem:          "north",
		Jurisdiction:  policy.Jurisdiction{ID: "north", Code: "990000", Name: "北省", Level: policy.Province},
		Document:      policy.Document{Title: "北省清单", Number: "北政〔2023〕1号", Issued: &issued, Basis: policy.Reconstructed, Note: "无原文"},
		EffectiveFrom: first,
		Parameters: []*policy.Parameter{
			{Name: "elder_age", Label: "老年人年龄", Unit: policy.Years, Cite: []policy.Citation{item}, Pos: at(5, 3),
				Values: []*policy.DatedValue{{From: first, Value: big.NewRat(60, 1), Pos: at(5, 51)}}},
			{Name: "allowance_monthly", Label: "津贴标准", Unit: policy.CNYPerMonth, Bound: policy.AtLeast, Cite: []policy.Citation{item}, Pos: at(6, 3),
				Values: []*policy.DatedValue{
					{From: first, Value: big.NewRat(50, 1), Pos: at(11, 9)},
					{From: date(t, "2024-07-01"), Value: big.NewRat(121, 2), Cite: []policy.Citation{{Document: "北政〔2024〕9号", At: "第二条"}}, Pos: at(12, 9)},
				}},
			{Name: "share", Label: "比例", Unit: policy.Multiple, Bound: policy.AtLeast, Cite: []policy.Citation{item}, Pos: at(14, 3),
				Values: []*policy.DatedValue{{From: first, Value: big.NewRat(1, 3), Pos: at(14, 64)}}},
			{Name: "wage_monthly", Label: "最低工资", Unit: policy.CNYPerMonth, Bound: policy.SetLocally, Cite: []policy.Citation{item}, Pos: at(15, 3),
				Values: []*policy.DatedValue{{From: first, Pos: at(15, 81)}}},
		},
		Services: []*policy.Service{
			{ID: "allowance", Item: "1", Name: "津贴", Group: "六十岁以上老年人", Type: "物质帮助", Departments: []string{"民政部门", "财政部门"},
				Spending: "省级负担", Access: policy.Automatic, Cite: []policy.Citation{item}, Pos: at(17, 5),
				Readings: []*policy.Reading{{Question: "六十岁是否包括本数", Answer: "包括", Why: "以上包括本数", Cite: []policy.Citation{item}}}},
			{ID: "bus-concession", Item: "2", Name: "公交优待", Group: "老年人", Type: "照护服务", Departments: []string{"交通部门"},
				Access: policy.Presentation, Cite: []policy.Citation{{Document: "北政〔2023〕1号", At: "附件 2"}, {Document: "北政〔2023〕1号", At: "第三条"}}, Pos: at(28, 5)},
		},
		ChooseHigher: []*policy.ChooseHigher{{Members: []policy.Member{{Service: "allowance", Measure: "monthly_cny"}, {Service: "bus-concession", Measure: "monthly_cny"}}, Reason: "不重复", Cite: []policy.Citation{item}, Pos: at(30, 5)}},
		NotModelled:  []*policy.Omission{{What: "时间银行", Why: "无权利内容"}},
		Accepted:     []*policy.Acceptance{{Code: "overlap", Subject: "allowance", Reason: "就高", Pos: at(34, 5)}},
		Pos:          at(1, 1),
	}
	if diff := cmp.Diff(want, north, options); diff != "" {
		t.Errorf("north (-want +got):\n%s", diff)
	}
	middle := c.ListsOf("middle")[0]
	if got := middle.Services[0]; !got.Inherits || got.Cite[0].String() != "中市清单 附件 1" {
		t.Errorf("a list without a number is cited by its title: %+v", got)
	}
	if middle.EffectiveFromAssumed == "" {
		t.Error("effective_from_assumed is lost")
	}
}

func TestVocabulary(t *testing.T) {
	v := load(t, nil, good).Vocabulary
	at := func(file string, line int) policy.Position {
		return policy.Position{File: "catalogs/" + file, Line: line, Column: 3}
	}
	wantAttribute := &policy.Attribute{
		Name: "support", Label: "供养方式", English: "mode of support", Type: policy.Enum,
		Values:  []*policy.EnumValue{{Name: "dispersed", Label: "分散", English: "dispersed"}, {Name: "concentrated", Label: "集中", English: "concentrated"}},
		AskedOf: &policy.AskedOf{Attribute: "category", Values: []any{"tekun"}, Pos: policy.Position{File: "catalogs/attributes.yaml", Line: 18, Column: 16}},
		Pos:     at("attributes.yaml", 11),
	}
	for _, diff := range []string{
		cmp.Diff(wantAttribute, v.Attribute("support")),
		cmp.Diff(&policy.Attribute{Name: "age", Label: "年龄", English: "age", Type: policy.Integer, Max: 130, Unit: "岁", Pos: at("attributes.yaml", 2)}, v.Attribute("age")),
		cmp.Diff(&policy.Input{Name: "birth_date", Label: "出生日期", English: "date of birth", Type: policy.BirthDate, Gives: "age", Pos: at("attributes.yaml", 20)}, v.Input("birth_date")),
		cmp.Diff(&policy.Measure{Name: "bus_percent", Label: "公交优惠", English: "bus discount", Kind: policy.KindShare, Per: policy.PerOnce, Unit: policy.Percent, Pos: at("measures.yaml", 3)}, v.Measure("bus_percent")),
		cmp.Diff(&policy.ServiceName{ID: "visiting", Name: "探访", English: "visiting", Pos: at("services.yaml", 7)}, v.Service("visiting")),
		cmp.Diff(&policy.ServiceType{Name: "照护服务", English: "care"}, v.ServiceType("照护服务")),
	} {
		if diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	if v.Attribute("x") != nil || v.Input("x") != nil || v.Measure("x") != nil || v.Service("x") != nil || v.ServiceType("x") != nil {
		t.Error("an unknown word is found")
	}
	var order []string
	for _, a := range v.Attributes {
		order = append(order, a.Name)
	}
	if diff := cmp.Diff([]string{"age", "local_hukou", "category", "support"}, order); diff != "" {
		t.Errorf("order of questions (-want +got):\n%s", diff)
	}
}

// An amended parameter is the list's own: what stood before keeps its citation, and the ancestor
// keeps its own.
func TestAmendment(t *testing.T) {
	c := load(t, nil, good)
	south := c.ListsOf("south")[0]
	own := map[string]*policy.Parameter{}
	for _, p := range south.Parameters {
		own[p.Name] = p
	}
	pos := func(file string, line, column int) policy.Position {
		return policy.Position{File: "catalogs/" + file, Line: line, Column: column}
	}
	wages := policy.Citation{Document: "南人社〔2024〕5号", At: "第一条"}
	want := &policy.Parameter{
		Name: "wage_monthly", Label: "最低工资", Unit: policy.CNYPerMonth, Bound: policy.AtLeast, Cite: []policy.Citation{wages}, Pos: pos("south_wages.yaml", 3, 3),
		Values: []*policy.DatedValue{
			{From: date(t, "2023-01-01"), Cite: []policy.Citation{{Document: "北政〔2023〕1号", At: "附件 1"}}, Pos: pos("north.yaml", 15, 81)},
			{From: date(t, "2024-03-01"), Value: big.NewRat(1800, 1), Pos: pos("south_wages.yaml", 5, 14)},
		},
	}
	if diff := cmp.Diff(want, own["wage_monthly"], options); diff != "" {
		t.Errorf("a parameter of an ancestor (-want +got):\n%s", diff)
	}
	want = &policy.Parameter{
		Name: "allowance_monthly", Label: "津贴标准", Unit: policy.CNYPerMonth, Bound: policy.AtLeast,
		Cite: []policy.Citation{{Document: "南民〔2024〕6号"}}, Pos: pos("south_wages.yaml", 7, 3),
		Values: []*policy.DatedValue{
			{From: date(t, "2024-01-01"), Value: big.NewRat(80, 1), Cite: []policy.Citation{{Document: "南政〔2024〕2号", At: "附件 1"}}, Pos: pos("south.yaml", 5, 83)},
			{From: date(t, "2024-05-01"), Value: big.NewRat(361, 4), Pos: pos("south_wages.yaml", 8, 14)},
		},
	}
	want.Values[1].Printed = &policy.DatedValue{From: date(t, "2024-01-01"), Value: big.NewRat(80, 1), Pos: pos("south.yaml", 5, 83)} // the text's 80
	want.Printed = &policy.Parameter{                                                                                                 // and the parameter as it has it
		Name: "allowance_monthly", Label: "津贴标准", Unit: policy.CNYPerMonth, Bound: policy.AtLeast,
		Values: []*policy.DatedValue{{From: date(t, "2024-01-01"), Value: big.NewRat(80, 1), Pos: pos("south.yaml", 5, 83)}},
		Cite:   []policy.Citation{{Document: "南政〔2024〕2号", At: "附件 1"}}, Pos: pos("south.yaml", 5, 3),
	}
	if diff := cmp.Diff(want, own["allowance_monthly"], options); diff != "" {
		t.Errorf("a parameter of the list (-want +got):\n%s", diff)
	}
	for _, p := range c.ListsOf("north")[0].Parameters {
		if p.Name == "wage_monthly" && (len(p.Values) != 1 || p.Bound != policy.SetLocally) {
			t.Errorf("the amendment of south changed north: %+v", p)
		}
	}
}

// An amendment of a higher level is seen by one of a lower level, whatever the names of the files.
func TestAmendmentOfAncestorFirst(t *testing.T) {
	amend := func(list, from, value string) string {
		return "amends: " + list + "\nparameters:\n  wage_monthly: {bound: at_least, values: [{from: \"" + from + "\", value: " + value + "}], cite: [{document: x}]}\n"
	}
	c := load(t, nil, good, source.Source{FS: folder(map[string]string{
		"catalogs/north_x.yaml":     amend("north", "2023-08-01", "1500"),
		"catalogs/middle_x.yaml":    amend("middle", "2023-09-01", "1600"),
		"catalogs/south_wages.yaml": amend("south", "2024-03-01", "1800"),
	})})
	p := c.Parameter(c.Chain(c.ListsOf("south")[0], date(t, "2024-03-01")), "wage_monthly")
	var got []string
	for _, v := range p.Values {
		value := "null"
		if v.Value != nil {
			value = v.Value.RatString()
		}
		got = append(got, v.From.String()+" "+value)
	}
	want := []string{"2023-01-01 null", "2023-08-01 1500", "2023-09-01 1600", "2024-03-01 1800"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
}

func TestLoadOnly(t *testing.T) {
	broken := source.Source{FS: folder(map[string]string{
		"catalogs/west.yaml": "a: [", // not read
		// A jurisdiction whose id begins as another's file names do.
		"catalogs/north_east.yaml":      strings.ReplaceAll(read(t, "middle"), "id: middle, code: \"990100\"", "id: north_east, colour: red"),
		"catalogs/north_east_more.yaml": "amends: north_east\nparameters: {x: {values: [], cite: [{document: x}]}}\n",
	})}
	for _, tt := range []struct {
		only, want []string
	}{
		{[]string{"south"}, []string{"middle", "north", "south", "south_2025"}},
		{[]string{"middle"}, []string{"middle", "north"}},
		{[]string{"north"}, []string{"north"}},
		{[]string{"north", "south"}, []string{"middle", "north", "south", "south_2025"}},
		{[]string{"nowhere"}, nil},
		{[]string{}, nil},
	} {
		c := load(t, tt.only, good, broken)
		if diff := cmp.Diff(tt.want, stems(c.Lists)); diff != "" {
			t.Errorf("only %v (-want +got):\n%s", tt.only, diff)
		}
		if len(c.Vocabulary.Attributes) != 4 {
			t.Errorf("only %v: the vocabularies are not read", tt.only)
		}
	}

	_, err := load(t, []string{"suoth"}, good).InForce("suoth", date(t, "2025-01-01"))
	var unknown *policy.UnknownJurisdictionError
	if !errors.As(err, &unknown) || unknown.Suggestion != "south" {
		t.Errorf("a misspelt id: %v", err)
	}

	for _, tt := range []struct{ only, want string }{{"west", "yaml-syntax"}, {"north_east", "unknown-key"}} {
		_, err := source.Load(t.Context(), source.NewFiles(good, broken), []string{tt.only})
		var problems policy.Diagnostics
		if !errors.As(err, &problems) || !slices.ContainsFunc(problems, func(d policy.Diagnostic) bool { return d.Code == tt.want }) {
			t.Errorf("only %s: %v, want %s", tt.only, err, tt.want)
		}
	}

	orphan := folder(map[string]string{"catalogs/middle.yaml": strings.ReplaceAll(read(t, "middle"), "parent: north", "parent: nroth")})
	_, err = source.Load(t.Context(), source.NewFiles(good, source.Source{FS: orphan}), []string{"south"})
	want, _ := report(t, err, source.NewFiles(good, source.Source{FS: orphan}))
	if diff := cmp.Diff("catalogs/middle.yaml:1:75 unknown-parent\n", want); diff != "" {
		t.Errorf("a missing ancestor (-want +got):\n%s", diff)
	}
}

// A file of a jurisdiction that does not have its name is an error also when only that jurisdiction
// is read.
func TestLoadOnlyLooksAtEveryFile(t *testing.T) {
	const parameters = "parameters: {x: {values: [], cite: [{document: x}]}}\n"
	for _, tt := range []struct{ only, content, want string }{
		{"south", "amends: south\n" + parameters, "stem-mismatch"},
		{"south", "{\"amends\": \"north\", \"parameters\": {}}", "stem-mismatch"}, // of a list above
		{"south", "amends: suoth\n" + parameters, "unknown-amended"},
		{"south", strings.ReplaceAll(read(t, "middle"), "id: middle", "id: south"), "stem-mismatch"},
		{"north", "amends: south\n" + parameters, ""}, // another's
		{"north", strings.ReplaceAll(read(t, "middle"), "id: middle", "id: other"), ""},
		{"north", "a: [", ""},
	} {
		own := source.Source{FS: folder(map[string]string{"catalogs/my_figures.yaml": tt.content})}
		_, err := source.Load(t.Context(), source.NewFiles(good, own), []string{tt.only})
		var problems policy.Diagnostics
		errors.As(err, &problems)
		found := slices.ContainsFunc(problems, func(d policy.Diagnostic) bool {
			return d.Code == tt.want && d.Pos.File == "catalogs/my_figures.yaml"
		})
		if found != (tt.want != "") || tt.want == "" && err != nil {
			t.Errorf("only %s, %.30q: %v, want %s", tt.only, tt.content, err, tt.want)
		}
	}
}

// What editors leave is left out with a warning, and stops nothing.
func TestDroppings(t *testing.T) {
	own := source.Source{Name: "own", FS: folder(map[string]string{
		"catalogs/.#south.yaml": "\x00", "catalogs/._south.yaml": "\x00\x05", "catalogs/south.yaml~": "a: [", "catalogs/#south.yaml#": "a: [",
		"catalogs/.south.yaml.swp": "b0VIM", "rego/lists/._south.rego": "\x00", "catalogs/.DS_Store": "\x00", "catalogs/south_2025.yaml": read(t, "south_2025"),
	})}
	c := load(t, nil, good, own)
	var got []string
	for _, w := range c.Warnings {
		if w.Code != "dropping" || w.Severity != policy.SeverityWarning {
			t.Errorf("%v", w)
		}
		got = append(got, w.Pos.File)
	}
	want := []string{
		"own/catalogs/#south.yaml#", "own/catalogs/.#south.yaml", "own/catalogs/._south.yaml", "own/catalogs/.south.yaml.swp",
		"own/catalogs/south.yaml~", "own/rego/lists/._south.rego",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// The lines of a text after > or | are one line, without what stands around them.
func TestTextsAreOneLine(t *testing.T) {
	own := strings.Replace(read(t, "south"), "\nservices:", "\nnot_modelled:\n  - what: >\n      一\n      二\n\n        三\n    why: |+\n      四\n      五\n\n\nservices:", 1)
	c := load(t, nil, good, source.Source{FS: folder(map[string]string{"catalogs/south.yaml": own})})
	i := slices.IndexFunc(c.Lists, func(l *policy.List) bool { return l.Stem == "south" })
	want := []*policy.Omission{{What: "一 二 三", Why: "四 五"}}
	if diff := cmp.Diff(want, c.Lists[i].NotModelled, cmpopts.IgnoreTypes(policy.Position{})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// What seems to belong to the lists and is not read is named, with a remedy: as an error where the
// content leaves no doubt.
func TestUnreadFiles(t *testing.T) {
	const list, json, cases = "amends: south\n", `{"amends": "south"}`, "- {note: a, elder: {age: 60}}\n"
	ours := map[string]string{"catalogs/south_2025.yaml": read(t, "south_2025")}
	for _, tt := range []struct {
		file, content, want string
		alone               bool // no list lies where it belongs
	}{
		{file: "catalogs/x.json", content: json, want: "error wrong-suffix"},
		{file: "catalogs/x.JSON", content: "{}", want: "warning wrong-suffix"},
		{file: "catalogs/x", content: list, want: "error wrong-suffix"},
		{file: "catalogs/x.txt", content: list, want: "error wrong-suffix"},
		{file: "catalogs/x", content: "all: clean\n"},
		{file: "catalogs/README", content: list},
		{file: "catalogs/README.md", content: list},
		{file: "catalogs/LICENSE", content: list},
		{file: "catalogs/list.schema.json", content: "{}"},
		{file: "catalogs/.x.json", content: json},
		{file: "catalogs/.drafts/x.yaml", content: list},
		{file: "catalogs/attributes.json", content: `{"attributes": {}}`, want: "warning wrong-suffix"},
		{file: "catalogs/measures", content: "measures: {}\n", want: "warning wrong-suffix"},
		{file: "attributes.json", content: "{\n \"attributes\": {}}", want: "warning wrong-folder"},
		{file: "services.yaml", content: "services: {}\n", want: "warning wrong-folder"},
		{file: "services.yaml", content: "attributes: {}\n"},
		{file: "elder.json", content: `{"jurisdiction": "south", "age": 80}`},
		{file: "elders/all.txt", content: list},
		{file: "compose.yaml", content: "services: {}\n"},
		{file: "catalogs/a/b/c/x.yaml", content: list, want: "error wrong-folder"},
		{file: "catalogs/a/b/c/x.yaml", content: "a: b\n", want: "warning wrong-folder"},
		{file: "catalogs/a/b/c/notes.txt", content: "a: b\n"},
		{file: "catalogs/cases/south.yaml", content: cases},
		{file: "catalogs/cases/south.json", content: "[]", want: "warning wrong-suffix"},
		{file: "catalogs/cases/south", content: cases, want: "warning wrong-suffix"},
		{file: "catalogs/cases/sub/south.yaml", content: cases, want: "warning wrong-folder"},
		{file: "catalogs/cases/sub/south.yaml", content: list, want: "error wrong-folder"},
		{file: "catalogs/cases/cases.schema.json", content: "{}"},
		{file: "Catalogs/cases/south.yaml", content: cases, want: "warning wrong-folder"},
		{file: "Rego/lists/south_2025.rego", content: "package lists.south_2025\n", want: "error wrong-folder"},
		{file: "Rego/lists/help.rego", content: "package help\n", want: "warning wrong-folder"},
		{file: "rego/lists/sub/help.rego", content: "package help\n", want: "warning wrong-folder"},
		{file: "rego/rego_test.go", content: "package rego\n"},
		{file: "policies/help.rego", content: "package help\n"},
		{file: "catalogs/south_2026.yaml/notes", want: "warning unreadable"},
		{file: "catalogs/cases/south.yaml/notes", want: "warning unreadable"},
		{file: "rego/lists/south_2025.rego/notes", want: "warning unreadable"},
		{file: "data/catalogs/x.yaml", content: list},
		{file: "data/catalogs/x.yaml", content: list, alone: true, want: "error wrong-folder"},
		{file: "data/catalogs/cases/x.yaml", content: cases, alone: true, want: "error no-lists"},
		{file: "data/other/x.yaml", content: list, alone: true, want: "error no-lists"},
	} {
		files := map[string]string{tt.file: tt.content}
		if !tt.alone {
			maps.Copy(files, ours)
		}
		c, err := source.Load(t.Context(), source.NewFiles(good, source.Source{FS: folder(files)}), nil)
		var found policy.Diagnostics
		errors.As(err, &found)
		if err == nil {
			found = c.Warnings
		}
		var got []string
		for _, d := range found {
			got = append(got, string(d.Severity)+" "+d.Code)
			if d.Code != "no-lists" && !strings.HasPrefix(tt.file, d.Pos.File) || d.Remedy == "" {
				t.Errorf("%s: %v", tt.file, d)
			}
		}
		if got := strings.Join(got, ", "); got != tt.want {
			t.Errorf("%s, %q: %q, want %q", tt.file, tt.content, got, tt.want)
		}
	}
}

// No file is read that is longer than a list can be, and no folder that holds more files than there
// can be lists.
func TestFilesAreBounded(t *testing.T) {
	long := source.Source{FS: folder(map[string]string{"catalogs/south.yaml": "#" + strings.Repeat("x", 4<<20)})}
	many := fstest.MapFS{}
	for i := range 20_001 {
		many["catalogs/"+strconv.Itoa(i)+".yaml"] = &fstest.MapFile{}
	}
	for want, own := range map[string]source.Source{"it is longer than 4 MiB": long, "it holds more than 20000 files": {FS: many}} {
		_, err := source.Load(t.Context(), source.NewFiles(good, own), nil)
		if err == nil || !strings.Contains(err.Error(), want) || len(err.Error()) > 10_000 {
			t.Errorf("%.1000v, want %s", err, want)
		}
	}
}

// growing is a folder of files that grow once their size is known: then they had one byte.
type growing struct{ fstest.MapFS }

func (g growing) Stat(name string) (fs.FileInfo, error) {
	info, err := g.MapFS.Stat(name)
	return oneByte{info}, err
}

type oneByte struct{ fs.FileInfo }

func (oneByte) Size() int64 { return 1 }

// A file that grows while it is read is no longer than others.
func TestGrowingFilesAreBounded(t *testing.T) {
	for size, want := range map[int]string{4 << 20: "", 4<<20 + 1: "it is longer than 4 MiB"} {
		own := growing{fstest.MapFS{"catalogs/south.yaml": {Data: bytes.Repeat([]byte("#"), size)}}}
		file, err := source.NewFiles(source.Source{FS: own}).Read("catalogs/south.yaml")
		if want == "" && (err != nil || len(file.Content) != size) || want != "" && (err == nil || err.Error() != want || len(file.Content) > 0) {
			t.Errorf("of %d bytes %d are read, error %v, want %q", size, len(file.Content), err, want)
		}
	}
}

// No link leads out of a folder of one's own, and nothing of what it leads to is said.
func TestLinksDoNotLeadOut(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	secret := filepath.Join(outside, "secret.yaml")
	err := errors.Join(os.WriteFile(secret, []byte("root:x:0:0"), 0o600), os.Mkdir(filepath.Join(dir, "catalogs"), 0o755),
		os.WriteFile(filepath.Join(dir, "inside.yaml"), []byte("root:y"), 0o600))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, filepath.Join(dir, "catalogs", "south.yaml")); err != nil {
		t.Skip(err)
	}
	if err := os.Symlink("../inside.yaml", filepath.Join(dir, "catalogs", "east.yaml")); err != nil {
		t.Fatal(err)
	}
	own, err := source.Dir(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, err = source.Load(t.Context(), source.NewFiles(good, own), nil)
	if err == nil || !strings.Contains(err.Error(), "south.yaml:1:1: error: cannot be read: ") || strings.Contains(err.Error(), "root:x") {
		t.Errorf("%v", err)
	}
	if !strings.Contains(err.Error(), "east.yaml:1:1: error: the file must be a mapping") {
		t.Errorf("a link inside the folder is not followed: %v", err)
	}
}

func read(t *testing.T, stem string) string {
	t.Helper()
	content, err := os.ReadFile("testdata/good/catalogs/" + stem + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestOverlay(t *testing.T) {
	below := source.Source{FS: folder(map[string]string{
		"catalogs/a.yaml": "below", "catalogs/b.yaml": "below", "catalogs/cases/a.yaml": "", "catalogs/notes.md": "", "rego/lists/x.rego": "below",
	})}
	above := source.Source{Name: "my/lists", FS: folder(map[string]string{"catalogs/b.yaml": "above", "catalogs/c.yaml": "above"})}
	files := source.NewFiles(below, above)

	paths, err := files.Glob("catalogs", ".yaml")
	if diff := cmp.Diff([]string{"catalogs/a.yaml", "catalogs/b.yaml", "catalogs/c.yaml"}, paths); diff != "" || err != nil {
		t.Errorf("Glob: %v (-want +got):\n%s", err, diff)
	}
	if paths, err := files.Glob("nowhere", ".yaml"); len(paths) != 0 || err != nil {
		t.Errorf("Glob of a missing folder: %v, %v", paths, err)
	}
	for _, want := range []source.File{
		{Path: "catalogs/a.yaml", Display: "catalogs/a.yaml", Content: []byte("below")},
		{Path: "catalogs/b.yaml", Display: "my/lists/catalogs/b.yaml", Content: []byte("above")},
		{Path: "rego/lists/x.rego", Display: "rego/lists/x.rego", Content: []byte("below")},
	} {
		got, err := files.Read(want.Path)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("Read(%s): %v (-want +got):\n%s", want.Path, err, diff)
		}
	}
	if _, err := files.Read("catalogs/d.yaml"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Read of a missing file: %v", err)
	}
}

// A list of one's own is laid over the lists that come with the program, and its mistakes are shown
// in one's own folder.
func TestLoadOverlay(t *testing.T) {
	mine := func(files map[string]string) source.Source { return source.Source{Name: "mine", FS: folder(files)} }
	c := load(t, nil, good, mine(map[string]string{"catalogs/middle.yaml": strings.ReplaceAll(read(t, "middle"), "中市清单", "新清单")}))
	if l := c.ListsOf("middle")[0]; l.Document.Title != "新清单" || l.Pos.File != "mine/catalogs/middle.yaml" {
		t.Errorf("the later source does not count: %+v", l)
	}
	load(t, nil, good, mine(map[string]string{"rego/lists/north.rego": "package lists.north\n"})) // rules alone are fine

	for _, tt := range []struct {
		files map[string]string
		want  string
	}{
		{map[string]string{"catalogs/middle.yaml": ""}, "mine/catalogs/middle.yaml:1:1 empty-file\n"},
		{map[string]string{"README.md": ""}, "mine:0:0 no-lists\n"},
	} {
		_, err := source.Load(t.Context(), source.NewFiles(good, mine(tt.files)), nil)
		want, _ := report(t, err, source.NewFiles())
		if diff := cmp.Diff(tt.want, want); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// unreadable is a folder of which some files cannot be read.
type unreadable struct {
	fs.FS
	path string
}

func (u unreadable) Open(name string) (fs.File, error) {
	if name == u.path {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return u.FS.Open(name)
}

func TestUnreadable(t *testing.T) {
	for _, tt := range []struct{ path, want string }{
		{"catalogs", "mine/catalogs:0:0 unreadable\n"}, // a folder has no lines
		{"catalogs/middle.yaml", "mine/catalogs/middle.yaml:1:1 unreadable\n"},
		{"catalogs/services.yaml", "mine/catalogs/services.yaml:1:1 unreadable\n"},
	} {
		_, err := source.Load(t.Context(), source.NewFiles(source.Source{Name: "mine", FS: unreadable{good.FS, tt.path}}), nil)
		got, text := report(t, err, source.NewFiles())
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if strings.Count(text, tt.path) != 1 {
			t.Errorf("the path is told twice: %s", text)
		}
	}
}

// Only regular files are read, and links to them. Neither a pipe nor a dead link may hang the
// loader or uncover the file below.
func TestIrregularFiles(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no pipes in folders")
	}
	dir := t.TempDir()
	mine := source.Source{Name: "mine", FS: os.DirFS(dir)}
	catalogs := filepath.Join(dir, "catalogs")
	must(t, os.MkdirAll(filepath.Join(catalogs, "folder.yaml"), 0o755)) // no file, so no list
	must(t, os.WriteFile(filepath.Join(dir, "south.txt"), []byte(read(t, "south")), 0o600))
	must(t, os.Symlink("../south.txt", filepath.Join(catalogs, "south.yaml")))
	load(t, nil, good, mine)

	must(t, exec.Command("mkfifo", filepath.Join(catalogs, "pipe.yaml")).Run())
	must(t, os.Symlink("nowhere.txt", filepath.Join(catalogs, "middle.yaml")))
	must(t, os.Symlink(os.DevNull, filepath.Join(catalogs, "services.yaml")))
	must(t, os.Symlink("folder.yaml", filepath.Join(catalogs, "east.yaml")))
	_, err := source.Load(t.Context(), source.NewFiles(good, mine), nil)
	got, _ := report(t, err, source.NewFiles())
	want := "mine/catalogs/east.yaml:1:1 unreadable\nmine/catalogs/middle.yaml:1:1 unreadable\n" +
		"mine/catalogs/pipe.yaml:1:1 unreadable\nmine/catalogs/services.yaml:1:1 unreadable\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// nation returns a catalog of n counties under 34 provinces.
func nation(tb testing.TB, n int) source.Source {
	tb.Helper()
	files := map[string]string{}
	var services strings.Builder
	services.WriteString("types:\n  物质帮助: {english: material support}\nservices:\n")
	var own, inherited, parameters strings.Builder
	for i := range 24 {
		fmt.Fprintf(&services, "  service-%d: {name: 服务, english: service}\n", i)
		for _, list := range []struct {
			b        *strings.Builder
			inherits bool
		}{{&own, false}, {&inherited, true}} {
			fmt.Fprintf(list.b, "  - id: service-%d\n    item: \"%d\"\n    name: 服务\n    group: 老年人\n    type: 物质帮助\n    departments: [民政局, 财政局]\n    access: automatic\n    inherits: %t\n    cite: [附件 %[2]d]\n", i, i+1, list.inherits)
		}
		fmt.Fprintf(&parameters, "  parameter_%d: {label: 标准, unit: cny_per_month, bound: at_least, values: [{from: \"2023-01-01\", value: %d}], cite: [附件 1]}\n", i, i+1)
	}
	list := func(id, code, level, parent, services string) string {
		return fmt.Sprintf("jurisdiction: {id: %s, code: \"%s\", name: 某地, level: %s%s}\ndocument: {title: 清单, basis: official}\neffective_from: \"2023-01-01\"\nparameters:\n%sservices:\n%s",
			id, code, level, parent, parameters.String(), services)
	}
	for _, name := range []string{"attributes", "measures"} {
		content, err := os.ReadFile("testdata/good/catalogs/" + name + ".yaml")
		if err != nil {
			tb.Fatal(err)
		}
		files["catalogs/"+name+".yaml"] = string(content)
	}
	files["catalogs/services.yaml"] = services.String()
	for i := range n {
		province := i % 34
		p := fmt.Sprintf("province%d", province)
		files["catalogs/"+p+".yaml"] = list(p, fmt.Sprintf("%d0000", 11+province), "province", "", own.String())
		id := fmt.Sprintf("county%d", i)
		files["catalogs/"+id+".yaml"] = list(id, fmt.Sprintf("%d%02d%02d", 11+province, 1+i/34/90, 1+i/34%90), "county", ", parent: "+p, inherited.String())
	}
	return source.Source{FS: folder(files)}
}

// counted counts how often each file is opened.
type counted struct {
	fs.FS
	mu     sync.Mutex
	opened map[string]int
}

// Open opens a file.
func (c *counted) Open(name string) (fs.File, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.opened[name]++
	return c.FS.Open(name)
}

// Of the lists of a whole nation each file is looked at once and read once, however many there are.
func TestLoadNation(t *testing.T) {
	counties := effort.Of(300, 800, 3208)
	lists := nation(t, counties)
	files := &counted{FS: lists.FS, opened: map[string]int{}}
	lists.FS = files
	c := load(t, nil, lists)
	if len(c.Lists) != counties+34 {
		t.Errorf("%d lists", len(c.Lists))
	}
	for _, l := range c.Lists {
		if file := "catalogs/" + l.Jurisdiction.ID + ".yaml"; files.opened[file] != 2 {
			t.Fatalf("%s is opened %d times", file, files.opened[file])
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	for _, n := range []int{100, 3208} {
		lists := nation(b, n)
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			for b.Loop() {
				if _, err := source.Load(b.Context(), source.NewFiles(lists), nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func FuzzLoad(f *testing.F) {
	for _, stem := range []string{"north", "middle", "south", "south_wages"} {
		content, err := os.ReadFile("testdata/good/catalogs/" + stem + ".yaml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	archives, err := filepath.Glob("testdata/errors/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			if strings.HasPrefix(file.Name, "catalogs/") {
				f.Add(file.Data)
			}
		}
	}
	base := folder(nil)
	for _, stem := range []string{"attributes", "measures", "services", "north", "middle", "south"} {
		content, err := os.ReadFile("testdata/good/catalogs/" + stem + ".yaml")
		if err != nil {
			f.Fatal(err)
		}
		base["catalogs/"+stem+".yaml"] = &fstest.MapFile{Data: content}
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		files := source.NewFiles(source.Source{FS: base}, source.Source{FS: fstest.MapFS{"catalogs/x.yaml": {Data: content}}})
		c, err := source.Load(t.Context(), files, nil)
		if err == nil {
			for _, l := range c.Lists {
				c.Chain(l, l.EffectiveFrom)
			}
			return
		}
		var problems policy.Diagnostics
		if !errors.As(err, &problems) || len(problems) == 0 {
			t.Fatalf("Load: %v, want Diagnostics", err)
		}
		for _, d := range problems {
			if d.Pos.File == "" || d.Pos.Line < 1 || d.Pos.Column < 1 || d.Summary == "" || d.Code == "" || strings.Contains(d.Summary, "\n") {
				t.Errorf("a problem without a place or text: %#v", d)
			}
			d.Render(&bytes.Buffer{}, content)
		}
	})
}

// Two sources may have one name, as those without any: each has its own files.
func TestSourcesOfOneName(t *testing.T) {
	more := source.Source{FS: folder(map[string]string{"catalogs/measures.yaml": "measures:\n  more: {label: 多, english: more, kind: count, per: month}\n"})}
	alone, err := source.Load(t.Context(), source.NewFiles(good), nil)
	if err != nil {
		t.Fatal(err)
	}
	both, err := source.Load(t.Context(), source.NewFiles(good, more), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(both.Vocabulary.Measures), len(alone.Vocabulary.Measures)+1; got != want || both.Vocabulary.Measure("more") == nil {
		t.Errorf("%d measures, want %d", got, want)
	}
}
