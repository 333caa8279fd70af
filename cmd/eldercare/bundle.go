package main

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/basic-eldercare/eldercare"
)

type bundleOptions struct {
	*common
	output string
	sign   string
}

func bundleCommand(c *common) *cobra.Command {
	o := &bundleOptions{common: c}
	cmd := &cobra.Command{
		Use:   "bundle -o FILE",
		Short: "Write a bundle that stock OPA answers from",
		Long: `Bundle writes the lists and rules as a bundle for stock OPA. OPA then gives the
whole decision as data.eldercare.decision, for an input
{"jurisdiction": id, "on": "YYYY-MM-DD", "elder": {attribute: value}}.
An attribute that is left out has no value there, and nothing is ever possible.
If an input does not fit the vocabulary, data.eldercare.problems says why, and
there is no decision. Only this program reads birth_date, id_number and division
codes; give stock OPA age, local_hukou and local_resident instead.

The bundle holds every list and figure, whatever its day. Before it is written,
the rules in force on the day of --on are tried out. The same lists make the
same bundle, byte for byte; its revision is their digest.

With --sign it is signed by a private key, of RSA or of an elliptic curve. An
OPA that has the public key then takes no other. docs/fleet.md shows how many
OPAs fetch it from one place.`,
		Example: `  eldercare bundle -o eldercare.tar.gz
  opa eval -b eldercare.tar.gz -i input.json data.eldercare.decision
  eldercare bundle -o eldercare.tar.gz --sign private.pem
  opa run --server -b eldercare.tar.gz --verification-key public.pem`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	o.flags(cmd, "tar.gz")
	cmd.Flags().StringVarP(&o.output, "output", "o", "", "`file` to write")
	cmd.Flags().StringVar(&o.sign, "sign", "", "`file` with the private key, as PEM, to sign with")
	return cmd
}

func (o *bundleOptions) run(ctx context.Context) error {
	if o.output == "" || o.output == "-" {
		return errors.New("name the file to write with -o; use /dev/stdout for standard output")
	}
	engine, err := o.load(ctx)
	if err != nil {
		return err
	}
	for _, j := range engine.Jurisdictions() {
		if _, err := engine.Rules(ctx, j.ID, o.day(engine)); err != nil && !errors.As(err, new(*eldercare.NotInForceError)) {
			return err
		}
	}
	if o.sign == "" {
		return writeFile(o.output, 0o644, engine.WriteBundle)
	}
	key, err := os.ReadFile(o.sign)
	if err != nil {
		return err
	}
	return writeFile(o.output, 0o644, func(w io.Writer) error { return engine.WriteSignedBundle(w, key) })
}
