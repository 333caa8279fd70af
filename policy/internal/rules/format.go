package rules

import (
	"github.com/open-policy-agent/opa/v1/format"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/source"
)

// Format is a file of Rego in the form of OPA's formatter. The error is [policy.Diagnostics] when
// it is no Rego.
func Format(file source.File) ([]byte, error) {
	formatted, err := format.Source(file.Display, file.Content)
	if err == nil {
		return formatted, nil
	}
	l := newLoader(source.NewFiles(), &policy.Catalog{Vocabulary: &policy.Vocabulary{}})
	l.report(err, file.Display)
	return nil, l.diags.Err()
}
