package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/mcp"
)

func mcpCommand(c *common) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "mcp",
		Short: "Answer an assistant, as tools of the Model Context Protocol",
		Long: `Mcp answers an assistant (a program with a language model) what the other
commands answer. The assistant starts it, and calls its tools by the Model
Context Protocol over standard input and output: jurisdictions, questions,
decision, explanation and check. Answers are the objects that --format json
prints elsewhere, and cite the lists. The settings of an assistant are in
docs/mcp.md.

It needs no network, keeps nothing of what it is asked, and logs nothing. What
the assistant does with what it is told of an elder is the assistant's.`,
		Example: `  eldercare mcp
  eldercare mcp --dir mylists --on 2026-11-22`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return serveAssistant(cmd.Context(), c) },
	}
	c.flags(cmd, "json")
	return cmd
}

// serveAssistant serves the assistant that started the program.
func serveAssistant(ctx context.Context, c *common) error {
	engine, err := c.load(ctx)
	if err != nil {
		return err
	}
	return mcp.Serve(ctx, c.stdin, c.stdout, mcp.Config{Engine: engine, On: eldercare.Date(c.on), Version: buildVersion().Version})
}
