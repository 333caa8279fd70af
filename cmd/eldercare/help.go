package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// helpPage writes the help of commands, in the language.
type helpPage struct{ *page }

// help has a command and those below it show their help and usage in the language.
func (c *common) help(root *cobra.Command) {
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		p := c.helpPage(cmd.OutOrStdout())
		p.long(cmd)
		p.gap()
		p.usage(cmd)
		_ = p.out.Flush() // nothing is left to say it to
	})
	root.SetUsageFunc(func(cmd *cobra.Command) error {
		p := c.helpPage(cmd.OutOrStderr())
		p.usage(cmd)
		return p.out.Flush()
	})
}

func (c *common) helpPage(out io.Writer) helpPage {
	return helpPage{&page{out: bufio.NewWriter(out), language: c.lang}}
}

// long writes what a command does.
func (p helpPage) long(cmd *cobra.Command) {
	text := cmd.Long
	if text == "" {
		text = cmd.Short
	}
	text = strings.ReplaceAll(strings.TrimSpace(p.sentence(text)), "\t", "    ")
	for line := range strings.Lines(text + "\n") {
		text := strings.TrimLeft(line, " ")
		p.line(line[:len(line)-len(text)], plain, strings.TrimRight(text, " \n"))
	}
}

// usage writes how a command is called.
func (p helpPage) usage(cmd *cobra.Command) {
	p.line("", plain, p.text("Usage:"))
	if cmd.Runnable() {
		p.line("  ", plain, strings.Replace(cmd.UseLine(), "[flags]", p.text("[flags]"), 1))
	}
	if cmd.HasAvailableSubCommands() {
		p.line("  ", plain, p.text("%s [command]", cmd.CommandPath()))
	}
	if cmd.HasExample() {
		p.gap()
		p.line("", plain, p.text("Examples:"))
		fmt.Fprintln(p.out, strings.TrimRight(cmd.Example, "\n"))
	}
	if cmd.HasAvailableSubCommands() {
		p.commands(cmd)
	}
	p.flags("Flags:", cmd.LocalFlags())
	p.flags("Global Flags:", cmd.InheritedFlags())
	if cmd.HasAvailableSubCommands() {
		p.gap()
		p.line("", plain, p.text("Use \"%s [command] --help\" for more information about a command.", cmd.CommandPath()))
	}
}

// commands writes what there is below a command.
func (p helpPage) commands(cmd *cobra.Command) {
	p.gap()
	p.line("", plain, p.text("Available Commands:"))
	for _, below := range cmd.Commands() {
		if below.IsAvailableCommand() || below.Name() == "help" {
			p.line("  "+pad(below.Name(), cmd.NamePadding())+" ", plain, p.sentence(below.Short))
		}
	}
}

// flags writes flags under a heading, if there are any.
func (p helpPage) flags(heading string, flags *pflag.FlagSet) {
	if !flags.HasAvailableFlags() {
		return
	}
	p.gap()
	p.line("", plain, p.text(heading))
	width := 0
	flags.VisitAll(func(f *pflag.Flag) { width = max(width, displayWidth(p.flagName(f))) })
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		_, usage := pflag.UnquoteUsage(&pflag.Flag{Value: f.Value, Usage: p.sentence(f.Usage)})
		p.line(pad(p.flagName(f), width)+"   ", plain, usage+p.preset(f))
	})
}

// flagName returns a flag with what it takes.
func (p helpPage) flagName(f *pflag.Flag) string {
	name := "      --" + f.Name
	if f.Shorthand != "" {
		name = "  -" + f.Shorthand + ", --" + f.Name
	}
	if value, _ := pflag.UnquoteUsage(&pflag.Flag{Value: f.Value, Usage: p.sentence(f.Usage)}); value != "" {
		name += " " + p.text(value)
	}
	return name
}

// preset returns what a flag is when it is not given. Nothing is said of nothing.
func (p helpPage) preset(f *pflag.Flag) string {
	switch f.DefValue {
	case "", "0", "false", "[]":
		return ""
	}
	if f.Value.Type() == "string" {
		return p.text(" (default %q)", f.DefValue)
	}
	return p.text(" (default %s)", f.DefValue)
}
