// Package format brings the files of lists into one form: lists and cases with their keys in one
// order, and Rego as OPA's formatter has it.
package format

import (
	"strings"

	"github.com/basic-eldercare/eldercare/policy/internal/rules"
	"github.com/basic-eldercare/eldercare/policy/source"
)

// File returns the content of a file in its usual form. The path says whether it is Rego, or YAML
// of catalogs/. A comment stays with what it stands above. The error is [policy.Diagnostics] when
// the file cannot be parsed.
func File(file source.File) ([]byte, error) {
	if strings.HasSuffix(file.Path, ".rego") {
		return rules.Format(file)
	}
	return source.FormatYAML(file)
}

// Files returns all files of lists, cases and rules in a folder, tests included. Those of each
// folder within it are sorted by name.
func Files(folder string) ([]source.File, error) {
	s, err := source.Dir(folder)
	if err != nil {
		return nil, err
	}
	files := source.NewFiles(s)
	var all []source.File
	for _, of := range []struct{ dir, suffix string }{
		{"catalogs", ".yaml"}, {"catalogs/cases", ".yaml"}, {"rego", ".rego"}, {"rego/contradictions", ".rego"}, {"rego/lists", ".rego"},
	} {
		paths, err := files.Glob(of.dir, of.suffix)
		if err != nil {
			return nil, err
		}
		for _, p := range paths {
			f, err := files.Read(p)
			if err != nil {
				return nil, err
			}
			all = append(all, f)
		}
	}
	return all, nil
}
