package main

import (
	"context"

	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/notice"
)

// notices writes one notice for each elder, all in one document.
func (o *evaluateOptions) notices(ctx context.Context, in *input) error {
	rules, course, err := o.inTime(ctx)
	if err != nil {
		return err
	}
	var all []*notice.Notice
	failed := o.profiles(in, rules, func(p elder.Profile) error {
		n, err := notice.New(ctx, course, rules, p, o.assumeKnown)
		if err == nil {
			all = append(all, n)
		}
		return err
	})
	if len(all) == 0 {
		return failed
	}
	write := notice.HTML
	if o.format.value == "markdown" {
		write = notice.Markdown
	}
	if err := write(o.stdout, o.lang.value, all...); err != nil {
		return err
	}
	return failed
}
