package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/serve"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/explain"
	"github.com/basic-eldercare/eldercare/policy/timeline"
)

type explainOptions struct {
	rows
	services []string
}

func explainCommand(c *common) *cobra.Command {
	o := &explainOptions{rows: rows{common: c}}
	cmd := &cobra.Command{
		Use:   "explain -j ID [--service ID] [FILE|-]",
		Short: "Give the reasons for each yes and no",
		Long: `Explain gives the reasons for the answers to elders. For a yes it shows the
clause, each condition with the elder's value and the value needed, the list
that grants the service, the figures with date and citation, and the rule's file
and line. For a no it shows the nearest clauses with the conditions that fail,
and the facts of which any one would suffice. If only time is missing, it shows
the day of the birthday or the new figure from which the answer is yes. What the
text permits but does not promise stands apart.

It explains all services of the jurisdiction unless --service names some.`,
		Example: `  eldercare explain -j shuozhou --service old-age-allowance elders.json
  eldercare explain -j hongtong --service visiting-service --lang en elders.json`,
		Args: atMostOneFile,
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), args) },
	}
	o.flags(cmd, "text", "json")
	cmd.Flags().StringArrayVar(&o.services, "service", nil, "`id` of the service; may be given more than once")
	return cmd
}

func (o *explainOptions) run(ctx context.Context, args []string) error {
	if err := needJurisdiction(o.jurisdiction); err != nil {
		return err
	}
	in, err := o.open(args)
	if err != nil {
		return err
	}
	defer in.Close()
	rules, inTime, err := o.inTime(ctx)
	if err != nil {
		return err
	}
	if o.format.value == "json" {
		o.instead = func(who serve.Refused) error { return printJSON(o.stdout, []serve.Refused{who}) }
	}
	return o.profiles(in, rules, func(p elder.Profile) error {
		for _, service := range o.about(rules) {
			x, err := explain.Explain(ctx, inTime, rules, timeline.Claim{Profile: p, Service: service})
			if err != nil {
				return err
			}
			if err := o.write(x); err != nil {
				return err
			}
		}
		return nil
	})
}

// about returns the services to explain.
func (o *explainOptions) about(rules *eldercare.Ruleset) []string {
	if len(o.services) > 0 {
		return o.services
	}
	var all []string
	seen := map[string]bool{}
	for _, l := range rules.Table.Layers {
		for _, s := range l.List.Services {
			if !seen[s.ID] {
				seen[s.ID] = true
				all = append(all, s.ID)
			}
		}
	}
	return all
}

func (o *explainOptions) write(x *explain.Explanation) error {
	if o.format.value == "json" {
		return printJSON(o.stdout, []*explain.Explanation{x})
	}
	p := newPage(o.stdout, o.lang)
	if x.ID != "" {
		p.line("", title, elder.HideIDNumbers(x.ID))
	}
	for line := range strings.Lines(x.Text(o.lang.value)) {
		text := strings.TrimLeft(line, " ")
		lead := line[:len(line)-len(text)]
		look := plain
		switch {
		case strings.HasPrefix(text, "✗"), strings.HasPrefix(text, "?"):
			look = warning
		case lead == "":
			look = strong
		}
		p.line(lead, look, strings.TrimSuffix(text, "\n"))
	}
	p.gap()
	return p.out.Flush()
}
