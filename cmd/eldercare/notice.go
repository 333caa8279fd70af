package main

import (
	"context"
	"io"

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
		n, err := notice.New(ctx, course, rules, p)
		if err == nil {
			all = append(all, n)
		}
		return err
	})
	if len(all) == 0 {
		return failed
	}
	if err := writeNotices(o.stdout, o.format.value, o.lang.value, all...); err != nil {
		return err
	}
	return failed
}

// writeNotices writes notices as Markdown or HTML.
func writeNotices(w io.Writer, format, lang string, all ...*notice.Notice) error {
	if format == "markdown" {
		return notice.Markdown(w, lang, all...)
	}
	return notice.HTML(w, lang, all...)
}
