// Command eldercare answers from official basic eldercare service lists (基本养老服务清单) what an elder is
// owed.
//
// Its exit code is 0 when all is well, 1 when a check or test found something, and 2 when it could
// not do what it was asked. Results go to standard output, and everything else to standard error.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	_ "github.com/basic-eldercare/eldercare/internal/heap" // collects nothing in a short run
	"github.com/basic-eldercare/eldercare/policy"
)

func main() {
	limitsAreErrors()
	c := &common{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, lists: openLists}
	os.Exit(c.run(os.Args[1:]))
}

// commands makes the commands, each in the file of its name.
var commands = []func(*common) *cobra.Command{
	evaluateCommand,
	explainCommand,
	askCommand,
	bundleCommand,
	checkCommand,
	fmtCommand,
	initCommand,
	diffCommand,
	lintCommand,
	listCommand,
	lspCommand,
	mcpCommand,
	rosterCommand,
	schemaCommand,
	serveCommand,
	simulateCommand,
	siteCommand,
	synthCommand,
	sqlCommand,
	testCommand,
	traceCommand,
	versionCommand,
}

// These are the exit codes.
const (
	exitFine   = 0
	exitFound  = 1
	exitFailed = 2
)

var (
	// errFound ends the program with exitFound. What was found is already printed.
	errFound = errors.New("something was found")
	// errReported ends the program with exitFailed. What went wrong is already printed.
	errReported = errors.New("something went wrong")
)

// run runs the program without the process around it. It turns a panic into an error without the
// panic's message, which could repeat an elder's data.
func (c *common) run(args []string) (code int) {
	c.lang = languageOf(args)
	defer func() {
		if recover() != nil {
			c.say("internal error")
			code = exitFailed
		}
	}()
	root := rootCommand(c)
	root.SetArgs(args)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		if name := misspelt(root, args); cmd == root && name != "" {
			return unknownCommand(root, name)
		}
		if wrong, is := errors.AsType[*pflag.InvalidValueError](err); is && errors.As(err, new(*strconv.NumError)) {
			return fmt.Errorf("invalid argument %q for %q flag: %w", wrong.GetValue(), "--"+wrong.GetFlag().Name, noNumber(err, wrong.GetFlag()))
		}
		return err
	})
	switch err := root.Execute(); {
	case err == nil:
		return exitFine
	case errors.Is(err, errFound):
		return exitFound
	case errors.Is(err, errReported):
	default:
		c.report(err)
	}
	return exitFailed
}

// noNumber says why the value of a flag is no number, or no truth value.
func noNumber(err error, f *pflag.Flag) error {
	switch kind := f.Value.Type(); {
	case errors.Is(err, strconv.ErrRange):
		return errors.New("the number is out of range")
	case kind == "bool":
		return errors.New("must be true or false")
	case strings.HasPrefix(kind, "float"):
		return errors.New("must be a number")
	}
	return errors.New("must be a whole number")
}

func rootCommand(c *common) *cobra.Command {
	root := &cobra.Command{
		Use:   "eldercare",
		Short: "Show what elders are owed by official eldercare lists",
		Long: `Eldercare answers from official basic eldercare service lists (基本养老服务清单)
what an elder is owed: the services, the amounts, and the place in the text.`,
		Example: `  eldercare list
  eldercare evaluate -j hongtong examples/hongtong.json`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return unknownCommand(cmd, args[0])
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(c.stdin)
	root.SetOut(c.stdout)
	root.SetErr(c.stderr)
	root.CompletionOptions.HiddenDefaultCmd = true
	root.PersistentFlags().Var(&c.lang, "lang", "language of output, messages and help (default that of the locale)")
	root.PersistentFlags().Lookup("lang").DefValue = "" // which the usage tells
	c.help(root)
	for _, command := range commands {
		root.AddCommand(command(c))
	}
	return root
}

// misspelt returns the word among arguments that was meant as a command that there is not: the
// first one, or behind flags the first that is like a command. It returns "" when there is none.
func misspelt(root *cobra.Command, args []string) string {
	names := commandNames(root)
	for i, arg := range args {
		if !strings.HasPrefix(arg, "-") && (i == 0 || policy.Nearest(arg, names) != "") {
			return arg
		}
	}
	return ""
}

func commandNames(root *cobra.Command) []string {
	var names []string
	for _, c := range root.Commands() {
		names = append(names, c.Name())
	}
	return names
}

func unknownCommand(root *cobra.Command, name string) error {
	names := commandNames(root)
	if near := policy.Nearest(name, names); near != "" {
		return fmt.Errorf("unknown command %q; did you mean %q?", name, near)
	}
	return fmt.Errorf("unknown command %q; the commands are %s", name, strings.Join(names, ", "))
}
