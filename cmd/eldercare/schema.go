package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/source/schema"
)

func schemaCommand(c *common) *cobra.Command {
	kinds := schemaKinds()
	cmd := &cobra.Command{
		Use:   "schema " + strings.Join(kinds, "|"),
		Short: "Print the JSON Schema of a list, an amendment, cases or elders",
		Long: `Schema prints a JSON Schema (draft 2020-12), by which an editor checks and
completes what you type. There is one for lists, for amendments, for the cases
of a list, and for elders in JSON, single or in an array. It knows the services,
measures and attributes of the vocabularies, including your own with --dir.

An editor with the YAML language server takes the schema of a file from a
comment in its first line:

  # yaml-language-server: $schema=list.schema.json

The vocabularies have no history: --on makes no difference.`,
		Example: `  eldercare schema list > list.schema.json
  eldercare schema cases --dir mylists > cases.schema.json`,
		ValidArgs: kinds,
		RunE:      func(_ *cobra.Command, args []string) error { return c.printSchema(args) },
	}
	c.flags(cmd, "json")
	return cmd
}

func schemaKinds() []string {
	var kinds []string
	for _, k := range schema.Kinds() {
		kinds = append(kinds, string(k))
	}
	return kinds
}

func (c *common) printSchema(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("name one of %s", strings.Join(schemaKinds(), ", "))
	}
	vocabulary, err := eldercare.LoadVocabulary(c.options()...)
	if err != nil {
		return err
	}
	s := schema.Of(schema.Kind(args[0]), vocabulary)
	if s == nil {
		if near := policy.Nearest(args[0], schemaKinds()); near != "" {
			return fmt.Errorf("there is no schema of %q; did you mean %q?", args[0], near)
		}
		return fmt.Errorf("there is no schema of %q; name one of %s", args[0], strings.Join(schemaKinds(), ", "))
	}
	out := json.NewEncoder(c.stdout)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(s)
}
