package check

import (
	"context"
	"fmt"
	"slices"

	"github.com/basic-eldercare/eldercare/policy"
)

// maxReplay bounds the elders that the proof of one service is replayed on: all combinations of representative values
// where they are not more, that many at random otherwise.
const maxReplay = 200_000

// Verify replays a report without the table: plain OPA evaluates both sides on every combination of representative
// values. It is an error when a service that is proved loses for some elder.
func Verify(ctx context.Context, child, parent Side, report *Report) error {
	c := newChecker(ctx, child, parent)
	for _, service := range report.Services {
		failed := slices.ContainsFunc(report.Findings, func(f Finding) bool { return f.Service == service })
		if failed || slices.Contains(report.TestedServices, service) {
			continue
		}
		for cells := range c.trials(service, maxReplay) {
			lost, err := c.losses(service, cells)
			if err != nil {
				return err
			}
			for _, f := range lost {
				if f.Severity == policy.SeverityError {
					return fmt.Errorf("internal: %s of %s is proved, but plain OPA finds an elder who loses (%s)", service, child.Jurisdiction.ID, f.Kind)
				}
			}
		}
	}
	return nil
}
