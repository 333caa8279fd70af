package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
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
// stem and day.
func nextFiles(engine *eldercare.Engine, last *policy.List, from eldercare.Date) (map[string][]byte, error) {
	stem := fmt.Sprintf("%s_%d", last.Jurisdiction.ID, from.Year)
	if stem == last.Stem {
		stem += fmt.Sprintf("_%02d", int(from.Month))
	}
	files := map[string][]byte{}
	for _, f := range []struct {
		path   string
		change func(content, old, next string, from eldercare.Date) string
	}{
		{"catalogs/%s.yaml", nextYAML}, {"catalogs/cases/%s.yaml", nextCases},
		{"rego/lists/%s.rego", nextRego}, {"rego/lists/%s_test.rego", nextRego},
	} {
		content, err := engine.Source(fmt.Sprintf(f.path, last.Stem))
		if err == nil {
			files[fmt.Sprintf(f.path, stem)] = []byte(f.change(string(content), last.Stem, stem, from))
		} else if f.path == "catalogs/%s.yaml" {
			return nil, err
		}
	}
	return files, nil
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

// nextRego is the Rego of a list, or its tests, in a package of its own.
func nextRego(content, old, next string, _ eldercare.Date) string {
	content = regexp.MustCompile(`(?m)^package lists\.`+old+`(_test)?$`).ReplaceAllString(content, "package lists."+next+"$1")
	return regexp.MustCompile(`(?m)^import data\.lists\.`+old+`$`).ReplaceAllString(content, "import data.lists."+next+" as "+old)
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
