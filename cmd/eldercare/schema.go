package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/source/schema"
)

func schemaCommand(c *common) *cobra.Command {
	kinds := schemaKinds()
	write := ""
	cmd := &cobra.Command{
		Use:   "schema {" + strings.Join(kinds, "|") + " | --write DIR}",
		Short: "Print the JSON Schema of a list, an amendment, cases or elders",
		Long: `Schema prints a JSON Schema (draft 2020-12), by which an editor checks and
completes what you type. There is one for lists, for amendments, for the cases
of a list, and for elders in JSON, single or in an array. It knows the services,
measures and attributes of the vocabularies, including your own with --dir.

An editor with the YAML language server takes the schema of a file from a
comment in its first line:

  # yaml-language-server: $schema=list.schema.json

With --write the schemas of lists, amendments and cases are put beside those of
a folder, in catalogs/ and catalogs/cases/, with the words of that folder.

The vocabularies have no history: --on makes no difference.`,
		Example: `  eldercare schema list > list.schema.json
  eldercare schema cases --dir mylists > cases.schema.json
  eldercare schema --write mylists`,
		ValidArgs: kinds,
		RunE: func(_ *cobra.Command, args []string) error {
			if write == "" {
				return c.printSchema(args)
			}
			if len(args) > 0 {
				return errors.New("--write writes the schemas of all kinds: leave out the kind")
			}
			return c.writeSchemas(write)
		},
	}
	c.flags(cmd, "json")
	cmd.Flags().StringVar(&write, "write", "", "put the schemas beside the lists of a `folder`")
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
	return encodeSchema(c.stdout, s)
}

func encodeSchema(to io.Writer, s map[string]any) error {
	out := json.NewEncoder(to)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(s)
}

// writeSchemas puts the schemas beside what they are of in a folder.
func (c *common) writeSchemas(folder string) error {
	if !slices.Contains(c.dirs, folder) {
		c.dirs = append(c.dirs, folder)
	}
	vocabulary, err := eldercare.LoadVocabulary(c.options()...)
	if err != nil {
		return err
	}
	for _, of := range []struct {
		kind schema.Kind
		file string
	}{
		{schema.List, "catalogs/list.schema.json"}, {schema.Amendment, "catalogs/amendment.schema.json"},
		{schema.Cases, "catalogs/cases/cases.schema.json"},
	} {
		var content bytes.Buffer
		if err := encodeSchema(&content, schema.Of(of.kind, vocabulary)); err != nil {
			return err
		}
		file := filepath.Join(folder, of.file)
		if err := writeInto(file, content.Bytes()); err != nil {
			return err
		}
		fmt.Fprintln(c.stdout, elder.HideIDNumbers(filepath.ToSlash(file)))
	}
	return nil
}
