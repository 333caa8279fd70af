package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"
)

type bundleOptions struct {
	*common
	output string
}

func bundleCommand(c *common) *cobra.Command {
	o := &bundleOptions{common: c}
	cmd := &cobra.Command{
		Use:   "bundle -o FILE",
		Short: "Write a bundle that stock OPA answers from",
		Long: `Bundle writes the lists and rules as a bundle for stock OPA, which then gives
the whole decision as data.eldercare.decision, for an input
{"jurisdiction": id, "on": "YYYY-MM-DD", "elder": {attribute: value}}.
An attribute that is left out has no value there; nothing is ever possible.`,
		Example: `  eldercare bundle -o eldercare.tar.gz
  opa eval -b eldercare.tar.gz -i input.json data.eldercare.decision`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	o.dirFlag(cmd)
	cmd.Flags().StringVarP(&o.output, "output", "o", "", "`file` to write")
	return cmd
}

func (o *bundleOptions) run(ctx context.Context) error {
	if o.output == "" {
		return errors.New("name the file to write with -o")
	}
	engine, err := o.load(ctx)
	if err != nil {
		return err
	}
	return writeFile(o.output, engine.WriteBundle)
}
