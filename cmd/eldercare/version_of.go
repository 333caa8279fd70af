package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
)

// nextVersion begins the next version of a list.
func (o *initOptions) nextVersion(ctx context.Context) error {
	from := eldercare.Date(o.from)
	if from.IsZero() {
		return errors.New("say with --from on which day the next version begins")
	}
	engine, err := o.load(ctx, o.versionOf)
	if err != nil {
		return err
	}
	lists := engine.Catalog().ListsOf(o.versionOf)
	if len(lists) == 0 {
		_, err := engine.List(o.versionOf, from)
		return err
	}
	last := lists[len(lists)-1]
	if !from.After(last.EffectiveFrom) {
		return fmt.Errorf("the latest list of %s is in force from %s; the next begins later", o.versionOf, last.EffectiveFrom)
	}
	o.dir = cmp.Or(o.dir, o.versionOf)
	files, err := nextFiles(engine, last, from)
	if err != nil {
		return err
	}
	return o.writeFiles(ctx, files)
}

// nextFiles are the files of the next version of a list, by path: those of the list, with another
// stem and day. What amends the list would be lost, and is an error.
func nextFiles(engine *eldercare.Engine, last *policy.List, from eldercare.Date) (map[string][]byte, error) {
	if len(last.Amendments) > 0 {
		var amendments []string
		for _, stem := range last.Amendments {
			amendments = append(amendments, "catalogs/"+stem+".yaml")
		}
		return nil, fmt.Errorf("catalogs/%s.yaml is amended by %s; write what they say into the list first, or write the next version by hand",
			last.Stem, strings.Join(amendments, ", "))
	}
	stem := nextStem(engine, last, from)
	files := map[string][]byte{}
	for _, f := range []struct {
		path   string
		change func(content, old, next string, from eldercare.Date) string
	}{
		{"catalogs/%s.yaml", nextYAML}, {"catalogs/cases/%s.yaml", nextCases},
		{"rego/lists/%s.rego", nextRego}, {"rego/lists/%s_test.rego", nextRego},
	} {
		content, err := engine.Source(fmt.Sprintf(f.path, last.Stem))
		switch {
		case err == nil:
			files[fmt.Sprintf(f.path, stem)] = []byte(f.change(string(content), last.Stem, stem, from))
		case !errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("%s: %w", fmt.Sprintf(f.path, last.Stem), err)
		}
	}
	return files, nil
}

// nextStem is the first stem that no file of lists has: with the year, the month, the day, and then
// a number.
func nextStem(engine *eldercare.Engine, last *policy.List, from eldercare.Date) string {
	stem := last.Jurisdiction.ID
	for _, part := range []int{from.Year, int(from.Month), from.Day} {
		if stem = fmt.Sprintf("%s_%02d", stem, part); isFree(engine, stem) {
			return stem
		}
	}
	for n := 2; ; n++ {
		if numbered := fmt.Sprintf("%s_%d", stem, n); isFree(engine, numbered) {
			return numbered
		}
	}
}

// isFree reports whether no list, amendment or file of rules has a stem.
func isFree(engine *eldercare.Engine, stem string) bool {
	for _, path := range []string{"catalogs/" + stem + ".yaml", "rego/lists/" + stem + ".rego"} {
		if _, err := engine.Source(path); !errors.Is(err, fs.ErrNotExist) {
			return false
		}
	}
	return true
}

var (
	firstDay = regexp.MustCompile(`(?m)^effective_from:.*$`)
	assumed  = regexp.MustCompile(`(?m)^effective_from_assumed:.*\n(?:[ \t]+.*\n)*`)
	document = regexp.MustCompile(`(?m)^document:`)
	until    = regexp.MustCompile(`(?m)^until:.*\n`)
)

// nextYAML is the YAML of a list with another first day, and comments that say what to fill in.
func nextYAML(content, _, _ string, from eldercare.Date) string {
	content = until.ReplaceAllString(assumed.ReplaceAllString(content, ""), "")
	content = firstDay.ReplaceAllLiteralString(content, fmt.Sprintf("effective_from: %q # 填：新清单从哪一天起执行", from.String()))
	return document.ReplaceAllLiteralString(content, "# 填：新文件的标题、文号和印发日期；出处随之改写。\ndocument:")
}

// nextRego is the Rego of a list, or its tests, in a package of its own. An import without an alias
// gets the old name as one, so that what is imported is called as before.
func nextRego(content, old, next string, _ eldercare.Date) string {
	content = regexp.MustCompile(`(?m)^package lists\.`+old+`(_test)?\b`).ReplaceAllString(content, "package lists."+next+"$1")
	content = regexp.MustCompile(`(?m)^([ \t]*import[ \t]+data\.lists\.`+old+`)([ \t]*(?:#.*)?)$`).ReplaceAllString(content, "$1 as "+old+"$2")
	return regexp.MustCompile(`\bdata\.lists\.`+old+`\b`).ReplaceAllString(content, "data.lists."+next)
}

var dayOfCase = regexp.MustCompile(`(?m)^  on: "(.*)"$`)

// nextCases are the cases of a list but for those of a day before the next version, which the list
// itself keeps.
func nextCases(content, _, _ string, from eldercare.Date) string {
	parts := strings.SplitAfter("\n"+content, "\n- ")
	for i := range parts[:len(parts)-1] { // each case with its dash
		parts[i], parts[i+1] = strings.TrimSuffix(parts[i], "- "), "- "+parts[i+1]
	}
	parts = slices.DeleteFunc(parts, func(part string) bool {
		on := dayOfCase.FindStringSubmatch(part)
		return on != nil && on[1] < from.String()
	})
	return strings.TrimPrefix(strings.Join(parts, ""), "\n")
}
