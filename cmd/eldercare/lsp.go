package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/lsp"
	"github.com/basic-eldercare/eldercare/policy/source"
)

func lspCommand(c *common) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "lsp",
		Short: "Help an editor with lists and rules, as a language server",
		Long: `Lsp is a language server: an editor starts it, and talks with it by the Language
Server Protocol over standard input and output. While one types it shows what
load and lint find in the YAML and Rego of a folder. It tells what a name means
(the values and the citation of a parameter, the label of an attribute, what a
service promises), goes to where the name is written, and completes it.

The folder is the editor's, or that in which an opened file lies: that with
catalogs/ and rego/. It is laid over the lists that come with the program. The
settings of editors are in docs/editor.md.`,
		Example: `  eldercare lsp
  eldercare lsp --dir ../province`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return serveEditor(cmd.Context(), c) },
	}
	cmd.Flags().StringArrayVar(&c.dirs, "dir", nil, "`folder` with catalogs/ and rego/ to lay the editor's over, such as a province's")
	cmd.Flags().StringArrayVar(&c.replace, "replace", nil, "let a folder replace the file with this `path`, such as rego/elder.rego")
	cmd.Flags().Bool("stdio", true, "talk over standard input and output; some editors always pass this")
	return cmd
}

// serveEditor serves the editor that started the program.
func serveEditor(ctx context.Context, c *common) error {
	for i, dir := range c.dirs {
		if _, err := source.Dir(dir); err != nil {
			return fmt.Errorf("the folder of lists: %w", err)
		}
		whole, err := filepath.Abs(dir) // so that the editor can open what stands there
		if err != nil {
			return fmt.Errorf("the folder of lists: %w", err)
		}
		c.dirs[i] = whole
	}
	return lsp.Serve(ctx, c.stdin, c.stdout, lsp.Config{
		Version: buildVersion().Version, Dirs: c.dirs, Options: []eldercare.Option{eldercare.Replace(c.replace...)}, Log: c.say,
	})
}
